import { concat, equalBytes, expectInstance, label } from "./bytes.js";
import { type CurvePoint, multiplyU, parsePoint, POINT_LENGTH, U } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { checked, expectChecked, secretScalar } from "./internal.js";
import { PublicKey } from "./keys.js";
import { encodeArray, encodeBoolean, encodeBytes, Reader } from "./msgpack.js";
import { parseScalar, SCALAR_LENGTH, scalarToBytes } from "./scalar.js";
import { parseSignature, type Signature, SIGNATURE_LENGTH } from "./signing.js";

/** The bytes of {@link KeyFrag.toBytes}. */
export const KEY_FRAG_LENGTH = 310;

export const ID_LENGTH = 32;

/** What a delegator says about a key fragment. */
export interface KeyFragProof {
  /** U1 = rk·u, which commits to the secret rk. */
  readonly commitment: CurvePoint;
  /** Over the message with the keys that the flags name. */
  readonly signatureForProxy: Signature;
  /** Over the message with both keys. */
  readonly signatureForReceiver: Signature;
  readonly delegatingKeySigned: boolean;
  readonly receivingKeySigned: boolean;
}

/**
 * The message that a delegator signs: id, 32 bytes | U1, 33 bytes | precursor, 33 bytes | the delegating key, `01` and
 * 33 bytes, or `00` without it | the receiving key likewise.
 */
export function keyFragMessage(
  id: Uint8Array,
  commitment: CurvePoint,
  precursor: CurvePoint,
  delegatingPk: PublicKey | undefined,
  receivingPk: PublicKey | undefined,
): Uint8Array {
  const optional = (key: PublicKey | undefined): Uint8Array =>
    key ? concat(Uint8Array.of(1), key.toCompressedBytes()) : Uint8Array.of(0);
  return concat(id, commitment.toBytes(), precursor.toBytes(), optional(delegatingPk), optional(receivingPk));
}

/**
 * One proxy's share of the right to re-encrypt from a delegator to a receiver, as parsed: only its form is checked.
 * {@link verify} makes a {@link VerifiedKeyFrag} of it. Its secret, rk, is not shown by printing, inspecting or
 * serializing it as JSON. Immutable.
 */
export class KeyFrag {
  readonly #id: Uint8Array;
  readonly #key: bigint;

  /** @internal */
  constructor(
    token: typeof checked,
    id: Uint8Array,
    key: bigint,
    /** The delegator's half of a Diffie-Hellman exchange with the receiver, the same in the whole set. */
    readonly precursor: CurvePoint,
    readonly proof: KeyFragProof,
  ) {
    expectChecked(token, "KeyFrag");
    this.#id = id;
    this.#key = key;
    Object.freeze(this);
    Object.freeze(proof);
  }

  /**
   * Reads a key fragment of 310 bytes: nested arrays in MessagePack, `c4` and the length before each byte string.
   * `95 | 91 | u, 33 bytes | id, 32 bytes | rk, 32 bytes | precursor, 33 bytes | 95 | U1, 33 bytes | signature for the
   * proxy, 64 bytes | signature for the receiver, 64 bytes | delegating key signed, c2 or c3 | receiving key signed,
   * c2 or c3`; points compressed, rk big-endian.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH`, `BAD_ENCODING`, `BAD_POINT`, `BAD_SCALAR`, `BAD_SIGNATURE`, or
   * `BAD_PARAMETERS` when u isn't Umbral's: no signature covers u, and with another one an honest proxy's proof fails
   * @example const kfrag = KeyFrag.fromBytes(received);
   */
  static fromBytes(bytes: Uint8Array): KeyFrag {
    const reader = new Reader("kfrag", bytes, KEY_FRAG_LENGTH, true);
    reader.array(5);
    reader.array(1);
    const u = reader.bytes(POINT_LENGTH);
    if (!equalBytes(u, U.toBytes())) throw new UmbralError("BAD_PARAMETERS", "kfrag.u", String(U), label("bytes", u));
    const id = reader.bytes(ID_LENGTH);
    const key = parseScalar("kfrag.rk", reader.bytes(SCALAR_LENGTH));
    const precursor = parsePoint("kfrag.precursor", reader.bytes(POINT_LENGTH));
    reader.array(5);
    return new KeyFrag(checked, id, key, precursor, {
      commitment: parsePoint("kfrag.U1", reader.bytes(POINT_LENGTH)),
      signatureForProxy: parseSignature("kfrag.signatureForProxy", reader.bytes(SIGNATURE_LENGTH)),
      signatureForReceiver: parseSignature("kfrag.signatureForReceiver", reader.bytes(SIGNATURE_LENGTH)),
      delegatingKeySigned: reader.boolean(),
      receivingKeySigned: reader.boolean(),
    });
  }

  /** 32 random bytes that name the fragment. */
  get id(): Uint8Array {
    return this.#id.slice();
  }

