/**
 * Proofs with solc's model checker: `npm run prove`. Tries every property in `test/proofs` on the contracts as they are, makes
 * a mistake on purpose in each group, and writes `reports/proofs.json` and `docs/proofs.md`. `--only` and
 * names of contracts or `Contract.proof`, with commas, tries some and keeps the rest of the report. `--check` writes nothing: it wants the page to be
 * what the report says, and proves again what takes the least time, and sees again its mistakes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { pageOf } from "./page";
import { GROUPS } from "./plan";
import { proofsOf, prove, type Proof } from "./prove";
import { type Entry, keep, keyOf, PAGE_FILE, readReport, type Report } from "./report";

const ROOT = join(__dirname, "../..");
const LIMIT = 60; // seconds of processor time, for one proof
const CHECK_BUDGET = 60; // seconds of processor time, for --check

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
async function tried(proof: Proof, mistaken: boolean): Promise<Entry> {
  const mistake = GROUPS.find(({ contract }) => contract === proof.contract)?.mistake;
  const { verdict, seconds, late } = await prove(proof, LIMIT, mistaken && mistake ? [mistake] : []);
  process.stdout.write(`${keyOf(proof)}${mistaken ? ", with a mistake" : ""}: ${verdict}, ${seconds.toFixed(1)} s\n`);
  return { verdict, seconds: Math.round(seconds * 10) / 10, late };
}

async function runAll(proofs: readonly Proof[], only: string): Promise<void> {
  for (const proof of proofs.filter(({ engine }) => engine !== "halmos")) {
    const key = keyOf(proof);
    if (only && !only.split(",").some((name) => name === key || name === proof.contract)) continue;
    const entry = await tried(proof, false);
    keep((report) => (report.proofs[key] = entry));
    const sees = GROUPS.some(({ contract, mistake }) => contract === proof.contract && mistake.proof === proof.name);
    if (!sees) continue;
    const mistaken = await tried(proof, true);
    keep((report) => (report.mistakes[proof.contract] = mistaken));
  }
  const report = readReport();
  writeFileSync(join(ROOT, PAGE_FILE), pageOf(proofs, report));
  const refuted = proofs.filter((proof) => report.proofs[keyOf(proof)]?.verdict === "counterexample");
  for (const proof of refuted) process.stderr.write(`${keyOf(proof)}: there is a counterexample\n`);
  process.exitCode = refuted.length === 0 ? 0 : 1;
}

/** The proofs that took least, as many as the budget lasts for. */
function quickest(proofs: readonly Proof[], report: Report): Proof[] {
  const cost = (proof: Proof): number => report.proofs[keyOf(proof)]?.seconds ?? 0;
  const proved = proofs.filter((proof) => report.proofs[keyOf(proof)]?.verdict === "proved");
  let spent = 0;
  return proved.sort((a, b) => cost(a) - cost(b)).filter((proof) => (spent += cost(proof)) <= CHECK_BUDGET);
}

/** Whether the proof is the one that saw its group's mistake. */
function isSeen({ contract, name }: Proof, { mistakes }: Report): boolean {
  const group = GROUPS.find((one) => one.contract === contract);
  return group?.mistake.proof === name && mistakes[contract]?.verdict === "counterexample";
}

async function check(proofs: readonly Proof[]): Promise<void> {
  const report = readReport();
  const failures: string[] = [];
  if (pageOf(proofs, report) !== read(PAGE_FILE)) failures.push(`${PAGE_FILE}: not up to date, run npm run prove`);
  const again = quickest(proofs, report);
  for (const proof of again) {
    if ((await tried(proof, false)).verdict !== "proved") failures.push(`${keyOf(proof)}: expected to be proved`);
  }
  const seen = again.filter((proof) => isSeen(proof, report));
  for (const proof of seen) {
    const { verdict } = await tried(proof, true);
    if (verdict !== "counterexample") failures.push(`${keyOf(proof)}: expected to see the mistake`);
  }
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  process.stdout.write(`${again.length + seen.length + 1 - failures.length} passing\n`);
  if (failures.length > 0) process.stdout.write(`${failures.length} failing\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function main([option = "", value = ""]: readonly string[]): Promise<void> {
  if (!["", "--check", "--only"].includes(option)) throw new Error(`expected --check or --only, got ${option}`);
  const proofs = GROUPS.flatMap(({ contract }) => proofsOf(contract));
  await (option === "--check" ? check(proofs) : runAll(proofs, value));
}

void main(process.argv.slice(2));
