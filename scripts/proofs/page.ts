import { readdirSync } from "node:fs";
import { join } from "node:path";

import type { Verdict } from "./checker";
import { GROUPS } from "./plan";
import type { Proof } from "./prove";
import { READINGS } from "./readings";
import { blocksIn } from "./twin";
import { REASONS } from "./unchecked";

const ROOT = join(__dirname, "../..");

export const REPORT_FILE = "reports/proofs.json";
export const PAGE_FILE = "docs/proofs.md";

/** What came of a proof, as it is kept. */
export interface Entry {
  verdict: Verdict;
  /** Of processor time. */
  seconds: number;
  /** Whether it ran out of time, instead of Z3's own steps. */
  late: boolean;
}

/** By `Contract.proof`; mistakes by contract. */
export interface Report {
  proofs: Record<string, Entry>;
  mistakes: Record<string, Entry>;
}

/** What gave no answer in minutes, or can't, and where it is tested instead. */
const HOPELESS: readonly (readonly [string, string])[] = [
  [
    "`handOff`'s least collateral: `Math.mulDiv` multiplies to 512 bits, in assembly",
    "test/policyManager/handOff.test.ts, against test/models/policies.ts",
  ],
  [
    "The table of `Committee`: read in assembly",
    "test/healthVote/committee.test.ts, every distance, from exact binomials",
  ],
  [
    "What a closed round burns and carries (`_close`): the checker gives counterexamples, for after a call to the token it takes every variable for anything. That a pot and its carry sum (`_openPot`): it gives counterexamples too, and why was not found out",
    "test/forge/HealthVotes.invariants.t.sol, test/healthVote/finalize.test.ts",
  ],
  [
    "That the parts of an issue sum to it (`Issuance._close`), and that taking fees leaves the rest (`FeeBook._takeFees`): the checker gives counterexamples, and why was not found out; the fuzz tests find none",
    "test/forge/Issuance.fuzz.t.sol, test/forge/Policies.invariants.t.sol",
  ],
  [
    "`_lower`, the order in which stake is seized: two nested loops over up to 32 locks",
    "test/forge/StakeEscrow.invariants.t.sol",
  ],
  [
    "The finder's and the leak's share in `_convict`, at most 25 % of c and 20 % of the earned fee: no answer in a minute, for it calls half of the policy manager",
    "test/policyManager/convict.test.ts, test/forge/Policies.invariants.t.sol",
  ],
  [
    "That leaving undoes joining, what joining earns before, and prolonging, in `FeeBook`: no answer in a minute; casts of products in storage",
    "test/forge/Policies.invariants.t.sol, test/policyManager/renew.test.ts",
  ],
  [
    "`KeyedPermutation`: what was proved of it was proved with a mistake planted, too, so it was worth nothing. `BallotTally`: the checker gives counterexamples to a single ballot, and why was not found out. Fields of seats, `Committee.ones` of any word: Z3 is slow with bits of 256-bit integers",
    "test/healthVote/committee.test.ts, all values of many sizes; test/forge/Sampler.fuzz.t.sol",
  ],
  [
    "That a cfrag of another length has that fault alone (`checkFault` as a whole): no answer in a minute",
    "test/umbralProof, test/forge/UmbralProof.fuzz.t.sol",
  ],
  [
    "Buckets of health pay for V > 1, endings over many periods: loops are unrolled",
    "test/forge/HealthVotes.invariants.t.sol, test/forge/Policies.invariants.t.sol",
  ],
  [
    "The equations of `UmbralProof`: `ecrecover` and hashes are any functions to the checker",
    "test/umbralProof, test/forge/UmbralProof.fuzz.t.sol, against @noble/curves",
  ],
  [
    "That `calldataload` stays inside of the bytes: assembly is not followed; what is read may be anything in the proofs. Offsets are proved to lie inside",
    "test/umbralProof: lengths one too short and one too long",
  ],
];

function plainVerdict(entry: Entry | undefined): string {
  if (!entry) return "not tried";
  if (entry.verdict !== "unknown") return entry.verdict === "proved" ? "proved" : "**counterexample**";
  return entry.late ? "not proved in time" : "not proved";
}

function rowOf({ name, says, rule, engine, loops, forgets }: Proof, entry: Entry | undefined): string {
  const bound = loops === undefined ? "" : `; loops up to ${loops} times`;
  const note = forgets.length === 0 ? "" : ` Taken for anything: ${forgets.map((part) => `\`${part}\``).join(", ")}.`;
  return `| ${says}${note} \`${name}\` | ${rule} | ${engine.toUpperCase()}${bound} | ${plainVerdict(entry)} | ${entry?.seconds.toFixed(1) ?? ""} |`;
}

const entryOf = ({ contract, name }: Proof, { proofs }: Report): Entry | undefined => proofs[`${contract}.${name}`];

function groupsIn(proofs: readonly Proof[], report: Report): string {
  return GROUPS.map(({ title, contract }) => {
    const rows = proofs
      .filter((proof) => proof.contract === contract)
      .map((proof) => rowOf(proof, entryOf(proof, report)));
    return `### ${title}

\`test/proofs/${contract}.sol\`

| property | rule | engine | result | s |
| --- | --- | --- | --- | ---: |
${rows.join("\n")}`;
  }).join("\n\n");
}

