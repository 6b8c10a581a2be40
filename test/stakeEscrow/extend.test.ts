import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { lockOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { nextTransactionAt } from "../helpers/time";
import {
  LONGEST_LOCK,
  NO_NOTICE,
  ROLLING,
  STAKE,
  STAKE_LIMIT,
  TERM,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  lockAs,
  nobodyStakes,
  pauseNow,
  reach,
  seatOf,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

const MORE = 5n;

describe("StakeEscrow.extend", () => {
  describe("when the lock still counts", () => {
    it("moves the end and tells LockChanged", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      expect(await eventsOf(escrow, escrow.connect(alice).extend(held.number, held.end, MORE))).to.deep.equal([
        ["LockChanged", alice.address, 0n, held.end + MORE, 0n],
      ]);
      expect(await lockOf(escrow, alice.address, held.number)).to.deep.equal({ ...held, end: held.end + MORE });
    });

    it("moves the stake in the totals from the old end to the new one", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await escrow.connect(alice).extend(held.number, held.end, MORE);
      for (const [period, counted] of [
        [now, STAKE],
        [held.end - 1n, STAKE],
        [held.end, STAKE],
        [held.end + MORE - 1n, STAKE],
        [held.end + MORE, 0n],
      ] as const) {
        expect(await escrow.lockedIn(alice, period), `locked in ${period - now}`).to.equal(counted);
        expect(await escrow.earningIn(period), `earning in ${period - now}`).to.equal(counted);
      }
      await reach(scene, held.end + MORE - 1n);
      expect(await escrow.earningIn(held.end + MORE - 1n)).to.equal(STAKE);
      await reach(scene, held.end + MORE);
      expect(await escrow.earningIn(held.end + MORE)).to.equal(0n);
    });

    it("gives the seat its new first end", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await escrow.connect(alice).extend(held.number, held.end, MORE);
      expect(await seatOf(escrow, alice.address)).to.deep.equal({
        tier: 6n,
        weight: STAKE,
        firstEnd: held.end + MORE,
        notice: NO_NOTICE,
      });
    });

    it("moves no tokens", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      const moves = await moved(scene, () => escrow.connect(alice).extend(held.number, held.end, MORE));
      expect(moves).to.deep.equal({});
    });

    it("extends a lock that has not started yet", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceJustLocked);
      await escrow.connect(alice).extend(held.number, held.end, MORE);
      expect(await lockOf(escrow, alice.address, held.number)).to.deep.equal({ ...held, end: held.end + MORE });
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end + MORE - 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end + MORE)).to.equal(0n);
    });
  });

  describe("when the clock turns", () => {
    it("extends in the last second in which the lock counts, without a gap", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 1n);
      await nextTransactionAt(startOf(held.end) - 1n);
      await escrow.connect(alice).extend(held.number, held.end, 1n);
      expect((await lockOf(escrow, alice.address, held.number)).end).to.equal(held.end + 1n);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
      await reach(scene, held.end + 1n);
      expect(await escrow.earningIn(held.end + 1n)).to.equal(0n);
    });

    it("reverts with StakeEscrowEndsTooSoon(lock, end, now + 1) in the first second in which it does not", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await unchanged(scene, async () => {
        await nextTransactionAt(startOf(held.end));
        await expect(escrow.connect(alice).extend(held.number, held.end, MORE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowEndsTooSoon")
          .withArgs(held.number, held.end, held.end + 1n);
      });
    });
  });

  describe("when the lock would get too long", () => {
    it("takes what leaves exactly the longest lock after this period", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceEarns);
      // From now + 1 through now + LONGEST_LOCK.
      await escrow.connect(alice).extend(held.number, held.end, now + 1n + LONGEST_LOCK - held.end);
      expect((await lockOf(escrow, alice.address, held.number)).end).to.equal(now + 1n + LONGEST_LOCK);
    });

    it("reverts with StakeEscrowLockLength(periods, 1, most) one above that", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const most = now + 1n + LONGEST_LOCK - held.end;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).extend(held.number, held.end, most + 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowLockLength")
          .withArgs(most + 1n, 1n, most),
      );
    });

    it("reverts with StakeEscrowLockLength(periods, 1, 0) when the lock has its longest end already", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice, now } = scene;
      const held = await lockAs(scene, alice, STAKE, LONGEST_LOCK);
      await expect(escrow.connect(alice).extend(held.number, held.end, 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowLockLength")
        .withArgs(1n, 1n, 0n);
      await reach(scene, now + 1n);
      await escrow.connect(alice).extend(held.number, held.end, 1n);
      expect((await lockOf(escrow, alice.address, held.number)).end).to.equal(held.end + 1n);
    });
  });

  describe("when nothing is added", () => {
    it("reverts with StakeEscrowLockLength(0, 1, most)", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceEarns);
      await expect(escrow.connect(alice).extend(held.number, held.end, 0n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowLockLength")
        .withArgs(0n, 1n, now + 1n + LONGEST_LOCK - held.end);
    });
  });

  describe("when the lock rolls", () => {
    it("reverts with StakeEscrowLockIsRolling(lock)", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).extend(held.number, ROLLING, MORE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowLockIsRolling")
          .withArgs(held.number),
      );
    });
  });

  describe("when the lock is not the one that was meant", () => {
    it("reverts with StakeEscrowUnknownLock(miner, lock)", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await expect(escrow.connect(alice).extend(31n, held.end, MORE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
        .withArgs(alice.address, 31n);
    });

    it("reverts with StakeEscrowUnknownLock(caller, lock) for somebody else's lock", async () => {
      const { escrow, bob, held } = await loadFixture(aliceEarns);
      await expect(escrow.connect(bob).extend(held.number, held.end, MORE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
        .withArgs(bob.address, held.number);
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named)", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await escrow.connect(alice).extend(held.number, held.end, MORE);
      // The same call again, sent twice by mistake, does nothing.
      await expect(escrow.connect(alice).extend(held.number, held.end, MORE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
        .withArgs(held.number, held.end + MORE, held.end);
    });
  });

  describe("when the miner is paused", () => {
    it("moves the end outside the totals and the lock joins them with resume", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).extend(held.number, held.end, MORE);
      for (const period of [now, now + 1n, held.end, held.end + MORE]) {
        expect(await escrow.earningIn(period)).to.equal(0n);
      }
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end + MORE - 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end + MORE)).to.equal(0n);
    });
  });

  describe("when the miner resumed in the last period of the lock", () => {
    it("brings the lock back into the totals from the next period on", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      const last = held.end - 1n;
      await reach(scene, last);
      await pauseNow(scene, alice);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(last), "the lock ends before it could earn again").to.equal(0n);
      expect(await escrow.earningIn(held.end)).to.equal(0n);

      await escrow.connect(alice).extend(held.number, held.end, MORE);
      expect(await escrow.earningIn(last)).to.equal(0n);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
      await reach(scene, held.end + MORE);
      expect(await escrow.earningIn(held.end + MORE)).to.equal(0n);
    });
  });

  describe("when the stake would grow above the limit", () => {
    it("reverts with StakeEscrowAboveLimit(stake, limit) as a lock that was about to end comes back", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 1n);
      const added = STAKE_LIMIT - MIN_STAKE;
      await lockAs(scene, alice, added, TERM);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).extend(held.number, held.end, MORE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
          .withArgs(STAKE + added, STAKE_LIMIT),
      );
    });
  });
});
