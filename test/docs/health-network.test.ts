import { expect } from "chai";

import { paceFor, paperRhythm, rhythmOf } from "../../scripts/health/pace";
import { page } from "../../scripts/health/page";
import { readDoc, readReport } from "../../scripts/reports/files";

describe("docs/health-network.md", () => {
  const text = readDoc("health-network.md");

  it("says what the reports and the parameters say", () => {
    expect(text).to.equal(page(readReport));
  });

  it("reproduces the whitepaper's sum: 100,000 nodes, 10 blocks of 24 s, about 21 hours", () => {
    const rounds = 100_000 / 317;
    expect(paceFor(100_000)).to.equal(317);
    expect(paperRhythm(100_000, 10, 24).betweenChecks).to.equal(rounds * 240);
    expect((rounds * 240) / 3_600).to.be.within(20.9, 21.1);
    expect(((100_000 / 316) * 240) / 3_600).to.be.within(20.9, 21.2); // with k rounded down, as printed there
    expect(text).to.contain("**every 21.0 h**");
  });

  it("checks a miner about once a day, whatever the size", () => {
    for (const miners of [10, 100, 1_000, 10_000, 100_000]) {
      const { pace, betweenChecks } = rhythmOf(miners, 86_400, 10, 12);
      expect(pace ** 2).to.be.at.least(miners);
      expect((pace - 1) ** 2).to.be.below(miners);
      expect(betweenChecks / 3_600).to.be.within(14, 24);
    }
  });

  it("compares the contracts with the model: equal rows", () => {
    const { rows } = readReport("health-runs-contracts");
    const real = rows.filter(([, by]) => by === "contracts");
    expect(real).to.have.length(4);
    for (const [i, row] of rows.entries()) {
      if (row[1] === "contracts") expect(rows[i + 1]?.slice(2)).to.deep.equal(row.slice(2));
    }
  });
});
