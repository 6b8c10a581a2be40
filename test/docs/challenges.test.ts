import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { local } from "../../deploy/parameters/local";
import { ether } from "../../deploy/parameters/units";
import { FEE, GRAIN, leakSplits, ownersLoss, ownerTable, splitTable } from "../models/leakTables";

describe("docs/challenges.md", () => {
  const page = readFileSync(join(__dirname, "../../docs/challenges.md"), "utf8");

  it("tells who gets what when a key leaks, at every t", () => {
    expect(page).to.include(splitTable());
  });

  it("tells what an owner loses that shows its own key, at every t", () => {
    expect(page).to.include(ownerTable(0n));
    expect(page).to.include(ownerTable(50n));
  });

  it("is right that such an owner loses at least 0.32 of what burns, and 0.65 with c = f/4", () => {
    const least = (percent: bigint): number =>
      Math.min(...leakSplits(50n, percent).map((split) => Number(ownersLoss(split).inAll) / Number(split.burned)));
    expect(least(100n)).to.be.within(0.32, 0.323);
    expect(least(50n)).to.be.within(0.48, 0.49);
    expect(least(25n)).to.be.within(0.65, 0.66);
  });

  it("is right that from φT on it is better off than by revoking, by α of the earned fee", () => {
    for (const split of leakSplits(50n, 100n)) {
      const gain = -ownersLoss(split).moreThanRevoking;
      if (split.t < 5n) expect(gain, `t = ${split.t}`).to.be.lessThan(0n);
      else expect(gain, `t = ${split.t}`).to.equal((split.t * FEE * GRAIN * 5n) / 1000n);
    }
  });

  it("is right about what insurance costs with the default parameters", () => {
    const { bond, maxAge } = local.challenges;
    expect([bond, maxAge * 12n], "a bond each day, at 12 s a block").to.deep.equal([ether("0.05"), 86_400n]);
    expect(local.escrow.period).to.equal(86_400n);
    expect((30n + local.policies.window) * bond).to.equal(ether("1.85"));
    expect([local.policies.finderPercent, local.policies.leakPercent, local.policies.floorPercent]).to.deep.equal([
      20n,
      5n,
      50n,
    ]);
  });
});
