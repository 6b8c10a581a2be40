import { GRAIN, type Lock, type SamplerState } from "../../src/index.js";

/** A stretch of the line: a point at `from` or above and below `until` draws `miner`; zero: it draws nobody. */
export interface Stretch {
  from: bigint;
  until: bigint;
  miner: string | undefined;
}

/** What is locked in `until` at least, grains; straight from the protocol's words, without a look at the seat. */
function liveGrains(locks: readonly Lock[], until: bigint, state: SamplerState): bigint {
  let sum = 0n;
  for (const { amount, start, end, notice } of locks) {
    const lastPeriod = notice > 0n ? state.period + notice : end - 1n;
    if (until >= start && until <= lastPeriod) sum += amount;
  }
  return sum >= state.minStake ? sum / GRAIN : 0n;
}

/**
 * The sampler's line, written out stretch by stretch: slow, and with no arithmetic that could be wrong twice.
 * @param locksOf every miner's locks
 */
export function lineOf(state: SamplerState, until: bigint, locksOf: (miner: string) => readonly Lock[]): Stretch[] {
  const line: Stretch[] = [];
  let from = 0n;
  state.tiers.forEach((seats, tier) => {
    const length = (state.minStake / GRAIN) * 2n ** BigInt(tier + 1);
    for (const { miner } of seats) {
      const live = liveGrains(locksOf(miner), until, state);
      line.push({ from, until: from + live, miner }, { from: from + live, until: from + length, miner: undefined });
      from += length;
    }
  });
  return line;
}

/** Who a point of the line draws. */
export function drawnAt(line: readonly Stretch[], point: bigint): string | undefined {
  return line.find(({ from, until }) => from <= point && point < until)?.miner;
}
