import { backend, type RandomBytes } from "./backend.js";
import { concat, equalBytes, expectBytes, expectInstance, label, toHex } from "./bytes.js";
import { decodeDer, encodeDer } from "./der.js";
import { UmbralError } from "./errors.js";
import { affineBytes, checked, expectChecked, secretScalar } from "./internal.js";
import { PublicKey, SecretKey } from "./keys.js";
import { bytesToNumber, ORDER, parseScalar } from "./scalar.js";

export const SIGNATURE_LENGTH = 64;

const ENTROPY_LENGTH = 32;

/** An ECDSA signature over secp256k1 with SHA-256, s in the lower half. Immutable. */
export class Signature {
  readonly #compact: Uint8Array;

  /** @internal */
  constructor(token: typeof checked, compact: Uint8Array) {
    expectChecked(token, "Signature");
    this.#compact = compact;
  }

  /**
   * Reads a signature: r, 32 bytes | s, 32 bytes, big-endian; both in 1..n-1, s at most n/2.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` or `BAD_SIGNATURE`
   */
  static fromBEBytes(bytes: Uint8Array): Signature {
    return parseSignature("signature", bytes);
  }

  /**
   * Reads a signature in DER: `30 length (02 length r) (02 length s)`, each integer in its shortest form.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_ENCODING` or `BAD_SIGNATURE`
   */
  static fromDerBytes(bytes: Uint8Array): Signature {
    return Signature.fromBEBytes(decodeDer("signature", bytes));
  }

  /** The 64 bytes that {@link fromBEBytes} reads. */
  toBEBytes(): Uint8Array {
    return this.#compact.slice();
  }

  /** The 70 bytes or fewer that {@link fromDerBytes} reads. */
  toDerBytes(): Uint8Array {
    return encodeDer(this.#compact);
  }

  /**
   * Whether the owner of this key signed this message.
   * @throws {UmbralError} `BAD_TYPE`
   * @example if (!signature.verify(signer.verifyingKey(), message)) reject();
   */
  verify(verifyingPk: PublicKey, message: Uint8Array): boolean {
    const { point } = expectInstance("verifyingPk", verifyingPk, PublicKey);
    return backend.verify(this.#compact, backend.sha256(expectBytes("message", message)), point[affineBytes]);
  }

  /** {@link toBEBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toBEBytes());
  }

  equals(other: Signature): boolean {
    return equalBytes(this.#compact, expectInstance("other", other, Signature).#compact);
  }

  /** `Signature:` and the first 8 bytes of r as hex. */
  toString(): string {
    return label("Signature", this.#compact);
  }
}

/** {@link Signature.fromBEBytes} of a signature that errors call `argument`. */
export function parseSignature(argument: string, bytes: Uint8Array): Signature {
  const compact = expectBytes(argument, bytes, SIGNATURE_LENGTH).slice();
  const [r, s] = [compact.subarray(0, 32), compact.subarray(32)];
  try {
    parseScalar("r", r);
    parseScalar("s", s);
  } catch (cause) {
    throw new UmbralError("BAD_SIGNATURE", argument, "r and s in 1..n-1", label("r", r), { cause });
  }
  if (2n * bytesToNumber(s) > ORDER) throw new UmbralError("BAD_SIGNATURE", argument, "s at most n/2", label("s", s));
  return new Signature(checked, compact);
}

/** A signature with the number that tells which public key made it. Immutable. */
export class RecoverableSignature {
  /** @internal */
  constructor(
    token: typeof checked,
    readonly signature: Signature,
    /** Bit 0: y of the nonce's point is odd. Bit 1: its x is n or more. */
    readonly recoveryId: number,
  ) {
    expectChecked(token, "RecoverableSignature");
    Object.freeze(this);
  }

  /**
   * Reads a signature: r, 32 bytes | s, 32 bytes | recovery id, 1 byte, 0..3; scalars as in {@link Signature}.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` or `BAD_SIGNATURE`
   */
  static fromBEBytes(bytes: Uint8Array): RecoverableSignature {
    const recoveryId = expectBytes("signature", bytes, SIGNATURE_LENGTH + 1)[SIGNATURE_LENGTH] ?? 0;
    if (recoveryId > 3)
      throw new UmbralError("BAD_SIGNATURE", "signature", "a recovery id of 0..3", String(recoveryId));
    const signature = Signature.fromBEBytes(bytes.subarray(0, SIGNATURE_LENGTH));
    return new RecoverableSignature(checked, signature, recoveryId);
  }

  /** The 65 bytes that {@link fromBEBytes} reads. */
  toBEBytes(): Uint8Array {
    return concat(this.signature.toBEBytes(), Uint8Array.of(this.recoveryId));
  }

  /** {@link toBEBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toBEBytes());
  }

  equals(other: RecoverableSignature): boolean {
    const { signature, recoveryId } = expectInstance("other", other, RecoverableSignature);
    return this.signature.equals(signature) && this.recoveryId === recoveryId;
  }

  /** `RecoverableSignature:` and the first 8 bytes of r as hex. */
  toString(): string {
    return label("RecoverableSignature", this.signature.toBEBytes());
  }
}

/** Signs messages with a secret key: SHA-256, then ECDSA by RFC 6979 with fresh entropy added, s in the lower half. */
export class Signer {
  readonly #secretKey: SecretKey;

  /**
   * @throws {UmbralError} `BAD_TYPE`
   * @example const signer = new Signer(SecretKey.random());
   */
  constructor(secretKey: SecretKey) {
    this.#secretKey = expectInstance("secretKey", secretKey, SecretKey);
  }

  /** The key under which the signatures verify. */
  verifyingKey(): PublicKey {
    return this.#secretKey.publicKey();
  }

  /**
   * @throws {UmbralError} `BAD_TYPE`
   * @example const signature = signer.sign(new TextEncoder().encode("hello"));
   */
  sign(message: Uint8Array): Signature {
    return signWith(backend.randomBytes, this, message);
  }

  /** `Signer:...`, always. */
  toString(): string {
    return "Signer:...";
  }

  /** @internal */
  [secretScalar](): bigint {
    return this.#secretKey[secretScalar]();
  }
}

/** {@link Signer.sign} with any source of randomness. */
export function signWith(random: RandomBytes, signer: Signer, message: Uint8Array): Signature {
  const digest = backend.sha256(expectBytes("message", message));
  return new Signature(checked, backend.sign(digest, signer[secretScalar](), random(ENTROPY_LENGTH)));
}

/** With which recovery id, 0 or 1, the signature gives its signer's key; `undefined` when it isn't the signer's. */
export function findRecoveryId(signature: Signature, digest: Uint8Array, signerPk: PublicKey): 0 | 1 | undefined {
  const compact = signature.toBEBytes();
  return ([0, 1] as const).find((recoveryId) => {
    const recovered = backend.recover(compact, recoveryId, digest);
    return recovered !== undefined && equalBytes(recovered, signerPk.point[affineBytes]);
  });
}
