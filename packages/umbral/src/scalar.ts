/** Arithmetic modulo n, the order of secp256k1, on bigint. Bigint arithmetic takes a time that depends on its operands. */
import { backend, type RandomBytes } from "./backend.js";
import { expectBytes } from "./bytes.js";
import { UmbralError } from "./errors.js";
import { zip } from "./zip.js";

/** The number of points of secp256k1. */
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export const SCALAR_LENGTH = 32;

export const add = (a: bigint, b: bigint): bigint => (a + b) % ORDER;
export const multiply = (a: bigint, b: bigint): bigint => (a * b) % ORDER;
/** -a for a in 0..n-1. */
export const negate = (a: bigint): bigint => (a === 0n ? 0n : ORDER - a);

/** The number that bytes of any length stand for, big-endian. */
export function bytesToNumber(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let number = 0n;
  let offset = 0;
  for (; offset + 8 <= bytes.length; offset += 8) number = (number << 64n) | view.getBigUint64(offset);
  for (; offset < bytes.length; offset += 1) number = (number << 8n) | BigInt(view.getUint8(offset));
  return number;
}

/** Writes a scalar over 32 bytes, big-endian. */
export function writeScalar(scalar: bigint, bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let limb = 0; limb < 4; limb += 1)
    view.setBigUint64(24 - 8 * limb, BigInt.asUintN(64, scalar >> BigInt(64 * limb)));
  return bytes;
}

/** A scalar as 32 bytes, big-endian. */
export const scalarToBytes = (scalar: bigint): Uint8Array => writeScalar(scalar, new Uint8Array(SCALAR_LENGTH));

/**
 * Reads a scalar: 32 bytes, big-endian, 1..n-1.
 * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` or `BAD_SCALAR`
 */
export function parseScalar(argument: string, bytes: Uint8Array): bigint {
  const scalar = bytesToNumber(expectBytes(argument, bytes, SCALAR_LENGTH));
  if (scalar === 0n) throw new UmbralError("BAD_SCALAR", argument, "a scalar in 1..n-1", "0");
  if (scalar >= ORDER) throw new UmbralError("BAD_SCALAR", argument, "a scalar in 1..n-1", "n or more");
  return scalar;
}

/** A uniform scalar in 1..n-1: random bytes are drawn again when out of range, about once in 2^128 draws. */
export function randomScalar(random: RandomBytes): bigint {
  for (;;) {
    const scalar = bytesToNumber(random(SCALAR_LENGTH));
    if (scalar > 0n && scalar < ORDER) return scalar;
  }
}

/**
 * 1 / secret. What is inverted is the secret times a random scalar, the blind: the time it takes says nothing about the
 * secret, whatever the method.
 */
export function invert(secret: bigint): bigint {
  const blind = randomScalar(backend.randomBytes);
  return multiply(blind, backend.invert(multiply(blind, secret)));
}

/** The inverses of several scalars for the price of one inversion and three multiplications each. */
export function invertAll(scalars: readonly bigint[]): bigint[] {
  const productsBefore: bigint[] = [];
  let product = 1n;
  for (const scalar of scalars) {
    productsBefore.push(product);
    product = multiply(product, scalar);
  }
  let inverse = invert(product);
  const inverses: bigint[] = [];
  for (const [scalar, before] of zip(scalars, productsBefore).reverse()) {
    inverses.unshift(multiply(inverse, before));
    inverse = multiply(inverse, scalar);
  }
  return inverses;
}
