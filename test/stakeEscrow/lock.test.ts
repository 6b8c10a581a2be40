import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { lockOf, locksOf } from "../helpers/locks";
import { MIN_STAKE, PURSE } from "../helpers/network";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import {
  CATCH_UP,
  NO_NOTICE,
  SHORTEST_LOCK,
  STAKE,
  TERM,
  TIER_CAPACITY,
  VESTING,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  fillTiersFrom,
  lockAs,
  nobodyStakes,
  pauseNow,
  reach,
  seatOf,
  setSeatCounts,
  slashNow,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

describe("StakeEscrow.lock", () => {
  describe("when the caller is a new miner", () => {
    it("opens lock 0, gives the miner number 1 and tells both", async () => {
      const { escrow, alice, now } = await loadFixture(nobodyStakes);
      expect(await escrow.connect(alice).lock.staticCall(STAKE, TERM)).to.equal(0n);
      expect(await eventsOf(escrow, escrow.connect(alice).lock(STAKE, TERM))).to.deep.equal([
        ["NumberGiven", alice.address, 1n, now],
        ["LockOpened", alice.address, 0n, STAKE, now + 1n, now + 1n + TERM, 0n],
      ]);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([
        { number: 0, amount: STAKE, start: now + 1n, end: now + 1n + TERM, notice: 0n },
      ]);
      expect(await escrow.numbers()).to.equal(1n);
      expect(await escrow.holderOf(1n)).to.deep.equal([alice.address, now]);
      expect((await escrow.minerOf(alice)).number).to.equal(1n);
    });

    it("takes the amount from the miner and from nobody else", async () => {
      const scene = await loadFixture(nobodyStakes);
      const moves = await moved(scene, () => scene.escrow.connect(scene.alice).lock(STAKE, TERM));
      expect(moves).to.deep.equal({ alice: -STAKE, escrow: STAKE });
    });

    it("counts the stake from the next period until its end", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, now } = scene;
      const end = now + 1n + TERM;
      for (const [period, counted] of [
        [now, 0n],
        [now + 1n, STAKE],
        [end - 1n, STAKE],
        [end, 0n],
      ] as const) {
        expect(await escrow.lockedIn(alice, period), `locked in ${period - now}`).to.equal(counted);
        expect(await escrow.earningIn(period), `earning in ${period - now}`).to.equal(counted);
      }
      await reach(scene, end - 1n);
      expect(await escrow.earningIn(end - 1n), "the last period, when it is there").to.equal(STAKE);
      await reach(scene, end);
      expect(await escrow.earningIn(end), "the end, when it is there").to.equal(0n);
    });

    it("seats the miner in the sampler with its stake and its end", async () => {
      const { escrow, alice, now } = await loadFixture(aliceJustLocked);
      expect(await escrow.members()).to.equal(1n);
      // 100 s_min lie between 2^6 and 2^7.
      expect(await seatOf(escrow, alice.address)).to.deep.equal({
        tier: 6n,
        weight: STAKE,
        firstEnd: now + 1n + TERM,
        notice: NO_NOTICE,
      });
    });

    it("begins the miner's rewards with the next period", async () => {
      const { escrow, alice, now } = await loadFixture(aliceJustLocked);
      expect((await escrow.minerOf(alice)).paidUntil).to.equal(now + 1n);
    });
  });

  describe("when the clock turns", () => {
    it("starts in the next period from the last second of one", async () => {
      const { escrow, alice, now } = await loadFixture(nobodyStakes);
      await nextTransactionAt(startOf(now + 1n) - 1n);
      await escrow.connect(alice).lock(STAKE, TERM);
      const held = await lockOf(escrow, alice.address, 0);
      expect([held.start, held.end]).to.deep.equal([now + 1n, now + 1n + TERM]);
    });

    it("starts in the period after from the first second of that next one", async () => {
      const { escrow, alice, now } = await loadFixture(nobodyStakes);
      await nextTransactionAt(startOf(now + 1n));
      await escrow.connect(alice).lock(STAKE, TERM);
      const held = await lockOf(escrow, alice.address, 0);
      expect([held.start, held.end]).to.deep.equal([now + 2n, now + 2n + TERM]);
    });
  });

  describe("when the caller has a lock already", () => {
    it("opens the next lock and gives no second number", async () => {
      const { escrow, alice, now } = await loadFixture(aliceJustLocked);
      expect(await eventsOf(escrow, escrow.connect(alice).lock(7n, SHORTEST_LOCK))).to.deep.equal([
        ["LockOpened", alice.address, 1n, 7n, now + 1n, now + 1n + SHORTEST_LOCK, 0n],
      ]);
      expect(await escrow.numbers()).to.equal(1n);
      expect((await escrow.minerOf(alice)).lockMask).to.equal(0b11n);
    });

    it("adds to the totals and to the seat, which ends with the sooner lock", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, now } = scene;
      await lockAs(scene, alice, MIN_STAKE, SHORTEST_LOCK);
      expect(await escrow.earningIn(now + SHORTEST_LOCK), "both").to.equal(STAKE + MIN_STAKE);
      expect(await escrow.earningIn(now + 1n + SHORTEST_LOCK), "the longer one").to.equal(STAKE);
      const seat = await seatOf(escrow, alice.address);
      expect(seat?.weight).to.equal(STAKE + MIN_STAKE);
      expect(seat?.firstEnd).to.equal(now + 1n + SHORTEST_LOCK);
      expect(await escrow.members()).to.equal(1n);
    });

    it("takes the lowest lock number that is free", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await lockAs(scene, alice, 1n, TERM);
      await lockAs(scene, alice, 2n, TERM + 1n);
      await escrow.connect(alice).merge(0n, 1n, held.end);
      expect((await locksOf(escrow, alice.address)).map(({ number }) => number)).to.deep.equal([0, 2]);
      await lockAs(scene, alice, 3n, TERM);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(3n);
      await lockAs(scene, alice, 4n, TERM);
      expect((await lockOf(escrow, alice.address, 3)).amount).to.equal(4n);
    });
  });

  describe("when the caller has less than s_min locked in the next period", () => {
    it("asks for s_min of a miner that a slash left one unit short", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      await slashNow(scene, alice, STAKE - (MIN_STAKE - 1n));
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lock(MIN_STAKE - 1n, TERM))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
          .withArgs(MIN_STAKE - 1n, MIN_STAKE),
      );
      await escrow.connect(alice).lock(MIN_STAKE, TERM);
    });

    it("asks for s_min of a miner whose lock ends with this period", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 1n);
      await expect(escrow.connect(alice).lock(MIN_STAKE - 1n, TERM))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
        .withArgs(MIN_STAKE - 1n, MIN_STAKE);
      await escrow.connect(alice).lock(MIN_STAKE, TERM);
    });

    it("asks for s_min of a miner whose lock has ended", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end);
      await expect(escrow.connect(alice).lock(1n, TERM))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
        .withArgs(1n, MIN_STAKE);
      await escrow.connect(alice).lock(MIN_STAKE, TERM);
    });
  });

  describe("when the caller has s_min or more locked in the next period", () => {
    it("takes one unit beside exactly s_min", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      await slashNow(scene, alice, STAKE - MIN_STAKE);
      await escrow.connect(alice).lock(1n, TERM);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(1n);
    });

    it("takes one unit beside a lock that ends with the next period", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 2n);
      await escrow.connect(alice).lock(1n, TERM);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(1n);
    });

    it("takes one unit beside a rolling lock, in any period", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, now } = scene;
      await reach(scene, now + 4n * TERM);
      await escrow.connect(alice).lock(1n, TERM);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(1n);
    });
  });

  describe("when the caller is a former miner whose number was released", () => {
    it("gives a number again and keeps what was paid as paid", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      const later = held.end + VESTING;
      await reach(scene, later);
      await escrow.connect(alice).withdraw(STAKE);
      await escrow.releaseNumber(alice);
      const { paidUntil } = await escrow.minerOf(alice);
      expect(await eventsOf(escrow, escrow.connect(alice).lock(STAKE, TERM))).to.deep.equal([
        ["NumberGiven", alice.address, 1n, later],
        ["LockOpened", alice.address, 0n, STAKE, later + 1n, later + 1n + TERM, 0n],
      ]);
      expect(paidUntil).to.equal(held.end);
      expect((await escrow.minerOf(alice)).paidUntil).to.equal(held.end);
    });
  });

  describe("when the caller can't pay", () => {
    it("reverts with ERC20InsufficientAllowance(escrow, allowance, amount)", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, token, alice } = scene;
      await token.connect(alice).approve(escrow, STAKE - 1n);
      await unchanged(scene, async () =>
        expect(escrow.connect(alice).lock(STAKE, TERM))
          .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
          .withArgs(await escrow.getAddress(), STAKE - 1n, STAKE),
      );
    });

    it("reverts with ERC20InsufficientBalance(miner, balance, amount)", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, token, alice, bob } = scene;
      await token.connect(alice).transfer(bob, PURSE - STAKE + 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lock(STAKE, TERM))
          .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
          .withArgs(alice.address, STAKE - 1n, STAKE),
      );
    });
  });

  describe("when the miner is paused", () => {
    it("opens a lock that counts as locked, in no total and with no seat", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).lock(7n, TERM);
      expect(await escrow.lockedIn(alice, now + 1n)).to.equal(STAKE + 7n);
      for (const period of [now, now + 1n, now + 1n + TERM]) expect(await escrow.earningIn(period)).to.equal(0n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
      expect(await escrow.members()).to.equal(0n);
    });
  });

  describe("when the sampler is full", () => {
    it("seats the miner in the next tier above with room", async () => {
      const scene = await loadFixture(nobodyStakes);
      const others = 3n;
      await setSeatCounts(scene, [...Array<bigint>(15).fill(TIER_CAPACITY), others]);
      await scene.escrow.connect(scene.alice).lock(MIN_STAKE, TERM);
      const seat = await seatOf(scene.escrow, scene.alice.address);
      expect([seat?.tier, seat?.weight]).to.deep.equal([15n, MIN_STAKE]);
      expect((await scene.escrow.seatCounts())[15]).to.equal(others + 1n);
    });

    it("reverts with SamplerFull(its tier) if there is none", async () => {
      const scene = await loadFixture(nobodyStakes);
      await fillTiersFrom(scene, 0);
      await unchanged(scene, () =>
        expect(scene.escrow.connect(scene.alice).lock(MIN_STAKE, TERM))
          .to.be.revertedWithCustomError(scene.escrow, "SamplerFull")
          .withArgs(0n),
      );
    });
  });

  describe("when periods wait to be closed", () => {
    it("closes as many as one call may and locks", async () => {
      const { escrow, alice, now } = await loadFixture(nobodyStakes);
      await toPeriod(escrow, now + CATCH_UP);
      await escrow.connect(alice).lock(STAKE, TERM);
      expect(await escrow.openPeriod()).to.equal(now + CATCH_UP);
      expect((await lockOf(escrow, alice.address, 0)).start).to.equal(now + CATCH_UP + 1n);
    });

    it("reverts with StakeEscrowBehind(open, period) if there is one more", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice, now } = scene;
      await toPeriod(escrow, now + CATCH_UP + 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lock(STAKE, TERM))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
          .withArgs(now, now + CATCH_UP + 1n),
      );
      await escrow.advance(1n);
      await escrow.connect(alice).lock(STAKE, TERM);
      expect(await escrow.openPeriod()).to.equal(now + CATCH_UP + 1n);
    });
  });
});
