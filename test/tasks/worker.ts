/**
 * Runs tasks that another process asks for, over the network that HARDHAT_NETWORK names: one process for many tasks, for
 * each command line takes seconds to start. A line of JSON in, a line of JSON out.
 */
import { createInterface } from "node:readline";

import { asError } from "../../tasks/lib/errors";
import { listener, run } from "./run";
import { decode, encode, type Answer, type Question } from "./wire";

async function answer({ scope, task, args }: Question): Promise<Answer> {
  const io = listener();
  try {
    return { result: await run<unknown>(scope, task, args, io), lines: io.lines };
  } catch (error) {
    return { error: asError(error).message, lines: io.lines };
  }
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${encode(await answer(decode<Question>(line)))}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${asError(error).stack}\n`);
  process.exitCode = 1;
});
