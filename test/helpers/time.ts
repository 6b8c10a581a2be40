import { time } from "@nomicfoundation/hardhat-network-helpers";

import type { StakeEscrow } from "../../typechain-types";

/** What the helpers here need of a contract with periods. */
type HasPeriods = Pick<StakeEscrow, "PERIOD" | "currentPeriod">;

/** Moves the chain to the first second of `period`, in an empty block. Does nothing if that second is now. */
export async function toPeriod(escrow: HasPeriods, period: bigint): Promise<void> {
  const start = period * (await escrow.PERIOD());
  if (BigInt(await time.latest()) < start) await time.increaseTo(start);
}

/** Moves the chain to the first second of the period that is `count` periods after the current one. */
export async function passPeriods(escrow: HasPeriods, count: bigint): Promise<bigint> {
  const period = (await escrow.currentPeriod()) + count;
  await toPeriod(escrow, period);
  return period;
}

/** Makes the next transaction run at `timestamp`, Unix time in seconds. */
export async function nextTransactionAt(timestamp: bigint): Promise<void> {
  await time.setNextBlockTimestamp(timestamp);
}

/** The first second from `timestamp` on that is not in the first 64th of a period, in which no health round opens. */
export function settledFrom(timestamp: bigint, period: bigint): bigint {
  const settled = timestamp - (timestamp % period) + period / 64n;
  return timestamp > settled ? timestamp : settled;
}

/** Moves the chain on until a health round may open, as far as the period is concerned. */
export async function toSettled(escrow: HasPeriods): Promise<void> {
  const latest = BigInt(await time.latest());
  const settled = settledFrom(latest, await escrow.PERIOD());
  if (latest < settled) await time.increaseTo(settled);
}
