import { parseEther } from "ethers";

import { DeployError } from "../errors";

/** NKMS, as written by people, to base units: `nkms("1.5")` is 1.5e18. */
export const nkms = (amount: string): bigint => parseEther(amount.replaceAll(",", ""));

/** Seconds in `n` minutes. */
export const minutes = (n: number): bigint => BigInt(n) * 60n;

/** Seconds in `n` hours. */
export const hours = (n: number): bigint => minutes(60 * n);

/** Seconds in `n` days. */
export const days = (n: number): bigint => hours(24 * n);

/** Periods, as what they are counted in says itself: `periods(30)`. */
export const periods = (n: number): bigint => BigInt(n);

/** Parts per million in `n` per cent, for whole n. */
export const percentInPpm = (n: number): bigint => BigInt(n) * 10_000n;

/**
 * Turns durations into numbers of blocks, on a chain with a block every `blockSeconds`:
 * `const blocks = blocksOf(12n); blocks(minutes(10))` is 50.
 * @throws {DeployError} `BAD_PARAMETER` when the duration is no whole number of blocks
 */
export function blocksOf(blockSeconds: bigint): (duration: bigint) => bigint {
  return (duration) => {
    if (duration % blockSeconds === 0n) return duration / blockSeconds;
    throw new DeployError("BAD_PARAMETER", "duration", `a multiple of ${blockSeconds} s`, `${duration} s`);
  };
}

/** Ether, as written by people, to wei: `ether("0.05")` is 5e16. */
export const ether = (amount: string): bigint => parseEther(amount.replaceAll(",", ""));
