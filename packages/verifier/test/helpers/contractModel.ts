/** What the contract does with a hint, written down once more: `ecrecover` and the sum by a slope, nothing else. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { computeAddress, concat, hexlify, sha256, toBeHex, toUtf8Bytes } from "ethers";

import type { Answer, Hint } from "../../src/index.js";

const { Point } = secp256k1;
const [N, P] = [Point.Fn.ORDER, Point.Fp.ORDER];
const U_BYTES = "0x03079390d0fbe220fc34aab8ecbf49098098036820fadb98c03143e55db8ec73cd";

/** `ecrecover(0, parity of R, x of R, k x mod n)`: the address of k R, or undefined. */
function ecrecover(r: Uint8Array, k: bigint): string | undefined {
  const x = BigInt(hexlify(r.subarray(1)));
  const s = (k * x) % N;
  if (x === 0n || x >= N || s === 0n) return undefined;
  const point = Point.fromBytes(r).multiply(Point.Fn.create(s * Point.Fn.inv(x)));
  return computeAddress(hexlify(point.toBytes()));
}

const addressOf = (x: bigint, y: bigint): string => computeAddress(concat(["0x04", toBeHex(x, 32), toBeHex(y, 32)]));

const modulo = (value: bigint): bigint => ((value % P) + P) % P;

/**
 * Judges one equation.
 * @returns whether z X = X2 + h X1; a message: the hint is wrong and the contract reverts
 */
export function judge(answer: Answer, equation: "E" | "V" | "U", [wx, wy, slope]: Hint): boolean | string {
  const { capsule, cfrag } = answer;
  const at = (from: number, length = 33): Uint8Array => cfrag.slice(from, from + length);
  const [e, v, u] = [capsule.slice(0, 33), capsule.slice(33, 66), Point.fromHex(U_BYTES.slice(2)).toBytes()];
  const [e1, v1, e2, v2, u1, u2] = [at(0), at(33), at(131), at(164), at(197), at(230)];
  const z = BigInt(hexlify(at(263, 32)));
  const tag = toUtf8Bytes("CFRAG_VERIFICATION");
  const hashed = concat([toBeHex(tag.length, 4), tag, e, e1, e2, v, v1, v2, u, u1, u2]);
  const h = (BigInt(sha256(hashed)) % (N - 1n)) + 1n;
  const [x, x1, x2] = { E: [e, e1, e2] as const, V: [v, v1, v2] as const, U: [u, u1, u2] as const }[equation];

  if (ecrecover(x1, h) !== addressOf(wx, wy)) return "W is not h X1";
  const x2x = BigInt(hexlify(x2.subarray(1)));
  if (x2x === wx) return "no line";
  const y2 = modulo(wy + slope * (x2x - wx));
  if (modulo(y2 * y2 - x2x ** 3n - 7n) !== 0n) return "X2 is not on the line";
  if (y2 % 2n !== BigInt((x2[0] ?? 0) & 1)) return "the line goes through -X2";
  const sx = modulo(slope * slope - wx - x2x);
  const sy = modulo(slope * (wx - sx) - wy);
  return ecrecover(x, z) === addressOf(sx, sy);
}
