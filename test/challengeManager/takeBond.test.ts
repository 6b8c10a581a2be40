import { loadFixture, mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import type { Recipient__Mock } from "../../typechain-types";
import { answerOf, capsuleY, Fault, SALT } from "../helpers/challenges";
import { hintFor } from "../models/evidence";
import {
  accused,
  type Answer,
  BOND,
  commitmentTo,
  evidenceOf,
  expectRefusal,
  inThird,
  justOpened,
  MAX_AGE,
  MIN_AGE,
  reveal,
  toldBy,
  type Trial,
  wrongCfrag,
} from "./fixtures";

interface Revealed extends Trial {
  answer: Answer;
  commitment: string;
}

/** The challenger has proven a wrong answer of ann's. */
async function revealed(): Promise<Revealed> {
  const trial = await inThird();
  const cfrag = wrongCfrag(trial);
  const answer = await answerOf(trial, 0, cfrag);
  const commitment = await accused(trial, answer);
  await reveal(trial, answer, Fault.EquationU, hintFor(trial.capsule, cfrag, "U"));
  return { ...trial, answer, commitment };
}

interface ByContract extends Trial {
  contract: Recipient__Mock;
  /** Of two reveals: of the same answer with two salts. */
  commitments: [string, string];
}

/** A contract has proven the same twice: it has two bonds to take. */
async function byContract(): Promise<ByContract> {
  const trial = await inThird();
  const { challenges, capsule, terms } = trial;
  const contract = await ethers.deployContract("Recipient__Mock");
  const cfrag = wrongCfrag(trial);
  const answer = await answerOf(trial, 0, cfrag);
  const challenger = await contract.getAddress();
  const evidence = await evidenceOf(trial, answer);
  const salts = [SALT, ethers.id("another salt")];
  const commitments = await Promise.all(salts.map((salt) => commitmentTo(trial, evidence, { challenger, salt })));
  for (const commitment of commitments) {
    const data = challenges.interface.encodeFunctionData("commit", [commitment]);
    await contract.call(challenges, data, { value: BOND });
  }
  await mine(MIN_AGE);
  for (const salt of salts) {
    const hint = hintFor(capsule, cfrag, "U");
    const data = challenges.interface.encodeFunctionData("revealWrongAnswer", [
      terms,
      0n,
      answer,
      Fault.EquationU,
      capsuleY(trial),
      hint,
      salt,
    ]);
    await contract.call(challenges, data);
  }
  return { ...trial, contract, commitments: commitments as [string, string] };
}

const takeData = ({ challenges }: Trial, commitment: string): string =>
  challenges.interface.encodeFunctionData("takeBond", [commitment]);

describe("ChallengeManager.takeBond", () => {
  describe("when the commitment was revealed", () => {
    it("pays the bond, forgets the commitment, and emits BondTaken(challenger, commitment)", async () => {
      const { challenges, challenger, commitment } = await loadFixture(revealed);
      const sent = challenges.connect(challenger).takeBond(commitment);
      expect(await toldBy(challenges, sent)).to.deep.equal([["BondTaken", challenger.address, commitment]]);
      await expect(sent).to.changeEtherBalances([challenger, challenges], [BOND, -BOND]);
      expect(await challenges.commitmentOf(challenger, commitment)).to.deep.equal([0n, false]);
    });

    it("pays it however late", async () => {
      const { challenges, challenger, commitment } = await loadFixture(revealed);
      await mine(10n * MAX_AGE);
      await expect(challenges.connect(challenger).takeBond(commitment)).to.changeEtherBalance(challenger, BOND);
    });

    it("pays it once: ChallengeManagerNoCommitment(challenger, commitment)", async () => {
      const trial = await loadFixture(revealed);
      const { challenges, challenger, stranger, commitment } = trial;
      await challenges.connect(stranger).commit(commitment, { value: BOND }); // there is something to steal
      await challenges.connect(challenger).takeBond(commitment);
      const again = () => challenges.connect(challenger).takeBond(commitment);
      await expectRefusal(trial, again, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
    });

    it("pays nobody else: ChallengeManagerNoCommitment(caller, commitment)", async () => {
      const trial = await loadFixture(revealed);
      const { challenges, stranger, owner, ann, commitment } = trial;
      for (const caller of [stranger, owner, ann.account, ann.operator]) {
        const call = () => challenges.connect(caller).takeBond(commitment);
        await expectRefusal(trial, call, "ChallengeManagerNoCommitment", [caller.address, commitment]);
      }
    });
  });

  describe("when it was not revealed", () => {
    it("reverts with ChallengeManagerNotFounded(challenger, commitment), however old it is", async () => {
      const trial = await loadFixture(inThird);
      const { challenges, challenger } = trial;
      const commitment = await accused(trial, await answerOf(trial, 0, wrongCfrag(trial)), { age: 1n });
      for (const blocks of [0n, MIN_AGE, MAX_AGE]) {
        await mine(blocks);
        const call = () => challenges.connect(challenger).takeBond(commitment);
        await expectRefusal(trial, call, "ChallengeManagerNotFounded", [challenger.address, commitment]);
      }
    });

    it("reverts so after a reveal that was refused", async () => {
      const trial = await loadFixture(inThird);
      const { challenges, challenger } = trial;
      const answer = await answerOf(trial, 0, wrongCfrag(trial));
      const commitment = await accused(trial, answer);
      await expect(reveal(trial, answer, Fault.ScalarZ))
        .to.be.revertedWithCustomError(challenges, "UmbralProofNoFault")
        .withArgs(Fault.ScalarZ);
      const call = () => challenges.connect(challenger).takeBond(commitment);
      await expectRefusal(trial, call, "ChallengeManagerNotFounded", [challenger.address, commitment]);
    });
  });

  describe("when there is no such commitment", () => {
    it("reverts with ChallengeManagerNoCommitment(challenger, commitment)", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, challenger } = trial;
      for (const commitment of [ethers.ZeroHash, ethers.id("none")]) {
        const call = () => challenges.connect(challenger).takeBond(commitment);
        await expectRefusal(trial, call, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
      }
    });
  });

  describe("when the challenger is a contract", () => {
    it("reverts with ChallengeManagerBondRefused(challenger) if it refuses ether, and pays when it takes it", async () => {
      const trial = await loadFixture(byContract);
      const { challenges, contract, commitments } = trial;
      await contract.setRefuses(true);
      const call = () => contract.call(challenges, takeData(trial, commitments[0]));
      await expectRefusal(trial, call, "ChallengeManagerBondRefused", [await contract.getAddress()]);
      await contract.setRefuses(false);
      await expect(call()).to.changeEtherBalance(contract, BOND);
    });

    it("gives it one bond if it asks for the same again while it is paid", async () => {
      const trial = await loadFixture(byContract);
      const { challenges, contract, commitments } = trial;
      await contract.callThen(challenges, takeData(trial, commitments[0]));
      await expect(contract.call(challenges, takeData(trial, commitments[0]))).to.changeEtherBalances(
        [contract, challenges],
        [BOND, -BOND],
      );
      expect(await contract.received()).to.equal(1n);
      expect(await contract.answer()).to.equal(
        challenges.interface.encodeErrorResult("ChallengeManagerNoCommitment", [
          await contract.getAddress(),
          commitments[0],
        ]),
      );
      expect((await challenges.commitmentOf(contract, commitments[1])).founded).to.equal(true);
    });

    it("gives it both if it asks for its other one while it is paid", async () => {
      const trial = await loadFixture(byContract);
      const { challenges, contract, commitments } = trial;
      await contract.callThen(challenges, takeData(trial, commitments[1]));
      await expect(contract.call(challenges, takeData(trial, commitments[0]))).to.changeEtherBalances(
        [contract, challenges],
        [2n * BOND, -2n * BOND],
      );
      expect(await contract.received()).to.equal(2n);
      expect(await contract.answer()).to.equal("0x");
    });
  });
});
