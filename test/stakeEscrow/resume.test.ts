import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { MIN_STAKE } from "../helpers/network";
import { nextTransactionAt } from "../helpers/time";
import {
  STAKE,
  type SceneWithLock,
  TERM,
  VESTING,
  actingAs,
  aliceEarns,
  aliceJustLocked,
  bond,
  fillTiersFrom,
  lockAs,
  modelOf,
  pauseNow,
  reach,
  seatOf,
  slashNow,
  startOf,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** {@link aliceEarns}, three periods later: alice is paused. Bob's lock of the same size earns on. */
async function alicePaused(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  await lockAs(scene, scene.bob, STAKE, 3n * TERM);
  scene.economy.lock("bob", STAKE, 3n * TERM);
  const now = scene.now + 4n;
  await reach(scene, now, scene.economy);
  await pauseNow(scene, scene.alice);
  scene.economy.pause("alice");
  return { ...scene, now };
}

/** {@link alicePaused}, and the operator, whom alice bonded before, counts. */
async function alicePausedWithOperator(): Promise<SceneWithLock> {
  const scene = await alicePaused();
  await bond(scene, scene.alice, scene.operator);
  const now = scene.now + 1n;
  await reach(scene, now, scene.economy);
  return { ...scene, now };
}

describe("StakeEscrow.resume", () => {
  describe("when the miner calls", () => {
    it("tells Resumed and notes when", async () => {
      const { escrow, alice, now } = await loadFixture(alicePaused);
      const second = startOf(now) + 1_234n;
      await nextTransactionAt(second);
      expect(await eventsOf(escrow, escrow.connect(alice).resume(alice))).to.deep.equal([
        ["Resumed", alice.address, now + 1n],
      ]);
      const { paused, paidUntil, resumedAt } = await escrow.minerOf(alice);
      expect([paused, paidUntil, resumedAt]).to.deep.equal([false, now + 1n, second]);
    });

    it("brings the stake back into the totals from the next period on", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, held, now } = scene;
      await escrow.connect(alice).resume(alice);
      for (const [period, counted] of [
        [now, STAKE],
        [now + 1n, 2n * STAKE],
        [held.end - 1n, 2n * STAKE],
        [held.end, STAKE],
      ] as const) {
        expect(await escrow.earningIn(period), `earning in ${period - now}`).to.equal(counted);
      }
      await reach(scene, held.end - 1n);
      expect(await escrow.earningIn(held.end - 1n)).to.equal(2n * STAKE);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
    });

    it("seats the miner again", async () => {
      const { escrow, alice, held } = await loadFixture(alicePaused);
      expect(await escrow.members()).to.equal(1n);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.members()).to.equal(2n);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.weight, seat?.firstEnd]).to.deep.equal([STAKE, held.end]);
    });

    it("moves no tokens, and earns with the next period what the model says", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, bob, held, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 2n, model);
      const none = await moved(scene, () => escrow.connect(alice).resume(alice));
      expect(none).to.deep.equal({});
      model.resume("alice", "alice", "");
      await reach(scene, held.end + VESTING, model);
      const [ofAlice, ofBob] = [model.claim("alice"), model.claim("bob")];
      expect(ofAlice).to.be.greaterThan(0n);
      expect(await moved(scene, () => escrow.connect(alice).claim())).to.deep.equal({
        alice: ofAlice,
        escrow: -ofAlice,
      });
      expect(await moved(scene, () => escrow.connect(bob).claim())).to.deep.equal({ bob: ofBob, escrow: -ofBob });
    });

    it("does so from the last second of a period for the next, from the first second for the one after", async () => {
      for (const [second, earnsFrom] of [
        [-1n, 1n],
        [0n, 2n],
      ] as const) {
        const { escrow, alice, now } = await loadFixture(alicePaused);
        await nextTransactionAt(startOf(now + 1n) + second);
        expect(await eventsOf(escrow, escrow.connect(alice).resume(alice))).to.deep.equal([
          ["Resumed", alice.address, now + earnsFrom],
        ]);
        expect(await escrow.earningIn(now + earnsFrom - 1n)).to.equal(STAKE);
        expect(await escrow.earningIn(now + earnsFrom)).to.equal(2n * STAKE);
      }
    });
  });

  describe("when the operator calls", () => {
    it("reverts with StakeEscrowNotMinerOrOperator(operator, miner, zero) until the last second before the bond counts", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, operator, now } = scene;
      await bond(scene, alice, operator);
      await unchanged(scene, () =>
        expect(escrow.connect(operator).resume(alice))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
          .withArgs(operator.address, alice.address, ZeroAddress),
      );
      await nextTransactionAt(startOf(now + 1n) - 1n);
      await expect(escrow.connect(operator).resume(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
        .withArgs(operator.address, alice.address, ZeroAddress);
    });

    it("resumes from the first second in which the bond counts", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, operator, now } = scene;
      await bond(scene, alice, operator);
      await nextTransactionAt(startOf(now + 1n));
      expect(await eventsOf(escrow, escrow.connect(operator).resume(alice))).to.deep.equal([
        ["Resumed", alice.address, now + 2n],
      ]);
      expect((await escrow.minerOf(alice)).paused).to.equal(false);
      expect((await escrow.minerOf(operator)).resumedAt, "the operator is no miner").to.equal(0n);
    });

    it("reverts with StakeEscrowNotMinerOrOperator(operator, miner, zero) once it is unbonded", async () => {
      const scene = await loadFixture(alicePausedWithOperator);
      const { escrow, registry, alice, operator } = scene;
      await registry.connect(alice).unbondOperator();
      await expect(escrow.connect(operator).resume(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
        .withArgs(operator.address, alice.address, ZeroAddress);
    });

    it("reverts with StakeEscrowNotMinerOrOperator(old, miner, new) for an operator that was replaced", async () => {
      const scene = await loadFixture(alicePausedWithOperator);
      const { escrow, alice, operator, treasury, now } = scene;
      await bond(scene, alice, treasury);
      await expect(escrow.connect(operator).resume(alice), "neither counts in this period")
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
        .withArgs(operator.address, alice.address, ZeroAddress);
      await reach(scene, now + 1n);
      await expect(escrow.connect(operator).resume(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
        .withArgs(operator.address, alice.address, treasury.address);
      await escrow.connect(treasury).resume(alice);
      expect((await escrow.minerOf(alice)).paused).to.equal(false);
    });
  });

  describe("when somebody else calls", () => {
    it("reverts with StakeEscrowNotMinerOrOperator(stranger, miner, operator)", async () => {
      const scene = await loadFixture(alicePausedWithOperator);
      const { escrow, alice, stranger, operator } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(stranger).resume(alice))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
          .withArgs(stranger.address, alice.address, operator.address),
      );
    });

    it("reverts with StakeEscrowNotMinerOrOperator(bob, miner, operator) for another miner", async () => {
      const { escrow, alice, bob, operator } = await loadFixture(alicePausedWithOperator);
      await expect(escrow.connect(bob).resume(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
        .withArgs(bob.address, alice.address, operator.address);
    });

    it("reverts with StakeEscrowNotMinerOrOperator(health votes, miner, operator) for those who paused it", async () => {
      const { escrow, healthVote, alice, operator } = await loadFixture(alicePausedWithOperator);
      const caller = await actingAs(healthVote);
      await expect(escrow.connect(caller).resume(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinerOrOperator")
        .withArgs(caller.address, alice.address, operator.address);
    });
  });

  describe("when the miner is not paused", () => {
    it("reverts with StakeEscrowNotPaused(miner)", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).resume(alice))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaused")
          .withArgs(alice.address),
      );
    });

    it("reverts with StakeEscrowNotPaused(miner) the second time", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice } = scene;
      await escrow.connect(alice).resume(alice);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).resume(alice))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaused")
          .withArgs(alice.address),
      );
    });

    it("reverts with StakeEscrowNotPaused(account) for an account that never locked", async () => {
      const { escrow, stranger } = await loadFixture(aliceEarns);
      await expect(escrow.connect(stranger).resume(stranger))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaused")
        .withArgs(stranger.address);
    });
  });

  describe("when locks end meanwhile", () => {
    it("leaves out a lock that ends with the next period", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 1n);
      await escrow.connect(alice).resume(alice);
      for (const period of [held.end - 1n, held.end]) expect(await escrow.earningIn(period)).to.equal(STAKE);
      expect(await escrow.members(), "bob").to.equal(1n);
      await reach(scene, held.end + VESTING);
      expect(await escrow.earningIn(held.end + VESTING)).to.equal(STAKE);
      expect(await escrow.claimable(alice)).to.equal(0n);
    });

    it("brings back a lock that ends one period later, for that period", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end - 2n, model);
      await escrow.connect(alice).resume(alice);
      model.resume("alice", "alice", "");
      expect(await escrow.earningIn(held.end - 2n)).to.equal(STAKE);
      expect(await escrow.earningIn(held.end - 1n)).to.equal(2n * STAKE);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
      await reach(scene, held.end + VESTING, model);
      const onePeriod = model.claimable("alice");
      expect(onePeriod).to.be.greaterThan(0n);
      expect(await escrow.claimable(alice)).to.equal(onePeriod);
    });

    it("leaves out locks that ended during the pause, which can be withdrawn", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(held.end + VESTING + 1n)).to.equal(STAKE);
      expect(await escrow.members(), "bob").to.equal(1n);
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(STAKE));
      expect(moves).to.deep.equal({ alice: STAKE, escrow: -STAKE });
    });
  });

  describe("when locks were made during the pause", () => {
    it("counts them with the others from the next period on", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, held, now } = scene;
      const model = modelOf(scene);
      const addition = nkms("48");
      await escrow.connect(alice).lock(addition, 2n * TERM);
      model.lock("alice", addition, 2n * TERM);
      await reach(scene, now + 2n, model);
      await escrow.connect(alice).topUp(alice, held.number, held.end, addition);
      model.topUp("alice", "alice", held.number, held.end, addition);
      await escrow.connect(alice).resume(alice);
      model.resume("alice", "alice", "");
      expect(await escrow.earningIn(now + 2n)).to.equal(STAKE);
      expect(await escrow.earningIn(now + 3n)).to.equal(2n * STAKE + 2n * addition);
      expect((await seatOf(escrow, alice.address))?.weight).to.equal(STAKE + 2n * addition);
      await reach(scene, now + 4n + VESTING, model);
      expect(await escrow.claimable(alice)).to.equal(model.claimable("alice"));
      expect(model.claimable("alice")).to.be.greaterThan(0n);
    });
  });

  describe("when less than s_min goes on", () => {
    it("resumes without a seat, and the stake earns", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, now } = scene;
      await slashNow(scene, alice, STAKE - (MIN_STAKE - 1n));
      await escrow.connect(alice).resume(alice);
      expect(await escrow.members(), "bob").to.equal(1n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE + MIN_STAKE - 1n);
    });
  });

  describe("when the sampler is full", () => {
    it("reverts with SamplerFull(its tier) and the miner stays paused", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice } = scene;
      await fillTiersFrom(scene, 0);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).resume(alice)).to.be.revertedWithCustomError(escrow, "SamplerFull").withArgs(6n),
      );
      expect((await escrow.minerOf(alice)).paused).to.equal(true);
    });
  });

  describe("when pause and resume follow each other in one period", () => {
    it("earns nothing in that period and everything from the next on", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, now } = scene;
      const model = modelOf(scene);
      for (let i = 0; i < 2; i++) {
        await escrow.connect(alice).resume(alice);
        model.resume("alice", "alice", "");
        expect(await escrow.earningIn(now + 1n), "resumed").to.equal(2n * STAKE);
        await pauseNow(scene, alice);
        model.pause("alice");
        expect(await escrow.earningIn(now + 1n), "paused").to.equal(STAKE);
      }
      await escrow.connect(alice).resume(alice);
      model.resume("alice", "alice", "");
      expect(await escrow.earningIn(now)).to.equal(STAKE);
      await reach(scene, now + 1n + VESTING, model);
      expect(await escrow.claimable(alice), "now").to.equal(0n);
      await reach(scene, now + 2n + VESTING, model);
      expect(await escrow.claimable(alice), "the first period again").to.equal(model.claimable("alice"));
      expect(model.claimable("alice")).to.be.greaterThan(0n);
    });

    it("never pays for the periods before, whatever is claimed later", async () => {
      const scene = await loadFixture(alicePaused);
      const { escrow, alice, now } = scene;
      await escrow.connect(alice).resume(alice);
      for (let period = now; period <= now + 1n + VESTING; period++) {
        await reach(scene, period);
        const moves = await moved(scene, () => escrow.connect(alice).claim());
        expect(moves, `claimed in ${period - now}`).to.deep.equal({});
        expect((await escrow.minerOf(alice)).paidUntil).to.equal(now + 1n);
      }
    });
  });
});
