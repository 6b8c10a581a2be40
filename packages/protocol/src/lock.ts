/** One amount of stake, as the stake escrow keeps it. It counts in the periods p with start <= p < end. */
export interface Lock {
  /** Base units. */
  readonly amount: bigint;
  /** The first period in which it counts. */
  readonly start: bigint;
  /** The first period in which it no longer counts; of no meaning while the lock rolls. */
  readonly end: bigint;
  /** Periods from notice to end; 0: the end is fixed. Above 0: the lock rolls, without end until notice is given. */
  readonly notice: bigint;
}

/**
 * The first period in which a lock would no longer count if notice were given now.
 * @param now the current period
 * @example guaranteedEnd({ amount, start: 5n, end: ROLLING, notice: 30n }, 7n); // 38n
 */
export function guaranteedEnd(lock: Lock, now: bigint): bigint {
  return lock.notice === 0n ? lock.end : now + 1n + lock.notice;
}

/**
 * The stake of some locks that counts in a period, even if every notice were given now.
 * @param locks all locks of one miner
 * @param period the current one or a later one
 * @param now the current period
 * @returns base units
 * @example lockedIn(locks, until, state.period) >= state.minStake;
 */
export function lockedIn(locks: readonly Lock[], period: bigint, now: bigint): bigint {
  return locks.reduce(
    (sum, lock) => (lock.start <= period && period < guaranteedEnd(lock, now) ? sum + lock.amount : sum),
    0n,
  );
}
