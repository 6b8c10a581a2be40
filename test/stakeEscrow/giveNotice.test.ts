import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { lockOf } from "../helpers/locks";
import { nextTransactionAt } from "../helpers/time";
import {
  NOTICE,
  NO_NOTICE,
  ROLLING,
  STAKE,
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

describe("StakeEscrow.giveNotice", () => {
  describe("when the lock rolls", () => {
    it("ends the lock after now plus its notice and tells LockChanged", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      const end = now + 1n + NOTICE;
      expect(await eventsOf(escrow, escrow.connect(alice).giveNotice(held.number, ROLLING))).to.deep.equal([
        ["LockChanged", alice.address, 0n, end, 0n],
      ]);
      expect(await lockOf(escrow, alice.address, held.number)).to.deep.equal({ ...held, end, notice: 0n });
    });

    it("takes the stake out of the totals at that end", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held, now } = scene;
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      expect(await escrow.earningIn(now)).to.equal(STAKE);
      expect(await escrow.earningIn(now + NOTICE)).to.equal(STAKE);
      expect(await escrow.earningIn(now + NOTICE + 1n)).to.equal(0n);
      await reach(scene, now + NOTICE);
      expect(await escrow.earningIn(now + NOTICE), "the last period, when it is there").to.equal(STAKE);
      await reach(scene, now + NOTICE + 1n);
      expect(await escrow.earningIn(now + NOTICE + 1n), "the end, when it is there").to.equal(0n);
    });

    it("leaves what is locked as it was", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      const lockedOver = () =>
        Promise.all([now, now + NOTICE, now + NOTICE + 1n].map((period) => escrow.lockedIn(alice, period)));
      expect(await lockedOver()).to.deep.equal([STAKE, STAKE, 0n]);
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      expect(await lockedOver()).to.deep.equal([STAKE, STAKE, 0n]);
    });

    it("gives the seat its end and no notice", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      expect(await seatOf(escrow, alice.address)).to.deep.equal({
        tier: 6n,
        weight: STAKE,
        firstEnd: now + 1n + NOTICE,
        notice: NO_NOTICE,
      });
    });

    it("moves no tokens", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held } = scene;
      const moves = await moved(scene, () => escrow.connect(alice).giveNotice(held.number, ROLLING));
      expect(moves).to.deep.equal({});
    });

    it("gives notice for a lock that has not started yet", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceJustLocked);
      await escrow.connect(alice).roll(held.number, held.end, NOTICE);
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      expect((await lockOf(escrow, alice.address, held.number)).end).to.equal(now + 1n + NOTICE);
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(now + NOTICE)).to.equal(STAKE);
      expect(await escrow.earningIn(now + NOTICE + 1n)).to.equal(0n);
    });
  });

  describe("when the clock turns", () => {
    it("counts the notice from this period until its last second", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      await nextTransactionAt(startOf(now + 1n) - 1n);
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      expect((await lockOf(escrow, alice.address, held.number)).end).to.equal(now + 1n + NOTICE);
    });

    it("counts the notice from the next period from its first second", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      await nextTransactionAt(startOf(now + 1n));
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      expect((await lockOf(escrow, alice.address, held.number)).end).to.equal(now + 2n + NOTICE);
    });
  });

  describe("when the lock does not roll", () => {
    it("reverts with StakeEscrowLockIsFixed(lock)", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).giveNotice(held.number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowLockIsFixed")
          .withArgs(held.number),
      );
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, ROLLING) the second time", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      await expect(escrow.connect(alice).giveNotice(held.number, ROLLING))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
        .withArgs(held.number, now + 1n + NOTICE, ROLLING);
    });
  });

  describe("when the lock is not the one that was meant", () => {
    it("reverts with StakeEscrowUnknownLock(caller, lock)", async () => {
      const { escrow, alice, bob } = await loadFixture(aliceRolls);
      for (const [caller, number] of [
        [bob, 0],
        [alice, 1],
        [alice, 32],
      ] as const) {
        await expect(escrow.connect(caller).giveNotice(number, ROLLING))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(caller.address, number);
      }
    });

    it("reverts with StakeEscrowOtherEnd(lock, ROLLING, named)", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held, now } = scene;
      for (const named of [now + 1n + NOTICE, ROLLING - 1n, ROLLING + 1n, 2n ** 64n - 1n]) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).giveNotice(held.number, named))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
            .withArgs(held.number, ROLLING, named),
        );
      }
    });
  });

  describe("when the miner is paused", () => {
    it("ends the lock, which joins the totals with resume until that end", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      expect(await escrow.earningIn(now + 1n)).to.equal(0n);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(now + NOTICE)).to.equal(STAKE);
      expect(await escrow.earningIn(now + NOTICE + 1n)).to.equal(0n);
    });
  });

  describe("when one of several locks rolls on", () => {
    it("leaves the seat the shorter notice of those that roll and the first end of those that do not", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held, now } = scene;
      const longer = await lockAs(scene, alice, 1n, TERM);
      await escrow.connect(alice).roll(longer.number, longer.end, 2n * NOTICE);
      expect((await seatOf(escrow, alice.address))?.notice, "both roll").to.equal(NOTICE);
      await escrow.connect(alice).giveNotice(held.number, ROLLING);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.notice, seat?.firstEnd]).to.deep.equal([2n * NOTICE, now + 1n + NOTICE]);
    });
  });
});
