import { expect } from "chai";
import fc from "fast-check";

import { GRAIN, heldUntil, leastCollateral, policyFee, renewalFee, reservedFor, splitFee } from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";
import { NKMS, terms } from "./helpers/terms.js";

const SEED = 31; // of the random cases
const share = { rate: 2n * NKMS, periods: 10n };

describe("fees", () => {
  it("are rate times periods times arrangements", () => {
    expect(policyFee(terms)).to.equal(60n * NKMS);
    expect(renewalFee(terms, 5n, 2n)).to.equal(20n * NKMS);
    expect(reservedFor(terms)).to.equal(35n * NKMS);
  });
});

describe("splitFee", () => {
  const inNkms = (served: bigint, floorPercent: bigint): bigint[] => {
    const { earned, refunded, held } = splitFee(share, served, floorPercent);
    return [earned, refunded, held].map((part) => part / NKMS);
  };

  it("is the whitepaper's with a floor of 0 %: t/T to the miner, the rest back at once", () => {
    for (let t = 0n; t <= 10n; ++t) expect(inNkms(t, 0n)).to.deep.equal([2n * t, 20n - 2n * t, 0n]);
  });

  it("holds back the periods between t and φT", () => {
    expect(inNkms(0n, 50n)).to.deep.equal([0n, 10n, 10n]);
    expect(inNkms(3n, 50n)).to.deep.equal([6n, 10n, 4n]);
    expect(inNkms(5n, 50n)).to.deep.equal([10n, 10n, 0n]);
    expect(inNkms(8n, 50n)).to.deep.equal([16n, 4n, 0n]);
    expect(inNkms(1n, 100n)).to.deep.equal([2n, 0n, 18n]);
  });

  it("rounds φT up to a whole period", () => {
    expect(inNkms(0n, 41n)).to.deep.equal([0n, 10n, 10n]);
    expect(inNkms(0n, 40n)).to.deep.equal([0n, 12n, 8n]);
  });

  it("sums to the whole, and holds nothing from φT on", () => {
    const any = fc.record({
      rate: fc.bigInt({ min: GRAIN, max: 2n ** 96n }),
      periods: fc.bigInt({ min: 1n, max: 3_650n }),
      t: fc.bigInt({ min: 0n, max: 3_650n }),
      floorPercent: fc.bigInt({ min: 0n, max: 100n }),
    });
    fc.assert(
      fc.property(any, ({ rate, periods, t, floorPercent }) => {
        const served = t % (periods + 1n);
        const { earned, refunded, held } = splitFee({ rate, periods }, served, floorPercent);
        expect(earned + refunded + held).to.equal(rate * periods);
        expect(earned).to.equal(rate * served);
        expect(held === 0n).to.equal(served * 100n >= periods * floorPercent);
        expect(refunded * 100n <= rate * periods * (100n - floorPercent)).to.equal(true);
      }),
      { seed: SEED },
    );
  });

  it("refuses t above T and φ above 100 %", () => {
    expectRefusal(() => splitFee(share, 11n, 50n), {
      code: "BAD_ARGUMENT",
      message: "served: expected 0 .. 10, got 11",
      values: { value: 11n },
    });
    expectRefusal(() => splitFee(share, 1n, 101n), {
      code: "BAD_ARGUMENT",
      message: "floorPercent: expected 0 .. 100, got 101",
      values: { value: 101n },
    });
  });
});

describe("heldUntil", () => {
  it("is the first period after the window", () => {
    expect(heldUntil(100n, 7n)).to.equal(108n);
  });
});

describe("leastCollateral", () => {
  it("is c T'/T, rounded up to whole 10^9 base units, and c_min at least", () => {
    expect(leastCollateral(0n, 15n * NKMS, 10n, 4n)).to.equal(6n * NKMS);
    expect(leastCollateral(0n, 10n * GRAIN, 3n, 1n)).to.equal(4n * GRAIN);
    expect(leastCollateral(0n, 10n * GRAIN, 3n, 3n)).to.equal(10n * GRAIN);
    expect(leastCollateral(0n, 10n * GRAIN, 3n, 0n)).to.equal(0n);
    expect(leastCollateral(4n * GRAIN, 10n * GRAIN, 3n, 1n)).to.equal(4n * GRAIN);
    expect(leastCollateral(4n * GRAIN + 1n, 10n * GRAIN, 3n, 1n)).to.equal(4n * GRAIN + 1n);
  });

  it("refuses more than all periods, and none at all", () => {
    expectRefusal(() => leastCollateral(0n, GRAIN, 3n, 4n), {
      code: "BAD_ARGUMENT",
      message: "left: expected 0 .. 3, got 4",
      values: { value: 4n },
    });
    expectRefusal(() => leastCollateral(0n, GRAIN, 0n, 0n), {
      code: "BAD_ARGUMENT",
      message: "periods: expected 1 or more, got 0",
      values: { value: 0n },
    });
  });
});
