import { loadFixture, mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { answerOf, Fault } from "../helpers/challenges";
import { hintFor } from "../models/evidence";
import {
  accused,
  BOND,
  expectRefusal,
  inThird,
  justOpened,
  MAX_AGE,
  MIN_AGE,
  reveal,
  toAge,
  toldBy,
  type Trial,
  wrongCfrag,
} from "./fixtures";

const COMMITMENT = ethers.id("commitment");

interface Made extends Trial {
  madeAt: bigint;
}

/** The challenger has just made a commitment. */
async function made(): Promise<Made> {
  const trial = await justOpened();
  await trial.challenges.connect(trial.challenger).commit(COMMITMENT, { value: BOND });
  return { ...trial, madeAt: BigInt(await ethers.provider.getBlockNumber()) };
}

describe("ChallengeManager.burnBond", () => {
  describe("when the commitment can no longer be revealed", () => {
    it("sends the bond to the zero address, and emits BondBurned(challenger, commitment)", async () => {
      const trial = await loadFixture(made);
      const { challenges, challenger } = trial;
      await toAge(trial, challenger.address, COMMITMENT, MAX_AGE + 1n);
      const sent = challenges.burnBond(challenger, COMMITMENT);
      expect(await toldBy(challenges, sent)).to.deep.equal([["BondBurned", challenger.address, COMMITMENT]]);
      await expect(sent).to.changeEtherBalances([challenges, ZeroAddress, challenger], [-BOND, BOND, 0n]);
      expect(await challenges.commitmentOf(challenger, COMMITMENT)).to.deep.equal([0n, false]);
    });

    it("does that for anybody, its challenger too, however late", async () => {
      const { challenges, challenger, stranger, owner } = await loadFixture(made);
      await challenges.connect(stranger).commit(COMMITMENT, { value: BOND });
      await mine(10n * MAX_AGE);
      await expect(challenges.connect(challenger).burnBond(challenger, COMMITMENT)).to.changeEtherBalance(
        ZeroAddress,
        BOND,
      );
      await expect(challenges.connect(owner).burnBond(stranger, COMMITMENT)).to.changeEtherBalance(ZeroAddress, BOND);
    });

    it("does it once: ChallengeManagerNoCommitment(challenger, commitment)", async () => {
      const trial = await loadFixture(made);
      const { challenges, challenger, stranger } = trial;
      await challenges.connect(stranger).commit(COMMITMENT, { value: BOND });
      await mine(MAX_AGE);
      await challenges.burnBond(challenger, COMMITMENT);
      const again = () => challenges.burnBond(challenger, COMMITMENT);
      await expectRefusal(trial, again, "ChallengeManagerNoCommitment", [challenger.address, COMMITMENT]);
    });
  });

  describe("when it can be revealed still, or not yet", () => {
    for (const age of [1n, MIN_AGE - 1n, MIN_AGE, MAX_AGE]) {
      it(`reverts with ChallengeManagerOutsideAge(commitment, current, madeAt + maxAge + 1, 2^256 - 1) at age ${age}`, async () => {
        const trial = await loadFixture(made);
        const { challenges, challenger, madeAt } = trial;
        await mine(age - 1n);
        const call = () => challenges.burnBond(challenger, COMMITMENT);
        const args = [COMMITMENT, madeAt + age, madeAt + MAX_AGE + 1n, ethers.MaxUint256];
        await expectRefusal(trial, call, "ChallengeManagerOutsideAge", args);
      });
    }
  });

  describe("when it was revealed, or there is none", () => {
    it("reverts with ChallengeManagerNoCommitment(challenger, commitment) after a founded reveal, for ever", async () => {
      const trial = await loadFixture(inThird);
      const { challenges, challenger, capsule } = trial;
      const cfrag = wrongCfrag(trial);
      const answer = await answerOf(trial, 0, cfrag);
      const commitment = await accused(trial, answer);
      await reveal(trial, answer, Fault.EquationU, hintFor(capsule, cfrag, "U"));
      const call = () => challenges.burnBond(challenger, commitment);
      await expectRefusal(trial, call, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
      await mine(2n * MAX_AGE);
      await expectRefusal(trial, call, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
      await challenges.connect(challenger).takeBond(commitment);
      await expectRefusal(trial, call, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
    });

    it("reverts so for another challenger's, and for one that was never made", async () => {
      const trial = await loadFixture(made);
      const { challenges, challenger, stranger } = trial;
      await mine(2n * MAX_AGE);
      for (const [account, commitment] of [
        [stranger.address, COMMITMENT],
        [ZeroAddress, COMMITMENT],
        [challenger.address, ethers.ZeroHash],
      ] as const) {
        const call = () => challenges.burnBond(account, commitment);
        await expectRefusal(trial, call, "ChallengeManagerNoCommitment", [account, commitment]);
      }
    });
  });
});
