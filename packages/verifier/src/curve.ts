/** secp256k1 on public values, by the rules of the contract: a point is good only if `ecrecover` can work with it. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { getBytes, toBigInt } from "ethers";

import { VerifierError } from "./errors.js";

const { Point: NoblePoint } = secp256k1;

/** A point of the curve, not the one at infinity. */
export type Point = typeof NoblePoint.BASE;

/** n, the order of secp256k1. */
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** p, the prime of its field. */
export const PRIME = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;

/** Arithmetic modulo n. */
export const Scalars = NoblePoint.Fn;

/** Bytes of a compressed point. */
export const POINT_LENGTH = 33;

/** The generator. */
export const G = NoblePoint.BASE;

/** u, Umbral's second generator, compressed. */
export const U_BYTES = getBytes("0x03079390d0fbe220fc34aab8ecbf49098098036820fadb98c03143e55db8ec73cd");

export const U = NoblePoint.fromBytes(U_BYTES);

/** The slope that checks a sum on chain: W = h X1, as x and y, and the slope of the line through W and X2. */
export type Hint = readonly [wx: bigint, wy: bigint, slope: bigint];

/**
 * Reads a compressed point as the contract does: `02` or `03`, then x below n, on the curve.
 * @returns undefined for every other 33 bytes, and for any other number of bytes
 */
export function readPoint(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== POINT_LENGTH || (bytes[0] !== 2 && bytes[0] !== 3)) return undefined;
  if (toNumber(bytes.subarray(1)) >= ORDER) return undefined;
  try {
    return NoblePoint.fromBytes(Uint8Array.from(bytes));
  } catch {
    return undefined; // off the curve
  }
}

/** The number that bytes stand for, big-endian. */
export const toNumber = (bytes: Uint8Array): bigint => toBigInt(bytes);

/** Whether z X = h X1 + X2, for z and h in 1 .. n - 1. */
export const equationHolds = (z: bigint, h: bigint, x: Point, x1: Point, x2: Point): boolean =>
  x.multiplyUnsafe(z).equals(x1.multiplyUnsafe(h).add(x2));

/**
 * What the contract needs to add h X1 and X2.
 * @param h 1 .. n - 1
 * @throws {VerifierError} `NO_HINT` if both have the same x: whoever can make such an answer can break the hash
 */
export function hintFor(h: bigint, x1: Point, x2: Point): Hint {
  const w = x1.multiplyUnsafe(h).toAffine();
  const other = x2.toAffine();
  const run = modulo(other.x - w.x);
  if (run === 0n) throw new VerifierError("NO_HINT", "answer", "h X1 and X2 with different x", "the same");
  return [w.x, w.y, modulo((other.y - w.y) * NoblePoint.Fp.inv(run))];
}

/** In 0 .. p - 1. */
const modulo = (value: bigint): bigint => ((value % PRIME) + PRIME) % PRIME;
