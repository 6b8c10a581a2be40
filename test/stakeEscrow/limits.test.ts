import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroHash } from "ethers";

import { gasOf } from "../helpers/gasBounds";
import { instrumented } from "../helpers/instrumented";
import { lockOf, locksOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import {
  LONGEST_LOCK,
  MAX_LOCKS,
  ROLLING,
  SHORTEST_LOCK,
  STAKE,
  STAKE_LIMIT,
  type Scene,
  type SceneWithLock,
  TERM,
  VESTING,
  aliceEarns,
  lockAs,
  modelOf,
  nobodyStakes,
  pauseNow,
  reach,
  seatOf,
  slashNow,
} from "./fixtures";
import { moved, unchanged } from "./observe";

/** What the sampler weighs in. */
const GRAIN = 10n ** 9n;

/** No transaction may need more. */
const MOST_GAS = 16_777_216n;

/** Alice's lock of one unit below the limit has begun. */
async function aliceAtTheLimit(): Promise<SceneWithLock> {
  const scene = await nobodyStakes();
  const held = await lockAs(scene, scene.alice, STAKE_LIMIT - 1n, TERM);
  await reach(scene, scene.now + 1n);
  return { ...scene, now: scene.now + 1n, held };
}

/** {@link aliceEarns}, one period of rewards has vested, and 31 more locks of her have begun, each with an end of its own. */
async function aliceUsesAll(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  for (let n = 1n; n < MAX_LOCKS; n++) {
    await scene.escrow.connect(scene.alice).lock(MIN_STAKE, TERM + n);
    scene.economy.lock("alice", MIN_STAKE, TERM + n);
  }
  const now = scene.now + 1n + VESTING;
  await reach(scene, now, scene.economy);
  return { ...scene, now };
}

describe("StakeEscrow.limits", () => {
  describe("of amounts", () => {
    it("takes s_min of a new miner and nothing below: 0, 1 and s_min - 1 revert with StakeEscrowTooSmall(amount, s_min)", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice } = scene;
      for (const amount of [0n, 1n, MIN_STAKE - 1n]) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).lock(amount, TERM))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
            .withArgs(amount, MIN_STAKE),
        );
      }
      const moves = await moved(scene, () => escrow.connect(alice).lock(MIN_STAKE, TERM));
      expect(moves).to.deep.equal({ alice: -MIN_STAKE, escrow: MIN_STAKE });
    });

    it("takes 1 of a miner with s_min and reverts with StakeEscrowTooSmall(0, 1) for 0", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice } = scene;
      await escrow.connect(alice).lock(MIN_STAKE, TERM);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lock(0n, TERM))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
          .withArgs(0n, 1n),
      );
      const moves = await moved(scene, () => escrow.connect(alice).lock(1n, TERM));
      expect(moves).to.deep.equal({ alice: -1n, escrow: 1n });
    });

    it("takes dust that is no whole grain, and weighs it in the seat only once it makes one", async () => {
      const { escrow, alice } = await loadFixture(nobodyStakes);
      await escrow.connect(alice).lock(MIN_STAKE + GRAIN - 1n, TERM);
      expect((await seatOf(escrow, alice.address))?.weight).to.equal(MIN_STAKE);
      await escrow.connect(alice).lock(1n, TERM);
      expect((await seatOf(escrow, alice.address))?.weight).to.equal(MIN_STAKE + GRAIN);
    });

    it("reverts with StakeEscrowAboveLimit(amount, limit) for amounts that a narrower number would cut: 2^96 + s_min, 2^256 - 1", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, bob, held } = scene;
      for (const amount of [2n ** 96n + MIN_STAKE, MaxUint256]) {
        const calls = [
          () => escrow.connect(bob).lock(amount, TERM),
          () => escrow.connect(alice).lock(amount, TERM),
          () => escrow.connect(alice).topUp(alice, held.number, held.end, amount),
          () => escrow.connect(bob).topUp(alice, held.number, held.end, amount),
        ];
        for (const call of calls) {
          await unchanged(scene, () =>
            expect(call()).to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit").withArgs(amount, STAKE_LIMIT),
          );
        }
      }
    });
  });

  describe("of a miner's stake", () => {
    it("takes 65,536 s_min - 1 at once", async () => {
      const { escrow, alice } = await loadFixture(nobodyStakes);
      await escrow.connect(alice).lock(STAKE_LIMIT - 1n, TERM);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.tier, seat?.weight]).to.deep.equal([15n, STAKE_LIMIT - GRAIN]);
    });

    it("reverts with StakeEscrowAboveLimit(65,536 s_min, limit) one above", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lock(STAKE_LIMIT, TERM))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
          .withArgs(STAKE_LIMIT, STAKE_LIMIT),
      );
    });

    it("reverts with StakeEscrowAboveLimit(stake, limit) for a second lock that reaches it", async () => {
      const scene = await loadFixture(aliceAtTheLimit);
      const { escrow, alice } = scene;
      for (const [amount, stake] of [
        [1n, STAKE_LIMIT],
        [STAKE_LIMIT - 1n, 2n * STAKE_LIMIT - 2n],
      ] as const) {
        await unchanged(scene, () =>
          expect(escrow.connect(alice).lock(amount, TERM))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
            .withArgs(stake, STAKE_LIMIT),
        );
      }
    });

    it("reverts with StakeEscrowAboveLimit(stake, limit) for a top-up that reaches it, a stranger's too", async () => {
      const scene = await loadFixture(aliceAtTheLimit);
      const { escrow, alice, bob, held } = scene;
      for (const [caller, amount] of [
        [alice, 1n],
        [bob, MIN_STAKE],
      ] as const) {
        await unchanged(scene, () =>
          expect(escrow.connect(caller).topUp(alice, held.number, held.end, amount))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
            .withArgs(STAKE_LIMIT - 1n + amount, STAKE_LIMIT),
        );
      }
    });

    it("takes one unit below it in a second lock", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      await escrow.connect(alice).lock(STAKE_LIMIT - STAKE - 1n, TERM);
      expect(await escrow.lockedIn(alice, now + 1n)).to.equal(STAKE_LIMIT - 1n);
    });

    it("counts locks that go on and leaves out one that ends with the next period", async () => {
      const scene = await loadFixture(aliceAtTheLimit);
      const { escrow, alice, held } = scene;
      await reach(scene, held.end - 2n);
      await expect(escrow.connect(alice).lock(1n, TERM))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
        .withArgs(STAKE_LIMIT, STAKE_LIMIT);
      await reach(scene, held.end - 1n);
      await escrow.connect(alice).lock(STAKE_LIMIT - 1n, TERM);
      expect(await escrow.lockedIn(alice, held.end - 1n)).to.equal(STAKE_LIMIT - 1n);
      expect(await escrow.lockedIn(alice, held.end)).to.equal(STAKE_LIMIT - 1n);
    });

    it("counts a paused miner's stake", async () => {
      const scene = await loadFixture(aliceAtTheLimit);
      const { escrow, alice } = scene;
      await pauseNow(scene, alice);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lock(1n, TERM))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
          .withArgs(STAKE_LIMIT, STAKE_LIMIT),
      );
    });

    it("makes room again with a slash", async () => {
      const scene = await loadFixture(aliceAtTheLimit);
      const { escrow, alice } = scene;
      await slashNow(scene, alice, 1n);
      await escrow.connect(alice).lock(1n, TERM);
      await expect(escrow.connect(alice).lock(1n, TERM))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
        .withArgs(STAKE_LIMIT, STAKE_LIMIT);
    });
  });

  describe("of a lock's length", () => {
    it("takes the shortest and the longest", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice, now } = scene;
      const shortest = await lockAs(scene, alice, STAKE, SHORTEST_LOCK);
      const longest = await lockAs(scene, alice, STAKE, LONGEST_LOCK);
      expect([shortest.end, longest.end]).to.deep.equal([now + 1n + SHORTEST_LOCK, now + 1n + LONGEST_LOCK]);
      expect(await escrow.lockedIn(alice, now + LONGEST_LOCK)).to.equal(STAKE);
      expect(await escrow.lockedIn(alice, now + LONGEST_LOCK + 1n)).to.equal(0n);
    });

    async function expectLockLength(periods: bigint): Promise<void> {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lock(STAKE, periods))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowLockLength")
          .withArgs(periods, SHORTEST_LOCK, LONGEST_LOCK),
      );
    }

    it("reverts with StakeEscrowLockLength(periods, shortest, longest) one below the shortest, one above the longest", async () => {
      for (const periods of [SHORTEST_LOCK - 1n, LONGEST_LOCK + 1n]) await expectLockLength(periods);
    });

    it("reverts with StakeEscrowLockLength(periods, shortest, longest) for 0, 2^32 + shortest and 2^256 - 1", async () => {
      for (const periods of [0n, 2n ** 32n + SHORTEST_LOCK, MaxUint256]) await expectLockLength(periods);
    });
  });

  describe("of lock numbers", () => {
    it("opens 32 locks, numbered 0 to 31", async () => {
      const { escrow, alice } = await loadFixture(aliceUsesAll);
      const numbers = (await locksOf(escrow, alice.address)).map(({ number }) => number);
      expect(numbers).to.deep.equal([...Array(Number(MAX_LOCKS)).keys()]);
      expect((await escrow.minerOf(alice)).lockMask).to.equal(2n ** MAX_LOCKS - 1n);
    });

    it("reverts with StakeEscrowTooManyLocks(32, 32) for the 33rd, by lock, topUp, compound and split", async () => {
      const scene = await loadFixture(aliceUsesAll);
      const { escrow, alice, held } = scene;
      const asAlice = escrow.connect(alice);
      const calls = [
        () => asAlice.lock(1n, TERM),
        () => asAlice.topUp(alice, held.number, held.end, 1n),
        () => asAlice.compound(held.number, held.end),
        () => asAlice.split(held.number, held.end, 1n),
      ];
      for (const call of calls) {
        await unchanged(scene, () =>
          expect(call())
            .to.be.revertedWithCustomError(escrow, "StakeEscrowTooManyLocks")
            .withArgs(MAX_LOCKS, MAX_LOCKS),
        );
      }
    });

    it("takes a top-up in place while all 32 are used", async () => {
      const scene = await loadFixture(aliceUsesAll);
      const { escrow, alice } = scene;
      // A slash makes room for a lock that has not begun yet: only such a lock grows by a top-up.
      await slashNow(scene, alice, STAKE);
      const fresh = await lockAs(scene, alice, 1n, TERM);
      expect((await locksOf(escrow, alice.address)).length).to.equal(Number(MAX_LOCKS));
      await escrow.connect(alice).topUp(alice, fresh.number, fresh.end, 5n);
      expect((await lockOf(escrow, alice.address, fresh.number)).amount).to.equal(6n);
    });

    it("has room again after a merge, a withdrawal and a slash", async () => {
      const scene = await loadFixture(aliceUsesAll);
      const { escrow, alice, held } = scene;
      const asAlice = escrow.connect(alice);
      const used = async () => (await locksOf(escrow, alice.address)).length;
      // Lock 0 ends first, lock 1 one period later: lengthened by one period it can be merged once both are paid.
      await asAlice.claim();
      const later = await lockOf(escrow, alice.address, 1);
      await asAlice.extend(held.number, held.end, later.end - held.end);
      await asAlice.merge(0n, 1n, later.end);
      expect(await used()).to.equal(31);
      await asAlice.lock(1n, LONGEST_LOCK);
      expect(await used()).to.equal(32);
      expect((await lockOf(escrow, alice.address, 1)).amount).to.equal(1n);

      await slashNow(scene, alice, STAKE + MIN_STAKE);
      expect(await used()).to.equal(31);
      await asAlice.lock(1n, LONGEST_LOCK);
      expect((await lockOf(escrow, alice.address, 0)).amount).to.equal(1n);

      const third = await lockOf(escrow, alice.address, 2);
      await reach(scene, third.end + VESTING);
      await asAlice.withdraw(MIN_STAKE);
      expect(await used()).to.equal(31);
      await asAlice.lock(1n, LONGEST_LOCK);
      expect((await lockOf(escrow, alice.address, 2)).amount).to.equal(1n);
    });

    it("claims, withdraws, slashes and pauses with 32 locks below 16,777,216 gas", async () => {
      const paid = async (
        act: (scene: Scene) => Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>,
        later: bigint,
      ): Promise<bigint> => {
        const scene = await loadFixture(aliceUsesAll);
        await reach(scene, scene.now + later, modelOf(scene));
        return (await (await act(scene)).wait())?.gasUsed ?? MOST_GAS;
      };
      const all = STAKE + (MAX_LOCKS - 1n) * MIN_STAKE;
      const longest = TERM + MAX_LOCKS + VESTING;
      expect(await paid(({ escrow, alice }) => escrow.connect(alice).claim(), 1n)).to.be.lessThan(MOST_GAS);
      expect(await paid(({ escrow, alice }) => escrow.connect(alice).withdraw(all), longest)).to.be.lessThan(MOST_GAS);
      expect(
        await paid(
          ({ escrow, policyManager, alice, bob }) => policyManager.slash(escrow, alice, MaxUint256, bob, MaxUint256),
          1n,
        ),
      ).to.be.lessThan(MOST_GAS);
      expect(await paid(({ escrow, healthVote, alice }) => healthVote.pause(escrow, alice), 1n)).to.be.lessThan(
        MOST_GAS,
      );
    });
  });

  describe("of gas", () => {
    /** Of alice's 32 locks only the last is left: a slash has taken all that end sooner. */
    async function lastLock(): Promise<SceneWithLock> {
      const scene = await aliceUsesAll();
      await slashNow(scene, scene.alice, STAKE + (MAX_LOCKS - 2n) * MIN_STAKE);
      expect(await locksOf(scene.escrow, scene.alice.address)).to.have.length(1);
      return scene;
    }

    it("reads no lock that isn't there, and looks for none behind the last number", async () => {
      const { escrow, healthVote, alice, now } = await loadFixture(lastLock);
      // About a tenth more than now. To look for 256 locks costs 20,000 more, to read 31 that aren't there 60,000.
      const most: [string, bigint, bigint][] = [
        ["lockedIn", await escrow.lockedIn.estimateGas(alice, now + 1n), 35_000n],
        ["earningOf", await escrow.earningOf.estimateGas(alice, now), 35_000n],
        ["locksOf", await escrow.locksOf.estimateGas(alice), 40_000n],
        ["claim", await gasOf(escrow.connect(alice).claim()), 45_000n],
        ["pause", await gasOf(healthVote.pause(escrow, alice)), 100_000n],
        ["resume", await gasOf(escrow.connect(alice).resume(alice)), 108_000n],
      ];
      for (const [what, gas, limit] of most) if (!instrumented) expect(gas, what).to.be.lessThan(limit);
    });
  });

  describe("of arguments", () => {
    it("refuses 2^256 - 1 by name wherever a number is asked for", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, policyManager, alice, held, now } = scene;
      const max = MaxUint256;
      const most = now + 1n + LONGEST_LOCK - held.end;
      const asAlice = escrow.connect(alice);
      const [n, end] = [held.number, held.end];
      const refused: [() => Promise<unknown>, string, unknown[]][] = [
        [() => asAlice.lock(STAKE, max), "StakeEscrowLockLength", [max, SHORTEST_LOCK, LONGEST_LOCK]],
        [() => asAlice.lock(max, TERM), "StakeEscrowAboveLimit", [max, STAKE_LIMIT]],
        [
          () => asAlice.lockWithPermit(max, TERM, max, 255, ZeroHash, ZeroHash),
          "StakeEscrowAboveLimit",
          [max, STAKE_LIMIT],
        ],
        [() => asAlice.topUp(alice, max, end, 1n), "StakeEscrowUnknownLock", [alice.address, max]],
        [() => asAlice.topUp(alice, n, max, 1n), "StakeEscrowOtherEnd", [n, end, max]],
        [() => asAlice.topUp(alice, n, end, max), "StakeEscrowAboveLimit", [max, STAKE_LIMIT]],
        [() => asAlice.extend(max, end, 1n), "StakeEscrowUnknownLock", [alice.address, max]],
        [() => asAlice.extend(n, max, 1n), "StakeEscrowOtherEnd", [n, end, max]],
        [() => asAlice.extend(n, end, max), "StakeEscrowLockLength", [max, 1n, most]],
        [() => asAlice.roll(max, end, TERM), "StakeEscrowUnknownLock", [alice.address, max]],
        [() => asAlice.roll(n, max, TERM), "StakeEscrowOtherEnd", [n, end, max]],
        [() => asAlice.roll(n, end, max), "StakeEscrowLockLength", [max, SHORTEST_LOCK, LONGEST_LOCK]],
        [() => asAlice.giveNotice(max, ROLLING), "StakeEscrowUnknownLock", [alice.address, max]],
        [() => asAlice.giveNotice(n, max), "StakeEscrowOtherEnd", [n, end, max]],
        [() => asAlice.split(max, end, 1n), "StakeEscrowUnknownLock", [alice.address, max]],
        [() => asAlice.split(n, max, 1n), "StakeEscrowOtherEnd", [n, end, max]],
        [() => asAlice.split(n, end, max), "StakeEscrowSplitOutOfBounds", [n, max, STAKE]],
        [() => asAlice.merge(max, n, end), "StakeEscrowUnknownLock", [alice.address, max]],
        [() => asAlice.merge(n, 1n, max), "StakeEscrowOtherEnd", [n, end, max]],
        [() => asAlice.withdraw(max), "StakeEscrowAboveWithdrawable", [max, 0n]],
      ];
      for (const [call, error, args] of refused) {
        await unchanged(scene, () =>
          expect(call(), error)
            .to.be.revertedWithCustomError(escrow, error)
            .withArgs(...args),
        );
      }
      // Where the most there is is meant by it, it is taken for that.
      await unchanged(scene, () => escrow.advance(max));
      const moves = await moved(scene, () => policyManager.slash(escrow, alice, max, alice, max));
      expect(moves).to.deep.equal({ alice: STAKE, escrow: -STAKE });
      expect(await escrow.lockedIn(alice, max)).to.equal(0n);
    });
  });
});
