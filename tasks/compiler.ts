import {
  TASK_COMPILE_SOLIDITY_CHECK_ERRORS,
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
} from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";
import { HardhatPluginError } from "hardhat/plugins";
import type { CompilerOutput, SolcBuild } from "hardhat/types";

/** The compiler is the npm package `solc`, so that compiling downloads nothing. */
export const SOLC_VERSION = "0.8.37";

/** What the installed compiler calls itself, in the form that block explorers list: without the build platform. */
function longVersion(): string {
  const solc = require("solc") as { version(): string };
  return solc.version().replace(".Emscripten.clang", "");
}

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD).setAction(
  ({ solcVersion }: { solcVersion: string }): Promise<SolcBuild> => {
    const installed = longVersion();
    if (!installed.startsWith(`${solcVersion}+`)) {
      throw new HardhatPluginError("nkms", `solc: expected ${solcVersion} from npm, got ${installed}; run npm ci`);
    }
    const compilerPath = require.resolve("solc/soljson.js");
    return Promise.resolve({ version: solcVersion, longVersion: installed, compilerPath, isSolcJs: true });
  },
);

type OutputWithErrors = CompilerOutput & { errors?: { formattedMessage: string }[] };

/** Every compiler warning is an error. The coverage tool's instrumented copies are exempt: their warnings are not ours. */
subtask(TASK_COMPILE_SOLIDITY_CHECK_ERRORS).setAction(
  async ({ output, quiet }: { output: OutputWithErrors; quiet: boolean }, hre, runSuper) => {
    await runSuper({ output, quiet });
    const warnings = output.errors ?? [];
    if (warnings.length > 0 && !hre.__SOLIDITY_COVERAGE_RUNNING) {
      const text = warnings.map((warning) => warning.formattedMessage).join("\n");
      throw new HardhatPluginError("nkms", `compiler warnings are errors here:\n${text}`);
    }
  },
);

declare module "hardhat/types/runtime" {
  interface HardhatRuntimeEnvironment {
    /** Set by solidity-coverage while it runs. */
    __SOLIDITY_COVERAGE_RUNNING?: boolean;
  }
}
