import { loadFixture, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import { lockOf } from "../helpers/locks";
import { MIN_STAKE, network, type Network, testParameters } from "../helpers/network";
import { passPeriods } from "../helpers/time";
import { LOCK_NUMBERS, type LockState, ROLLING } from "../models/economy";
import { healthShare, nextIssue } from "../models/issuance";
import { explore } from "./explore";
import { runs, SEED, seedsOf } from "./histories";
import { Random } from "./random";
import { Views } from "./views";
import type { World } from "./world";

/** How long both worlds are watched after the change, periods. Longer than V, so that all of it vests. */
const WATCHED = 5n;

/** Everything issues in every period, so that more stake never means a smaller issue. */
const steady: NetworkParameters = {
  ...testParameters,
  escrow: { ...testParameters.escrow, minEarning: MIN_STAKE, longestLock: 60n },
};

/** What a miner is owed in one period of one world, base units. */
interface Owed {
  claimable: bigint;
  vesting: bigint;
}

/** Every kind of change; each has to come up. */
const KINDS = [
  "top-up by one unit",
  "large top-up",
  "gift",
  "one more lock",
  "extension",
  "extension in the last period",
  "split",
  "merge",
  "roll",
  "compounding",
  "claim",
] as const;

/** One change of a lock. */
interface Change {
  kind: (typeof KINDS)[number];
  /** By how many base units rounding may change what is owed: one for each lock that is paid, split or merged. */
  rounding: bigint;
  miner: string;
  /** Does it; returns what it took out of the reward that is owed. */
  make: () => Promise<bigint>;
}

/** Where this test's seeds begin, after the first. */
const OFFSET = 500;

describe("Changes: no change of a lock lowers, delays, doubles or back-dates a reward", () => {
  const seen = new Set<string>();

  for (const seed of seedsOf(OFFSET, 2)) {
    it(`compares worlds with and without each change, after a random history (seed ${seed})`, async function () {
      this.timeout(0);
      const finish = (world: World): Promise<void> => compareWorlds(world, new Random(BigInt(seed)), seen);
      const check = async (): Promise<void> => {};
      await explore({
        seed,
        offset: OFFSET,
        periods: 30n,
        parameters: steady,
        compare: false,
        check,
        every: 1_000,
        finish,
      });
    });
  }

  // What comes up is fixed by the seeds.
  if (SEED === 1 && runs(2) >= 2) {
    it("compared every kind of change", () => {
      expect(KINDS.filter((kind) => !seen.has(kind))).to.deep.equal([]);
    });
  }
});

async function compareWorlds(world: World, random: Random, seen: Set<string>): Promise<void> {
  // A moment in which some lock is in its last period, if there is one soon.
  for (let i = 0; i < 20 && !world.people.some((owner) => lastPeriod(world, owner.address)); i++) {
    await world.passPeriods(1n);
  }
  await world.advance(500n);
  const quiet = await watch(world, () => Promise.resolve());
  const changes = possibleChanges(world, random);
  for (const change of changes) {
    seen.add(change.kind);
    let taken = 0n;
    const changed = await watch(world, async () => (taken = await change.make()));
    for (const miner of world.addresses) compare(world, change, miner, taken, quiet, changed);
  }
}

function compare(
  world: World,
  change: Change,
  miner: string,
  taken: bigint,
  quiet: Map<string, Owed[]>,
  changed: Map<string, Owed[]>,
): void {
  const [without, having] = [quiet.get(miner) ?? [], changed.get(miner) ?? []];
  expect(having.length).to.equal(Number(WATCHED) + 1);
  const own = miner === change.miner;
  const locks = BigInt(world.model.locksOf(miner).length) + 1n;
  const stake = world.model.stakeOf(miner);
  for (let later = 0; later <= WATCHED; later++) {
    const [a, b] = [without[later], having[later]];
    if (!a || !b) throw new Error(`expected both worlds to be watched for ${WATCHED} periods`);
    const reward = own ? taken : 0n;
    const [all, before] = [b.claimable + b.vesting + reward, a.claimable + a.vesting];
    const where = `${change.kind}: ${own ? "its" : "another"} miner ${miner} after ${later} periods`;
    if (later <= 1) {
      // Up to the end of the period of the change nothing is different, neither less nor more, for nobody.
      const slack = own ? change.rounding : 0n;
      expect(all - before >= -slack && all - before <= slack, `${where}: ${all} owed, ${before} without`).to.equal(
        true,
      );
      expect(b.claimable + reward >= a.claimable - slack, `${where}: delayed`).to.equal(true);
    } else if (own) {
      // Later on more stake may only earn more. Reward per unit is rounded to 2^-64, in each world by itself.
      const slack = locks + (BigInt(later) * stake) / 2n ** 64n + BigInt(later);
      expect(all >= before - slack, `${where}: ${all} owed, ${before} without`).to.equal(true);
      expect(b.claimable + reward >= a.claimable - slack, `${where}: delayed`).to.equal(true);
    }
  }
}

/** What every miner is owed right after `act`, and in each of the next periods; then everything is as it was. */
async function watch(world: World, act: () => Promise<unknown>): Promise<Map<string, Owed[]>> {
  const { escrow } = world.network;
  const before = await takeSnapshot();
  const owed = new Map<string, Owed[]>();
  try {
    await act();
    for (let later = 0n; later <= WATCHED; later++) {
      if (later > 0n) await passPeriods(escrow, 1n);
      const views = new Views();
      for (const miner of world.addresses) {
        const now: Owed = { claimable: 0n, vesting: 0n };
        views.ask(escrow, "claimable", [miner], ([amount]) => (now.claimable = amount as bigint));
        views.ask(escrow, "vesting", [miner], ([amount]) => (now.vesting = amount as bigint));
        owed.set(miner, [...(owed.get(miner) ?? []), now]);
      }
      await views.run();
    }
  } finally {
    await before.restore();
  }
  return owed;
}

/** A lock of a miner that is in its last period and earns. */
function lastPeriod({ model }: World, miner: string): LockState | undefined {
  if (model.isPaused(miner)) return undefined;
  return model.locksOf(miner).find(({ start, end }) => end === model.now + 1n && start <= model.now);
}

/** One change of each kind, of whatever lock allows it; kinds that nothing allows are left out. */
function possibleChanges(world: World, random: Random): Change[] {
  const { escrow } = world.network;
  const { model } = world;
  const next = model.now + 1n;
  const changes: Change[] = [];
  const locks = world.people.flatMap((owner) =>
    model.locksOf(owner.address).map((lock) => ({ owner, ...lock, miner: owner.address })),
  );
  type OwnedLock = (typeof locks)[number];
  const find = (wanted: (lock: OwnedLock) => boolean): OwnedLock | undefined => {
    const found = locks.filter(wanted);
    return found.length > 0 ? random.pick(found) : undefined;
  };
  const add = (
    kind: Change["kind"],
    rounding: bigint,
    lock: OwnedLock | undefined,
    act: (lock: OwnedLock) => Promise<unknown>,
  ): void => {
    if (!lock) return;
    const pays = kind === "claim" || kind === "compounding";
    const make = async (): Promise<bigint> => {
      const vested = await escrow.claimable(lock.miner);
      await act(lock);
      return pays ? vested : 0n;
    };
    changes.push({ kind, rounding, miner: lock.miner, make });
  };

  const alive = (lock: OwnedLock): boolean =>
    lock.end > next && lock.start < next && model.locksOf(lock.miner).length < 24 && !model.isPaused(lock.miner);
  const small = (lock: OwnedLock): boolean => alive(lock) && model.stakeOf(lock.miner) < MIN_STAKE * 1_000n;
  const fixed = (lock: OwnedLock): boolean => alive(lock) && lock.end !== ROLLING;
  const twin = (lock: OwnedLock): OwnedLock | undefined =>
    locks.find(
      (other) =>
        other.miner === lock.miner &&
        other.number !== lock.number &&
        other.end === lock.end &&
        other.notice === lock.notice &&
        other.start === lock.start,
    );

  add("top-up by one unit", 0n, find(alive), ({ owner, number, end }) =>
    escrow.connect(owner).topUp(owner, number, end, 1n),
  );
  add("large top-up", 0n, find(small), ({ owner, number, end }) =>
    escrow.connect(owner).topUp(owner, number, end, nkms("500,000")),
  );
  add("gift", 0n, find(small), ({ owner, number, end }) => {
    const friend = world.people.find((person) => person !== owner) ?? owner;
    return escrow.connect(friend).topUp(owner, number, end, MIN_STAKE);
  });
  add("one more lock", 0n, find(small), ({ owner }) => escrow.connect(owner).lock(MIN_STAKE, 10n));
  const extensible = find((lock) => fixed(lock) && lock.end < next + 50n);
  add("extension", 0n, extensible, ({ owner, number, end }) => escrow.connect(owner).extend(number, end, 5n));
  const ending = find((lock) => lastPeriod(world, lock.miner)?.number === lock.number);
  add("extension in the last period", 0n, ending, ({ owner, number, end }) =>
    escrow.connect(owner).extend(number, end, 20n),
  );
  const divisible = find((lock) => alive(lock) && lock.amount > 1n);
  add("split", 2n, divisible, ({ owner, number, end, amount }) =>
    escrow.connect(owner).split(number, end, random.between(1n, amount - 1n)),
  );
  const joinable = find((lock) => twin(lock) !== undefined);
  add("merge", 2n, joinable, (lock) =>
    escrow.connect(lock.owner).merge(lock.number, twin(lock)?.number ?? 0, lock.end),
  );
  add("roll", 0n, find(fixed), ({ owner, number, end }) => escrow.connect(owner).roll(number, end, 60n));
  const rewarded = (lock: OwnedLock): boolean =>
    model.claimable(lock.miner) > 0n && model.claimable(lock.miner) < nkms("500,000");
  add(
    "compounding",
    BigInt(LOCK_NUMBERS),
    find((lock) => small(lock) && rewarded(lock)),
    ({ owner, number, end }) => escrow.connect(owner).compound(number, end),
  );
  add("claim", BigInt(LOCK_NUMBERS), find(alive), ({ owner }) => escrow.connect(owner).claim());
  return changes;
}

describe("Changes that went wrong elsewhere", () => {
  /** Mike locked 1,000 NKMS five periods ago and owns all that the periods since have shared out. */
  async function oneMinerFivePeriodsAgo(): Promise<Network & { end: bigint; earned: bigint }> {
    const world = await network();
    const { escrow, miners } = world;
    await escrow.connect(miners[0]).lock(nkms("1,000"), 50n);
    const { end } = await lockOf(escrow, miners[0].address, 0);
    await passPeriods(escrow, 6n);
    return { ...world, end, earned: shared(world, 5) };
  }

  /** What stakers get of the first `periods` issuing periods. */
  function shared({ parameters }: Network, periods: number): bigint {
    const schedule = { ...parameters, firstIssue: parameters.escrow.firstIssue };
    let issued = parameters.initialSupply;
    let rewards = 0n;
    for (let i = 0; i < periods; i++) {
      const issue = nextIssue(schedule, issued);
      issued += issue;
      rewards += issue - healthShare(issue, parameters.escrow.healthPpm);
    }
    return rewards;
  }

  /** Rounding a reward per unit to 2^-64 moves at most this much of 1,000 NKMS' reward to the next period. */
  const ROUNDING = nkms("1,000") / 2n ** 64n + 1n;

  const owed = async ({ escrow }: Network, miner: { address: string }): Promise<bigint> =>
    (await escrow.claimable(miner.address)) + (await escrow.vesting(miner.address));

  it("a top-up by one NKMS leaves the reward as it is; it was halved once", async () => {
    const world = await loadFixture(oneMinerFivePeriodsAgo);
    const [mike] = world.miners;
    const before = await owed(world, mike);
    await world.escrow.connect(mike).topUp(mike, 0, world.end, nkms("1"));
    expect(await owed(world, mike)).to.equal(before);
    expect(world.earned - before).to.be.within(0n, ROUNDING);

    await passPeriods(world.escrow, 3n); // V = 2: all of the five periods is vested, and the period of the top-up
    const { balance } = await claim(world, mike);
    const six = shared(world, 6);
    expect(six - balance).to.be.within(0n, 2n * ROUNDING);
  });

  it("a gift of s_min by a stranger leaves the reward as it is", async () => {
    const world = await loadFixture(oneMinerFivePeriodsAgo);
    const [mike, gina] = world.miners;
    const before = await owed(world, mike);
    await world.escrow.connect(gina).topUp(mike, 0, world.end, MIN_STAKE);
    expect(await owed(world, mike)).to.equal(before);
    expect(await owed(world, gina)).to.equal(0n);
  });

  it("a large top-up of an old small lock is paid from the next period on; it was paid back-dated once", async () => {
    const world = await loadFixture(oneMinerFivePeriodsAgo);
    const { escrow } = world;
    const [, vera] = world.miners;
    await escrow.connect(vera).lock(MIN_STAKE, 40n);
    const { end } = await lockOf(escrow, vera.address, 0);
    await passPeriods(escrow, 4n); // vera has earned for three periods with 16 of 1,016 NKMS
    const before = await owed(world, vera);
    const [old] = [await escrow.accumulated(await escrow.currentPeriod())];

    await escrow.connect(vera).topUp(vera, 0, end, nkms("1,000,000"));
    expect(await owed(world, vera)).to.equal(before);
    await passPeriods(escrow, 1n); // the period of the top-up itself: 16 of 1,016 still
    const now = await escrow.currentPeriod();
    const more = (MIN_STAKE * ((await escrow.accumulated(now)) - old)) / 2n ** 64n;
    expect((await owed(world, vera)) - before - more).to.be.within(0n, 1n);
    await passPeriods(escrow, 1n); // the next one: 1,000,016 of 1,001,016
    const reward = (await escrow.accumulated(now + 1n)) - (await escrow.accumulated(now));
    const large = ((MIN_STAKE + nkms("1,000,000")) * reward) / 2n ** 64n;
    expect((await owed(world, vera)) - before - more - large).to.be.within(0n, 2n);
  });

  it("a forfeited reward stays forfeited; it came back with the next claim once", async () => {
    const world = await loadFixture(oneMinerFivePeriodsAgo);
    const { escrow, token, healthVote, parameters } = world;
    const [mike, vera] = world.miners;
    await escrow.connect(vera).lock(nkms("1,000"), 40n); // so that periods issue while mike is paused
    const [paid, lost] = [await escrow.claimable(mike), await escrow.vesting(mike)];
    expect(lost).to.be.greaterThan(0n);
    const supply = await token.totalSupply();
    const before = await token.balanceOf(mike);

    await healthVote.pause(escrow, mike);
    expect((await token.balanceOf(mike)) - before, "vested reward, paid by the pause").to.equal(paid);
    expect(supply - (await token.totalSupply()), "unvested reward, burned").to.equal(lost);
    for (let i = 0n; i <= parameters.escrow.vesting + 1n; i++) {
      expect((await claim(world, mike)).balance, `claim ${i} periods after the pause`).to.equal(0n);
      await passPeriods(escrow, 1n);
    }

    await escrow.connect(mike).resume(mike);
    expect((await claim(world, mike)).balance, "claim after the resume").to.equal(0n);
    const resumed = await escrow.currentPeriod();
    await passPeriods(escrow, 1n);
    expect(await owed(world, mike), "reward of the period of the resume").to.equal(0n);
    await passPeriods(escrow, 1n);
    const reward = (await escrow.accumulated(resumed + 2n)) - (await escrow.accumulated(resumed + 1n));
    expect(await owed(world, mike), "reward of the next one").to.equal((nkms("1,000") * reward) / 2n ** 64n);
  });

  it("a lock that is extended in its last period earns on without a gap, and once", async () => {
    const world = await loadFixture(oneMinerFivePeriodsAgo);
    const { escrow } = world;
    const [mike] = world.miners;
    await passPeriods(escrow, world.end - 1n - (await escrow.currentPeriod()));
    await escrow.advance(100n);
    await escrow.connect(mike).extend(0, world.end, 5n);
    await passPeriods(escrow, 3n);
    const periods = 50 + 2;
    expect(shared(world, periods) - (await owed(world, mike))).to.be.within(0n, BigInt(periods) * ROUNDING);
  });

  async function claim({ escrow, token }: Network, miner: Network["miners"][number]): Promise<{ balance: bigint }> {
    const before = await token.balanceOf(miner);
    await escrow.connect(miner).claim();
    return { balance: (await token.balanceOf(miner)) - before };
  }
});
