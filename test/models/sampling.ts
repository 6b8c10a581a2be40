/**
 * Drawing by stake, as the protocol says it: each miner with probability proportional to what it has locked in the
 * period `until`, then the next among those that are left. Nothing here knows of seats, tiers or trials.
 *
 * Amounts are base units, times are periods. Probabilities are doubles: their error, below 1e-15, is far below what
 * counting draws can show.
 */

/** Stake that counts from `first` through `last`. */
export interface FixedStake {
  amount: bigint;
  first: bigint;
  last: bigint;
}

/** Stake that counts from `first` on, through `notice` more periods after the one in which notice is given. */
export interface RollingStake {
  amount: bigint;
  first: bigint;
  notice: bigint;
}

export type Stake = FixedStake | RollingStake;

/** A miner and all its stake. */
export interface Staker {
  miner: string;
  stakes: readonly Stake[];
  /** Found unhealthy and not resumed: it isn't drawn. */
  paused?: boolean;
}

/** Weights are compared in whole grains of 10^9 base units. */
export const GRAIN = 10n ** 9n;

/** What is locked in `until` for certain, even if all notices were given in the period `now`. Base units. */
export function lockedThrough(stakes: readonly Stake[], until: bigint, now: bigint): bigint {
  let sum = 0n;
  for (const stake of stakes) {
    const last = "last" in stake ? stake.last : now + stake.notice;
    if (until >= stake.first && until <= last) sum += stake.amount;
  }
  return sum;
}

/** Who can be drawn for `until`, and the weight of each in grains. */
export function weightsOf(
  stakers: readonly Staker[],
  until: bigint,
  now: bigint,
  minStake: bigint,
): Map<string, bigint> {
  const weights = new Map<string, bigint>();
  for (const { miner, stakes, paused } of stakers) {
    const locked = lockedThrough(stakes, until, now);
    if (!paused && locked >= minStake) weights.set(miner, locked / GRAIN);
  }
  return weights;
}

/** How a sequence of miners is written as one key. */
export const keyOf = (sequence: readonly string[]): string => sequence.join(" then ");

/**
 * The probability of every sequence of `length` distinct miners, drawn without replacement: the first by its share of
 * all weights, the second by its share of the rest, and so on. They sum to 1.
 */
export function sequenceProbabilities(weights: ReadonlyMap<string, bigint>, length: number): Map<string, number> {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0n);
  const result = new Map<string, number>();
  const extend = (sequence: string[], left: bigint, probability: number): void => {
    if (sequence.length === length) {
      result.set(keyOf(sequence), probability);
      return;
    }
    for (const [miner, weight] of weights) {
      if (sequence.includes(miner)) continue;
      extend([...sequence, miner], left - weight, (probability * Number(weight)) / Number(left));
    }
  };
  extend([], total, 1);
  return result;
}
