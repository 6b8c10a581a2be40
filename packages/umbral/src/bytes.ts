import { UmbralError, type UmbralErrorCode } from "./errors.js";

/** What a value is, for an error message: never its content. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "object") return `an instance of ${value.constructor?.name ?? "no class"}`;
  return typeof value;
}

/** A number as it is; of anything else only what it is, for it may be a secret in the wrong place. */
export const describeNumber = (value: unknown): string => (typeof value === "number" ? String(value) : describe(value));

/**
 * The bytes as a plain Uint8Array.
 * @throws {UmbralError} `BAD_TYPE`, or `BAD_LENGTH` when a length is asked for
 */
export function expectBytes(argument: string, value: unknown, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new UmbralError("BAD_TYPE", argument, "a Uint8Array", describe(value));
  if (length !== undefined && value.length !== length) {
    throw new UmbralError("BAD_LENGTH", argument, `${length} bytes`, `${value.length} bytes`);
  }
  return plainBytes(value);
}

/** The same memory as a plain Uint8Array: the `slice` of Node's Buffer, a subclass, doesn't copy. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** @throws {UmbralError} with the code */
export function expectInstance<T>(
  argument: string,
  value: unknown,
  type: abstract new (...args: never[]) => T,
  code: UmbralErrorCode = "BAD_TYPE",
): T {
  if (!(value instanceof type)) throw new UmbralError(code, argument, `an instance of ${type.name}`, describe(value));
  return value;
}

/** @throws {UmbralError} `BAD_TYPE` */
export function expectBoolean(argument: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new UmbralError("BAD_TYPE", argument, "a boolean", describe(value));
  return value;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Compares public bytes; it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** Reads hex that is written in this package's own source. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** `Name:` and the first 8 bytes as hex, the short form in which values are shown. */
export function label(name: string, bytes: Uint8Array): string {
  return `${name}:${toHex(bytes.subarray(0, 8))}`;
}
