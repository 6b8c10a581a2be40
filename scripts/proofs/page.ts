import { readdirSync } from "node:fs";
import { join } from "node:path";

import { GROUPS, SYMBOLIC } from "./plan";
import type { Proof } from "./prove";
import { READINGS } from "./readings";
import { type Entry, keyOf, REPORT_FILE, type Report } from "./report";
import { blocksIn } from "./twin";
import { REASONS } from "./unchecked";

const ROOT = join(__dirname, "../..");

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
    "`_lower`, the order in which stake is seized: two nested loops over up to 32 locks",
    "test/forge/StakeEscrow.invariants.t.sol",
  ],
  [
    "The finder's and the leak's share in `_convict`, at most 25 % of c and 20 % of the earned fee: no answer in a minute, for it calls half of the policy manager",
    "test/policyManager/convict.test.ts, test/forge/Policies.invariants.t.sol",
  ],
  [
    "What an account earned before an arrangement joins or leaves, over many periods in `FeeBook`: loops are unrolled",
    "test/forge/Policies.invariants.t.sol, test/policyManager/renew.test.ts",
  ],
  [
    "`KeyedPermutation` for sizes that are no powers of four: values are permuted again until one is in range, which no number of rounds bounds. Counts above 32 in `BallotTally`, and more than 16 bits of a word at once in `Committee.ones`: the proofs leave them out",
    "test/healthVote/committee.test.ts, all values of many sizes, extreme words; test/healthVote/finalize.test.ts",
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
  if (!entry) return "";
  if (entry.verdict === "counterexample") return "**counterexample**";
  const words = entry.verdict === "proved" ? "proved" : entry.late ? "not proved in time" : "not proved";
  return `${words}, ${entry.seconds.toFixed(1)} s`;
}

function rowOf(proof: Proof, report: Report): string {
  const { name, says, rule, engine, loops, forgets } = proof;
  const bound = loops === undefined ? "" : ` Loops up to ${loops} times.`;
  const note =
    forgets.length === 0 ? "" : ` Solc takes for anything: ${forgets.map((part) => `\`${part}\``).join(", ")}.`;
  const bySolc = engine === "halmos" ? "" : plainVerdict(report.proofs[keyOf(proof)]) || "not tried";
  return `| ${says}${bound}${note} \`${name}\` | ${rule} | ${bySolc} | ${plainVerdict(report.symbolic[keyOf(proof)])} |`;
}

/** Whether one of the two has proved it. */
function isProved(key: string, { proofs, symbolic }: Report): boolean {
  return [proofs[key], symbolic[key]].some((entry) => entry?.verdict === "proved");
}

function groupsIn(proofs: readonly Proof[], report: Report): string {
  return GROUPS.map(({ title, contract }) => {
    const rows = proofs.filter((proof) => proof.contract === contract).map((proof) => rowOf(proof, report));
    return `### ${title}

\`test/proofs/${contract}.sol\`

| property | rule | solc | Halmos |
| --- | --- | --- | --- |
${rows.join("\n")}`;
  }).join("\n\n");
}

function seenBy(entry: Entry | undefined): string {
  if (!entry) return "";
  return entry.verdict === "counterexample" ? "counterexample" : "neither proof nor counterexample";
}

function mistakesIn({ mistakes, symbolicMistakes }: Report): string {
  return GROUPS.map(({ contract, mistake: { file, does, proof } }) => {
    const answers = [mistakes[contract], symbolicMistakes[contract]];
    if (answers.some((entry) => entry?.verdict === "proved")) {
      throw new Error(`${contract}.${proof}: expected not to be proved with a mistake`);
    }
    return `| ${file.replace("contracts/", "")} ${does} | ${proof} | ${answers.map(seenBy).join(" | ")} |`;
  }).join("\n");
}

function openIn(proofs: readonly Proof[], report: Report): string {
  const rows = proofs
    .filter((proof) => !isProved(keyOf(proof), report))
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
    const result = proof && isProved(proof, report) ? `proved: \`${proof.split(".")[1]}\`` : "not proved";
    return `| ${file.replace("contracts/", "")} \`${within}\` | ${result} | ${why} |`;
  }).join("\n");
}

