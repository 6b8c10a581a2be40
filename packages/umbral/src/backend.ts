/**
 * Everything the scheme needs from a curve, a hash, a cipher and a source of randomness. The scheme itself touches no
 * library: a faster backend replaces the one line at the end of this file.
 *
 * Points are 65 bytes, `04 | x | y`, each coordinate 32 bytes big-endian: the form that every library takes and gives
 * without a square root. Functions may trust points and scalars they are given: points are on the curve and not at
 * infinity, scalars are in 1..n-1. Where a sum can be the point at infinity, the result is `undefined`.
 */
import { nobleBackend } from "./nobleBackend.js";

/** A source of `length` random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** A public scalar and the point it multiplies. */
export type Term = readonly [scalar: bigint, point: Uint8Array];

export interface Backend {
  readonly randomBytes: RandomBytes;

  /** Reads a compressed point, `02 or 03 | x`; `undefined` unless it is the canonical form of a point of the curve. */
  decompress(compressed: Uint8Array): Uint8Array | undefined;
  /** secret·G, in a time that does not depend on the secret as far as the backend can. */
  multiplyBase(secret: bigint): Uint8Array;
  /** secret·u with u the parameter of Umbral, as {@link multiplyBase}. */
  multiplyU(secret: bigint): Uint8Array;
  /** secret·point, as {@link multiplyBase}. */
  multiply(point: Uint8Array, secret: bigint): Uint8Array;
  /** a + b. */
  add(a: Uint8Array, b: Uint8Array): Uint8Array | undefined;
  /** base·G + Σ scalar·point. Its time shows the scalars: for public ones only. Here `base` may be 0. */
  sumOfPublicProducts(base: bigint, terms: readonly Term[]): Uint8Array | undefined;
  /** 1 / secret mod n. */
  invert(secret: bigint): bigint;

  /** ECDSA by RFC 6979 with `entropy` added (section 3.6): `r | s`, 32 bytes each, s <= n/2. */
  sign(digest: Uint8Array, secret: bigint, entropy: Uint8Array): Uint8Array;
  /** Whether `r | s` with s <= n/2 is a signature of the digest under the public key. */
  verify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  /** The public key for which `r | s` signs the digest; `recovery` bit 0 is the parity of R, bit 1 its overflow. */
  recover(signature: Uint8Array, recovery: number, digest: Uint8Array): Uint8Array | undefined;

  sha256(message: Uint8Array): Uint8Array;
  /** HKDF by RFC 5869 with SHA-256 and no salt. */
  hkdf(key: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** XChaCha20-Poly1305: the encrypted bytes and 16 bytes of tag. The nonce is 24 bytes. */
  seal(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** The plaintext; `undefined` when the tag fails. */
  open(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** The backend in use. */
export const backend: Backend = nobleBackend;
