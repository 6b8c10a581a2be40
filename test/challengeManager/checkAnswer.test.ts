import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { keccak256, ZeroAddress } from "ethers";

import { answerOf, capsuleY, Fault, honestCfrag, makeGrant, secretOf } from "../helpers/challenges";
import { cfragBy, EQUATIONS, hintFor, type Hints, hintsFor, NO_HINT, NO_HINTS, withParts } from "../models/evidence";
import { type Answer, cfragOf, flipped, fragmentOf, justOpened, type Trial } from "./fixtures";
import { equations, foreign, lengths, type Lie, points, scalars } from "./lies";
import { wrongHints } from "./wrongHints";

/** Checks an answer of ann's. */
function check(
  trial: Trial,
  answer: Answer,
  hints: Hints,
  slip: { index?: bigint; operator?: string; kfragHash?: string; y?: bigint; policy?: string } = {},
): Promise<bigint> {
  const { index = 0n, operator = trial.ann.operator.address, policy = trial.policy, y = capsuleY(trial) } = slip;
  const { kfragHash = keccak256(fragmentOf(trial)) } = slip;
  return trial.challenges.checkAnswer(policy, index, operator, kfragHash, answer, y, hints);
}

/** Signs a lie for ann and checks it. */
async function found(trial: Trial, { cfrag }: Lie, hints: (cfrag: Uint8Array) => Hints): Promise<bigint> {
  const bytes = cfrag(trial);
  return check(trial, await answerOf(trial, 0, bytes), hints(bytes));
}

