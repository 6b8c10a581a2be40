import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

import type { Code } from "./compiler";
import type { Failure, Order, Outcome } from "./worker";

/** What Hardhat's tests say of a mutant. */
export type Verdict = { killed: false } | ({ killed: true } & ({ by: "time" } | { by: "test"; failure: Failure }));

/** A worker is replaced after so many mutants: old ones grow. */
const MUTANTS_PER_WORKER = 60;

/** Hardhat's tests of one subject, in a process that stays. */
export class HardhatTests {
  readonly #files: string[];
  #worker: ChildProcess | undefined;
  #obeyed = 0;
  /** In milliseconds; much more than the tests need. */
  #limit = 600_000;
  /** Tests that fail with the original code as the mutants are made, which therefore say nothing. */
  leftOut: Failure[] = [];

  constructor(files: readonly string[]) {
    this.#files = [...files];
  }

  /**
   * Runs all tests on the contract as it is, compiled as the mutants are. Those that fail say nothing, and are left out.
   * Returns how many there are without them.
   */
  async learn(codes: Record<string, Code>): Promise<number> {
    const started = Date.now();
    const { passed, failures } = await this.#ask({ codes, bail: false, leaveOut: [] });
    this.leftOut = failures;
    this.#limit = 30_000 + 3 * (Date.now() - started);
    return passed;
  }

  /** Runs the tests on a mutant until one fails. */
  async try(codes: Record<string, Code>): Promise<Verdict> {
    if (this.#obeyed >= MUTANTS_PER_WORKER) this.stop();
    try {
      const [failure] = (await this.#ask({ codes, bail: true, leaveOut: this.#leaveOut })).failures;
      return failure ? { killed: true, by: "test", failure } : { killed: false };
    } catch (error) {
      if (!(error instanceof TimeUp)) throw error;
      this.stop();
      return { killed: true, by: "time" };
    }
  }

  stop(): void {
    this.#worker?.removeAllListeners();
    this.#worker?.kill("SIGKILL");
    this.#worker = undefined;
  }

  get #leaveOut(): string[] {
    return this.leftOut.map(({ test }) => test);
  }

  #start(): ChildProcess {
    const execArgv = ["--require", "ts-node/register/transpile-only"];
    this.#obeyed = 0;
    return fork(join(__dirname, "worker.ts"), this.#files, { execArgv });
  }

  #ask(order: Order): Promise<Outcome> {
    const worker = (this.#worker ??= this.#start());
    this.#obeyed += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(() => reject(new TimeUp())), this.#limit);
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
