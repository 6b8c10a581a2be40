import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { bondVoter, commitmentTo, hashOf, type Reveal, toBlockOf } from "../helpers/health";
import { testParameters } from "../helpers/network";
import { passPeriods, toPeriod } from "../helpers/time";
import { targetNumbers } from "../models/health";
import {
  actingAs,
  commit,
  everySeat,
  mix,
  mixed,
  mixedSparse,
  nine,
  open,
  OTHER_SEED,
  ownTarget,
  pause,
  post,
  reveal,
  revealOf,
  SALT,
  type Scene,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  seatsOf,
  SEED,
  slash,
  type Slip,
  targetsOf,
  toEnd,
  toReveals,
  voterOf,
} from "./fixtures";
import { eventsOf, expectRefusal, wrongPhase } from "./observe";

/** Voter `place` has committed to a ballot against target 0, and the reveal phase is there. */
async function ready(scene: SceneWithRound, place = 0): Promise<SceneWithRound> {
  await commit(scene, place, [0]);
  await toReveals(scene);
  return scene;
}

const committed = async (): Promise<SceneWithRound> => ready(await loadFixture(mixed));
const committedSparse = async (): Promise<SceneWithRound> => ready(await loadFixture(mixedSparse));

/** Two miners in a network that once gave 66,049 = 257^2 numbers: 257 targets, two words. */
export const large = async (): Promise<Scene> => {
  const scene = await sceneOf([64n, 64n].map(seatsInNkms));
  await scene.escrow.pretendNumbers(66_049n);
  return scene;
};

async function largeMixed(): Promise<SceneWithRound> {
  const scene = await open(await loadFixture(large));
  await post(scene);
  await mix(scene);
  return scene;
}

