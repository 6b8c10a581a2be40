import { getAddress, isAddress, isHexString } from "ethers";

import { ProtocolError } from "./errors.js";
import { shown } from "./json.js";

/**
 * Lets an unsigned integer of at most `bits` bits pass.
 * @param argument its name, for the error
 * @throws {ProtocolError} `BAD_ARGUMENT` unless `value` is a bigint in 0 .. 2^bits - 1
 */
export function checkUint(argument: string, value: bigint, bits: number): bigint {
  if (typeof value !== "bigint") {
    throw new ProtocolError("BAD_ARGUMENT", argument, "a bigint", typed(value));
  }
  if (value < 0n || value >> BigInt(bits) !== 0n) {
    throw new ProtocolError("BAD_ARGUMENT", argument, `0 .. 2^${bits} - 1`, String(value), { value });
  }
  return value;
}

/**
 * Lets an address pass, with its checksum.
 * @throws {ProtocolError} `BAD_ARGUMENT`
 */
export function checkAddress(argument: string, value: string): string {
  if (!isAddress(value)) throw new ProtocolError("BAD_ARGUMENT", argument, "an address", shown(value));
  return getAddress(value);
}

/**
 * Lets 32 bytes in hex pass.
 * @throws {ProtocolError} `BAD_ARGUMENT`
 */
export function checkBytes32(argument: string, value: string): string {
  if (!isHexString(value, 32)) throw new ProtocolError("BAD_ARGUMENT", argument, "32 bytes as hex", shown(value));
  return value;
}

/**
 * Lets bytes pass.
 * @throws {ProtocolError} `BAD_ARGUMENT`
 */
export function checkBytes(argument: string, value: Uint8Array): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new ProtocolError("BAD_ARGUMENT", argument, "a Uint8Array", typeof value);
  return value;
}

/**
 * Lets an array pass, whatever is in it.
 * @throws {ProtocolError} `BAD_ARGUMENT`
 */
export function checkArray<Items extends readonly unknown[]>(argument: string, value: Items): Items {
  if (!Array.isArray(value)) throw new ProtocolError("BAD_ARGUMENT", argument, "an array", shown(value));
  return value;
}

/** A number with its type, for `7` and `7n` look the same. */
const typed = (value: unknown): string => (typeof value === "number" ? `number ${value}` : shown(value));
