import { expect } from "chai";

import { EXACT } from "../models/economy";
import { earnsIn, eventsOf, readMiners, sum, total } from "./books";
import { explore } from "./explore";
import { seedsOf } from "./histories";
import { Views } from "./views";
import type { World } from "./world";

const PER_UNIT = 1n << 64n;

/** Where this test's seeds begin, after the first. */
const OFFSET = 200;

describe("Totals: the sum of all records is what earns, and all rewards are somebody's, burned, or dust", () => {
  for (const seed of seedsOf(OFFSET, 2)) {
    it(`holds through a random history (seed ${seed})`, async function () {
      this.timeout(0);
      const check = async (world: World): Promise<void> => {
        await checkRecords(world);
        await checkRewards(world);
        checkShares(world);
      };
      await explore({
        seed,
        offset: OFFSET,
        periods: 60n,
        compare: false,
        check,
        every: 15,
        finish: (world) => world.checkAll(),
      });
    });
  }
});

/** L(p) = sum of the records that earn in p, for the open period and every later one. */
async function checkRecords(world: World): Promise<void> {
  const { escrow, parameters } = world.network;
  const miners = await readMiners(world);
  const open = await escrow.openPeriod();
  const last = world.model.now + 1n + parameters.escrow.longestLock; // later on only rolling locks are left
  const views = new Views();
  for (let period = open; period <= last + 1n; period++) {
    const records = sum(miners.flatMap((book) => book.locks.map((lock) => earnsIn(period, lock, book))));
    views.same(escrow, "earningIn", [period], records, () => `in period ${world.model.now}, open ${open}`);
  }
  await views.run();
}

/** Stakers' rewards = paid + burned + claimable + vesting + dust, and how small dust is. */
async function checkRewards(world: World): Promise<void> {
  await world.advance(500n);
  const { escrow } = world.network;
  const events = await eventsOf(escrow);
  const miners = await readMiners(world);
  const rewards = total(events, "PeriodClosed", "stakerReward");
  const paid = total(events, "RewardPaid", "amount") + total(events, "RewardCompounded", "amount");
  const burned = total(events, "Paused", "forfeited") + total(events, "Slashed", "rewardBurned");
  const owed = sum(miners.map(({ claimable, vesting }) => claimable + vesting));
  const dust = rewards - paid - burned - owed;
  expect(dust >= 0n, `${rewards} shared, ${paid} paid, ${burned} burned, ${owed} owed`).to.equal(true);

  // What division by L leaves over waits for the next period: below L units of 2^-64. Rounding down whenever a lock is
  // looked at takes less than one base unit, at most once per lock record and period.
  const periods = world.model.closedPeriods;
  const records = sum(periods.map((period) => period.records));
  const carried = periods.reduce((most, { earning }) => (earning > most ? earning : most), 0n) / PER_UNIT;
  expect(dust <= records + carried, `dust ${dust} of ${records} records and periods, ${carried} carried`).to.equal(
    true,
  );
}

/** Everybody's reward is the exact fraction d_i / L of every period (eq. 30), as far as rounding allows. */
function checkShares({ model, addresses }: World): void {
  for (const miner of addresses) {
    const { exact, counted, tolerance } = model.fairness(miner);
    const off = counted > exact ? counted - exact : exact - counted;
    expect(off <= tolerance, `${miner} earned ${exact / EXACT} and counts ${counted / EXACT}`).to.equal(true);
  }
}
