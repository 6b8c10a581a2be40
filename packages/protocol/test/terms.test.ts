import { expect } from "chai";
import { toBeHex, ZeroAddress, ZeroHash } from "ethers";

import {
  type Arrangement,
  checkTerms,
  GRAIN,
  MAX_ARRANGEMENTS,
  MAX_POLICY_PERIODS,
  sortArrangements,
  type Terms,
} from "../src/index.js";
import { expectRefusal, notUint, type Refusal } from "./helpers/errors.js";
import { arrangementOf, NKMS, terms, timestamp } from "./helpers/terms.js";

const [first, second, third] = [arrangementOf(0), arrangementOf(1), arrangementOf(2)];

const check = (changes: Partial<Terms>): void => checkTerms({ ...terms, ...changes }, { timestamp });
const refuse = (changes: Partial<Terms>, refusal: Refusal): void => expectRefusal(() => check(changes), refusal);
const many = (count: number): Arrangement[] => Array.from({ length: count }, (_, i) => arrangementOf(i));

function outOfBounds(term: string, value: bigint, least: bigint, most: bigint): Refusal {
  return {
    code: "TERM_OUT_OF_BOUNDS",
    message: `terms.${term}: expected ${least} .. ${most}, got ${value}`,
    values: { value, least, most },
  };
}

