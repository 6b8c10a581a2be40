import { loadFixture, mine, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { parseEther } from "ethers";
import { ethers } from "hardhat";

import { answerOf, Fault, SALT } from "../helpers/challenges";
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
  toldBy,
  wrongCfrag,
} from "./fixtures";

const COMMITMENT = ethers.id("commitment");

describe("ChallengeManager.commit", () => {
  describe("when the bond is sent along", () => {
    it("keeps it and the block, and emits Committed(challenger, commitment)", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, challenger } = trial;
      const sent = challenges.connect(challenger).commit(COMMITMENT, { value: BOND });
      expect(await toldBy(challenges, sent)).to.deep.equal([["Committed", challenger.address, COMMITMENT]]);
      await expect(sent).to.changeEtherBalances([challenger, challenges], [-BOND, BOND]);
      const block = BigInt(await ethers.provider.getBlockNumber());
      expect(await challenges.commitmentOf(challenger, COMMITMENT)).to.deep.equal([block, false]);
    });

    it("takes any 32 bytes, zero too", async () => {
      const { challenges, challenger } = await loadFixture(justOpened);
      for (const commitment of [ethers.ZeroHash, `0x${"ff".repeat(32)}`]) {
        await challenges.connect(challenger).commit(commitment, { value: BOND });
        expect((await challenges.commitmentOf(challenger, commitment)).madeAt).to.be.greaterThan(0n);
      }
    });

    it("keeps the same commitment of several accounts apart", async () => {
      const { challenges, challenger, stranger, owner } = await loadFixture(justOpened);
      const blocks: bigint[] = [];
      for (const by of [challenger, stranger]) {
        await challenges.connect(by).commit(COMMITMENT, { value: BOND });
        blocks.push((await challenges.commitmentOf(by, COMMITMENT)).madeAt);
      }
      expect(blocks[1]).to.equal((blocks[0] ?? 0n) + 1n);
      expect((await challenges.commitmentOf(challenger, COMMITMENT)).madeAt).to.equal(blocks[0]);
      expect(await challenges.commitmentOf(owner, COMMITMENT)).to.deep.equal([0n, false]);
      expect(await ethers.provider.getBalance(challenges)).to.equal(2n * BOND);
    });
  });

  describe("when another amount is sent along", () => {
    for (const [title, value] of [
      ["nothing", 0n],
      ["one wei less", BOND - 1n],
      ["one wei more", BOND + 1n],
      ["two bonds", 2n * BOND],
    ] as const) {
      it(`reverts with ChallengeManagerWrongBond(value, bond) for ${title}`, async () => {
        const trial = await loadFixture(justOpened);
        const { challenges, challenger } = trial;
        await setBalance(challenger.address, parseEther("10"));
        const call = () => challenges.connect(challenger).commit(COMMITMENT, { value });
        await expectRefusal(trial, call, "ChallengeManagerWrongBond", [value, BOND]);
        expect(await challenges.commitmentOf(challenger, COMMITMENT)).to.deep.equal([0n, false]);
      });
    }
  });

  describe("when the account has made this commitment", () => {
    it("reverts with ChallengeManagerCommitted(challenger, commitment), however old it is", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, challenger } = trial;
      await challenges.connect(challenger).commit(COMMITMENT, { value: BOND });
      for (const blocks of [0n, MIN_AGE, MAX_AGE]) {
        await mine(blocks);
        const call = () => challenges.connect(challenger).commit(COMMITMENT, { value: BOND });
        await expectRefusal(trial, call, "ChallengeManagerCommitted", [challenger.address, COMMITMENT]);
      }
    });

    it("reverts so after a founded reveal, too, as long as the bond is there", async () => {
      const trial = await loadFixture(inThird);
      const { challenges, challenger, capsule } = trial;
      const cfrag = wrongCfrag(trial);
      const answer = await answerOf(trial, 0, cfrag);
      const commitment = await accused(trial, answer, { salt: SALT });
      await reveal(trial, answer, Fault.EquationU, hintFor(capsule, cfrag, "U"));
      const again = () => challenges.connect(challenger).commit(commitment, { value: BOND });
      await expectRefusal(trial, again, "ChallengeManagerCommitted", [challenger.address, commitment]);
      await challenges.connect(challenger).takeBond(commitment);
      await again();
      expect((await challenges.commitmentOf(challenger, commitment)).founded).to.equal(false);
    });

    it("takes it again when the bond was burned, as a new one", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, challenger } = trial;
      await challenges.connect(challenger).commit(COMMITMENT, { value: BOND });
      await mine(MAX_AGE);
      await challenges.burnBond(challenger, COMMITMENT);
      await challenges.connect(challenger).commit(COMMITMENT, { value: BOND });
      const block = BigInt(await ethers.provider.getBlockNumber());
      expect(await challenges.commitmentOf(challenger, COMMITMENT)).to.deep.equal([block, false]);
    });
  });

  it("takes no ether but by a commitment", async () => {
    const { challenges, challenger } = await loadFixture(justOpened);
    await expect(challenger.sendTransaction({ to: challenges, value: 1n })).to.be.revertedWithoutReason();
  });
});
