import { secp256k1 } from "@noble/curves/secp256k1.js";

import { challengeOf, type Equation, hintFor, type Hint, P, partOf } from "../models/evidence";

const { Point } = secp256k1;
type Point = InstanceType<typeof Point>;

const MAX = 2n ** 256n - 1n;
const mod = (value: bigint): bigint => ((value % P) + P) % P;

/** x and y of a point, and the slope of the line through it and another. */
function lineThrough(w: Point, other: Point): Hint {
  const [a, b] = [w.toAffine(), other.toAffine()];
  return [a.x, a.y, mod(mod(b.y - a.y) * Point.Fp.inv(mod(b.x - a.x)))];
}

/**
 * Hints for an equation that are not its hint, each nearly right in another way.
 *
 * One is missing: W with the x of X2, where the line would be vertical. W is h X1, and h hashes both: one would have to
 * find a fixed point of SHA-256.
 */
export function wrongHints(capsule: Uint8Array, cfrag: Uint8Array, equation: Equation): [title: string, hint: Hint][] {
  const [x, y, slope] = hintFor(capsule, cfrag, equation);
  const x1 = Point.fromBytes(partOf(cfrag, `${equation}1`));
  const x2 = Point.fromBytes(partOf(cfrag, `${equation}2`));
  const h = challengeOf(capsule, cfrag);
  const w = x1.multiplyUnsafe(h);
  const words = ["x of W", "y of W", "slope"];
  const near = words.flatMap((word, i): [string, Hint][] =>
    (
      [
        ["one more", (value: bigint) => value + 1n],
        ["one less", (value: bigint) => value - 1n],
        ["0", () => 0n],
        ["2^256 - 1", () => MAX],
        ["p", () => P],
      ] as const
    ).map(([how, change]) => {
      const hint: Hint = [x, y, slope];
      hint[i] = change(hint[i] ?? 0n);
      return [`${word}: ${how}`, hint];
    }),
  );
  return [
    ...near,
    ["nothing", [0n, 0n, 0n]],
    ["-W, and the line through it", lineThrough(w.negate(), x2)],
    ["-W, and the slope for W", [x, P - y, slope]],
    ["2 W, and the line through it", lineThrough(w.double(), x2)],
    ["X1 itself, and the line through it", lineThrough(x1, x2)],
    ["(h + 1) X1, and the line through it", lineThrough(x1.multiplyUnsafe(h + 1n), x2)],
    ["W, and the line through the other root of X2's x", lineThrough(w, x2.negate())],
    ["W, and the line through another point", lineThrough(w, x2.double())],
    ["W, and the slope the other way down", [x, y, mod(-slope)]],
    ["X2 in W's place", [x2.toAffine().x, x2.toAffine().y, slope]],
    ["x and y exchanged", [y, x, slope]],
  ];
}
