import { expect } from "chai";
import { ethers } from "hardhat";

import { healthShare, nextIssue, type Schedule } from "../models/issuance";
import { eventsOf, readMiners, sum, total } from "./books";
import { explore } from "./explore";
import { seedsOf } from "./histories";
import { Views } from "./views";
import type { World } from "./world";

/** Where this test's seeds begin, after the first. */
const OFFSET = 100;

describe("Supply: tokens are minted by schedule, and every one of them is somewhere", () => {
  for (const seed of seedsOf(OFFSET, 2)) {
    it(`holds through a random history (seed ${seed})`, async function () {
      this.timeout(0);
      await explore({ seed, offset: OFFSET, periods: 60n, compare: false, check: checkSupply, every: 30 });
    });
  }
});

async function checkSupply(world: World): Promise<void> {
  await world.advance(500n); // rewards of periods that wait to be closed count as earned, and are minted by closing
  const { escrow, token, parameters } = world.network;
  const schedule: Schedule = { ...parameters, firstIssue: parameters.escrow.firstIssue };
  const transfers = (await eventsOf(token)).filter(({ name }) => name === "Transfer");
  const events = await eventsOf(escrow);
  const supply = await token.totalSupply();

  // The escrow holds what it owes: every stake, every reward earned, the budget that may still be drawn.
  const miners = await readMiners(world);
  const { undrawn } = await escrow.healthBudget();
  const stakes = sum(miners.flatMap(({ locks }) => locks.map(({ amount }) => amount)));
  const rewards = sum(miners.map(({ claimable, vesting }) => claimable + vesting));
  const owed = stakes + rewards + undrawn;
  const held = await token.balanceOf(escrow);
  expect(held >= owed, `the escrow holds ${held} and owes ${owed}`).to.equal(true);

  // Sum of balances = totalSupply = S(0) + minted - burned.
  const holders = new Set(transfers.flatMap(({ args }) => [String(args["from"]), String(args["to"])]));
  holders.delete(ethers.ZeroAddress);
  let balances = 0n;
  const views = new Views();
  for (const holder of holders) views.ask(token, "balanceOf", [holder], ([balance]) => (balances += balance as bigint));
  await views.run();
  expect(balances, "sum of all balances").to.equal(supply);
  const minted = transfers.filter(({ args }) => args["from"] === ethers.ZeroAddress).slice(1); // the first is S(0)
  const burned = transfers.filter(({ args }) => args["to"] === ethers.ZeroAddress);
  const value = (list: typeof transfers): bigint => sum(list.map(({ args }) => args["value"] as bigint));
  expect(supply, "total supply").to.equal(parameters.initialSupply + value(minted) - value(burned));

  // Minted by the schedule alone, period by period, to the escrow alone.
  for (const { args } of minted) expect(args["to"], "who is minted to").to.equal(escrow.target);
  let issued = parameters.initialSupply;
  let next = world.model.genesis;
  for (const { name, args } of events) {
    if (name !== "PeriodClosed") continue;
    expect(args["period"], "periods close one by one").to.equal(next++);
    const enough = (args["earning"] as bigint) >= parameters.escrow.minEarning;
    const issue = enough ? nextIssue(schedule, issued) : 0n;
    expect(args["healthBudget"], "health budget").to.equal(healthShare(issue, parameters.escrow.healthPpm));
    expect(args["stakerReward"], "stakers' reward").to.equal(issue - healthShare(issue, parameters.escrow.healthPpm));
    issued += issue;
  }
  expect(await escrow.issued(), "issued").to.equal(issued);
  expect(value(minted), "minted").to.equal(issued - parameters.initialSupply);
  expect(issued <= parameters.maxSupply, `issued ${issued} above S_max`).to.equal(true);

  // Burned: what was seized, what was forfeited, and what nobody drew; the events account for all of it.
  const seizures = total(events, "Slashed", "seized") - total(events, "Slashed", "paid");
  const losses = total(events, "Slashed", "rewardBurned") + total(events, "Paused", "forfeited");
  expect(value(burned), "burned").to.equal(seizures + losses + total(events, "PeriodClosed", "burned"));
}