describe("checkTerms", () => {
  it("lets good terms pass, up to every limit", () => {
    check({});
    check({ periods: 1n, arrangements: [first], rate: GRAIN, collateral: GRAIN });
    check({ periods: MAX_POLICY_PERIODS, arrangements: many(MAX_ARRANGEMENTS) });
    const most = ((2n ** 96n - 1n) / GRAIN) * GRAIN;
    check({ rate: most, collateral: most });
  });

  it("compares the deadline with the moment, which is included, or with the clock", () => {
    checkTerms(terms, { timestamp: terms.deadline });
    expectRefusal(() => checkTerms(terms, { timestamp: terms.deadline + 1n }), {
      code: "EXPIRED",
      message: `terms.deadline: expected ${terms.deadline + 1n} or later, got ${terms.deadline}`,
      values: { deadline: terms.deadline, timestamp: terms.deadline + 1n },
    });
    const now = BigInt(Math.floor(Date.now() / 1000));
    checkTerms({ ...terms, deadline: now + 60n });
    expect(() => checkTerms({ ...terms, deadline: now - 60n })).to.throw(/^terms.deadline: expected \d+ or later/);
  });

  it("refuses lengths that no policy has, those that would wrap a narrow type among them", () => {
    for (const value of [0n, MAX_POLICY_PERIODS + 1n, 2n ** 16n + 1n, 2n ** 32n + 1n, 2n ** 256n - 1n]) {
      refuse({ periods: value }, outOfBounds("periods", value, 1n, 3_650n));
    }
    refuse({ periods: -1n }, notUint("terms.periods", -1n, 256));
  });

  it("refuses no arrangement and more than 160", () => {
    refuse({ arrangements: [] }, outOfBounds("arrangements", 0n, 1n, 160n));
    refuse({ arrangements: many(161) }, outOfBounds("arrangements", 161n, 1n, 160n));
  });

  it("refuses rates and collaterals that are 0, too high, or not whole", () => {
    const cap = 2n ** 96n - 1n;
    for (const term of ["rate", "collateral"] as const) {
      refuse({ [term]: 0n }, outOfBounds(term, 0n, GRAIN, cap));
      refuse({ [term]: cap + 1n }, outOfBounds(term, cap + 1n, GRAIN, cap));
      for (const value of [GRAIN + 1n, 2n * GRAIN - 1n]) {
        refuse(
          { [term]: value },
          {
            code: "TERM_NOT_WHOLE",
            message: `terms.${term}: expected a multiple of 1000000000 base units, got ${value}`,
            values: { value, unit: GRAIN },
          },
        );
      }
    }
  });

  it("takes the least collateral and the cap of the contracts at hand", () => {
    const limits = { timestamp, minCollateral: 15n * NKMS, maxAmount: 15n * NKMS };
    checkTerms(terms, limits);
    for (const collateral of [15n * NKMS - GRAIN, 15n * NKMS + GRAIN]) {
      const refusal = outOfBounds("collateral", collateral, 15n * NKMS, 15n * NKMS);
      expectRefusal(() => checkTerms({ ...terms, collateral }, limits), refusal);
    }
  });

  it("refuses a miner twice, however its address is written", () => {
    const again = { ...second, miner: second.miner.toUpperCase().replace("X", "x") };
    refuse(
      { arrangements: [first, second, again] },
      {
        code: "MINER_TWICE",
        message: `terms.arrangements[2].miner: expected one that arrangement 1 doesn't have, got ${again.miner}`,
        values: { index: 2n, first: 1n },
      },
    );
    refuse(
      { arrangements: [first, second, { ...third, miner: first.miner }] },
      {
        code: "MINER_TWICE",
        message: `terms.arrangements[2].miner: expected one that arrangement 0 doesn't have, got ${first.miner}`,
        values: { index: 2n, first: 0n },
      },
    );
  });

  it("refuses miners out of order", () => {
    refuse(
      { arrangements: [first, third, second] },
      {
        code: "OUT_OF_ORDER",
        message: `terms.arrangements[2].miner: expected miners in rising order of address, got ${second.miner}`,
        values: { index: 2n },
      },
    );
  });

  it("refuses a fragment twice, however its hash is written", () => {
    const kfragHash = `0x${first.kfragHash.slice(2).toUpperCase()}`;
    refuse(
      { arrangements: [first, second, { ...third, kfragHash }] },
      {
        code: "KFRAG_TWICE",
        message: `terms.arrangements[2].kfragHash: expected one that arrangement 0 doesn't have, got ${kfragHash}`,
        values: { index: 2n, first: 0n },
      },
    );
  });

  it("refuses a policy without an owner", () => {
    refuse(
      { owner: ZeroAddress },
      {
        code: "NO_OWNER",
        message: "terms.owner: expected an account that may revoke, got the zero address",
      },
    );
  });

  it("refuses what isn't an address or 32 bytes", () => {
    for (const name of ["owner", "payer", "condition"] as const) {
      const message = `terms.${name}: expected an address, got alice.eth`;
      refuse({ [name]: "alice.eth" }, { code: "BAD_ARGUMENT", message });
    }
    for (const name of ["miner", "operator"] as const) {
      const message = `terms.arrangements[0].${name}: expected an address, got 0x12`;
      refuse({ arrangements: [{ ...first, [name]: "0x12" }] }, { code: "BAD_ARGUMENT", message });
    }
    for (const bytes of ["0x", `${ZeroHash}00`, ZeroHash.slice(2)]) {
      const wrong = (name: string): Refusal => ({
        code: "BAD_ARGUMENT",
        message: `${name}: expected 32 bytes as hex, got ${bytes}`,
      });
      refuse({ salt: bytes }, wrong("terms.salt"));
      refuse({ arrangements: [{ ...first, kfragHash: bytes }] }, wrong("terms.arrangements[0].kfragHash"));
    }
  });
});

describe("sortArrangements", () => {
  it("puts miners in rising order of their numbers, not of their letters, and changes nothing else", () => {
    const upper = { ...first, miner: "0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF" };
    const given = [upper, third, first, second];
    expect(sortArrangements(given)).to.deep.equal([first, second, third, upper]);
    expect(given[0]).to.equal(upper);
  });

  it("makes terms pass", () => {
    check({ arrangements: sortArrangements(many(160).reverse()) });
  });

  it("keeps a miner that is there twice, for checkTerms to refuse", () => {
    expect(sortArrangements([second, first, first])).to.deep.equal([first, first, second]);
  });

  it("refuses what isn't an address", () => {
    expectRefusal(() => sortArrangements([first, { ...second, miner: toBeHex(1, 19) }]), {
      code: "BAD_ARGUMENT",
      message: `arrangements[1].miner: expected an address, got ${toBeHex(1, 19)}`,
    });
  });
});
