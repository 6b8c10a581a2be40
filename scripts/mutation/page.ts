import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { ADDITIONS, reasonFor } from "./explanations";
import { readResults, type Results, type Survivor, tally } from "./results";
import { type Subject, SUBJECTS } from "./subjects";

const PAGE = join(__dirname, "../../docs/mutation.md");

const METHOD = `# Mutation tests of the contracts

\`npm run mutation:contracts\` makes one small mistake after another in a contract and wants a test to fail each time. It
writes this page; \`-- --only UmbralProof\` is about one file, \`--survivors\` about what survived the last time, and
[run.ts](../scripts/mutation/run.ts) lists the other options.

Mistakes are made in the syntax tree of solc, in memory: another operator or boundary, a condition negated, left out or
reduced to one side, a statement, a first value or a modifier left out, another literal, constant, enum member or returned
value, swapped arguments, values and branches, \`min\` for \`max\`, and the same in assembly. A mutant that does not compile is
dropped, and so is one whose creation code, without the hash of its source, is the contract's or another mutant's: these
are the same programs. Creation code, because some mistakes are in a constructor only. Hardhat's tests of the contract run on
what is left, in a process that stays and deploys the mutant's code by the contract's name, until one fails. Only tests that
reach the mistake's statement run: which do is learnt once, from the contracts with a mark before each statement, with every
fixture made anew. Those that have killed most of the same function's mutants run first. What they don't kill is tried by the
fuzz tests of forge that are about it, if there are any. If not all mutants of a file are tried, those that are are a random
sample. A mutant with which a fixture can't be deployed, and one with which the tests take more than five times as long and
a minute, or 8 GB more memory, are killed, too, and counted apart. Which
tests run is in [subjects.ts](../scripts/mutation/subjects.ts): those by behaviour, not the invariants and those that measure
gas. The last run of each file is in [reports/mutation](../reports/mutation): ids of mutants by what became of them, and a digest of
the code that they are of: a row may be about an earlier state of its file, and the next run of it then begins anew. What is
equivalent by a hash or a signature that nobody can find counts as a survivor, and is explained.
`;

/** Writes docs/mutation.md from the last results. Returns how many survivors have no explanation. */
export function writePage(): number {
  const known = SUBJECTS.flatMap((subject) => {
    const results = readResults(subject.name);
    return results ? [{ subject, results }] : [];
  });
  const header = [
    "| file | mutants | equal code | tried | killed by Hardhat | by deployment | by time | by forge | survived | killed |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
  ];
  const table = [...header, ...known.map(({ subject, results }) => row(subject, results))];
  const lists = known.map(({ subject, results }) => survivorsOf(subject, results));
  writeFileSync(PAGE, [METHOD, ...table, "", additions(), ...lists].join("\n").replace(/\n{3,}/g, "\n\n"));
  return known.flatMap(({ results }) => results.survivors).filter(({ id }) => !reasonFor(id)).length;
}

function row({ name, file }: Subject, results: Results): string {
  const { untried } = results;
  const { equal, tried, killed, hardhat, deployment, time, forge, survived } = tally(results);
  const share = tried === 0 ? "" : `${((100 * killed) / tried).toFixed(1)} %`;
  const numbers = [tried + equal, equal, tried, hardhat, deployment, time, forge, survived];
  return `| ${[`[${name}](../${file})${untried === 0 ? "" : ` (${untried} more not tried yet)`}`, ...numbers, share].join(" | ")} |`;
}

function additions(): string {
  if (ADDITIONS.length === 0) return "";
  const rows = ADDITIONS.map(({ subject, mistake, test }) => `| ${subject} | ${mistake} | ${test} |`);
  return [
    "## What no test saw before",
    "",
    "| file | mistake | test that sees it |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function survivorsOf({ name }: Subject, { survivors }: Results): string {
  if (survivors.length === 0) return "";
  const rows = survivors.map((survivor) => {
    const cells = [survivor.id, `${survivor.line}:${survivor.column}`, changeOf(survivor), reasonOf(survivor)];
    return `| ${cells.join(" | ")} |`;
  });
  const header = ["| id | line | change | why no test can tell |", "| --- | --- | --- | --- |"];
  return [`## Survivors in ${name}`, "", ...header, ...rows, ""].join("\n");
}

const changeOf = ({ within, before, after }: Survivor): string =>
  `${within ? `in ${within}: ` : ""}${quoted(before)} → ${quoted(after)}`;

const quoted = (code: string): string => (code === "" ? "nothing" : `\`${code.replaceAll("|", "\\|")}\``);

const reasonOf = ({ id }: Survivor): string => reasonFor(id) ?? "**not explained**";
