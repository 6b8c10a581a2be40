import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Bound, BOUNDS, type Side, SIDES } from "./deliberate-bugs/bounds";
import { copyTree, run } from "./scratchTree";

// Moves or leaves out every bound that a constructor enforces, in a copy of the contracts, and wants the bound's own test to
// fail each time. Mistakes of one kind are made at once: each bound has a test of its own. Prints the rows of the table in
// docs/invariants.md.

const TESTS = [...new Set(BOUNDS.map(({ test }) => test))];

/** The names of all tests that fail. */
function failing(scratch: string): string[] {
  const { output } = run(scratch, "npx", "hardhat", "test", ...TESTS);
  const summary = /^ +\d+ passing.*$([\s\S]*)/m.exec(output)?.[1];
  if (summary === undefined) throw new Error(`expected tests to run, got ${output.slice(-2_000)}`);
  // After a number and the suite come the lines of the names, the last of which ends with a colon.
  return summary
    .split(/^ {2}\d+\) /m)
    .slice(1)
    .map((text) => text.split(/:\n/)[0]?.split("\n").at(-1)?.trim() ?? "");
}

function makeMistakes(scratch: string, side: Side): void {
  for (const { mistakes } of BOUNDS) {
    for (const { file, find, replace } of mistakes.filter((mistake) => mistake.side === side)) {
      const path = join(scratch, file);
      const source = readFileSync(path, "utf8");
      const found = source.split(find).length - 1;
      if (found !== 1) throw new Error(`${file}: expected ${JSON.stringify(find)} once, got it ${found} times`);
      writeFileSync(
        path,
        source.replace(find, () => replace),
      );
    }
  }
}

/** Makes all mistakes of a kind, runs the tests, takes them back. Returns the tests that failed. */
function redWith(scratch: string, side: Side): string[] {
  const files = new Set(BOUNDS.flatMap(({ mistakes }) => mistakes.map(({ file }) => file)));
  const sources = [...files].map((file) => [join(scratch, file), readFileSync(join(scratch, file), "utf8")] as const);
  makeMistakes(scratch, side);
  try {
    return failing(scratch);
  } finally {
    for (const [path, source] of sources) writeFileSync(path, source);
  }
}

const row = ({ parameter, bound, test, mistakes }: Bound, told: readonly string[]): string =>
  `| ${parameter} | ${bound} | \`${test}\` | ${mistakes.map(({ side }, i) => `${side}: ${told[i]}`).join("; ")} |\n`;

function main(): void {
  const scratch = copyTree("nkms-deliberate-bounds-");
  try {
    const wrong = failing(scratch);
    if (wrong.length > 0) throw new Error(`expected all tests to pass without a mistake, got ${wrong.join("; ")}`);
    const red = new Map(SIDES.map((side) => [side, redWith(scratch, side)]));
    let unseen = 0;
    for (const bound of BOUNDS) {
      const told = bound.mistakes.map(({ side }) => {
        const seen = red.get(side)?.some((title) => title.startsWith(bound.title)) ?? false;
        if (!seen) unseen++;
        return seen ? "red" : "**NOT SEEN**";
      });
      process.stdout.write(row(bound, told));
    }
    const all = BOUNDS.flatMap(({ mistakes }) => mistakes).length;
    process.stdout.write(`${all - unseen} of ${all} mistakes were seen\n`);
    process.exitCode = unseen === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main();
