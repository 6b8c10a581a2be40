import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { testParameters } from "../helpers/network";
import { passPeriods, toPeriod } from "../helpers/time";
import { decide, PayBook } from "../models/health";
import {
  actingAs,
  type Ballots,
  BALLOTS,
  castAll,
  commit,
  decided,
  mixed,
  mixedLittle,
  nine,
  open,
  OTHER_SEED,
  type Scene,
  type SceneWithRound,
  SEED,
  toNextOpening,
  voterOf,
  withCommitsOpen,
} from "./fixtures";
import { eventsOf, expectPay, expectRefusal, expectSolvent, factsOf } from "./observe";

const V = testParameters.escrow.vesting;

interface Paid extends SceneWithRound {
  pay: PayBook;
}

/** Books what a round paid. */
async function settled(scene: SceneWithRound, ballots: Ballots, pay: PayBook): Promise<void> {
  const decision = decide(await factsOf(scene, ballots, [SEED, OTHER_SEED]), 0n);
  if (!decision) throw new Error("expected a decision");
  pay.settle(decision, await scene.escrow.currentPeriod());
}

/** {@link decided}, with the model's book. */
async function paidOnce(): Promise<Paid> {
  const scene = await loadFixture(decided);
  const pay = new PayBook(V);
  await settled(scene, BALLOTS, pay);
  return { ...scene, pay };
}

/** {@link paidOnce}, with a book of its own. */
async function paid(): Promise<Paid> {
  const scene = await loadFixture(paidOnce);
  return { ...scene, pay: scene.pay.copy() };
}

/** A round in the period that is now, in which everybody of `places` finds target 0 unhealthy. */
async function oneMore(scene: Scene, pay: PayBook, ballots: Ballots): Promise<void> {
  await toNextOpening(scene);
  const next = await withCommitsOpen(await open(scene));
  await castAll(next, ballots);
  await next.votes.finalize(next.round, 100n);
  await settled(next, ballots, pay);
}

const truth: Ballots = { 0: { against: [0] }, 1: { against: [0] }, 2: { against: [0] } };

const claim = async ({ votes, ...scene }: Scene, place: number) =>
  votes.connect(await actingAs(voterOf({ votes, ...scene }, place).miner)).claimPay();

