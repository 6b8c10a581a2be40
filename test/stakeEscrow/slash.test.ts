import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { lockOf, locksOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { toPeriod } from "../helpers/time";
import type { Economy } from "../models/economy";
import {
  CATCH_UP,
  LONGEST_LOCK,
  MAX_LOCKS,
  NOTICE,
  ROLLING,
  SHORTEST_LOCK,
  STAKE,
  STAKE_LIMIT,
  type Scene,
  type SceneWithLock,
  TERM,
  VESTING,
  actingAs,
  aliceEarns,
  aliceJustLocked,
  fillTiersFrom,
  lockAs,
  modelOf,
  nobodyStakes,
  pauseNow,
  reach,
  seatOf,
  rewardOfIssue,
  twoHaveEarned,
} from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** What is seized, and the finder's share of it. */
const SEIZED = nkms("100") + 1n;
const SHARE = nkms("20");

/** The policy manager seizes `amount` of alice's stake, `reward` of it for carol. */
const slash = (
  { escrow, policyManager, alice, carol }: Scene,
  amount: bigint,
  reward: bigint,
  recipient: string = carol.address,
) => policyManager.slash(escrow, alice, amount, recipient, reward);

/** Slashes alice in a model; returns the reward that her seized stake had earned, rounded down lock by lock. */
const rewardSeized = (model: Economy, amount: bigint): bigint => model.slash("alice", amount, "", 0n).rewardBurned;

/** Alice's five locks in {@link fiveLocks}, by number: how much, and for how many periods or with which notice. */
const [MIDDLE, SOONEST, ROLLER, SOON, LATEST] = [STAKE, nkms("20"), nkms("30"), nkms("40"), nkms("50")];

/**
 * Alice's locks have just begun, in the scene's `now`. Lock 1 ends in now + 5, lock 3 in now + 6, lock 0 in now + 10,
 * lock 4 in now + 20; lock 2 rolls with {@link NOTICE} = 12 periods of notice.
 */
async function fiveLocks(): Promise<SceneWithLock> {
  const scene = await nobodyStakes();
  const { escrow, alice, economy } = scene;
  for (const [amount, periods] of [
    [MIDDLE, 10n],
    [SOONEST, 5n],
    [ROLLER, 2n],
    [SOON, 6n],
    [LATEST, 20n],
  ] as const) {
    await lockAs(scene, alice, amount, periods);
    economy.lock("alice", amount, periods);
  }
  const { end } = await lockOf(escrow, alice.address, 2);
  await escrow.connect(alice).roll(2n, end, NOTICE);
  economy.roll("alice", 2, end, NOTICE);
  const now = scene.now + 1n;
  await reach(scene, now, economy);
  return { ...scene, now, held: await lockOf(escrow, alice.address, 0) };
}

/** Alice uses all 32 lock numbers, each lock with an end of its own. */
async function thirtyTwoLocks(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  for (let n = 1n; n < MAX_LOCKS; n++) await scene.escrow.connect(scene.alice).lock(MIN_STAKE, TERM + n);
  const now = scene.now + 5n;
  await reach(scene, now);
  return { ...scene, now };
}

/** In which order a slash of everything takes alice's locks. */
async function orderOfLosers(scene: Scene): Promise<unknown[]> {
  const told = await eventsOf(scene.escrow, slash(scene, MaxUint256, 0n));
  return told.filter(([name]) => name === "LockLowered").map(([, , number]) => number);
}

describe("StakeEscrow.slash", () => {
  describe("when a part of a lock is seized", () => {
    it("pays the recipient its part, burns the rest, and tells LockLowered and Slashed", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, carol } = scene;
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, slash(scene, SEIZED, SHARE))).to.deep.equal([
          ["LockLowered", alice.address, 0n, SEIZED, STAKE - SEIZED],
          ["Slashed", alice.address, carol.address, SEIZED, SHARE, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ carol: SHARE, escrow: -SEIZED, supply: SHARE - SEIZED });
    });

    it("returns what it seized", async () => {
      const { escrow, policyManager, alice, carol } = await loadFixture(aliceEarns);
      for (const [amount, seized] of [
        [0n, 0n],
        [SEIZED, SEIZED],
        [STAKE, STAKE],
        [STAKE + 1n, STAKE],
        [MaxUint256, STAKE],
      ] as const) {
        expect(await policyManager.slash.staticCall(escrow, alice, amount, carol, 0n)).to.equal(seized);
      }
    });

    it("pays the recipient nothing, one unit, all but one unit, or all", async () => {
      for (const [share, expected] of [
        [0n, { escrow: -SEIZED, supply: -SEIZED }],
        [1n, { carol: 1n, escrow: -SEIZED, supply: 1n - SEIZED }],
        [SEIZED - 1n, { carol: SEIZED - 1n, escrow: -SEIZED, supply: -1n }],
        [SEIZED, { carol: SEIZED, escrow: -SEIZED }],
      ] as const) {
        const scene = await loadFixture(aliceEarns);
        expect(await moved(scene, () => slash(scene, SEIZED, share)), `share ${share}`).to.deep.equal(expected);
      }
    });

    it("pays the recipient no more than what is seized", async () => {
      for (const share of [STAKE + 1n, MaxUint256]) {
        const scene = await loadFixture(aliceEarns);
        const { escrow, alice, carol } = scene;
        const moves = await moved(scene, async () =>
          expect(await eventsOf(escrow, slash(scene, 2n * STAKE, share))).to.deep.equal([
            ["LockLowered", alice.address, 0n, STAKE, 0n],
            ["Slashed", alice.address, carol.address, STAKE, STAKE, 0n],
          ]),
        );
        expect(moves).to.deep.equal({ carol: STAKE, escrow: -STAKE });
      }
    });

    it("lowers what earns and what is locked from this period on, until the lock's end", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, held, now } = scene;
      await slash(scene, SEIZED, SHARE);
      for (const [period, ofAlice] of [
        [now, STAKE - SEIZED],
        [now + 1n, STAKE - SEIZED],
        [held.end - 1n, STAKE - SEIZED],
        [held.end, 0n],
      ] as const) {
        expect(await escrow.lockedIn(alice, period), `locked in ${period - now}`).to.equal(ofAlice);
        expect(await escrow.earningIn(period), `earning in ${period - now}`).to.equal(STAKE + ofAlice);
      }
      await reach(scene, held.end - 1n);
      expect(await escrow.earningIn(held.end - 1n)).to.equal(2n * STAKE - SEIZED);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end), "its end takes out what is left, no more").to.equal(STAKE);
    });

    it("lowers the weight in the sampler at once", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      await slash(scene, STAKE - 4n * MIN_STAKE, 0n);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.tier, seat?.weight]).to.deep.equal([2n, 4n * MIN_STAKE]);
      expect(await escrow.members()).to.equal(1n);
    });

    it("leaves the lock's end, its start and what others have as they are", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, bob, held, now } = scene;
      const model = modelOf(scene);
      await slash(scene, SEIZED, SHARE);
      expect(await locksOf(escrow, alice.address)).to.deep.equal([{ ...held, amount: STAKE - SEIZED }]);
      expect(await escrow.lockedIn(bob, now)).to.equal(STAKE);
      expect(await escrow.claimable(bob)).to.equal(model.claimable("bob"));
      expect(await escrow.vesting(bob)).to.equal(model.vesting("bob"));
      expect((await seatOf(escrow, bob.address))?.weight).to.equal(STAKE);
    });

    it("takes one unit, and all but one", async () => {
      for (const amount of [1n, STAKE - 1n]) {
        const scene = await loadFixture(aliceEarns);
        const { escrow, alice, now } = scene;
        expect(await moved(scene, () => slash(scene, amount, 0n))).to.deep.equal({
          escrow: -amount,
          supply: -amount,
        });
        expect((await lockOf(escrow, alice.address, 0)).amount).to.equal(STAKE - amount);
        expect(await escrow.earningIn(now)).to.equal(STAKE - amount);
      }
    });
  });

  describe("when the seized stake has earned", () => {
    it("burns the reward of the seized part, vested or not, and leaves the rest its own", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol, held } = scene;
      const model = modelOf(scene);
      const rewardBurned = rewardSeized(model, SEIZED);
      // About half of five issues, by the seized part of alice's stake.
      const issues = [0n, 1n, 2n, 3n, 4n].reduce((sum, i) => sum + rewardOfIssue(i), 0n);
      expect((issues * SEIZED) / (2n * STAKE) - rewardBurned).to.be.within(-SEIZED, SEIZED / 2n ** 64n + 1n);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, slash(scene, SEIZED, SHARE))).to.deep.equal([
          ["LockLowered", alice.address, 0n, SEIZED, STAKE - SEIZED],
          ["Slashed", alice.address, carol.address, SEIZED, SHARE, rewardBurned],
        ]),
      );
      const out = SEIZED + rewardBurned;
      expect(moves).to.deep.equal({ carol: SHARE, escrow: -out, supply: SHARE - out });
      expect(await escrow.claimable(alice)).to.equal(model.claimable("alice"));
      expect(await escrow.vesting(alice)).to.equal(model.vesting("alice"));

      await reach(scene, held.end + VESTING, model);
      const reward = model.claim("alice");
      expect(await moved(scene, () => escrow.connect(alice).claim())).to.deep.equal({
        alice: reward,
        escrow: -reward,
      });
    });

    it("burns no reward that was paid before", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol } = scene;
      const model = modelOf(scene);
      await escrow.connect(alice).claim();
      model.claim("alice");
      const unvested = rewardSeized(model, STAKE);
      expect(await eventsOf(escrow, slash(scene, STAKE, 0n))).to.deep.equal([
        ["LockLowered", alice.address, 0n, STAKE, 0n],
        ["Slashed", alice.address, carol.address, STAKE, 0n, unvested],
      ]);
    });

    it("shares this whole period among what is left", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, bob, now } = scene;
      const model = modelOf(scene);
      await slash(scene, STAKE / 2n, 0n);
      model.slash("alice", STAKE / 2n, "", 0n);
      await reach(scene, now + 1n + VESTING, model);
      const [ofAlice, ofBob] = [model.claim("alice"), model.claim("bob")];
      expect(await moved(scene, () => escrow.connect(alice).claim())).to.deep.equal({
        alice: ofAlice,
        escrow: -ofAlice,
      });
      expect(await moved(scene, () => escrow.connect(bob).claim())).to.deep.equal({ bob: ofBob, escrow: -ofBob });
      // Bob: half of five issues, then two thirds of the one of the slash's period.
      const issues = [0n, 1n, 2n, 3n, 4n].reduce((sum, i) => sum + rewardOfIssue(i), 0n);
      const exact = issues / 2n + (rewardOfIssue(5n) * 2n) / 3n;
      expect(exact - ofBob).to.be.within(-STAKE / 2n ** 64n, STAKE / 2n ** 64n + 1n);
    });

    it("burns rewards lock by lock, each from its own start", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol, held, now } = scene;
      const model = modelOf(scene);
      // Two that begin with the next period: lock 1 ends with lock 0, lock 2 before both.
      await escrow.connect(alice).topUp(alice, held.number, held.end, SEIZED);
      model.topUp("alice", "alice", held.number, held.end, SEIZED);
      await escrow.connect(alice).lock(SHARE, SHORTEST_LOCK);
      model.lock("alice", SHARE, SHORTEST_LOCK);
      await reach(scene, now + 2n, model);
      const amount = SHARE + STAKE + 1n;
      const rewardBurned = rewardSeized(model, amount);
      expect(await eventsOf(escrow, slash(scene, amount, 0n))).to.deep.equal([
        ["LockLowered", alice.address, 2n, SHARE, 0n],
        ["LockLowered", alice.address, 0n, STAKE, 0n],
        ["LockLowered", alice.address, 1n, 1n, SEIZED - 1n],
        ["Slashed", alice.address, carol.address, amount, 0n, rewardBurned],
      ]);
      expect(await escrow.claimable(alice)).to.equal(model.claimable("alice"));
      expect(await escrow.vesting(alice)).to.equal(model.vesting("alice"));
    });
  });

  describe("when there are several locks", () => {
    it("takes ended ones first, then by the soonest guaranteed end, whatever their numbers", async () => {
      const scene = await loadFixture(fiveLocks);
      const { escrow, alice, carol, held, now } = scene;
      await reach(scene, now + 5n);
      await escrow.connect(alice).claim();
      const model = modelOf(scene);
      model.toPeriod(now + 5n);
      model.claim("alice");
      const amount = SOONEST + SOON + 1n;
      const rewardBurned = rewardSeized(model, amount);
      expect(await eventsOf(escrow, slash(scene, amount, SHARE))).to.deep.equal([
        ["LockLowered", alice.address, 1n, SOONEST, 0n],
        ["LockLowered", alice.address, 3n, SOON, 0n],
        ["LockLowered", alice.address, 0n, 1n, MIDDLE - 1n],
        ["Slashed", alice.address, carol.address, amount, SHARE, rewardBurned],
      ]);
      expect((await locksOf(escrow, alice.address)).map((lock) => [lock.number, lock.amount])).to.deep.equal([
        [held.number, MIDDLE - 1n],
        [2, ROLLER],
        [4, LATEST],
      ]);
    });

    it("takes a rolling lock when its notice would end it, which moves with time", async () => {
      const early = await loadFixture(fiveLocks);
      // Notice given now would end lock 2 in now + 13: after lock 0, before lock 4.
      expect(await orderOfLosers(early)).to.deep.equal([1n, 3n, 0n, 2n, 4n]);

      const late = await loadFixture(fiveLocks);
      // Notice given in now + 8 would end it in now + 21, after lock 4.
      await reach(late, late.now + 8n);
      expect(await orderOfLosers(late)).to.deep.equal([1n, 3n, 0n, 4n, 2n]);

      const noticed = await loadFixture(fiveLocks);
      // Notice given at the beginning is what counts from then on.
      await noticed.escrow.connect(noticed.alice).giveNotice(2n, ROLLING);
      await reach(noticed, noticed.now + 8n);
      expect(await orderOfLosers(noticed)).to.deep.equal([1n, 3n, 0n, 2n, 4n]);
    });

    it("takes the lower number first of two with the same guaranteed end", async () => {
      const scene = await loadFixture(fiveLocks);
      // Notice given in now + 7 would end lock 2 in now + 20, with lock 4.
      await reach(scene, scene.now + 7n);
      expect(await orderOfLosers(scene)).to.deep.equal([1n, 3n, 0n, 2n, 4n]);

      const twins = await loadFixture(twoHaveEarned);
      const { escrow, alice, held } = twins;
      await escrow.connect(alice).split(held.number, held.end, SEIZED);
      await escrow.connect(alice).split(held.number, held.end, SHARE);
      expect(await orderOfLosers(twins)).to.deep.equal([0n, 1n, 2n]);
    });

    it("leaves locks alone that it does not need", async () => {
      const scene = await loadFixture(fiveLocks);
      const { escrow, alice } = scene;
      await slash(scene, SOONEST, 0n);
      expect((await locksOf(escrow, alice.address)).map((lock) => [lock.number, lock.amount])).to.deep.equal([
        [0, MIDDLE],
        [2, ROLLER],
        [3, SOON],
        [4, LATEST],
      ]);
      expect(await escrow.earningIn(scene.now)).to.equal(MIDDLE + ROLLER + SOON + LATEST);
    });
  });

  describe("when more is asked for than there is", () => {
    it("seizes everything that was not withdrawn, tells how much, and the miner is out", async () => {
      const scene = await loadFixture(fiveLocks);
      const { escrow, alice, carol, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 7n, model);
      const all = MIDDLE + SOONEST + ROLLER + SOON + LATEST;
      const rewardBurned = rewardSeized(model, all);
      const moves = await moved(scene, async () => {
        const told = await eventsOf(escrow, slash(scene, all + 1n, SHARE));
        expect(told.at(-1)).to.deep.equal(["Slashed", alice.address, carol.address, all, SHARE, rewardBurned]);
      });
      const out = all + rewardBurned;
      expect(moves).to.deep.equal({ carol: SHARE, escrow: -out, supply: SHARE - out });
      expect(await locksOf(escrow, alice.address)).to.deep.equal([]);
      const { lockMask, paidUntil, seat } = await escrow.minerOf(alice);
      expect([lockMask, paidUntil, seat]).to.deep.equal([0n, now + 7n, 0n]);
      expect(await escrow.members()).to.equal(0n);
      for (const period of [now + 7n, now + 8n, now + 10n, now + 20n]) {
        expect(await escrow.earningIn(period)).to.equal(0n);
      }
      expect([await escrow.claimable(alice), await escrow.vesting(alice)]).to.deep.equal([0n, 0n]);
    });

    it("seizes nothing of a miner that has nothing", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { escrow, alice, carol } = scene;
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, slash(scene, SEIZED, SHARE))).to.deep.equal([
          ["Slashed", alice.address, carol.address, 0n, 0n, 0n],
        ]),
      );
      expect(moves).to.deep.equal({});
    });

    it("leaves what was withdrawn alone", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, carol, held } = scene;
      await reach(scene, held.end + VESTING);
      await escrow.connect(alice).withdraw(STAKE - 7n);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, slash(scene, SEIZED, SHARE))).to.deep.equal([
          ["LockLowered", alice.address, 0n, 7n, 0n],
          ["Slashed", alice.address, carol.address, 7n, 7n, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ carol: 7n, escrow: -7n });
    });
  });

  describe("when nothing is asked for", () => {
    it("takes nothing", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol } = scene;
      await unchanged(scene, async () =>
        expect(await eventsOf(escrow, slash(scene, 0n, SHARE))).to.deep.equal([
          ["Slashed", alice.address, carol.address, 0n, 0n, 0n],
        ]),
      );
    });
  });

  describe("when the lock is at an edge", () => {
    it("takes stake that starts with the next period out of that", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, held, now } = scene;
      await slash(scene, SEIZED, 0n);
      expect(await escrow.earningIn(now)).to.equal(0n);
      expect(await escrow.earningIn(now + 1n)).to.equal(STAKE - SEIZED);
      expect(await escrow.earningIn(held.end)).to.equal(0n);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(0n);
    });

    it("takes stake in its last period out of this one", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, held } = scene;
      await reach(scene, held.end - 1n);
      await slash(scene, SEIZED, 0n);
      expect(await escrow.earningIn(held.end - 1n)).to.equal(2n * STAKE - SEIZED);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
    });

    it("takes ended stake and leaves what earns alone", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end, model);
      const rewardBurned = rewardSeized(model, SEIZED);
      expect(await eventsOf(escrow, slash(scene, SEIZED, 0n))).to.deep.equal([
        ["LockLowered", alice.address, 0n, SEIZED, STAKE - SEIZED],
        ["Slashed", alice.address, carol.address, SEIZED, 0n, rewardBurned],
      ]);
      for (const period of [held.end, held.end + 1n]) expect(await escrow.earningIn(period)).to.equal(STAKE);
    });

    it("takes stake that has vested and was not withdrawn", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end + VESTING + 3n, model);
      const rewardBurned = rewardSeized(model, SEIZED);
      const out = SEIZED + rewardBurned;
      const moves = await moved(scene, () => slash(scene, SEIZED, SHARE));
      expect(moves).to.deep.equal({ carol: SHARE, escrow: -out, supply: SHARE - out });
      expect(await escrow.withdrawable(alice)).to.equal(STAKE - SEIZED);
    });
  });

  describe("when the miner is paused", () => {
    it("takes the stake and burns no reward", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol, now } = scene;
      await pauseNow(scene, alice);
      await reach(scene, now + 2n);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, slash(scene, SEIZED, SHARE))).to.deep.equal([
          ["LockLowered", alice.address, 0n, SEIZED, STAKE - SEIZED],
          ["Slashed", alice.address, carol.address, SEIZED, SHARE, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ carol: SHARE, escrow: -SEIZED, supply: SHARE - SEIZED });
    });

    it("leaves what earns alone, and the rest joins with resume", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, held, now } = scene;
      await pauseNow(scene, alice);
      await slash(scene, SEIZED, 0n);
      for (const period of [now, now + 1n, held.end]) expect(await escrow.earningIn(period), "bob").to.equal(STAKE);
      await escrow.connect(alice).resume(alice);
      expect(await escrow.earningIn(now)).to.equal(STAKE);
      expect(await escrow.earningIn(now + 1n)).to.equal(2n * STAKE - SEIZED);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
    });

    it("takes stake that has resumed in this period out of the next", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol, held, now } = scene;
      await pauseNow(scene, alice);
      await escrow.connect(alice).resume(alice);
      expect(await eventsOf(escrow, slash(scene, SEIZED, 0n))).to.deep.equal([
        ["LockLowered", alice.address, 0n, SEIZED, STAKE - SEIZED],
        ["Slashed", alice.address, carol.address, SEIZED, 0n, 0n],
      ]);
      expect(await escrow.earningIn(now)).to.equal(STAKE);
      expect(await escrow.earningIn(now + 1n)).to.equal(2n * STAKE - SEIZED);
      await reach(scene, held.end);
      expect(await escrow.earningIn(held.end)).to.equal(STAKE);
    });
  });

  describe("when less than s_min is left", () => {
    it("takes the miner out of the sampler and lets the rest earn", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, now } = scene;
      await slash(scene, STAKE - MIN_STAKE, 0n);
      expect((await seatOf(escrow, alice.address))?.weight, "exactly s_min").to.equal(MIN_STAKE);
      await slash(scene, 1n, 0n);
      expect(await seatOf(escrow, alice.address)).to.equal(undefined);
      expect(await escrow.members()).to.equal(0n);
      expect(await escrow.earningIn(now)).to.equal(MIN_STAKE - 1n);
    });
  });

  describe("when the miner would rather not", () => {
    it("takes the stake though the tier that it belongs into is full: the miner keeps its seat", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      await fillTiersFrom(scene, 0);
      await slash(scene, STAKE - 4n * MIN_STAKE, 0n);
      const seat = await seatOf(escrow, alice.address);
      expect([seat?.tier, seat?.weight]).to.deep.equal([6n, 4n * MIN_STAKE]);
    });

    it("takes the stake of 32 locks", async () => {
      const scene = await loadFixture(thirtyTwoLocks);
      const { escrow, alice } = scene;
      const all = STAKE + (MAX_LOCKS - 1n) * MIN_STAKE;
      const told = await eventsOf(escrow, slash(scene, all, all));
      expect(told.map(([, , number]) => number).slice(0, -1)).to.deep.equal(
        [...Array(Number(MAX_LOCKS)).keys()].map(BigInt),
      );
      expect(await locksOf(escrow, alice.address)).to.deep.equal([]);
    });

    it("takes the stake though the miner gives notice, extends and rolls before it", async () => {
      const scene = await loadFixture(fiveLocks);
      const { escrow, alice, held, now } = scene;
      const asAlice = escrow.connect(alice);
      await asAlice.giveNotice(2n, ROLLING);
      await asAlice.extend(1n, now + 5n, LONGEST_LOCK - 4n);
      await asAlice.roll(0n, held.end, LONGEST_LOCK);
      // Now lock 3 ends in now + 6, lock 2 in now + 13, lock 4 in now + 20, locks 0 and 1 in now + 1 + 365 at the soonest.
      expect(await orderOfLosers(scene)).to.deep.equal([3n, 2n, 4n, 0n, 1n]);
    });

    it("takes the stake of a miner at the limit", async () => {
      const scene = await loadFixture(nobodyStakes);
      const { alice } = scene;
      await lockAs(scene, alice, STAKE_LIMIT - 1n, TERM);
      const moves = await moved(scene, () => slash(scene, STAKE_LIMIT - 1n, 1n));
      expect(moves).to.deep.equal({ carol: 1n, escrow: 1n - STAKE_LIMIT, supply: 2n - STAKE_LIMIT });
    });
  });

  describe("when the recipient is nobody", () => {
    it("burns everything if nothing is for it", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice } = scene;
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, slash(scene, SEIZED, 0n, ZeroAddress))).to.deep.equal([
          ["LockLowered", alice.address, 0n, SEIZED, STAKE - SEIZED],
          ["Slashed", alice.address, ZeroAddress, SEIZED, 0n, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ escrow: -SEIZED, supply: -SEIZED });
    });

    it("reverts with ERC20InvalidReceiver(zero) if something is", async () => {
      const scene = await loadFixture(aliceEarns);
      await unchanged(scene, () =>
        expect(slash(scene, SEIZED, 1n, ZeroAddress))
          .to.be.revertedWithCustomError(scene.token, "ERC20InvalidReceiver")
          .withArgs(ZeroAddress),
      );
    });
  });

  describe("when periods wait to be closed", () => {
    it("closes them first and burns their rewards, too", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, alice, carol, now } = scene;
      const model = modelOf(scene);
      await toPeriod(escrow, now + 3n);
      model.toPeriod(now + 3n);
      const rewardBurned = rewardSeized(model, STAKE);
      expect(await eventsOf(escrow, slash(scene, STAKE, 0n))).to.deep.equal([
        ["LockLowered", alice.address, 0n, STAKE, 0n],
        ["Slashed", alice.address, carol.address, STAKE, 0n, rewardBurned],
      ]);
      expect(await escrow.openPeriod()).to.equal(now + 3n);
      expect(await escrow.earningIn(now + 3n), "bob").to.equal(STAKE);
    });

    it("reverts with StakeEscrowBehind(open, period) if there are too many", async () => {
      const scene = await loadFixture(twoHaveEarned);
      const { escrow, now } = scene;
      await toPeriod(escrow, now + CATCH_UP + 1n);
      await unchanged(scene, () =>
        expect(slash(scene, 1n, 0n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
          .withArgs(now, now + CATCH_UP + 1n),
      );
    });
  });

  describe("when somebody else calls", () => {
    it("reverts with StakeEscrowOnlyNeighbour(caller, policy manager) for the miner, a stranger and the health votes", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, policyManager, healthVote, alice, stranger } = scene;
      for (const caller of [alice, stranger, await actingAs(healthVote)]) {
        await unchanged(scene, async () =>
          expect(escrow.connect(caller).slash(alice, SEIZED, caller, SEIZED))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
            .withArgs(caller.address, await policyManager.getAddress()),
        );
      }
    });
  });
});
