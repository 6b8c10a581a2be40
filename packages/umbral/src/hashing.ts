/**
 * The hash of Umbral: (SHA-256(length of tag, 4 bytes big-endian | tag | items) mod (n-1)) + 1, a scalar in 1..n-1.
 * Every use has a tag of its own, named here and nowhere else. Keys for the cipher are made by HKDF instead.
 */
import { backend } from "./backend.js";
import { concat } from "./bytes.js";
import type { CurvePoint } from "./curvePoint.js";
import { bytesToNumber, ORDER } from "./scalar.js";

const utf8 = new TextEncoder();
const POLYNOMIAL_ARG = utf8.encode("POLYNOMIAL_ARG");

/** The hash to a scalar under any tag. */
export function hashToScalar(tag: Uint8Array, ...items: readonly Uint8Array[]): bigint {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, tag.length);
  return (bytesToNumber(backend.sha256(concat(length, tag, ...items))) % (ORDER - 1n)) + 1n;
}

const hashPoints = (tag: string, points: readonly CurvePoint[]): bigint =>
  hashToScalar(utf8.encode(tag), ...points.map((point) => point.toBytes()));

/** The h of a capsule. */
export const hashCapsulePoints = (e: CurvePoint, v: CurvePoint): bigint => hashPoints("CAPSULE_POINTS", [e, v]);

/** The d that delegator and receiver share: `dh` is the Diffie-Hellman point of the precursor and the receiver's key. */
export const hashSharedSecret = (precursor: CurvePoint, receivingPk: CurvePoint, dh: CurvePoint): bigint =>
  hashPoints("SHARED_SECRET", [precursor, receivingPk, dh]);

/** The arguments at which the polynomial gives fragments their keys, each by the fragment's 32-byte id. */
export function polynomialArguments(
  precursor: CurvePoint,
  receivingPk: CurvePoint,
  dh: CurvePoint,
): (id: Uint8Array) => bigint {
  const shared = concat(precursor.toBytes(), receivingPk.toBytes(), dh.toBytes());
  return (id) => hashToScalar(POLYNOMIAL_ARG, shared, id);
}

/** The h of a proof of re-encryption, over E, E1, E2, V, V1, V2, u, U1, U2 in this order. */
export const hashProof = (...points: readonly CurvePoint[]): bigint => hashPoints("CFRAG_VERIFICATION", points);

/** HKDF by RFC 5869 with SHA-256, without a salt. */
export const hkdf = (key: Uint8Array, info: Uint8Array, length: number): Uint8Array => backend.hkdf(key)(length, info);
