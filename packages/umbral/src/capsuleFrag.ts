import { concat, equalBytes, expectInstance, label, toHex } from "./bytes.js";
import { Capsule } from "./capsule.js";
import { type CurvePoint, equationsHold, parsePoint, POINT_LENGTH, U } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { hashProof } from "./hashing.js";
import { checked, expectChecked } from "./internal.js";
import { ID_LENGTH, keyFragMessage } from "./keyFrag.js";
import { PublicKey } from "./keys.js";
import { encodeArray, encodeBytes, Reader } from "./msgpack.js";
import { parseScalar, SCALAR_LENGTH, scalarToBytes } from "./scalar.js";
import { parseSignature, type Signature, SIGNATURE_LENGTH } from "./signing.js";

/** The bytes of {@link CapsuleFrag.toBytes}. */
export const CAPSULE_FRAG_LENGTH = 381;

/** The bytes of {@link CapsuleFrag.toBytesSimple}. */
export const CAPSULE_FRAG_SIMPLE_LENGTH = 359;

/** A proxy's proof that one secret rk leads from u to U1, from E to E1 and from V to V1, and what the delegator signed. */
export interface CapsuleFragProof {
  /** E2 = t·E. */
  readonly e2: CurvePoint;
  /** V2 = t·V. */
  readonly v2: CurvePoint;
  /** U1 = rk·u, from the key fragment. */
  readonly commitment: CurvePoint;
  /** U2 = t·u. */
  readonly u2: CurvePoint;
  /** z = rk·h + t. */
  readonly z: bigint;
  /** From the key fragment. */
  readonly signatureForReceiver: Signature;
}

/** The h of the proof in a capsule fragment. */
export function proofHash({ e, v }: Capsule, { e1, v1, proof: { e2, v2, commitment, u2 } }: CapsuleFrag): bigint {
  return hashProof(e, e1, e2, v, v1, v2, U, commitment, u2);
}

/**
 * A capsule re-encrypted by one proxy, as parsed: only its form is checked. {@link verify} makes a
 * {@link VerifiedCapsuleFrag} of it. It holds no secret. Immutable.
 */
export class CapsuleFrag {
  readonly #id: Uint8Array;

  /** @internal */
  constructor(
    token: typeof checked,
    /** E1 = rk·E. */
    readonly e1: CurvePoint,
    /** V1 = rk·V. */
    readonly v1: CurvePoint,
    id: Uint8Array,
    /** From the key fragment. */
    readonly precursor: CurvePoint,
    readonly proof: CapsuleFragProof,
  ) {
    expectChecked(token, "CapsuleFrag");
    this.#id = id;
    Object.freeze(this);
    Object.freeze(proof);
  }

  /**
   * Reads a capsule fragment of 381 bytes: nested arrays in MessagePack, `c4` and the length before each byte string.
   * `95 | E1, 33 bytes | V1, 33 bytes | id, 32 bytes | precursor, 33 bytes | 96 | E2, 33 bytes | V2, 33 bytes |
   * U1, 33 bytes | U2, 33 bytes | z, 32 bytes | signature for the receiver, 64 bytes`; points compressed, z big-endian.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH`, `BAD_ENCODING`, `BAD_POINT`, `BAD_SCALAR` or `BAD_SIGNATURE`
   * @example const cfrag = CapsuleFrag.fromBytes(received);
   */
  static fromBytes(bytes: Uint8Array): CapsuleFrag {
    return CapsuleFrag.#read(new Reader("cfrag", bytes, CAPSULE_FRAG_LENGTH, true));
  }

  /**
   * Reads a capsule fragment of 359 bytes: the fields of {@link fromBytes} in the same order, with nothing between.
   * @throws {UmbralError} as {@link fromBytes}, without `BAD_ENCODING`
   */
  static fromBytesSimple(bytes: Uint8Array): CapsuleFrag {
    return CapsuleFrag.#read(new Reader("cfrag", bytes, CAPSULE_FRAG_SIMPLE_LENGTH, false));
  }

