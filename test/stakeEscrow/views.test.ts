import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { lockOf, locksOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { toPeriod } from "../helpers/time";
import {
  CATCH_UP,
  NOTICE,
  PERIOD,
  ROLLING,
  SHORTEST_LOCK,
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
  startOf,
} from "./fixtures";
import { eventsOf, moved } from "./observe";

/** Alice's other locks in {@link fourLocks}. */
const [SHORT, TWIN, ROLLER] = [nkms("20") + 1n, nkms("30"), nkms("40")];

/**
 * Alice's locks have just begun, in the scene's `now`: 0 and 2 end in now + 10, 1 in now + 2, and 3 rolls. Bob earns
 * beside her until long after.
 */
async function fourLocks(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  const { escrow, alice, bob, economy } = scene;
  for (const [miner, name, amount, periods] of [
    [alice, "alice", SHORT, SHORTEST_LOCK],
    [alice, "alice", TWIN, TERM],
    [alice, "alice", ROLLER, SHORTEST_LOCK],
    [bob, "bob", STAKE, 5n * TERM],
  ] as const) {
    await lockAs(scene, miner, amount, periods);
    economy.lock(name, amount, periods);
  }
  const { end } = await lockOf(escrow, alice.address, 3);
  await escrow.connect(alice).roll(3n, end, NOTICE);
  economy.roll("alice", 3, end, NOTICE);
  const now = scene.now + 1n;
  await reach(scene, now, economy);
  return { ...scene, now };
}

/** Mines an empty block at this second: what views say is said of it. */
const at = (second: bigint): Promise<void> => time.increaseTo(second);

describe("StakeEscrow.views", () => {
  describe("withdrawable", () => {
    it("is 0 until the last second before end + V, and the stake from its first second", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      const second = startOf(held.end + VESTING);
      await at(second - 1n);
      expect(await escrow.withdrawable(alice)).to.equal(0n);
      await at(second);
      expect(await escrow.withdrawable(alice)).to.equal(STAKE);
    });

    it("sums locks that have ended and vested, and knows no rolling ones", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, held, now } = scene;
      for (const [period, amount] of [
        [now + 1n + VESTING, 0n],
        [now + 2n + VESTING, SHORT],
        [held.end + VESTING - 1n, SHORT],
        [held.end + VESTING, SHORT + STAKE + TWIN],
        [held.end + VESTING + 10n * NOTICE, SHORT + STAKE + TWIN],
      ] as const) {
        await toPeriod(escrow, period);
        expect(await escrow.withdrawable(alice), `in ${period - now}`).to.equal(amount);
      }
    });

    it("is what withdraw pays at most, paused or not, while periods wait", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, now } = scene;
      await pauseNow(scene, alice);
      await toPeriod(escrow, now + 2n + VESTING);
      const amount = await escrow.withdrawable(alice);
      expect(amount).to.equal(SHORT);
      await expect(escrow.connect(alice).withdraw(amount + 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
        .withArgs(amount + 1n, amount);
      await reach(scene, now + 2n + VESTING);
      expect(await moved(scene, () => escrow.connect(alice).withdraw(amount))).to.deep.equal({
        alice: amount,
        escrow: -amount,
      });
    });

    it("is 0 for an account that never locked", async () => {
      const { escrow, stranger } = await loadFixture(fourLocks);
      expect(await escrow.withdrawable(stranger)).to.equal(0n);
    });
  });

  describe("claimable", () => {
    it("is what claim pays, while periods wait to be closed", async () => {
      for (const later of [VESTING, 1n + VESTING, 3n + VESTING, TERM + VESTING, CATCH_UP]) {
        const scene = await loadFixture(fourLocks);
        const { escrow, alice, now } = scene;
        await toPeriod(escrow, now + later);
        const model = modelOf(scene);
        model.toPeriod(now + later);
        const reward = model.claimable("alice");
        expect(await escrow.openPeriod(), "nothing was closed").to.equal(now);
        expect(await escrow.claimable(alice), `in ${later}`).to.equal(reward);
        expect(await eventsOf(escrow, escrow.connect(alice).claim()), `in ${later}`).to.deep.equal(
          reward === 0n ? [] : [["RewardPaid", alice.address, alice.address, reward]],
        );
      }
    });

    it("grows with the first second of a period, not before", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      for (const period of [now + VESTING, now + VESTING + 1n]) {
        model.toPeriod(period);
        const reward = model.claimable("alice");
        await at(startOf(period));
        expect(await escrow.claimable(alice)).to.equal(reward);
        await at(startOf(period + 1n) - 1n);
        expect(await escrow.claimable(alice)).to.equal(reward);
      }
    });

    it("is 0 for a paused miner, for one that has resumed until its new reward vests, and for a stranger", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, stranger, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 4n, model);
      await pauseNow(scene, alice);
      model.pause("alice");
      expect(await escrow.claimable(alice), "paused").to.equal(0n);
      await reach(scene, now + 6n, model);
      await escrow.connect(alice).resume(alice);
      model.resume("alice", "alice", "");
      await toPeriod(escrow, now + 7n + VESTING);
      expect(await escrow.claimable(alice), "resumed").to.equal(0n);
      await toPeriod(escrow, now + 8n + VESTING);
      model.toPeriod(now + 8n + VESTING);
      expect(await escrow.claimable(alice), "vested").to.equal(model.claimable("alice"));
      expect(model.claimable("alice")).to.be.greaterThan(0n);
      expect(await escrow.claimable(stranger), "stranger").to.equal(0n);
    });
  });

  describe("earningOf", () => {
    it("is what the miner adds to earningIn: its locks, from their first period to their last", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, stranger, now } = scene;
      const model = modelOf(scene);
      for (const later of [0n, 1n, 2n, TERM, TERM + 1n]) {
        await reach(scene, now + later, model);
        for (let period = now + later; period <= now + later + TERM; period++) {
          expect(await escrow.earningOf(alice, period), `in ${later}`).to.equal(model.earningOf("alice", period));
        }
        expect(await escrow.earningOf(stranger, now + later)).to.equal(0n);
      }
    });

    it("leaves out a lock that is yet to begin, of a miner that earns already", async () => {
      const { escrow, alice } = await loadFixture(aliceEarns);
      const now = await escrow.currentPeriod();
      const before = await escrow.earningOf(alice, now);
      expect(before).to.be.greaterThan(0n);
      await escrow.connect(alice).lock(5n, TERM);
      expect([await escrow.earningOf(alice, now), await escrow.earningOf(alice, now + 1n)]).to.deep.equal([
        before,
        before + 5n,
      ]);
    });

    it("finds locks behind a number that is free", async () => {
      const { escrow, alice } = await loadFixture(aliceEarns);
      const { end } = await lockOf(escrow, alice.address, 0);
      const now = await escrow.currentPeriod();
      const whole = await escrow.earningOf(alice, now);
      expect(whole).to.be.greaterThan(0n);
      await escrow.connect(alice).split(0n, end, 5n);
      await escrow.connect(alice).split(0n, end, 7n);
      await escrow.connect(alice).merge(0n, 1n, end); // 0 and 2 are left
      expect([await escrow.earningOf(alice, now), await escrow.earningOf(alice, end)]).to.deep.equal([whole, 0n]);
    });

    it("is nothing while the miner is paused, nor in the period in which it resumed", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, now } = scene;
      await reach(scene, now + 3n);
      const before = await escrow.earningOf(alice, now + 4n);
      expect(before).to.be.greaterThan(0n);
      await pauseNow(scene, alice);
      expect([await escrow.earningOf(alice, now + 3n), await escrow.earningOf(alice, now + 4n)]).to.deep.equal([
        0n,
        0n,
      ]);
      await escrow.connect(alice).resume(alice);
      expect([await escrow.earningOf(alice, now + 3n), await escrow.earningOf(alice, now + 4n)]).to.deep.equal([
        0n,
        before,
      ]);
    });
  });

  describe("vesting", () => {
    it("is what is earned less what can be claimed, also while periods wait", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      expect(await escrow.vesting(alice), "nothing is earned yet").to.equal(0n);
      for (const later of [1n, 2n, 5n, TERM, TERM + VESTING, TERM + VESTING + 3n]) {
        await toPeriod(escrow, now + later);
        model.toPeriod(now + later);
        expect(await escrow.vesting(alice), `in ${later}`).to.equal(model.vesting("alice"));
        expect(await escrow.openPeriod(), "nothing was closed").to.equal(now);
      }
    });

    it("is what a pause burns", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, healthVote, alice, now } = scene;
      const model = modelOf(scene);
      await toPeriod(escrow, now + 5n);
      model.toPeriod(now + 5n);
      const preview = await escrow.vesting(alice);
      const { forfeited } = model.pause("alice");
      const told = await eventsOf(escrow, healthVote.pause(escrow, alice));
      expect(told[0]).to.deep.equal(["Paused", alice.address, forfeited]);
      expect(preview).to.equal(forfeited);
      expect(forfeited).to.be.greaterThan(0n);
    });

    it("is 0 for a paused miner, right after a resume, and for a stranger", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, stranger, now } = scene;
      await reach(scene, now + 4n);
      await pauseNow(scene, alice);
      expect(await escrow.vesting(alice), "paused").to.equal(0n);
      await toPeriod(escrow, now + 6n);
      expect(await escrow.vesting(alice), "paused, later").to.equal(0n);
      await escrow.connect(alice).resume(alice);
      await toPeriod(escrow, now + 7n);
      expect(await escrow.vesting(alice), "resumed").to.equal(0n);
      await toPeriod(escrow, now + 8n);
      expect(await escrow.vesting(alice), "earned again").to.be.greaterThan(0n);
      expect(await escrow.vesting(stranger), "stranger").to.equal(0n);
    });
  });

  describe("nextUnlock", () => {
    it("tells the second from which withdraw pays, and how much that frees", async () => {
      const { escrow, alice, held } = await loadFixture(aliceEarns);
      const second = (held.end + VESTING) * PERIOD;
      expect(await escrow.nextUnlock(alice)).to.deep.equal([second, STAKE]);
      await at(second - 1n);
      expect(await escrow.nextUnlock(alice)).to.deep.equal([second, STAKE]);
      expect(await escrow.withdrawable(alice)).to.equal(0n);
      await at(second);
      expect(await escrow.withdrawable(alice)).to.equal(STAKE);
    });

    it("sums the locks that end together and leaves later ones for later", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, held, now } = scene;
      expect(await escrow.nextUnlock(alice)).to.deep.equal([startOf(now + 2n + VESTING), SHORT]);
      await toPeriod(escrow, now + 2n + VESTING);
      expect(await escrow.nextUnlock(alice)).to.deep.equal([startOf(held.end + VESTING), STAKE + TWIN]);
    });

    it("goes on to the next end once the first can be withdrawn, withdrawn or not", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, held, now } = scene;
      const next = [startOf(held.end + VESTING), STAKE + TWIN];
      await reach(scene, now + 2n + VESTING);
      expect(await escrow.nextUnlock(alice)).to.deep.equal(next);
      await escrow.connect(alice).withdraw(SHORT);
      expect(await escrow.nextUnlock(alice)).to.deep.equal(next);
    });

    it("tells of a lock that has not begun and of a paused miner's", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, held } = scene;
      expect(await escrow.nextUnlock(alice)).to.deep.equal([startOf(held.end + VESTING), STAKE]);
      await pauseNow(scene, alice);
      expect(await escrow.nextUnlock(alice)).to.deep.equal([startOf(held.end + VESTING), STAKE]);
    });

    it("is 0, 0 for a rolling lock, for a miner whose locks can all be withdrawn, and for a stranger", async () => {
      const rolling = await loadFixture(aliceRolls);
      expect(await rolling.escrow.nextUnlock(rolling.alice)).to.deep.equal([0n, 0n]);
      await rolling.escrow.connect(rolling.alice).giveNotice(0n, ROLLING);
      const end = rolling.now + 1n + NOTICE;
      expect(await rolling.escrow.nextUnlock(rolling.alice)).to.deep.equal([startOf(end + VESTING), STAKE]);

      const { escrow, alice, stranger, held } = await loadFixture(aliceEarns);
      await toPeriod(escrow, held.end + VESTING);
      expect(await escrow.nextUnlock(alice)).to.deep.equal([0n, 0n]);
      expect(await escrow.nextUnlock(stranger)).to.deep.equal([0n, 0n]);
    });
  });

  describe("freeCollateral", () => {
    it("is what is locked through a period less what is reserved", async () => {
      const { escrow, policyManager, alice, stranger, now } = await loadFixture(aliceEarns);
      expect(await escrow.freeCollateral(alice, now + 1n)).to.equal(STAKE);
      await policyManager.setReserved(alice, MIN_STAKE);
      expect(await escrow.freeCollateral(alice, now + 1n)).to.equal(STAKE - MIN_STAKE);
      await policyManager.setReserved(alice, STAKE - 1n);
      expect(await escrow.freeCollateral(alice, now + 1n)).to.equal(1n);
      expect(await escrow.freeCollateral(stranger, now + 1n)).to.equal(0n);
    });

    it("is 0 when as much or more is reserved", async () => {
      const { escrow, policyManager, alice, held, now } = await loadFixture(aliceEarns);
      for (const reserved of [STAKE, STAKE + 1n, 2n ** 256n - 1n]) {
        await policyManager.setReserved(alice, reserved);
        expect(await escrow.freeCollateral(alice, now + 1n)).to.equal(0n);
        expect(await escrow.freeCollateral(alice, held.end), "nothing is locked, something reserved").to.equal(0n);
      }
    });

    it("falls with locks that end before, and counts a rolling lock through its notice", async () => {
      const { escrow, policyManager, alice, held, now } = await loadFixture(fourLocks);
      await policyManager.setReserved(alice, MIN_STAKE);
      for (const [until, locked] of [
        [now + 1n, STAKE + SHORT + TWIN + ROLLER],
        [now + 2n, STAKE + TWIN + ROLLER],
        [held.end - 1n, STAKE + TWIN + ROLLER],
        [held.end, ROLLER],
        [now + NOTICE, ROLLER],
      ] as const) {
        expect(await escrow.freeCollateral(alice, until), `until ${until - now}`).to.equal(locked - MIN_STAKE);
      }
      expect(await escrow.freeCollateral(alice, now + NOTICE + 1n)).to.equal(0n);
    });
  });

  describe("lockedIn", () => {
    it("counts a lock from its start until its end", async () => {
      const { escrow, alice, held, now } = await loadFixture(aliceJustLocked);
      for (const [period, locked] of [
        [now, 0n],
        [held.start, STAKE],
        [held.end - 1n, STAKE],
        [held.end, 0n],
        [ROLLING, 0n],
        [2n ** 256n - 1n, 0n],
      ] as const) {
        expect(await escrow.lockedIn(alice, period), `in ${period - now}`).to.equal(locked);
      }
    });

    it("counts a rolling lock through now + notice, moving with time", async () => {
      const { escrow, alice, now } = await loadFixture(aliceRolls);
      for (const later of [0n, 1n, 100n]) {
        await at(startOf(now + later + 1n) - 1n);
        expect(await escrow.lockedIn(alice, now + later + NOTICE)).to.equal(STAKE);
        expect(await escrow.lockedIn(alice, now + later + NOTICE + 1n)).to.equal(0n);
      }
    });

    it("sums all locks, a paused miner's too", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      for (const paused of [false, true]) {
        if (paused) await pauseNow(scene, alice);
        for (let period = now; period <= now + NOTICE + 2n; period++) {
          expect(await escrow.lockedIn(alice, period)).to.equal(model.lockedIn("alice", period));
        }
      }
      expect(model.lockedIn("alice", now)).to.equal(STAKE + SHORT + TWIN + ROLLER);
    });
  });

  describe("locksOf and minerOf", () => {
    it("lists the locks by rising number, with gaps", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, alice, held, now } = scene;
      await reach(scene, now + 2n + VESTING);
      await escrow.connect(alice).withdraw(SHORT);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([
        held,
        { number: 2, amount: TWIN, start: held.start, end: held.end, notice: 0n },
        { number: 3, amount: ROLLER, start: held.start, end: ROLLING, notice: NOTICE },
      ]);
      const { lockMask, paidUntil, number, paused, resumedAt } = await escrow.minerOf(alice);
      expect([lockMask, paidUntil, number, paused, resumedAt]).to.deep.equal([0b1101n, now + 2n, 1n, false, 0n]);
    });

    it("is empty for a stranger", async () => {
      const { escrow, stranger } = await loadFixture(fourLocks);
      expect(await escrow.locksOf(stranger)).to.deep.equal([[], []]);
      expect(await escrow.minerOf(stranger)).to.deep.equal([0n, 0n, 0n, 0n, false, 0n]);
    });
  });

  describe("earningIn", () => {
    it("tells this period's stake while earlier ones wait to be closed", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, held, now } = scene;
      await toPeriod(escrow, held.end);
      expect(await escrow.openPeriod()).to.equal(now);
      expect(await escrow.earningIn(held.end), "alice's rolling lock and bob's").to.equal(ROLLER + STAKE);
      await escrow.advance(held.end);
      expect(await escrow.earningIn(held.end)).to.equal(ROLLER + STAKE);
    });

    it("tells later periods' as things stand", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, now } = scene;
      const model = modelOf(scene);
      // Alice's short lock ends in now + 2, two more in now + TERM, bob's in now + 5 TERM; one rolls on.
      for (const later of [0n, 1n, 2n, TERM - 1n, TERM, 5n * TERM - 1n, 5n * TERM]) {
        const period = now + later;
        expect(await escrow.earningIn(period), `in ${period - now}`).to.equal(model.earningIn(period));
      }
      expect(model.earningIn(now)).to.equal(STAKE + SHORT + TWIN + ROLLER + STAKE);
    });

    it("tells the open period's for any earlier one", async () => {
      const { escrow, now } = await loadFixture(aliceEarns);
      for (const period of [0n, now - 1n, now]) expect(await escrow.earningIn(period)).to.equal(STAKE);
    });
  });

  describe("accumulated", () => {
    it("is the same before and after the periods are closed", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, now } = scene;
      const model = modelOf(scene);
      const periods = [0n, 1n, 2n, 3n, TERM, TERM + 1n].map((later) => now + later);
      const read = () => Promise.all(periods.map((period) => escrow.accumulated(period)));
      const expected = periods.map((period) => model.accumulated(period));
      await toPeriod(escrow, now + TERM + 1n);
      expect(await escrow.openPeriod()).to.equal(now);
      expect(await read()).to.deep.equal(expected);
      await escrow.advance(TERM + 1n);
      expect(await read()).to.deep.equal(expected);
    });

    it("tells later periods' as if nobody changed anything", async () => {
      const scene = await loadFixture(fourLocks);
      const { escrow, bob, now } = scene;
      const model = modelOf(scene);
      const expected = model.accumulated(now + 8n);
      expect(await escrow.accumulated(now + 8n)).to.equal(expected);
      await reach(scene, now + 8n);
      expect(await escrow.accumulated(now + 8n), "nobody did").to.equal(expected);

      const other = await loadFixture(fourLocks);
      await other.escrow.connect(bob).lock(STAKE, TERM);
      model.lock("bob", STAKE, TERM);
      expect(await other.escrow.accumulated(now + 8n), "bob did").to.equal(model.accumulated(now + 8n));
      expect(model.accumulated(now + 8n)).to.be.lessThan(expected);
    });

    it("is 0 until the first issue, and keeps what it said of the past", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, now } = scene;
      for (const period of [0n, now, now + 1n]) expect(await escrow.accumulated(period)).to.equal(0n);
      await reach(scene, now + 4n);
      const past = await escrow.accumulated(now + 3n);
      expect(past).to.be.greaterThan(0n);
      await escrow.connect(alice).lock(9n * STAKE, TERM);
      await pauseNow(scene, alice);
      await reach(scene, now + 9n);
      expect(await escrow.accumulated(now + 3n)).to.equal(past);
      expect(await escrow.accumulated(now + 9n), "nothing earns").to.equal(await escrow.accumulated(now + 4n));
    });
  });
});
