import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { lockOf, locksOf } from "../helpers/locks";
import { testParameters } from "../helpers/network";
import { nextTransactionAt } from "../helpers/time";
import {
  NOTICE,
  ROLLING,
  STAKE,
  STAKE_LIMIT,
  type SceneWithLock,
  TERM,
  VESTING,
  aliceEarns,
  aliceJustLocked,
  lockAs,
  modelOf,
  pauseNow,
  reach,
  sceneWith,
  seatOf,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** s0 of the scenes here: a reward is then about a third of {@link STAKE}, and far below the limit. */
const SMALL_ISSUE = nkms("600");

/** Alice and bob share what little is issued; three periods have vested for each. */
async function rewardsVested(): Promise<SceneWithLock> {
  const scene = await sceneWith({
    ...testParameters,
    escrow: { ...testParameters.escrow, firstIssue: SMALL_ISSUE },
  });
  const held = await lockAs(scene, scene.alice, STAKE, TERM);
  await lockAs(scene, scene.bob, STAKE / 2n, TERM);
  scene.economy.lock("alice", STAKE, TERM);
  scene.economy.lock("bob", STAKE / 2n, TERM);
  const now = scene.now + 4n + VESTING;
  await reach(scene, now, scene.economy);
  return { ...scene, held, now };
}

/** {@link rewardsVested}, but alice rolls with {@link NOTICE}. */
async function rewardsVestedOfARollingLock(): Promise<SceneWithLock> {
  const scene = await rewardsVested();
  await scene.escrow.connect(scene.alice).roll(scene.held.number, scene.held.end, NOTICE);
  scene.economy.roll("alice", scene.held.number, scene.held.end, NOTICE);
  return { ...scene, held: await lockOf(scene.escrow, scene.alice.address, scene.held.number) };
}

describe("StakeEscrow.compound", () => {
  describe("when something has vested", () => {
    describe("given a lock that has started", () => {
      it("turns the whole vested reward into a lock with the same end and tells it", async () => {
        const scene = await loadFixture(rewardsVested);
        const { escrow, alice, held, now } = scene;
        const reward = modelOf(scene).claimable("alice");
        expect(reward).to.be.greaterThan(0n);
        expect(await escrow.connect(alice).compound.staticCall(held.number, held.end)).to.equal(1n);
        expect(await eventsOf(escrow, escrow.connect(alice).compound(held.number, held.end))).to.deep.equal([
          ["LockOpened", alice.address, 1n, reward, now + 1n, held.end, 0n],
          ["RewardCompounded", alice.address, reward],
        ]);
        expect(await locksOf(escrow, alice.address)).to.deep.equal([
          held,
          { number: 1, amount: reward, start: now + 1n, end: held.end, notice: 0n },
        ]);
      });

      it("counts the reward as stake from the next period until that end", async () => {
        const scene = await loadFixture(rewardsVested);
        const { escrow, alice, held, now } = scene;
        const reward = modelOf(scene).claimable("alice");
        await escrow.connect(alice).compound(held.number, held.end);
        for (const [period, ofAlice, ofAll] of [
          [now, STAKE, STAKE + STAKE / 2n],
          [now + 1n, STAKE + reward, STAKE + STAKE / 2n + reward],
          [held.end - 1n, STAKE + reward, STAKE + STAKE / 2n + reward],
          [held.end, 0n, 0n],
        ] as const) {
          expect(await escrow.lockedIn(alice, period), `locked in ${period - now}`).to.equal(ofAlice);
          expect(await escrow.earningIn(period), `earning in ${period - now}`).to.equal(ofAll);
        }
      });

      it("moves no tokens and marks the reward as paid", async () => {
        const scene = await loadFixture(rewardsVested);
        const { escrow, alice, held, now } = scene;
        const moves = await moved(scene, () => escrow.connect(alice).compound(held.number, held.end));
        expect(moves).to.deep.equal({});
        expect((await escrow.minerOf(alice)).paidUntil).to.equal(now - VESTING);
        expect(await escrow.claimable(alice)).to.equal(0n);
      });
    });

    describe("given a lock that starts in the next period", () => {
      it("raises that lock", async () => {
        const scene = await loadFixture(rewardsVested);
        const { escrow, alice } = scene;
        const fresh = await lockAs(scene, alice, 7n, TERM);
        const reward = modelOf(scene).claimable("alice");
        expect(await escrow.connect(alice).compound.staticCall(fresh.number, fresh.end)).to.equal(fresh.number);
        expect(await eventsOf(escrow, escrow.connect(alice).compound(fresh.number, fresh.end))).to.deep.equal([
          ["LockRaised", alice.address, 1n, reward],
          ["RewardCompounded", alice.address, reward],
        ]);
        expect((await lockOf(escrow, alice.address, fresh.number)).amount).to.equal(7n + reward);
      });
    });

    describe("given a rolling lock", () => {
      it("opens a lock that rolls with the same notice", async () => {
        const scene = await loadFixture(rewardsVestedOfARollingLock);
        const { escrow, alice, held, now } = scene;
        const reward = modelOf(scene).claimable("alice");
        await escrow.connect(alice).compound(held.number, ROLLING);
        expect(await lockOf(escrow, alice.address, 1)).to.deep.equal({
          number: 1,
          amount: reward,
          start: now + 1n,
          end: ROLLING,
          notice: NOTICE,
        });
      });
    });

    it("adds to the seat", async () => {
      const scene = await loadFixture(rewardsVested);
      const { escrow, alice, held } = scene;
      const reward = modelOf(scene).claimable("alice");
      await escrow.connect(alice).compound(held.number, held.end);
      const sum = STAKE + reward;
      expect((await seatOf(escrow, alice.address))?.weight).to.equal(sum - (sum % 10n ** 9n));
    });

    it("leaves what is not vested to vest", async () => {
      const scene = await loadFixture(rewardsVested);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      const unvested = model.vesting("alice");
      await escrow.connect(alice).compound(held.number, held.end);
      model.compound("alice", held.number, held.end);
      expect(unvested).to.be.greaterThan(0n);
      expect(await escrow.vesting(alice)).to.equal(model.vesting("alice"));
      expect(unvested - model.vesting("alice"), "but for rounding").to.be.within(-1n, 1n);
    });

    it("earns on the reward from the next period on what the model says", async () => {
      const scene = await loadFixture(rewardsVested);
      const { escrow, alice, bob, held, now } = scene;
      const model = modelOf(scene);
      for (const period of [now, now + 1n, now + 3n]) {
        await reach(scene, period, model);
        await escrow.connect(alice).compound(held.number, held.end);
        model.compound("alice", held.number, held.end);
        expect(await locksOf(escrow, alice.address), `locks in ${period - now}`).to.deep.equal(model.locksOf("alice"));
      }
      await reach(scene, held.end + VESTING, model);
      const [stake, ofAlice] = [model.withdrawable("alice"), model.claimable("alice")];
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(stake));
      expect(moves).to.deep.equal({ alice: stake + ofAlice, escrow: -stake - ofAlice });
      const ofBob = model.claim("bob");
      expect(await moved(scene, () => escrow.connect(bob).claim())).to.deep.equal({ bob: ofBob, escrow: -ofBob });
    });
  });

  describe("when nothing has vested", () => {
    it("reverts with StakeEscrowTooSmall(0, 1) in the last second before the first reward vests", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      const vestsIn = held.start + 1n + VESTING;
      await nextTransactionAt(startOf(vestsIn) - 1n);
      await expect(escrow.connect(alice).compound(held.number, held.end))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
        .withArgs(0n, 1n);
      const model = modelOf(scene);
      model.toPeriod(vestsIn);
      await nextTransactionAt(startOf(vestsIn));
      await escrow.connect(alice).compound(held.number, held.end);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(model.claimable("alice"));
    });

    it("reverts with StakeEscrowTooSmall(0, 1) the second time in a period", async () => {
      const scene = await loadFixture(rewardsVested);
      const { escrow, alice, held } = scene;
      await escrow.connect(alice).compound(held.number, held.end);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).compound(held.number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
          .withArgs(0n, 1n),
      );
    });

    it("reverts with StakeEscrowTooSmall(0, 1) while the miner is paused", async () => {
      const scene = await loadFixture(rewardsVested);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      await reach(scene, now + 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).compound(held.number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
          .withArgs(0n, 1n),
      );
    });

    it("reverts with StakeEscrowTooSmall(0, 1) for an account that never locked", async () => {
      const { escrow, stranger, held } = await loadFixture(rewardsVested);
      await expect(escrow.connect(stranger).compound(held.number, held.end))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
        .withArgs(0n, 1n);
    });
  });

  describe("when somebody else calls", () => {
    it("reverts with StakeEscrowUnknownLock(caller, lock), for everybody compounds only its own", async () => {
      const scene = await loadFixture(rewardsVested);
      const { escrow, alice, bob, held } = scene;
      const other = await lockAs(scene, alice, 1n, TERM);
      // Bob has a vested reward and a lock 0, but the lock 1 that he names is alice's.
      await unchanged(scene, () =>
        expect(escrow.connect(bob).compound(other.number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(bob.address, other.number),
      );
    });
  });

  describe("when the lock is not the one that was meant", () => {
    it("reverts with StakeEscrowUnknownLock(miner, lock)", async () => {
      const { escrow, alice, held } = await loadFixture(rewardsVested);
      for (const number of [1n, 32n, 2n ** 256n - 1n]) {
        await expect(escrow.connect(alice).compound(number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowUnknownLock")
          .withArgs(alice.address, number);
      }
    });

    it("reverts with StakeEscrowOtherEnd(lock, end, named)", async () => {
      const { escrow, alice, held } = await loadFixture(rewardsVested);
      for (const named of [held.end - 1n, held.end + 1n, ROLLING]) {
        await expect(escrow.connect(alice).compound(held.number, named))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
          .withArgs(held.number, held.end, named);
      }
    });
  });

  describe("when the lock ends", () => {
    it("compounds in the last second in which the lock ends after the next period", async () => {
      const { escrow, alice, held } = await loadFixture(rewardsVested);
      await nextTransactionAt(startOf(held.end - 1n) - 1n);
      await escrow.connect(alice).compound(held.number, held.end);
      expect((await lockOf(escrow, alice.address, 1)).start).to.equal(held.end - 1n);
    });

    it("reverts with StakeEscrowEndsTooSoon(lock, end, now + 2) from the first second of its last period", async () => {
      const scene = await loadFixture(rewardsVested);
      const { escrow, alice, held } = scene;
      await unchanged(scene, async () => {
        await nextTransactionAt(startOf(held.end - 1n));
        await expect(escrow.connect(alice).compound(held.number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowEndsTooSoon")
          .withArgs(held.number, held.end, held.end + 1n);
      });
    });
  });

  describe("when the reward does not fit", () => {
    it("reverts with StakeEscrowAboveLimit(stake, limit) if the stake would reach the limit", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 1n + VESTING, model);
      const reward = model.claimable("alice");
      expect(reward, "alone it would fit").to.be.lessThan(STAKE_LIMIT);
      await escrow.connect(alice).lock(STAKE_LIMIT - STAKE - reward, TERM);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).compound(held.number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
          .withArgs(STAKE_LIMIT, STAKE_LIMIT),
      );
    });

    it("reverts with StakeEscrowAboveLimit(reward, limit) if the reward alone does", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 2n + VESTING, model);
      const reward = model.claimable("alice");
      await unchanged(scene, () =>
        expect(escrow.connect(alice).compound(held.number, held.end))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
          .withArgs(reward, STAKE_LIMIT),
      );
    });

    it("leaves the reward claimable after a refusal", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 2n + VESTING, model);
      const reward = model.claim("alice");
      await expect(escrow.connect(alice).compound(held.number, held.end))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
        .withArgs(reward, STAKE_LIMIT);
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
    });
  });
});