  static #read(reader: Reader): CapsuleFrag {
    const point = (name: string): CurvePoint => parsePoint(`cfrag.${name}`, reader.bytes(POINT_LENGTH));
    reader.array(5);
    const e1 = point("E1");
    const v1 = point("V1");
    const id = reader.bytes(ID_LENGTH);
    const precursor = point("precursor");
    reader.array(6);
    return new CapsuleFrag(checked, e1, v1, id, precursor, {
      e2: point("E2"),
      v2: point("V2"),
      commitment: point("U1"),
      u2: point("U2"),
      z: parseScalar("cfrag.z", reader.bytes(SCALAR_LENGTH)),
      signatureForReceiver: parseSignature("cfrag.signatureForReceiver", reader.bytes(SIGNATURE_LENGTH)),
    });
  }

  /** The key fragment's id, 32 bytes. */
  get id(): Uint8Array {
    return this.#id.slice();
  }

  /**
   * Checks the delegator's signature and the proxy's proof: with the same rk, U1 = rk·u, E1 = rk·E and V1 = rk·V.
   * @param capsule the one that was re-encrypted
   * @param verifyingPk the key that the delegator signs with
   * @param delegatingPk the key that the capsule is for
   * @param receivingPk the key that will read the message
   * @throws {UmbralError} `BAD_TYPE`, `CAPSULEFRAG_RECEIVER_SIGNATURE`, or `CAPSULEFRAG_PROOF` with the equation
   * @example const verified = CapsuleFrag.fromBytes(received).verify(capsule, aliceVerifyingPk, alicePk, bobPk);
   */
  verify(
    capsule: Capsule,
    verifyingPk: PublicKey,
    delegatingPk: PublicKey,
    receivingPk: PublicKey,
  ): VerifiedCapsuleFrag {
    expectInstance("capsule", capsule, Capsule);
    expectInstance("verifyingPk", verifyingPk, PublicKey);
    expectInstance("delegatingPk", delegatingPk, PublicKey);
    expectInstance("receivingPk", receivingPk, PublicKey);
    const { commitment, signatureForReceiver } = this.proof;
    const message = keyFragMessage(this.#id, commitment, this.precursor, delegatingPk, receivingPk);
    if (!signatureForReceiver.verify(verifyingPk, message)) {
      throw new UmbralError(
        "CAPSULEFRAG_RECEIVER_SIGNATURE",
        "cfrag.signatureForReceiver",
        "a signature of this fragment and both keys by the delegator",
        String(signatureForReceiver),
      );
    }
    this.#checkProof(capsule);
    return this.skipVerification();
  }

  #checkProof(capsule: Capsule): void {
    const { e2, v2, commitment, u2, z } = this.proof;
    const h = proofHash(capsule, this);
    const equations = [
      { name: "z·E = h·E1 + E2", x: capsule.e, x1: this.e1, x2: e2 },
      { name: "z·V = h·V1 + V2", x: capsule.v, x1: this.v1, x2: v2 },
      { name: "z·u = h·U1 + U2", x: U, x1: commitment, x2: u2 },
    ];
    if (equationsHold(z, h, ...equations)) return;
    const { name } = equations.find((equation) => !equationsHold(z, h, equation)) ?? { name: "z·X = h·X1 + X2" };
    throw new UmbralError("CAPSULEFRAG_PROOF", "cfrag.proof", name, "two different points");
  }

  /**
   * A verified capsule fragment that nobody verified. Only for one that this process made itself or verified before it
   * stored it: with any other, the message can't be read, and nobody knows whose fault it was.
   */
  skipVerification(): VerifiedCapsuleFrag {
    return new VerifiedCapsuleFrag(checked, this);
  }

  /** The 381 bytes that {@link fromBytes} reads. */
  toBytes(): Uint8Array {
    const [points, proof] = this.#parts();
    return encodeArray(...points.map(encodeBytes), encodeArray(...proof.map(encodeBytes)));
  }

  /** The 359 bytes that {@link fromBytesSimple} reads. */
  toBytesSimple(): Uint8Array {
    return concat(...this.#parts().flat());
  }

  /** {@link toBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toBytes());
  }

  #parts(): [outer: Uint8Array[], proof: Uint8Array[]] {
    const { e2, v2, commitment, u2, z, signatureForReceiver } = this.proof;
    return [
      [this.e1.toBytes(), this.v1.toBytes(), this.#id, this.precursor.toBytes()],
      [...[e2, v2, commitment, u2].map((point) => point.toBytes()), scalarToBytes(z), signatureForReceiver.toBEBytes()],
    ];
  }

  equals(other: CapsuleFrag): boolean {
    return equalBytes(this.toBytesSimple(), expectInstance("other", other, CapsuleFrag).toBytesSimple());
  }

  /** `CapsuleFrag:` and the first 8 bytes of the id as hex. */
  toString(): string {
    return label("CapsuleFrag", this.#id);
  }
}

/**
 * A capsule fragment that was verified: the only kind that {@link decryptReencrypted} takes. It has no `fromBytes`:
 * whoever reads bytes gets a {@link CapsuleFrag} and verifies it. Immutable.
 */
export class VerifiedCapsuleFrag {
  readonly #cfrag: CapsuleFrag;

  /** @internal */
  constructor(token: typeof checked, cfrag: CapsuleFrag) {
    expectChecked(token, "VerifiedCapsuleFrag");
    this.#cfrag = cfrag;
  }

  /** Whether a value is one, whatever its prototype claims. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && #cfrag in value;
  }

  /** The fragment without the promise. */
  unverify(): CapsuleFrag {
    return this.#cfrag;
  }

  /** As {@link CapsuleFrag.toBytes}. */
  toBytes(): Uint8Array {
    return this.#cfrag.toBytes();
  }

  /** As {@link CapsuleFrag.toBytesSimple}. */
  toBytesSimple(): Uint8Array {
    return this.#cfrag.toBytesSimple();
  }

  /** {@link toBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toBytes());
  }

  equals(other: VerifiedCapsuleFrag): boolean {
    return this.#cfrag.equals(expectInstance("other", other, VerifiedCapsuleFrag).unverify());
  }

  /** `VerifiedCapsuleFrag:` and the first 8 bytes of the id as hex. */
  toString(): string {
    return label("VerifiedCapsuleFrag", this.#cfrag.id);
  }
}
