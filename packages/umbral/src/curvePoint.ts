import { backend } from "./backend.js";
import { equalBytes, expectBytes, expectInstance, label } from "./bytes.js";
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

/** A scalar and the point it multiplies. */
export type Term = readonly [scalar: bigint, point: CurvePoint];

/** u, Umbral's second generator. */
export const U = new CurvePoint(checked, U_BYTES);

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
  let sum: Uint8Array | undefined;
  for (const { [affineBytes]: point } of points) sum = sum ? backend.add(sum, point) : point;
  if (!sum) throw new UmbralError("POINT_AT_INFINITY", argument, "a point", "the point at infinity");
  return new CurvePoint(checked, sum);
}

/**
 * Σ secret·point, one constant-time product after the other.
 * @param argument what an error calls the sum
 * @throws {UmbralError} `POINT_AT_INFINITY`
 */
export function sumOfSecretProducts(argument: string, terms: readonly Term[]): CurvePoint {
  const products = terms.map(([secret, point]) => multiplyPoint(secret, point));
  return addPoints(argument, products);
}

/** base·G + Σ scalar·point for public scalars; `undefined` is the point at infinity. */
export function sumOfPublicProducts(base: bigint, ...terms: readonly Term[]): CurvePoint | undefined {
  const sum = backend.sumOfPublicProducts(
    base,
    terms.map(([scalar, point]) => [scalar, point[affineBytes]] as const),
  );
  return sum && new CurvePoint(checked, sum);
}
