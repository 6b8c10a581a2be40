import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { lockOf, locksOf } from "../helpers/locks";
import { nextTransactionAt } from "../helpers/time";
import {
  MAX_LOCKS,
  NOTICE,
  ROLLING,
  STAKE,
  type SceneWithLock,
  VESTING,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  modelOf,
  pauseNow,
  reach,
  seatOf,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** A third of {@link STAKE}, and not a whole number of anything. */
const PART = STAKE / 3n;

/** {@link aliceEarns}, and alice has split one unit off her lock 30 times: 31 lock numbers are used, one is free. */
async function oneNumberFree(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  for (let used = 1n; used < MAX_LOCKS - 1n; used++) {
    await scene.escrow.connect(scene.alice).split(scene.held.number, scene.held.end, 1n);
  }
  return { ...scene, held: await lockOf(scene.escrow, scene.alice.address, scene.held.number) };
}

describe("StakeEscrow.split", () => {
  describe("when the lock ends after the next period", () => {
    it("moves the amount into a part with the same start, end and notice and tells it", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await reach(scene, now + 4n);
      expect(await escrow.connect(alice).split.staticCall(held.number, held.end, PART)).to.equal(1n);
      expect(await eventsOf(escrow, escrow.connect(alice).split(held.number, held.end, PART))).to.deep.equal([
        ["LockOpened", alice.address, 1n, PART, held.start, held.end, 0n],
        ["LockSplit", alice.address, 0n, 1n, PART],
      ]);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([
        { ...held, amount: STAKE - PART },
        { ...held, number: 1, amount: PART },
      ]);
    });

    it("changes no total, no seat, no locked amount and no balance", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const moves = await moved(scene, () => escrow.connect(alice).split(held.number, held.end, PART));
      expect(moves).to.deep.equal({});
      for (const [period, counted] of [
        [now, STAKE],
        [held.end - 1n, STAKE],
        [held.end, 0n],
      ] as const) {
        expect(await escrow.lockedIn(alice, period)).to.equal(counted);
        expect(await escrow.earningIn(period)).to.equal(counted);
      }
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.weight, seat?.firstEnd]).to.deep.equal([STAKE, held.end]);
      expect(await escrow.members()).to.equal(1n);
    });

    it("shares what is unpaid by amount, rounded down for each", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 5n, model);
      const whole = model.claimable("alice");
      await escrow.connect(alice).split(held.number, held.end, PART);
      model.split("alice", held.number, held.end, PART);
      const parts = model.claimable("alice");
      expect(await escrow.claimable(alice)).to.equal(parts);
      expect(await escrow.vesting(alice)).to.equal(model.vesting("alice"));
      expect(whole - parts).to.be.within(0n, 1n);

      // From here on each part goes its own way: one is extended.
      await escrow.connect(alice).extend(1n, held.end, 3n);
      model.extend("alice", 1, held.end, 3n);
      await reach(scene, held.end + 3n + VESTING, model);
      const reward = model.claim("alice");
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
    });

    it("splits a lock that has not started yet", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceJustLocked);
      await escrow.connect(alice).split(held.number, held.end, PART);
      expect(await lockOf(escrow, alice.address, 1)).to.deep.equal({ ...held, number: 1, amount: PART });
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
    });

    it("splits a rolling lock", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      await escrow.connect(alice).split(held.number, ROLLING, PART);
      expect(await lockOf(escrow, alice.address, 1)).to.deep.equal({ ...held, number: 1, amount: PART });
      // The parts end on their own.
      await escrow.connect(alice).giveNotice(1n, ROLLING);
      expect(await escrow.earningIn(now + NOTICE)).to.equal(STAKE);
      expect(await escrow.earningIn(now + NOTICE + 1n)).to.equal(STAKE - PART);
    });
  });

  describe("when the amount is at the edge", () => {
    it("splits off one unit and leaves one unit", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await escrow.connect(alice).split(held.number, held.end, 1n);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(1n);
      await escrow.connect(alice).split(held.number, held.end, STAKE - 2n);
      expect((await lockOf(escrow, alice.address, 0)).amount).to.equal(1n);
      expect((await lockOf(escrow, alice.address, 2)).amount).to.equal(STAKE - 2n);
    });

    it("reverts with StakeEscrowSplitOutOfBounds(lock, 0, lockAmount)", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await expect(escrow.connect(alice).split(held.number, held.end, 0n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowSplitOutOfBounds")
        .withArgs(held.number, 0n, STAKE);
    });

    it("reverts with StakeEscrowSplitOutOfBounds(lock, amount, lockAmount) for all, one more, and 2^256 - 1", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      // 2^96 + 1 would be one unit if it were narrowed.
      for (const amount of [STAKE, STAKE + 1n, 2n ** 96n + 1n, MaxUint256]) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).split(held.number, held.end, amount))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowSplitOutOfBounds")
            .withArgs(held.number, amount, STAKE),
        );
      }
    });
  });

  describe("when the clock turns", () => {
    it("splits in the last second in which the lock ends after the next period", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await nextTransactionAt(startOf(held.end - 1n) - 1n);
      await escrow.connect(alice).split(held.number, held.end, PART);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(PART);
    });

    it("reverts with StakeEscrowEndsTooSoon(lock, end, now + 2) from the first second of its last period", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await unchanged(scene, async () => {
        await nextTransactionAt(startOf(held.end - 1n));
        await expect(escrow.connect(alice).split(held.number, held.end, PART))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowEndsTooSoon")
          .withArgs(held.number, held.end, held.end + 1n);
      });
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
        await expect(escrow.connect(caller).split(number, held.end, PART))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(caller.address, number);
      }
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named)", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      for (const named of [held.end - 1n, held.end + 1n, ROLLING]) {
        await expect(escrow.connect(alice).split(held.number, named, PART))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
          .withArgs(held.number, held.end, named);
      }
    });
  });

  describe("when many lock numbers are used", () => {
    it("takes the last free one", async () => {
      const { escrow, alice, held } = await loadFixture(oneNumberFree);
      await escrow.connect(alice).split(held.number, held.end, 1n);
      expect((await lockOf(escrow, alice.address, 31)).amount).to.equal(1n);
      expect((await escrow.minerOf(alice)).lockMask).to.equal(2n ** MAX_LOCKS - 1n);
      expect(await escrow.earningIn(await escrow.openPeriod())).to.equal(STAKE);
    });

    it("reverts with StakeEscrowTooManyLocks(32, 32) if there is none", async () => {
      const scene = await loadFixture(oneNumberFree);
      const { escrow, alice, held } = scene;
      await escrow.connect(alice).split(held.number, held.end, 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).split(held.number, held.end, 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooManyLocks")
          .withArgs(MAX_LOCKS, MAX_LOCKS),
      );
    });
  });

  describe("when the miner is paused", () => {
    it("splits outside the totals and both parts join them with resume", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).split(held.number, held.end, PART);
      for (const period of [now, now + 1n]) expect(await escrow.earningIn(period)).to.equal(0n);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end)).to.equal(0n);
    });
  });
});
