import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { locksOf } from "../helpers/locks";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import { suppliedAfter } from "../models/issuance";
import {
  CATCH_UP,
  STAKE,
  TERM,
  VESTING,
  actingAs,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  modelOf,
  pauseNow,
  reach,
  seatOf,
  startOf,
  SCHEDULE,
  rewardOfIssue,
  twoHaveEarned,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** What a share in 2^-64 base units per unit of stake can differ from the exact one: a rest is carried on, not lost. */
const ROUNDING = STAKE / 2n ** 64n + 1n;

describe("StakeEscrow.pause", () => {
  describe("when the miner earns", () => {
    it("pays what has vested, burns what has not, and tells Paused and RewardPaid", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, now } = scene;
      const { paid, forfeited } = modelOf(scene).pause("alice");
      expect(paid).to.be.greaterThan(0n);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([
          ["Paused", alice.address, forfeited],
          ["RewardPaid", alice.address, alice.address, paid],
        ]),
      );
      expect(moves).to.deep.equal({ alice: paid, escrow: -paid - forfeited, supply: -forfeited });
      const { paused, paidUntil } = await escrow.minerOf(alice);
      expect([paused, paidUntil]).to.deep.equal([true, now]);
      expect([await escrow.claimable(alice), await escrow.vesting(alice)]).to.deep.equal([0n, 0n]);
    });

    it("forfeits exactly the rewards of the last V periods", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice } = scene;
      // Five periods have issued, alice has half of each: three have vested, the last two have not.
      const unvested = rewardOfIssue(3n) + rewardOfIssue(4n);
      const [[, , forfeited] = []] = await eventsOf(escrow, healthVote.pause(escrow, alice));
      expect(unvested / 2n - (forfeited as bigint)).to.be.within(-ROUNDING, ROUNDING);
    });

    it("forfeits nothing of the open period in its last second, which nobody has earned yet", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, now } = scene;
      const { paid, forfeited } = modelOf(scene).pause("alice");
      await nextTransactionAt(startOf(now + 1n) - 1n);
      expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([
        ["Paused", alice.address, forfeited],
        ["RewardPaid", alice.address, alice.address, paid],
      ]);
    });

    it("forfeits that period, too, in the first second of the next", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, now } = scene;
      const model = modelOf(scene);
      model.toPeriod(now + 1n);
      const { paid, forfeited } = model.pause("alice");
      await nextTransactionAt(startOf(now + 1n));
      expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([
        ["Paused", alice.address, forfeited],
        ["RewardPaid", alice.address, alice.address, paid],
      ]);
    });

    it("takes the stake out of what earns in this period and later", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, held, now } = scene;
      for (const period of [now, now + 1n, held.end - 1n]) {
        expect(await escrow.earningIn(period)).to.equal(2n * STAKE);
      }
      await pauseNow(scene, alice);
      for (const period of [now, now + 1n, held.end - 1n, held.end]) {
        expect(await escrow.earningIn(period), `in ${period - now}`).to.equal(STAKE);
      }
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end), "its end takes nothing out twice").to.equal(STAKE);
    });

    it("takes out every lock of several, whatever their numbers", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      // Number 1 is free again after the merge; lock 2 has not begun and ends later, lock 3 rolls.
      await escrow.connect(alice).split(held.number, held.end, 5n);
      model.split("alice", held.number, held.end, 5n);
      for (const amount of [7n, 11n]) {
        await escrow.connect(alice).lock(amount, 2n * TERM);
        model.lock("alice", amount, 2n * TERM);
      }
      await escrow.connect(alice).roll(3n, now + 1n + 2n * TERM, 2n * TERM);
      model.roll("alice", 3, now + 1n + 2n * TERM, 2n * TERM);
      await escrow.connect(alice).merge(0n, 1n, held.end);
      model.merge("alice", 0, 1, held.end);
      await pauseNow(scene, alice);
      model.pause("alice");
      for (const period of [now, now + 1n, held.end, now + 1n + 2n * TERM]) {
        expect(await escrow.earningIn(period), `in ${period - now}`).to.equal(model.earningIn(period));
      }
      expect(model.earningIn(now + 1n), "bob").to.equal(STAKE);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now + 1n)).to.equal(2n * STAKE + 7n + 11n);
      expect(await escrow.earningIn(now + 1n + 2n * TERM), "bob and the rolling lock").to.equal(STAKE + 11n);
    });

    it("leaves this whole period to the others", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, bob, now } = scene;
      await escrow.connect(bob).claim();
      await pauseNow(scene, alice);
      await reach(scene, now + 1n + VESTING);
      // Of the periods that have vested since, bob has half of two, and the whole of the one in which alice was paused.
      const [[, , , reward] = []] = await eventsOf(escrow, escrow.connect(bob).claim());
      const expected = (rewardOfIssue(3n) + rewardOfIssue(4n)) / 2n + rewardOfIssue(5n);
      expect(expected - (reward as bigint)).to.be.within(-ROUNDING, ROUNDING);
    });

    it("takes the miner out of the sampler", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, bob } = scene;
      await pauseNow(scene, alice);
      expect(await escrow.members()).to.equal(1n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
      expect((await seatOf(escrow, bob.address))?.weight).to.equal(STAKE);
    });

    it("leaves the stake, the locks and the number as they are", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([held]);
      expect(await escrow.lockedIn(alice, now)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, held.end - 1n)).to.equal(STAKE);
      const { number, resumedAt, lockMask } = await escrow.minerOf(alice);
      expect([number, resumedAt, lockMask]).to.deep.equal([1n, 0n, 1n]);
    });
  });

  describe("when the miner has just begun", () => {
    it("forfeits nothing and pays nothing", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, healthVote, alice } = scene;
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([["Paused", alice.address, 0n]]),
      );
      expect(moves).to.deep.equal({});
    });

    it("takes stake out that starts with the next period", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, healthVote, alice, held, now } = scene;
      expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([["Paused", alice.address, 0n]]);
      for (const period of [now, now + 1n, held.end]) expect(await escrow.earningIn(period)).to.equal(0n);
      expect((await escrow.minerOf(alice)).paidUntil, "it was now + 1 and never moves back").to.equal(now + 1n);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(0n);
    });
  });

  describe("when the reward was claimed", () => {
    it("forfeits only what has not vested", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice } = scene;
      const model = modelOf(scene);
      await escrow.connect(alice).claim();
      model.claim("alice");
      const { forfeited } = model.pause("alice");
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([
          ["Paused", alice.address, forfeited],
        ]),
      );
      expect(moves).to.deep.equal({ escrow: -forfeited, supply: -forfeited });
    });
  });

  describe("when locks have ended", () => {
    it("forfeits the last rewards while they vest", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { alice, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end + VESTING - 1n, model);
      const { paid, forfeited } = model.pause("alice");
      expect(forfeited).to.be.greaterThan(0n);
      const moves = await moved(scene, () => pauseNow(scene, alice));
      expect(moves).to.deep.equal({ alice: paid, escrow: -paid - forfeited, supply: -forfeited });
    });

    it("pays them, once they have vested, and forfeits nothing", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end + VESTING, model);
      const { paid } = model.pause("alice");
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([
          ["Paused", alice.address, 0n],
          ["RewardPaid", alice.address, alice.address, paid],
        ]),
      );
      expect(moves).to.deep.equal({ alice: paid, escrow: -paid });
      expect(await escrow.earningIn(held.end + VESTING), "bob").to.equal(STAKE);
    });
  });

  describe("when the miner rolls", () => {
    it("takes the stake out for good, until it resumes", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, now } = scene;
      await pauseNow(scene, alice);
      await reach(scene, now + 4n * TERM);
      expect(await escrow.earningIn(now + 4n * TERM)).to.equal(0n);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now + 4n * TERM)).to.equal(0n);
      expect(await escrow.earningIn(now + 4n * TERM + 1n)).to.equal(STAKE);
    });
  });

  describe("when the miner is paused already", () => {
    it("changes nothing and tells nothing", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, now } = scene;
      await pauseNow(scene, alice);
      for (const period of [now, now + 1n, now + 3n + VESTING]) {
        await reach(scene, period);
        await unchanged(scene, async () =>
          expect(await eventsOf(escrow, healthVote.pause(escrow, alice)), `in ${period - now}`).to.deep.equal([]),
        );
      }
    });
  });

  describe("when the miner has resumed in this period", () => {
    it("pauses again, forfeits nothing and takes the stake out of the next period", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now + 1n)).to.equal(2n * STAKE);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([["Paused", alice.address, 0n]]),
      );
      expect(moves).to.deep.equal({});
      expect(await escrow.earningIn(now)).to.equal(STAKE);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect((await escrow.minerOf(alice)).paidUntil, "never moves back").to.equal(now + 1n);
    });
  });

  describe("when the account never locked", () => {
    it("pauses it: a lock that it makes joins nothing", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, healthVote, carol, now } = scene;
      expect(await eventsOf(escrow, healthVote.pause(escrow, carol))).to.deep.equal([["Paused", carol.address, 0n]]);
      await escrow.connect(carol).lock(STAKE, TERM);
      expect(await escrow.earningIn(now + 1n), "alice").to.equal(STAKE);
      expect(await seatOf(escrow, carol.address)).to.equal(undefined);
      await escrow.connect(carol).resume(carol);
      expect(await escrow.earningIn(now + 1n)).to.equal(2n * STAKE);
    });
  });

  describe("when time passes after it", () => {
    it("never pays what was forfeited, to the miner or to others", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, bob, held, now } = scene;
      const model = modelOf(scene);
      await pauseNow(scene, alice);
      model.pause("alice");
      await reach(scene, now + 1n, model);
      await escrow.connect(alice).resume(alice);
      model.resume("alice", "alice", "");
      await reach(scene, held.end + VESTING, model);
      const [ofAlice, ofBob] = [model.withdraw("alice", STAKE), model.claim("bob")];
      expect(await moved(scene, () => escrow.connect(alice).withdraw(STAKE))).to.deep.equal({
        alice: STAKE + ofAlice,
        escrow: -STAKE - ofAlice,
      });
      expect(await moved(scene, () => escrow.connect(bob).claim())).to.deep.equal({ bob: ofBob, escrow: -ofBob });
    });

    it("never mints again what was burned", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, now } = scene;
      await pauseNow(scene, alice);
      expect(await escrow.issued()).to.equal(suppliedAfter(SCHEDULE, 5n));
      await toPeriod(escrow, now + 2n);
      await escrow.advance(2n);
      expect(await escrow.issued()).to.equal(suppliedAfter(SCHEDULE, 7n));
    });
  });

  describe("when periods wait to be closed", () => {
    it("closes them first", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, now } = scene;
      const model = modelOf(scene);
      await toPeriod(escrow, now + 3n);
      model.toPeriod(now + 3n);
      const { paid, forfeited } = model.pause("alice");
      expect(await eventsOf(escrow, healthVote.pause(escrow, alice))).to.deep.equal([
        ["Paused", alice.address, forfeited],
        ["RewardPaid", alice.address, alice.address, paid],
      ]);
      expect(await escrow.openPeriod()).to.equal(now + 3n);
    });

    it("reverts with StakeEscrowBehind(open, period) if there are too many", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, alice, now } = scene;
      await toPeriod(escrow, now + CATCH_UP + 1n);
      await unchanged(scene, () =>
        expect(healthVote.pause(escrow, alice))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
          .withArgs(now, now + CATCH_UP + 1n),
      );
    });
  });

  describe("when somebody else calls", () => {
    it("reverts with StakeEscrowOnlyNeighbour(caller, health votes) for the miner, a stranger and the policy manager", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, healthVote, policyManager, alice, stranger } = scene;
      for (const caller of [alice, stranger, await actingAs(policyManager)]) {
        await unchanged(scene, async () =>
          expect(escrow.connect(caller).pause(alice))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
            .withArgs(caller.address, await healthVote.getAddress()),
        );
      }
    });
  });
});