describe("ChallengeManager.checkAnswer", () => {
  describe("when the answer is right", () => {
    it("says None, for every fragment and several capsules", async () => {
      const trial = await loadFixture(justOpened);
      for (const [i, { operator }] of trial.staff.entries()) {
        const cfrag = honestCfrag(trial, i);
        const answer = await answerOf(trial, i, cfrag);
        const slip = {
          index: BigInt(i),
          operator: operator.address,
          kfragHash: keccak256(fragmentOf(trial, i)),
        };
        expect(await check(trial, answer, hintsFor(trial.capsule, cfrag), slip)).to.equal(Fault.None);
      }
      for (let i = 0; i < 8; i++) {
        const { capsule } = makeGrant(1, 1);
        const bytes = capsule.toBytesSimple();
        const cfrag = cfragOf(trial, {}, 0, bytes);
        const answer = await answerOf(trial, 0, cfrag, { capsule: bytes });
        const y = capsuleY({ grant: { ...trial.grant, capsule } });
        expect(await check(trial, answer, hintsFor(bytes, cfrag), { y })).to.equal(Fault.None);
      }
    });

    it("says the same of what the package answers and of what the rules alone do", async () => {
      const trial = await loadFixture(justOpened);
      for (const cfrag of [honestCfrag(trial, 0), cfragOf(trial)]) {
        const answer = await answerOf(trial, 0, cfrag);
        expect(await check(trial, answer, hintsFor(trial.capsule, cfrag))).to.equal(Fault.None);
      }
    });
  });

  describe("when the answer is wrong", () => {
    for (const [title, some] of [
      ["lengths", lengths],
      ["points, with no hints", points],
      ["scalars, with no hints", scalars],
      ["bytes of another fragment, with no hints", foreign],
    ] as const) {
      it(`finds every kind of it: ${title}`, async () => {
        const trial = await loadFixture(justOpened);
        for (const lie of some) {
          expect(await found(trial, lie, () => NO_HINTS), lie.title).to.equal(Fault[lie.fault]);
        }
      });
    }

    it("finds every kind of it: equations, by their hints", async () => {
      const trial = await loadFixture(justOpened);
      for (const lie of equations) {
        const fault = await found(trial, lie, (cfrag) => hintsFor(trial.capsule, cfrag));
        expect(fault, lie.title).to.equal(Fault[lie.fault]);
      }
    });

    it("does not look at hints of what comes after the fault", async () => {
      const trial = await loadFixture(justOpened);
      const cfrag = cfragOf(trial, { E2: 5n, U2: 7n });
      const answer = await answerOf(trial, 0, cfrag);
      const [e, v] = hintsFor(trial.capsule, cfrag);
      expect(await check(trial, answer, [e, NO_HINT, NO_HINT])).to.equal(Fault.EquationE);
      const later = cfragOf(trial, { V2: 5n, U2: 7n });
      const [e2, v2] = hintsFor(trial.capsule, later);
      expect(await check(trial, await answerOf(trial, 0, later), [e2, v2, NO_HINT])).to.equal(Fault.EquationV);
      expect(v).not.to.deep.equal(v2);
    });

    it("names the first: length, form of the points in their order, z, fragment, curve or equations", async () => {
      const trial = await loadFixture(justOpened);
      const bad = Uint8Array.of(0, ...new Uint8Array(32));
      const zero = new Uint8Array(32);
      const parts = { E1: bad, V1: bad, E2: bad, V2: bad, U2: bad, z: zero, id: zero };
      const order = ["E1", "V1", "E2", "V2", "U2", "z", "id"] as const;
      const names = ["PointE1", "PointV1", "PointE2", "PointV2", "PointU2", "ScalarZ", "Kfrag"] as const;
      for (const [i, name] of names.entries()) {
        const rest = Object.fromEntries(order.slice(i).map((part) => [part, parts[part]]));
        const cfrag = withParts(cfragOf(trial), rest);
        expect(await check(trial, await answerOf(trial, 0, cfrag), NO_HINTS)).to.equal(Fault[name]);
        expect(await check(trial, await answerOf(trial, 0, cfrag.slice(1)), NO_HINTS)).to.equal(Fault.Length);
      }
    });
  });

  describe("when a hint is wrong", () => {
    for (const [i, equation] of EQUATIONS.entries()) {
      it(`reverts with UmbralProofBadHint(fault) for the equation of ${equation}, whether it holds or not`, async () => {
        const trial = await loadFixture(justOpened);
        const fault = BigInt(Fault[`Equation${equation}`]);
        const part = equation === "U" ? "U2" : `${equation}2`;
        for (const cfrag of [cfragOf(trial), cfragOf(trial, { [part]: 77n })]) {
          const answer = await answerOf(trial, 0, cfrag);
          for (const [title, hint] of wrongHints(trial.capsule, cfrag, equation)) {
            const hints = hintsFor(trial.capsule, cfrag);
            hints[i] = hint;
            await expect(check(trial, answer, hints), title)
              .to.be.revertedWithCustomError(trial.challenges, "UmbralProofBadHint")
              .withArgs(fault);
          }
        }
      });
    }
  });

  describe("when what it is told does not fit", () => {
    it("reverts with ChallengeManagerNotSigned(signer, operator) for another operator, policy or index", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, ann, bob } = trial;
      const cfrag = cfragOf(trial);
      const answer = await answerOf(trial, 0, cfrag);
      const hints = hintsFor(trial.capsule, cfrag);
      for (const operator of [bob.operator.address, ann.account.address]) {
        await expect(check(trial, answer, hints, { operator }))
          .to.be.revertedWithCustomError(challenges, "ChallengeManagerNotSigned")
          .withArgs(ann.operator.address, operator);
      }
      for (const slip of [{ index: 1n }, { policy: keccak256("0x") }]) {
        const { address } = ann.operator;
        await expect(check(trial, answer, hints, slip))
          .to.be.revertedWithCustomError(challenges, "ChallengeManagerNotSigned")
          .withArgs((signer: string) => signer !== address, address);
      }
      await expect(check(trial, { ...answer, receipt: "0x" }, hints, { operator: ZeroAddress }))
        .to.be.revertedWithCustomError(challenges, "ChallengeManagerNotSigned")
        .withArgs(ZeroAddress, ZeroAddress);
    });

    it("reverts with UmbralProofBadCapsule(y) for a capsule that is not valid, and for another y", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, capsule } = trial;
      const y = capsuleY(trial);
      for (const bad of [capsule.slice(0, 97), flipped(capsule, 0), flipped(capsule, 97)]) {
        const answer = await answerOf(trial, 0, cfragOf(trial), { capsule: bad });
        await expect(check(trial, answer, NO_HINTS))
          .to.be.revertedWithCustomError(challenges, "UmbralProofBadCapsule")
          .withArgs(y);
      }
      await expect(check(trial, await answerOf(trial, 0, cfragOf(trial)), NO_HINTS, { y: y + 1n }))
        .to.be.revertedWithCustomError(challenges, "UmbralProofBadCapsule")
        .withArgs(y + 1n);
    });

    it("says Kfrag for another kfragHash", async () => {
      const trial = await loadFixture(justOpened);
      const cfrag = cfragOf(trial);
      const answer = await answerOf(trial, 0, cfrag);
      const kfragHash = keccak256(fragmentOf(trial, 1));
      expect(await check(trial, answer, hintsFor(trial.capsule, cfrag), { kfragHash })).to.equal(Fault.Kfrag);
    });
  });

  describe("when the owner's U1 is no point", () => {
    it("reverts with UmbralProofBadHint(EquationU) whatever the hint, for the answer of an honest node", async () => {
      const trial = await loadFixture(justOpened);
      const [kfrag] = trial.grant.kfrags;
      if (!kfrag) throw new Error("expected a fragment");
      const fragment = fragmentOf(trial).slice();
      fragment.fill(0xff, 65, 98);
      const cfrag = cfragBy(trial.capsule, fragment, secretOf(kfrag));
      const answer = await answerOf(trial, 0, cfrag);
      const [e, v] = [hintFor(trial.capsule, cfrag, "E"), hintFor(trial.capsule, cfrag, "V")];
      for (const hint of [NO_HINT, e, v, hintFor(trial.capsule, cfragOf(trial), "U")]) {
        await expect(check(trial, answer, [e, v, hint], { kfragHash: keccak256(fragment) }))
          .to.be.revertedWithCustomError(trial.challenges, "UmbralProofBadHint")
          .withArgs(BigInt(Fault.EquationU));
      }
    });
  });
});