  /**
   * Checks that rk·u = U1 and that both signatures are the delegator's. Both keys are needed whatever the flags say:
   * the signature for the receiver always covers both, and a proxy that doesn't check it re-encrypts in vain.
   * @param verifyingPk the key that the delegator signs with
   * @param delegatingPk the key that messages are encrypted to
   * @param receivingPk the key that will read them
   * @throws {UmbralError} `BAD_TYPE`, `KEYFRAG_COMMITMENT`, `KEYFRAG_PROXY_SIGNATURE` or `KEYFRAG_RECEIVER_SIGNATURE`
   * @example const verified = KeyFrag.fromBytes(received).verify(aliceVerifyingPk, alicePk, bobPk);
   */
  verify(verifyingPk: PublicKey, delegatingPk: PublicKey, receivingPk: PublicKey): VerifiedKeyFrag {
    expectInstance("verifyingPk", verifyingPk, PublicKey);
    expectInstance("delegatingPk", delegatingPk, PublicKey);
    expectInstance("receivingPk", receivingPk, PublicKey);
    const { commitment, signatureForProxy, signatureForReceiver, delegatingKeySigned, receivingKeySigned } = this.proof;
    const message = (delegating: boolean, receiving: boolean): Uint8Array =>
      keyFragMessage(
        this.#id,
        commitment,
        this.precursor,
        delegating ? delegatingPk : undefined,
        receiving ? receivingPk : undefined,
      );

    if (!multiplyU(this.#key).equals(commitment)) {
      throw new UmbralError("KEYFRAG_COMMITMENT", "kfrag.U1", "rk·u", String(commitment));
    }
    if (!signatureForReceiver.verify(verifyingPk, message(true, true))) {
      throw new UmbralError(
        "KEYFRAG_RECEIVER_SIGNATURE",
        "kfrag.signatureForReceiver",
        "a signature of this fragment and both keys by the delegator",
        String(signatureForReceiver),
      );
    }
    const sameSignature = delegatingKeySigned && receivingKeySigned && signatureForProxy.equals(signatureForReceiver);
    if (!sameSignature && !signatureForProxy.verify(verifyingPk, message(delegatingKeySigned, receivingKeySigned))) {
      throw new UmbralError(
        "KEYFRAG_PROXY_SIGNATURE",
        "kfrag.signatureForProxy",
        "a signature of this fragment and the keys it names by the delegator",
        String(signatureForProxy),
      );
    }
    return this.skipVerification();
  }

  /**
   * A verified key fragment that nobody verified. Only for one that this process made itself or verified before it
   * stored it: with any other, an honest proxy makes wrong proofs.
   */
  skipVerification(): VerifiedKeyFrag {
    return new VerifiedKeyFrag(checked, this);
  }

  /** The 310 bytes that {@link fromBytes} reads, the secret rk among them. */
  toBytes(): Uint8Array {
    const { proof } = this;
    return encodeArray(
      encodeArray(encodeBytes(U.toBytes())),
      encodeBytes(this.#id),
      encodeBytes(scalarToBytes(this.#key)),
      encodeBytes(this.precursor.toBytes()),
      encodeArray(
        encodeBytes(proof.commitment.toBytes()),
        encodeBytes(proof.signatureForProxy.toBEBytes()),
        encodeBytes(proof.signatureForReceiver.toBEBytes()),
        encodeBoolean(proof.delegatingKeySigned),
        encodeBoolean(proof.receivingKeySigned),
      ),
    );
  }

  equals(other: KeyFrag): boolean {
    return equalBytes(this.toBytes(), expectInstance("other", other, KeyFrag).toBytes());
  }

  /** `KeyFrag:` and the first 8 bytes of the id as hex. */
  toString(): string {
    return label("KeyFrag", this.#id);
  }

  /** @internal */
  [secretScalar](): bigint {
    return this.#key;
  }
}

/**
 * A key fragment that was verified: the only kind that {@link reencrypt} takes. It has no `fromBytes`: whoever reads
 * bytes gets a {@link KeyFrag} and verifies it. Immutable.
 */
export class VerifiedKeyFrag {
  readonly #kfrag: KeyFrag;

  /** @internal */
  constructor(token: typeof checked, kfrag: KeyFrag) {
    expectChecked(token, "VerifiedKeyFrag");
    this.#kfrag = kfrag;
  }

  /** Whether a value is one, whatever its prototype claims. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && #kfrag in value;
  }

  /** The fragment without the promise. */
  unverify(): KeyFrag {
    return this.#kfrag;
  }

  /** As {@link KeyFrag.toBytes}. */
  toBytes(): Uint8Array {
    return this.#kfrag.toBytes();
  }

  equals(other: VerifiedKeyFrag): boolean {
    return this.#kfrag.equals(expectInstance("other", other, VerifiedKeyFrag).unverify());
  }

  /** `VerifiedKeyFrag:` and the first 8 bytes of the id as hex. */
  toString(): string {
    return label("VerifiedKeyFrag", this.#kfrag.id);
  }
}
