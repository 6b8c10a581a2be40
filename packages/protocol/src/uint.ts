import { ProtocolError } from "./errors.js";

/**
 * Lets an unsigned integer of at most `bits` bits pass.
 * @param argument its name, for the error
 * @throws {ProtocolError} `BAD_ARGUMENT` unless `value` is a bigint in 0 .. 2^bits - 1
 */
export function checkUint(argument: string, value: bigint, bits: number): bigint {
  if (typeof value !== "bigint") {
    throw new ProtocolError("BAD_ARGUMENT", argument, "a bigint", `${typeof value} ${String(value)}`);
  }
  if (value < 0n || value >> BigInt(bits) !== 0n) {
    throw new ProtocolError("BAD_ARGUMENT", argument, `0 .. 2^${bits} - 1`, String(value), { value });
  }
  return value;
}
