import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { lockOf, locksOf } from "../helpers/locks";
import { MIN_STAKE, PURSE } from "../helpers/network";
import { nextTransactionAt } from "../helpers/time";
import {
  MAX_LOCKS,
  MAX_LOCKS_BY_OTHERS,
  NOTICE,
  ROLLING,
  STAKE,
  type SceneWithLock,
  TERM,
  VESTING,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  fillTiersFrom,
  lockAs,
  pauseNow,
  reach,
  seatOf,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

const ADDITION = nkms("160");

/** {@link aliceEarns}, and the stranger has approved all it holds. */
async function strangerApproved(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  await scene.token.connect(scene.stranger).approve(scene.escrow, MaxUint256);
  return scene;
}

/** {@link strangerApproved}, and alice uses `used` lock numbers. */
async function strangerFinds(used: bigint): Promise<SceneWithLock> {
  const scene = await strangerApproved();
  for (let n = 1n; n < used; n++) await scene.escrow.connect(scene.alice).lock(1n, TERM);
  return scene;
}

const strangerFinds23 = (): Promise<SceneWithLock> => strangerFinds(MAX_LOCKS_BY_OTHERS - 1n);
const strangerFinds24 = (): Promise<SceneWithLock> => strangerFinds(MAX_LOCKS_BY_OTHERS);

describe("StakeEscrow.topUp", () => {
  describe("when the miner tops up its own lock", () => {
    describe("given a lock that starts in the next period", () => {
      it("raises that lock and tells LockRaised", async () => {
        const { escrow, alice, held, now } = await loadFixture(aliceJustLocked);
        const asAlice = escrow.connect(alice);
        expect(await asAlice.topUp.staticCall(alice, held.number, held.end, ADDITION)).to.equal(held.number);
        expect(await eventsOf(escrow, asAlice.topUp(alice, held.number, held.end, ADDITION))).to.deep.equal([
          ["LockRaised", alice.address, 0n, ADDITION],
        ]);
        expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE + ADDITION }]);
        expect(await escrow.earningIn(now)).to.equal(0n);
        expect(await escrow.earningIn(now + 1n)).to.equal(STAKE + ADDITION);
        expect(await escrow.earningIn(held.end)).to.equal(0n);
      });

      it("leaves the other locks and the lock numbers as they are", async () => {
        const scene = await loadFixture(aliceJustLocked);
        const { escrow, alice, held } = scene;
        const other = await lockAs(scene, alice, MIN_STAKE, TERM);
        await escrow.connect(alice).topUp(alice, other.number, other.end, ADDITION);
        expect(await locksOf(escrow, alice.address)).to.deep.equal([held, { ...other, amount: MIN_STAKE + ADDITION }]);
        expect((await escrow.minerOf(alice)).lockMask).to.equal(0b11n);
      });
    });

    describe("given a lock that has started", () => {
      it("opens a lock of its own with the same end", async () => {
        const { escrow, alice, held, now } = await loadFixture(aliceEarns);
        const asAlice = escrow.connect(alice);
        expect(await asAlice.topUp.staticCall(alice, held.number, held.end, ADDITION)).to.equal(1n);
        expect(await eventsOf(escrow, asAlice.topUp(alice, held.number, held.end, ADDITION))).to.deep.equal([
          ["LockOpened", alice.address, 1n, ADDITION, now + 1n, held.end, 0n],
        ]);
        expect(await locksOf(escrow, alice.address)).to.deep.equal([
          held,
          { number: 1, amount: ADDITION, start: now + 1n, end: held.end, notice: 0n },
        ]);
      });

      it("counts the addition from the next period until that end", async () => {
        const { escrow, alice, held, now } = await loadFixture(aliceEarns);
        await escrow.connect(alice).topUp(alice, held.number, held.end, ADDITION);
        for (const [period, counted] of [
          [now, STAKE],
          [now + 1n, STAKE + ADDITION],
          [held.end - 1n, STAKE + ADDITION],
          [held.end, 0n],
        ] as const) {
          expect(await escrow.lockedIn(alice, period), `locked in ${period - now}`).to.equal(counted);
          expect(await escrow.earningIn(period), `earning in ${period - now}`).to.equal(counted);
        }
      });

      it("leaves the reward of the old lock as it is", async () => {
        const scene = await loadFixture(aliceEarns);
        const { escrow, alice, held, now } = scene;
        await reach(scene, now + 3n);
        const earned = [await escrow.claimable(alice), await escrow.vesting(alice)];
        expect(earned[0]).to.be.greaterThan(0n);
        await escrow.connect(alice).topUp(alice, held.number, held.end, ADDITION);
        expect([await escrow.claimable(alice), await escrow.vesting(alice)]).to.deep.equal(earned);
      });
    });

    describe("given a rolling lock", () => {
      it("opens a lock that rolls with the same notice", async () => {
        const { escrow, alice, held, now } = await loadFixture(aliceRolls);
        expect(
          await eventsOf(escrow, escrow.connect(alice).topUp(alice, held.number, ROLLING, ADDITION)),
        ).to.deep.equal([["LockOpened", alice.address, 1n, ADDITION, now + 1n, ROLLING, NOTICE]]);
        expect(await lockOf(escrow, alice.address, 1)).to.deep.equal({
          number: 1,
          amount: ADDITION,
          start: now + 1n,
          end: ROLLING,
          notice: NOTICE,
        });
        expect(await escrow.lockedIn(alice, now + NOTICE)).to.equal(STAKE + ADDITION);
        expect(await escrow.lockedIn(alice, now + NOTICE + 1n)).to.equal(0n);
        expect(await escrow.earningIn(now + 10n * NOTICE), "no notice, no end").to.equal(STAKE + ADDITION);
      });

      it("raises a rolling lock that starts in the next period", async () => {
        const { escrow, alice, held, now } = await loadFixture(aliceRolls);
        await escrow.connect(alice).topUp(alice, held.number, ROLLING, ADDITION);
        expect(await eventsOf(escrow, escrow.connect(alice).topUp(alice, 1n, ROLLING, 3n))).to.deep.equal([
          ["LockRaised", alice.address, 1n, 3n],
        ]);
        expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(ADDITION + 3n);
        expect(await escrow.earningIn(now + 1n)).to.equal(STAKE + ADDITION + 3n);
      });
    });

    it("takes one unit, from the miner alone", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      const moves = await moved(scene, () => escrow.connect(alice).topUp(alice, held.number, held.end, 1n));
      expect(moves).to.deep.equal({ alice: -1n, escrow: 1n });
    });

    it("adds to the seat", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      // 100 s_min lie in tier 6, 130 s_min in tier 7.
      await escrow.connect(alice).topUp(alice, held.number, held.end, 30n * MIN_STAKE);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.tier, seat?.weight, seat?.firstEnd]).to.deep.equal([7n, 130n * MIN_STAKE, held.end]);
      expect(await escrow.members()).to.equal(1n);
    });

    it("takes the last free lock number, the 32nd", async () => {
      const { escrow, alice, held } = await loadFixture(strangerFinds24);
      const asAlice = escrow.connect(alice);
      for (let used = MAX_LOCKS_BY_OTHERS; used < MAX_LOCKS; used++) {
        await asAlice.topUp(alice, held.number, held.end, 1n);
      }
      expect((await locksOf(escrow, alice.address)).length).to.equal(Number(MAX_LOCKS));
      await expect(asAlice.topUp(alice, held.number, held.end, 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooManyLocks")
        .withArgs(MAX_LOCKS, MAX_LOCKS);
    });
  });

  describe("when a stranger tops up", () => {
    it("takes the stranger's tokens and gives the stake to the miner", async () => {
      const scene = await loadFixture(strangerApproved);
      const { escrow, alice, stranger, held, now } = scene;
      const moves = await moved(scene, async () =>
        expect(
          await eventsOf(escrow, escrow.connect(stranger).topUp(alice, held.number, held.end, ADDITION)),
        ).to.deep.equal([["LockOpened", alice.address, 1n, ADDITION, now + 1n, held.end, 0n]]),
      );
      expect(moves).to.deep.equal({ stranger: -ADDITION, escrow: ADDITION });
      expect(await escrow.lockedIn(alice, now + 1n)).to.equal(STAKE + ADDITION);
      expect(await locksOf(escrow, stranger.address)).to.deep.equal([]);

      await reach(scene, held.end + VESTING);
      expect(await escrow.withdrawable(alice)).to.equal(STAKE + ADDITION);
      expect(await escrow.withdrawable(stranger)).to.equal(0n);
    });

    it("takes exactly s_min", async () => {
      const { escrow, alice, stranger, held } = await loadFixture(strangerApproved);
      await escrow.connect(stranger).topUp(alice, held.number, held.end, MIN_STAKE);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(MIN_STAKE);
    });

    it("reverts with StakeEscrowTooSmall(s_min - 1, s_min)", async () => {
      const scene = await loadFixture(strangerApproved);
      const { escrow, alice, stranger, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(stranger).topUp(alice, held.number, held.end, MIN_STAKE - 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
          .withArgs(MIN_STAKE - 1n, MIN_STAKE),
      );
    });

    it("takes the addition while 23 lock numbers are used", async () => {
      const { escrow, alice, stranger, held } = await loadFixture(strangerFinds23);
      await escrow.connect(stranger).topUp(alice, held.number, held.end, MIN_STAKE);
      expect((await locksOf(escrow, alice.address)).length).to.equal(Number(MAX_LOCKS_BY_OTHERS));
    });

    it("reverts with StakeEscrowTooManyLocks(24, 24) while 24 are used, even for an addition in place", async () => {
      const scene = await loadFixture(strangerFinds24);
      const { escrow, alice, stranger, held } = scene;
      const pending = await lockOf(escrow, alice.address, 1);
      for (const { number, end } of [held, pending]) {
        await unchanged(scene, () =>
          expect(escrow.connect(stranger).topUp(alice, number, end, MIN_STAKE), `lock ${number}`)
            .to.be.revertedWithCustomError(escrow, "StakeEscrowTooManyLocks")
            .withArgs(MAX_LOCKS_BY_OTHERS, MAX_LOCKS_BY_OTHERS),
        );
      }
    });

    it("lets the miner itself go on to 32", async () => {
      const { escrow, alice, held } = await loadFixture(strangerFinds24);
      await escrow.connect(alice).topUp(alice, held.number, held.end, 1n);
      expect((await locksOf(escrow, alice.address)).length).to.equal(Number(MAX_LOCKS_BY_OTHERS) + 1);
    });

    it("reverts with StakeEscrowUnknownLock(miner, lock) for an account that has no lock", async () => {
      const scene = await loadFixture(strangerApproved);
      const { escrow, bob, stranger, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(stranger).topUp(bob, held.number, held.end, MIN_STAKE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(bob.address, held.number),
      );
    });
  });

  describe("when the lock is not the one that was meant", () => {
    it("reverts with StakeEscrowUnknownLock(miner, lock) for a number that is not used", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await expect(escrow.connect(alice).topUp(alice, 1n, held.end, ADDITION))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
        .withArgs(alice.address, 1n);
    });

    it("reverts with StakeEscrowUnknownLock(miner, lock) for numbers beyond 31", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      // 256 and 2^32 would be lock 0 again if they were narrowed.
      for (const number of [MAX_LOCKS, 256n, 2n ** 32n, MaxUint256]) {
        await expect(escrow.connect(alice).topUp(alice, number, held.end, ADDITION))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(alice.address, number);
      }
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named) for a wrong end", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      for (const named of [0n, held.end - 1n, held.end + 1n, held.end + 2n ** 32n, ROLLING, MaxUint256]) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).topUp(alice, held.number, named, ADDITION), `named ${named}`)
            .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
            .withArgs(held.number, held.end, named),
        );
      }
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named) for a rolling lock named by an end", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceRolls);
      await expect(escrow.connect(alice).topUp(alice, held.number, now + TERM, ADDITION))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
        .withArgs(held.number, ROLLING, now + TERM);
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named) for the end of an earlier lock with that number", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).withdraw(STAKE);
      const reused = await lockAs(scene, alice, STAKE, TERM);
      expect(reused.number).to.equal(held.number);
      await expect(escrow.connect(alice).topUp(alice, held.number, held.end, ADDITION))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
        .withArgs(held.number, reused.end, held.end);
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named) after somebody extended it", async () => {
      const scene = await loadFixture(strangerApproved);
      const { escrow, alice, stranger, held } = scene;
      await escrow.connect(alice).extend(held.number, held.end, 1n);
      await expect(escrow.connect(stranger).topUp(alice, held.number, held.end, MIN_STAKE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
        .withArgs(held.number, held.end + 1n, held.end);
    });
  });

  describe("when the lock ends", () => {
    it("takes the addition in the last second in which the lock ends after the next period", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await nextTransactionAt(startOf(held.end - 1n) - 1n);
      await escrow.connect(alice).topUp(alice, held.number, held.end, ADDITION);
      expect(await lockOf(escrow, alice.address, 1)).to.deep.equal({
        number: 1,
        amount: ADDITION,
        start: held.end - 1n,
        end: held.end,
        notice: 0n,
      });
    });

    it("reverts with StakeEscrowEndsTooSoon(lock, end, now + 2) from the first second of its last period", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await unchanged(scene, async () => {
        await nextTransactionAt(startOf(held.end - 1n));
        await expect(escrow.connect(alice).topUp(alice, held.number, held.end, ADDITION))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowEndsTooSoon")
          .withArgs(held.number, held.end, held.end + 1n);
      });
    });

    it("reverts with StakeEscrowEndsTooSoon(lock, end, now + 2) for a lock that has ended", async () => {
      const scene = await loadFixture(strangerApproved);
      const { escrow, alice, stranger, held } = scene;
      await reach(scene, held.end);
      for (const caller of [alice, stranger]) {
        await expect(escrow.connect(caller).topUp(alice, held.number, held.end, ADDITION))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowEndsTooSoon")
          .withArgs(held.number, held.end, held.end + 2n);
      }
    });
  });

  describe("when nothing is added", () => {
    it("reverts with StakeEscrowTooSmall(0, 1)", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      await expect(escrow.connect(alice).topUp(alice, held.number, held.end, 0n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
        .withArgs(0n, 1n);
    });
  });

  describe("when the caller can't pay", () => {
    it("reverts with ERC20InsufficientAllowance(escrow, 0, amount)", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, token, alice, stranger, held } = scene;
      await unchanged(scene, async () =>
        expect(escrow.connect(stranger).topUp(alice, held.number, held.end, ADDITION))
          .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
          .withArgs(await escrow.getAddress(), 0n, ADDITION),
      );
    });

    it("reverts with ERC20InsufficientBalance(caller, balance, amount)", async () => {
      const scene = await loadFixture(strangerApproved);
      const { escrow, token, alice, bob, stranger, held } = scene;
      await token.connect(stranger).transfer(bob, PURSE - ADDITION + 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(stranger).topUp(alice, held.number, held.end, ADDITION))
          .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
          .withArgs(stranger.address, ADDITION - 1n, ADDITION),
      );
    });
  });

  describe("when the miner is paused", () => {
    it("adds stake that counts as locked, in no total and with no seat", async () => {
      const scene = await loadFixture(strangerApproved);
      const { escrow, alice, stranger, held, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).topUp(alice, held.number, held.end, ADDITION);
      await escrow.connect(stranger).topUp(alice, 1n, held.end, MIN_STAKE);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(ADDITION + MIN_STAKE);
      expect(await escrow.lockedIn(alice, now + 1n)).to.equal(STAKE + ADDITION + MIN_STAKE);
      for (const period of [now, now + 1n, held.end]) expect(await escrow.earningIn(period)).to.equal(0n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
    });
  });

  describe("when the miner has resumed in this period", () => {
    it("opens a lock of its own, for the old one began before", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).resume(alice);
      expect(await eventsOf(escrow, escrow.connect(alice).topUp(alice, held.number, held.end, ADDITION))).to.deep.equal(
        [["LockOpened", alice.address, 1n, ADDITION, now + 1n, held.end, 0n]],
      );
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE + ADDITION);
      expect(await escrow.earningIn(held.end)).to.equal(0n);
    });
  });

  describe("when the sampler is full", () => {
    it("reverts with SamplerFull(its tier) if the stake needs a tier above", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await fillTiersFrom(scene, 7);
      // 100 s_min sit in tier 6; with 28 more they would belong into tier 7.
      await unchanged(scene, () =>
        expect(escrow.connect(alice).topUp(alice, held.number, held.end, 28n * MIN_STAKE))
          .to.be.revertedWithCustomError(escrow, "SamplerFull")
          .withArgs(7n),
      );
    });

    it("takes what fits into the miner's own tier", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await fillTiersFrom(scene, 6);
      await escrow.connect(alice).topUp(alice, held.number, held.end, 28n * MIN_STAKE - 1n);
      const seat = await seatOf(escrow, alice.address);
      // A seat is weighed in grains of 1e9 base units, rounded down.
      expect([seat?.tier, seat?.weight]).to.deep.equal([6n, 128n * MIN_STAKE - 10n ** 9n]);
    });
  });
});
