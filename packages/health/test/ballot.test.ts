import { expect } from "chai";
import fc from "fast-check";
import { getAddress, id, keccak256, toBeHex } from "ethers";

import { commitmentFor, makeBallot, newSalt, readBallot, seedHash, type Vote } from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";

const SEED = 43; // of the random cases
const place = { chainId: 1n, contract: getAddress(toBeHex(0xc0ffee, 20)), round: 7n };
const vote: Vote = {
  voter: getAddress(toBeHex(0x1234, 20)),
  seed: id("seed"),
  ballot: [5n, 1n << 255n],
  salt: id("salt"),
  seats: [2n, 9n, 70n],
};

describe("ballots", () => {
  it("have a bit for each target, 256 a word", () => {
    expect(makeBallot([], 3)).to.deep.equal([0n]);
    expect(makeBallot([0, 2], 3)).to.deep.equal([5n]);
    expect(makeBallot([255, 256, 316], 317)).to.deep.equal([1n << 255n, 1n | (1n << 60n)]);
    expect(makeBallot([4_095], 4_096)).to.deep.equal([...Array<bigint>(15).fill(0n), 1n << 255n]);
  });

  it("are read as they were made", () => {
    const targets = fc.integer({ min: 1, max: 4_096 });
    const property = (count: number, named: readonly number[]): void => {
      const unhealthy = new Set(named.map((target) => target % count));
      expect(readBallot(makeBallot(unhealthy, count), count)).to.deep.equal(
        new Set([...unhealthy].sort((a, b) => a - b)),
      );
    };
    fc.assert(fc.property(targets, fc.array(fc.nat()), property), { seed: SEED });
  });

  it("refuse targets that the round doesn't have", () => {
    for (const target of [3, -1, 1.5]) {
      const message = `target: expected an integer in 0 .. 2, got ${target}`;
      expectRefusal(() => makeBallot([target], 3), { code: "BAD_ARGUMENT", message });
    }
    expectRefusal(() => readBallot([8n], 3), {
      code: "BALLOT_LENGTH",
      message: "ballot: expected no bits from 3 on, got bit 3",
    });
    expectRefusal(() => readBallot([1n, 0n], 256), {
      code: "BALLOT_LENGTH",
      message: "ballot: expected 1 words, got 2",
    });
    expectRefusal(() => readBallot([], 1), { code: "BALLOT_LENGTH", message: "ballot: expected 1 words, got 0" });
    expectRefusal(() => readBallot([1n << 256n], 256), {
      code: "BAD_ARGUMENT",
      message: /^ballot\[0\]: expected a bigint/,
    });
  });

  it("are committed to with all that they are shown with, word by word as the contract encodes it", () => {
    const word = (value: bigint | string): string => BigInt(value).toString(16).padStart(64, "0");
    const head = [place.chainId, place.contract, place.round, vote.voter, vote.seed, 8n * 32n, vote.salt, 11n * 32n];
    const tail = [2n, ...vote.ballot, 3n, ...vote.seats];
    const expected = keccak256(`0x${[...head, ...tail].map(word).join("")}`);
    expect(commitmentFor(place, vote)).to.equal(expected);
  });

  it("commit to other things under other hashes", () => {
    const others = [
      commitmentFor({ ...place, chainId: 2n }, vote),
      commitmentFor({ ...place, contract: vote.voter }, vote),
      commitmentFor({ ...place, round: 8n }, vote),
      commitmentFor(place, { ...vote, voter: place.contract }),
      commitmentFor(place, { ...vote, seed: id("other") }),
      commitmentFor(place, { ...vote, ballot: [5n, 0n] }),
      commitmentFor(place, { ...vote, salt: id("other") }),
      commitmentFor(place, { ...vote, seats: [2n, 9n] }),
    ];
    expect(new Set([commitmentFor(place, vote), ...others]).size).to.equal(9);
  });

  it("are refused without seats in rising order, and no secret is shown", () => {
    const refused = (seats: readonly bigint[], message: string | RegExp): void =>
      expectRefusal(() => commitmentFor(place, { ...vote, seats }), { code: "BAD_ARGUMENT", message });
    refused([], "seats: expected at least one, got none");
    refused([2n, 2n], /^seats\[1\]: expected a bigint in 3 /);
    refused([2n, 1n], /^seats\[1\]: expected a bigint in 3 /);
    for (const secret of ["seed", "salt"] as const) {
      const message = `${secret}: expected 32 bytes as hex, got something else`;
      expectRefusal(() => commitmentFor(place, { ...vote, [secret]: "0x1234" }), { code: "BAD_ARGUMENT", message });
    }
  });

  it("have salts of 32 random bytes, and seeds are posted by their hash", () => {
    expect(new Set(Array.from({ length: 50 }, newSalt)).size).to.equal(50);
    expect(newSalt()).to.match(/^0x[0-9a-f]{64}$/);
    expect(seedHash(vote.seed)).to.equal(keccak256(vote.seed));
  });
});
