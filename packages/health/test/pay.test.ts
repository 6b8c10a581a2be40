import { expect } from "chai";

import { makeBallot, quorum, SCORE_ONE, scoreOf, seatsToConvict, silenceCosts, tellPay } from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";

const ten = (...targets: number[]): bigint[] => makeBallot(targets, 10);
const terms = { wanted: 64n, targets: 10, budget: 6_400n, revealed: 50n };

describe("verdicts", () => {
  it("need more than half of the committee, and silence counts as healthy", () => {
    expect([64n, 65n, 1n].map((wanted) => seatsToConvict(wanted))).to.deep.equal([33n, 33n, 1n]);
    expect(seatsToConvict(64n, 10n), "few came").to.equal(33n);
    expect(seatsToConvict(64n, 71n), "many came").to.equal(36n);
    expect([64n, 65n].map(quorum)).to.deep.equal([32n, 33n]);
  });
});

describe("scores", () => {
  it("are sensitivity + specificity - 1", () => {
    const verdicts = ten(0, 1, 2, 3);
    const scores: [number[], bigint, bigint][] = [
      [[0, 1, 2, 3], 24n, 24n],
      [[0, 1], 12n, 24n],
      [[], 0n, 24n],
      [[0, 1, 2, 3, 4], 20n, 24n],
      [[4, 5, 6, 7, 8, 9], -24n, 24n],
      [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0n, 24n],
    ];
    for (const [named, numerator, denominator] of scores) {
      const scaled = (SCORE_ONE * numerator) / denominator;
      expect(scoreOf(10, verdicts, { ballot: ten(...named) })).to.deep.equal({ numerator, denominator, scaled });
    }
  });

  it("round towards zero", () => {
    const up = scoreOf(4, makeBallot([0, 1, 2], 4), { ballot: makeBallot([0], 4) });
    expect(up.scaled).to.equal(333_333_333_333_333_333n);
    const down = scoreOf(4, makeBallot([3], 4), { ballot: makeBallot([0], 4) });
    expect(down.scaled).to.equal(-333_333_333_333_333_333n);
  });

  it("leave out the voter itself, on both sides", () => {
    const verdicts = ten(0, 1);
    expect(scoreOf(10, verdicts, { ballot: ten(1), own: 0 }).scaled, "found all others").to.equal(SCORE_ONE);
    expect(scoreOf(10, verdicts, { ballot: ten(0, 1, 9), own: 9 }).scaled, "its own bit is ignored").to.equal(
      SCORE_ONE,
    );
    expect(scoreOf(10, ten(0), { ballot: ten(), own: 0 }).scaled, "nobody else is unhealthy").to.equal(0n);
    const but = ten(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(scoreOf(10, but, { ballot: but, own: 0 }).scaled, "nobody else is healthy").to.equal(0n);
  });

  it("are all or nothing where there is nothing to tell apart", () => {
    expect(scoreOf(10, ten(), { ballot: ten() }).scaled).to.equal(SCORE_ONE);
    expect(scoreOf(10, ten(), { ballot: ten(3) }).scaled).to.equal(0n);
    expect(scoreOf(10, ten(), { ballot: ten(3), own: 3 }).scaled).to.equal(SCORE_ONE);
    const all = ten(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(scoreOf(10, all, { ballot: all }).scaled).to.equal(SCORE_ONE);
    expect(scoreOf(10, all, { ballot: ten(0) }).scaled).to.equal(0n);
  });

  it("refuse an own target that the round doesn't have, and ballots of another length", () => {
    expectRefusal(() => scoreOf(10, ten(), { ballot: ten(), own: 10 }), {
      code: "BAD_ARGUMENT",
      message: "own: expected an integer in 0 .. 9, got 10",
    });
    expectRefusal(() => scoreOf(10, [0n, 0n], { ballot: ten() }), { code: "BALLOT_LENGTH", message: /^ballot/ });
  });
});

describe("pay", () => {
  it("shares budget and carry where there is something to tell, by seats and score", () => {
    const pay = tellPay(terms, 640n, ten(0, 1), { seats: 4n, ballot: ten(0) });
    expect(pay).to.deep.include({ telling: true, pot: 7_040n, divisor: 64n, paid: 220n, taken: 0n });
    expect(pay.score.scaled).to.equal(SCORE_ONE / 2n);
  });

  it("shares a quarter of the budget where there is not, and leaves the carry alone", () => {
    const pay = tellPay(terms, 640n, ten(), { seats: 4n, ballot: ten() });
    expect(pay).to.deep.include({ telling: false, pot: 1_600n, paid: 100n, taken: 0n });
  });

  it("takes as much for the opposite of the truth", () => {
    const pay = tellPay(terms, 0n, ten(0, 1), { seats: 4n, ballot: ten(2, 3, 4, 5, 6, 7, 8, 9) });
    expect(pay).to.deep.include({ paid: 0n, taken: 400n });
  });

  it("is less for each if more come than were wanted, and never more if fewer do", () => {
    const cast = { seats: 4n, ballot: ten(0, 1) };
    const paid = [1n, 64n, 128n].map((revealed) => tellPay({ ...terms, revealed }, 0n, ten(0, 1), cast).paid);
    expect(paid).to.deep.equal([400n, 400n, 200n]);
  });

  it("rounds down", () => {
    const thin = { ...terms, wanted: 7n, revealed: 7n, budget: 100n };
    expect(tellPay(thin, 0n, ten(0), { seats: 1n, ballot: ten(0) }).paid).to.equal(14n);
  });

  it("is lost by who commits and doesn't show, where there is something to tell", () => {
    expect(silenceCosts(terms, 640n, ten(0, 1), 4n)).to.equal(440n);
    expect(silenceCosts(terms, 640n, ten(), 4n)).to.equal(0n);
    expect(silenceCosts({ ...terms, revealed: 128n }, 0n, ten(0), 3n)).to.equal(150n);
  });
});
