import { parseEther } from "ethers";

/** NKMS, as written by people, to base units: `nkms("1.5")` is 1.5e18. */
export const nkms = (amount: string): bigint => parseEther(amount.replaceAll(",", ""));

/** Seconds in `n` hours. */
export const hours = (n: number): bigint => BigInt(n) * 3_600n;

/** Seconds in `n` days. */
export const days = (n: number): bigint => hours(24 * n);

/** Base units as people read them: rounded down to two decimals, thousands separated, `1,234.50`. */
export function inNkms(amount: bigint): string {
  const cents = amount / 10n ** 16n;
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}.${(cents % 100n).toString().padStart(2, "0")}`;
}

/** Ether, as written by people, to wei: `ether("0.05")` is 5e16. */
export const ether = (amount: string): bigint => parseEther(amount.replaceAll(",", ""));
