import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

import type { Code } from "./compiler";
import type { Kept } from "./kept";
import type { Failure, Order, Outcome } from "./worker";

/** What Hardhat's tests say of a mutant. */
export type Verdict = { killed: false } | ({ killed: true } & ({ by: "time" } | { by: "test"; failure: Failure }));

/** What the tests say of the contract without mistakes. */
export interface Known {
  /** How many pass. */
  tests: number;
  /** Those that fail with its code as the mutants' are made; they say nothing and are left out. */
  leftOut: Failure[];
  milliseconds: number;
}

/** In milliseconds: more than the tests need if the machine is busy. */
const limitFor = ({ milliseconds }: Known): number => 60_000 + 5 * milliseconds;

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

  /** Runs all tests on the contract as it is, compiled as the mutants are; or believes what was found before. */
  async learn(codes: Record<string, Code>, kept: Kept<Known>): Promise<Known> {
    this.#known = kept.read();
    if (!this.#known) {
      const started = Date.now();
      const { passed, failures } = await this.#ask({ codes, bail: false, leaveOut: [] }, 1_200_000);
      this.#known = { tests: passed, leftOut: failures, milliseconds: Date.now() - started };
      kept.write(this.#known);
    }
    return this.#known;
  }

  /** Runs the tests on a mutant until one fails. */
  async try(codes: Record<string, Code>): Promise<Verdict> {
    if (!this.#known) throw new Error("expected to know what the tests say of the contract itself");
    if (this.#obeyed >= MUTANTS_PER_WORKER) this.stop();
    const leaveOut = this.#known.leftOut.map(({ test }) => test);
    try {
      const [failure] = (await this.#ask({ codes, bail: true, leaveOut }, limitFor(this.#known))).failures;
      return failure ? { killed: true, by: "test", failure } : { killed: false };
    } catch (error) {
      if (!(error instanceof TimeUp)) throw error;
      this.stop();
      return { killed: true, by: "time" };
    }
  }

  /** Wants the tests to pass on the contract as it is still: a mutant that has left something behind would kill the next. */
  async confirm(codes: Record<string, Code>): Promise<void> {
    const verdict = await this.try(codes);
    if (!verdict.killed) return;
    const what = verdict.by === "time" ? "they took too long" : `${verdict.failure.test}: ${verdict.failure.message}`;
    throw new Error(`expected the tests to pass on the contract itself after its mutants, got ${what}`);
  }

  stop(): void {
    this.#worker?.removeAllListeners();
    this.#worker?.kill("SIGKILL");
    this.#worker = undefined;
  }

  #start(): ChildProcess {
    const execArgv = ["--require", "ts-node/register/transpile-only"];
    this.#obeyed = 0;
    return fork(join(__dirname, "worker.ts"), this.#files, { execArgv });
  }

  #ask(order: Order, limit: number): Promise<Outcome> {
    const worker = (this.#worker ??= this.#start());
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
