import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress, ZeroHash } from "ethers";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import { MIN_STAKE, testParameters } from "../helpers/network";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import type { ClosedPeriod } from "../models/economy";
import { healthShare, nextIssue, suppliedAfter } from "../models/issuance";
import {
  CATCH_UP,
  SHORTEST_LOCK,
  STAKE,
  type Scene,
  type SceneWithLock,
  TERM,
  VESTING,
  aliceEarns,
  lockAs,
  modelOf,
  pauseNow,
  reach,
  sceneWith,
  slashNow,
  startOf,
  SCHEDULE,
} from "./fixtures";
import { eventsOf as allEventsOf, type Told } from "../helpers/observe";
import { moved, unchanged } from "./observe";

const { firstIssue, healthPpm, minEarning } = testParameters.escrow;
const FIRST_BUDGET = healthShare(firstIssue, healthPpm);

/** Bob's stake: with {@link STAKE} no number that 2^64 could be divided by without a rest. */
const ODD = nkms("333") + 1n;

/** {@link aliceEarns}, and bob's lock, which begins in now + 1, ends before hers. */
async function twoEarn(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  await lockAs(scene, scene.bob, ODD, SHORTEST_LOCK + 1n);
  scene.economy.lock("bob", ODD, SHORTEST_LOCK + 1n);
  return scene;
}

/** Alice has just locked `amount`, for as long as possible, under other parameters than usual. */
async function aliceAloneUnder(changed: Partial<NetworkParameters["escrow"]>, amount = STAKE): Promise<Scene> {
  const scene = await sceneWith({ ...testParameters, escrow: { ...testParameters.escrow, ...changed } });
  await lockAs(scene, scene.alice, amount, scene.parameters.escrow.longestLock);
  return scene;
}

const everythingAtOnce = () => aliceAloneUnder({ firstIssue: SCHEDULE.maxSupply - SCHEDULE.initialSupply });
const oneUnit = () => aliceAloneUnder({ firstIssue: 1n });
const withoutHealthShare = () => aliceAloneUnder({ healthPpm: 0n });
const oneBelowTheBootstrap = () => aliceAloneUnder({}, minEarning - 1n);
const anOddStake = () => aliceAloneUnder({}, ODD);
const exactlyTheBootstrap = () => aliceAloneUnder({}, minEarning);

/** The events that closing these periods should be told by. */
const closings = (closed: ClosedPeriod[]): Told[] =>
  closed.map(({ period, earning, stakerReward, healthBudget, burned }) => [
    "PeriodClosed",
    period,
    earning,
    stakerReward,
    healthBudget,
    burned,
  ]);

