import { expect } from "chai";
import fc from "fast-check";
import { AbiCoder, id, keccak256 } from "ethers";

import {
  invert,
  numberOf,
  permutationKey,
  permute,
  targetCount,
  targetNumbers,
  targetOfNumber,
  type Turn,
  wasPaused,
} from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";

const SEED = 42; // of the random cases

describe("targets", () => {
  it("are as many as the root of all numbers, rounded up", () => {
    const counts = [1n, 2n, 4n, 5n, 9n, 10n, 65_536n, 65_537n, 100_000n, 16_777_215n].map(targetCount);
    expect(counts).to.deep.equal([1, 2, 2, 3, 3, 4, 256, 257, 317, 4_096]);
    expectRefusal(() => targetCount(0n), { code: "BAD_ARGUMENT", message: /^numbers: expected a bigint in 1 / });
  });

  it("are a permutation, that leads back, of every size", () => {
    for (const size of [1n, 2n, 3n, 4n, 5n, 16n, 17n, 63n, 64n, 65n, 200n]) {
      const key = id(`key ${size}`);
      const values = Array.from({ length: Number(size) }, (_, i) => permute(key, size, BigInt(i)));
      expect(new Set(values).size, `of ${size}`).to.equal(Number(size));
      expect(values.every((value) => value >= 0n && value < size)).to.equal(true);
      for (const [i, value] of values.entries()) expect(invert(key, size, value)).to.equal(BigInt(i));
    }
  });

  it("lead back from any value of any size", () => {
    const sizes = fc.bigInt({ min: 1n, max: 2n ** 64n });
    const property = (size: bigint, at: bigint, name: string): void => {
      const [key, index] = [id(name), at % size];
      expect(invert(key, size, permute(key, size, index))).to.equal(index);
      expect(permute(key, size, invert(key, size, index))).to.equal(index);
    };
    fc.assert(fc.property(sizes, fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.string(), property), { seed: SEED });
  });

  it("walk a Feistel network of four rounds", () => {
    // Size 4: halves of one bit, and no walking on.
    const key = id("four");
    const bit = (round: number, half: number): number =>
      Number(
        BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256", "uint256"], [key, round, half]))) &
          1n,
      );
    for (let index = 0; index < 4; ++index) {
      let [left, right] = [index >> 1, index & 1];
      for (let round = 0; round < 4; ++round) [left, right] = [right, left ^ bit(round, right)];
      expect(permute(key, 4n, BigInt(index))).to.equal(BigInt((left << 1) | right));
    }
  });

  it("are numbers from 1 on, all different, and known the other way round", () => {
    const deal = { seed: id("seed"), mix: id("mix"), numbers: 1_000n };
    const numbers = targetNumbers(deal);
    expect(numbers).to.have.length(32);
    expect(new Set(numbers).size).to.equal(32);
    for (const [target, number] of numbers.entries()) {
      expect(numberOf(deal, target)).to.equal(number);
      expect(targetOfNumber(deal, number)).to.equal(target);
    }
    const named = Array.from({ length: 1_000 }, (_, i) => targetOfNumber(deal, BigInt(i + 1)));
    expect(named.filter((target) => target !== undefined)).to.have.length(32);
    expect([targetOfNumber(deal, 0n), targetOfNumber(deal, 1_001n)]).to.deep.equal([undefined, undefined]);
    expectRefusal(() => numberOf(deal, 32), {
      code: "BAD_ARGUMENT",
      message: "target: expected an integer in 0 .. 31, got 32",
    });
  });

  it("depend on seed and mix", () => {
    const deal = { seed: id("seed"), mix: id("mix"), numbers: 1_000n };
    for (const other of [{ seed: id("another") }, { mix: id("another") }]) {
      expect(targetNumbers({ ...deal, ...other })).to.not.deep.equal(targetNumbers(deal));
    }
    const words = AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32"], [deal.seed, deal.mix]);
    expect(permutationKey(deal.seed, deal.mix)).to.equal(keccak256(words));
  });

  it("were paused when a block was over, or not, whenever a voter looks", () => {
    const [miner, other] = [`0x${"aB".repeat(20)}`, `0x${"cd".repeat(20)}`];
    const property = (before: boolean, whose: readonly boolean[]): void => {
      const turns: Turn[] = [];
      let now = before;
      for (const own of whose) {
        expect(wasPaused(miner, now, turns), `after ${turns.length}`).to.equal(before);
        if (own) now = !now;
        turns.push(own ? { miner: miner.toLowerCase(), paused: now } : { miner: other, paused: true });
      }
      expect(wasPaused(miner, now, turns)).to.equal(before);
    };
    fc.assert(fc.property(fc.boolean(), fc.array(fc.boolean(), { maxLength: 8 }), property), { seed: SEED });
  });

  it("were what their first turn since says, though it came after the voter asked how they stand", () => {
    const miner = `0x${"ab".repeat(20)}`;
    expect(wasPaused(miner, false, [{ miner, paused: true }])).to.equal(false);
    expect(wasPaused(miner, true, [{ miner, paused: false }])).to.equal(true);
  });
});
