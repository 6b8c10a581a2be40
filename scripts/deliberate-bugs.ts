import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { BUGS, type Bug } from "./deliberate-bugs/bugs";
import { copyTree, run } from "./scratchTree";

// Puts mistakes into a copy of the contracts, one at a time, and wants the tests of the invariants to see each of them.
// `--only 3,5` tries the third and the fifth alone. Prints the rows of the table in docs/invariants.md.

/** What a test said; `red` only if it was one of its assertions that failed, not the compiler or anything else. */
interface Result {
  passed: boolean;
  red: boolean;
  message: string;
}

function runForge(scratch: string, contract: string): Result {
  // Forge would begin with what failed the last time, that is with another mistake.
  rmSync(join(scratch, "cache/invariant"), { recursive: true, force: true });
  const { status, output } = run(scratch, "npx", "forge", "test", "--match-contract", `^(${contract})$`);
  const message =
    /^\[FAIL: (?:failed to set up invariant testing environment: )?(.+?)(?:; counterexample: .+)?\]/m.exec(output)?.[1];
  const test = /^\[FAIL.*?\] (\w+)\(|^\s+(\w+)\(\) \(runs/m.exec(output);
  const red = message !== undefined && forgeSays(scratch, message);
  return { passed: status === 0, red, message: `${test?.[1] ?? test?.[2] ?? ""}: ${message ?? lastLine(output)}` };
}

/** Whether the message is in a `require` of the tests; all else is an error of the contracts or of forge. */
function forgeSays(scratch: string, message: string): boolean {
  return run(scratch, "grep", "-rqF", `"${message}"`, "test/forge").status === 0;
}

function runHardhat(scratch: string, ...files: string[]): Result {
  const { status, output } = run(scratch, "npx", "hardhat", "test", "--bail", ...files);
  const message = failedAssertion(output);
  return { passed: status === 0, red: message !== undefined, message: message ?? lastLine(output) };
}

/** Mocha shows two values that differ one above the other, and leaves out that it was an assertion. */
function failedAssertion(text: string): string | undefined {
  const differing = /^ +(?:AssertionError: )?(.+)\n +\+ expected - actual\n\n +-(.+)\n +\+(.+)$/m.exec(text);
  return differing
    ? `${differing[1]}: expected ${differing[2]} to equal ${differing[3]}`
    : /AssertionError: (.+)/.exec(text)?.[1];
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** The file with the mistake in it. */
function mistaken({ file, find, replace }: Bug, source: string): string {
  const found = source.split(find).length - 1;
  if (found !== 1) throw new Error(`${file}: expected ${JSON.stringify(find)} once, got it ${found} times`);
  return source.replace(find, () => replace);
}

/** Makes one mistake, runs the tests, takes it back. Returns whether both saw it. */
function tryBug(scratch: string, bug: Bug): boolean {
  const path = join(scratch, bug.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, mistaken(bug, source));
  try {
    const [forge, hardhat] = [runForge(scratch, bug.forge), runHardhat(scratch, bug.hardhat)];
    const tell = (test: string, { red, message }: Result): string =>
      `${red ? "" : "**NOT SEEN** "}\`${test}\`: ${message.replaceAll("|", "\\|")}`;
    const cells = [bug.invariant, bug.says, bug.does, tell(bug.forge, forge), tell(bug.hardhat, hardhat)];
    process.stdout.write(`| ${cells.join(" | ")} |\n`);
    return forge.red && hardhat.red;
  } finally {
    writeFileSync(path, source);
  }
}

/** Without a mistake all these tests must pass, or their failing says nothing. */
function expectGreen(scratch: string, bugs: readonly Bug[]): void {
  const contracts = new Set(bugs.map(({ forge }) => forge));
  const files = new Set(bugs.map(({ hardhat }) => hardhat));
  for (const { passed, message } of [runForge(scratch, [...contracts].join("|")), runHardhat(scratch, ...files)]) {
    if (!passed) throw new Error(`expected all tests to pass without a mistake, got ${message}`);
  }
}

function chosen(args: readonly string[]): readonly Bug[] {
  if (args.length === 0) return BUGS;
  const numbers = args[0] === "--only" ? (args[1] ?? "").split(",").map(Number) : [];
  const bugs = BUGS.filter((_, i) => numbers.includes(i + 1));
  if (bugs.length === 0) throw new Error(`expected --only and some of 1 to ${BUGS.length}, got ${args.join(" ")}`);
  return bugs;
}

function main(): void {
  const bugs = chosen(process.argv.slice(2));
  const scratch = copyTree("nkms-deliberate-bugs-");
  try {
    for (const bug of bugs) mistaken(bug, readFileSync(join(scratch, bug.file), "utf8"));
    expectGreen(scratch, bugs);
    const unseen = bugs.filter((bug) => !tryBug(scratch, bug));
    process.stdout.write(`${bugs.length - unseen.length} of ${bugs.length} mistakes were seen by both\n`);
    process.exitCode = unseen.length === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main();
