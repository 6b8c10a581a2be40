import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { lockOf } from "../helpers/locks";
import { deployNetwork, MIN_STAKE, type Network, testParameters } from "../helpers/network";
import { passPeriods, toPeriod } from "../helpers/time";
import { ROLLING } from "../models/economy";
import { readMiners, sum } from "./books";
import { explore } from "./explore";
import { seedsOf } from "./histories";
import type { World } from "./world";

/** What any transaction on the way out may cost, of the 16,777,216 gas that one may have. */
const GAS_OF_A_MINER = 1_000_000n;
const GAS_OF_CATCHING_UP = 12_000_000n;

/** Where this test's seeds begin, after the first. */
const OFFSET = 400;

describe("Exit: whoever wants to leave gets everything out, in bounded time and with bounded gas", () => {
  for (const seed of seedsOf(OFFSET, 2)) {
    it(`lets all miners go after a random history (seed ${seed})`, async function () {
      this.timeout(0);
      const check = async (): Promise<void> => {};
      await explore({
        seed,
        offset: OFFSET,
        periods: 50n,
        compare: false,
        check,
        every: 1_000,
        finish: everybodyLeaves,
      });
    });
  }

  it("lets a paused miner go that has 32 locks, after a year in which nobody did anything", async () => {
    const { escrow, token, healthVote, miners } = await loadFixture(longLocks);
    const [mia, gina] = miners;
    await escrow.connect(mia).lock(nkms("1,000"), 40n);
    const { end } = await lockOf(escrow, mia.address, 0);
    for (let i = 1; i < 20; i++) await escrow.connect(mia).lock(nkms("10"), 2n + BigInt(i)); // each with its own end
    await passPeriods(escrow, 1n);
    for (let i = 20; i < 24; i++) await escrow.connect(gina).topUp(mia, 0, end, MIN_STAKE); // what strangers can fill
    for (let i = 24; i < 32; i++) await escrow.connect(mia).split(0, end, 1n);
    await healthVote.pause(escrow, mia);
    await passPeriods(escrow, 400n);

    await catchUp(escrow);
    const stake = nkms("1,000") + 19n * nkms("10") + 4n * MIN_STAKE;
    const before = await token.balanceOf(mia);
    await gasWithin(await escrow.connect(mia).withdraw(stake), GAS_OF_A_MINER);
    expect((await token.balanceOf(mia)) - before).to.equal(stake);
    const [numbers] = await escrow.locksOf(mia);
    expect(numbers, "locks left").to.deep.equal([]);
  });
});

/** {@link testParameters}, as a fixture of its own. */
const longLocks = (): Promise<Network> => deployNetwork(testParameters);

async function everybodyLeaves(world: World): Promise<void> {
  const { escrow, token, healthVote, parameters } = world.network;
  const { longestLock, vesting } = parameters.escrow;

  await catchUp(escrow);
  for (const unlucky of world.people.slice(0, 3)) await healthVote.pause(escrow, unlucky);
  for (const miner of world.people) {
    const [numbers, locks] = await escrow.locksOf(miner);
    for (const [i, lock] of locks.entries()) {
      if (lock.end !== ROLLING) continue;
      await gasWithin(await escrow.connect(miner).giveNotice(numbers[i] ?? 0n, ROLLING), GAS_OF_A_MINER);
    }
  }

  // The longest wait there can be: the longest notice or lock, and its vesting. Nobody does anything meanwhile.
  await toPeriod(escrow, (await escrow.currentPeriod()) + 1n + longestLock + vesting);
  await catchUp(escrow);

  for (const [i, book] of (await readMiners(world)).entries()) {
    const miner = world.person(i);
    const stake = sum(book.locks.map(({ amount }) => amount));
    expect(book.withdrawable, `withdrawable of ${i}`).to.equal(stake);
    expect(book.vesting, `vesting of ${i}`).to.equal(0n);
    const payout = await escrow.payoutOf(miner);
    const before = (await token.balanceOf(miner)) + (payout === miner.address ? 0n : await token.balanceOf(payout));
    const way = stake > 0n ? escrow.connect(miner).withdraw(stake) : escrow.connect(miner).claim();
    await gasWithin(await way, GAS_OF_A_MINER);
    const after = (await token.balanceOf(miner)) + (payout === miner.address ? 0n : await token.balanceOf(payout));
    expect(after - before, `what ${i} got`).to.equal(stake + book.claimable);
    await escrow.poke(miner);
  }
  for (const { locks, claimable } of await readMiners(world)) expect([locks.length, claimable]).to.deep.equal([0, 0n]);
  expect(await escrow.members(), "miners that can still be drawn").to.equal(0n);

  // What nobody owns is dust, what was sent here by mistake, and what health votes didn't draw of the last budget.
  const left = (await token.balanceOf(escrow)) - world.donations - (await escrow.healthBudget()).undrawn;
  const records = sum(world.model.closedPeriods.map((period) => period.records)) + 640n * (longestLock + vesting + 1n);
  const carried = parameters.maxSupply >> 64n;
  expect(left >= 0n && left <= records + carried, `dust ${left}`).to.equal(true);
}

/** Closes all periods that wait, as many at a time as any call would, and watches the gas. */
async function catchUp(escrow: Network["escrow"]): Promise<void> {
  const atOnce = await escrow.MAX_CATCH_UP();
  while ((await escrow.openPeriod()) < (await escrow.currentPeriod())) {
    await gasWithin(await escrow.advance(atOnce), GAS_OF_CATCHING_UP);
  }
}

async function gasWithin(transaction: ContractTransactionResponse, limit: bigint): Promise<void> {
  const receipt = await transaction.wait();
  const used = receipt?.gasUsed ?? 0n;
  expect(used > 0n && used <= limit, `gas ${used} of ${limit}`).to.equal(true);
}
