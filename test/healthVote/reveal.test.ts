import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, toBeHex, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { bondVoter, commitmentTo, hashOf, toBlockOf } from "../helpers/health";
import { testParameters } from "../helpers/network";
import { passPeriods } from "../helpers/time";
import { targetNumbers } from "../models/health";
import {
  actingAs,
  ballotOf,
  commit,
  mix,
  mixed,
  mixedSparse,
  nine,
  open,
  OTHER_SEED,
  ownTarget,
  post,
  reveal,
  SALT,
  type Scene,
  sceneOf,
  type SceneWithRound,
  seatsInNkms,
  seatsOf,
  SEED,
  targetsOf,
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

    it("takes some of its seats, or all", async () => {
      for (const seats of [[0n], [63n], [0n, 7n, 63n]]) {
        const scene = await loadFixture(committed);
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
    it("reverts with HealthVoteOtherBallot(round, voter) for another ballot, seed or salt", async () => {
      const scene = await loadFixture(committed);
      const args = [scene.round, voterOf(scene, 0).miner];
      for (const call of [
        () => reveal(scene, 0, [1]),
        () => reveal(scene, 0, []),
        () => reveal(scene, 0, [0], { seed: OTHER_SEED }),
        () => reveal(scene, 0, [0], { salt: id("other") }),
      ]) {
        await expectRefusal(scene, call, "HealthVoteOtherBallot", args);
      }
      await reveal(scene, 0, [0]);
    });

    it("reverts so if the commitment was for another round, voter, contract or chain", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      const ballot = ballotOf(scene, [0]);
      const [{ miner }, other] = [voterOf(scene, 0), voterOf(scene, 1)];
      const elsewhere = await ethers.deployContract("HealthVote", [scene.escrow, scene.registry, scene.health]);
      const commitments = [
        await commitmentTo(votes, round + 1n, miner, SEED, ballot, SALT),
        await commitmentTo(votes, round, other.miner, SEED, ballot, SALT),
        await commitmentTo(elsewhere, round, miner, SEED, ballot, SALT),
      ];
      for (const [i, commitment] of commitments.entries()) {
        const { operator, miner: voter } = voterOf(scene, i + 2);
        await votes.connect(operator).commit(round, voter, commitment);
      }
      await toReveals(scene);
      for (const place of [2, 3, 4]) {
        await expectRefusal(scene, () => reveal(scene, place, [0]), "HealthVoteOtherBallot", [
          round,
          voterOf(scene, place).miner,
        ]);
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
      await votes.connect(operator).commit(round, miner, await commitmentTo(votes, round, miner, SEED, ballot, SALT));
      await toReveals(scene);
      return () => votes.connect(operator).reveal(round, miner, SEED, [...ballot], SALT, [0n]);
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
    it("reverts with HealthVoteSeatsOutOfOrder(position) for none, equal or falling ones", async () => {
      const scene = await loadFixture(committed);
      for (const [seats, position] of [
        [[], 0n],
        [[0n, 0n], 1n],
        [[3n, 4n, 2n], 2n],
      ] as const) {
        await expectRefusal(scene, () => reveal(scene, 0, [0], { seats }), "HealthVoteSeatsOutOfOrder", [position]);
      }
    });

    it("reverts with HealthVoteNotASeat(round, voter, seat) for one that it does not have, or that lost", async () => {
      const scene = await loadFixture(committed);
      const { round } = scene;
      for (const seat of [64n, ethers.MaxUint256]) {
        await expectRefusal(scene, () => reveal(scene, 0, [0], { seats: [0n, seat] }), "HealthVoteNotASeat", [
          round,
          voterOf(scene, 0).miner,
          seat,
        ]);
      }
      const some = await loadFixture(committedSparse);
      const won = await seatsOf(some, 0);
      const lost = Array.from({ length: 64 }, (_, i) => BigInt(i)).find((seat) => !won.includes(seat)) ?? -1n;
      await expectRefusal(some, () => reveal(some, 0, [0], { seats: [lost] }), "HealthVoteNotASeat", [
        some.round,
        voterOf(some, 0).miner,
        lost,
      ]);
    });

    it("reverts so for a voter that was paused, or paused and resumed, after the round opened", async () => {
      const scene = await loadFixture(committed);
      const { votes, escrow, round } = scene;
      const { miner, operator } = voterOf(scene, 0);
      const contract = await actingAs(await votes.getAddress());
      await ethers.provider.send("hardhat_setBalance", [contract.address, "0xde0b6b3a7640000"]);
      await escrow.connect(contract).pause(miner);
      const args = [round, miner, 0n];
      await expectRefusal(scene, () => reveal(scene, 0, [0], { seats: [0n] }), "HealthVoteNotASeat", args);
      await escrow.connect(operator).resume(miner);
      await expectRefusal(scene, () => reveal(scene, 0, [0], { seats: [0n] }), "HealthVoteNotASeat", args);
    });

    it("reverts so for seats whose stake was slashed meanwhile, not for the others", async () => {
      const scene = await loadFixture(committed);
      const { escrow, policies, round } = scene;
      const { miner } = voterOf(scene, 0);
      const contract = await actingAs(await policies.getAddress());
      await ethers.provider.send("hardhat_setBalance", [contract.address, "0xde0b6b3a7640000"]);
      await escrow.connect(contract).slash(miner, seatsInNkms(10n) + 1n, ZeroAddress, 0n);
      await expectRefusal(scene, () => reveal(scene, 0, [0], { seats: [53n] }), "HealthVoteNotASeat", [
        round,
        miner,
        53n,
      ]);
      await reveal(scene, 0, [0], { seats: [0n, 52n] });
    });

    it("has none for a miner that fell below s_min", async () => {
      const scene = await ready(await loadFixture(mixed), 8);
      const { escrow, policies, round, votes } = scene;
      const { miner } = voterOf(scene, 8);
      const contract = await actingAs(await policies.getAddress());
      await ethers.provider.send("hardhat_setBalance", [contract.address, "0xde0b6b3a7640000"]);
      await escrow.connect(contract).slash(miner, 1n, ZeroAddress, 0n);
      expect(await votes.seatsOf(round, miner)).to.equal(0n);
      await expectRefusal(scene, () => reveal(scene, 8, [0], { seats: [0n] }), "HealthVoteNotASeat", [
        round,
        miner,
        0n,
      ]);
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
      await commit(joined, 9, [0]);
      await toReveals(round);
      await expectRefusal(joined, () => reveal(joined, 9, [0], { seats: [0n] }), "HealthVoteNotASeat", [
        round.round,
        newcomer.miner,
        0n,
      ]);
    });
  });

  describe("when the voter's number was released, because time is faster than blocks", () => {
    /** Number 10 has committed, its locks ended with the round's period, V periods ago; it is target of this mix. */
    async function left(): Promise<SceneWithRound> {
      const scene = await loadFixture(nine);
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
      await toReveals(round);
      await passPeriods(escrow, 1n + testParameters.escrow.vesting);
      await escrow.releaseNumber(leaver.miner);
      return round;
    }

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
  });

  describe("when somebody else sends it", () => {
    it("reverts with HealthVoteNotOperator(caller, voter, operator), though it knows everything", async () => {
      const scene = await loadFixture(committed);
      const { votes, round, stranger } = scene;
      const { miner, operator } = voterOf(scene, 0);
      for (const caller of [stranger, voterOf(scene, 1).operator, await actingAs(miner)]) {
        await expectRefusal(
          scene,
          () => votes.connect(caller).reveal(round, miner, SEED, [1n], SALT, [0n]),
          "HealthVoteNotOperator",
          [caller.address, miner, operator.address],
        );
      }
    });

    it("reverts so, with zero, until a new operator counts, and the old one's time is over", async () => {
      const scene = await loadFixture(committed);
      const { registry } = scene;
      const { miner, operator } = voterOf(scene, 0);
      const next = new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider);
      await bondVoter(registry, { miner, operator: next });
      await expectRefusal(scene, () => reveal(scene, 0, [0]), "HealthVoteNotOperator", [
        operator.address,
        miner,
        ZeroAddress,
      ]);
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
      const { votes } = scene;
      const { miner, operator } = voterOf(scene, 0);
      await expectRefusal(
        scene,
        () => votes.connect(operator).reveal(2n, miner, SEED, [1n], SALT, [0n]),
        "HealthVoteUnknownRound",
        [2n],
      );
    });
  });
});
