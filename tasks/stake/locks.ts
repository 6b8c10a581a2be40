import type { Chain } from "../lib/chain";
import { TaskError } from "../lib/errors";
import { ROLLING } from "../lib/events";

/** One lock of a miner. Amounts in base units, times in periods. */
export interface NumberedLock {
  readonly number: bigint;
  readonly amount: bigint;
  readonly start: bigint;
  /** {@link ROLLING} while no notice is given. */
  readonly end: bigint;
  readonly notice: bigint;
}

/** All locks of a miner, by rising number. */
export async function locksOf({ escrow }: Chain, miner: string): Promise<NumberedLock[]> {
  const [numbers, locks] = await escrow.locksOf(miner);
  return locks.map(({ amount, start, end, notice }, i) => ({ number: numbers[i] ?? 0n, amount, start, end, notice }));
}

/**
 * The lock with a number. Whoever sends names its end with it, so that no other lock is hit by mistake.
 * @throws {TaskError} `NOT_FOUND`
 */
export async function lockOf(chain: Chain, miner: string, number: bigint): Promise<NumberedLock> {
  const locks = await locksOf(chain, miner);
  const found = locks.find((lock) => lock.number === number);
  if (found) return found;
  const numbers = locks.map((lock) => String(lock.number)).join(", ");
  throw new TaskError("NOT_FOUND", "lock", numbers ? `one of ${numbers}` : `a lock of ${miner}`, String(number));
}

export const isRolling = ({ end }: Pick<NumberedLock, "end">): boolean => end === ROLLING;

/** Until when a lock counts, and when it can be withdrawn, in words. */
export function endInWords({ dates, vesting }: Chain, lock: Pick<NumberedLock, "end" | "notice">): string {
  if (isRolling(lock)) return `until ${dates.count(lock.notice)} after notice is given`;
  return `${dates.through(lock.end - 1n)}; withdrawable, with its last reward, ${dates.from(lock.end + vesting)}`;
}
