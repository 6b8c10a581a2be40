import { backend, type Equation } from "./backend.js";
import { equalBytes, expectBytes, expectInstance, label, toHex } from "./bytes.js";
import { UmbralError } from "./errors.js";
import { affineBytes, checked, expectChecked } from "./internal.js";
import { U_BYTES } from "./parameters.js";

export const POINT_LENGTH = 33;

/** A point of secp256k1 other than the point at infinity. Immutable. */
export class CurvePoint {
  readonly #affine: Uint8Array;

  /** @internal */
  constructor(token: typeof checked, affine: Uint8Array) {
    expectChecked(token, "CurvePoint");
    this.#affine = affine;
  }

  /**
   * Reads a compressed point: `02` (y even) or `03` (y odd), then x, 32 bytes big-endian and below the field's prime.
   * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` or `BAD_POINT`
   */
  static fromBytes(bytes: Uint8Array): CurvePoint {
    return parsePoint("point", bytes);
  }

  /** The 33 bytes that {@link fromBytes} reads. */
  toBytes(): Uint8Array {
    const compressed = this.#affine.slice(0, POINT_LENGTH);
    compressed[0] = 2 + ((this.#affine[64] ?? 0) & 1);
    return compressed;
  }

  /** x and y, 32 bytes each, big-endian. */
  coordinates(): [x: Uint8Array, y: Uint8Array] {
    return [this.#affine.slice(1, 33), this.#affine.slice(33)];
  }

  /** {@link toBytes} as hex: what `JSON.stringify` shows. */
  toJSON(): string {
    return toHex(this.toBytes());
  }

  equals(other: CurvePoint): boolean {
    return equalBytes(this.#affine, expectInstance("other", other, CurvePoint).#affine);
  }

  /** `CurvePoint:` and the first 8 bytes as hex. */
  toString(): string {
    return label("CurvePoint", this.toBytes());
  }

  /** @internal The 65 bytes that a backend takes, `04 | x | y`. Not to be written to. */
  get [affineBytes](): Uint8Array {
    return this.#affine;
  }
}

/** {@link CurvePoint.fromBytes} of a point that errors call `argument`. */
export function parsePoint(argument: string, bytes: Uint8Array): CurvePoint {
  const affine = backend.decompress(expectBytes(argument, bytes, POINT_LENGTH));
  if (!affine) throw new UmbralError("BAD_POINT", argument, "a compressed point of secp256k1", label("bytes", bytes));
  return new CurvePoint(checked, affine);
}

/** u, Umbral's second generator. */
export const U = new CurvePoint(checked, U_BYTES);

/** What all users of Umbral share. */
export class Parameters {
  /** The second generator: RFC 9380 hashes `POINT_U` to it, so that nobody knows its logarithm. */
  readonly u = U;

  constructor() {
    Object.freeze(this);
  }
}

/** secret·G. */
export const multiplyBase = (secret: bigint): CurvePoint => new CurvePoint(checked, backend.multiplyBase(secret));

/** secret·u. */
export const multiplyU = (secret: bigint): CurvePoint => new CurvePoint(checked, backend.multiplyU(secret));

/** secret·point. */
export const multiplyPoint = (secret: bigint, point: CurvePoint): CurvePoint =>
  new CurvePoint(checked, backend.multiply(point[affineBytes], secret));

/**
 * The sum of points.
 * @param argument what an error calls the sum
 * @throws {UmbralError} `POINT_AT_INFINITY`
 */
export function addPoints(argument: string, points: readonly CurvePoint[]): CurvePoint {
  const sum = backend.sum(points.map((point) => point[affineBytes]));
  if (!sum) throw new UmbralError("POINT_AT_INFINITY", argument, "a point", "the point at infinity");
  return new CurvePoint(checked, sum);
}

/**
 * Σ secret·point, one constant-time product after the other.
 * @param argument what an error calls the sum
 * @throws {UmbralError} `POINT_AT_INFINITY`
 */
export function sumOfSecretProducts(
  argument: string,
  terms: readonly (readonly [secret: bigint, point: CurvePoint])[],
): CurvePoint {
  return addPoints(
    argument,
    terms.map(([secret, point]) => multiplyPoint(secret, point)),
  );
}

/** Whether z·G = h·x1 + x2, all of it public. */
export const baseEquationHolds = (z: bigint, h: bigint, x1: CurvePoint, x2: CurvePoint): boolean =>
  backend.baseEquationHolds(z, h, x1[affineBytes], x2[affineBytes]);

/** Whether z·x = h·x1 + x2 for every equation, z and h public. */
export const equationsHold = (z: bigint, h: bigint, ...equations: readonly Equation<CurvePoint>[]): boolean =>
  backend.equationsHold(
    z,
    h,
    equations.map(({ x, x1, x2 }) => ({ x: x[affineBytes], x1: x1[affineBytes], x2: x2[affineBytes] })),
  );
