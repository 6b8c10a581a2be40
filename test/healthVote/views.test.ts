import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { ZeroAddress } from "ethers";

import { hashOf } from "../helpers/health";
import { seatsFor } from "../models/health";
import { MIN_STAKE } from "../helpers/network";
import {
  castAll,
  decided,
  mix,
  mixed,
  mixedSparse,
  open,
  openedSparse,
  OTHER_SEED,
  post,
  revealed,
  SALT,
  sceneOf,
  SEATS,
  seatsInNkms,
  seatsOf,
  SEED,
  slash,
  smallRing,
  targetsOf,
  toNextOpening,
  voterOf,
} from "./fixtures";

describe("HealthVote.views", () => {
  describe("winningSeats", () => {
    it("lists in pages which seats of a voter win, as the model does @uninstrumented", async () => {
      const scene = await loadFixture(openedSparse);
      const { votes, round } = scene;
      for (const place of scene.voters.keys()) {
        const { miner } = voterOf(scene, place);
        const won = await seatsOf(scene, place);
        const pages = [];
        for (let from = 0n; from < 64n; from += 10n) pages.push(...(await votes.winningSeats(round, miner, from, 10n)));
        expect(pages).to.deep.equal(won);
      }
    });

    it("lists nothing beyond the voter's seats, nor of a stranger", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, stranger } = scene;
      const { miner } = voterOf(scene, 8);
      expect(await votes.winningSeats(round, miner, 14n, 100n)).to.deep.equal([14n, 15n]);
      expect(await votes.winningSeats(round, miner, 16n, 10n)).to.deep.equal([]);
      expect(await votes.winningSeats(round, miner, 0n, 0n)).to.deep.equal([]);
      expect(await votes.winningSeats(round, stranger, 0n, 10n)).to.deep.equal([]);
    });

    it("lists nothing of a miner with a base unit less than s_min", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      const { miner } = voterOf(scene, 8);
      await slash(scene, 8, 1n);
      expect(await votes.winningSeats(round, miner, 0n, 16n)).to.deep.equal([]);
    });
  });

  describe("seatsOf", () => {
    it("is floor(16 stake / s_min), and none below s_min", async () => {
      const stakes = [MIN_STAKE, MIN_STAKE + 1n, (MIN_STAKE * 17n) / 16n - 1n, (MIN_STAKE * 17n) / 16n, MIN_STAKE - 1n];
      const scene = await open(await sceneOf([...stakes, seatsInNkms(64n)]));
      const seats = await Promise.all(scene.voters.map(({ miner }) => scene.votes.seatsOf(scene.round, miner)));
      expect(seats.slice(0, 5)).to.deep.equal(stakes.map((stake) => seatsFor(stake, MIN_STAKE)));
      expect(seats.slice(0, 5)).to.deep.equal([16n, 16n, 16n, 17n, 0n]);
    });
  });

  describe("targetOf", () => {
    it("is the holder of the number that the model finds", async () => {
      for (const fixture of [mixed, mixedSparse]) {
        const scene = await loadFixture(fixture);
        for (const seed of [SEED, OTHER_SEED, SALT]) {
          for (const [target, number] of (await targetsOf(scene, seed)).entries()) {
            expect(await scene.votes.targetOf(scene.round, seed, target)).to.equal(
              voterOf(scene, Number(number) - 1).miner,
            );
          }
        }
      }
    });

    it("is nobody before the commit phase was opened, and for a target that there is not", async () => {
      const early = await loadFixture(openedSparse);
      expect(await early.votes.targetOf(early.round, SEED, 0n)).to.equal(ZeroAddress);
      const scene = await loadFixture(mixed);
      for (const target of [3n, 256n, ethers.MaxUint256]) {
        expect(await scene.votes.targetOf(scene.round, SEED, target)).to.equal(ZeroAddress);
      }
    });

    it("is nobody for a number given in the round's period, and one that nobody has", async () => {
      const scene = await sceneOf(SEATS.map(seatsInNkms));
      const late = Array.from({ length: 40 }, (_, i) => ethers.getAddress(ethers.toBeHex(0xa000 + i, 20)));
      await scene.escrow.lockForMany(
        late,
        late.map(() => MIN_STAKE),
        10n,
      );
      const round = await open(scene);
      await mix(round);
      let nobody = 0;
      for (const [target, number] of (await targetsOf(round)).entries()) {
        const expected = number <= 9n ? voterOf(scene, Number(number) - 1).miner : ZeroAddress;
        expect(await round.votes.targetOf(round.round, SEED, target)).to.equal(expected);
        if (number > 9n) nobody++;
      }
      expect(nobody).to.be.greaterThan(0);
    });
  });

  describe("seedsOf", () => {
    it("shows the seeds with what was revealed for each", async () => {
      const scene = await loadFixture(revealed);
      expect(await scene.votes.seedsOf(scene.round)).to.deep.equal([
        [hashOf(SEED), voterOf(scene, 0).miner, 0n, 240n],
        [hashOf(OTHER_SEED), voterOf(scene, 1).miner, 0n, 0n],
      ]);
    });
  });

  describe("verdictsOf", () => {
    it("shows the verdicts of a decided round", async () => {
      const scene = await loadFixture(decided);
      expect(await scene.votes.verdictsOf(scene.round)).to.deep.equal([1n]);
    });

    it("shows them while voters are being paid", async () => {
      const scene = await loadFixture(revealed);
      await scene.votes.finalize(scene.round, 1n);
      expect((await scene.votes.roundOf(scene.round)).state).to.equal(3n);
      expect(await scene.votes.verdictsOf(scene.round)).to.deep.equal([1n]);
    });

    it("shows none before: what stands in the round's place may be an older one's", async () => {
      const scene = await loadFixture(smallRing);
      const { votes } = scene;
      const first = await open(scene);
      await post(first);
      await mix(first);
      await castAll(first, { 0: { against: [1] }, 1: { against: [1] }, 2: { against: [1] } });
      await votes.finalize(1n, 100n);
      expect(await votes.verdictsOf(1n)).to.deep.equal([2n]);
      for (let round = 2n; round <= 5n; round++) {
        await toNextOpening(scene);
        await votes.openRound();
      }
      expect(await votes.verdictsOf(5n)).to.deep.equal([]);
      await expect(votes.verdictsOf(1n)).to.be.revertedWithCustomError(votes, "HealthVoteUnknownRound").withArgs(1n);
    });
  });

  describe("when they name no round", () => {
    it("revert with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(mixed);
      const { votes } = scene;
      const { miner } = voterOf(scene, 0);
      for (const round of [0n, 2n, 65n, ethers.MaxUint256]) {
        for (const call of [
          () => votes.roundOf(round),
          () => votes.seedsOf(round),
          () => votes.winningSeats(round, miner, 0n, 1n),
          () => votes.seatsOf(round, miner),
          () => votes.targetOf(round, SEED, 0n),
          () => votes.verdictsOf(round),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(votes, "HealthVoteUnknownRound").withArgs(round);
        }
      }
    });
  });

  describe("payOf", () => {
    it("is nothing for who never voted", async () => {
      const scene = await loadFixture(decided);
      expect(await scene.votes.payOf(scene.stranger)).to.deep.equal([0n, 0n]);
    });
  });
});
