import { ask, type Finding, type Verdict } from "./checker";
import type { Change } from "./change";
import { load, proofsIn, slice, type Tags } from "./slice";
import { twinOf } from "./twin";

/** A property, by where it is proved. */
export interface Proof extends Tags {
  contract: string;
  name: string;
}

export const fileOf = (contract: string): string => `test/proofs/${contract}.sol`;

/** What came of a proof. */
export interface Result {
  verdict: Verdict;
  /** How long it took; or, if it ran out of time, how long it had. */
  seconds: number;
  late: boolean;
}

/** All proofs of a contract. */
export function proofsOf(contract: string): Proof[] {
  const file = fileOf(contract);
  const program = load(file);
  return proofsIn(program, file, contract).map(({ name, tags }) => ({ contract, name, ...tags }));
}

/** Tries one proof, with changes in the contracts. It is proved if each thing in it is. */
export async function prove(proof: Proof, seconds: number, changes: readonly Change[] = []): Promise<Result> {
  const { contract, name, engine, targets } = proof;
  if (engine === "halmos") throw new Error(`${contract}.${name}: expected a proof for solc, got one for Halmos`);
  const file = fileOf(contract);
  const twin = proof.twin ? [twinOf(proof.twin)] : [];
  const { trees, sources: read } = load(file);
  const forgotten = proof.forgets.map((expression) => forgetting(read, expression));
  const program =
    twin.length + changes.length + forgotten.length === 0
      ? { trees, sources: read }
      : load(file, [...twin, ...forgotten, ...changes]);
  const sources = slice(program, file, contract, name);
  const answer = await ask({ sources, file, contract, engine, iterations: proof.loops ?? 1, targets, seconds });
  const findings = answer.findings.filter(
    (finding) => !proof.twin || isInFunction(finding, sources, proof.twin.within),
  );
  return { verdict: verdictOf(findings), seconds: answer.seconds, late: answer.late };
}

/** The change that takes an expression for anything: the checker knows nothing about gas. */
function forgetting(sources: Record<string, string>, expression: string): Change {
  const holding = Object.keys(sources).filter(
    (path) => path.startsWith("contracts/") && sources[path]?.includes(expression),
  );
  const [file] = holding;
  if (file === undefined || holding.length > 1) {
    throw new Error(`@custom:forgets: expected ${expression} in one file, got ${holding.join(", ") || "none"}`);
  }
  const narrow = /^(uint\d+)\(/.exec(expression)?.[1];
  const replace = narrow === undefined ? "gasleft()" : `${narrow}(gasleft())`;
  return { file, find: expression, replace, everywhere: true };
}

function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === "counterexample")) return "counterexample";
  return findings.length > 0 && findings.every(({ verdict }) => verdict === "proved") ? "proved" : "unknown";
}

/** Whether a finding is about a function of this name. */
function isInFunction({ file, start }: Finding, sources: Record<string, string>, name: string): boolean {
  const before = Buffer.from(sources[file] ?? "")
    .subarray(0, start)
    .toString();
  return [...before.matchAll(/\bfunction (\w+)\(/g)].at(-1)?.[1] === name;
}
