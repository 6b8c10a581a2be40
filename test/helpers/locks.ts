import type { StakeEscrow } from "../../typechain-types";

/** One lock of a miner, in plain fields. Amounts in base units, times in periods. */
export interface LockState {
  number: number;
  amount: bigint;
  start: bigint;
  end: bigint;
  notice: bigint;
}

/** All locks of a miner, by rising number. */
export async function locksOf(escrow: StakeEscrow, miner: string): Promise<LockState[]> {
  const [numbers, locks] = await escrow.locksOf(miner);
  return locks.map((lock, i) => ({
    number: Number(numbers[i]),
    amount: lock.amount,
    start: lock.start,
    end: lock.end,
    notice: lock.notice,
  }));
}

/** One lock of a miner. Throws if there is none with this number. */
export async function lockOf(escrow: StakeEscrow, miner: string, number: number): Promise<LockState> {
  const found = (await locksOf(escrow, miner)).find((lock) => lock.number === number);
  if (!found) throw new Error(`lock: expected one with number ${number} of ${miner}, got none`);
  return found;
}
