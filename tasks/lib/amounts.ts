import { amountOf } from "@nkms/protocol";

/** An exact amount of base units: `1,234.5 NKMS`. */
export const inNkms = (baseUnits: bigint): string => `${amountOf(baseUnits)} NKMS`;

/** An amount of wei, rounded up to six decimals: `0.001235 ETH`. */
export function inEther(wei: bigint): string {
  const step = 10n ** 12n;
  return `${amountOf(((wei + step - 1n) / step) * step)} ETH`;
}

/** A price of gas, rounded up to three decimals: `1.77 gwei`. */
export const inGwei = (wei: bigint): string => `${amountOf(((wei + 999_999n) / 1_000_000n) * 10n ** 15n)} gwei`;

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
