import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Code } from "./compiler";
import type { Kept } from "./kept";
import { type Failure, MARKED, type Order, type Outcome } from "./order";

/** What Hardhat's tests say of a mutant. */
export type Verdict = { killed: false } | ({ killed: true } & ({ by: "time" } | { by: "test"; failure: Failure }));

/** What the tests of one file or of several say of the contracts without mistakes. */
export interface Known {
  /** Full titles of those that pass. */
  tests: string[];
  /** Those that fail with its code as the mutants' are made; they say nothing and are left out. */
  leftOut: Failure[];
  /** How long they took, each with a fixture of its own. */
  milliseconds: number;
  /** Which of them reach a statement, as places in `tests`, by the tag of its mark. */
  reached: Record<string, number[]>;
  /** Full titles of those that fail with marks: they may reach everything. */
  unmarked: string[];
}

/** For all tests on the contract without mistakes. */
const LONGEST = 1_800_000;

/** A worker is replaced after so many mutants: old ones grow. */
const MUTANTS_PER_WORKER = 60;

/** A worker that grows by so much on one mutant is in a loop that never ends for it: GB. */
const MOST_GROWTH = 8;

/** Hardhat's tests of one subject, in a process that stays. */
export class HardhatTests {
  readonly #files: string[];
  #worker: ChildProcess | undefined;
  #obeyed = 0;
  /** By file. */
  readonly #known = new Map<string, Known>();

  constructor(files: readonly string[]) {
    this.#files = [...files];
  }

  /**
   * Runs all tests on the contracts as they are, compiled as the mutants are; or believes what was found before.
   * @param marked the same contracts with marks
   * @param keptOf what was found before, by file
   */
  async learn(codes: Record<string, Code>, marked: Record<string, Code>, keptOf: (file: string) => Kept<Known>) {
    for (const file of this.#files) {
      const known = keptOf(file).read();
      if (known) this.#known.set(file, known);
    }
    const missing = this.#files.filter((file) => !this.#known.has(file));
    if (missing.length > 0) await this.#learn(missing, codes, marked);
    for (const file of missing) keptOf(file).write(this.#knownOf(file));
  }

  async #learn(files: string[], codes: Record<string, Code>, marked: Record<string, Code>): Promise<void> {
    this.#start([...files, MARKED]);
    const first = await this.#ask({ codes: marked, bail: false }, LONGEST);
    this.stop();
    const tests = first.failures.map(({ test }) => test);
    const again = await this.#ask({ codes, bail: false, tests }, LONGEST);
    for (const file of files) this.#known.set(file, knownOf(file, first, again));
  }

  #knownOf(file: string): Known {
    const known = this.#known.get(file);
    if (!known) throw new Error(`${file}: expected to know what its tests say of the contracts themselves`);
    return known;
  }

  /** All that is known, file by file. */
  known(): Known[] {
    return this.#files.map((file) => this.#knownOf(file));
  }

  /** Full titles of all tests. */
  all(): string[] {
    return this.known().flatMap(({ tests }) => tests);
  }

  /** Full titles of those that reach a statement, by the tag of its mark. */
  reaching(tag: string): string[] {
    return this.known().flatMap(({ tests, reached, unmarked }) => {
      const reaching = (reached[tag] ?? []).flatMap((place) => tests[place] ?? []);
      return [...new Set([...reaching, ...unmarked])];
    });
  }

  /**
   * Runs tests on a mutant until one fails.
   * @param tests full titles, in this order
   */
  async try(codes: Record<string, Code>, tests: string[]): Promise<Verdict> {
    if (tests.length === 0) return { killed: false };
    if (this.#obeyed >= MUTANTS_PER_WORKER) this.stop();
    try {
      const [failure] = (await this.#ask({ codes, bail: true, tests }, this.#limit(), MOST_GROWTH)).failures;
      return failure ? { killed: true, by: "test", failure } : { killed: false };
    } catch (error) {
      if (!(error instanceof TimeUp)) throw error;
      this.stop();
      return { killed: true, by: "time" };
    }
  }

  /** Wants tests that have killed to pass on the contract as it is: a mutant that leaves something behind kills the next. */
  async confirm(codes: Record<string, Code>, killers: string[]): Promise<void> {
    const verdict = await this.try(codes, killers);
    if (!verdict.killed) return;
    const what = verdict.by === "time" ? "they took too long" : `${verdict.failure.test}: ${verdict.failure.message}`;
    throw new Error(`expected the tests to pass on the contract itself after its mutants, got ${what}`);
  }

  stop(): void {
    this.#worker?.removeAllListeners();
    this.#worker?.kill("SIGKILL");
    this.#worker = undefined;
  }

  /** In milliseconds: more than the tests need if the machine is busy. */
  #limit(): number {
    return 60_000 + 5 * this.known().reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  }

  #start(given: string[] = this.#files): ChildProcess {
    const execArgv = ["--require", "ts-node/register/transpile-only"];
    this.#obeyed = 0;
    this.#worker = fork(join(__dirname, "worker.ts"), given, { execArgv });
    return this.#worker;
  }

  /**
   * @param limit milliseconds
   * @param growth by how much the worker may grow, GB
   */
  #ask(order: Order, limit: number, growth = Infinity): Promise<Outcome> {
    const worker = this.#worker ?? this.#start();
    this.#obeyed += 1;
    const most = memoryOf(worker) + growth;
    return new Promise((resolve, reject) => {
      const giveUp = () => done(() => reject(new TimeUp()));
      const timer = setTimeout(giveUp, limit);
      const watch = setInterval(() => memoryOf(worker) > most && giveUp(), 500);
      const done = (settle: () => void) => {
        clearTimeout(timer);
        clearInterval(watch);
        worker.removeAllListeners();
        settle();
      };
      worker.once("message", (outcome: Outcome) => done(() => resolve(outcome)));
      worker.once("exit", () => done(() => reject(new Error("expected the worker to stay, it ended"))));
      worker.send(order);
    });
  }
}

/** The tests took much longer than usual, or far more memory. */
class TimeUp extends Error {}

/** What a process holds, in GB; 0 where the system does not tell. */
function memoryOf({ pid }: ChildProcess): number {
  const path = `/proc/${pid}/statm`;
  if (!existsSync(path)) return 0;
  const pages = Number(readFileSync(path, "utf8").split(" ")[1]);
  return (pages * 4_096) / 1e9;
}

/**
 * What one file's tests say.
 * @param first with marks
 * @param again those that failed with marks, without
 */
function knownOf(file: string, first: Outcome, again: Outcome): Known {
  const titles = ({ passed }: Outcome): string[] => passed.filter((ran) => ran.file === file).map(({ test }) => test);
  const [marked, unmarked] = [titles(first), titles(again)];
  const tests = [...marked, ...unmarked];
  const places = new Map(tests.map((title, place) => [title, place]));
  const reached: Record<string, number[]> = {};
  for (const [tag, reaching] of Object.entries(first.reached)) {
    const found = reaching.flatMap((title) => places.get(title) ?? []);
    if (found.length > 0) reached[tag] = found;
  }
  const ran = [...first.passed, ...first.failures].filter((one) => one.file === file);
  const milliseconds = ran.reduce((sum, one) => sum + one.milliseconds, 0);
  return { tests, leftOut: again.failures.filter((one) => one.file === file), milliseconds, reached, unmarked };
}
