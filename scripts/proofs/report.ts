import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Verdict } from "./checker";
import type { Proof } from "./prove";

const ROOT = join(__dirname, "../..");

export const REPORT_FILE = "reports/proofs.json";
export const PAGE_FILE = "docs/proofs.md";

/** What came of a proof, as it is kept. */
export interface Entry {
  verdict: Verdict;
  /** Solc's are of processor time, Halmos's by the clock: the first of a contract's with compiling. */
  seconds: number;
  /** Whether it ran out of time, instead of the solver's own steps. */
  late: boolean;
}

/** By `Contract.proof`; mistakes by contract. */
export interface Report {
  /** What solc's model checker says. */
  proofs: Record<string, Entry>;
  mistakes: Record<string, Entry>;
  /** What Halmos says. */
  symbolic: Record<string, Entry>;
  symbolicMistakes: Record<string, Entry>;
}

export const keyOf = ({ contract, name }: Proof): string => `${contract}.${name}`;

export function readReport(): Report {
  return JSON.parse(readFileSync(join(ROOT, REPORT_FILE), "utf8")) as Report;
}

export function keep(write: (report: Report) => void): void {
  const report = readReport();
  write(report);
  writeFileSync(join(ROOT, REPORT_FILE), `${JSON.stringify(report, undefined, 2)}\n`);
}
