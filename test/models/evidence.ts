import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";

/**
 * What is asked, answered and proven in a challenge, by the equations alone: bytes are cut here, points multiplied by
 * noble. Written from the rules, not from the contract or the verifier, so that each can be held against it.
 */
const Point = secp256k1.Point;
type Point = InstanceType<typeof Point>;

export const N = Point.Fn.ORDER;
export const P = Point.Fp.ORDER;
/** The constant u of Umbral. */
export const U = Point.fromHex("03079390d0fbe220fc34aab8ecbf49098098036820fadb98c03143e55db8ec73cd");

/** Where each part of a cfrag stands: offset and length. */
export const CFRAG = {
  E1: [0, 33],
  V1: [33, 33],
  id: [66, 32],
  precursor: [98, 33],
  E2: [131, 33],
  V2: [164, 33],
  U1: [197, 33],
  U2: [230, 33],
  z: [263, 32],
  signature: [295, 64],
} as const;

export type Part = keyof typeof CFRAG;
export type Equation = "E" | "V" | "U";

/** W = h X1 and the slope of the line through W and X2. */
export type Hint = [x: bigint, y: bigint, slope: bigint];
export type Hints = [e: Hint, v: Hint, u: Hint];

export const EQUATIONS: readonly Equation[] = ["E", "V", "U"];

/** Where a hint is not needed. */
export const NO_HINT: Hint = [0n, 0n, 0n];
export const NO_HINTS: Hints = [NO_HINT, NO_HINT, NO_HINT];

const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

export const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);
export const toBytes32 = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, "0"), "hex");

/** A part of a cfrag in its simple form. */
export function partOf(cfrag: Uint8Array, part: Part): Uint8Array {
  const [offset, length] = CFRAG[part];
  return cfrag.subarray(offset, offset + length);
}

/** A cfrag with other bytes in some of its parts. */
export function withParts(cfrag: Uint8Array, parts: Partial<Record<Part, Uint8Array>>): Uint8Array {
  const copy = Uint8Array.from(cfrag);
  for (const [part, bytes] of Object.entries(parts)) copy.set(bytes, CFRAG[part as Part][0]);
  return copy;
}

/** rust-umbral's hash to a scalar: SHA-256 of the tag with its length, and the items; 1 .. n - 1. */
export function hashToScalar(tag: string, ...items: Uint8Array[]): bigint {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(tag.length);
  return (toNumber(sha256(Buffer.concat([length, Buffer.from(tag), ...items]))) % (N - 1n)) + 1n;
}

/** h of the proof in a cfrag. */
export function challengeOf(capsule: Uint8Array, cfrag: Uint8Array): bigint {
  const [e, v] = [capsule.subarray(0, 33), capsule.subarray(33, 66)];
  const part = (name: Part): Uint8Array => partOf(cfrag, name);
  const [e1, e2, v1, v2, u1, u2] = [part("E1"), part("E2"), part("V1"), part("V2"), part("U1"), part("U2")];
  return hashToScalar("CFRAG_VERIFICATION", e, e1, e2, v, v1, v2, U.toBytes(), u1, u2);
}

/** The y coordinate of a compressed point. */
export const yOf = (compressed: Uint8Array): bigint => Point.fromBytes(compressed).toAffine().y;

/** The points of an equation z X = X2 + h X1. */
function pointsOf(capsule: Uint8Array, cfrag: Uint8Array, equation: Equation): { x: Point; x1: Point; x2: Point } {
  const x = { E: () => Point.fromBytes(capsule.subarray(0, 33)), V: () => Point.fromBytes(capsule.subarray(33, 66)) };
  return {
    x: equation === "U" ? U : x[equation](),
    x1: Point.fromBytes(partOf(cfrag, `${equation}1`)),
    x2: Point.fromBytes(partOf(cfrag, `${equation}2`)),
  };
}

/** Whether z X = X2 + h X1. */
export function holds(capsule: Uint8Array, cfrag: Uint8Array, equation: Equation): boolean {
  const { x, x1, x2 } = pointsOf(capsule, cfrag, equation);
  const z = mod(toNumber(partOf(cfrag, "z")), N);
  return x.multiplyUnsafe(z).equals(x2.add(x1.multiplyUnsafe(challengeOf(capsule, cfrag))));
}

/** What shows whether an equation holds. */
export function hintFor(capsule: Uint8Array, cfrag: Uint8Array, equation: Equation): Hint {
  const { x1, x2 } = pointsOf(capsule, cfrag, equation);
  const w = x1.multiplyUnsafe(challengeOf(capsule, cfrag)).toAffine();
  const other = x2.toAffine();
  const rise = mod(other.y - w.y, P);
  const run = mod(other.x - w.x, P);
  return [w.x, w.y, mod(rise * Point.Fp.inv(run), P)];
}

/** The hints of all equations. */
export const hintsFor = (capsule: Uint8Array, cfrag: Uint8Array): Hints =>
  EQUATIONS.map((equation) => hintFor(capsule, cfrag, equation)) as Hints;

/* WHAT A NODE CAN SEND */

/** Multiples that a node chooses freely: E1 = `E1` E, V1 = `V1` V, E2 = `E2` E, V2 = `V2` V, U2 = `U2` u. */
export type Choice = Partial<Record<"E1" | "V1" | "E2" | "V2" | "U2" | "z", bigint>>;

/**
 * The cfrag of a node that knows rk and does as it should, but for what it chooses otherwise.
 * @param kfrag kfragId, precursor, U1, receiver signature: copied as they are
 */
export function cfragBy(capsule: Uint8Array, kfrag: Uint8Array, rk: bigint, choice: Choice = {}): Uint8Array {
  const [e, v] = [Point.fromBytes(capsule.subarray(0, 33)), Point.fromBytes(capsule.subarray(33, 66))];
  const t = 0x1234567890abcdefn; // any
  const times = (point: Point, k: bigint): Uint8Array => point.multiplyUnsafe(mod(k, N)).toBytes();
  const unproven = withParts(new Uint8Array(359), {
    E1: times(e, choice.E1 ?? rk),
    V1: times(v, choice.V1 ?? rk),
    id: kfrag.subarray(0, 32),
    precursor: kfrag.subarray(32, 65),
    E2: times(e, choice.E2 ?? t),
    V2: times(v, choice.V2 ?? t),
    U1: kfrag.subarray(65, 98),
    U2: times(U, choice.U2 ?? t),
    signature: kfrag.subarray(98, 162),
  });
  const z = choice.z ?? mod(rk * challengeOf(capsule, unproven) + t, N);
  return withParts(unproven, { z: toBytes32(z) });
}

/** Whether some point has this x. */
export function onCurve(x: bigint): boolean {
  const right = mod(x * x * x + 7n, P);
  return Point.Fp.eql(Point.Fp.pow(right, (P - 1n) / 2n), 1n);
}

/** The first x from `from` on that some point has, or that none has. */
export function nextX(from: bigint, on: boolean): bigint {
  let x = from;
  while (onCurve(x) !== on) x++;
  return x;
}
