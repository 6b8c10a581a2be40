import { expect } from "chai";
import fc from "fast-check";

import { firstSecondOf, lastSecondOf, periodAt } from "../src/index.js";
import { expectRefusal, notUint } from "./helpers/errors.js";

const DAY = 86_400n;
const SEED = 27; // of the random cases

describe("periods", () => {
  it("change with their first second", () => {
    const period = 19_675n;
    expect(firstSecondOf(period, DAY)).to.equal(1_699_920_000n);
    expect(lastSecondOf(period, DAY)).to.equal(1_700_006_399n);
    expect(periodAt(1_699_919_999n, DAY)).to.equal(period - 1n);
    expect(periodAt(1_699_920_000n, DAY)).to.equal(period);
    expect(periodAt(1_700_006_399n, DAY)).to.equal(period);
    expect(periodAt(1_700_006_400n, DAY)).to.equal(period + 1n);
  });

  it("begin at 0 in 1970", () => {
    expect(periodAt(0n, DAY)).to.equal(0n);
    expect(firstSecondOf(0n, DAY)).to.equal(0n);
    expect(lastSecondOf(0n, DAY)).to.equal(DAY - 1n);
  });

  it("may be a second long", () => {
    expect(periodAt(7n, 1n)).to.equal(7n);
    expect(firstSecondOf(7n, 1n)).to.equal(7n);
    expect(lastSecondOf(7n, 1n)).to.equal(7n);
  });

  it("follow each other without a gap, and every moment lies in its own", () => {
    const seconds = fc.bigInt({ min: 1n, max: 365n * DAY });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 48n }), seconds, (timestamp, secondsPerPeriod) => {
        const period = periodAt(timestamp, secondsPerPeriod);
        expect(firstSecondOf(period, secondsPerPeriod) <= timestamp).to.equal(true);
        expect(timestamp <= lastSecondOf(period, secondsPerPeriod)).to.equal(true);
        expect(lastSecondOf(period, secondsPerPeriod) + 1n).to.equal(firstSecondOf(period + 1n, secondsPerPeriod));
      }),
      { seed: SEED },
    );
  });

  it("refuse negative times, negative numbers and a length of 0 seconds", () => {
    const noSeconds = {
      code: "BAD_ARGUMENT",
      message: "secondsPerPeriod: expected 1 second or more, got 0",
      values: { value: 0n },
    } as const;
    expectRefusal(() => periodAt(-1n, DAY), notUint("timestamp", -1n, 256));
    expectRefusal(() => firstSecondOf(-1n, DAY), notUint("period", -1n, 256));
    expectRefusal(() => lastSecondOf(-1n, DAY), notUint("period", -1n, 256));
    expectRefusal(() => periodAt(1n, 0n), noSeconds);
    expectRefusal(() => firstSecondOf(1n, 0n), noSeconds);
    expectRefusal(() => lastSecondOf(1n, 0n), noSeconds);
    expectRefusal(() => periodAt(1n, -1n), notUint("secondsPerPeriod", -1n, 256));
  });
});