function mistakesIn(report: Report): string {
  return GROUPS.map(({ contract, mistake: { file, does, proof } }) => {
    const verdict = report.mistakes[contract]?.verdict;
    if (verdict === "proved") throw new Error(`${contract}.${proof}: expected not to be proved with a mistake`);
    const seen =
      verdict === "counterexample" ? "counterexample" : verdict ? "neither proof nor counterexample" : "not tried";
    return `| ${file.replace("contracts/", "")} ${does} | ${proof} | ${seen} |`;
  }).join("\n");
}

function openIn(proofs: readonly Proof[], report: Report): string {
  const rows = proofs
    .filter((proof) => entryOf(proof, report)?.verdict !== "proved")
    .map(({ name, says, instead }) => {
      if (instead === "") throw new Error(`${name}: not proved; expected @custom:instead to name a test`);
      return `| ${says} \`${name}\` | ${instead} |`;
    });
  return [...rows, ...HOPELESS.map(([what, instead]) => `| ${what} | ${instead} |`)].join("\n");
}

/** All `unchecked` blocks of the contracts that are deployed, each with its reason. */
function blocks(report: Report): string {
  const files = readdirSync(join(ROOT, "contracts"), { recursive: true, encoding: "utf8" })
    .map((file) => `contracts/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".sol") && !file.startsWith("contracts/mocks/"))
    .sort();
  const found = files.flatMap((file) => blocksIn(file));
  const named = (list: readonly { file: string; within: string }[]): string =>
    list
      .map(({ file, within }) => `${file} ${within}`)
      .sort()
      .join(", ");
  if (named(found) !== named(REASONS)) {
    throw new Error(`scripts/proofs/unchecked.ts: expected ${named(found)}, got ${named(REASONS)}`);
  }
  return REASONS.map(({ file, within, proof, why }) => {
    const verdict = proof === undefined ? undefined : report.proofs[proof]?.verdict;
    const result = verdict === "proved" ? `proved: \`${proof?.split(".")[1]}\`` : "not proved";
    return `| ${file.replace("contracts/", "")} \`${within}\` | ${result} | ${why} |`;
  }).join("\n");
}

/** docs/proofs.md. */
export function pageOf(proofs: readonly Proof[], report: Report): string {
  const proved = proofs.filter((proof) => entryOf(proof, report)?.verdict === "proved").length;
  const seen = Object.values(report.mistakes).filter(({ verdict }) => verdict === "counterexample").length;
  const seconds = proofs.reduce((sum, proof) => sum + (entryOf(proof, report)?.seconds ?? 0), 0);
  return `# Proofs

Written by \`npm run prove\`, with the model checker that is in solc 0.8.37 (SMTChecker) and the Z3 that is in it: nothing but
npm is needed. ${proved} of ${proofs.length} properties are proved, for all inputs that the proof's \`require\`s allow; \
${seen} of ${GROUPS.length} mistakes made on purpose get a counterexample. All took ${Math.round(seconds)} s of processor time. Numbers are in
[reports/proofs.json](../${REPORT_FILE}); \`npm run prove -- --check\`, part of CI, wants this page to be up to date and proves
again what takes the least, for a minute.

## How to read this

A proof is an external function in \`test/proofs\` that calls the contracts' own code, with arguments and storage that can be
anything, and asserts the property. *Proved* means that no arguments, storage or parameters break it, as far as the checker's
model of Solidity is right. A rule is a section of [protocol.md](protocol.md).

- **BMC** looks at one call and inlines what it calls. Loops are unrolled as often as is stated, and for no more: there the
  proof says nothing. solc will drop this engine one day for CHC, which needs invariants that it does not find here.
- Functions that a proof does not call are left out in memory, and what is private is internal.
- Where a row says so, expressions that the property does not depend on are taken for anything: that proves more, not less.
- Hashes are functions that could be any; so is what assembly assigns, and what other contracts answer.
- Rounding and wrapping of 256-bit integers and of casts are exact.
- *Not proved* means that Z3 stopped after its fixed number of steps, the same on every machine; *not proved in time*, that it
  was still busy after the seconds that are stated, of one processor. *Not tried* is what no run has come to yet:
  \`npm run prove\` tries everything, a minute each.

Some code is read in other words, in memory, because Z3 or the checker can't follow it:

| what | read as | why it is the same |
| --- | --- | --- |
${READINGS.map(({ name, replace, why }) => `| ${name} | \`${replace.trim()}\` | ${why} |`).join("\n")}

## Properties

${groupsIn(proofs, report)}

## Mistakes on purpose

One for each group, in memory. Without them "proved" could mean that a proof proves nothing.

| mistake | proof | answer |
| --- | --- | --- |
${mistakesIn(report)}

## Unchecked blocks

Every \`unchecked\` block of the contracts. Where a proof is about wrapping, the block is read as a checked one, and the checker is
asked whether anything in it overflows, falls below zero or is divided by zero.

| block | result | why |
| --- | --- | --- |
${blocks(report)}

## Not proved

What was tried, or looked at, and is not proved, and the test that covers it instead.

| what | instead |
| --- | --- |
${openIn(proofs, report)}
`;
}
