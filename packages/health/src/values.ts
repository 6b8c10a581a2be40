import { shown } from "@nkms/protocol/json";
import { AbiCoder, getAddress, isAddress, isHexString, keccak256 } from "ethers";

import { HealthError } from "./errors.js";

export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Whether two addresses are the same, whatever their case. */
export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** keccak256(abi.encode(values)). */
export const encodedHash = (types: readonly string[], values: readonly unknown[]): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

/** The least r with r * r >= n. */
export function ceilSqrt(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2)); // at least the square root
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) break;
    root = next;
  }
  return root * root < n ? root + 1n : root;
}

/** @throws {HealthError} `BAD_ARGUMENT` unless it is a bigint in `lowest .. highest` */
export function checkRange(argument: string, value: bigint, lowest: bigint, highest: bigint): bigint {
  if (typeof value === "bigint" && value >= lowest && value <= highest) return value;
  throw new HealthError("BAD_ARGUMENT", argument, `a bigint in ${lowest} .. ${highest}`, shown(value));
}

/** @throws {HealthError} `BAD_ARGUMENT` unless it is a whole number in `lowest .. highest` */
export function checkCount(argument: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new HealthError("BAD_ARGUMENT", argument, `an integer in ${lowest} .. ${highest}`, shown(value));
}

/** @throws {HealthError} `BAD_ARGUMENT` unless it is an array of uint256s */
export function checkWords(argument: string, words: readonly bigint[]): readonly bigint[] {
  const isArray = Array.isArray as (value: unknown) => boolean;
  if (!isArray(words)) throw new HealthError("BAD_ARGUMENT", argument, "an array", shown(words));
  return words.map((word, i) => checkRange(`${argument}[${i}]`, word, 0n, MAX_UINT256));
}

export const MAX_UINT256 = 2n ** 256n - 1n;

/** @throws {HealthError} `BAD_ARGUMENT`; a secret isn't shown */
export function checkBytes32(argument: string, value: string, secret = false): string {
  if (isHexString(value, 32)) return value;
  throw new HealthError("BAD_ARGUMENT", argument, "32 bytes as hex", secret ? "something else" : shown(value));
}

/** @returns the address with its checksum: one account has one name. @throws {HealthError} `BAD_ARGUMENT` */
export function checkAddress(argument: string, value: string): string {
  if (isAddress(value)) return getAddress(value);
  throw new HealthError("BAD_ARGUMENT", argument, "an address", shown(value));
}
