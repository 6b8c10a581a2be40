/**
 * Everything the scheme needs from a curve, a hash, a cipher and a source of randomness. The scheme itself touches no
 * library. Two backends give the same bytes: {@link nobleBackend} in JavaScript, which runs everywhere and is the
 * default, and the one in `nativeBackend.ts`, which the entry for Node switches to where it loads.
 *
 * Points are 65 bytes, `04 | x | y`, each coordinate 32 bytes big-endian: the form that every library takes and gives
 * without a square root. Functions may trust points and scalars they are given: points are on the curve and not at
 * infinity, scalars are in 1..n-1. Where a sum can be the point at infinity, the result is `undefined`.
 */
import { nobleBackend } from "./nobleBackend.js";

/** A source of `length` random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** The second step of HKDF: so many bytes for an info, which may come in parts. It may be called any number of times. */
export type Expand = (length: number, ...info: readonly Uint8Array[]) => Uint8Array;

/** `noble`: JavaScript, the libraries @noble. `native`: the binding of `secp256k1` and Node's own cipher and hash. */
export type BackendName = "noble" | "native";

/** One of the statements z·X = h·X1 + X2 that share z and h. */
export interface Equation<Point> {
  readonly x: Point;
  readonly x1: Point;
  readonly x2: Point;
}

export interface Backend {
  readonly name: BackendName;
  readonly randomBytes: RandomBytes;

  /** Reads a compressed point, `02 or 03 | x`; `undefined` unless it is the canonical form of a point of the curve. */
  readonly decompress: (compressed: Uint8Array) => Uint8Array | undefined;
  /** secret·G, in a time that does not depend on the secret as far as the backend can. */
  readonly multiplyBase: (secret: bigint) => Uint8Array;
  /** secret·u with u the parameter of Umbral, as {@link multiplyBase}. */
  readonly multiplyU: (secret: bigint) => Uint8Array;
  /** secret·point, as {@link multiplyBase}. */
  readonly multiply: (point: Uint8Array, secret: bigint) => Uint8Array;
  /** The sum of at least one point. */
  readonly sum: (points: readonly Uint8Array[]) => Uint8Array | undefined;
  /** Whether z·G = h·x1 + x2. Its time shows the scalars: for public ones only. */
  readonly baseEquationHolds: (z: bigint, h: bigint, x1: Uint8Array, x2: Uint8Array) => boolean;
  /** Whether every equation holds; wrong ones pass with a chance below 2^-127. As {@link baseEquationHolds}. */
  readonly equationsHold: (z: bigint, h: bigint, equations: readonly Equation<Uint8Array>[]) => boolean;
  /** 1 / scalar mod n. Its time shows the scalar, which the caller blinds. */
  readonly invert: (scalar: bigint) => bigint;

  /** ECDSA by RFC 6979 with `entropy` added (section 3.6): `r | s`, 32 bytes each, s <= n/2. */
  readonly sign: (digest: Uint8Array, secret: bigint, entropy: Uint8Array) => Uint8Array;
  /** Whether `r | s` with s <= n/2 is a signature of the digest under the public key. */
  readonly verify: (signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array) => boolean;
  /** The public key for which `r | s` signs the digest; `recovery` bit 0 is the parity of R, bit 1 its overflow. */
  readonly recover: (signature: Uint8Array, recovery: number, digest: Uint8Array) => Uint8Array | undefined;

  readonly sha256: (message: Uint8Array) => Uint8Array;
  /** HKDF by RFC 5869 with SHA-256, without a salt: its first step, which gives the second. */
  readonly hkdf: (key: Uint8Array) => Expand;
  /** HChaCha20: a key of 32 bytes made of another one and a nonce of 16 bytes. */
  readonly hchacha20: (key: Uint8Array, nonce: Uint8Array) => Uint8Array;
  /**
   * ChaCha20-Poly1305 by RFC 8439, with a nonce of 12 bytes. It writes the encrypted bytes and 16 bytes of tag to
   * `output`, which has that length.
   */
  readonly seal: (
    key: Uint8Array,
    nonce: Uint8Array,
    associated: Uint8Array,
    plaintext: Uint8Array,
    output: Uint8Array,
  ) => void;
  /** The plaintext of what {@link seal} wrote; `undefined` when the tag fails. */
  readonly open: (
    key: Uint8Array,
    nonce: Uint8Array,
    associated: Uint8Array,
    sealed: Uint8Array,
  ) => Uint8Array | undefined;
}

/** The backend in use. */
export let backend: Backend = nobleBackend;

/** Switches the backend of the whole package: for its entry for Node and for tests. */
export function useBackend(chosen: Backend): void {
  backend = chosen;
}

/** Which backend is in use. */
export function backendName(): BackendName {
  return backend.name;
}
