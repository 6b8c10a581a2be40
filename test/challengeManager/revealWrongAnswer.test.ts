import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import {
  concat,
  dataSlice,
  getBytes,
  hexlify,
  keccak256,
  recoverAddress,
  Signature,
  toBeHex,
  ZeroAddress,
} from "ethers";
import { ethers } from "hardhat";

import { answerOf, capsuleY, Fault, honestCfrag, makeGrant, receiptTypes, SALT, secretOf } from "../helpers/challenges";
import { instrumented } from "../helpers/instrumented";
import { accept, ALL, bond, domainOf, takeover } from "../helpers/policies";
import {
  cfragBy,
  EQUATIONS,
  type Hint,
  hintFor,
  N,
  nextX,
  NO_HINT,
  P,
  toBytes32,
  withParts,
  yOf,
} from "../models/evidence";
import {
  COLLATERAL,
  mirrored,
  type OtherDomain,
  type PlainTerms,
  reach,
  TAKEOVER_COLLATERAL,
  WINDOW,
} from "../policyManager/fixtures";
import {
  accused,
  type Answer,
  BOND,
  cfragOf,
  commitmentTo,
  digestOf,
  evidenceOf,
  expectRefusal,
  flipped,
  fragmentOf,
  inThird,
  MAX_AGE,
  MIN_AGE,
  refuses,
  reveal,
  toAge,
  toldBy,
  type Trial,
  unchanged,
  wrongCfrag,
} from "./fixtures";
import { equations, foreign, lengths, type Lie, points, scalars } from "./lies";
import { wrongHints } from "./wrongHints";

const MAX = 2n ** 256n - 1n;
/** 20 % of the collateral. */
const SHARE = COLLATERAL / 5n;

const faults = Object.entries(Fault) as [keyof typeof Fault, number][];

/** An answer of ann's that lies, with its proof. */
async function lying(
  trial: Trial,
  { cfrag, hint, fault }: Lie,
): Promise<{ answer: Answer; hint: Hint; fault: number }> {
  const bytes = cfrag(trial);
  const answer = await answerOf(trial, 0, bytes);
  return { answer, hint: hint?.(trial, bytes) ?? NO_HINT, fault: Fault[fault] };
}

/** The same for a lie in the equation of u. */
async function wrong(trial: Trial, index = 0): Promise<{ answer: Answer; hint: Hint; fault: number }> {
  const cfrag = wrongCfrag(trial, index);
  const answer = await answerOf(trial, index, cfrag);
  return { answer, hint: hintFor(trial.capsule, cfrag, "U"), fault: Fault.EquationU };
}

/** {@link inThird}, and ann's operator signed that lie and the challenger has committed to it. */
async function ready(): Promise<Trial & { answer: Answer; hint: Hint; commitment: string }> {
  const trial = await inThird();
  const { answer, hint } = await wrong(trial);
  return { ...trial, answer, hint, commitment: await accused(trial, answer) };
}

/** What a reveal would return. */
const wouldReward = (trial: Trial, answer: Answer, fault: number, hint: Hint): Promise<bigint> =>
  trial.challenges
    .connect(trial.challenger)
    .revealWrongAnswer.staticCall(trial.terms, 0n, answer, fault, capsuleY(trial), hint, SALT, { blockTag: "pending" });

/** Wants each lie to be founded, committed to as it should be; where coverage is measured, which is slow, one in five. */
async function expectFounded(trial: Trial, lies: readonly Lie[]): Promise<void> {
  for (const lie of instrumented ? lies.filter((_, i) => i % 5 === 0) : lies) {
    const { answer, hint, fault } = await lying(trial, lie);
    await accused(trial, answer);
    expect(await wouldReward(trial, answer, fault, hint), lie.title).to.equal(SHARE);
  }
}

