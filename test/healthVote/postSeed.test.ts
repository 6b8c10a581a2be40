import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { toBeHex, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { bondVoter, hashOf, toBlockOf } from "../helpers/health";
import { passPeriods } from "../helpers/time";
import {
  actingAs,
  OTHER_SEED,
  opened,
  openedSparse,
  post,
  type SceneWithRound,
  seatsOf,
  SEED,
  slash,
  voterOf,
} from "./fixtures";
import { eventsOf, expectRefusal, wrongPhase } from "./observe";

const HASH = hashOf(SEED);

const postAs = (scene: SceneWithRound, place: number, seat: bigint, hash = HASH) => {
  const { miner, operator } = voterOf(scene, place);
  return scene.votes.connect(operator).postSeed(scene.round, miner, seat, hash);
};

describe("HealthVote.postSeed", () => {
  describe("when a member of the committee posts", () => {
    it("stores the hash and the seat it was posted for", async () => {
      const scene = await loadFixture(opened);
      const { votes, round } = scene;
      const { miner } = voterOf(scene, 1);
      expect(await eventsOf(votes, postAs(scene, 1, 47n))).to.deep.equal([["SeedPosted", round, miner, 47n, HASH]]);
      expect(await votes.seedsOf(round)).to.deep.equal([[HASH, miner, 47n, 0n]]);
      expect((await votes.roundOf(round)).seeds).to.equal(1n);
    });

    it("takes one a seat, in the order they come", async () => {
      const scene = await loadFixture(opened);
      await postAs(scene, 0, 0n);
      await postAs(scene, 0, 63n, hashOf(OTHER_SEED));
      await postAs(scene, 8, 0n, toBeHex(7, 32));
      const seeds = await scene.votes.seedsOf(scene.round);
      expect(seeds.map(({ hash }) => hash)).to.deep.equal([HASH, hashOf(OTHER_SEED), toBeHex(7, 32)]);
    });

    it("takes it from the first block after the opening to four fifths of the phase: who knows mix is too late", async () => {
      const scene = await loadFixture(opened);
      const { votes, round } = scene;
      await postAs(scene, 0, 0n);
      await toBlockOf(votes, round, 47n);
      await postAs(scene, 0, 1n, hashOf(OTHER_SEED));
      const { openedBlock } = await votes.roundOf(round);
      expect(BigInt(await ethers.provider.getBlockNumber())).to.equal(openedBlock + 48n);
      await wrongPhase(scene, () => postAs(scene, 0, 2n), 1n, 48n);
    });
  });

  describe("when the seat does not vote", () => {
    it("reverts with HealthVoteNotASeat(round, voter, seat) for one that did not win", async () => {
      const scene = await loadFixture(openedSparse);
      const won = await seatsOf(scene, 0);
      expect(won.length).to.be.within(1, 30);
      const { miner } = voterOf(scene, 0);
      for (let seat = 0n; seat < 64n; seat++) {
        if (won.includes(seat)) continue;
        await expectRefusal(scene, () => postAs(scene, 0, seat), "HealthVoteNotASeat", [scene.round, miner, seat]);
        break;
      }
      await postAs(scene, 0, won[0] ?? 0n);
    });

    it("reverts so for one that the voter does not have", async () => {
      const scene = await loadFixture(opened);
      for (const seat of [16n, 1n << 32n, ethers.MaxUint256]) {
        await expectRefusal(scene, () => postAs(scene, 8, seat), "HealthVoteNotASeat", [
          scene.round,
          voterOf(scene, 8).miner,
          seat,
        ]);
      }
    });

    it("reverts so for a miner with a base unit less than s_min", async () => {
      const scene = await loadFixture(opened);
      const { miner } = voterOf(scene, 8);
      await slash(scene, 8, 1n);
      await expectRefusal(scene, () => postAs(scene, 8, 0n), "HealthVoteNotASeat", [scene.round, miner, 0n]);
    });

    it("reverts so for a miner that is paused", async () => {
      const scene = await loadFixture(opened);
      const { escrow, votes, round } = scene;
      const { miner } = voterOf(scene, 3);
      const contract = await actingAs(await votes.getAddress());
      await ethers.provider.send("hardhat_setBalance", [contract.address, "0xde0b6b3a7640000"]);
      await escrow.connect(contract).pause(miner);
      await expectRefusal(scene, () => postAs(scene, 3, 0n), "HealthVoteNotASeat", [round, miner, 0n]);
    });
  });

  describe("when there is such a seed", () => {
    it("reverts with HealthVoteSeedTwice(round, hash) for a hash that anybody posted", async () => {
      const scene = await loadFixture(opened);
      await postAs(scene, 0, 0n);
      for (const [place, seat] of [
        [0, 1n],
        [1, 0n],
      ] as const) {
        await expectRefusal(scene, () => postAs(scene, place, seat), "HealthVoteSeedTwice", [scene.round, HASH]);
      }
    });

    it("reverts so for a seat that posted another", async () => {
      const scene = await loadFixture(opened);
      await postAs(scene, 0, 0n);
      const other = hashOf(OTHER_SEED);
      await expectRefusal(scene, () => postAs(scene, 0, 0n, other), "HealthVoteSeedTwice", [scene.round, other]);
      await postAs(scene, 1, 0n, other);
    });
  });

  describe("when there are eight", () => {
    it("reverts with HealthVoteTooManySeeds(round, 8)", async () => {
      const scene = await loadFixture(opened);
      for (let i = 0; i < 8; i++) await postAs(scene, i, 0n, toBeHex(i + 1, 32));
      await expectRefusal(scene, () => postAs(scene, 8, 0n), "HealthVoteTooManySeeds", [scene.round, 8n]);
      expect((await scene.votes.seedsOf(scene.round)).length).to.equal(8);
    });
  });

  describe("when somebody else sends it", () => {
    it("reverts with HealthVoteNotOperator(caller, voter, operator), also for the miner itself", async () => {
      const scene = await loadFixture(opened);
      const { votes, round, stranger } = scene;
      const { miner, operator } = voterOf(scene, 0);
      for (const caller of [stranger, voterOf(scene, 1).operator, await actingAs(miner)]) {
        await expectRefusal(
          scene,
          () => votes.connect(caller).postSeed(round, miner, 0n, HASH),
          "HealthVoteNotOperator",
          [caller.address, miner, operator.address],
        );
      }
    });

    it("asks for the operator of the moment: zero while none counts", async () => {
      const scene = await loadFixture(opened);
      const { votes, round, registry, escrow } = scene;
      const { miner, operator } = voterOf(scene, 0);
      const next = new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider);
      await bondVoter(registry, { miner, operator: next });
      for (const caller of [operator, next]) {
        await expectRefusal(
          scene,
          () => votes.connect(caller).postSeed(round, miner, 0n, HASH),
          "HealthVoteNotOperator",
          [caller.address, miner, ZeroAddress],
        );
      }
      await passPeriods(escrow, 1n);
      await votes.connect(next).postSeed(round, miner, 0n, HASH);
    });
  });

  describe("when it names no round", () => {
    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(opened);
      const { votes } = scene;
      const { miner, operator } = voterOf(scene, 0);
      for (const round of [0n, 2n, 1n + (await votes.RING()), ethers.MaxUint256]) {
        await expectRefusal(
          scene,
          () => votes.connect(operator).postSeed(round, miner, 0n, HASH),
          "HealthVoteUnknownRound",
          [round],
        );
      }
      await post(scene);
    });
  });
});
