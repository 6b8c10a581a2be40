import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { lockOf, locksOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import {
  CATCH_UP,
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
  slashNow,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** Periods in which nothing happens any more. */
const LONG_AFTER = 100n;

/** Alice's lock has ended and vested, and bob's of the same size earns on. Nothing was ever claimed. */
async function aliceCanLeave(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  await lockAs(scene, scene.bob, STAKE, 3n * TERM);
  scene.economy.lock("bob", STAKE, 3n * TERM);
  const now = scene.held.end + VESTING;
  await reach(scene, now, scene.economy);
  return { ...scene, now };
}

/** What alice's locks 1, 2 and 3 hold in {@link fourLocks}. */
const [SOON, LATER, TWIN] = [nkms("20"), nkms("30"), nkms("40")];

/** Alice's lock 0 ends last; lock 1 ends five periods earlier, locks 2 and 3 one period after that. */
async function fourLocks(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  for (const [amount, periods] of [
    [SOON, TERM - 5n],
    [LATER, TERM - 4n],
    [TWIN, TERM - 4n],
  ] as const) {
    await lockAs(scene, scene.alice, amount, periods);
    scene.economy.lock("alice", amount, periods);
  }
  return scene;
}

describe("StakeEscrow.withdraw", () => {
  describe("when the lock has ended and vested", () => {
    it("pays nothing in the last second before end + V, and the stake from its first second", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await nextTransactionAt(startOf(held.end + VESTING) - 1n);
      await expect(escrow.connect(alice).withdraw(STAKE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
        .withArgs(STAKE, 0n);
      await nextTransactionAt(startOf(held.end + VESTING));
      const model = modelOf(scene);
      model.toPeriod(held.end + VESTING);
      const reward = model.withdraw("alice", STAKE);
      expect(await eventsOf(escrow, escrow.connect(alice).withdraw(STAKE))).to.deep.equal([
        ["LockLowered", alice.address, 0n, STAKE, 0n],
        ["Withdrawn", alice.address, STAKE],
        ["RewardPaid", alice.address, alice.address, reward],
      ]);
    });

    it("pays the stake and the whole vested reward, and tells LockLowered, Withdrawn and RewardPaid", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice, held } = scene;
      const reward = modelOf(scene).withdraw("alice", STAKE);
      expect(reward).to.be.greaterThan(0n);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).withdraw(STAKE))).to.deep.equal([
          ["LockLowered", alice.address, 0n, STAKE, 0n],
          ["Withdrawn", alice.address, STAKE],
          ["RewardPaid", alice.address, alice.address, reward],
        ]),
      );
      expect(moves).to.deep.equal({ alice: STAKE + reward, escrow: -STAKE - reward });
      expect((await escrow.minerOf(alice)).paidUntil).to.equal(held.end);
    });

    it("pays a part and keeps the rest, whose lock stays", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice, held } = scene;
      const reward = modelOf(scene).withdraw("alice", 5n);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).withdraw(5n))).to.deep.equal([
          ["LockLowered", alice.address, 0n, 5n, STAKE - 5n],
          ["Withdrawn", alice.address, 5n],
          ["RewardPaid", alice.address, alice.address, reward],
        ]),
      );
      expect(moves).to.deep.equal({ alice: 5n + reward, escrow: -5n - reward });
      expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE - 5n }]);
      expect(await moved(scene, () => escrow.connect(alice).withdraw(STAKE - 5n)), "no reward twice").to.deep.equal({
        alice: STAKE - 5n,
        escrow: -STAKE + 5n,
      });
    });

    it("pays one unit, and all but one unit, and all", async () => {
      for (const amount of [1n, STAKE - 1n, STAKE]) {
        const scene = await loadFixture(aliceCanLeave);
        await scene.escrow.connect(scene.alice).claim();
        const moves = await moved(scene, () => scene.escrow.connect(scene.alice).withdraw(amount));
        expect(moves).to.deep.equal({ alice: amount, escrow: -amount });
        expect(await scene.escrow.withdrawable(scene.alice)).to.equal(STAKE - amount);
      }
    });

    it("takes the lock away with its last unit", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice } = scene;
      await escrow.connect(alice).withdraw(STAKE);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([]);
      expect((await escrow.minerOf(alice)).lockMask).to.equal(0n);
      await expect(escrow.connect(alice).withdraw(1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
        .withArgs(1n, 0n);
    });

    it("leaves what earns and what is locked later as it is", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice, bob, now } = scene;
      await lockAs(scene, alice, MIN_STAKE, TERM);
      await escrow.connect(alice).withdraw(STAKE);
      expect(await escrow.earningIn(now), "bob").to.equal(STAKE);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE + MIN_STAKE);
      expect(await escrow.earningIn(now + 1n + TERM)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, now + 1n)).to.equal(MIN_STAKE);
      expect(await escrow.lockedIn(bob, now + 1n)).to.equal(STAKE);
      expect((await seatOf(escrow, alice.address))?.weight).to.equal(MIN_STAKE);
    });

    it("does so long after, too", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + LONG_AFTER, model);
      const reward = model.withdraw("alice", STAKE);
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(STAKE));
      expect(moves).to.deep.equal({ alice: STAKE + reward, escrow: -STAKE - reward });
    });
  });

  describe("when more is asked for than there is", () => {
    it("reverts with StakeEscrowAboveWithdrawable(amount, 0) while nothing has ended", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).withdraw(1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
          .withArgs(1n, 0n),
      );
    });

    it("reverts with StakeEscrowAboveWithdrawable(amount, 0) between the end and end + V", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      for (const period of [held.end, held.end + VESTING - 1n]) {
        await reach(scene, period);
        await unchanged(scene, () =>
          expect(escrow.connect(alice).withdraw(1n), `in end + ${period - held.end}`)
            .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
            .withArgs(1n, 0n),
        );
      }
    });

    it("reverts with StakeEscrowAboveWithdrawable(amount, withdrawable) for one unit more than has ended", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice } = scene;
      await lockAs(scene, alice, MIN_STAKE, TERM);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).withdraw(STAKE + 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
          .withArgs(STAKE + 1n, STAKE),
      );
    });
  });

  describe("when nothing is asked for", () => {
    it("reverts with StakeEscrowTooSmall(0, 1)", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).withdraw(0n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
          .withArgs(0n, 1n),
      );
    });
  });

  describe("when several locks have ended", () => {
    it("takes the soonest end first, whatever their numbers", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).claim();
      const amount = SOON + LATER + TWIN + 1n;
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).withdraw(amount))).to.deep.equal([
          ["LockLowered", alice.address, 1n, SOON, 0n],
          ["LockLowered", alice.address, 2n, LATER, 0n],
          ["LockLowered", alice.address, 3n, TWIN, 0n],
          ["LockLowered", alice.address, 0n, 1n, STAKE - 1n],
          ["Withdrawn", alice.address, amount],
        ]),
      );
      expect(moves).to.deep.equal({ alice: amount, escrow: -amount });
      expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE - 1n }]);
    });

    it("takes the lower number first of two with the same end", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).withdraw(SOON + LATER - 1n);
      expect((await lockOf(escrow, alice.address, 2)).amount).to.equal(1n);
      expect((await lockOf(escrow, alice.address, 3)).amount).to.equal(TWIN);
      await escrow.connect(alice).withdraw(2n);
      expect((await locksOf(escrow, alice.address)).map(({ number, amount }) => [number, amount])).to.deep.equal([
        [0, STAKE],
        [3, TWIN - 1n],
      ]);
    });

    it("touches no lock that has not vested, though another one has", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice } = scene;
      const soon = await lockOf(escrow, alice.address, 1);
      await reach(scene, soon.end + VESTING);
      expect(await escrow.withdrawable(alice)).to.equal(SOON);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).withdraw(SOON + 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
          .withArgs(SOON + 1n, SOON),
      );
      await escrow.connect(alice).withdraw(SOON);
      expect((await locksOf(escrow, alice.address)).map(({ number, amount }) => [number, amount])).to.deep.equal([
        [0, STAKE],
        [2, LATER],
        [3, TWIN],
      ]);
    });

    it("pays the unpaid reward of all of them at once", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end + VESTING, model);
      const reward = model.withdraw("alice", 1n);
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(1n));
      expect(moves).to.deep.equal({ alice: reward + 1n, escrow: -reward - 1n });
      // Nothing is due afterwards, whichever lock goes.
      const rest = STAKE + SOON + LATER + TWIN - 1n;
      expect(await moved(scene, () => escrow.connect(alice).withdraw(rest))).to.deep.equal({
        alice: rest,
        escrow: -rest,
      });
    });
  });

  describe("when a lock rolls", () => {
    it("pays nothing of it, however late", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, now } = scene;
      await reach(scene, now + LONG_AFTER);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).withdraw(1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
          .withArgs(1n, 0n),
      );
    });

    it("pays it V periods after the end that notice gave it", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      await escrow.connect(alice).giveNotice(0n, ROLLING);
      model.giveNotice("alice", 0, ROLLING);
      const end = now + 1n + NOTICE;
      await reach(scene, end + VESTING - 1n, model);
      await nextTransactionAt(startOf(end + VESTING) - 1n);
      await expect(escrow.connect(alice).withdraw(STAKE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
        .withArgs(STAKE, 0n);
      await reach(scene, end + VESTING, model);
      const reward = model.withdraw("alice", STAKE);
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(STAKE));
      expect(moves).to.deep.equal({ alice: STAKE + reward, escrow: -STAKE - reward });
    });
  });

  describe("when the miner is paused", () => {
    it("pays the stake and no reward", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      await reach(scene, now + 4n);
      await pauseNow(scene, alice);
      await reach(scene, held.end + VESTING);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).withdraw(STAKE))).to.deep.equal([
          ["LockLowered", alice.address, 0n, STAKE, 0n],
          ["Withdrawn", alice.address, STAKE],
        ]),
      );
      expect(moves).to.deep.equal({ alice: STAKE, escrow: -STAKE });
      expect((await escrow.minerOf(alice)).paused).to.equal(true);
    });
  });

  describe("when the miner was slashed", () => {
    it("pays at most what is left", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, alice } = scene;
      const model = modelOf(scene);
      await slashNow(scene, alice, MIN_STAKE);
      model.slash("alice", MIN_STAKE, "", 0n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).withdraw(STAKE - MIN_STAKE + 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
          .withArgs(STAKE - MIN_STAKE + 1n, STAKE - MIN_STAKE),
      );
      const left = STAKE - MIN_STAKE;
      const reward = model.withdraw("alice", left);
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(left));
      expect(moves).to.deep.equal({ alice: left + reward, escrow: -left - reward });
    });
  });

  describe("when a stranger has added stake", () => {
    it("pays that to the miner, too", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, bob, held } = scene;
      await escrow.connect(bob).topUp(alice, held.number, held.end, MIN_STAKE);
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).claim();
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(STAKE + MIN_STAKE));
      expect(moves).to.deep.equal({ alice: STAKE + MIN_STAKE, escrow: -STAKE - MIN_STAKE });
    });
  });

  describe("when the sampler has not noticed the end", () => {
    it("takes the miner out of it", async () => {
      const { escrow, alice } = await loadFixture(aliceCanLeave);
      expect(await escrow.members()).to.equal(2n);
      await escrow.connect(alice).withdraw(1n);
      expect(await escrow.members()).to.equal(1n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
    });
  });

  describe("when somebody else calls", () => {
    it("reverts with StakeEscrowAboveWithdrawable(amount, 0), for everybody withdraws only its own", async () => {
      const scene = await loadFixture(aliceCanLeave);
      const { escrow, bob, stranger } = scene;
      for (const caller of [bob, stranger]) {
        await unchanged(scene, () =>
          expect(escrow.connect(caller).withdraw(1n))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
            .withArgs(1n, 0n),
        );
      }
    });
  });

  describe("when periods wait to be closed", () => {
    it("closes them, pays and takes their rewards along", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      await toPeriod(escrow, held.end + VESTING);
      const model = modelOf(scene);
      model.toPeriod(held.end + VESTING);
      const reward = model.withdraw("alice", STAKE);
      expect(await eventsOf(escrow, escrow.connect(alice).withdraw(STAKE))).to.deep.equal([
        ["LockLowered", alice.address, 0n, STAKE, 0n],
        ["Withdrawn", alice.address, STAKE],
        ["RewardPaid", alice.address, alice.address, reward],
      ]);
      expect(await escrow.openPeriod()).to.equal(held.end + VESTING);
    });

    it("reverts with StakeEscrowBehind(open, period) if there are too many", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      await toPeriod(escrow, now + CATCH_UP + 3n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).withdraw(STAKE))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
          .withArgs(now, now + CATCH_UP + 3n),
      );
    });
  });
});
