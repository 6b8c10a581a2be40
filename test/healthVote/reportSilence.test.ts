import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { testParameters } from "../helpers/network";
import { toPeriod } from "../helpers/time";
import { decide, type Decision, PayBook, silencePart } from "../models/health";
import {
  actingAs,
  BALLOTS,
  type Ballots,
  castAll,
  commit,
  decided,
  everySeat,
  mixed,
  mixedSparse,
  open,
  OTHER_SEED,
  reveal,
  revealed,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  seatsOf,
  SEED,
  toEnd,
  toNextOpening,
  toReveals,
  voterOf,
  withCommitsOpen,
} from "./fixtures";
import { eventsOf, expectPay, expectRefusal, expectSolvent, factsOf } from "./observe";

const V = testParameters.escrow.vesting;
const SILENT = 1;
const ALL_OF = (count: bigint): bigint[] => Array.from({ length: Number(count) }, (_, i) => BigInt(i));

const report = ({ votes, round, stranger, ...scene }: SceneWithRound, place: number, seats: readonly bigint[]) =>
  votes.connect(stranger).reportSilence(round, voterOf({ votes, ...scene }, place).miner, [...seats]);

interface Told extends SceneWithRound {
  pay: PayBook;
  decision: Decision;
}

/** Voter 1 has pay of a first round, and is silent in the second; voter 3 keeps one of its 32 seats back. */
async function silent(against: readonly number[] = [0]): Promise<Told> {
  const first = await loadFixture(decided);
  const pay = new PayBook(V);
  const one = decide(await factsOf(first, BALLOTS, [SEED, OTHER_SEED]), 0n);
  if (!one) throw new Error("expected a decision");
  pay.settle(one, first.now);
  await toNextOpening(first);
  const scene = await withCommitsOpen(await open(first));
  await commit(scene, SILENT, [0]);
  // Voter 3 commits to 31 of its 32 seats.
  const ballots: Ballots = {
    ...Object.fromEntries([0, 2, 4, 5, 6, 7, 8].map((place) => [place, { against }])),
    3: { against, seats: ALL_OF(31n) },
  };
  await castAll(scene, ballots);
  const decision = decide(await factsOf(scene, ballots, [SEED, OTHER_SEED]), 0n);
  if (!decision) throw new Error("expected a decision");
  await scene.votes.finalize(scene.round, 100n);
  pay.settle(decision, scene.now);
  return { ...scene, pay, decision };
}

const silentWhereItTells = (): Promise<Told> => silent();
const silentWhereItDoesNot = (): Promise<Told> => silent([]);

