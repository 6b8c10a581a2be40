import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { MIN_STAKE } from "../helpers/network";
import { eventsOf as allEventsOf } from "../helpers/observe";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import {
  CATCH_UP,
  STAKE,
  type SceneWithLock,
  TERM,
  aliceEarns,
  aliceJustLocked,
  aliceRolls,
  lockAs,
  nobodyStakes,
  pauseNow,
  reach,
  seatOf,
  startOf,
} from "./fixtures";
import { moved, unchanged } from "./observe";

/** Alice holds {@link STAKE} for {@link TERM} periods and `more` for five more. */
async function aliceHoldsTwo(more: bigint): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  await lockAs(scene, scene.alice, more, TERM + 5n);
  return scene;
}

const aliceHoldsTwoLocks = (): Promise<SceneWithLock> => aliceHoldsTwo(4n * MIN_STAKE);
const aliceHoldsALittleLonger = (): Promise<SceneWithLock> => aliceHoldsTwo(MIN_STAKE - 1n);

describe("StakeEscrow.poke", () => {
  describe("when the weight is right already", () => {
    it("changes nothing for a miner whose locks all go on", async () => {
      const scene = await loadFixture(aliceHoldsTwoLocks);
      const { escrow, alice, stranger } = scene;
      const seat = await seatOf(escrow, alice.address);
      await unchanged(scene, async () =>
        expect(await allEventsOf(escrow, escrow.connect(stranger).poke(alice))).to.deep.equal([]),
      );
      expect(await seatOf(escrow, alice.address)).to.deep.equal(seat);
    });

    it("changes nothing for an account that never locked", async () => {
      const scene = await loadFixture(aliceEarns);
      await unchanged(scene, () => scene.escrow.poke(scene.stranger));
    });

    it("changes nothing for a rolling lock, however late", async () => {
      const scene = await loadFixture(aliceRolls);
      const { escrow, alice, now } = scene;
      const seat = await seatOf(escrow, alice.address);
      await reach(scene, now + 5n * TERM);
      await unchanged(scene, () => escrow.poke(alice));
      expect(await seatOf(escrow, alice.address)).to.deep.equal(seat);
      expect(await escrow.members()).to.equal(1n);
    });
  });

  describe("when a lock is over", () => {
    it("lowers the weight and moves the first end from the first second of the lock's last period on", async () => {
      const scene = await loadFixture(aliceHoldsTwoLocks);
      const { escrow, alice, held } = scene;
      // Draws are for later periods: in its last one the lock counts for none any more.
      await nextTransactionAt(startOf(held.end - 1n));
      await escrow.poke(alice);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.weight, seat?.firstEnd]).to.deep.equal([4n * MIN_STAKE, held.end + 5n]);
      expect(await escrow.members()).to.equal(1n);
    });

    it("leaves the weight as it is one second before that", async () => {
      const scene = await loadFixture(aliceHoldsTwoLocks);
      const { escrow, alice, held } = scene;
      await nextTransactionAt(startOf(held.end - 1n) - 1n);
      await escrow.poke(alice);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.weight, seat?.firstEnd]).to.deep.equal([STAKE + 4n * MIN_STAKE, held.end]);
    });

    it("takes the miner out when less than s_min goes on", async () => {
      const scene = await loadFixture(aliceHoldsALittleLonger);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 1n);
      expect(await escrow.members()).to.equal(1n);
      await escrow.poke(alice);
      expect(await escrow.members()).to.equal(0n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
      expect((await escrow.minerOf(alice)).seat).to.equal(0n);
    });
  });

  describe("when all locks are over", () => {
    it("counts the miner out of the members", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, alice, stranger, held } = scene;
      await reach(scene, held.end);
      expect(await escrow.members(), "nobody has said so yet").to.equal(1n);
      const moves = await moved(scene, () => escrow.connect(stranger).poke(alice));
      expect(moves).to.deep.equal({});
      expect(await escrow.members()).to.equal(0n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
    });

    it("moves the last seat of the tier into the gap", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice, bob, carol, now } = scene;
      const terms = [
        [alice, TERM],
        [bob, 2n * TERM],
        [carol, 2n * TERM],
      ] as const;
      for (const [miner, term] of terms) await lockAs(scene, miner, STAKE, term);
      const [gap, before] = [(await escrow.minerOf(alice)).seat, await seatOf(escrow, carol.address)];
      await reach(scene, now + 1n + TERM);
      await escrow.poke(alice);
      expect((await escrow.minerOf(carol)).seat).to.equal(gap);
      expect(await seatOf(escrow, carol.address)).to.deep.equal(before);
      expect((await seatOf(escrow, bob.address))?.weight).to.equal(STAKE);
      expect(await escrow.members()).to.equal(2n);
    });
  });

  describe("when the stake fell into a lower tier", () => {
    it("moves the seat there", async () => {
      const scene = await loadFixture(aliceHoldsTwoLocks);
      const { escrow, alice, held } = scene;
      expect((await seatOf(escrow, alice.address))?.tier, "104 s_min").to.equal(6n);
      await reach(scene, held.end);
      await escrow.poke(alice);
      expect((await seatOf(escrow, alice.address))?.tier, "4 s_min").to.equal(2n);
      const counts = await escrow.seatCounts();
      expect([counts[6], counts[2]]).to.deep.equal([0n, 1n]);
    });
  });

  describe("when the miner is paused", () => {
    it("leaves it out", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      await pauseNow(scene, alice);
      await unchanged(scene, () => escrow.poke(alice));
      expect(await escrow.members()).to.equal(0n);
    });
  });

  describe("when periods wait to be closed", () => {
    it("works all the same and closes none", async () => {
      const { escrow, alice, held } = await loadFixture(aliceJustLocked);
      const open = await escrow.openPeriod();
      await toPeriod(escrow, held.end + CATCH_UP + 1n);
      await escrow.poke(alice);
      expect(await escrow.members()).to.equal(0n);
      expect(await escrow.openPeriod()).to.equal(open);
    });
  });
});
