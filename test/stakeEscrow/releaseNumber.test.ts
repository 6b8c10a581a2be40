import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { MIN_STAKE } from "../helpers/network";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import {
  CATCH_UP,
  SHORTEST_LOCK,
  STAKE,
  type SceneWithLock,
  TERM,
  VESTING,
  aliceEarns,
  aliceJustLocked,
  lockAs,
  nobodyStakes,
  pauseNow,
  reach,
  slashNow,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** Alice's number 1 and bob's number 2 have been released, in this order. */
async function twoNumbersFree(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  await lockAs(scene, scene.bob, STAKE, TERM);
  const now = scene.held.end + VESTING;
  await reach(scene, now);
  await scene.escrow.releaseNumber(scene.alice);
  await scene.escrow.releaseNumber(scene.bob);
  return { ...scene, now };
}

describe("StakeEscrow.releaseNumber", () => {
  describe("when miners come", () => {
    it("gives numbers from 1 on, each since the period of the first lock", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice, bob, carol, now } = scene;
      expect(await escrow.numbers()).to.equal(0n);
      await lockAs(scene, alice, MIN_STAKE, TERM);
      await lockAs(scene, bob, MIN_STAKE, TERM);
      await reach(scene, now + 1n);
      await lockAs(scene, carol, MIN_STAKE, TERM);
      expect(await escrow.numbers()).to.equal(3n);
      expect(await escrow.holderOf(1n)).to.deep.equal([alice.address, now]);
      expect(await escrow.holderOf(2n)).to.deep.equal([bob.address, now]);
      expect(await escrow.holderOf(3n)).to.deep.equal([carol.address, now + 1n]);
      for (const number of [0n, 4n, MaxUint256]) {
        expect(await escrow.holderOf(number), `number ${number}`).to.deep.equal([ZeroAddress, 0n]);
      }
    });

    it("gives a miner that has one no second number", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held, now } = scene;
      await reach(scene, held.end);
      // Its lock has ended, but it was not released: the number is still alice's.
      await lockAs(scene, alice, MIN_STAKE, TERM);
      expect(await escrow.numbers()).to.equal(1n);
      expect(await escrow.holderOf(1n)).to.deep.equal([alice.address, now]);
    });
  });

  describe("when a miner has had no stake for V periods", () => {
    it("frees the number from the first second of end + V, not before", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      const freeFrom = held.end + VESTING;
      await nextTransactionAt(startOf(freeFrom) - 1n);
      await expect(escrow.releaseNumber(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(alice.address, freeFrom);
      await nextTransactionAt(startOf(freeFrom));
      await escrow.releaseNumber(alice);
      expect((await escrow.minerOf(alice)).number).to.equal(0n);
    });

    it("counts from the last of several ends", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await lockAs(scene, alice, 1n, TERM + 5n);
      await lockAs(scene, alice, 1n, SHORTEST_LOCK);
      const freeFrom = held.end + 5n + VESTING;
      await nextTransactionAt(startOf(freeFrom) - 1n);
      await expect(escrow.releaseNumber(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(alice.address, freeFrom);
      await nextTransactionAt(startOf(freeFrom));
      await escrow.releaseNumber(alice);
      expect((await escrow.minerOf(alice)).number).to.equal(0n);
    });

    it("frees the number at once when the last ended stake was withdrawn", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).withdraw(STAKE);
      await escrow.releaseNumber(alice);
      expect((await escrow.minerOf(alice)).number).to.equal(0n);
    });

    it("frees the number V periods after a slash that took everything", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      const slashedIn = now + 3n;
      await reach(scene, slashedIn);
      await slashNow(scene, alice, STAKE);
      const freeFrom = slashedIn + VESTING;
      await expect(escrow.releaseNumber(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(alice.address, freeFrom);
      await nextTransactionAt(startOf(freeFrom) - 1n);
      await expect(escrow.releaseNumber(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(alice.address, freeFrom);
      await nextTransactionAt(startOf(freeFrom));
      await escrow.releaseNumber(alice);
      expect((await escrow.minerOf(alice)).number).to.equal(0n);
    });

    it("tells NumberReleased, and the number is nobody's", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      expect(await eventsOf(escrow, escrow.releaseNumber(alice))).to.deep.equal([
        ["NumberReleased", alice.address, 1n],
      ]);
      expect(await escrow.holderOf(1n)).to.deep.equal([ZeroAddress, 0n]);
      expect(await escrow.numbers(), "there are as many numbers as before").to.equal(1n);
    });

    it("is free for anybody to call and moves no tokens", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, stranger, held } = scene;
      await reach(scene, held.end + VESTING);
      const moves = await moved(scene, () => escrow.connect(stranger).releaseNumber(alice));
      expect(moves).to.deep.equal({});
      expect(await escrow.withdrawable(alice), "the stake is alice's still").to.equal(STAKE);
    });

    it("waits for no period to be closed", async () => {
      const { escrow, alice, held } = await loadFixture(aliceJustLocked);
      const open = await escrow.openPeriod();
      await toPeriod(escrow, held.end + VESTING + 2n * CATCH_UP);
      await escrow.releaseNumber(alice);
      expect((await escrow.minerOf(alice)).number).to.equal(0n);
      expect(await escrow.openPeriod()).to.equal(open);
    });

    it("frees the number of a paused miner like any other", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await pauseNow(scene, alice);
      await nextTransactionAt(startOf(held.end + VESTING) - 1n);
      await expect(escrow.releaseNumber(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(alice.address, held.end + VESTING);
      await escrow.releaseNumber(alice);
      const { number, paused } = await escrow.minerOf(alice);
      expect([number, paused]).to.deep.equal([0n, true]);
    });

    it("is not held up by claims of the former miner", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).withdraw(STAKE);
      await reach(scene, held.end + VESTING + 5n);
      await escrow.connect(alice).claim();
      await escrow.releaseNumber(alice);
      expect((await escrow.minerOf(alice)).number).to.equal(0n);
    });
  });

  describe("when numbers are free", () => {
    it("gives a free number to the next new miner, since that period", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, carol, held } = scene;
      const now = held.end + VESTING;
      await reach(scene, now);
      await escrow.releaseNumber(alice);
      expect(await eventsOf(escrow, escrow.connect(carol).lock(MIN_STAKE, TERM))).to.deep.equal([
        ["NumberGiven", carol.address, 1n, now],
        ["LockOpened", carol.address, 0n, MIN_STAKE, now + 1n, now + 1n + TERM, 0n],
      ]);
      expect(await escrow.holderOf(1n)).to.deep.equal([carol.address, now]);
      expect(await escrow.numbers()).to.equal(1n);
    });

    it("gives the number that was released last first, and new ones when none is free", async () => {
      const scene = await loadFixture(twoNumbersFree);
      const { escrow, carol, dave, alice } = scene;
      await lockAs(scene, carol, MIN_STAKE, TERM);
      await lockAs(scene, dave, MIN_STAKE, TERM);
      expect((await escrow.minerOf(carol)).number).to.equal(2n);
      expect((await escrow.minerOf(dave)).number).to.equal(1n);
      await lockAs(scene, alice, MIN_STAKE, TERM);
      expect((await escrow.minerOf(alice)).number).to.equal(3n);
      expect(await escrow.numbers()).to.equal(3n);
    });

    it("gives the former miner a number again with its next lock", async () => {
      const scene = await loadFixture(twoNumbersFree);
      const { escrow, alice, now } = scene;
      await lockAs(scene, alice, MIN_STAKE, TERM);
      expect((await escrow.minerOf(alice)).number).to.equal(2n);
      expect(await escrow.holderOf(2n)).to.deep.equal([alice.address, now]);
    });
  });

  describe("when the number is in use", () => {
    it("reverts with StakeEscrowNumberInUse(miner, end + V) while a lock is not over", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      await unchanged(scene, () =>
        expect(escrow.releaseNumber(alice))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
          .withArgs(alice.address, held.end + VESTING),
      );
    });

    it("reverts with StakeEscrowNumberInUse(miner, 2^256 - 1) for an account without a number", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, stranger } = scene;
      await unchanged(scene, () =>
        expect(escrow.releaseNumber(stranger))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
          .withArgs(stranger.address, MaxUint256),
      );
    });

    it("reverts with StakeEscrowNumberInUse(miner, 2^256 - 1) the second time", async () => {
      const scene = await loadFixture(twoNumbersFree);
      const { escrow, alice } = scene;
      await expect(escrow.releaseNumber(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(alice.address, MaxUint256);
    });
  });
});
