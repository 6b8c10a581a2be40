import { checkArray, checkUint } from "./checks.js";

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
 * @throws {ProtocolError} `BAD_ARGUMENT` for what isn't a uint256
 * @example guaranteedEnd({ amount, start: 5n, end: ROLLING, notice: 30n }, 7n); // 38n
 */
export function guaranteedEnd(lock: Lock, now: bigint): bigint {
  const [end, notice] = [checkUint("lock.end", lock.end, 256), checkUint("lock.notice", lock.notice, 256)];
  return notice === 0n ? end : checkUint("now", now, 256) + 1n + notice;
}

/**
 * The stake of some locks that counts in a period, even if every notice were given now.
 * @param locks all locks of one miner
 * @param period the current one or a later one
 * @param now the current period
 * @returns base units
 * @throws {ProtocolError} `BAD_ARGUMENT` for what isn't a uint256
 * @example lockedIn(locks, until, state.period) >= state.minStake;
 */
export function lockedIn(locks: readonly Lock[], period: bigint, now: bigint): bigint {
  checkUint("period", period, 256);
  return checkArray("locks", locks).reduce((sum, lock) => {
    const [amount, start] = [checkUint("lock.amount", lock.amount, 256), checkUint("lock.start", lock.start, 256)];
    return start <= period && period < guaranteedEnd(lock, now) ? sum + amount : sum;
  }, 0n);
}
