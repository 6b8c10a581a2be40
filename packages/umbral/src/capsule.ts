import { concat, equalBytes, expectInstance, label, toHex } from "./bytes.js";
import { addPoints, baseEquationHolds, type CurvePoint, parsePoint, POINT_LENGTH } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { hashCapsulePoints } from "./hashing.js";
import { checked, expectChecked, keyPoint } from "./internal.js";
import { encodeArray, encodeBytes, Reader } from "./msgpack.js";
import { parseScalar, SCALAR_LENGTH, scalarToBytes } from "./scalar.js";

/** The bytes of {@link Capsule.toBytesSimple}. */
export const CAPSULE_SIMPLE_LENGTH = 2 * POINT_LENGTH + SCALAR_LENGTH;

/** The bytes of {@link Capsule.toBytes}. */
export const CAPSULE_LENGTH = 105;

/**
 * What a proxy re-encrypts: the key of one ciphertext, locked by the delegator's public key. Every capsule is
 * consistent, s·G = h·E + V h a hash of E and V: its maker knew both logarithms. Immutable.
 */
export class Capsule {
  #keyPoint: CurvePoint | undefined;

  /** @internal */
  constructor(
    token: typeof checked,
    /** E = r·G. */
    readonly e: CurvePoint,
    /** V = w·G. */
    readonly v: CurvePoint,
    /** s = w + r·h. */
    readonly s: bigint,
  ) {
    expectChecked(token, "Capsule");
    Object.freeze(this);
  }

  /**
   * Reads a capsule of 105 bytes, an array of three byte strings in MessagePack:
   * `93 | c4 21, E, 33 bytes | c4 21, V, 33 bytes | c4 20, s, 32 bytes`; points compressed, s big-endian.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH`, `BAD_ENCODING`, `BAD_POINT`, `BAD_SCALAR`, `CAPSULE_INVALID`
   * when the parts don't belong together, or `POINT_AT_INFINITY` when V = -E
   * @example const capsule = Capsule.fromBytes(stored);
   */
  static fromBytes(bytes: Uint8Array): Capsule {
    return Capsule.#read(new Reader("capsule", bytes, CAPSULE_LENGTH, true));
  }

  /**
   * Reads a capsule of 98 bytes: E, 33 bytes | V, 33 bytes | s, 32 bytes; points compressed, s big-endian.
   * @throws {UmbralError} as {@link fromBytes}, without `BAD_ENCODING`
   */
  static fromBytesSimple(bytes: Uint8Array): Capsule {
    return Capsule.#read(new Reader("capsule", bytes, CAPSULE_SIMPLE_LENGTH, false));
  }

  static #read(reader: Reader): Capsule {
    reader.array(3);
    const e = parsePoint("capsule.E", reader.bytes(POINT_LENGTH));
    const v = parsePoint("capsule.V", reader.bytes(POINT_LENGTH));
    const s = parseScalar("capsule.s", reader.bytes(SCALAR_LENGTH));
    const h = hashCapsulePoints(e, v);
    if (!baseEquationHolds(s, h, e, v)) {
      throw new UmbralError("CAPSULE_INVALID", "capsule", "s·G = h·E + V", "another point");
    }
    const capsule = new Capsule(checked, e, v, s);
    // Its maker can choose V = -E: a valid proof for a capsule that locks its key with the point at infinity.
    capsule[keyPoint]();
    return capsule;
  }

  /** The 105 bytes that {@link fromBytes} reads. */
  toBytes(): Uint8Array {
    return encodeArray(...this.#parts().map(encodeBytes));
  }

  /** The 98 bytes that {@link fromBytesSimple} reads. */
  toBytesSimple(): Uint8Array {
    return concat(...this.#parts());
  }

  #parts(): Uint8Array[] {
    return [this.e.toBytes(), this.v.toBytes(), scalarToBytes(this.s)];
  }

  /** {@link toBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toBytes());
  }

  /**
   * E + V, which the delegating key makes the key's seed of; worked out once.
   * @internal
   */
  [keyPoint](): CurvePoint {
    return (this.#keyPoint ??= addPoints("capsule.E + capsule.V", [this.e, this.v]));
  }

  equals(other: Capsule): boolean {
    return equalBytes(this.toBytesSimple(), expectInstance("other", other, Capsule).toBytesSimple());
  }

  /** `Capsule:` and the first 8 bytes of s as hex. */
  toString(): string {
    return label("Capsule", scalarToBytes(this.s));
  }
}