describe("ChallengeManager.revealWrongAnswer", () => {
  describe("when the fault is there", () => {
    for (const lie of [
      ...[lengths[2], points[0], points[25], points[47], points[68], points[90], scalars[0], foreign[0]],
      ...equations,
    ]) {
      if (!lie) throw new Error("expected a lie");
      it(`convicts, marks the commitment as founded and emits Proven with every part: ${lie.title}`, async () => {
        const trial = await loadFixture(inThird);
        const { challenges, challenger, token, policy, terms, policies, now } = trial;
        const { answer, hint, fault } = await lying(trial, lie);
        const commitment = await accused(trial, answer);
        const madeAt = (await challenges.commitmentOf(challenger, commitment)).madeAt;
        const [purse, held] = [await token.balanceOf(challenger), await ethers.provider.getBalance(challenges)];

        expect(await wouldReward(trial, answer, fault, hint)).to.equal(SHARE);
        expect(await toldBy(challenges, reveal(trial, answer, fault, hint))).to.deep.equal([
          ["Proven", policy, 0n, challenger.address, commitment, BigInt(fault), SHARE],
        ]);
        expect((await token.balanceOf(challenger)) - purse).to.equal(SHARE);
        expect(await ethers.provider.getBalance(challenges), "the bond waits").to.equal(held);
        expect(await challenges.commitmentOf(challenger, commitment)).to.deep.equal([madeAt, true]);
        const { open, convicted, stop } = await policies.standingOf(terms, 0n);
        expect([open, convicted, stop]).to.deep.equal([false, true, now + 1n]);
      });
    }

    it("has it proven for every wrong length", async () => expectFounded(await loadFixture(inThird), lengths));

    for (const part of ["E1", "V1", "E2", "V2", "U2"] as const) {
      it(`has it proven for every way in which ${part} can be malformed`, async () => {
        const some = points.filter(({ fault }) => fault === `Point${part}`);
        expect(some.length).to.equal(22);
        await expectFounded(await loadFixture(inThird), some);
      });
    }

    it("has it proven for z = 0, n, n + 1 and 2^256 - 1", async () =>
      expectFounded(await loadFixture(inThird), scalars));

    it("has it proven for one bit in every part that is the owner's", async () => {
      expect(foreign.length).to.equal(8);
      await expectFounded(await loadFixture(inThird), foreign);
    });

    it("has it proven for each of the equations broken alone", async () => {
      const trial = await loadFixture(inThird);
      await expectFounded(trial, equations);
      for (const lie of equations) {
        const cfrag = lie.cfrag(trial);
        const answer = await answerOf(trial, 0, cfrag);
        for (const equation of EQUATIONS) {
          const fault = Fault[`Equation${equation}`];
          if (fault === Fault[lie.fault]) continue;
          await refuses(
            reveal(trial, answer, fault, hintFor(trial.capsule, cfrag, equation)),
            "UmbralProofNoFault",
            [BigInt(fault)],
            trial.challenges,
          );
        }
      }
    });

    it("has it proven for an answer with another key throughout, by the equation of u alone", async () => {
      const trial = await loadFixture(inThird);
      const rk = 424_242n;
      const cfrag = cfragBy(trial.capsule, fragmentOf(trial), rk); // E1, V1 and z by rk; U1 is the owner's
      const answer = await answerOf(trial, 0, cfrag);
      await accused(trial, answer);
      for (const equation of EQUATIONS) {
        const [fault, hint] = [Fault[`Equation${equation}`], hintFor(trial.capsule, cfrag, equation)];
        if (equation === "U") expect(await wouldReward(trial, answer, fault, hint)).to.equal(SHARE);
        else await refuses(reveal(trial, answer, fault, hint), "UmbralProofNoFault", [BigInt(fault)], trial.challenges);
      }
    });
  });

  describe("when another fault is named than is there", () => {
    it("reverts with UmbralProofNoFault(fault), for an equation whose hint is not right with UmbralProofBadHint(fault)", async () => {
      const trial = await loadFixture(inThird);
      await unchanged(trial, async () => {
        for (const lie of [lengths[3], points[5], points[112 - 8], scalars[1], foreign[5], equations[4]]) {
          if (!lie) throw new Error("expected a lie");
          const { answer } = await lying(trial, lie);
          for (const [name, fault] of faults) {
            if (name === lie.fault) continue;
            const hinted = name.startsWith("Equation") && lie.fault !== "Length";
            const error = hinted ? "UmbralProofBadHint" : "UmbralProofNoFault";
            await refuses(reveal(trial, answer, fault), error, [BigInt(fault)], trial.challenges);
          }
        }
      });
    });

    it("reverts with UmbralProofBadHint(fault) for an equation that is about a point that is not valid, or a z = 0 mod n", async () => {
      const trial = await loadFixture(inThird);
      const honest = cfragOf(trial);
      await unchanged(trial, async () => {
        for (const { cfrag, fault, title } of [...points, ...scalars.slice(0, 2)]) {
          const bytes = cfrag(trial);
          const answer = await answerOf(trial, 0, bytes);
          for (const equation of EQUATIONS) {
            if (fault !== "ScalarZ" && !fault.includes(equation)) continue;
            const named = Fault[`Equation${equation}`];
            const hint = hintFor(trial.capsule, fault === "ScalarZ" ? bytes : honest, equation);
            await expect(reveal(trial, answer, named, hint), title)
              .to.be.revertedWithCustomError(trial.challenges, "UmbralProofBadHint")
              .withArgs(BigInt(named));
          }
        }
      });
    });

    it("reverts for numbers that are no fault", async () => {
      const trial = await loadFixture(ready);
      await unchanged(trial, async () => {
        for (const fault of [13n, 255n]) {
          await expect(reveal(trial, trial.answer, fault, trial.hint)).to.be.revertedWithoutReason();
        }
      });
    });
  });

  describe("when the answer is right", () => {
    it("reverts with UmbralProofNoFault(fault) for every fault, with right hints, and pays nobody", async () => {
      const trial = await loadFixture(inThird);
      const cfrag = honestCfrag(trial, 0);
      const answer = await answerOf(trial, 0, cfrag);
      await accused(trial, answer);
      await unchanged(trial, async () => {
        for (const [name, fault] of faults) {
          const equation = EQUATIONS.find((letter) => name === `Equation${letter}`);
          const hint = equation ? hintFor(trial.capsule, cfrag, equation) : NO_HINT;
          await refuses(reveal(trial, answer, fault, hint), "UmbralProofNoFault", [BigInt(fault)], trial.challenges);
        }
      });
    });

    it("does so for points with the largest x that ecrecover takes", async () => {
      const trial = await loadFixture(inThird);
      let x = N - 1n;
      while (nextX(x, true) !== x) x--;
      await unchanged(trial, async () => {
        for (const part of ["E1", "V1", "E2", "V2", "U2"] as const) {
          const cfrag = withParts(cfragOf(trial), { [part]: Uint8Array.of(2, ...toBytes32(x)) });
          const fault = Fault[`Point${part}`];
          const answer = await answerOf(trial, 0, cfrag);
          await refuses(reveal(trial, answer, fault), "UmbralProofNoFault", [BigInt(fault)], trial.challenges);
        }
      });
    });

    it("does so for z = 1 and n - 1", async () => {
      const trial = await loadFixture(inThird);
      await unchanged(trial, async () => {
        for (const z of [1n, N - 1n]) {
          const answer = await answerOf(trial, 0, cfragOf(trial, { z }));
          const call = reveal(trial, answer, Fault.ScalarZ);
          await refuses(call, "UmbralProofNoFault", [BigInt(Fault.ScalarZ)], trial.challenges);
        }
      });
    });
  });

  describe("when a hint is wrong", () => {
    for (const equation of EQUATIONS) {
      it(`reverts with UmbralProofBadHint(fault), whether the equation of ${equation} holds or not`, async () => {
        const trial = await loadFixture(inThird);
        const fault = Fault[`Equation${equation}`];
        const part = equation === "U" ? "U2" : `${equation}2`;
        await unchanged(trial, async () => {
          for (const cfrag of [honestCfrag(trial, 0), cfragOf(trial, { [part]: 77n })]) {
            const answer = await answerOf(trial, 0, cfrag);
            for (const [title, hint] of wrongHints(trial.capsule, cfrag, equation)) {
              await expect(reveal(trial, answer, fault, hint), title)
                .to.be.revertedWithCustomError(trial.challenges, "UmbralProofBadHint")
                .withArgs(BigInt(fault));
            }
          }
        });
      });
    }
  });

  describe("when what the owner made is odd", () => {
    for (const [title, change] of [
      ["a precursor with x = n", (f: Uint8Array) => f.set([2, ...toBytes32(N)], 32)],
      ["a precursor with x above n, on the curve", (f: Uint8Array) => f.set([3, ...toBytes32(nextX(N, true))], 32)],
      ["a precursor off the curve", (f: Uint8Array) => f.set([2, ...toBytes32(nextX(1n, false))], 32)],
      ["a precursor that is no point at all", (f: Uint8Array) => f.fill(0xff, 32, 65)],
      ["U1 with x = n", (f: Uint8Array) => f.set([2, ...toBytes32(N)], 65)],
      ["U1 with x above n, on the curve", (f: Uint8Array) => f.set([3, ...toBytes32(nextX(N, true))], 65)],
      ["U1 off the curve", (f: Uint8Array) => f.set([2, ...toBytes32(nextX(1n, false))], 65)],
      ["U1 that is no point at all", (f: Uint8Array) => f.fill(0xff, 65, 98)],
      ["a receiver signature of zeros", (f: Uint8Array) => f.fill(0, 98)],
      ["a receiver signature with a high s", (f: Uint8Array) => f.set(toBytes32(N - 1n), 130)],
      ["a kfragId of zeros", (f: Uint8Array) => f.fill(0, 0, 32)],
    ] as const) {
      it(`does not make the miner guilty: ${title}`, async () => {
        const trial = await loadFixture(inThird);
        const fragment = Uint8Array.from(fragmentOf(trial));
        change(fragment);
        const terms = await withFragment(trial, fragment);
        const policy = await trial.policies.policyId(terms);
        const cfrag = honestWith(trial, fragment);
        const answer = await answerOf(trial, 0, cfrag, { policy });
        const about = { ...trial, policy, terms };
        await accused(about, answer);
        await unchanged(about, async () => {
          for (const [name, fault] of faults) {
            const equation = EQUATIONS.find((letter) => name === `Equation${letter}`);
            // There is no multiple of a U1 that is no point: the hint is then that of the untouched fragment.
            const unhinted = equation === "U" && title.startsWith("U1");
            const hint = !equation ? NO_HINT : hintFor(trial.capsule, unhinted ? cfragOf(trial) : cfrag, equation);
            const error = unhinted ? "UmbralProofBadHint" : "UmbralProofNoFault";
            await refuses(reveal(about, answer, fault, hint), error, [BigInt(fault)], trial.challenges);
          }
        });
      });
    }

    it("still convicts a miner that sends the usual bytes instead of the odd ones it accepted", async () => {
      const trial = await loadFixture(inThird);
      const fragment = Uint8Array.from(fragmentOf(trial));
      fragment.fill(0xff, 32, 65);
      const terms = await withFragment(trial, fragment);
      const policy = await trial.policies.policyId(terms);
      const answer = await answerOf(trial, 0, honestCfrag(trial, 0), { policy });
      const about = { ...trial, policy, terms };
      const commitment = await accused(about, answer);
      const [proven] = await toldBy(trial.challenges, reveal(about, answer, Fault.Kfrag));
      expect(proven?.slice(4)).to.deep.equal([commitment, BigInt(Fault.Kfrag), SHARE]);
    });
  });

  describe("when the capsule is not a valid one", () => {
    it("reverts with UmbralProofBadCapsule(y), whatever the answer is", async () => {
      const trial = await loadFixture(inThird);
      const { capsule } = trial;
      const other = makeGrant().capsule.toBytesSimple();
      const y = capsuleY(trial);
      const set = (offset: number, ...bytes: number[]): Uint8Array => {
        const copy = Uint8Array.from(capsule);
        copy.set(bytes, offset);
        return copy;
      };
      const xs = [0n, nextX(1n, false), N, nextX(N, true), nextX(N, false), P, P + 1n, MAX];
      const bad: [title: string, capsule: Uint8Array][] = [
        ...[0, 1, 97, 99, 105].map((n): [string, Uint8Array] => [
          `${n} bytes`,
          getBytes(concat([capsule, other])).slice(0, n),
        ]),
        ...[0, 33].flatMap((offset) => [
          ...[0, 1, 4, 5, 0xff].map((prefix): [string, Uint8Array] => [`prefix ${prefix}`, set(offset, prefix)]),
          ...[2, 3].flatMap((prefix) =>
            xs.map((x): [string, Uint8Array] => [`prefix ${prefix}, x = ${x}`, set(offset, prefix, ...toBytes32(x))]),
          ),
          ["the other parity", flipped(capsule, offset)] as [string, Uint8Array],
          ["another point", set(offset, ...other.subarray(offset, offset + 33))] as [string, Uint8Array],
        ]),
        ...[0n, 1n, N - 1n, N, N + 1n, MAX].map((s): [string, Uint8Array] => [`s = ${s}`, set(66, ...toBytes32(s))]),
        ["one bit of s", flipped(capsule, 97)],
        ["V, E, s", getBytes(concat([capsule.subarray(33, 66), capsule.subarray(0, 33), capsule.subarray(66)]))],
      ];
      await unchanged(trial, async () => {
        for (const [title, bytes] of bad) {
          const ys = bytes.length === 98 && bytes[33] !== capsule[33] ? [y, P - y] : [y];
          const answer = await answerOf(trial, 0, new Uint8Array(), { capsule: bytes });
          for (const each of ys) {
            await expect(reveal(trial, answer, Fault.Length, NO_HINT, { y: each }), title)
              .to.be.revertedWithCustomError(trial.challenges, "UmbralProofBadCapsule")
              .withArgs(each);
          }
        }
      });
    });

    it("reverts so for a y that is not V's", async () => {
      const trial = await loadFixture(inThird);
      const { answer, hint, fault } = await wrong(trial);
      const y = capsuleY(trial);
      await accused(trial, answer);
      await unchanged(trial, async () => {
        for (const other of [0n, 1n, y - 1n, y + 1n, y + 2n, P - y, P, MAX, yOf(trial.capsule.subarray(0, 33))]) {
          const call = reveal(trial, answer, fault, hint, { y: other });
          await refuses(call, "UmbralProofBadCapsule", [other], trial.challenges);
        }
      });
    });
  });

  describe("when the receipt is not the operator's for this", () => {
    it("reverts with ChallengeManagerNotSigned(signer, operator)", async () => {
      const trial = await loadFixture(ready);
      const { ann, bob, dan, owner, payer, stranger, policies, policy, capsule, challenges } = trial;
      const { chainId } = await ethers.provider.getNetwork();
      const cfrag = getBytes(trial.answer.cfrag);
      const other = makeGrant().capsule.toBytesSimple();
      const slips: { operator?: typeof stranger; domain?: OtherDomain; message?: Record<string, unknown> }[] = [
        ...[ann.account, bob.operator, dan.operator, owner, payer, stranger].map((operator) => ({ operator })),
        { message: { policy: ethers.id("another policy") } },
        { message: { index: 1n } },
        { message: { capsuleHash: keccak256(other) } },
        { message: { cfragHash: keccak256(honestCfrag(trial, 0)) } },
        { message: { capsuleHash: keccak256(cfrag), cfragHash: keccak256(capsule) } },
        { domain: { chainId: chainId + 1n } },
        { domain: { verifyingContract: await challenges.getAddress() } },
        { domain: { name: "NKMS ChallengeManager" } },
        { domain: { version: "2" } },
      ];
      const digest = await digestOf(trial, 0n, trial.answer);
      await unchanged(trial, async () => {
        for (const { operator, domain, message } of slips) {
          const receipt = await (operator ?? ann.operator).signTypedData(
            { ...(await domainOf(policies)), ...domain },
            receiptTypes,
            { policy, index: 0n, capsuleHash: keccak256(capsule), cfragHash: keccak256(cfrag), ...message },
          );
          const answer = { ...trial.answer, receipt };
          const signer = recoverAddress(digest, receipt);
          expect(signer).not.to.equal(ann.operator.address);
          await refuses(
            reveal(trial, answer, Fault.EquationU, trial.hint),
            "ChallengeManagerNotSigned",
            [signer, ann.operator.address],
            challenges,
          );
        }
      });
    });

    it("reverts with ChallengeManagerNotSigned(zero, operator) for what is no signature", async () => {
      const trial = await loadFixture(ready);
      const good = trial.answer.receipt;
      await unchanged(trial, async () => {
        for (const receipt of [
          "0x",
          dataSlice(good, 0, 64),
          Signature.from(good).compactSerialized,
          `${good}00`,
          mirrored(good),
          ...[0, 1, 2, 26, 29, 255].map((v) => concat([dataSlice(good, 0, 64), toBeHex(v, 1)])),
          toBeHex(0, 65),
          hexlify(new Uint8Array(65).fill(0xff)),
        ]) {
          const call = reveal(trial, { ...trial.answer, receipt }, Fault.EquationU, trial.hint);
          const args = [ZeroAddress, trial.ann.operator.address];
          await refuses(call, "ChallengeManagerNotSigned", args, trial.challenges);
        }
      });
    });

    it("counts the operator that accepted, whoever is bonded now", async () => {
      const trial = await loadFixture(inThird);
      const { registry, ann, stranger, now } = trial;
      await registry.connect(ann.account).unbondOperator();
      await bond(registry, ann.account, stranger);
      await reach(trial, now + 1n);
      const cfrag = wrongCfrag(trial);
      const hint = hintFor(trial.capsule, cfrag, "U");
      const byNew = await answerOf(trial, 0, cfrag, { operator: stranger });
      await accused(trial, byNew);
      await expectRefusal(trial, () => reveal(trial, byNew, Fault.EquationU, hint), "ChallengeManagerNotSigned", [
        stranger.address,
        ann.operator.address,
      ]);
      const byOld = await answerOf(trial, 0, cfrag);
      await accused(trial, byOld);
      expect(await wouldReward(trial, byOld, Fault.EquationU, hint)).to.equal(SHARE);
    });

    it("makes nobody guilty of another's answer: each index has its own operator and fragment", async () => {
      const trial = await loadFixture(ready);
      const { ann, bob, answer, hint } = trial;
      await accused(trial, answer, { index: 1n });
      const signer = recoverAddress(await digestOf(trial, 1n, answer), answer.receipt);
      expect(signer).not.to.equal(ann.operator.address);
      await expectRefusal(
        trial,
        () => reveal(trial, answer, Fault.EquationU, hint, { index: 1n }),
        "ChallengeManagerNotSigned",
        [signer, bob.operator.address],
      );
    });
  });

  describe("when the commitment is not to this", () => {
    it("reverts with ChallengeManagerNoCommitment(challenger, commitment) if anything in it is other", async () => {
      const trial = await loadFixture(inThird);
      const { challenges, challenger, stranger, policies } = trial;
      const { answer, hint, fault } = await wrong(trial);
      const evidence = await evidenceOf(trial, answer);
      const needed = await commitmentTo(trial, evidence);
      const made = [
        await commitmentTo(trial, evidence, { chainId: 1n }),
        await commitmentTo(trial, evidence, { contract: await policies.getAddress() }),
        await commitmentTo(trial, evidence, { challenger: stranger.address }),
        await commitmentTo(trial, evidence, { policy: ethers.id("another policy") }),
        await commitmentTo(trial, evidence, { index: 1n }),
        await commitmentTo(trial, await evidenceOf(trial, await answerOf(trial, 0, honestCfrag(trial, 0)))),
        await commitmentTo(trial, ethers.ZeroHash),
        await commitmentTo(trial, evidence, { salt: ethers.ZeroHash }),
        evidence,
      ];
      expect(new Set([...made, needed]).size).to.equal(made.length + 1);
      for (const commitment of made) await challenges.connect(challenger).commit(commitment, { value: BOND });
      await challenges.connect(stranger).commit(needed, { value: BOND });
      await toAge(trial, stranger.address, needed, MIN_AGE);
      const args = [challenger.address, needed];
      await expectRefusal(trial, () => reveal(trial, answer, fault, hint), "ChallengeManagerNoCommitment", args);
    });

    it("reverts so for whoever copies a reveal, whatever it has committed to", async () => {
      const trial = await loadFixture(ready);
      const { challenges, stranger, answer, hint, commitment } = trial;
      await challenges.connect(stranger).commit(commitment, { value: BOND }); // copied, too
      await toAge(trial, stranger.address, commitment, MIN_AGE);
      const needed = await commitmentTo(trial, await evidenceOf(trial, answer), { challenger: stranger.address });
      const copy = () => reveal(trial, answer, Fault.EquationU, hint, { by: stranger });
      await expectRefusal(trial, copy, "ChallengeManagerNoCommitment", [stranger.address, needed]);
      await reveal(trial, answer, Fault.EquationU, hint);
    });

    it("reverts so if there is none at all, or its bond was burned", async () => {
      const trial = await loadFixture(ready);
      const { challenges, challenger, answer, hint, commitment } = trial;
      const other = ethers.id("another salt");
      const call = (salt: string) => () => reveal(trial, answer, Fault.EquationU, hint, { salt });
      const never = await commitmentTo(trial, await evidenceOf(trial, answer), { salt: other });
      await expectRefusal(trial, call(other), "ChallengeManagerNoCommitment", [challenger.address, never]);
      await toAge(trial, challenger.address, commitment, MAX_AGE + 1n);
      await challenges.burnBond(challenger, commitment);
      await expectRefusal(trial, call(SALT), "ChallengeManagerNoCommitment", [challenger.address, commitment]);
    });

    it("reverts so the second time, and after the bond was taken", async () => {
      const trial = await loadFixture(ready);
      const { challenges, challenger, answer, hint, commitment } = trial;
      await reveal(trial, answer, Fault.EquationU, hint);
      const again = () => reveal(trial, answer, Fault.EquationU, hint);
      await expectRefusal(trial, again, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
      await challenges.connect(challenger).takeBond(commitment);
      await expectRefusal(trial, again, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
    });

    it("takes a commitment for one fault for another that is there, too: it is to the answer", async () => {
      const trial = await loadFixture(inThird);
      const bytes = withParts(cfragOf(trial, { z: 0n }), { id: new Uint8Array(32) });
      const answer = await answerOf(trial, 0, bytes);
      await accused(trial, answer);
      for (const fault of [Fault.ScalarZ, Fault.Kfrag]) {
        expect(await wouldReward(trial, answer, fault, NO_HINT)).to.equal(SHARE);
      }
    });
  });

  describe("when the commitment is of another age", () => {
    for (const age of [1n, MIN_AGE - 1n, MAX_AGE + 1n]) {
      it(`reverts with ChallengeManagerOutsideAge(commitment, current, madeAt + minAge, madeAt + maxAge) at age ${age}`, async () => {
        const trial = await loadFixture(inThird);
        const { challenges, challenger } = trial;
        const { answer, hint, fault } = await wrong(trial);
        const commitment = await accused(trial, answer, { age });
        const { madeAt } = await challenges.commitmentOf(challenger, commitment);
        const args = [commitment, madeAt + age, madeAt + MIN_AGE, madeAt + MAX_AGE];
        await expectRefusal(trial, () => reveal(trial, answer, fault, hint), "ChallengeManagerOutsideAge", args);
      });
    }

    for (const age of [MIN_AGE, MIN_AGE + 1n, MAX_AGE]) {
      it(`counts at age ${age}`, async () => {
        const trial = await loadFixture(inThird);
        const { challenges, challenger } = trial;
        const { answer, hint, fault } = await wrong(trial);
        const commitment = await accused(trial, answer, { age });
        const { madeAt } = await challenges.commitmentOf(challenger, commitment);
        const { blockNumber } = await reveal(trial, answer, fault, hint);
        expect(BigInt(blockNumber ?? 0)).to.equal(madeAt + age);
        expect((await challenges.commitmentOf(challenger, commitment)).founded).to.equal(true);
      });
    }

    it("counts blocks, not time", async () => {
      const trial = await loadFixture(inThird);
      const { challenges, challenger } = trial;
      const { answer, hint, fault } = await wrong(trial);
      const commitment = await accused(trial, answer, { age: 1n });
      const { madeAt } = await challenges.commitmentOf(challenger, commitment);
      await time.setNextBlockTimestamp((await time.latest()) + 1_800); // half an hour, one block
      const args = [commitment, madeAt + 1n, madeAt + MIN_AGE, madeAt + MAX_AGE];
      await refuses(reveal(trial, answer, fault, hint), "ChallengeManagerOutsideAge", args, challenges);
    });
  });

  describe("when the arrangement is not there, or not liable any more", () => {
    it("reverts with PolicyManagerUnknown(policy) for other terms", async () => {
      const trial = await loadFixture(ready);
      const terms = { ...trial.terms, salt: ethers.id("other") };
      await expectRefusal(
        trial,
        () => reveal(trial, trial.answer, Fault.EquationU, trial.hint, { terms }),
        "PolicyManagerUnknown",
        [await trial.policies.policyId(terms)],
        trial.policies,
      );
    });

    it("reverts with PolicyManagerNoArrangement(policy, index)", async () => {
      const trial = await loadFixture(ready);
      for (const index of [3n, 159n, 160n, ALL]) {
        await expectRefusal(
          trial,
          () => reveal(trial, trial.answer, Fault.EquationU, trial.hint, { index }),
          "PolicyManagerNoArrangement",
          [trial.policy, index],
          trial.policies,
        );
      }
    });

    it("counts in the last period, end + W; in the next it is PolicyManagerTooLate(policy, index, end + W)", async () => {
      for (const late of [0n, 1n]) {
        const trial = await loadFixture(inThird);
        const { challenges, policies, policy, end } = trial;
        await reach(trial, end + WINDOW + late);
        const { answer, hint, fault } = await wrong(trial);
        await accused(trial, answer);
        const call = () => reveal(trial, answer, fault, hint);
        const args = [policy, 0n, end + WINDOW];
        if (late === 1n) await expectRefusal(trial, call, "PolicyManagerTooLate", args, policies);
        else expect((await toldBy(challenges, call())).length).to.equal(1);
      }
    });

    it("counts in the last second of that period, and not in the next", async () => {
      for (const late of [0n, 1n]) {
        const trial = await loadFixture(inThird);
        const { challenges, policies, policy, end, parameters } = trial;
        await reach(trial, end + WINDOW);
        const { answer, hint, fault } = await wrong(trial);
        await accused(trial, answer);
        await time.setNextBlockTimestamp((end + WINDOW + 1n) * parameters.escrow.period - 1n + late);
        const call = reveal(trial, answer, fault, hint);
        if (late === 0n) expect((await toldBy(challenges, call)).length).to.equal(1);
        else await refuses(call, "PolicyManagerTooLate", [policy, 0n, end + WINDOW], policies);
      }
    });
  });

  describe("when there was a verdict already", () => {
    it("is founded and pays 0: no event of the policies, nothing moves but the bond", async () => {
      const trial = await loadFixture(ready);
      const { challenges, policies, token, challenger, stranger, policy, answer, hint } = trial;
      const theirs = await answerOf(trial, 0, cfragOf(trial, { z: 0n }));
      const commitment = await accused(trial, theirs, { by: stranger });
      await reveal(trial, answer, Fault.EquationU, hint);

      const supply = await token.totalSupply();
      const standing = await policies.standingOf(trial.terms, 0n);
      const sent = reveal(trial, theirs, Fault.ScalarZ, NO_HINT, { by: stranger });
      expect(await toldBy(challenges, sent)).to.deep.equal([
        ["Proven", policy, 0n, stranger.address, commitment, BigInt(Fault.ScalarZ), 0n],
      ]);
      expect(await toldBy(policies, sent)).to.deep.equal([]);
      await expect(sent).to.changeTokenBalances(token, [stranger, challenger, policies, trial.escrow], [0, 0, 0, 0]);
      expect(await token.totalSupply()).to.equal(supply);
      expect(await policies.standingOf(trial.terms, 0n)).to.deep.equal(standing);
      await expect(challenges.connect(stranger).takeBond(commitment)).to.changeEtherBalance(stranger, BOND);
    });

    it("still wants a fault, a receipt, and a commitment", async () => {
      const trial = await loadFixture(ready);
      const { challenges, challenger, stranger, ann, answer, hint } = trial;
      await reveal(trial, answer, Fault.EquationU, hint);
      const honest = await answerOf(trial, 0, honestCfrag(trial, 0));
      await accused(trial, honest);
      await unchanged(trial, async () => {
        const fault = Fault.ScalarZ;
        await refuses(reveal(trial, honest, fault), "UmbralProofNoFault", [BigInt(fault)], challenges);
        const forged = await answerOf(trial, 0, cfragOf(trial, { z: 0n }), { operator: stranger });
        const args = [stranger.address, ann.operator.address];
        await refuses(reveal(trial, forged, fault), "ChallengeManagerNotSigned", args, challenges);
        const other = await answerOf(trial, 0, cfragOf(trial, { z: 0n }));
        const needed = await commitmentTo(trial, await evidenceOf(trial, other));
        const who = [challenger.address, needed];
        await refuses(reveal(trial, other, fault), "ChallengeManagerNoCommitment", who, challenges);
      });
    });

    it("convicts the others of the policy, one verdict each", async () => {
      const trial = await loadFixture(ready);
      const { challenges, terms, policies, answer, hint } = trial;
      await reveal(trial, answer, Fault.EquationU, hint);
      for (const index of [1, 2]) {
        const theirs = await wrong(trial, index);
        const commitment = await accused(trial, theirs.answer, { index: BigInt(index) });
        const sent = reveal(trial, theirs.answer, theirs.fault, theirs.hint, { index: BigInt(index) });
        const [proven] = await toldBy(challenges, sent);
        expect(proven?.slice(2)).to.deep.equal([
          ...[BigInt(index), trial.challenger.address, commitment, BigInt(Fault.EquationU), SHARE],
        ]);
        expect((await policies.standingOf(terms, index)).convicted).to.equal(true);
      }
    });
  });

  describe("when the arrangement was handed off", () => {
    it("convicts the old holder by the old index's receipts, the new one by the new index's", async () => {
      const trial = await loadFixture(inThird);
      const { policies, ann, dan, terms, policy, now } = trial;
      await policies
        .connect(ann.account)
        .handOff(terms, 0n, await takeover(policies, policy, 0n, dan, TAKEOVER_COLLATERAL));
      await reach(trial, now + 1n);
      const cfrag = wrongCfrag(trial);
      const hint = hintFor(trial.capsule, cfrag, "U");
      const byDan = await answerOf(trial, 0, cfrag, { index: 3n, operator: dan.operator });
      const asAnns = await answerOf(trial, 0, cfrag, { operator: dan.operator });

      await accused(trial, asAnns);
      await expectRefusal(trial, () => reveal(trial, asAnns, Fault.EquationU, hint), "ChallengeManagerNotSigned", [
        dan.operator.address,
        ann.operator.address,
      ]);
      await accused(trial, byDan, { index: 3n });
      const ofDan = await toldBy(trial.challenges, reveal(trial, byDan, Fault.EquationU, hint, { index: 3n }));
      expect(ofDan[0]?.at(-1)).to.equal(TAKEOVER_COLLATERAL / 5n);
      const byAnn = await answerOf(trial, 0, cfrag);
      await accused(trial, byAnn);
      const ofAnn = await toldBy(trial.challenges, reveal(trial, byAnn, Fault.EquationU, hint));
      expect(ofAnn[0]?.at(-1)).to.equal(SHARE);
    });
  });

  it("returns and pays nothing for an unfounded reveal, and the same commitment can be revealed rightly later", async () => {
    const trial = await loadFixture(ready);
    const { challenges, answer, hint } = trial;
    const call = () => reveal(trial, answer, Fault.EquationU, [hint[0], hint[1], hint[2] + 1n]);
    await expectRefusal(trial, call, "UmbralProofBadHint", [BigInt(Fault.EquationU)]);
    expect((await toldBy(challenges, reveal(trial, answer, Fault.EquationU, hint))).length).to.equal(1);
  });
});

/** Another policy at ann, like the trial's but for its fragment; it is in its first period. */
async function withFragment(trial: Trial, fragment: Uint8Array): Promise<PlainTerms> {
  const { policies, payer, ann, now, terms } = trial;
  const { account, operator } = ann;
  const arrangements = [{ miner: account.address, operator: operator.address, kfragHash: keccak256(fragment) }];
  const own = { ...terms, arrangements };
  await policies.connect(payer).create(own, await accept(policies, own, [ann]));
  await reach(trial, now + 1n);
  return own;
}

/** What an honest node answers with a fragment whose public part is `fragment`. */
function honestWith(trial: Trial, fragment: Uint8Array): Uint8Array {
  const [kfrag] = trial.grant.kfrags;
  if (!kfrag) throw new Error("expected a fragment");
  return cfragBy(trial.capsule, fragment, secretOf(kfrag));
}
