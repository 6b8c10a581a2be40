import { loadFixture, mine, setPrevRandao, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { hashOf } from "../helpers/health";
import { testParameters } from "../helpers/network";
import { passPeriods, toPeriod } from "../helpers/time";
import {
  actingAs,
  castAll,
  decided,
  LAST_TARGETS,
  manyTargets,
  mix,
  mixed,
  nine,
  open,
  OTHER_SEED,
  post,
  RANDOMNESS,
  revealed,
  type Scene,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  SEED,
  targetsOf,
  toEnd,
  toNextOpening,
  voterOf,
} from "./fixtures";
import { eventsOf, expectRefusal, expectSolvent, unchanged } from "./observe";

/** The place of the voter that is target 0. */
const condemned = async (scene: SceneWithRound): Promise<number> => Number((await targetsOf(scene))[0]) - 1;

const enforce = ({ votes, round, stranger }: SceneWithRound, target = 0n, seed = SEED) =>
  votes.connect(stranger).enforce(round, target, seed);

/** Voters 0 to 2 find targets unhealthy in a round of this scene; they have more than half of the seats. */
async function condemnFirst(scene: Scene, against: readonly number[] = [0]): Promise<SceneWithRound> {
  const round = await open(scene);
  await post(round);
  await mix(round);
  await castAll(round, { 0: { against }, 1: { against }, 2: { against } });
  await round.votes.finalize(round.round, 100n);
  return round;
}

describe("HealthVote.enforce", () => {
  describe("when a target was found unhealthy", () => {
    it("pauses the miner and burns what it has earned and not vested, in both contracts", async () => {
      const scene = await loadFixture(decided);
      const { votes, escrow, token, round } = scene;
      const { miner } = voterOf(scene, await condemned(scene));
      const { unvested } = await votes.payOf(miner);
      const reward = await escrow.vesting(miner);
      const [supply, seats] = [await token.totalSupply(), await votes.seatsOf(round, miner)];
      expect([reward > 0n, seats > 0n]).to.deep.equal([true, true]);
      expect(await eventsOf(votes, enforce(scene))).to.deep.equal([["Enforced", round, 0n, miner, unvested]]);
      expect(supply - (await token.totalSupply())).to.equal(unvested + reward);
      expect((await votes.payOf(miner)).unvested).to.equal(0n);
      expect((await escrow.minerOf(miner)).paused).to.equal(true);
      expect(await escrow.lockedIn(miner, scene.now)).to.equal(seatsInNkms(seats)); // stake is not touched
      expect(await votes.seatsOf(round, miner)).to.equal(0n);
      await expectSolvent(scene, 0n);
    });

    it("pauses the miner it stands for, the last of a word of targets or the first of the next one", async () => {
      for (const { own, seed } of LAST_TARGETS) {
        const scene = await loadFixture(manyTargets);
        const { miner } = voterOf(scene, 4);
        const slip = { against: [own], seed };
        await castAll(scene, { 0: slip, 1: slip, 2: slip });
        await scene.votes.finalize(scene.round, 100n);
        for (const other of [0, 1, own - 1, own === 255 ? 256 : 255]) {
          const target = BigInt(other);
          await expectRefusal(scene, () => enforce(scene, target, seed), "HealthVoteNotUnhealthy", [
            scene.round,
            target,
          ]);
        }
        const told = await eventsOf(scene.votes, enforce(scene, BigInt(own), seed));
        expect(told).to.deep.equal([["Enforced", scene.round, BigInt(own), miner, 0n]]);
        expect((await scene.escrow.minerOf(miner)).paused).to.equal(true);
      }
    });

    it("burns health pay of V periods, and leaves what has vested", async () => {
      const scene = await loadFixture(decided);
      const { votes, escrow } = scene;
      // Pay of the first round has vested when a later round finds its voter unhealthy.
      await toPeriod(escrow, scene.now + testParameters.escrow.vesting + 1n);
      await toNextOpening(scene);
      const later = await open(scene, 12345n);
      await post(later);
      await mix(later);
      const places = [0, 1, 2, 3, 4, 5];
      await castAll(later, Object.fromEntries(places.map((place) => [place, { against: [0, 1, 2] }])));
      await votes.finalize(later.round, 100n);
      for (const [target, number] of (await targetsOf(later)).entries()) {
        const { miner } = voterOf(scene, Number(number) - 1);
        const before = await votes.payOf(miner);
        const told = await eventsOf(votes, enforce(later, BigInt(target)));
        expect(told).to.deep.equal([["Enforced", later.round, BigInt(target), miner, before.unvested]]);
        expect(await votes.payOf(miner)).to.deep.equal([before.vested, 0n]);
      }
    });

    it("burns what the miner was paid in each of the last V periods and in this one", async () => {
      const scene = await loadFixture(nine);
      const { votes, escrow } = scene;
      const paid = new Map<unknown, bigint[]>();
      let last = await open(scene);
      for (const against of [[0], [0], [0, 1, 2]]) {
        if (paid.size > 0) {
          await passPeriods(escrow, 1n);
          await toNextOpening(scene);
          last = await open(scene);
        }
        await post(last);
        await mix(last);
        await castAll(last, Object.fromEntries(SEATS.map((_, place) => [place, { against }])));
        for (const [name, , voter, , amount] of await eventsOf(votes, votes.finalize(last.round, 100n))) {
          if (name === "Scored") paid.set(voter, [...(paid.get(voter) ?? []), amount as bigint]);
        }
      }
      const { miner } = voterOf(scene, Number((await targetsOf(last))[1]) - 1);
      const parts = paid.get(miner) ?? [];
      expect(parts.filter((part) => part > 0n).length).to.equal(Number(testParameters.escrow.vesting) + 1);
      const sum = parts.reduce((a, b) => a + b);
      expect(await eventsOf(votes, enforce(last, 1n))).to.deep.equal([["Enforced", last.round, 1n, miner, sum]]);
      expect(await votes.payOf(miner)).to.deep.equal([0n, 0n]);
    });

    it("works through the period after the one it was decided in; then it reverts with HealthVoteTooLate(round, until)", async () => {
      for (const [later, fine] of [
        [1n, true],
        [2n, false],
      ] as const) {
        const scene = await loadFixture(decided);
        await toPeriod(scene.escrow, scene.now + later);
        if (fine) await enforce(scene);
        else await expectRefusal(scene, () => enforce(scene), "HealthVoteTooLate", [scene.round, scene.now + 1n]);
      }
    });

    it("counts from the period in which the last step was made @uninstrumented", async () => {
      const scene = await loadFixture(revealed);
      const { votes, round, escrow, now } = scene;
      await toPeriod(escrow, now + 2n);
      await votes.finalize(round, 100n);
      await toPeriod(escrow, now + 3n);
      await enforce(scene);
    });

    it("lapses after the third period, though scoring waited longer @uninstrumented", async () => {
      for (const [later, fine] of [
        [3n, true],
        [4n, false],
      ] as const) {
        const scene = await loadFixture(revealed);
        const { votes, round, escrow, now } = scene;
        await votes.finalize(round, 3n);
        await toPeriod(escrow, now + later);
        await votes.finalize(round, 100n);
        if (fine) await enforce(scene);
        else await expectRefusal(scene, () => enforce(scene), "HealthVoteTooLate", [round, now + 3n]);
      }
    });
  });

  describe("when there is nothing to do", () => {
    it("does nothing to a miner that is paused", async () => {
      const scene = await loadFixture(decided);
      await enforce(scene);
      await unchanged(scene, async () => expect(await eventsOf(scene.votes, enforce(scene))).to.deep.equal([]));
    });

    it("does nothing to one that has resumed since the round opened", async () => {
      const scene = await loadFixture(decided);
      const { escrow } = scene;
      const { miner, operator } = voterOf(scene, await condemned(scene));
      await enforce(scene);
      await escrow.connect(operator).resume(miner);
      await unchanged(scene, async () => expect(await eventsOf(scene.votes, enforce(scene))).to.deep.equal([]));
      expect((await escrow.minerOf(miner)).paused).to.equal(false);
    });

    it("does nothing to one that resumed in the second in which the round opened, and pauses one that did before", async () => {
      for (const before of [false, true]) {
        const scene = await loadFixture(nine);
        const { votes, escrow, stranger } = scene;
        // With SEED it is target 2.
        const { miner, operator } = voterOf(scene, 5);
        await escrow.connect(await actingAs(votes)).pause(miner);
        const gas = { gasLimit: 1_000_000n };
        await setPrevRandao(RANDOMNESS);
        await ethers.provider.send("evm_setAutomine", [before]);
        await escrow.connect(operator).resume(miner, gas);
        await time.setNextBlockTimestamp((await time.latest()) + 1);
        await votes.connect(stranger).openRound(gas);
        if (!before) await mine(1);
        await ethers.provider.send("evm_setAutomine", [true]);
        const { openedAt, budget, targets } = await votes.roundOf(1n);
        expect(openedAt - (await escrow.minerOf(miner)).resumedAt).to.equal(before ? 1n : 0n);

        const round = { ...scene, round: 1n, budget, targets: Number(targets) };
        await post(round);
        await mix(round);
        const slip = { against: [2] };
        await castAll(round, { 0: slip, 1: slip, 2: slip });
        await votes.finalize(1n, 100n);
        expect((await targetsOf(round))[2]).to.equal(6n);
        const told = await eventsOf(votes, enforce(round, 2n));
        expect(told.map(([name]) => name)).to.deep.equal(before ? ["Enforced"] : []);
      }
    });

    it("pauses one that has resumed before @uninstrumented", async () => {
      const scene = await loadFixture(nine);
      const { escrow, votes } = scene;
      for (const { miner, operator } of scene.voters.slice(3)) {
        await escrow.connect(await actingAs(votes)).pause(miner);
        await escrow.connect(operator).resume(miner);
      }
      await passPeriods(escrow, 1n);
      const round = await condemnFirst(scene);
      const told = await eventsOf(votes, enforce(round));
      expect(told.map(([name]) => name)).to.deep.equal(["Enforced"]);
    });

    it("does nothing to nobody: a number that was never given", async () => {
      const scene = await loadFixture(nine);
      await scene.escrow.pretendNumbers(10_000n);
      const round = await condemnFirst(scene);
      expect((await targetsOf(round))[0]).to.be.greaterThan(9n);
      expect(await round.votes.targetOf(round.round, SEED, 0n)).to.equal(ethers.ZeroAddress);
      await unchanged(round, async () => expect(await eventsOf(round.votes, enforce(round))).to.deep.equal([]));
    });

    it("does nothing to who got the number in the round's period or later", async () => {
      // 22 others leave early; their numbers pass on after V periods.
      const scene = await sceneOf(SEATS.slice(0, 3).map(seatsInNkms));
      const { escrow, votes } = scene;
      const leavers = Array.from({ length: 22 }, (_, i) => ethers.getAddress(ethers.toBeHex(0xa000 + i, 20)));
      await escrow.lockForMany(
        leavers,
        leavers.map(() => seatsInNkms(16n)),
        2n,
      );
      await passPeriods(escrow, 3n + testParameters.escrow.vesting);
      expect(await escrow.numbers()).to.equal(25n);
      const round = await condemnFirst(scene, [0, 1, 2, 3, 4]);
      const target = (await targetsOf(round)).find((number) => number > 3n) ?? 0n;
      const index = BigInt((await targetsOf(round)).indexOf(target));
      const old = await votes.targetOf(round.round, SEED, index);
      expect(leavers).to.include(old);
      await escrow.releaseNumber(old);
      expect(await votes.targetOf(round.round, SEED, index)).to.equal(ethers.ZeroAddress);
      const newcomer = ethers.getAddress(ethers.toBeHex(0xb000, 20));
      await escrow.lockForMany([newcomer], [seatsInNkms(16n)], 10n);
      expect(await escrow.holderOf(target)).to.deep.equal([newcomer, scene.now + 3n + testParameters.escrow.vesting]);
      expect(await votes.targetOf(round.round, SEED, index)).to.equal(ethers.ZeroAddress);
      await unchanged(round, async () => expect(await eventsOf(votes, enforce(round, index))).to.deep.equal([]));
      // A round of the next period may check it.
      await passPeriods(escrow, 1n);
      await toNextOpening(scene);
      const next = await open(scene);
      await post(next);
      await mix(next);
      expect((await targetsOf(next))[Number(index)]).to.equal(target);
      expect(await votes.targetOf(next.round, SEED, index)).to.equal(newcomer);
    });
  });

  describe("when the target was not found unhealthy", () => {
    it("reverts with HealthVoteNotUnhealthy(round, target) for a healthy one, and one that there is not", async () => {
      const scene = await loadFixture(decided);
      for (const target of [1n, 2n, 3n, 256n, ethers.MaxUint256]) {
        await expectRefusal(scene, () => enforce(scene, target), "HealthVoteNotUnhealthy", [scene.round, target]);
      }
    });
  });

  describe("when the seed is not the one that won", () => {
    it("reverts with HealthVoteUnknownSeed(round, hash)", async () => {
      const scene = await loadFixture(decided);
      for (const seed of [OTHER_SEED, id("never posted"), ZeroHash]) {
        await expectRefusal(scene, () => enforce(scene, 0n, seed), "HealthVoteUnknownSeed", [
          scene.round,
          hashOf(seed),
        ]);
      }
    });
  });

  describe("when the round is not decided", () => {
    it("reverts with HealthVoteWrongState(round, state)", async () => {
      const open_ = await loadFixture(mixed);
      await expectRefusal(open_, () => enforce(open_), "HealthVoteWrongState", [open_.round, 1n]);
      const half = await loadFixture(revealed);
      await half.votes.finalize(half.round, 0n);
      await expectRefusal(half, () => enforce(half), "HealthVoteWrongState", [half.round, 2n]);
      await half.votes.finalize(half.round, 2n);
      await expectRefusal(half, () => enforce(half), "HealthVoteWrongState", [half.round, 3n]);
      const voided = await loadFixture(mixed);
      await toEnd(voided);
      await voided.votes.finalize(voided.round, 1n);
      await expectRefusal(voided, () => enforce(voided), "HealthVoteWrongState", [voided.round, 5n]);
    });

    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(decided);
      for (const round of [0n, 2n, 65n]) {
        await expectRefusal(scene, () => scene.votes.enforce(round, 0n, SEED), "HealthVoteUnknownRound", [round]);
      }
    });
  });

  describe("when the escrow is behind", () => {
    it("closes the periods that wait", async () => {
      const scene = await loadFixture(decided);
      await toPeriod(scene.escrow, scene.now + 1n);
      expect(await scene.escrow.openPeriod()).to.equal(scene.now);
      await enforce(scene);
      expect(await scene.escrow.openPeriod()).to.equal(scene.now + 1n);
    });
  });
});
