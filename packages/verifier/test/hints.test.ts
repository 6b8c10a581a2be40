import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";

import { answerHonestly, cheats, sign } from "../src/cheats.js";
import { hintFor, readPoint } from "../src/curve.js";
import { type Answer, type Hint, hintsOf, makeEvidence } from "../src/index.js";
import { capsuleWith } from "./helpers/capsules.js";
import { judge } from "./helpers/contractModel.js";
import { expectRefusal } from "./helpers/errors.js";
import { sceneOf } from "./helpers/scene.js";

const scene = sceneOf(0);
const EQUATIONS = ["E", "V", "U"] as const;

async function by(name: string): Promise<Answer> {
  const cheat = cheats[name];
  if (!cheat) throw new Error(`there is no cheat ${name}`);
  return cheat.answer(scene);
}

const judgeAll = (answer: Answer): (boolean | string)[] =>
  hintsOf(answer).equations.map((hint, i) => judge(answer, EQUATIONS[i] ?? "E", hint));

describe("hintsOf", () => {
  it("lets the contract see that every equation of an honest answer holds", async () => {
    for (let i = 0; i < 10; ++i) {
      expect(judgeAll(await answerHonestly(sceneOf(i % 3)))).to.deep.equal([true, true, true]);
    }
  });

  it("lets it see which ones fail", async () => {
    const failing: [string, boolean[]][] = [
      ["wrongE1", [false, true, true]],
      ["brokenE", [false, true, true]],
      ["wrongV1", [true, false, true]],
      ["brokenV", [true, false, true]],
      ["brokenU", [true, true, false]],
      ["otherSecret", [true, true, false]],
      ["otherZ", [false, false, false]],
      ["randomPoints", [false, false, false]],
    ];
    for (const [name, expected] of failing) expect(judgeAll(await by(name)), name).to.deep.equal(expected);
  });

  it("holds the y of the capsule's V", async () => {
    const { capsuleY } = hintsOf(await answerHonestly(scene));
    const [, y] = scene.capsule.v.coordinates();
    expect(capsuleY).to.equal(BigInt(`0x${Buffer.from(y).toString("hex")}`));
  });

  it("has zeros where a point is malformed or the length is wrong", async () => {
    const zeros: Hint = [0n, 0n, 0n];
    const { equations } = hintsOf(await by("offCurveV2"));
    expect(equations[1]).to.deep.equal(zeros);
    expect(equations[0]).to.not.deep.equal(zeros);
    expect(hintsOf(await by("noBytes")).equations).to.deep.equal([zeros, zeros, zeros]);
  });

  it("refuses a capsule that isn't valid", async () => {
    const answer = await sign({ ...scene, capsule: capsuleWith(new Uint8Array(98)) }, new Uint8Array());
    expectRefusal(() => hintsOf(answer), {
      code: "BAD_ARGUMENT",
      message: "capsule: expected a valid one, got the capsule's E is not a point that the contract can check",
    });
  });
});

describe("hintFor", () => {
  const { BASE } = secp256k1.Point;

  it("is the sum's W and slope", () => {
    const [h, x1, x2] = [5n, BASE.multiply(7n), BASE.multiply(11n)];
    const [wx, wy, slope] = hintFor(h, x1, x2);
    const w = BASE.multiply(35n).toAffine();
    expect([wx, wy]).to.deep.equal([w.x, w.y]);
    const { Fp } = secp256k1.Point;
    const sx = Fp.sub(Fp.sub(Fp.sqr(slope), wx), x2.toAffine().x);
    expect(sx).to.equal(BASE.multiply(46n).toAffine().x);
  });

  it("refuses two points with the same x: no line tells their sum", () => {
    for (const x2 of [BASE.multiply(35n), BASE.multiply(35n).negate()]) {
      expectRefusal(() => hintFor(5n, BASE.multiply(7n), x2), {
        code: "NO_HINT",
        message: "answer: expected h X1 and X2 with different x, got the same",
      });
    }
  });
});

describe("readPoint", () => {
  it("takes 33 bytes alone", () => {
    const bytes = secp256k1.Point.BASE.toBytes();
    expect(readPoint(bytes)?.equals(secp256k1.Point.BASE)).to.equal(true);
    for (const wrong of [new Uint8Array(), bytes.slice(1), Uint8Array.of(...bytes, 0), new Uint8Array(33)]) {
      expect(readPoint(wrong)).to.equal(undefined);
    }
    expect(readPoint(secp256k1.Point.BASE.toBytes(false))).to.equal(undefined);
  });
});

describe("the contract, told a wrong hint", () => {
  it("reverts: no hint but the right one gives a verdict", async () => {
    const answer = await by("wrongE1");
    const { hint } = makeEvidence(answer);
    expect(judge(answer, "E", hint)).to.equal(false);
    const [wx, wy, slope] = hint;
    const P = secp256k1.Point.Fp.ORDER;
    expect(judge(answer, "E", [wx, P - wy, slope])).to.equal("W is not h X1");
    expect(judge(answer, "E", [wx, wy, slope + 1n])).to.equal("X2 is not on the line");
    // The slope through -X2 is the other that meets the curve at this x.
    const e2 = secp256k1.Point.fromBytes(answer.cfrag.slice(131, 164)).negate().toAffine();
    const { Fp } = secp256k1.Point;
    const mirrored = Fp.div(Fp.sub(e2.y, wy), Fp.sub(e2.x, wx));
    expect(judge(answer, "E", [wx, wy, mirrored])).to.equal("the line goes through -X2");
  });
});
