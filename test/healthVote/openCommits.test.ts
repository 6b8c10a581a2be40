import { loadFixture, setPrevRandao } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { toBeHex } from "ethers";
import { ethers } from "hardhat";

import { toBlockOf } from "../helpers/health";
import { MIX, mix, mixed, opened, post } from "./fixtures";
import { eventsOf, expectRefusal, wrongPhase } from "./observe";

describe("HealthVote.openCommits", () => {
  describe("when the commit phase has come", () => {
    it("notes the block's randomness, for anybody", async () => {
      const scene = await loadFixture(opened);
      const { votes, round, stranger } = scene;
      await post(scene);
      await toBlockOf(votes, round, await votes.SEEDS_END());
      await setPrevRandao(MIX);
      const told = await eventsOf(votes, votes.connect(stranger).openCommits(round));
      expect(told).to.deep.equal([["Mixed", round, toBeHex(MIX, 32)]]);
      expect((await votes.roundOf(round)).mix).to.equal(toBeHex(MIX, 32));
    });

    it("is never zero, whatever the block has", async () => {
      const scene = await loadFixture(opened);
      await mix(scene, 0n);
      expect((await scene.votes.roundOf(scene.round)).mix).to.equal(toBeHex(1, 32));
    });

    it("works in the first block of the phase and in the last, though no seed was posted", async () => {
      for (const before of [60n, 159n]) {
        const scene = await loadFixture(opened);
        const { votes, round } = scene;
        await toBlockOf(votes, round, before);
        await votes.openCommits(round);
        const { openedBlock } = await votes.roundOf(round);
        expect(BigInt(await ethers.provider.getBlockNumber())).to.equal(openedBlock + before + 1n);
      }
    });
  });

  describe("when it is another phase", () => {
    it("reverts with HealthVoteWrongPhase(round, current, from, to)", async () => {
      for (const before of [59n, 160n, 260n]) {
        const scene = await loadFixture(opened);
        await toBlockOf(scene.votes, scene.round, before);
        await wrongPhase(scene, () => scene.votes.openCommits(scene.round), 61n, 160n);
      }
    });
  });

  describe("when it was opened", () => {
    it("reverts with HealthVoteMixed(round): randomness is drawn once", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      await expectRefusal(scene, () => votes.openCommits(round), "HealthVoteMixed", [round]);
    });
  });

  describe("when it names no round", () => {
    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(mixed);
      await expectRefusal(scene, () => scene.votes.openCommits(2n), "HealthVoteUnknownRound", [2n]);
    });
  });
});
