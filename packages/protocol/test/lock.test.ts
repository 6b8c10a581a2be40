import { expect } from "chai";

import { guaranteedEnd, type Lock, lockedIn } from "../src/index.js";

const NOW = 100n;
const ROLLING = 2n ** 32n - 1n;

const fixed: Lock = { amount: 5n, start: 90n, end: 120n, notice: 0n };
const rolling: Lock = { amount: 7n, start: 101n, end: ROLLING, notice: 30n };

describe("guaranteedEnd", () => {
  it("is a fixed lock's end, whatever the time", () => {
    expect(guaranteedEnd(fixed, NOW)).to.equal(120n);
    expect(guaranteedEnd(fixed, NOW + 50n)).to.equal(120n);
  });

  it("is the end that a rolling lock would have after notice now, and moves with the time", () => {
    expect(guaranteedEnd(rolling, NOW)).to.equal(131n);
    expect(guaranteedEnd(rolling, NOW + 50n)).to.equal(181n);
  });
});

describe("lockedIn", () => {
  it("counts a fixed lock from its start to the period before its end", () => {
    expect([89n, 90n, 119n, 120n].map((period) => lockedIn([fixed], period, NOW))).to.deep.equal([0n, 5n, 5n, 0n]);
  });

  it("counts a rolling lock from its start through now + notice", () => {
    expect([100n, 101n, 130n, 131n].map((period) => lockedIn([rolling], period, NOW))).to.deep.equal([0n, 7n, 7n, 0n]);
  });

  it("is the sum of all that count, 0 without locks", () => {
    expect(lockedIn([fixed, rolling, fixed], 110n, NOW)).to.equal(17n);
    expect(lockedIn([fixed, rolling, fixed], 125n, NOW)).to.equal(7n);
    expect(lockedIn([], 110n, NOW)).to.equal(0n);
  });
});