describe("StakeEscrow.advance", () => {
  describe("when no period waits", () => {
    it("changes nothing until the last second of a period", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, now } = scene;
      await unchanged(scene, async () => {
        expect(await allEventsOf(escrow, escrow.advance(MaxUint256))).to.deep.equal([]);
        await nextTransactionAt(startOf(now + 1n) - 1n);
        expect(await allEventsOf(escrow, escrow.advance(MaxUint256))).to.deep.equal([]);
      });
    });

    it("closes the period in the first second of the next", async () => {
      const { escrow, now } = await loadFixture(aliceEarns);
      await nextTransactionAt(startOf(now + 1n));
      expect(await allEventsOf(escrow, escrow.advance(MaxUint256))).to.deep.equal([
        ["PeriodClosed", now, STAKE, firstIssue - FIRST_BUDGET, FIRST_BUDGET, 0n],
      ]);
      expect(await escrow.openPeriod()).to.equal(now + 1n);
    });
  });

  describe("when maxPeriods is 0", () => {
    it("changes nothing", async () => {
      const scene = await loadFixture(aliceEarns);
      await toPeriod(scene.escrow, scene.now + 5n);
      await unchanged(scene, async () =>
        expect(await allEventsOf(scene.escrow, scene.escrow.advance(0n))).to.deep.equal([]),
      );
    });
  });

  describe("when periods wait", () => {
    it("closes the oldest first, at most maxPeriods, and goes on where it stopped", async () => {
      const scene = await loadFixture(twoEarn);
      const { escrow, now } = scene;
      const model = modelOf(scene);
      await toPeriod(escrow, now + 6n);
      model.toPeriod(now + 6n);
      for (const [most, open] of [
        [1n, now + 1n],
        [3n, now + 4n],
        [3n, now + 6n],
        [3n, now + 6n],
      ] as const) {
        expect(await allEventsOf(escrow, escrow.advance(most))).to.deep.equal(closings(model.advance(most)));
        expect(await escrow.openPeriod()).to.equal(open);
      }
    });

    it("closes all for 2^256 - 1, by anybody", async () => {
      const scene = await loadFixture(twoEarn);
      const { escrow, stranger, now } = scene;
      const model = modelOf(scene);
      await toPeriod(escrow, now + 40n);
      model.toPeriod(now + 40n);
      const told = await allEventsOf(escrow, escrow.connect(stranger).advance(MaxUint256));
      expect(told).to.deep.equal(closings(model.advance(40n)));
      expect(told.length).to.equal(40);
      expect(await escrow.openPeriod()).to.equal(now + 40n);
    });

    it("mints what the schedule says, to the escrow alone, and counts it as issued", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, now } = scene;
      await toPeriod(escrow, now + 7n);
      const issued = suppliedAfter(SCHEDULE, 7n);
      const minted = issued - SCHEDULE.initialSupply;
      // Nobody draws a health budget here: six of the seven burn, the last is there still.
      let budgets = 0n;
      for (let i = 0n; i < 6n; i++) budgets += healthShare(nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, i)), healthPpm);
      const moves = await moved(scene, () => escrow.advance(7n));
      expect(moves).to.deep.equal({ escrow: minted - budgets, supply: minted - budgets });
      expect(await escrow.issued()).to.equal(issued);
    });

    it("says of each period what earned, what was minted for whom and what was burned", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, now } = scene;
      await toPeriod(escrow, now + 3n);
      const issues = [0n, 1n, 2n].map((i) => nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, i)));
      const budgets = issues.map((issue) => healthShare(issue, healthPpm));
      expect(await allEventsOf(escrow, escrow.advance(3n))).to.deep.equal(
        issues.map((issue, i) => [
          "PeriodClosed",
          now + BigInt(i),
          STAKE,
          issue - (budgets[i] ?? 0n),
          budgets[i],
          budgets[i - 1] ?? 0n,
        ]),
      );
    });

    it("comes to the same in one call, one by one, and by the way of other calls", async () => {
      const until = TERM + 4n;
      const ways = [
        async ({ escrow, now }: Scene) => {
          await toPeriod(escrow, now + until);
          await escrow.advance(until);
        },
        async ({ escrow, now }: Scene) => {
          for (let period = now + 1n; period <= now + until; period++) {
            await toPeriod(escrow, period);
            await escrow.advance(1n);
          }
        },
        async ({ escrow, dave, now }: Scene) => {
          for (let period = now + 3n; period < now + until; period += 3n) {
            await toPeriod(escrow, period);
            await escrow.connect(dave).claim();
          }
          await toPeriod(escrow, now + until);
          await escrow.connect(dave).claim();
        },
      ];
      const outcomes: unknown[] = [];
      for (const way of ways) {
        const scene = await loadFixture(twoEarn);
        const { escrow, token, alice, bob, now } = scene;
        await way(scene);
        outcomes.push([
          await escrow.openPeriod(),
          await escrow.issued(),
          await token.totalSupply(),
          await token.balanceOf(escrow),
          [...(await escrow.healthBudget())],
          await Promise.all([1n, 2n, 5n, TERM, until].map((periods) => escrow.accumulated(now + periods))),
          await escrow.claimable(alice),
          await escrow.claimable(bob),
        ]);
      }
      const scene = await loadFixture(twoEarn);
      const model = modelOf(scene);
      model.passPeriods(until);
      model.advance(until);
      const expected = [
        scene.now + until,
        model.issued,
        model.totalSupply,
        model.escrowBalance,
        [model.healthBudget.budget, model.healthBudget.undrawn],
        [1n, 2n, 5n, TERM, until].map((periods) => model.accumulated(scene.now + periods)),
        model.claimable("alice"),
        model.claimable("bob"),
      ];
      expect(outcomes).to.deep.equal([expected, expected, expected]);
    });

    it("lets locks begin and end in periods that wait", async () => {
      const scene = await loadFixture(twoEarn);
      const { escrow, held, now } = scene;
      await toPeriod(escrow, held.end + 1n);
      const earning = (await allEventsOf(escrow, escrow.advance(MaxUint256))).map((told) => told[2]);
      const both = SHORTEST_LOCK + 1n;
      expect(earning).to.deep.equal([
        STAKE, // now: bob's lock begins with the next period
        ...Array<bigint>(Number(both)).fill(STAKE + ODD),
        ...Array<bigint>(Number(held.end - 1n - now - both)).fill(STAKE),
        0n, // alice's has ended, too
      ]);
    });

    it("keeps what a division leaves for the next period", async () => {
      const scene = await loadFixture(anOddStake);
      const { escrow, now } = scene;
      await reach(scene, now + 1n);
      // As long as L stays the same, no carried rest is ever lost: the sum is as if it was divided once.
      let rewards = 0n;
      let issued = SCHEDULE.initialSupply;
      for (let period = now + 2n; period <= now + 12n; period++) {
        const issue = nextIssue(SCHEDULE, issued);
        issued += issue;
        rewards += issue - healthShare(issue, healthPpm);
        await reach(scene, period);
        expect(await escrow.accumulated(period), `until ${period - now}`).to.equal((rewards * 2n ** 64n) / ODD);
      }
    });
  });

  describe("when less than L_min earns", () => {
    it("mints nothing at L_min - 1", async () => {
      const scene = await loadFixture(oneBelowTheBootstrap);
      const { escrow, now } = scene;
      await reach(scene, now + 1n);
      await toPeriod(escrow, now + 4n);
      const moves = await moved(scene, async () =>
        expect(await allEventsOf(escrow, escrow.advance(3n))).to.deep.equal(
          [1n, 2n, 3n].map((i) => ["PeriodClosed", now + i, minEarning - 1n, 0n, 0n, 0n]),
        ),
      );
      expect(moves).to.deep.equal({});
      expect(await escrow.issued()).to.equal(SCHEDULE.initialSupply);
      expect(await escrow.accumulated(now + 4n)).to.equal(0n);
    });

    it("mints the first issue at L_min, however late", async () => {
      const scene = await loadFixture(exactlyTheBootstrap);
      const { escrow, now } = scene;
      await toPeriod(escrow, now + 2n);
      expect(await allEventsOf(escrow, escrow.advance(2n))).to.deep.equal([
        ["PeriodClosed", now, 0n, 0n, 0n, 0n],
        ["PeriodClosed", now + 1n, minEarning, firstIssue - FIRST_BUDGET, FIRST_BUDGET, 0n],
      ]);
      expect(await escrow.issued()).to.equal(SCHEDULE.initialSupply + firstIssue);
    });

    it("mints nothing in idle periods and goes on with the schedule after them", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      const later = held.end + 20n;
      await reach(scene, later, model);
      expect(await escrow.issued()).to.equal(suppliedAfter(SCHEDULE, TERM));
      const [acc, end] = [await escrow.accumulated(later), await escrow.accumulated(held.end)];
      expect(acc).to.equal(end);
      await escrow.connect(alice).lock(STAKE, TERM);
      await toPeriod(escrow, later + 2n);
      const issue = nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, TERM));
      const budget = healthShare(issue, healthPpm);
      expect(await allEventsOf(escrow, escrow.advance(2n))).to.deep.equal([
        ["PeriodClosed", later, 0n, 0n, 0n, 0n],
        ["PeriodClosed", later + 1n, STAKE, issue - budget, budget, 0n],
      ]);
    });
  });

  describe("when a health budget was not drawn", () => {
    it("burns it with the next close and never mints it again", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, now } = scene;
      await reach(scene, now + 1n);
      await toPeriod(escrow, now + 2n);
      const second = nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, 1n));
      const moves = await moved(scene, () => escrow.advance(1n));
      expect(moves).to.deep.equal({ escrow: second - FIRST_BUDGET, supply: second - FIRST_BUDGET });
      expect(await escrow.issued(), "S knows no burns").to.equal(suppliedAfter(SCHEDULE, 2n));
      expect(await escrow.healthBudget()).to.deep.equal([
        healthShare(second, healthPpm),
        healthShare(second, healthPpm),
      ]);
    });

    it("burns what is left of one that was drawn in part", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, healthVote, now } = scene;
      await reach(scene, now + 1n);
      await healthVote.drawHealthBudget(escrow, 3n);
      await toPeriod(escrow, now + 2n);
      const second = nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, 1n));
      const budget = healthShare(second, healthPpm);
      const left = FIRST_BUDGET - FIRST_BUDGET / 3n;
      const moves = await moved(scene, async () =>
        expect(await allEventsOf(escrow, escrow.advance(1n))).to.deep.equal([
          ["PeriodClosed", now + 1n, STAKE, second - budget, budget, left],
        ]),
      );
      expect(moves).to.deep.equal({ escrow: second - left, supply: second - left });
    });

    it("burns one after the other as several periods close, and keeps the last", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, token, held } = scene;
      await reach(scene, held.end);
      const last = healthShare(nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, TERM - 1n)), healthPpm);
      expect(await escrow.healthBudget()).to.deep.equal([last, last]);
      let burned = 0n;
      for (let i = 0n; i < TERM - 1n; i++) {
        burned += healthShare(nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, i)), healthPpm);
      }
      expect(await token.totalSupply()).to.equal(suppliedAfter(SCHEDULE, TERM) - burned);
      // The last one burns with the first idle period, and then there is none.
      await toPeriod(escrow, held.end + 2n);
      const moves = await moved(scene, async () =>
        expect(await allEventsOf(escrow, escrow.advance(2n))).to.deep.equal([
          ["PeriodClosed", held.end, 0n, 0n, 0n, last],
          ["PeriodClosed", held.end + 1n, 0n, 0n, 0n, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ escrow: -last, supply: -last });
      expect(await escrow.healthBudget()).to.deep.equal([0n, 0n]);
    });
  });

  describe("when the schedule is at its edges", () => {
    it("mints everything at once with s0 = S_max - S(0), and nothing after that", async () => {
      const scene = await loadFixture(everythingAtOnce);
      const { escrow, token, now } = scene;
      await reach(scene, now + 1n);
      await toPeriod(escrow, now + 3n);
      const all = SCHEDULE.maxSupply - SCHEDULE.initialSupply;
      const budget = healthShare(all, healthPpm);
      expect(await allEventsOf(escrow, escrow.advance(2n))).to.deep.equal([
        ["PeriodClosed", now + 1n, STAKE, all - budget, budget, 0n],
        ["PeriodClosed", now + 2n, STAKE, 0n, 0n, budget],
      ]);
      expect(await escrow.issued()).to.equal(SCHEDULE.maxSupply);
      expect(await token.totalSupply()).to.equal(SCHEDULE.maxSupply - budget);
    });

    it("mints one unit, for the stakers, with s0 = 1", async () => {
      const scene = await loadFixture(oneUnit);
      const { escrow, now } = scene;
      await reach(scene, now + 1n);
      await toPeriod(escrow, now + 3n);
      const moves = await moved(scene, async () =>
        expect(await allEventsOf(escrow, escrow.advance(2n))).to.deep.equal([
          ["PeriodClosed", now + 1n, STAKE, 1n, 0n, 0n],
          // One less than S_max - S(0) times 1, by S_max - S(0): rounded down, and so for ever.
          ["PeriodClosed", now + 2n, STAKE, 0n, 0n, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ escrow: 1n, supply: 1n });
    });

    it("gives the stakers everything without a health share", async () => {
      const scene = await loadFixture(withoutHealthShare);
      const { escrow, now } = scene;
      await reach(scene, now + 1n);
      await toPeriod(escrow, now + 2n);
      expect(await allEventsOf(escrow, escrow.advance(1n))).to.deep.equal([
        ["PeriodClosed", now + 1n, STAKE, firstIssue, 0n, 0n],
      ]);
      expect(await escrow.healthBudget()).to.deep.equal([0n, 0n]);
    });
  });

  describe("when other calls close periods by the way", () => {
    /** Every call that changes stake or pays it out, in a form that would work with a period less to close. */
    function calls({ escrow, policyManager, healthVote, alice, held }: SceneWithLock) {
      const asAlice = escrow.connect(alice);
      const { number, end } = held;
      return {
        lock: () => asAlice.lock(MIN_STAKE, TERM),
        lockWithPermit: () => asAlice.lockWithPermit(MIN_STAKE, TERM, 0n, 27, ZeroHash, ZeroHash),
        topUp: () => asAlice.topUp(alice, number, end, 1n),
        topUpWithPermit: () => asAlice.topUpWithPermit(alice, number, end, 1n, 0n, 27, ZeroHash, ZeroHash),
        extend: () => asAlice.extend(number, end, 1n),
        roll: () => asAlice.roll(number, end, 2n * CATCH_UP),
        split: () => asAlice.split(number, end, 1n),
        claim: () => asAlice.claim(),
        slash: () => policyManager.slash(escrow, alice, 1n, ZeroAddress, 0n),
        pause: () => healthVote.pause(escrow, alice),
        drawHealthBudget: () => healthVote.drawHealthBudget(escrow, 1n),
      };
    }

    /** Alice's lock ends long after M periods. */
    async function aliceStaysLong(): Promise<SceneWithLock> {
      const scene = await aliceEarns();
      const { escrow, alice, held } = scene;
      await escrow.connect(alice).extend(held.number, held.end, 2n * CATCH_UP - TERM);
      return { ...scene, held: { ...held, end: held.end + 2n * CATCH_UP - TERM } };
    }

    it("is M of them at most, with any call", async () => {
      for (const name of Object.keys(calls(await loadFixture(aliceStaysLong)))) {
        const scene = await loadFixture(aliceStaysLong);
        const { escrow, now } = scene;
        await toPeriod(escrow, now + CATCH_UP);
        const told = await allEventsOf(escrow, calls(scene)[name as keyof ReturnType<typeof calls>]());
        const closed = told.filter(([event]) => event === "PeriodClosed").map(([, period]) => period);
        expect(closed, name).to.deep.equal([...Array(Number(CATCH_UP)).keys()].map((i) => now + BigInt(i)));
        expect(await escrow.openPeriod(), name).to.equal(now + CATCH_UP);
      }
    });

    it("makes any call that changes stake revert with StakeEscrowBehind(open, period) if there is one more", async () => {
      const scene = await loadFixture(aliceStaysLong);
      const { escrow, alice, held, now } = scene;
      await toPeriod(escrow, now + CATCH_UP + 1n);
      const asAlice = escrow.connect(alice);
      const all = {
        ...calls(scene),
        compound: () => asAlice.compound(held.number, held.end),
        giveNotice: () => asAlice.giveNotice(held.number, held.end),
        merge: () => asAlice.merge(held.number, 1n, held.end),
        withdraw: () => asAlice.withdraw(1n),
        resume: () => asAlice.resume(alice),
      };
      await unchanged(scene, async () => {
        for (const [name, call] of Object.entries(all)) {
          await expect(call(), name)
            .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
            .withArgs(now, now + CATCH_UP + 1n);
        }
      });
    });

    it("is none with setPayout, poke and releaseNumber, which need none", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, treasury, held, now } = scene;
      await slashNow(scene, alice, STAKE - MIN_STAKE);
      await pauseNow(scene, alice);
      await toPeriod(escrow, held.end + VESTING + CATCH_UP);
      for (const call of [
        () => escrow.connect(alice).setPayout(treasury),
        () => escrow.poke(alice),
        () => escrow.releaseNumber(alice),
      ]) {
        const told = await allEventsOf(escrow, call());
        expect(told.filter(([event]) => event === "PeriodClosed")).to.deep.equal([]);
      }
      expect(await escrow.openPeriod()).to.equal(now);
    });
  });
});