/** docs/proofs.md. */
export function pageOf(proofs: readonly Proof[], report: Report): string {
  const proved = proofs.filter((proof) => isProved(keyOf(proof), report)).length;
  const by = (entries: Record<string, Entry>, verdict: string): number =>
    Object.values(entries).filter((entry) => entry.verdict === verdict).length;
  const seen = GROUPS.filter(({ contract }) =>
    [report.mistakes[contract], report.symbolicMistakes[contract]].some((entry) => entry?.verdict === "counterexample"),
  ).length;
  return `# Proofs

${proved} of ${proofs.length} properties are proved, for all inputs that the proof's \`require\`s allow; ${seen} of ${GROUPS.length} mistakes made on purpose
get a counterexample. Two provers are asked, which are good at different things:

- \`npm run prove\`: the model checker that is in solc 0.8.37 (SMTChecker) with the Z3 that is in it. It reads source, and
  reckons with integers. Nothing but npm is needed. ${by(report.proofs, "proved")} proved.
- \`npm run prove:symbolic\`: Halmos 0.3.3, where it is installed (\`pip install halmos==0.3.3\`), with Yices. It runs the bytecode of
  the contracts, and reckons with bits. ${by(report.symbolic, "proved")} proved.

Both write this page. Numbers are in [reports/proofs.json](../${REPORT_FILE}); \`npm run prove -- --check\`, part of CI, wants this page
to be up to date and proves again, with solc, what takes the least, for a minute.

## How to read this

A proof is an external function in \`test/proofs\` that calls the contracts' own code, with arguments and storage that can be
anything, and asserts the property. *Proved* means that no arguments and no storage break it, as far as the prover's
model of the machine is right. A rule is a section of [protocol.md](protocol.md).

- Solc's engine is BMC: it looks at one call and inlines what it calls, for all parameters that constructors allow. solc will
  drop it one day for CHC, which needs invariants that it does not find here. Functions that a proof does not call are left out
  in memory, and what is private is internal.
- Halmos is given the deployed contract with the proofs added to it (\`test/symbolic\`), with the parameters of
  \`deploy/parameters/local.ts\`, but W, φ, α and the finder's share may be anything in their bounds. It is not asked about
  what is private, nor about \`unchecked\` blocks.
- Loops are unrolled as often as is stated, Halmos's three times if nothing is; where one could run further, nothing is proved.
- Where a row says so, expressions that the property does not depend on are taken for anything: that proves more, not less.
- Hashes are functions that could be any; so is, to solc, what assembly assigns and what other contracts answer.
- Rounding and wrapping of 256-bit integers and of casts are exact.
- *Not proved* means that Z3 stopped after its fixed number of steps, the same on every machine; *not proved in time*, that the
  prover was still busy after a minute, Halmos after ${SYMBOLIC.proof} s or a question of ${SYMBOLIC.question} s, or that a loop could run further.
  Solc's seconds are of processor time, Halmos's by the clock, the first of a contract's with compiling. *Not tried* is what no run has come to yet.

Some code is read to solc in other words, in memory, because Z3 or the checker can't follow it:

| what | read as | why it is the same |
| --- | --- | --- |
${READINGS.map(({ name, replace, why }) => `| ${name} | \`${replace.trim()}\` | ${why} |`).join("\n")}

## Properties

${groupsIn(proofs, report)}

## Mistakes on purpose

One for each group, in a copy. Without them "proved" could mean that a proof proves nothing.

| mistake | proof | solc | Halmos |
| --- | --- | --- | --- |
${mistakesIn(report)}

## Unchecked blocks

Every \`unchecked\` block of the contracts. Where a proof is about wrapping, the block is read as a checked one, and the checker is
asked whether anything in it overflows, falls below zero or is divided by zero. Elsewhere *proved* is what the block makes, within
the bounds that the proof sets.

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