describe("HealthVote.reveal", () => {
  describe("when a voter shows what it committed to", () => {
    it("counts its seats for the seed, and tells the ballot", async () => {
      const scene = await loadFixture(committed);
      const { votes, round } = scene;
      const { miner } = voterOf(scene, 0);
      expect(await eventsOf(votes, reveal(scene, 0, [0]))).to.deep.equal([["Revealed", round, miner, SEED, 64n, [1n]]]);
      const { votes: count, revealed } = await votes.roundOf(round);
      expect([count, revealed]).to.deep.equal([1n, 64n]);
      expect((await votes.seedsOf(round)).map(({ seats }) => seats)).to.deep.equal([64n, 0n]);
    });

    it("takes the seats that were committed to, all or some", async () => {
      for (const seats of [[0n], [63n], [0n, 7n, 63n]]) {
        const scene = await loadFixture(mixed);
        await commit(scene, 0, [0], { seats });
        await toReveals(scene);
        await reveal(scene, 0, [0], { seats });
        expect((await scene.votes.roundOf(scene.round)).revealed).to.equal(BigInt(seats.length));
      }
    });

    it("takes the winning seats that the model finds, where not all win", async () => {
      const scene = await loadFixture(committedSparse);
      const { votes, round } = scene;
      for (const place of scene.voters.keys()) {
        const { miner } = voterOf(scene, place);
        expect(await votes.winningSeats(round, miner, 0n, 100n)).to.deep.equal(await seatsOf(scene, place));
      }
      await reveal(scene, 0, [0]);
      expect((await votes.roundOf(round)).revealed).to.equal(BigInt((await seatsOf(scene, 0)).length));
    });

    it("works in the first block of the phase and in the last", async () => {
      for (const before of [160n, 259n]) {
        const scene = await loadFixture(committed);
        await toBlockOf(scene.votes, scene.round, before);
        await reveal(scene, 0, [0]);
      }
    });

    it("takes ballots for different seeds", async () => {
      const scene = await loadFixture(mixed);
      await commit(scene, 0, [0]);
      await commit(scene, 1, [1, 2], { seed: OTHER_SEED });
      await toReveals(scene);
      await reveal(scene, 1, [1, 2], { seed: OTHER_SEED });
      await reveal(scene, 0, [0]);
      expect((await scene.votes.seedsOf(scene.round)).map(({ seats }) => seats)).to.deep.equal([64n, 48n]);
      expect((await scene.votes.roundOf(scene.round)).revealed).to.equal(112n);
    });
  });

  describe("when it is another phase", () => {
    it("reverts with HealthVoteWrongPhase(round, current, from, to)", async () => {
      const scene = await loadFixture(mixed);
      await commit(scene, 0, [0]);
      await toBlockOf(scene.votes, scene.round, 159n);
      await wrongPhase(scene, () => reveal(scene, 0, [0]), 161n, 260n);
      await toBlockOf(scene.votes, scene.round, 260n);
      await wrongPhase(scene, () => reveal(scene, 0, [0]), 161n, 260n);
    });
  });

  describe("when it is not what was committed to", () => {
    it("reverts with HealthVoteOtherBallot(round, voter) for another ballot, seed or salt, and for other seats", async () => {
      const scene = await loadFixture(committed);
      const args = [scene.round, voterOf(scene, 0).miner];
      for (const call of [
        () => reveal(scene, 0, [1]),
        () => reveal(scene, 0, []),
        () => reveal(scene, 0, [0], { seed: OTHER_SEED }),
        () => reveal(scene, 0, [0], { salt: id("other") }),
        () => reveal(scene, 0, [0], { seats: [0n] }),
        () => reveal(scene, 0, [0], { seats: [] }),
      ]) {
        await expectRefusal(scene, call, "HealthVoteOtherBallot", args);
      }
      await reveal(scene, 0, [0]);
    });

    it("reverts so if the commitment was for another round, voter, contract or chain", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      const elsewhere = await ethers.deployContract("HealthVote", [scene.escrow, scene.registry, scene.health]);
      const [own, other] = [await revealOf(scene, 2, [0]), await revealOf(scene, 1, [0])];
      const commitments = [
        await commitmentTo(votes, round + 1n, own),
        await commitmentTo(votes, round, { ...own, voter: other.voter }),
        await commitmentTo(elsewhere, round, own),
        await commitmentTo(votes, round, own, 1n),
      ];
      const { operator } = voterOf(scene, 2);
      for (const commitment of commitments) {
        const again = await loadFixture(mixed);
        await votes.connect(operator).commit(round, own.voter, commitment);
        await toReveals(again);
        await expectRefusal(again, () => reveal(again, 2, [0]), "HealthVoteOtherBallot", [round, own.voter]);
      }
    });
  });

  describe("when the voter has no open commitment", () => {
    it("reverts with HealthVoteNotCommitted(round, voter) if it made none, or has shown it", async () => {
      const scene = await loadFixture(committed);
      const { round } = scene;
      await expectRefusal(scene, () => reveal(scene, 1, [0]), "HealthVoteNotCommitted", [
        round,
        voterOf(scene, 1).miner,
      ]);
      await reveal(scene, 0, [0]);
      await expectRefusal(scene, () => reveal(scene, 0, [0]), "HealthVoteNotCommitted", [
        round,
        voterOf(scene, 0).miner,
      ]);
    });
  });

  describe("when the ballot does not fit the targets", () => {
    const show = async (scene: SceneWithRound, ballot: readonly bigint[]) => {
      const { votes, round } = scene;
      const { miner, operator } = voterOf(scene, 0);
      const shown = { voter: miner, seed: SEED, ballot: [...ballot], salt: SALT, seats: [0n] };
      await votes.connect(operator).commit(round, miner, await commitmentTo(votes, round, shown));
      await toReveals(scene);
      return () => votes.connect(operator).reveal(round, [shown]);
    };

    it("reverts with HealthVoteBallotTooLong(given, words) for fewer words or more", async () => {
      for (const ballot of [[], [1n, 0n], [1n, 0n, 0n]]) {
        const scene = await loadFixture(mixed);
        await expectRefusal(scene, await show(scene, ballot), "HealthVoteBallotTooLong", [BigInt(ballot.length), 1n]);
      }
    });

    it("reverts with HealthVoteBallotTooLong(words + 1, words) for bits beyond the last target", async () => {
      for (const word of [1n << 3n, 1n << 255n, 15n]) {
        const scene = await loadFixture(mixed);
        await expectRefusal(scene, await show(scene, [word]), "HealthVoteBallotTooLong", [2n, 1n]);
      }
      const scene = await loadFixture(mixed);
      await (
        await show(scene, [7n])
      )();
    });

    it("takes two words for 257 targets, and one bit in the second", async () => {
      const scene = await loadFixture(largeMixed);
      expect(scene.targets).to.equal(257);
      await expectRefusal(scene, await show(scene, [1n]), "HealthVoteBallotTooLong", [1n, 2n]);
      for (const [ballot, fine] of [
        [[0n, 2n], false],
        [[(1n << 256n) - 1n, 1n], true],
        [[0n, 0n], true],
      ] as const) {
        const again = await loadFixture(largeMixed);
        const call = await show(again, ballot);
        if (fine) await call();
        else await expectRefusal(again, call, "HealthVoteBallotTooLong", [3n, 2n]);
      }
    });

    it("takes every bit of a word for 256 targets", async () => {
      const scene = await loadFixture(large);
      await scene.escrow.pretendNumbers(65_536n);
      const now = await open(scene);
      expect(now.targets).to.equal(256);
      await post(now);
      await mix(now);
      await (
        await show(now, [(1n << 256n) - 1n])
      )();
    });
  });

  describe("when the seed was not posted", () => {
    it("reverts with HealthVoteUnknownSeed(round, hash)", async () => {
      const scene = await loadFixture(mixed);
      const seed = id("never posted");
      await commit(scene, 0, [0], { seed });
      await toReveals(scene);
      await expectRefusal(scene, () => reveal(scene, 0, [0], { seed }), "HealthVoteUnknownSeed", [
        scene.round,
        hashOf(seed),
      ]);
    });
  });

  describe("when the seats are wrong", () => {
    /** Voter 0 has committed to these seats. */
    async function committedTo(
      fixture: () => Promise<SceneWithRound>,
      seats: readonly bigint[],
    ): Promise<SceneWithRound> {
      const scene = await loadFixture(fixture);
      await commit(scene, 0, [0], { seats });
      await toReveals(scene);
      return scene;
    }

    it("reverts with HealthVoteSeatsOutOfOrder(position) for equal or falling ones", async () => {
      for (const [seats, position] of [
        [[0n, 0n], 1n],
        [[3n, 4n, 2n], 2n],
      ] as const) {
        const scene = await committedTo(mixed, seats);
        await expectRefusal(scene, () => reveal(scene, 0, [0], { seats }), "HealthVoteSeatsOutOfOrder", [position]);
      }
    });

    it("reverts with HealthVoteNotASeat(round, voter, seat) for one that lost", async () => {
      const { voters, ...some } = await loadFixture(mixedSparse);
      const won = await seatsOf({ voters, ...some }, 0);
      const lost = Array.from({ length: 64 }, (_, i) => BigInt(i)).find((seat) => !won.includes(seat)) ?? -1n;
      const scene = await committedTo(mixedSparse, [lost]);
      await expectRefusal(scene, () => reveal(scene, 0, [0], { seats: [lost] }), "HealthVoteNotASeat", [
        scene.round,
        voterOf(scene, 0).miner,
        lost,
      ]);
    });

    it("reverts with HealthVoteNotCommitted(round, voter) if it lists none", async () => {
      const scene = await committedTo(mixed, []);
      await expectRefusal(scene, () => reveal(scene, 0, [0], { seats: [] }), "HealthVoteNotCommitted", [
        scene.round,
        voterOf(scene, 0).miner,
      ]);
    });
  });

  describe("when the voter does not have the seats, or no longer", () => {
    const nothingLeft = async (scene: SceneWithRound, place: number, slip: Slip) =>
      expectRefusal(scene, () => reveal(scene, place, [0], slip), "HealthVoteNotCommitted", [
        scene.round,
        voterOf(scene, place).miner,
      ]);

    it("counts those it has, and not those beyond", async () => {
      const seats = [0n, 63n, 64n, ethers.MaxUint256 - 1n];
      const scene = await loadFixture(mixed);
      await commit(scene, 0, [0], { seats });
      await toReveals(scene);
      const told = await eventsOf(scene.votes, reveal(scene, 0, [0], { seats }));
      expect(told.map(([, , , , count]) => count)).to.deep.equal([2n]);
      expect((await scene.votes.roundOf(scene.round)).revealed).to.equal(2n);
    });

    it("counts those that a slash has left", async () => {
      const scene = await loadFixture(committed);
      const seats = await seatsOf(scene, 0);
      await slash(scene, 0, seatsInNkms(10n) + 1n);
      const told = await eventsOf(scene.votes, reveal(scene, 0, [0], { seats }));
      expect(told.map(([, , , , count]) => count)).to.deep.equal([53n]);
      expect((await scene.votes.seedsOf(scene.round)).map((seed) => seed.seats)).to.deep.equal([53n, 0n]);
    });

    it("reverts with HealthVoteNotCommitted(round, voter) if a slash has left none, or less than s_min", async () => {
      const scene = await ready(await loadFixture(mixed), 8);
      const seats = await seatsOf(scene, 8);
      await slash(scene, 8, 1n);
      expect(await scene.votes.seatsOf(scene.round, voterOf(scene, 8).miner)).to.equal(0n);
      await nothingLeft(scene, 8, { seats });
    });

    it("reverts so for a voter that was paused, or paused and resumed, after the round opened", async () => {
      const scene = await loadFixture(committed);
      const { escrow } = scene;
      const seats = await seatsOf(scene, 0);
      const { miner, operator } = voterOf(scene, 0);
      await pause(scene, 0);
      await nothingLeft(scene, 0, { seats });
      await escrow.connect(operator).resume(miner);
      await nothingLeft(scene, 0, { seats });
    });

    it("reverts so for one whose locks have ended and were withdrawn, because time is faster than blocks", async () => {
      const scene = await loadFixture(committed);
      const { escrow, round, votes } = scene;
      const { miner } = voterOf(scene, 0);
      const seats = await seatsOf(scene, 0);
      await toPeriod(escrow, (await escrow.currentPeriod()) + 310n);
      await escrow.advance(400n);
      await escrow.connect(await actingAs(miner)).withdraw(await escrow.withdrawable(miner));
      expect(await votes.seatsOf(round, miner)).to.equal(0n);
      await nothingLeft(scene, 0, { seats });
    });
  });

  describe("when stake is added or a miner joins after the opening", () => {
    it("gives no seats in this round", async () => {
      const scene = await loadFixture(nine);
      const newcomer = {
        miner: ethers.getAddress(toBeHex(0xbeef, 20)),
        operator: new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider),
      };
      await bondVoter(scene.registry, newcomer);
      await passPeriods(scene.escrow, 1n);
      const round = await open(scene);
      await post(round);
      const [{ miner }] = [voterOf(scene, 8)];
      await scene.escrow.lockForMany([newcomer.miner, miner], [seatsInNkms(16n), seatsInNkms(16n)], 10n);
      await mix(round);
      expect(await round.votes.seatsOf(round.round, newcomer.miner)).to.equal(0n);
      expect(await round.votes.seatsOf(round.round, miner)).to.equal(16n);
      const joined = { ...round, voters: [...round.voters, newcomer] };
      await commit(joined, 9, [0], { seats: [0n] });
      await toReveals(round);
      await expectRefusal(joined, () => reveal(joined, 9, [0], { seats: [0n] }), "HealthVoteNotCommitted", [
        round.round,
        newcomer.miner,
      ]);
    });
  });

  describe("when the voter's number was released, because time is faster than blocks", () => {
    /**
     * Number 10 has committed, its locks ended with the round's period, V periods ago; it is target of this mix. So have
     * voters 0, 1 and 4, against that target.
     */
    async function leftIn(scene: Scene): Promise<SceneWithRound> {
      const { registry, escrow } = scene;
      const leaver = {
        miner: ethers.getAddress(toBeHex(0xbeef, 20)),
        operator: new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider),
      };
      await bondVoter(registry, leaver);
      await escrow.lockForMany([leaver.miner], [seatsInNkms(16n)], 2n);
      await passPeriods(escrow, 2n);
      const round = { ...(await open(scene)), voters: [...scene.voters, leaver] };
      await post(round);
      let value = 1n;
      while (!targetNumbers(SEED, toBeHex(value, 32), 10n).includes(10n)) value += 2n;
      await mix(round, value);
      await commit(round, 9, [0, 1, 2, 3]);
      const target = (await targetsOf(round)).indexOf(10n);
      for (const place of [0, 1, 4]) await commit(round, place, [target]);
      await toReveals(round);
      await passPeriods(escrow, 1n + (await escrow.VESTING()));
      await escrow.releaseNumber(leaver.miner);
      return round;
    }

    const left = async (): Promise<SceneWithRound> => leftIn(await loadFixture(nine));

    /** {@link left} where V is 1: then its number is free while the round can still be decided. */
    const quicklyLeft = async (): Promise<SceneWithRound> => {
      const quick = { ...testParameters, escrow: { ...testParameters.escrow, vesting: 1n } };
      return leftIn(await sceneOf(SEATS.map(seatsInNkms), everySeat, quick));
    };

    /** All its seats, and no bit is its own: who had the number is nobody now. */
    async function showsAll(scene: SceneWithRound): Promise<void> {
      await reveal(scene, 9, [0, 1, 2, 3]);
      expect((await scene.votes.roundOf(scene.round)).revealed).to.equal(16n);
      const target = (await targetsOf(scene)).indexOf(10n);
      expect(await scene.votes.targetOf(scene.round, SEED, target)).to.equal(ZeroAddress);
    }

    it("still shows its seats", async () => {
      await showsAll(await loadFixture(left));
    });

    it("does so with a new number, its old one or a higher one", async () => {
      for (const others of [0, 1]) {
        const scene = await loadFixture(left);
        const { miner } = voterOf(scene, 9);
        const some = [ethers.getAddress(toBeHex(0xcafe, 20))].slice(0, others);
        await scene.escrow.lockForMany(
          [...some, miner],
          [...some, miner].map(() => seatsInNkms(16n)),
          10n,
        );
        expect((await scene.escrow.minerOf(miner)).number).to.equal(10 + others);
        await showsAll(scene);
      }
    });

    it("votes on who had its old number, though it has that again: 144 of 272 seats are more than half", async () => {
      const scene = await loadFixture(quicklyLeft);
      const { votes, escrow, round } = scene;
      const target = (await targetsOf(scene)).indexOf(10n);
      const { miner } = voterOf(scene, 9);
      await escrow.lockForMany([miner], [seatsInNkms(16n)], 10n);
      expect((await escrow.minerOf(miner)).number).to.equal(10n);
      for (const place of [0, 1, 4]) await reveal(scene, place, [target]);
      await reveal(scene, 9, [0, 1, 2, 3]);
      await toEnd(scene);
      await votes.finalize(round, 100n);
      const { state, wanted, revealed } = await votes.roundOf(round);
      expect([state, wanted, revealed]).to.deep.equal([4n, 272n, 144n]);
      expect(await votes.verdictsOf(round)).to.deep.equal([1n << BigInt(target)]);
    });
  });

  describe("when somebody else sends it", () => {
    it("works for whoever knows ballot, seed and salt: the commitment was the voter's consent", async () => {
      const { stranger, voters } = await loadFixture(committed);
      for (const caller of [stranger, voters[1]?.operator, await actingAs(voters[0]?.miner ?? ZeroAddress)]) {
        if (!caller) throw new Error("expected two voters");
        const scene = await loadFixture(committed);
        const { votes, round } = scene;
        const shown = await revealOf(scene, 0, [0]);
        expect(await eventsOf(votes, votes.connect(caller).reveal(round, [shown]))).to.deep.equal([
          ["Revealed", round, shown.voter, SEED, 64n, [1n]],
        ]);
      }
    });

    it("reverts with HealthVoteOtherBallot(round, voter) for who knows all but the salt", async () => {
      const scene = await loadFixture(committed);
      const { votes, round, stranger } = scene;
      const shown = await revealOf(scene, 0, [0]);
      for (const salt of [ZeroHash, SEED, toBeHex(BigInt(SALT) ^ 1n, 32)]) {
        await expectRefusal(
          scene,
          () => votes.connect(stranger).reveal(round, [{ ...shown, salt }]),
          "HealthVoteOtherBallot",
          [round, shown.voter],
        );
      }
    });

    it("does not ask for the operator: it may be another one, or none, since the commit", async () => {
      const scene = await loadFixture(committed);
      const { votes, registry, round, stranger } = scene;
      const shown = await revealOf(scene, 0, [0]);
      await registry.connect(await actingAs(shown.voter)).unbondOperator();
      await votes.connect(stranger).reveal(round, [shown]);
      expect((await votes.roundOf(round)).revealed).to.equal(64n);
    });
  });

  describe("when ballots of several voters are shown together", () => {
    const ALL = [...SEATS.keys()];

    /** All have committed against target 0, voter 4 for the other seed. */
    async function allCommitted(): Promise<SceneWithRound> {
      const scene = await loadFixture(mixed);
      for (const place of ALL) await commit(scene, place, [0], { seed: place === 4 ? OTHER_SEED : SEED });
      await toReveals(scene);
      return scene;
    }

    const ballotsOf = (scene: SceneWithRound, places: readonly number[] = ALL): Promise<Reveal[]> =>
      Promise.all(places.map((place) => revealOf(scene, place, [0], { seed: place === 4 ? OTHER_SEED : SEED })));

    const told = ({ round }: SceneWithRound, shown: readonly Reveal[]) =>
      shown.map(({ voter, seed, ballot, seats }) => ["Revealed", round, voter, seed, BigInt(seats.length), ballot]);

    it("counts each as if it was shown alone, in the order they are listed", async () => {
      const scene = await loadFixture(allCommitted);
      const { votes, round, stranger } = scene;
      const shown = await ballotsOf(scene);
      expect(await eventsOf(votes, votes.connect(stranger).reveal(round, shown))).to.deep.equal(told(scene, shown));
      const together = await votes.roundOf(round);
      const seeds = await votes.seedsOf(round);
      expect([together.votes, together.revealed]).to.deep.equal([9n, 256n]);
      expect(seeds.map(({ seats }) => seats)).to.deep.equal([240n, 16n]);

      const alone = await loadFixture(allCommitted);
      for (const one of shown) await votes.connect(stranger).reveal(round, [one]);
      expect(await alone.votes.roundOf(round)).to.deep.equal(together);
      expect(await alone.votes.seedsOf(round)).to.deep.equal(seeds);
    });

    it("decides the same whatever the order and however they are split", async () => {
      const decisions = new Set<string>();
      for (const parts of [
        [ALL],
        [[...ALL].reverse()],
        [
          [3, 1],
          [8, 7, 0],
          [2, 4, 5, 6],
        ],
      ]) {
        const scene = await loadFixture(allCommitted);
        const { votes, round, stranger, voters } = scene;
        for (const part of parts) await votes.connect(stranger).reveal(round, await ballotsOf(scene, part));
        await toEnd(scene);
        await votes.finalize(round, 100n);
        const pay = await Promise.all(voters.map(async ({ miner }) => (await votes.payOf(miner)).unvested));
        decisions.add(String([await votes.verdictsOf(round), (await votes.roundOf(round)).paid, pay]));
      }
      expect(decisions.size).to.equal(1);
    });

    it("leaves out what was shown before: one's own reveal ahead of a joint one harms nobody", async () => {
      const scene = await loadFixture(allCommitted);
      const { votes, round, stranger } = scene;
      const shown = await ballotsOf(scene);
      await reveal(scene, 2, [0]);
      const others = shown.filter((_, place) => place !== 2);
      expect(await eventsOf(votes, votes.connect(stranger).reveal(round, shown))).to.deep.equal(told(scene, others));
      expect((await votes.roundOf(round)).revealed).to.equal(256n);
    });

    it("counts one that is listed twice once", async () => {
      const scene = await loadFixture(allCommitted);
      const { votes, round, stranger } = scene;
      const [one, two] = await ballotsOf(scene, [0, 1]);
      if (!one || !two) throw new Error("expected two ballots");
      const sent = votes.connect(stranger).reveal(round, [one, one, two, one]);
      expect(await eventsOf(votes, sent)).to.deep.equal(told(scene, [one, two]));
      expect((await votes.roundOf(round)).revealed).to.equal(112n);
    });

    it("leaves out who did not commit", async () => {
      const scene = await loadFixture(committed); // voter 0 alone
      const { votes, round, stranger } = scene;
      const [one, two] = await ballotsOf(scene, [0, 1]);
      if (!one || !two) throw new Error("expected two ballots");
      const nobody = { ...two, voter: stranger.address };
      expect(await eventsOf(votes, votes.connect(stranger).reveal(round, [two, one, nobody]))).to.deep.equal(
        told(scene, [one]),
      );
    });

    it("leaves out who has no seat any more, and counts fewer for who has fewer", async () => {
      const scene = await loadFixture(allCommitted);
      const { votes, round, stranger } = scene;
      const shown = await ballotsOf(scene, [0, 1, 8]);
      await slash(scene, 0, seatsInNkms(10n) + 1n);
      await pause(scene, 8);
      const seats = (await eventsOf(votes, votes.connect(stranger).reveal(round, shown))).map((event) => event[4]);
      expect(seats).to.deep.equal([53n, 48n]);
    });

    it("reverts with HealthVoteNotCommitted(round, the last voter) if none counts", async () => {
      const scene = await loadFixture(allCommitted);
      const { votes, round, stranger } = scene;
      const shown = await ballotsOf(scene, [0, 3, 1]);
      await votes.connect(stranger).reveal(round, shown);
      for (const [list, last] of [
        [shown, shown[2]?.voter],
        [shown.slice(0, 2), shown[1]?.voter],
        [[], ZeroAddress],
      ] as const) {
        await expectRefusal(scene, () => votes.connect(stranger).reveal(round, [...list]), "HealthVoteNotCommitted", [
          round,
          last,
        ]);
      }
    });

    it("refuses all if one is not what was committed to, or breaks the rules: who collects them leaves it out", async () => {
      const scene = await loadFixture(allCommitted);
      const { votes, round, stranger } = scene;
      const [one, two] = await ballotsOf(scene, [0, 1]);
      if (!one || !two) throw new Error("expected two ballots");
      const refused = (wrong: Reveal, error: string, args: readonly unknown[]) =>
        expectRefusal(scene, () => votes.connect(stranger).reveal(round, [one, wrong]), error, args);
      await refused({ ...two, ballot: [0n] }, "HealthVoteOtherBallot", [round, two.voter]);
      await votes.connect(stranger).reveal(round, [one, two]);
    });
  });

  describe("when the voter is a target itself", () => {
    it("ignores its own bit: it is shown, and not counted", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, voters } = scene;
      const own = await Promise.all(voters.map((_, place) => ownTarget(scene, place)));
      expect(own.filter((target) => target !== undefined).length).to.equal(3);
      for (const place of voters.keys()) await commit(scene, place, [0, 1, 2]);
      await toReveals(scene);
      for (const place of voters.keys()) {
        const told = await eventsOf(votes, reveal(scene, place, [0, 1, 2]));
        expect(told[0]?.[5]).to.deep.equal([7n]);
      }
      expect((await votes.roundOf(round)).revealed).to.equal(256n);
    });
  });

  describe("when it names no round", () => {
    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(committed);
      const { votes, stranger } = scene;
      const shown = await revealOf(scene, 0, [0]);
      for (const round of [0n, 2n, ethers.MaxUint256]) {
        const call = () => votes.connect(stranger).reveal(round, [shown]);
        await expectRefusal(scene, call, "HealthVoteUnknownRound", [round]);
      }
    });
  });
});
