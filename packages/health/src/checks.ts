import { shown } from "@nkms/protocol/json";

import { HealthError } from "./errors.js";
import { checkCount } from "./values.js";

/** The most milliseconds that a timer can wait. */
export const LONGEST_WAIT = 2 ** 31 - 1;

/** What a voter finds a target to be. */
export type Health = "healthy" | "unhealthy";

/** A miner to check. */
export interface Target {
  /** 0 .. k - 1: its bit in the ballot. */
  readonly index: number;
  readonly number: bigint;
  readonly miner: string;
}

/** How targets are checked. */
export interface CheckRules {
  /**
   * Asks one miner, as a reader would. What "unhealthy" means stands in docs/health-votes.md of the repository.
   * @param signal aborted when the time is over
   */
  readonly check: (target: Target, signal: AbortSignal) => Promise<Health>;
  /** What a check that throws or takes too long makes of its target; healthy by default: doubt is no evidence. */
  readonly onFailure?: ((target: Target, error: unknown) => Health) | undefined;
  /** Milliseconds for one target; 30,000 by default. */
  readonly timeout?: number | undefined;
  /** How many are checked at a time; 8 by default. */
  readonly concurrency?: number | undefined;
}

/** The checks of one round's targets, in the background. */
export class Checks {
  readonly #found = new Map<number, Health>();
  readonly #stop = new AbortController();
  readonly #all: Promise<void>;
  readonly #timeout: number;
  #done = false;

  /** @throws {HealthError} `BAD_ARGUMENT` */
  constructor(
    private readonly targets: readonly Target[],
    private readonly rules: CheckRules,
  ) {
    const { timeout, concurrency } = limitsOf(rules);
    this.#timeout = timeout;
    const waiting = [...targets];
    const work = async (): Promise<void> => {
      for (let target = waiting.shift(); target; target = waiting.shift()) await this.#checkOne(target);
    };
    this.#all = Promise.all(Array.from({ length: concurrency }, work)).then(() => {
      this.#done = true;
    });
  }

  /** Whether all targets were checked. */
  get done(): boolean {
    return this.#done;
  }

  /** Breaks off what is not done. @returns the unhealthy targets */
  async finish(): Promise<Set<number>> {
    this.#stop.abort(new Error("the time for checks is over"));
    await this.#all;
    return new Set(this.targets.map(({ index }) => index).filter((index) => this.#found.get(index) === "unhealthy"));
  }

  async #checkOne(target: Target): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#timeout)]);
    try {
      signal.throwIfAborted();
      this.#found.set(target.index, await Promise.race([this.rules.check(target, signal), rejectionOf(signal)]));
    } catch (error) {
      this.#found.set(target.index, this.#onFailure(target, error));
    }
  }

  #onFailure(target: Target, error: unknown): Health {
    try {
      return this.rules.onFailure?.(target, error) ?? "healthy";
    } catch {
      return "healthy";
    }
  }
}

/**
 * What was said of limits, or the defaults. None that would let a voter call targets healthy that it hasn't asked.
 * @throws {HealthError} `BAD_ARGUMENT`
 */
export function limitsOf({ check, timeout, concurrency }: CheckRules): { timeout: number; concurrency: number } {
  if (typeof check !== "function") throw new HealthError("BAD_ARGUMENT", "check", "a function", shown(check));
  return {
    timeout: checkCount("timeout", timeout ?? 30_000, 1, LONGEST_WAIT),
    concurrency: checkCount("concurrency", concurrency ?? 8, 1, 65_536),
  };
}

const rejectionOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
