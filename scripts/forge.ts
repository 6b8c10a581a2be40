import { spawn } from "node:child_process";

import { handlerCalls } from "./handlers/doors";
import { doorTable, type Metric, metricTable, writeTable } from "./handlers/tables";

// Runs forge's tests, hands its arguments on, and looks at the calls of the handlers that forge counts: each has to be made,
// and not always to revert or to be thrown away, or it tests nothing. `--page` also writes the tables of docs/invariants.md.

/** Rows of forge's tables of metrics, summed over all invariants: handler, function, calls, reverts, discards. */
function readMetrics(output: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>();
  for (const [, handler, name, ...counts] of output.matchAll(
    /^\| (\w+Handler) +\| (\w+) +\| (\d+) +\| (\d+) +\| (\d+) +\|/gm,
  )) {
    const [calls = 0, reverts = 0, discards = 0] = counts.map(Number);
    const sum = metrics.get(`${handler}.${name}`) ?? { calls: 0, reverts: 0, discards: 0 };
    metrics.set(`${handler}.${name}`, {
      calls: sum.calls + calls,
      reverts: sum.reverts + reverts,
      discards: sum.discards + discards,
    });
  }
  return metrics;
}

/** What is wrong with the calls of the handlers. */
function complaints(metrics: ReadonlyMap<string, Metric>): string[] {
  return handlerCalls().flatMap((name) => {
    const { calls, reverts, discards } = metrics.get(name) ?? { calls: 0, reverts: 0, discards: 0 };
    if (calls === 0) return [`${name}: forge never called it`];
    return calls > reverts + discards ? [] : [`${name}: all of ${calls} calls reverted or were thrown away`];
  });
}

/** Runs forge, shows what it prints and returns it. */
function runForge(args: readonly string[]): Promise<{ output: string; code: number }> {
  return new Promise((resolve, reject) => {
    const forge = spawn("npx", ["forge", "test", ...args], { stdio: ["inherit", "pipe", "inherit"] });
    let output = "";
    forge.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    forge.on("error", reject);
    forge.on("close", (code) => resolve({ output, code: code ?? 1 }));
  });
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { output, code } = await runForge(args.filter((arg) => arg !== "--page"));
  process.exitCode = code;
  // With arguments forge plays a part of the stories only.
  const everything = args.every((arg) => arg === "--page");
  if (code !== 0 || !everything) return;
  const metrics = readMetrics(output);
  const wrong = complaints(metrics);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.stdout.write(`${metrics.size} calls of handlers were counted, ${wrong.length} of them test nothing\n`);
  if (wrong.length > 0) process.exitCode = 1;
  if (!args.includes("--page")) return;
  writeTable("handlers", metricTable(metrics));
  writeTable("functions", doorTable());
}

void main();
