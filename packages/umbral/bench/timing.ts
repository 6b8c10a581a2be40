/**
 * Whether the time of a multiplication shows its secret scalar: `npm run timing` measures and writes the table of
 * `docs/constant-time.md`, which explains it.
 *
 * METHOD    Two classes of scalars, one fixed and one drawn anew for each call, in random order; Welch's t-test on the
 *           two samples of times, after the slowest tenth of all times, interruptions mostly, was cut off (as dudect
 *           does: Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", 2016).
 * VERDICT   |t| above 4.5 is evidence of a leak: below 1 in 100,000 by chance. Below it there is no evidence, at this
 *           number of calls and on this machine; that is not a proof that there is no leak.
 * CONTROLS  Positive: multiplications that are known to vary in time must be seen. Negative: two random classes must not.
 */
import { createHash, randomInt } from "node:crypto";
import type { Backend } from "../dist/backend.js";
import { loadNativeBackend } from "../dist/nativeBackend.js";
import { nobleBackend } from "../dist/nobleBackend.js";
import { bytesToNumber, ORDER, randomScalar, scalarToBytes } from "../dist/scalar.js";
import { loadSecp256k1Binding } from "../dist/secp256k1Binding.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { load, machine, packages, today } from "./machine.js";
import { table, writeSection } from "./section.js";

const PAGE = new URL("../docs/constant-time.md", import.meta.url);
const LEAK = 4.5;
const KEPT = 0.9;

/** Fixed scalars, from the one that a variable time shows most to one like any other. */
const fixedScalars: readonly (readonly [name: string, scalar: bigint])[] = [
  ["3", 3n],
  ["2^128", 2n ** 128n],
  ["n - 3", ORDER - 3n],
  ["one drawn before", bytesToNumber(createHash("sha256").update("timing").digest()) % ORDER],
];

interface Subject {
  readonly name: string;
  readonly calls: number;
  readonly call: (scalar: bigint) => unknown;
}

const point = nobleBackend.multiplyBase(123456789n);
const digest = createHash("sha256").update("message").digest();
const binding = loadSecp256k1Binding();
const noblePoint = secp256k1.Point.fromBytes(point);

const subjectsOf = ({ name, multiplyBase, multiplyU, multiply, sign }: Backend, calls: number): Subject[] => [
  { name: `${name}: secret·G`, calls, call: multiplyBase },
  { name: `${name}: secret·u`, calls, call: multiplyU },
  { name: `${name}: secret·point`, calls, call: (scalar) => multiply(point, scalar) },
  { name: `${name}: sign`, calls, call: (scalar) => sign(digest, scalar, digest) },
];
const subjects = [...subjectsOf(loadNativeBackend(), 40_000), ...subjectsOf(nobleBackend, 4000)];

/** Never used for secrets: here to show that the method sees a leak. */
const variable: readonly Subject[] = [
  {
    name: "secp256k1's publicKeyTweakMul",
    calls: 40_000,
    call: (scalar) => binding.publicKeyTweakMul(point, scalarToBytes(scalar), false),
  },
  { name: "noble's multiplyUnsafe", calls: 4000, call: (scalar) => noblePoint.multiplyUnsafe(scalar) },
];

const random = (): bigint => randomScalar(nobleBackend.randomBytes);

function meanAndVariance(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, variance };
}

/** Welch's t for the times of two classes of scalars. */
function welch({ calls, call }: Subject, classes: readonly [() => bigint, () => bigint]): number {
  const inputs = Array.from({ length: calls }, () => {
    const side = randomInt(2);
    return { side, scalar: (side === 0 ? classes[0] : classes[1])() };
  });
  for (const { scalar } of inputs.slice(0, calls / 10)) call(scalar);
  const timed = inputs.map(({ side, scalar }) => {
    const start = process.hrtime.bigint();
    call(scalar);
    return { side, time: Number(process.hrtime.bigint() - start) };
  });
  const slowest = timed.map(({ time }) => time).toSorted((a, b) => a - b)[Math.floor(KEPT * calls)] ?? Infinity;
  const [a, b] = [0, 1].map((wanted) =>
    timed.filter(({ side, time }) => side === wanted && time < slowest).map(({ time }) => time),
  );
  if (!a || !b) throw new Error("two classes");
  const [first, second] = [meanAndVariance(a), meanAndVariance(b)];
  return (first.mean - second.mean) / Math.sqrt(first.variance / a.length + second.variance / b.length);
}

const before = load();
const show = (t: number): string => (Math.abs(t) > LEAK ? `**${t.toFixed(1)}**` : t.toFixed(1));
const rows: string[][] = [];
for (const subject of [...subjects, ...variable]) {
  const row = [subject.name, String(subject.calls)];
  for (const [, scalar] of fixedScalars) row.push(show(welch(subject, [() => scalar, random])));
  row.push(show(welch(subject, [random, random])));
  rows.push(row);
  process.stdout.write(`${row.join("  ")}\n`);
}
writeSection(
  PAGE,
  [
    `Measured on ${today()}: ${machine()}; ${packages()}. Load average ${before} before, ${load()} after.`,
    table(["t for", "calls", ...fixedScalars.map(([name]) => name), "random, random"], rows),
  ].join("\n\n"),
);
