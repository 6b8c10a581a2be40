import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { deployNetwork, type Network, testParameters } from "../helpers/network";
import { passPeriods } from "../helpers/time";
import { closedFormSupply, largestLag, largestLead, type Schedule, suppliedAfter } from "../models/issuance";

/** Issuance falls by e in so many periods; here short enough to watch it fall. */
const FALLS_BY_E_IN = 300n;

const toIssue = testParameters.maxSupply - testParameters.initialSupply;
const schedule: Schedule = { ...testParameters, firstIssue: toIssue / FALLS_BY_E_IN };

const fastNetwork = (): Promise<Network> =>
  deployNetwork({ ...testParameters, escrow: { ...testParameters.escrow, firstIssue: schedule.firstIssue } });

/** 365 periods of stake are there, from the next period on. */
async function oneLongLock(): Promise<Network> {
  const network = await fastNetwork();
  await network.escrow.connect(network.miners[0]).lock(nkms("1,000"), 365n);
  return network;
}

describe("Issuance: the supply follows whitepaper eqs. 31 and 32", () => {
  it("issues period by period what the model issues, and stays at the closed form", async () => {
    const { escrow } = await loadFixture(oneLongLock);
    await passPeriods(escrow, 1n);
    await escrow.advance(1n); // the period of the lock: nothing earns yet
    expect(await escrow.issued()).to.equal(schedule.initialSupply);
    for (const periods of [1n, 2n, 10n, 100n, 300n, 365n]) {
      const target = (await escrow.GENESIS()) + 2n + periods;
      await passPeriods(escrow, target - (await escrow.currentPeriod()));
      await escrow.advance(365n);
      const issued = await escrow.issued();
      expect(issued, `after ${periods} periods`).to.equal(suppliedAfter(schedule, periods));
      const ahead = issued - closedFormSupply(schedule, periods);
      expect(ahead, `ahead of the closed form after ${periods} periods`).to.be.within(
        -largestLag(periods),
        largestLead(schedule),
      );
    }
  });

  it("issues nothing in periods in which too little earns, and goes on where it stopped", async () => {
    const { escrow, miners } = await loadFixture(oneLongLock);
    await passPeriods(escrow, 400n); // 365 periods with stake, the rest without
    await escrow.advance(500n);
    expect(await escrow.issued()).to.equal(suppliedAfter(schedule, 365n));
    await escrow.connect(miners[1]).lock(nkms("1,000"), 10n);
    await passPeriods(escrow, 12n);
    await escrow.advance(500n);
    expect(await escrow.issued()).to.equal(suppliedAfter(schedule, 375n));
  });

  it("never exceeds S_max, however long it goes on", () => {
    const small: Schedule = { initialSupply: 1_000n, maxSupply: 11_000n, firstIssue: 3_333n };
    for (let periods = 0n; periods < 100n; periods++) {
      expect(suppliedAfter(small, periods) <= small.maxSupply, `after ${periods} periods`).to.equal(true);
    }
    const allAtOnce: Schedule = { initialSupply: 1_000n, maxSupply: 11_000n, firstIssue: 10_000n };
    expect(suppliedAfter(allAtOnce, 1n)).to.equal(allAtOnce.maxSupply);
    expect(suppliedAfter(allAtOnce, 50n)).to.equal(allAtOnce.maxSupply);
  });
});
