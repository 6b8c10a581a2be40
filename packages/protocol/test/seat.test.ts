import { expect } from "chai";
import { concat, toBeHex } from "ethers";
import fc from "fast-check";

import { decodeSeat, encodeSeat, SATURATED, type Seat } from "../src/index.js";
import { expectRefusal, notUint } from "./helpers/errors.js";

const SEED = 25; // of the random cases
const MINER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"; // EIP-55's first example

const seat: Seat = { miner: MINER, weight: 0x0102030405060708n, firstEnd: 0x090an, notice: 0x0b0cn };

/** The fields one after the other, as the layout says: 20, 8, 2 and 2 bytes, big-endian. */
const word = BigInt(concat([MINER, "0x0102030405060708", "0x090a", "0x0b0c"]));

const anyWord = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

describe("encodeSeat and decodeSeat", () => {
  it("put miner, weight, first end and notice where the layout says", () => {
    expect(encodeSeat(seat)).to.equal(word);
    expect(decodeSeat(word)).to.deep.equal(seat);
  });

  it("take the least and the largest of every field", () => {
    const none: Seat = { miner: toBeHex(0, 20), weight: 0n, firstEnd: 0n, notice: 0n };
    const most: Seat = {
      miner: "0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF",
      weight: 2n ** 64n - 1n,
      firstEnd: SATURATED,
      notice: SATURATED,
    };
    expect(encodeSeat(none)).to.equal(0n);
    expect(decodeSeat(0n)).to.deep.equal(none);
    expect(encodeSeat(most)).to.equal(2n ** 256n - 1n);
    expect(decodeSeat(2n ** 256n - 1n)).to.deep.equal(most);
  });

  it("undo each other for every word", () => {
    fc.assert(
      fc.property(anyWord, (any) => {
        expect(encodeSeat(decodeSeat(any))).to.equal(any);
      }),
      { seed: SEED },
    );
  });

  it("keep the fields apart: a flipped bit changes one field", () => {
    for (let bit = 0; bit < 256; ++bit) {
      const flipped = decodeSeat(word ^ (1n << BigInt(bit)));
      const field = bit < 16 ? "notice" : bit < 32 ? "firstEnd" : bit < 96 ? "weight" : "miner";
      expect(flipped[field], `bit ${bit}`).to.not.equal(seat[field]);
      expect({ ...flipped, [field]: seat[field] }, `bit ${bit}`).to.deep.equal(seat);
    }
  });

  it("take an address in lower case and give it back checksummed", () => {
    expect(encodeSeat({ ...seat, miner: MINER.toLowerCase() })).to.equal(word);
  });

  it("refuse numbers that are too large for their fields, or negative", () => {
    expectRefusal(() => encodeSeat({ ...seat, weight: 2n ** 64n }), notUint("seat.weight", 2n ** 64n, 64));
    expectRefusal(() => encodeSeat({ ...seat, firstEnd: 2n ** 16n }), notUint("seat.firstEnd", 2n ** 16n, 16));
    expectRefusal(() => encodeSeat({ ...seat, notice: 2n ** 16n }), notUint("seat.notice", 2n ** 16n, 16));
    expectRefusal(() => encodeSeat({ ...seat, weight: -1n }), notUint("seat.weight", -1n, 64));
    expectRefusal(() => decodeSeat(2n ** 256n), notUint("word", 2n ** 256n, 256));
    expectRefusal(() => decodeSeat(-1n), notUint("word", -1n, 256));
  });

  it("refuse a miner that isn't an address, one with a wrong checksum among them", () => {
    for (const wrong of ["", "0x", MINER.slice(0, -1), `${MINER}00`, MINER.replace("5aAeb", "5AAeb"), "vitalik.eth"]) {
      expectRefusal(() => encodeSeat({ ...seat, miner: wrong }), {
        code: "BAD_ARGUMENT",
        message: `seat.miner: expected an address, got ${wrong}`,
      });
    }
  });

  it("refuse numbers of another type, as a caller without types would pass them", () => {
    const untyped: { weight: bigint } = JSON.parse('{ "weight": 7 }') as { weight: bigint };
    expectRefusal(() => encodeSeat({ ...seat, ...untyped }), {
      code: "BAD_ARGUMENT",
      message: "seat.weight: expected a bigint, got number 7",
    });
  });
});