describe("HealthVote.claimPay", () => {
  describe("when pay has vested", () => {
    it("pays what was earned in period q from q + 1 + V on", async () => {
      const scene = await paid();
      const { votes, escrow, token, now, pay } = scene;
      const { miner } = voterOf(scene, 0);
      const amount = pay.unvested(miner, now);
      expect(amount).to.be.greaterThan(0n);
      for (let later = 0n; later <= V; later++) {
        await toPeriod(escrow, now + later);
        expect(await votes.payOf(miner)).to.deep.equal([0n, amount]);
        await expectRefusal(scene, () => claim(scene, 0), "HealthVoteNothingToPay", [miner]);
      }
      await toPeriod(escrow, now + V + 1n);
      expect(await votes.payOf(miner)).to.deep.equal([amount, 0n]);
      const before = await token.balanceOf(miner);
      expect(await eventsOf(votes, claim(scene, 0))).to.deep.equal([["PayClaimed", miner, amount]]);
      expect((await token.balanceOf(miner)) - before).to.equal(amount);
      expect(pay.claim(miner, now + V + 1n)).to.equal(amount);
      await expectPay(scene, pay);
      await expectSolvent(scene, 0n);
      await expectRefusal(scene, () => claim(scene, 0), "HealthVoteNothingToPay", [miner]);
    });

    it("pays a single base unit", async () => {
      const scene = await loadFixture(mixedLittle);
      const { votes, token, escrow, now } = scene;
      const { miner } = voterOf(scene, 8);
      // A quarter of 64 for 256 seats, all of whose voters agree; voter 8 has 16 of them.
      await castAll(scene, Object.fromEntries(scene.voters.map((_, place) => [place, { against: [] }])));
      await votes.finalize(scene.round, 100n);
      expect(await votes.payOf(miner)).to.deep.equal([0n, 1n]);
      await toPeriod(escrow, now + V + 1n);
      expect(await votes.payOf(miner)).to.deep.equal([1n, 0n]);
      expect(await eventsOf(votes, claim(scene, 8))).to.deep.equal([["PayClaimed", miner, 1n]]);
      expect(await token.balanceOf(miner)).to.equal(1n);
      expect(await votes.payOf(miner)).to.deep.equal([0n, 0n]);
    });

    it("pays it whenever it is fetched: nothing is lost when the ring goes round", async () => {
      const scene = await paid();
      const { escrow, votes, pay } = scene;
      // The place of each period's pay is needed twice.
      for (let i = 0n; i < 2n * (V + 1n) + 2n; i++) {
        await passPeriods(escrow, 1n);
        await oneMore(scene, pay, truth);
        await expectPay(scene, pay);
      }
      const now = await escrow.currentPeriod();
      const { miner } = voterOf(scene, 0);
      const [vested, unvested] = [pay.vested(miner, now), pay.unvested(miner, now)];
      expect([vested > 0n, unvested > 0n]).to.deep.equal([true, true]);
      expect(await eventsOf(votes, claim(scene, 0))).to.deep.equal([["PayClaimed", miner, pay.claim(miner, now)]]);
      expect(await votes.payOf(miner)).to.deep.equal([0n, unvested]);
      await passPeriods(escrow, 10n);
      await expectPay(scene, pay);
      expect(await eventsOf(votes, claim(scene, 0))).to.deep.equal([["PayClaimed", miner, unvested]]);
      await expectSolvent(scene, 0n);
    });

    it("keeps together what two rounds of one period paid @uninstrumented", async () => {
      const scene = await paid();
      await oneMore(scene, scene.pay, truth);
      await expectPay(scene, scene.pay);
    });

    it("is out of reach of verdicts and silence once it has vested @uninstrumented", async () => {
      const scene = await paid();
      const { escrow, votes, pay } = scene;
      const { miner } = voterOf(scene, 1);
      await passPeriods(escrow, V + 1n);
      const vested = pay.vested(miner, await escrow.currentPeriod());
      await toNextOpening(scene);
      const next = await withCommitsOpen(await open(scene));
      await commit(next, 1, [0]);
      const ballots: Ballots = { 0: { against: [0] }, 2: { against: [0] }, 3: { against: [0] }, 4: { against: [0] } };
      await castAll(next, ballots);
      await votes.finalize(next.round, 100n);
      const told = await eventsOf(votes, votes.reportSilence(next.round, miner, [0n, 1n]));
      expect(told).to.deep.equal([["SilenceReported", next.round, miner, 2n, 0n]]);
      expect(await votes.payOf(miner)).to.deep.equal([vested, 0n]);
    });

    it("takes what is lost from several periods, the newest first @uninstrumented", async () => {
      const scene = await paid();
      const { escrow, pay, votes } = scene;
      await passPeriods(escrow, 1n);
      // A small part in this period, of one seat; then a loss that is larger.
      await oneMore(scene, pay, { ...truth, 3: { against: [0], seats: [0n] } });
      const { miner } = voterOf(scene, 3);
      const newest = (await votes.payOf(miner)).unvested;
      await oneMore(scene, pay, { ...truth, 3: { against: [1, 2], seats: [0n, 1n, 2n, 3n] } });
      expect((await votes.payOf(miner)).unvested).to.be.lessThan(newest);
      await expectPay(scene, pay);
      await passPeriods(escrow, V);
      await expectPay(scene, pay); // what is left is of the older period
      expect((await votes.payOf(miner)).unvested).to.equal(0n);
    });
  });

  describe("when the miner is paused or has left", () => {
    it("pays what had vested all the same", async () => {
      const scene = await paid();
      const { votes, escrow, pay } = scene;
      const { miner } = voterOf(scene, 0);
      await passPeriods(escrow, V + 1n);
      const contract = await actingAs(await votes.getAddress());
      await ethers.provider.send("hardhat_setBalance", [contract.address, "0xde0b6b3a7640000"]);
      await escrow.connect(contract).pause(miner);
      const amount = pay.vested(miner, await escrow.currentPeriod());
      expect(await eventsOf(votes, claim(scene, 0))).to.deep.equal([["PayClaimed", miner, amount]]);
    });
  });

  describe("when there is nothing", () => {
    it("reverts with HealthVoteNothingToPay(miner)", async () => {
      for (const fixture of [nine, mixed]) {
        const scene = await loadFixture(fixture);
        await expectRefusal(scene, () => claim(scene, 0), "HealthVoteNothingToPay", [voterOf(scene, 0).miner]);
        const { votes, stranger } = scene;
        await expectRefusal(scene, () => votes.connect(stranger).claimPay(), "HealthVoteNothingToPay", [
          stranger.address,
        ]);
      }
    });
  });
});