describe("HealthVote.reportSilence", () => {
  describe("when a voter committed and did not show its ballot", () => {
    it("takes what J = -1 would have: P seats / n', from unvested pay, and burns it", async () => {
      const scene = await loadFixture(silentWhereItTells);
      const { votes, round, token, decision, now } = scene;
      const pay = scene.pay.copy();
      const { miner } = voterOf(scene, SILENT);
      const expected = silencePart(decision, 48n);
      const supply = await token.totalSupply();
      const taken = pay.takeBack(miner, expected, now);
      expect(await eventsOf(votes, report(scene, SILENT, ALL_OF(48n)))).to.deep.equal([
        ["SilenceReported", round, miner, 48n, taken],
      ]);
      expect(supply - (await token.totalSupply())).to.equal(taken);
      expect(taken).to.be.greaterThan(0n);
      await expectPay(scene, pay);
      await expectSolvent(scene, 0n);
    });

    it("takes by the seats that are listed, and the rest when more are found", async () => {
      const scene = await loadFixture(silentWhereItTells);
      const { votes, round, decision } = scene;
      const { miner } = voterOf(scene, SILENT);
      const told = await eventsOf(votes, report(scene, SILENT, [3n, 47n]));
      expect(told).to.deep.equal([["SilenceReported", round, miner, 2n, silencePart(decision, 2n)]]);
      for (const seats of [[], [0n], [0n, 1n]]) {
        await expectRefusal(scene, () => report(scene, SILENT, seats), "HealthVoteNotCommitted", [round, miner]);
      }
      const more = await eventsOf(votes, report(scene, SILENT, [0n, 3n, 7n, 9n, 47n]));
      expect(more).to.deep.equal([["SilenceReported", round, miner, 3n, silencePart(decision, 3n)]]);
    });

    it("takes for the seats that a voter kept back when it showed its ballot @uninstrumented", async () => {
      const scene = await loadFixture(silentWhereItTells);
      const { votes, round, decision } = scene;
      const { miner } = voterOf(scene, 3); // showed 31 of its 32
      const told = await eventsOf(votes, report(scene, 3, ALL_OF(32n)));
      expect(told).to.deep.equal([["SilenceReported", round, miner, 1n, silencePart(decision, 1n)]]);
      await expectRefusal(scene, () => report(scene, 3, ALL_OF(32n)), "HealthVoteNotCommitted", [round, miner]);
    });

    it("takes nothing from who has nothing", async () => {
      const scene = await loadFixture(decided);
      const { votes, round } = scene;
      const told = await eventsOf(votes, report(scene, 8, ALL_OF(16n)));
      expect(told).to.deep.equal([["SilenceReported", round, voterOf(scene, 8).miner, 16n, 0n]]);
    });

    it("takes nothing where there was nothing to find out @uninstrumented", async () => {
      const scene = await loadFixture(silentWhereItDoesNot);
      const { votes, round, decision, pay } = scene;
      expect(decision.telling).to.equal(false);
      const told = await eventsOf(votes, report(scene, SILENT, ALL_OF(48n)));
      expect(told).to.deep.equal([["SilenceReported", round, voterOf(scene, SILENT).miner, 48n, 0n]]);
      await expectPay(scene, pay);
    });
  });

  describe("when its time is over", () => {
    it("works through the second period after the round's; then it reverts with HealthVoteTooLate(round, until)", async () => {
      for (const [later, fine] of [
        [2n, true],
        [3n, false],
      ] as const) {
        const scene = await loadFixture(decided);
        await toPeriod(scene.escrow, scene.now + later);
        if (fine) await report(scene, 8, [0n]);
        else
          await expectRefusal(scene, () => report(scene, 8, [0n]), "HealthVoteTooLate", [scene.round, scene.now + 2n]);
      }
    });
  });

  describe("when rewards vest after one period", () => {
    /** Everybody but voter 1 has shown its ballot; V = 1. */
    async function quick(): Promise<SceneWithRound> {
      const parameters = { ...testParameters, escrow: { ...testParameters.escrow, vesting: 1n } };
      const scene = await withCommitsOpen(await open(await sceneOf(SEATS.map(seatsInNkms), everySeat, parameters)));
      await commit(scene, SILENT, [0]);
      await castAll(scene, Object.fromEntries([0, 2, 3, 4, 5, 6, 7, 8].map((place) => [place, { against: [0] }])));
      await scene.votes.finalize(scene.round, 100n);
      return scene;
    }

    it("works through the period after the round's; in the second one a claim takes the voter's seats away", async () => {
      const { miner } = voterOf(await loadFixture(quick), SILENT);
      for (const [later, fine] of [
        [1n, true],
        [2n, false],
      ] as const) {
        const scene = await loadFixture(quick);
        const { escrow, round } = scene;
        await toPeriod(escrow, scene.now + later);
        await escrow.connect(await actingAs(miner)).claim();
        if (fine) await report(scene, SILENT, ALL_OF(48n));
        else
          await expectRefusal(scene, () => report(scene, SILENT, ALL_OF(48n)), "HealthVoteNotASeat", [
            round,
            miner,
            0n,
          ]);
      }
    });
  });

  describe("when the voter was not silent", () => {
    it("reverts with HealthVoteNotCommitted(round, voter) if it showed its ballot or made none", async () => {
      const scene = await loadFixture(decided);
      await expectRefusal(scene, () => report(scene, 0, [0n]), "HealthVoteNotCommitted", [
        scene.round,
        voterOf(scene, 0).miner,
      ]);
      await expectRefusal(
        scene,
        () => scene.votes.reportSilence(scene.round, scene.stranger, [0n]),
        "HealthVoteNotCommitted",
        [scene.round, scene.stranger.address],
      );
    });

    it("reverts so for a commitment in another round", async () => {
      const scene = await loadFixture(silentWhereItTells);
      await expectRefusal(scene, () => report({ ...scene, round: 1n }, SILENT, [0n]), "HealthVoteNotCommitted", [
        1n,
        voterOf(scene, SILENT).miner,
      ]);
    });
  });

  describe("when the seats are wrong", () => {
    it("reverts with HealthVoteSeatsOutOfOrder(position)", async () => {
      const scene = await loadFixture(decided);
      for (const [seats, position] of [
        [[1n, 1n], 1n],
        [[2n, 1n], 1n],
      ] as const) {
        await expectRefusal(scene, () => report(scene, 8, seats), "HealthVoteSeatsOutOfOrder", [position]);
      }
    });

    it("reverts with HealthVoteNotASeat(round, voter, seat) for one that it does not have, or that lost", async () => {
      const scene = await loadFixture(decided);
      await expectRefusal(scene, () => report(scene, 8, [0n, 16n]), "HealthVoteNotASeat", [
        scene.round,
        voterOf(scene, 8).miner,
        16n,
      ]);

      const some = await loadFixture(mixedSparse);
      await commit(some, 1, [0]);
      for (const place of [0, 2, 3]) await commit(some, place, []);
      await toReveals(some);
      for (const place of [0, 2, 3]) if ((await seatsOf(some, place)).length > 0) await reveal(some, place, []);
      await toEnd(some);
      await some.votes.finalize(some.round, 100n);
      const won = await seatsOf(some, 1);
      const lost = ALL_OF(48n).find((seat) => !won.includes(seat)) ?? -1n;
      await expectRefusal(some, () => report(some, 1, [lost]), "HealthVoteNotASeat", [
        some.round,
        voterOf(some, 1).miner,
        lost,
      ]);
      await report(some, 1, won);
    });
  });

  describe("when the round is not decided", () => {
    it("reverts with HealthVoteWrongState(round, state)", async () => {
      const voting = await loadFixture(mixed);
      await expectRefusal(voting, () => report(voting, 8, [0n]), "HealthVoteWrongState", [voting.round, 1n]);
      const half = await loadFixture(revealed);
      await half.votes.finalize(half.round, 2n);
      await expectRefusal(half, () => report(half, 8, [0n]), "HealthVoteWrongState", [half.round, 3n]);
      const voided = await loadFixture(mixed);
      await commit(voided, 8, [0]);
      await toEnd(voided);
      await voided.votes.finalize(voided.round, 1n);
      await expectRefusal(voided, () => report(voided, 8, [0n]), "HealthVoteWrongState", [voided.round, 5n]);
    });

    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(decided);
      for (const round of [0n, 2n, ethers.MaxUint256]) {
        await expectRefusal(scene, () => report({ ...scene, round }, 8, [0n]), "HealthVoteUnknownRound", [round]);
      }
    });
  });
});
