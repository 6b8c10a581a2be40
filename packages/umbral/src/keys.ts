import { backend, type RandomBytes } from "./backend.js";
import { expectBytes, expectInstance, label, toHex } from "./bytes.js";
import { CurvePoint, multiplyBase, parsePoint } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { checked, expectChecked, secretScalar } from "./internal.js";
import { parseScalar, randomScalar, scalarToBytes } from "./scalar.js";
import { RecoverableSignature } from "./signing.js";

/**
 * A secret key: a scalar in 1..n-1. Printing, inspecting or serializing it as JSON shows nothing of it.
 *
 * JavaScript can't wipe the scalar from memory: it is gone when the engine has collected and overwritten it.
 */
export class SecretKey {
  readonly #scalar: bigint;
  #publicKey: PublicKey | undefined;

  /** @internal */
  constructor(token: typeof checked, scalar: bigint) {
    expectChecked(token, "SecretKey");
    this.#scalar = scalar;
  }

  /**
   * A new key from the system's source of randomness.
   * @example const sk = SecretKey.random();
   */
  static random(): SecretKey {
    return randomSecretKey(backend.randomBytes);
  }

  /**
   * Reads a key: 32 bytes, big-endian, 1..n-1.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` or `BAD_SCALAR`
   * @example const sk = SecretKey.fromBEBytes(stored);
   */
  static fromBEBytes(bytes: Uint8Array): SecretKey {
    return new SecretKey(checked, parseScalar("secretKey", bytes));
  }

  /** The key itself, 32 bytes big-endian: the one way it leaves this object. Overwrite the bytes after use. */
  toBEBytes(): Uint8Array {
    return scalarToBytes(this.#scalar);
  }

  /** scalar·G, worked out at the first call. */
  publicKey(): PublicKey {
    return (this.#publicKey ??= new PublicKey(checked, multiplyBase(this.#scalar)));
  }

  /** `SecretKey:...`, always. */
  toString(): string {
    return "SecretKey:...";
  }

  /** @internal */
  [secretScalar](): bigint {
    return this.#scalar;
  }
}

/** {@link SecretKey.random} with any source of randomness. */
export function randomSecretKey(random: RandomBytes): SecretKey {
  return new SecretKey(checked, randomScalar(random));
}

/** A public key: a point of secp256k1. Immutable. */
export class PublicKey {
  /** @internal */
  constructor(
    token: typeof checked,
    readonly point: CurvePoint,
  ) {
    expectChecked(token, "PublicKey");
    Object.freeze(this);
  }

  /**
   * Reads a key: a compressed point, 33 bytes, `02 or 03 | x`.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` or `BAD_POINT`
   * @example const pk = PublicKey.fromCompressedBytes(received);
   */
  static fromCompressedBytes(bytes: Uint8Array): PublicKey {
    return new PublicKey(checked, parsePoint("publicKey", bytes));
  }

  /**
   * The key whose owner made this signature.
   * @param prehash the SHA-256 of the signed message, 32 bytes
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH`, or `RECOVERY_FAILED` when there is no such key
   * @example const pk = PublicKey.recoverFromPrehash(sha256(message), signature);
   */
  static recoverFromPrehash(prehash: Uint8Array, signature: RecoverableSignature): PublicKey {
    const digest = expectBytes("prehash", prehash, 32);
    const { signature: compact, recoveryId } = expectInstance("signature", signature, RecoverableSignature);
    const point = backend.recover(compact.toBEBytes(), recoveryId, digest);
    if (!point)
      throw new UmbralError("RECOVERY_FAILED", "signature", "a signature with a public key", String(signature));
    return new PublicKey(checked, new CurvePoint(checked, point));
  }

  /** The 33 bytes that {@link fromCompressedBytes} reads. */
  toCompressedBytes(): Uint8Array {
    return this.point.toBytes();
  }

  /** {@link toCompressedBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toCompressedBytes());
  }

  equals(other: PublicKey): boolean {
    return this.point.equals(expectInstance("other", other, PublicKey).point);
  }

  /** `PublicKey:` and the first 8 bytes as hex. */
  toString(): string {
    return label("PublicKey", this.toCompressedBytes());
  }
}
