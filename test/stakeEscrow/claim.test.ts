import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { locksOf } from "../helpers/locks";
import { MIN_STAKE, testParameters } from "../helpers/network";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import { healthShare, nextIssue } from "../models/issuance";
import {
  CATCH_UP,
  STAKE,
  type Scene,
  type SceneWithLock,
  TERM,
  VESTING,
  aliceEarns,
  aliceJustLocked,
  lockAs,
  modelOf,
  nobodyStakes,
  pauseNow,
  reach,
  seatOf,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

const { firstIssue, healthPpm } = testParameters.escrow;
/** The stakers' part of the first issue there is: s0 less the health votes' share. Alone, alice gets all of it. */
const FIRST_REWARD = firstIssue - healthShare(firstIssue, healthPpm);

/**
 * Rewards are shared in 2^-64 base units per unit of stake, rounded down: `amount` gets less than this many base units
 * too little of a period. The division's rest goes to the next period, so it never adds up to more.
 */
const roundingOf = (amount: bigint): bigint => amount / 2n ** 64n + 1n;

/** Periods in which nothing happens any more. */
const LONG_AFTER = 100n;

/** Alice, bob and carol hold 1,600, 640 and a little more than 16 NKMS; their locks begin in now + 1. */
async function threeShare(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  const stakes = [
    [scene.bob, "bob", nkms("640")],
    [scene.carol, "carol", MIN_STAKE + 1n],
  ] as const;
  for (const [miner, name, amount] of stakes) {
    await lockAs(scene, miner, amount, TERM);
    scene.economy.lock(name, amount, TERM);
  }
  return scene;
}

/** Alice holds one unit less than L_min. */
async function aliceHoldsTooLittle(): Promise<Scene> {
  const scene = await nobodyStakes();
  const amount = testParameters.escrow.minEarning - 1n;
  await lockAs(scene, scene.alice, amount, TERM);
  scene.economy.lock("alice", amount, TERM);
  return scene;
}

describe("StakeEscrow.claim", () => {
  describe("when a period has vested", () => {
    it("pays nothing in the last second before q + 1 + V, and the reward of q from its first second", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      const vestsIn = now + 1n + VESTING;
      await nextTransactionAt(startOf(vestsIn) - 1n);
      expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([]);
      await nextTransactionAt(startOf(vestsIn));
      expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([
        // 900,000 NKMS over 1,600 NKMS: 562.5 per unit, without a rest.
        ["RewardPaid", alice.address, alice.address, FIRST_REWARD],
      ]);
    });

    it("pays the miner, tells RewardPaid, returns the amount and notes until when", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 1n + VESTING, model);
      const reward = model.claimable("alice");
      expect(reward).to.equal(FIRST_REWARD);
      expect(await escrow.connect(alice).claim.staticCall()).to.equal(reward);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([
          ["RewardPaid", alice.address, alice.address, reward],
        ]),
      );
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
      expect((await escrow.minerOf(alice)).paidUntil).to.equal(now + 1n);
    });

    it("leaves the locks, the totals and the seat as they are", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const seat = await seatOf(escrow, alice.address);
      await reach(scene, now + 1n + VESTING);
      await escrow.connect(alice).claim();
      expect(await locksOf(escrow, alice.address)).to.deep.equal([held]);
      expect(await escrow.earningIn(now + 1n + VESTING)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end)).to.equal(0n);
      expect(await seatOf(escrow, alice.address)).to.deep.equal(seat);
    });

    it("pays several periods at once", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 7n, model);
      // Five periods have vested, each with the next issue of the schedule.
      let all = 0n;
      let issued = testParameters.initialSupply;
      const schedule = { ...testParameters, firstIssue };
      for (let i = 0n; i < 7n - VESTING; i++) {
        const issue = nextIssue(schedule, issued);
        all += issue - healthShare(issue, healthPpm);
        issued += issue;
      }
      const reward = model.claim("alice");
      expect(all - reward).to.be.within(0n, roundingOf(STAKE));
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
    });

    it("pays what the preview said, also while periods wait to be closed", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, alice, bob, carol, now } = scene;
      const model = modelOf(scene);
      await toPeriod(escrow, now + 8n);
      model.toPeriod(now + 8n);
      expect(await escrow.openPeriod(), "nothing has closed since").to.equal(now);
      for (const [miner, name] of [
        [alice, "alice"],
        [bob, "bob"],
        [carol, "carol"],
      ] as const) {
        const reward = model.claimable(name);
        expect(reward).to.be.greaterThan(0n);
        expect(await escrow.claimable(miner), name).to.equal(reward);
        expect(await eventsOf(escrow, escrow.connect(miner).claim())).to.deep.equal([
          ["RewardPaid", miner.address, miner.address, reward],
        ]);
      }
    });
  });

  describe("when nothing has vested", () => {
    it("pays nothing and does not revert for a miner that has just locked", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice } = scene;
      expect(await escrow.connect(alice).claim.staticCall()).to.equal(0n);
      await unchanged(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([]),
      );
    });

    it("pays nothing the second time in a period", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      await reach(scene, now + 5n);
      await escrow.connect(alice).claim();
      await unchanged(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([]),
      );
      await nextTransactionAt(startOf(now + 6n) - 1n);
      expect(await eventsOf(escrow, escrow.connect(alice).claim()), "in its last second").to.deep.equal([]);
    });

    it("pays nothing to an account that never locked, and its first lock earns all the same", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, dave, now } = scene;
      const model = modelOf(scene);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(dave).claim())).to.deep.equal([]),
      );
      expect(moves).to.deep.equal({});
      await escrow.connect(dave).lock(STAKE, TERM);
      model.lock("dave", STAKE, TERM);
      await reach(scene, now + 3n + VESTING, model);
      const reward = model.claim("dave");
      expect(reward).to.be.greaterThan(0n);
      expect(await moved(scene, () => escrow.connect(dave).claim())).to.deep.equal({ dave: reward, escrow: -reward });
    });
  });

  describe("when miners share a period", () => {
    it("pays each by its share of what earns, and all of them together what was issued but for the dust", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, alice, bob, carol, now } = scene;
      await reach(scene, now + 2n + VESTING);
      const shares = [
        [alice, STAKE],
        [bob, nkms("640")],
        [carol, MIN_STAKE + 1n],
      ] as const;
      const all = shares.reduce((sum, [, amount]) => sum + amount, 0n);
      let paid = 0n;
      for (const [miner, amount] of shares) {
        const reward = await escrow.connect(miner).claim.staticCall();
        expect((FIRST_REWARD * amount) / all - reward).to.be.within(0n, roundingOf(amount));
        paid += reward;
        await escrow.connect(miner).claim();
      }
      expect(FIRST_REWARD - paid).to.be.within(0n, roundingOf(all) + 3n);
    });

    it("pays one unit of stake its share", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, bob, now } = scene;
      const model = modelOf(scene);
      await lockAs(scene, bob, MIN_STAKE, TERM);
      model.lock("bob", MIN_STAKE, TERM);
      await reach(scene, now + 1n, model);
      // One unit is left of bob's: it goes on earning, next to 1.6e21 of alice's.
      await scene.policyManager.slash(escrow, bob, MIN_STAKE - 1n, alice, 0n);
      model.slash("bob", MIN_STAKE - 1n, "alice", 0n);
      await reach(scene, now + 4n + VESTING, model);
      const [ofBob, ofAlice] = [model.claim("bob"), model.claim("alice")];
      // Three periods of 900,000 NKMS shared by 1,600: 562.5 each, rounded down; the schedule falls a little.
      expect(ofBob).to.be.within(3n * 562n - 1n, 3n * 563n);
      expect(await moved(scene, () => escrow.connect(bob).claim())).to.deep.equal({ bob: ofBob, escrow: -ofBob });
      expect(await moved(scene, () => escrow.connect(alice).claim())).to.deep.equal({
        alice: ofAlice,
        escrow: -ofAlice,
      });
    });
  });

  describe("when a lock ends", () => {
    it("pays the last period V periods after the end and nothing later", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end + VESTING - 1n, model);
      await escrow.connect(alice).claim();
      model.claim("alice");
      const last = startOf(held.end + VESTING);
      await nextTransactionAt(last - 1n);
      expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([]);
      await nextTransactionAt(last);
      model.toPeriod(held.end + VESTING);
      const reward = model.claim("alice");
      expect(reward).to.be.greaterThan(0n);
      expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([
        ["RewardPaid", alice.address, alice.address, reward],
      ]);
      await reach(scene, held.end + VESTING + 5n);
      expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([]);
    });

    it("pays what an ended lock earned long after, too", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      const later = held.end + LONG_AFTER;
      await reach(scene, later, model);
      const reward = model.claim("alice");
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
      expect(reward).to.be.greaterThan(0n);
    });
  });

  describe("when a miner has several locks", () => {
    it("pays each lock from its start until its end, rounded down on its own", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      for (const [amount, periods] of [
        [7n, 3n],
        [nkms("1,000") + 1n, 5n],
        [nkms("33.3"), 12n],
      ] as const) {
        await escrow.connect(alice).lock(amount, periods);
        model.lock("alice", amount, periods);
        await reach(scene, model.now + 1n, model);
      }
      for (const period of [now + 6n, now + 9n, now + 20n]) {
        await reach(scene, period, model);
        const reward = model.claim("alice");
        const moves = await moved(scene, () => escrow.connect(alice).claim());
        expect(moves, `in ${period - now}`).to.deep.equal({ alice: reward, escrow: -reward });
      }
    });

    it("pays a topped-up lock no more for the periods before", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 4n, model);
      await escrow.connect(alice).topUp(alice, held.number, held.end, 9n * STAKE);
      model.topUp("alice", "alice", held.number, held.end, 9n * STAKE);
      const before = model.claimable("alice");
      expect(await escrow.claimable(alice)).to.equal(before);
      await reach(scene, now + 4n + VESTING, model);
      // Periods now + 1 .. now + 3 have vested: the top-up counts from now + 5.
      const reward = model.claim("alice");
      expect(reward).to.be.lessThan(4n * FIRST_REWARD);
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
      await reach(scene, held.end + VESTING, model);
      const rest = model.claim("alice");
      expect(await moved(scene, () => escrow.connect(alice).claim())).to.deep.equal({ alice: rest, escrow: -rest });
    });
  });

  describe("when a miner claims every period", () => {
    it("gets what one claim at the end gets, but for one unit a lock and claim", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, carol, held, now } = scene;
      const [patient, busy] = [modelOf(scene), modelOf(scene)];
      const end = held.end + VESTING;
      patient.toPeriod(end);
      const atOnce = patient.claim("carol");
      let claims = 0n;
      let sum = 0n;
      for (let period = now + 1n; period <= end; period++) {
        await reach(scene, period, busy);
        const reward = await escrow.connect(carol).claim.staticCall();
        expect(reward, `in ${period - now}`).to.equal(busy.claim("carol"));
        await escrow.connect(carol).claim();
        sum += reward;
        claims++;
      }
      expect(atOnce - sum).to.be.within(0n, claims);
    });
  });

  describe("when the miner is paused", () => {
    it("pays nothing, however long", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, alice, now } = scene;
      await reach(scene, now + 4n);
      await pauseNow(scene, alice);
      const { paidUntil } = await escrow.minerOf(alice);
      expect(paidUntil).to.equal(now + 4n);
      for (const period of [now + 4n, now + 5n, now + 4n + VESTING, now + 15n]) {
        await reach(scene, period);
        const moves = await moved(scene, async () =>
          expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([]),
        );
        expect(moves, `in ${period - now}`).to.deep.equal({});
      }
    });

    it("never pays what was forfeited, nor the period of the pause, after resume", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 4n, model);
      await pauseNow(scene, alice);
      const { forfeited } = model.pause("alice");
      expect(forfeited).to.be.greaterThan(0n);
      // A claim in between must not bring the mark back to now - V.
      await escrow.connect(alice).claim();
      await escrow.connect(alice).resume(alice);
      model.resume("alice", "alice", "");
      await reach(scene, now + 5n + VESTING, model);
      expect(await moved(scene, () => escrow.connect(alice).claim()), "up to the pause").to.deep.equal({});
      await reach(scene, held.end + VESTING, model);
      const reward = model.claim("alice");
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
    });
  });

  describe("when little earns", () => {
    it("pays nothing for a period in which less than L_min earned", async () => {
      const scene = await loadFixture(aliceHoldsTooLittle);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 3n, model);
      // One unit more, from now + 4 on.
      await escrow.connect(alice).lock(1n, TERM);
      model.lock("alice", 1n, TERM);
      await reach(scene, now + 4n + VESTING, model);
      expect(await escrow.claimable(alice)).to.equal(0n);
      expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([]);
      await reach(scene, now + 5n + VESTING, model);
      const reward = model.claimable("alice");
      expect(FIRST_REWARD - reward).to.be.within(0n, roundingOf(testParameters.escrow.minEarning));
      expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([
        ["RewardPaid", alice.address, alice.address, reward],
      ]);
    });
  });

  describe("when too many periods wait to be closed", () => {
    it("reverts with StakeEscrowBehind(open, period)", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      await toPeriod(escrow, now + CATCH_UP + 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).claim())
          .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
          .withArgs(now, now + CATCH_UP + 1n),
      );
    });

    it("pays everything after advance, 365 silent periods later", async () => {
      const scene = await loadFixture(threeShare);
      const { escrow, alice, bob, now } = scene;
      const model = modelOf(scene);
      const later = now + 365n;
      await toPeriod(escrow, later);
      await escrow.advance(MaxUint256);
      model.toPeriod(later);
      model.advance(later);
      for (const [miner, name] of [
        [alice, "alice"],
        [bob, "bob"],
      ] as const) {
        const reward = model.claim(name);
        expect(await eventsOf(escrow, escrow.connect(miner).claim())).to.deep.equal([
          ["RewardPaid", miner.address, miner.address, reward],
        ]);
      }
    });
  });
});
