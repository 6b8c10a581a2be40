import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { lockOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { nextTransactionAt } from "../helpers/time";
import {
  LONGEST_LOCK,
  NOTICE,
  ROLLING,
  SHORTEST_LOCK,
  STAKE,
  STAKE_LIMIT,
  TERM,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  lockAs,
  pauseNow,
  reach,
  seatOf,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** What the first end of a seat says, in periods after GENESIS, if no lock is fixed: all 16 bits set. */
const NO_END = 65_535n;

describe("StakeEscrow.roll", () => {
  describe("when the lock is fixed and still counts", () => {
    it("takes the end away, notes the notice and tells LockChanged", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      expect(await eventsOf(escrow, escrow.connect(alice).roll(held.number, held.end, NOTICE))).to.deep.equal([
        ["LockChanged", alice.address, 0n, ROLLING, NOTICE],
      ]);
      expect(await lockOf(escrow, alice.address, held.number)).to.deep.equal({
        ...held,
        end: ROLLING,
        notice: NOTICE,
      });
    });

    it("keeps the stake in the totals beyond its old end", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await escrow.connect(alice).roll(held.number, held.end, NOTICE);
      for (const period of [now, held.end - 1n, held.end, held.end + 3n * TERM]) {
        expect(await escrow.earningIn(period), `earning in ${period - now}`).to.equal(STAKE);
      }
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
    });

    it("keeps the stake locked through now plus the notice, moving with every period", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, now } = scene;
      expect(await escrow.lockedIn(alice, now + NOTICE)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, now + NOTICE + 1n)).to.equal(0n);
      await reach(scene, now + 3n);
      expect(await escrow.lockedIn(alice, now + 3n + NOTICE)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, now + 3n + NOTICE + 1n)).to.equal(0n);
    });

    it("gives the seat its notice and no end", async () => {
      const { escrow, alice } = await loadFixture(aliceRolls);
      expect(await seatOf(escrow, alice.address)).to.deep.equal({
        tier: 6n,
        weight: STAKE,
        firstEnd: (await escrow.GENESIS()) + NO_END,
        notice: NOTICE,
      });
    });

    it("moves no tokens", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      const moves = await moved(scene, () => escrow.connect(alice).roll(held.number, held.end, NOTICE));
      expect(moves).to.deep.equal({});
    });

    it("rolls a lock that has not started yet", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceJustLocked);
      await escrow.connect(alice).roll(held.number, held.end, NOTICE);
      expect(await lockOf(escrow, alice.address, held.number)).to.deep.equal({
        ...held,
        end: ROLLING,
        notice: NOTICE,
      });
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, now)).to.equal(0n);
      expect(await escrow.lockedIn(alice, now + NOTICE)).to.equal(STAKE);
    });
  });

  describe("when the notice must reach the lock's end", () => {
    it("takes exactly end - now - 1", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceEarns);
      const notice = held.end - now - 1n;
      await escrow.connect(alice).roll(held.number, held.end, notice);
      expect(await escrow.lockedIn(alice, held.end - 1n), "locked no shorter than before").to.equal(STAKE);
      expect(await escrow.lockedIn(alice, held.end)).to.equal(0n);
    });

    it("reverts with StakeEscrowNoticeTooShort(lock, notice, end - now - 1) one below", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const least = held.end - now - 1n;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).roll(held.number, held.end, least - 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNoticeTooShort")
          .withArgs(held.number, least - 1n, least),
      );
    });

    it("takes one less a period later, from its first second", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceEarns);
      const least = held.end - now - 1n;
      await nextTransactionAt(startOf(now + 1n) - 1n);
      await expect(escrow.connect(alice).roll(held.number, held.end, least - 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNoticeTooShort")
        .withArgs(held.number, least - 1n, least);
      await nextTransactionAt(startOf(now + 1n));
      await escrow.connect(alice).roll(held.number, held.end, least - 1n);
      expect((await lockOf(escrow, alice.address, held.number)).notice).to.equal(least - 1n);
    });
  });

  describe("when the clock turns", () => {
    it("rolls in the last second in which the lock counts, without a gap", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 1n);
      await nextTransactionAt(startOf(held.end) - 1n);
      await escrow.connect(alice).roll(held.number, held.end, SHORTEST_LOCK);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, held.end)).to.equal(STAKE);
    });

    it("reverts with StakeEscrowEndsTooSoon(lock, end, now + 1) in the first second in which it does not", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await unchanged(scene, async () => {
        await nextTransactionAt(startOf(held.end));
        await expect(escrow.connect(alice).roll(held.number, held.end, NOTICE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowEndsTooSoon")
          .withArgs(held.number, held.end, held.end + 1n);
      });
    });
  });

  describe("when the lock rolls already", () => {
    it("takes a longer notice", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      expect(await eventsOf(escrow, escrow.connect(alice).roll(held.number, ROLLING, NOTICE + 1n))).to.deep.equal([
        ["LockChanged", alice.address, 0n, ROLLING, NOTICE + 1n],
      ]);
      expect(await escrow.lockedIn(alice, now + NOTICE + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(now)).to.equal(STAKE);
      expect((await seatOf(escrow, alice.address))?.notice).to.equal(NOTICE + 1n);
    });

    it("reverts with StakeEscrowNoticeTooShort(lock, notice, notice + 1) for the same notice", async () => {
      const { escrow, alice, held } = await loadFixture(aliceRolls);
      await expect(escrow.connect(alice).roll(held.number, ROLLING, NOTICE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNoticeTooShort")
        .withArgs(held.number, NOTICE, NOTICE + 1n);
    });

    it("reverts with StakeEscrowNoticeTooShort(lock, notice, old notice + 1) for a shorter one", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).roll(held.number, ROLLING, SHORTEST_LOCK))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNoticeTooShort")
          .withArgs(held.number, SHORTEST_LOCK, NOTICE + 1n),
      );
    });

    it("reverts with StakeEscrowNoticeTooShort(lock, notice, notice + 1) when it has the longest", async () => {
      const { escrow, alice, held } = await loadFixture(aliceRolls);
      await escrow.connect(alice).roll(held.number, ROLLING, LONGEST_LOCK);
      await expect(escrow.connect(alice).roll(held.number, ROLLING, LONGEST_LOCK))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNoticeTooShort")
        .withArgs(held.number, LONGEST_LOCK, LONGEST_LOCK + 1n);
    });
  });

  describe("when the notice is out of bounds", () => {
    it("takes the shortest and the longest", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const short = await lockAs(scene, alice, 1n, SHORTEST_LOCK);
      await escrow.connect(alice).roll(short.number, short.end, SHORTEST_LOCK);
      await escrow.connect(alice).roll(held.number, held.end, LONGEST_LOCK);
      expect(await escrow.lockedIn(alice, now + SHORTEST_LOCK)).to.equal(STAKE + 1n);
      expect(await escrow.lockedIn(alice, now + SHORTEST_LOCK + 1n)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, now + LONGEST_LOCK)).to.equal(STAKE);
    });

    it("reverts with StakeEscrowLockLength(notice, shortest, longest) one below and one above", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 1n);
      for (const notice of [SHORTEST_LOCK - 1n, LONGEST_LOCK + 1n]) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).roll(held.number, held.end, notice))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowLockLength")
            .withArgs(notice, SHORTEST_LOCK, LONGEST_LOCK),
        );
      }
    });

    it("reverts with StakeEscrowLockLength(notice, shortest, longest) for 0 and 2^256 - 1", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      for (const notice of [0n, 2n ** 32n + NOTICE, MaxUint256]) {
        await expect(escrow.connect(alice).roll(held.number, held.end, notice))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowLockLength")
          .withArgs(notice, SHORTEST_LOCK, LONGEST_LOCK);
      }
    });
  });

  describe("when the lock is not the one that was meant", () => {
    it("reverts with StakeEscrowUnknownLock(caller, lock)", async () => {
      const { escrow, alice, bob, held } = await loadFixture(aliceEarns);
      for (const [caller, number] of [
        [bob, 0],
        [alice, 1],
        [alice, 32],
      ] as const) {
        await expect(escrow.connect(caller).roll(number, held.end, NOTICE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(caller.address, number);
      }
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named)", async () => {
      const { escrow, alice, held } = await loadFixture(aliceRolls);
      const oldEnd = held.start + TERM;
      await expect(escrow.connect(alice).roll(held.number, oldEnd, NOTICE + 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
        .withArgs(held.number, ROLLING, oldEnd);
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, ROLLING) for a fixed lock named as rolling", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).roll(held.number, ROLLING, NOTICE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
          .withArgs(held.number, held.end, ROLLING),
      );
    });
  });

  describe("when the miner is paused", () => {
    it("rolls outside the totals and the lock joins them with resume", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).roll(held.number, held.end, NOTICE);
      for (const period of [now, now + 1n, held.end]) expect(await escrow.earningIn(period)).to.equal(0n);
      expect(await escrow.lockedIn(alice, now + NOTICE)).to.equal(STAKE);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
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
        expect(escrow.connect(alice).roll(held.number, held.end, NOTICE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
          .withArgs(STAKE + added, STAKE_LIMIT),
      );
    });
  });
});
