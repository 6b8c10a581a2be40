import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { local } from "../../deploy/parameters/local";
import { bestReply, GAMES, gainOf } from "../../scripts/economics/games";
import { mintedSupply, rewardOf, supplyAt } from "../../scripts/economics/issuance";
import { page } from "../../scripts/economics/page";
import { cheatingPays, closingAt, deterringCheck, leakAt, wrongAnswerAt } from "../../scripts/economics/policies";
import { payOfRound, settingOf } from "../../scripts/economics/votes";
import { majorityChance } from "../../scripts/health/chances";
import { readDoc, readReport } from "../../scripts/reports/files";
import { leakSplits } from "../models/leakTables";
import { closedFormSupply, suppliedAfter } from "../models/issuance";

const DEAL = { periods: 10, rate: 10, collateral: 100 };

describe("docs/economics.md and docs/limits.md", () => {
  const limits = readFileSync(join(__dirname, "../../docs/limits.md"), "utf8");

  it("says what the games, the parameters and the simulation's report say", () => {
    expect(readDoc("economics.md")).to.equal(page(readReport));
  });

  it("names a limit with its number for every game in which honest play is not the best reply", () => {
    expect(GAMES.length).to.be.at.least(12);
    expect(new Set(GAMES.map(({ name }) => name)).size).to.equal(GAMES.length);
    for (const game of GAMES) {
      if (gainOf(game) > 1e-9) expect(game.limit, game.name).to.be.a("string");
      if (!game.limit) continue;
      expect(limits, game.name).to.include(`\n## ${game.limit}\n`);
      expect(limits, game.name).to.include(game.bound);
    }
  });

  it("follows the whitepaper's curve as the schedule's model does", () => {
    const schedule = { ...local, ...local.escrow };
    for (const t of [0n, 1n, 365n, 3_650n]) {
      const [curve, minted] = [closedFormSupply(schedule, t), suppliedAfter(schedule, t)];
      expect(supplyAt(Number(t))).to.be.closeTo(Number(curve) / 1e18, 1);
      expect(mintedSupply(Number(t))).to.be.closeTo(Number(minted) / 1e18, 1);
    }
  });

  it("rewards every lock alike, by amount and time", () => {
    expect(rewardOf(2, 0, 30)).to.be.closeTo(2 * rewardOf(1, 0, 30), 1e-9);
    expect(rewardOf(1, 0, 30) + rewardOf(1, 30, 60)).to.be.closeTo(rewardOf(1, 0, 90), 1e-9);
  });

  it("splits fee and collateral as the policies' model does, at every t", () => {
    for (const { t, challenger, payer, burned } of leakSplits(50n, 100n)) {
      const split = leakAt(DEAL, Number(t));
      expect([split.challenger, split.payer, split.burned]).to.deep.equal(
        [challenger, payer, burned].map((x) => Number(x) / 100),
      );
    }
    for (let t = 0; t <= DEAL.periods; t++) {
      const { miner, payer, held } = closingAt(DEAL, t);
      expect(miner + payer + held).to.equal(100);
      const split = wrongAnswerAt(DEAL, t);
      expect(split.challenger + split.payer + split.burned).to.equal(200);
    }
  });

  it("is right about when cheating loses", () => {
    // Two periods, by hand: found in the first, in the second, or never.
    const deal = { periods: 2, rate: 10, collateral: 20 };
    expect(cheatingPays(deal, 0.5, 1)).to.be.closeTo(0.5 * (1 - 20) + 0.25 * (2 - 20) + 0.25 * (20 + 2), 1e-12);
    const q = deterringCheck(deal, 1);
    expect(cheatingPays(deal, q * 1.001, 1)).to.be.below(20);
    expect(cheatingPays(deal, q * 0.999, 1)).to.be.above(20);
  });

  it("pays honest voters most, and coalitions of a third no more than honest voters", () => {
    for (const name of ["vote", "coalition", "challenge-oneself", "hand-off", "withdraw-early"]) {
      const game = GAMES.find((one) => one.name === name);
      expect(game && bestReply(game), name).to.equal(game?.moves[0]);
    }
    expect(majorityChance(64, 10_000, 1 / 3, 2 / 3)).to.be.within(5e-4, 2e-2);
    expect(majorityChance(64, 10_000, 0.2, 0.8)).to.be.below(1e-5);
  });

  it("expects of votes what the fast model of 100 miners found, within 5 % of an honest seat's pay", () => {
    const setting = settingOf(100, 20, 2, 0.97, { falseAlarm: 0.005, missed: 0.02 });
    const { rows } = readReport("health-behaviours-model");
    const seen = (behaviour: string): number =>
      Number(rows.find(([miners, by, name]) => miners === 100 && by === "fast model" && name === behaviour)?.[4]);
    const expected = (behaviour: Parameters<typeof payOfRound>[0]): number =>
      payOfRound(behaviour, setting) / payOfRound("honest", setting);
    expect(seen("lazy: always healthy")).to.be.closeTo(expected("healthy"), 0.05);
    expect(seen("lazy: names who is paused")).to.be.closeTo(expected("chain"), 0.05);
    expect(seen("lies alone")).to.be.closeTo(expected("liar"), 0.05);
    expect(seen("silent")).to.be.closeTo(expected("silent"), 0.05);
  });
});
