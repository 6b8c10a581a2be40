import { parseEther } from "ethers";

/** NKMS, as written by people, to base units: `nkms("1.5")` is 1.5e18. */
export const nkms = (amount: string): bigint => parseEther(amount.replaceAll(",", ""));

/** Seconds in `n` hours. */
export const hours = (n: number): bigint => BigInt(n) * 3_600n;

/** Seconds in `n` days. */
export const days = (n: number): bigint => hours(24 * n);
