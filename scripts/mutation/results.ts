import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Code } from "./compiler";
import { Kept } from "./kept";
import type { Mutant } from "./mutants";

const ROOT = join(__dirname, "../..");

/**
 * What became of a mutant. It does not compile; its code is that of the contract or of another mutant; it was killed by a
 * test of Hardhat's, by a fixture that could not be deployed, by taking far too long, by a test of forge's; or it survived.
 */
const FATES = ["stillborn", "equal", "hardhat", "deployment", "time", "forge", "survived"] as const;
export type Fate = (typeof FATES)[number];

export type Survivor = Pick<Mutant, "id" | "line" | "column" | "within" | "before" | "after">;

/** What is known of the mutants of one file. */
export interface Results {
  file: string;
  /** Of the code without mistakes: what is known of other code is nothing. */
  code: string;
  /** Tests of Hardhat's that each mutant could fail. */
  tests: number;
  /** Mutants that nothing is known of yet. */
  untried: number;
  /** Ids of mutants. */
  fates: Record<Fate, string[]>;
  survivors: Survivor[];
}

const none = (): Record<Fate, string[]> => ({
  stillborn: [],
  equal: [],
  hardhat: [],
  deployment: [],
  time: [],
  forge: [],
  survived: [],
});

const resultsPath = (name: string): string => join(ROOT, "reports/mutation", `${name}.json`);

export function readResults(name: string): Results | undefined {
  const path = resultsPath(name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Results) : undefined;
}

/** How many mutants met each fate; all that a test killed, and all that one could have. */
export function tally({ fates }: Results): Record<Fate | "killed" | "tried", number> {
  const counts = Object.fromEntries(FATES.map((fate) => [fate, fates[fate].length])) as Record<Fate, number>;
  const killed = counts.hardhat + counts.deployment + counts.time + counts.forge;
  return { ...counts, killed, tried: killed + counts.survived };
}

/** One file's mutants and what became of each, kept from run to run. */
export class Book {
  readonly #name: string;
  readonly #file: string;
  readonly #code: string;
  readonly #mutants: readonly Mutant[];
  readonly #fates = new Map<string, Fate>();
  tests = 0;

  /** @param code of the file without mistakes; what was known of other code is forgotten */
  constructor(name: string, file: string, code: string, mutants: readonly Mutant[]) {
    [this.#name, this.#file, this.#code, this.#mutants] = [name, file, code, mutants];
    const old = readResults(name);
    if (old?.code !== code) return;
    const ids = new Set(mutants.map(({ id }) => id));
    for (const fate of FATES) for (const id of old.fates[fate]) if (ids.has(id)) this.#fates.set(id, fate);
    this.tests = old.tests;
  }

  fateOf({ id }: Mutant): Fate | undefined {
    return this.#fates.get(id);
  }

  /** Writes down at once what became of a mutant. */
  set({ id }: Mutant, fate: Fate): void {
    this.#fates.set(id, fate);
    this.write();
  }

  /** Takes back what became of some mutants. */
  forget(mutants: readonly Mutant[]): void {
    for (const { id } of mutants) this.#fates.delete(id);
    this.write();
  }

  write(): void {
    const fates = none();
    for (const { id } of this.#mutants) {
      const fate = this.#fates.get(id);
      if (fate) fates[fate].push(id);
    }
    const survivors = this.#mutants.filter(({ id }) => this.#fates.get(id) === "survived").map(plain);
    const untried = this.#mutants.length - this.#fates.size;
    const { tests } = this;
    const results: Results = { file: this.#file, code: this.#code, tests, untried, fates, survivors };
    mkdirSync(dirname(resultsPath(this.#name)), { recursive: true });
    writeFileSync(resultsPath(this.#name), `${JSON.stringify(results, null, 1)}\n`);
  }
}

const plain = ({ id, line, column, within, before, after }: Mutant): Survivor => ({
  ...{ id, line, column, within, before, after },
});

/** Tells codes apart. What is created with is compared, as some mistakes are in a constructor only. */
export function digestOf(codes: Record<string, Code>): string {
  const all = Object.values(codes).map(({ bytecode }) => bytecode);
  return createHash("sha256").update(all.join()).digest("hex").slice(0, 16);
}

/** The codes of mutants that were compiled before, so that equal ones are found across runs. */
export class Codes {
  readonly #kept: Kept<Record<string, string>>;
  readonly #original: string;
  readonly #owners: Record<string, string>;

  constructor(name: string, original: string) {
    this.#kept = new Kept(`${name}.codes`, original);
    this.#original = original;
    this.#owners = this.#kept.read() ?? {};
  }

  /** Whether the code is the contract's or another mutant's; if not, it is this mutant's from now on. */
  isKnown(digest: string, id: string): boolean {
    if (digest === this.#original) return true;
    const owner = (this.#owners[digest] ??= id);
    this.#kept.write(this.#owners);
    return owner !== id;
  }
}
