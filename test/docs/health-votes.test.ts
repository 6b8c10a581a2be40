import { expect } from "chai";

import { boundOf, payOf, SCENES, sceneName, strategies } from "../../scripts/health/ballots";
import {
  COALITIONS,
  drawCoalition,
  drawNetwork,
  drawTurnout,
  hashedWinners,
  hashNetwork,
  hashSplits,
  named,
  ORDINARY,
  readRows,
  type Row,
  TURNOUTS,
} from "../../scripts/health/committee";
import {
  atLeast,
  binomial,
  blindBound,
  blindGain,
  convictsAgainstAll,
  convictsInSilence,
  decides,
  quantile,
} from "../../scripts/health/odds";
import { plain, readPage, tableIn, tablesOf } from "../../scripts/health/votesPage";
import { thresholdFor, winningSeats } from "../models/health";
import { getAddress, hexlify, id, toBeHex } from "ethers";

const page = readPage();
const rows = readRows();

/** What was measured differs from what is expected by no more than five standard deviations of a share. */
function near({ what, case: name, rounds, expected, measured }: Row): void {
  const deviation = Math.sqrt((expected * (1 - expected)) / rounds);
  expect(Math.abs(measured - expected), `${what}, ${name}`).to.be.at.most(5 * deviation + 1 / rounds);
}

/** P(X >= least) for X of a binomial with chance part / whole, exactly, times 10^30. */
function exactTail(trials: bigint, part: bigint, whole: bigint, least: bigint): bigint {
  let [ways, sum] = [1n, 0n];
  for (let i = 0n; i <= trials; i++) {
    if (i >= least) sum += ways * part ** i * (whole - part) ** (trials - i);
    ways = (ways * (trials - i)) / (i + 1n);
  }
  return (10n ** 30n * sum) / whole ** trials;
}

