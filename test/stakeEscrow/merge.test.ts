import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { lockOf, locksOf } from "../helpers/locks";
import {
  NOTICE,
  ROLLING,
  STAKE,
  type SceneWithLock,
  TERM,
  VESTING,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  lockAs,
  modelOf,
  pauseNow,
  reach,
  seatOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

const ADDITION = nkms("160");

/** Alice's locks 0 and 1 begin together: {@link STAKE} and {@link ADDITION} from the first period of the scene on. */
async function twinsEarn(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  await lockAs(scene, scene.alice, ADDITION, TERM);
  scene.economy.lock("alice", ADDITION, TERM);
  const now = scene.now + 1n;
  await reach(scene, now, scene.economy);
  return { ...scene, now };
}

/** {@link aliceEarns}, and she has topped up three periods later: lock 1 starts in now + 1 and ends with lock 0. */
async function siblingsEarn(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  const now = scene.now + 3n;
  await reach(scene, now, scene.economy);
  await scene.escrow.connect(scene.alice).topUp(scene.alice, scene.held.number, scene.held.end, ADDITION);
  scene.economy.topUp("alice", "alice", scene.held.number, scene.held.end, ADDITION);
  return { ...scene, now };
}

describe("StakeEscrow.merge", () => {
  describe("when both locks began in the same period", () => {
    it("keeps the lower number with both amounts and tells LocksMerged, in whatever order they are named", async () => {
      for (const [one, other] of [
        [0n, 1n],
        [1n, 0n],
      ] as const) {
        const { escrow, alice, held } = await loadFixture(twinsEarn);
        expect(await eventsOf(escrow, escrow.connect(alice).merge(one, other, held.end))).to.deep.equal([
          ["LocksMerged", alice.address, 0n, 1n, ADDITION],
        ]);
        expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE + ADDITION }]);
        expect((await escrow.minerOf(alice)).lockMask).to.equal(0b1n);
      }
    });

    it("changes no total, no seat, no locked amount and no balance", async () => {
      const scene = await loadFixture(twinsEarn);
      const { escrow, alice, held, now } = scene;
      const seat = await seatOf(escrow, alice.address);
      const moves = await moved(scene, () => escrow.connect(alice).merge(0n, 1n, held.end));
      expect(moves).to.deep.equal({});
      for (const [period, counted] of [
        [now, STAKE + ADDITION],
        [held.end - 1n, STAKE + ADDITION],
        [held.end, 0n],
      ] as const) {
        expect(await escrow.lockedIn(alice, period)).to.equal(counted);
        expect(await escrow.earningIn(period)).to.equal(counted);
      }
      expect(await seatOf(escrow, alice.address)).to.deep.equal(seat);
      expect(seat?.weight).to.equal(STAKE + ADDITION);
    });

    it("merges before they have begun", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held, now } = scene;
      await lockAs(scene, alice, ADDITION, TERM);
      await escrow.connect(alice).merge(0n, 1n, held.end);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE + ADDITION }]);
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE + ADDITION);
    });

    it("merges while their rewards are unpaid, and these stay", async () => {
      const scene = await loadFixture(twinsEarn);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 5n, model);
      model.merge("alice", 0, 1, held.end);
      await escrow.connect(alice).merge(0n, 1n, held.end);
      expect(await escrow.claimable(alice)).to.equal(model.claimable("alice"));
      expect(await escrow.vesting(alice)).to.equal(model.vesting("alice"));
      expect(model.claimable("alice")).to.be.greaterThan(0n);
    });

    it("merges rolling locks with equal notice", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held } = scene;
      await escrow.connect(alice).split(held.number, ROLLING, ADDITION);
      await escrow.connect(alice).merge(0n, 1n, ROLLING);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([held]);
    });

    it("merges locks that have ended, which are withdrawn as one", async () => {
      const scene = await loadFixture(twinsEarn);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).merge(0n, 1n, held.end);
      expect(await escrow.withdrawable(alice)).to.equal(STAKE + ADDITION);
      expect(
        (await eventsOf(escrow, escrow.connect(alice).withdraw(STAKE + ADDITION))).filter(
          ([name]) => name === "LockLowered",
        ),
      ).to.deep.equal([["LockLowered", alice.address, 0n, STAKE + ADDITION, 0n]]);
    });
  });

  describe("when the locks began in different periods", () => {
    it("reverts with StakeEscrowNotPaidYet(laterStart, paidUntil) until rewards are paid past the later start", async () => {
      const scene = await loadFixture(siblingsEarn);
      const { escrow, alice, held, now } = scene;
      const laterStart = now + 1n;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).merge(0n, 1n, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaidYet")
          .withArgs(laterStart, held.start),
      );
      // One period too soon: the claim pays up to laterStart - 1.
      await reach(scene, laterStart + VESTING - 1n);
      await escrow.connect(alice).claim();
      await unchanged(scene, () =>
        expect(escrow.connect(alice).merge(0n, 1n, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaidYet")
          .withArgs(laterStart, laterStart - 1n),
      );
      // Time alone does not pay either.
      await reach(scene, laterStart + VESTING);
      await expect(escrow.connect(alice).merge(0n, 1n, held.end))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaidYet")
        .withArgs(laterStart, laterStart - 1n);
    });

    it("merges after a claim when now - V has reached the later start", async () => {
      const scene = await loadFixture(siblingsEarn);
      const { escrow, alice, held, now } = scene;
      const laterStart = now + 1n;
      await reach(scene, laterStart + VESTING);
      await escrow.connect(alice).claim();
      expect(await eventsOf(escrow, escrow.connect(alice).merge(0n, 1n, held.end))).to.deep.equal([
        ["LocksMerged", alice.address, 0n, 1n, ADDITION],
      ]);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE + ADDITION }]);
    });

    it("keeps the earlier start, whichever lock had it", async () => {
      const scene = await loadFixture(siblingsEarn);
      const { escrow, alice, held, now } = scene;
      const laterStart = now + 1n;
      // The part of lock 0 gets number 2, with the earlier start: now lock 1 is the later one and the lower number.
      await escrow.connect(alice).split(held.number, held.end, ADDITION);
      await reach(scene, laterStart + VESTING);
      await escrow.connect(alice).claim();
      await escrow.connect(alice).merge(1n, 2n, held.end);
      expect(await lockOf(escrow, alice.address, 1)).to.deep.equal({
        ...held,
        number: 1,
        amount: 2n * ADDITION,
      });
    });

    it("leaves the rewards to come as they were", async () => {
      const scene = await loadFixture(siblingsEarn);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 1n + VESTING, model);
      await escrow.connect(alice).claim();
      model.claim("alice");
      await escrow.connect(alice).merge(0n, 1n, held.end);
      model.merge("alice", 0, 1, held.end);
      expect(await escrow.vesting(alice)).to.equal(model.vesting("alice"));
      await reach(scene, held.end + VESTING, model);
      const reward = model.claim("alice");
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
    });

    it("merges after a pause and a resume, which leave nothing unpaid", async () => {
      const scene = await loadFixture(siblingsEarn);
      const { escrow, alice, held, now } = scene;
      const laterStart = now + 1n;
      await pauseNow(scene, alice);
      await expect(escrow.connect(alice).merge(0n, 1n, held.end), "paused")
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaidYet")
        .withArgs(laterStart, now - VESTING);
      await escrow.connect(alice).resume(alice);
      const later = laterStart + VESTING;
      await reach(scene, later);
      await escrow.connect(alice).merge(0n, 1n, held.end);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE + ADDITION }]);
      expect(await escrow.earningIn(later)).to.equal(STAKE + ADDITION);
      expect(await escrow.earningIn(held.end)).to.equal(0n);
    });

    it("reverts after a resume, which pays ahead, until the later lock has been there for V periods", async () => {
      const scene = await loadFixture(siblingsEarn);
      const { escrow, alice, held, now } = scene;
      const laterStart = now + 1n;
      await pauseNow(scene, alice);
      await escrow.connect(alice).resume(alice);
      for (const period of [now, now + 1n, laterStart + VESTING - 1n]) {
        await reach(scene, period);
        await unchanged(scene, () =>
          expect(escrow.connect(alice).merge(0n, 1n, held.end), `in ${period - now}`)
            .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaidYet")
            .withArgs(laterStart, period - VESTING),
        );
      }
    });
  });

  describe("when the locks differ", () => {
    it("reverts with StakeEscrowNoticesDiffer(lock, notice, otherLock, otherNotice)", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, held } = scene;
      await escrow.connect(alice).split(held.number, ROLLING, ADDITION);
      await escrow.connect(alice).roll(1n, ROLLING, NOTICE + 1n);
      for (const [one, other] of [
        [0n, 1n],
        [1n, 0n],
      ] as const) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).merge(one, other, ROLLING))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowNoticesDiffer")
            .withArgs(0n, NOTICE, 1n, NOTICE + 1n),
        );
      }
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named) for the lower one first", async () => {
      const scene = await loadFixture(twinsEarn);
      const { escrow, alice, held } = scene;
      await expect(escrow.connect(alice).merge(1n, 0n, held.end + 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
        .withArgs(0n, held.end, held.end + 1n);
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named) for the higher one", async () => {
      const scene = await loadFixture(twinsEarn);
      const { escrow, alice, held } = scene;
      await escrow.connect(alice).extend(1n, held.end, 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).merge(0n, 1n, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
          .withArgs(1n, held.end + 1n, held.end),
      );
    });
  });

  describe("when a lock is not there", () => {
    it("reverts with StakeEscrowUnknownLock(caller, lock) for one number that is not used", async () => {
      const { escrow, alice, held } = await loadFixture(twinsEarn);
      for (const number of [2n, 31n, 32n, MaxUint256]) {
        await expect(escrow.connect(alice).merge(number, 0n, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(alice.address, number);
      }
    });

    it("reverts with StakeEscrowUnknownLock(stranger, lock) for a stranger", async () => {
      const scene = await loadFixture(twinsEarn);
      const { escrow, stranger, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(stranger).merge(0n, 1n, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(stranger.address, 0n),
      );
    });
  });

  describe("when a lock is named twice", () => {
    it("reverts with StakeEscrowSameLock(lock)", async () => {
      const scene = await loadFixture(twinsEarn);
      const { escrow, alice, held } = scene;
      for (const number of [0n, 1n, MaxUint256]) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).merge(number, number, held.end))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowSameLock")
            .withArgs(number),
        );
      }
    });
  });
});
