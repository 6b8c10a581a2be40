export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
export const FIELD_PRIME = 2n ** 256n - 2n ** 32n - 977n;

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** A number as 32 bytes, big-endian. */
export const be32 = (number: bigint): Uint8Array => fromHex(number.toString(16).padStart(64, "0"));

export const number = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes)}`);

export const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A copy with other bytes from an offset on. */
export function replace(bytes: Uint8Array, offset: number, part: Uint8Array | readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(part, offset);
  return copy;
}

/** A copy with one bit flipped; bit 0 is the highest of the first byte. */
export function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const byte = Math.floor(bit / 8);
  return replace(bytes, byte, [(bytes[byte] ?? 0) ^ (0x80 >> (bit % 8))]);
}
