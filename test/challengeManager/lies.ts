import { concat, getBytes, toBeHex } from "ethers";

import { Fault } from "../helpers/challenges";
import { CFRAG, hintFor, type Hint, N, nextX, P, partOf, withParts } from "../models/evidence";
import { type Asked, cfragOf, flipped } from "./fixtures";

/** Something that a node can send that is a fault, and how to prove it. */
export interface Lie {
  title: string;
  fault: keyof typeof Fault;
  cfrag: (trial: Asked) => Uint8Array;
  hint?: (trial: Asked, cfrag: Uint8Array) => Hint;
}

const MAX = 2n ** 256n - 1n;
const bytes32 = (value: bigint): Uint8Array => getBytes(toBeHex(value, 32));

/** Every way in which a length can be wrong. */
export const lengths: Lie[] = [0, 1, 358, 360, 381, 718].map((length) => ({
  title: `a length of ${length}`,
  fault: "Length",
  cfrag: (trial) => {
    const honest = cfragOf(trial);
    return getBytes(concat([honest, honest, honest])).slice(0, length);
  },
}));

/** What no point of a node may be; the same for each of its five. */
const BAD_POINTS: [title: string, point: (honest: Uint8Array) => Uint8Array][] = [
  ...[0x00, 0x01, 0x04, 0x05, 0xff].map((prefix): [string, (honest: Uint8Array) => Uint8Array] => [
    `prefix ${prefix}`,
    (honest) => Uint8Array.of(prefix, ...honest.slice(1)),
  ]),
  ...[0x02, 0x03].flatMap((prefix): [string, (honest: Uint8Array) => Uint8Array][] => [
    [`x that is off the curve, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(nextX(1n, false)))],
    [`x = n - 1 or below, off the curve, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(lastOff(N - 1n)))],
    [`x = n, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(N))],
    [`x above n, on the curve, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(nextX(N + 1n, true)))],
    [`x above n, off the curve, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(nextX(N + 1n, false)))],
    [`x = p, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(P))],
    [`x = p + 1, where 1 is on the curve, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(P + 1n))],
    [`x = 2^256 - 1, prefix ${prefix}`, () => Uint8Array.of(prefix, ...bytes32(MAX))],
  ]),
  ["x = 0, which is off the curve", () => Uint8Array.of(2, ...bytes32(0n))],
];

/** The last x up to `from` that is off the curve. */
function lastOff(from: bigint): bigint {
  let x = from;
  while (nextX(x, false) !== x) x--;
  return x;
}

const POINTS = ["E1", "V1", "E2", "V2", "U2"] as const;

/** Every way in which each point of the node's can be malformed. */
export const points: Lie[] = POINTS.flatMap((part) =>
  BAD_POINTS.map(([title, point]): Lie => ({
    title: `${part}: ${title}`,
    fault: `Point${part}`,
    cfrag: (trial) => withParts(cfragOf(trial), { [part]: point(partOf(cfragOf(trial), part)) }),
  })),
);

/** Every way in which z can be malformed. */
export const scalars: Lie[] = (
  [
    ["0", 0n],
    ["n", N],
    ["n + 1", N + 1n],
    ["2^256 - 1", MAX],
  ] as const
).map(([title, z]) => ({ title: `z = ${title}`, fault: "ScalarZ", cfrag: (trial) => cfragOf(trial, { z }) }));

/** Every part of the owner's, with one bit changed: in its first byte, in its last. */
export const foreign: Lie[] = (["id", "precursor", "U1", "signature"] as const).flatMap((part) => {
  const [offset, length] = CFRAG[part];
  return [
    ["first", offset, 7],
    ["last", offset + length - 1, 0],
  ].map(([where, byte, bit]): Lie => ({
    title: `the ${where} bit of ${part === "signature" ? "the receiver signature" : part}`,
    fault: "Kfrag",
    cfrag: (trial) => flipped(cfragOf(trial), Number(byte), Number(bit)),
  }));
});

/** Each equation broken alone, by each of the points that the node chooses. */
export const equations: Lie[] = (
  [
    ["E", "E2", 3n],
    ["E", "E1", 5n],
    ["V", "V2", 3n],
    ["V", "V1", 5n],
    ["U", "U2", 3n],
  ] as const
).map(([equation, part, multiple]) => ({
  title: `the equation of ${equation} alone, by another ${part}`,
  fault: `Equation${equation}`,
  cfrag: (trial) => cfragOf(trial, { [part]: multiple }),
  hint: ({ capsule }, cfrag) => hintFor(capsule, cfrag, equation),
}));