describe("docs/health-votes.md", () => {
  describe("its tables", () => {
    for (const [name, table] of Object.entries(tablesOf(rows))) {
      it(`"${name}" is what the rules and the report say`, () => {
        expect(plain(tableIn(page, name))).to.equal(plain(table));
      });
    }

    it("tells what full agreement is worth to who errs in 2 % of all targets", () => {
      for (const targets of [10, 100]) {
        expect(page.replace(/\s+/g, " ")).to.include(
          targets === 10
            ? `${Math.round(100 * 0.98 ** 10)} % of the rounds of 10 targets`
            : `${Math.round(100 * 0.98 ** 100)} % of those of 100`,
        );
      }
    });
  });

  it("says how many voters fill a transaction with one step", () => {
    const [, gas = "0"] = /tally a word of 256 targets, 316 voters\s*\|\s*([\d,]+)/.exec(page) ?? [];
    const voters = (316 * 16_777_216) / Number(gas.replaceAll(",", ""));
    expect(page).to.include(`Some ${(Math.floor(voters / 100) * 100).toLocaleString("en")} voters fill a transaction`);
  });

  describe("exact chances", () => {
    it("are those of exact fractions, to 10^-9", () => {
      for (const [trials, least] of [
        [102, 33],
        [205, 33],
        [341, 33],
        [819, 32],
      ] as const) {
        const exact = Number(exactTail(BigInt(trials), 64n, 1_024n, BigInt(least))) / 1e30;
        const double = atLeast(binomial(trials, 64 / 1_024), least);
        expect(Math.abs(double / exact - 1), `${trials} seats`).to.be.lessThan(1e-9);
      }
    });

    it("sum to one, have the right mean, and the right middle", () => {
      for (const [trials, chance] of [
        [10, 0.5],
        [160_000, 64 / 160_000],
        [1_609_000, 317 / 1_609_000],
      ] as const) {
        const { from, chances } = binomial(trials, chance);
        const sum = chances.reduce((a, b) => a + b, 0);
        const mean = chances.reduce((a, b, i) => a + b * (from + i), 0);
        expect(Math.abs(sum - 1)).to.be.lessThan(1e-12);
        expect(Math.abs(mean / (trials * chance) - 1)).to.be.lessThan(1e-12);
        expect(quantile({ from, chances }, 0.5)).to.equal(Math.round(trials * chance));
      }
      expect(binomial(5, 0).from + binomial(5, 1).from + binomial(0, 0.5).from).to.equal(5);
    });

    it("are small for coalitions: below 10^-12 with 10 %, 2 * 10^-6 with 20 %, 1.2 % with a third of the stake", () => {
      expect(convictsInSilence(ORDINARY, 0.1)).to.be.lessThan(1e-12);
      expect(convictsInSilence(ORDINARY, 0.2)).to.be.lessThan(2e-6);
      expect(convictsInSilence(ORDINARY, 1 / 3)).to.be.lessThan(0.012);
      for (const share of COALITIONS) {
        expect(convictsAgainstAll(ORDINARY, share)).to.be.lessThan(convictsInSilence(ORDINARY, share));
      }
      expect(decides(ORDINARY, 0.8)).to.be.greaterThan(0.998);
    });

    it("bound what is paid for not looking: J is 0 on average, E[max(J, 0)] is largest for half of the targets", () => {
      for (const targets of [2, 3, 4, 10, 32]) {
        let most = 0;
        for (let sick = 1; sick < targets; sick++) {
          for (let named_ = 0; named_ <= targets; named_++) {
            const { mean, gain } = blindGain(targets, sick, named_);
            expect(Math.abs(mean)).to.be.lessThan(1e-12);
            most = Math.max(most, gain);
          }
        }
        const half = Math.floor(targets / 2);
        expect(Math.abs(most - (half * (targets - half)) / (targets * (targets - 1)))).to.be.lessThan(1e-12);
        expect(Math.abs(blindBound(targets) - most)).to.be.lessThan(1e-12);
      }
    });
  });

  describe("the report", () => {
    it("has committees of n seats on average, within 1 %, for 4 to 100,000 miners, spread like a binomial", () => {
      for (const miners of [4, 100, 10_000, 100_000]) {
        const of = (what: string) =>
          rows.find((row) => row.what === what && row.case === `${miners} miners` && row.method === "drawn");
        const [mean, variance] = [of("seats: mean"), of("seats: variance")];
        expect(mean?.rounds).to.equal(10_000);
        expect(Math.abs((mean?.measured ?? 0) / (mean?.expected ?? 1) - 1)).to.be.lessThan(0.01);
        expect(Math.abs((variance?.measured ?? 0) / (variance?.expected ?? 1) - 1)).to.be.lessThan(0.08);
      }
    });

    it("has chances as they must be, within five standard deviations", () => {
      for (const row of rows) if (/^(convicts|round|split: convicts)/.test(row.what)) near(row);
    });

    it("pays who doesn't look no more than the bound, and who errs in 2 % of all targets at least 90 %", () => {
      for (const { what, case: name, expected, measured, rounds } of rows.filter((row) => row.what.startsWith("pay"))) {
        if (what.startsWith("pay: the truth")) expect(measured).to.be.at.least(0.9);
        else expect(measured, `${what}, ${name}`).to.be.at.most(expected + (expected > 0 ? 5 / Math.sqrt(rounds) : 0));
      }
    });
  });

  describe("a short form of what draws the report", () => {
    it("makes ids like the model: the same seats win", () => {
      const threshold = thresholdFor(64n, 300n);
      for (let round = 0; round < 10; round++) {
        const randomness = id(`round ${round}`);
        const bytes = Uint8Array.from(Buffer.from(randomness.slice(2), "hex"));
        const won = winningSeats(hexlify(bytes), getAddress(toBeHex(7, 20)), 60n, threshold);
        expect(hashedWinners(bytes, 7, 60, threshold)).to.equal(won.length);
      }
    });

    it("says the same with other seeds", () => {
      for (const miners of [4, 100, 10_000, 100_000]) {
        const [mean] = drawNetwork(miners, 2_000, 7);
        expect(Math.abs((mean?.measured ?? 0) / (mean?.expected ?? 1) - 1)).to.be.lessThan(0.01);
      }
      const [hashed] = hashNetwork(4, 40, 7);
      expect(Math.abs((hashed?.measured ?? 0) / 64 - 1)).to.be.lessThan(0.1);
      for (const share of COALITIONS) drawCoalition(share, 3_000, 7).forEach(near);
      for (const share of TURNOUTS) drawTurnout(share, 3_000, 7).forEach(near);
      hashSplits(20, 7)
        .filter(({ what }) => what.includes("convicts"))
        .forEach(near);
      expect(named(1 / 3)).to.equal("33 % of the stake");
    });

    it("draws the same report from the same seed", () => {
      const drawn = drawCoalition(1 / 3, 100_000).concat(drawTurnout(0.8, 100_000));
      for (const row of drawn) {
        const kept = rows.find(({ what, case: name }) => what === row.what && name === row.case);
        expect(kept?.measured, row.what).to.equal(Number(row.measured.toPrecision(6)));
      }
    });

    it("pays no more than the bound in short stories either", () => {
      for (const { targets, perPeriod } of SCENES.slice(0, 4)) {
        for (const strategy of strategies) {
          const pay = payOf(strategy, targets, perPeriod, 2_000, 11);
          if (strategy.startsWith("the truth")) expect(pay).to.be.greaterThan(0.9);
          else
            expect(pay, `${strategy}, ${sceneName({ targets, perPeriod } as (typeof SCENES)[number])}`).to.be.at.most(
              boundOf(strategy, targets) + 0.1 * Math.sign(boundOf(strategy, targets)),
            );
        }
      }
    });
  });
});
