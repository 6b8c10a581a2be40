import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { BOUNDS } from "../../scripts/deliberate-bugs/bounds";
import { BUGS } from "../../scripts/deliberate-bugs/bugs";
import { doors, externalFunctions, handlerCalls } from "../../scripts/handlers/doors";
import { doorTable, EXCEPTIONS, tableInPage } from "../../scripts/handlers/tables";

const ROOT = join(__dirname, "../..");
const PAGE = join(ROOT, "docs/invariants.md");

/** Every file under a folder of the repository. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(ROOT, folder, path));

/** Rows of the table under a heading, as cells. */
function rowsUnder(page: string, heading: string): string[][] {
  const part = page.split(`## ${heading}\n`)[1]?.split("\n#")[0] ?? "";
  const lines = part.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("docs/invariants.md", () => {
  const page = readFileSync(PAGE, "utf8");
  const forge = filesIn("test/forge")
    .filter((path) => path.endsWith(".sol"))
    .map((path) => readFileSync(path, "utf8"));
  const inForge = (text: RegExp): boolean => forge.some((source) => text.test(source));

  it("names only contracts and functions that are in test/forge", () => {
    const missing: string[] = [];
    const names = /`((?:Invariant|Campaign)\w*|\w+Fuzz|\w+Stories|CatchUp)(?:\.(\w+))?`/g;
    for (const [, contract = "", name] of page.matchAll(names)) {
      const source = forge.find((text) => new RegExp(`^(abstract )?contract ${contract}\\b`, "m").test(text));
      if (source === undefined) missing.push(contract);
      else if (name !== undefined && !source.includes(`function ${name}(`)) missing.push(`${contract}.${name}`);
    }
    for (const [name] of page.matchAll(/\b(invariant_|test_|testFuzz_)\w+/g)) {
      if (!inForge(new RegExp(`function ${name}\\(`))) missing.push(name);
    }
    expect(missing).to.deep.equal([]);
  });

  it("names only tests that exist", () => {
    const tests = filesIn("test");
    const named = [...page.matchAll(/\w[\w./-]*\.(?:test\.ts|sol)\b/g)].map(([name]) => name);
    expect(named.filter((name) => !tests.some((path) => path.endsWith(`/${name}`)))).to.deep.equal([]);
  });

  it("has a forge invariant, a Hardhat property and a deliberate bug for every invariant of the rules", () => {
    const rules = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");
    const numbers = [...(rules.split("## 9.")[1]?.split("## 10.")[0] ?? "").matchAll(/^(\d+)\. /gm)].map(([, n]) => n);
    const rows = rowsUnder(page, "Where each is tested");
    expect(numbers).to.have.length(9);
    for (const number of numbers) {
      const mine = rows.filter(([invariant]) => invariant === number);
      for (const column of [2, 3, 4])
        expect(
          mine.some((cells) => cells[column] !== "-"),
          `${number}`,
        ).to.equal(true);
    }
  });

  it("gives every deliberate bug a row, in order, and a place beside the invariant that it breaks", () => {
    const rows = rowsUnder(page, "Seen to fail").filter((cells) => cells.length === 6);
    expect(rows.map(([, invariant, says, does]) => [invariant, says, does])).to.deep.equal(
      BUGS.map(({ invariant, says, does }) => [`${invariant}`, says, does]),
    );
    const seen = rowsUnder(page, "Where each is tested").flatMap(([invariant, , , , bugs = ""]) =>
      [...bugs.matchAll(/\d+/g)].map(([bug]) => ({ invariant: Number(invariant), bug: Number(bug) })),
    );
    for (const { invariant, bug } of seen) expect(BUGS[bug - 1]?.invariant, `bug ${bug}`).to.equal(invariant);
    expect(new Set(seen.map(({ bug }) => bug)).size).to.equal(BUGS.length);
  });

  it("lists every bound with its test, and none that was not seen", () => {
    const rows = rowsUnder(page, "Bounds");
    expect(rows.map(([parameter, bound, test]) => [parameter, bound, test])).to.deep.equal(
      BOUNDS.map(({ parameter, bound, test }) => [parameter, bound, `\`${test}\``]),
    );
    for (const [parameter, , , mistakes] of rows) expect(mistakes, parameter).to.match(/^[\w ]+: red(; [\w ]+: red)*$/);
    for (const { test, title } of BOUNDS) {
      // Titles that are made in a loop are in no source; `npm run deliberate-bounds` finds them.
      const source = readFileSync(join(ROOT, test), "utf8");
      if (!title.includes('"')) expect(source, title).to.include(title);
    }
  });

  it("says which handlers call each external function, as they and the contracts have it", () => {
    expect(tableInPage("functions")).to.equal(doorTable());
    const all = doors();
    const never = externalFunctions().filter((door) => !all.has(door) || all.get(door)?.valid.size === 0);
    expect(never.filter((door) => EXCEPTIONS[door] === undefined)).to.deep.equal([]);
    expect(Object.keys(EXCEPTIONS).filter((door) => !never.includes(door))).to.deep.equal([]);
  });

  it("counts every call that forge may make, none of which always reverted or was thrown away", () => {
    const rows = [...tableInPage("handlers").matchAll(/^\| `([\w.]+)` \| (\d+) \| (\d+) \| (\d+) \|$/gm)];
    expect(rows.map(([, name]) => name).sort()).to.deep.equal(handlerCalls().sort());
    for (const [, name, calls, reverts, discards] of rows) {
      expect(Number(reverts) + Number(discards), name).to.be.lessThan(Number(calls));
    }
  });
});
