import { task, types } from "hardhat/config";

/** `npm run demo [-- FILE] [--json]` */
task(
  "demo",
  "Shares a file through miners that are drawn by stake and paid, on an embedded chain, and lets 120 periods pass",
)
  .addOptionalPositionalParam(
    "file",
    "what to share; default: a short text that ships with NKMS",
    undefined,
    types.string,
  )
  .addFlag("json", "print the result as JSON and nothing else")
  .setAction(async ({ file, json }: { file?: string; json: boolean }, hre) => {
    // Loaded when the task runs: they need the generated types, and Hardhat reads this file before it has written them.
    const { runDemo } = require("../scripts/demo/run") as typeof import("../scripts/demo/run");
    const { SAMPLE_FILE } = require("../scripts/demo/file") as typeof import("../scripts/demo/file");
    const { DemoError } = require("../scripts/demo/errors") as typeof import("../scripts/demo/errors");
    const { printedReport, silentReport } =
      require("../scripts/demo/report") as typeof import("../scripts/demo/report");
    const print = (line: string): void => void process.stdout.write(`${line}\n`);
    try {
      const result = await runDemo(hre, file ?? SAMPLE_FILE, json ? silentReport : printedReport(print));
      if (json) print(JSON.stringify(result, undefined, 2));
    } catch (cause) {
      if (!(cause instanceof DemoError)) throw cause;
      process.stderr.write(`demo: ${cause.message}\n`);
      process.exitCode = 1;
    }
  });
