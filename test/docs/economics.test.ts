import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { local } from "../../deploy/parameters/local";
import { bestReply, GAMES, gainOf } from "../../scripts/economics/games";
import { mintedSupply, rewardOf, supplyAt } from "../../scripts/economics/issuance";
import { page } from "../../scripts/economics/page";
import { cheatingPays, closingAt, deterringCheck, leakAt, wrongAnswerAt } from "../../scripts/economics/policies";
import { payOfGuess, payOfRound, settingOf } from "../../scripts/economics/votes";
import { majorityChance } from "../../scripts/health/chances";
import { lazyText } from "../../scripts/health/page";
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

  it("says in limits.md what the simulation found of who checks nothing", () => {
    expect(limits).to.include(lazyText(readReport));
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
    expect(seen("lazy: names who was paused since the opening")).to.be.closeTo(expected("fresh"), 0.05);
    expect(seen("lazy: names all but the paused")).to.be.closeTo(expected("rest"), 0.05);
    expect(seen("checks and names the paused too")).to.be.closeTo(expected("stubborn"), 0.05);
    expect(seen("lies alone")).to.be.closeTo(expected("liar"), 0.05);
    expect(seen("silent")).to.be.closeTo(expected("silent"), 0.05);
  });

  it("has nobody who checks nothing get more in the simulation than the games allow", () => {
    const { rows } = readReport("health-behaviours-model");
    const lazy = rows.filter(([, , behaviour]) => String(behaviour).startsWith("lazy"));
    expect(lazy).to.have.length(4 * 5);
    for (const [miners, by, behaviour, , share] of lazy) {
      const life = by === "fast model" ? 20 : 1_000;
      const setting = settingOf(Number(miners), life, 2, 0.97, { falseAlarm: 0.005, missed: 0.02 });
      const most = payOfGuess(setting) / payOfRound("honest", setting);
      expect(Number(share), `${behaviour}, ${miners}, ${by}`).to.be.below(most + 0.03); // luck
    }
  });

  it("expects of a guess what two targets, counted by hand, give", () => {
    // What quiet rounds save, each with probability q, for one that isn't.
    const potAfter = (q: number): number => {
      let saved = 0;
      for (let run = 1; run < 200; run++) saved += q ** run * (1 - q) * Math.min(0.75 * run, 16);
      return 1 + saved;
    };
    // Nobody is excused; none, one or two are sick with probability 1/4, 1/2, 1/4. Who names one has J = 1 or -1.
    const setting = { miners: 4, sick: 0.5, excused: 0, falseAlarm: 0, missed: 0 };
    expect(payOfGuess(setting)).to.be.closeTo(0.5 * 0.5 * potAfter(0.5), 1e-9);
    // Half are excused, of the others half are sick: with one excused naming the other is sure, if it is sick; with both
    // excused a quarter of B is.
    const known = { ...setting, sick: 0.25, excused: 0.5 };
    const pot = potAfter(0.75 ** 2 + 0.25 ** 2);
    expect(payOfGuess(known)).to.be.closeTo(0.25 * 0.5 * 0.5 * pot + 0.5 * 0.5 * pot + 0.25 * 0.25, 1e-9);
  });

  it("pays for the paused only who names none of them", () => {
    const setting = settingOf(100, 20, 2, 0.97, { falseAlarm: 0.005, missed: 0.02 });
    expect(payOfRound("chain", setting)).to.be.below(payOfRound("healthy", setting));
    expect(payOfRound("stubborn", setting)).to.be.below(payOfRound("honest", setting));
    expect(setting.excused / (setting.sick + setting.excused)).to.be.closeTo(2 / 2.97, 1e-9);
  });
});
