import { backend } from "./backend.js";
import { equalBytes, expectInstance, label, toHex } from "./bytes.js";
import { Capsule } from "./capsule.js";
import { proofHash, VerifiedCapsuleFrag } from "./capsuleFrag.js";
import { type CurvePoint, multiplyPoint, parsePoint, POINT_LENGTH, U } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { checked, expectChecked } from "./internal.js";
import { keyFragMessage } from "./keyFrag.js";
import { PublicKey } from "./keys.js";
import { encodeArray, encodeBoolean, encodeBytes, Reader } from "./msgpack.js";
import { findRecoveryId } from "./signing.js";

/** The bytes of {@link ReencryptionEvidence.toBytes}. */
export const REENCRYPTION_EVIDENCE_LENGTH = 528;

const HASH_LENGTH = 32;

/**
 * The points of z·E = h·E1 + E2, z·V = h·V1 + V2 and z·u = h·U1 + U2 in the order of the wire: those of the capsule
 * and its fragment, and the products, which a contract checks more cheaply than it works them out.
 */
export interface EvidencePoints {
  readonly e: CurvePoint;
  /** z·E. */
  readonly ez: CurvePoint;
  readonly e1: CurvePoint;
  /** h·E1. */
  readonly e1h: CurvePoint;
  readonly e2: CurvePoint;
  readonly v: CurvePoint;
  /** z·V. */
  readonly vz: CurvePoint;
  readonly v1: CurvePoint;
  /** h·V1. */
  readonly v1h: CurvePoint;
  readonly v2: CurvePoint;
  /** z·u. */
  readonly uz: CurvePoint;
  readonly u1: CurvePoint;
  /** h·U1. */
  readonly u1h: CurvePoint;
  readonly u2: CurvePoint;
}

/**
 * What a contract needs to judge a re-encryption besides the capsule and its fragment. As parsed, only its form is
 * checked: judging is the contract's part. Immutable.
 */
export class ReencryptionEvidence {
  readonly #messageHash: Uint8Array;

  /** @internal */
  constructor(
    token: typeof checked,
    readonly points: EvidencePoints,
    messageHash: Uint8Array,
    /** Whether the nonce's point of the signature for the receiver has an odd y, which recovering its signer takes. */
    readonly kfragSignatureV: boolean,
  ) {
    expectChecked(token, "ReencryptionEvidence");
    this.#messageHash = messageHash;
    Object.freeze(this);
    Object.freeze(points);
  }

  /**
   * Works out the evidence of a re-encryption.
   * @param cfrag verified with the same capsule and keys
   * @throws {UmbralError} `BAD_TYPE`, `NOT_VERIFIED`, or `RECOVERY_FAILED` when the keys are others
   * @example const evidence = ReencryptionEvidence.of(capsule, cfrag, aliceVerifyingPk, alicePk, bobPk);
   */
  static of(
    capsule: Capsule,
    cfrag: VerifiedCapsuleFrag,
    verifyingPk: PublicKey,
    delegatingPk: PublicKey,
    receivingPk: PublicKey,
  ): ReencryptionEvidence {
    const { e, v } = expectInstance("capsule", capsule, Capsule);
    const fragment = expectInstance("cfrag", cfrag, VerifiedCapsuleFrag, "NOT_VERIFIED").unverify();
    expectInstance("verifyingPk", verifyingPk, PublicKey);
    expectInstance("delegatingPk", delegatingPk, PublicKey);
    expectInstance("receivingPk", receivingPk, PublicKey);
    const { id, e1, v1, precursor, proof } = fragment;
    const { e2, v2, commitment: u1, u2, z, signatureForReceiver } = proof;

    const messageHash = backend.sha256(keyFragMessage(id, u1, precursor, delegatingPk, receivingPk));
    const recoveryId = findRecoveryId(signatureForReceiver, messageHash, verifyingPk);
    if (recoveryId === undefined) {
      const expected = "a signature of this fragment and both keys by the delegator";
      throw new UmbralError("RECOVERY_FAILED", "cfrag.signatureForReceiver", expected, String(signatureForReceiver));
    }

    const h = proofHash(capsule, fragment);
    const points: EvidencePoints = {
      e,
      ez: multiplyPoint(z, e),
      e1,
      e1h: multiplyPoint(h, e1),
      e2,
      v,
      vz: multiplyPoint(z, v),
      v1,
      v1h: multiplyPoint(h, v1),
      v2,
      uz: multiplyPoint(z, U),
      u1,
      u1h: multiplyPoint(h, u1),
      u2,
    };
    return new ReencryptionEvidence(checked, points, messageHash, recoveryId === 1);
  }

  /**
   * Reads evidence of 528 bytes, an array of 16 in MessagePack: `dc 0010 | c4 21, point, 33 bytes`, 14 times, in the
   * order of {@link EvidencePoints} ` | c4 20, hash of the signed message, 32 bytes | v, c2 or c3`.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH`, `BAD_ENCODING` or `BAD_POINT`
   */
  static fromBytes(bytes: Uint8Array): ReencryptionEvidence {
    const reader = new Reader("evidence", bytes, REENCRYPTION_EVIDENCE_LENGTH, true);
    const point = (name: keyof EvidencePoints): CurvePoint =>
      parsePoint(`evidence.${name}`, reader.bytes(POINT_LENGTH));
    reader.array(16);
    const points: EvidencePoints = {
      e: point("e"),
      ez: point("ez"),
      e1: point("e1"),
      e1h: point("e1h"),
      e2: point("e2"),
      v: point("v"),
      vz: point("vz"),
      v1: point("v1"),
      v1h: point("v1h"),
      v2: point("v2"),
      uz: point("uz"),
      u1: point("u1"),
      u1h: point("u1h"),
      u2: point("u2"),
    };
    return new ReencryptionEvidence(checked, points, reader.bytes(HASH_LENGTH), reader.boolean());
  }

  /** SHA-256 of the message that the delegator signed for the receiver, 32 bytes. */
  get kfragValidityMessageHash(): Uint8Array {
    return this.#messageHash.slice();
  }

  /** The 528 bytes that {@link fromBytes} reads. */
  toBytes(): Uint8Array {
    const { e, ez, e1, e1h, e2, v, vz, v1, v1h, v2, uz, u1, u1h, u2 } = this.points;
    return encodeArray(
      ...[e, ez, e1, e1h, e2, v, vz, v1, v1h, v2, uz, u1, u1h, u2].map((point) => encodeBytes(point.toBytes())),
      encodeBytes(this.#messageHash),
      encodeBoolean(this.kfragSignatureV),
    );
  }

  /** {@link toBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toBytes());
  }

  equals(other: ReencryptionEvidence): boolean {
    return equalBytes(this.toBytes(), expectInstance("other", other, ReencryptionEvidence).toBytes());
  }

  /** `ReencryptionEvidence:` and the first 8 bytes of the message's hash as hex. */
  toString(): string {
    return label("ReencryptionEvidence", this.#messageHash);
  }
}
