import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

import type { Code } from "./compiler";
import type { Kept } from "./kept";
import { type Failure, MARKED, type Order, type Outcome } from "./order";

/** What Hardhat's tests say of a mutant. */
export type Verdict = { killed: false } | ({ killed: true } & ({ by: "time" } | { by: "test"; failure: Failure }));

/** What the tests say of the contract without mistakes. */
export interface Known {
  /** Full titles of those that pass. */
  tests: string[];
  /** Those that fail with its code as the mutants' are made; they say nothing and are left out. */
  leftOut: Failure[];
  milliseconds: number;
  /** Which of them reach a statement, as places in `tests`, by the tag of its mark. */
  reached: Record<string, number[]>;
  /** Full titles of those that fail with marks: they may reach everything. */
  unmarked: string[];
}

/** In milliseconds: more than the tests need if the machine is busy. */
const limitFor = ({ milliseconds }: Known): number => 60_000 + 5 * milliseconds;

/** For all tests on the contract without mistakes. */
const LONGEST = 1_800_000;

/** A worker is replaced after so many mutants: old ones grow. */
const MUTANTS_PER_WORKER = 60;

/** Hardhat's tests of one subject, in a process that stays. */
export class HardhatTests {
  readonly #files: string[];
  #worker: ChildProcess | undefined;
  #obeyed = 0;
  #known: Known | undefined;

  constructor(files: readonly string[]) {
    this.#files = [...files];
  }

  /**
   * Runs all tests on the contracts as they are, compiled as the mutants are; or believes what was found before.
   * @param marked the same contracts with marks
   */
  async learn(codes: Record<string, Code>, marked: Record<string, Code>, kept: Kept<Known>): Promise<Known> {
    this.#known = kept.read() ?? (await this.#learn(codes, marked));
    kept.write(this.#known);
    return this.#known;
  }

  async #learn(codes: Record<string, Code>, marked: Record<string, Code>): Promise<Known> {
    const started = Date.now();
    this.#start(MARKED);
    const { passed, failures, reached } = await this.#ask({ codes: marked, bail: false }, LONGEST);
    const milliseconds = Date.now() - started;
    this.stop();
    const again = failures.map(({ test }) => test);
    const { passed: unmarked, failures: leftOut } = await this.#ask({ codes, bail: false, tests: again }, LONGEST);
    const tests = [...passed, ...unmarked];
    const places = new Map(tests.map((title, place) => [title, place]));
    const placesOf = (titles: string[]): number[] => titles.flatMap((title) => places.get(title) ?? []);
    const byTag = Object.entries(reached).map(([tag, titles]) => [tag, placesOf(titles)] as const);
    return { tests, leftOut, milliseconds, reached: Object.fromEntries(byTag), unmarked };
  }

  all(): string[] {
    return this.#learnt().tests;
  }

  /** Those that reach a statement, by the tag of its mark. */
  reaching(tag: string): string[] {
    const { tests, reached, unmarked } = this.#learnt();
    const reaching = (reached[tag] ?? []).flatMap((place) => tests[place] ?? []);
    return [...reaching, ...unmarked.filter((title) => !reaching.includes(title))];
  }

  /**
   * Runs tests on a mutant until one fails.
   * @param tests full titles, in this order
   */
  async try(codes: Record<string, Code>, tests: string[]): Promise<Verdict> {
    const known = this.#learnt();
    if (tests.length === 0) return { killed: false };
    if (this.#obeyed >= MUTANTS_PER_WORKER) this.stop();
    try {
      const [failure] = (await this.#ask({ codes, bail: true, tests }, limitFor(known))).failures;
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

  #learnt(): Known {
    if (!this.#known) throw new Error("expected to know what the tests say of the contracts themselves");
    return this.#known;
  }

  #start(...more: string[]): ChildProcess {
    const execArgv = ["--require", "ts-node/register/transpile-only"];
    this.#obeyed = 0;
    this.#worker = fork(join(__dirname, "worker.ts"), [...this.#files, ...more], { execArgv });
    return this.#worker;
  }

  #ask(order: Order, limit: number): Promise<Outcome> {
    const worker = this.#worker ?? this.#start();
    this.#obeyed += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(() => reject(new TimeUp())), limit);
      const done = (settle: () => void) => {
        clearTimeout(timer);
        worker.removeAllListeners();
        settle();
      };
      worker.once("message", (outcome: Outcome) => done(() => resolve(outcome)));
      worker.once("exit", () => done(() => reject(new Error("expected the worker to stay, it ended"))));
      worker.send(order);
    });
  }
}

/** The tests took much longer than usual. */
class TimeUp extends Error {}
