import { expect } from "chai";
import { AbiCoder, getAddress, keccak256, toBeHex } from "ethers";

import { timetableOf } from "../src/index.js";
import { nextOpening, openingTurn } from "../src/timetable.js";

describe("The timetable of a round", () => {
  it("posts in four fifths of the seed phase, rounded up, and divides them by three", () => {
    expect(timetableOf(1_000n, { seedsEnd: 50n, commitsEnd: 150n, revealsEnd: 200n })).to.deep.equal({
      commitUntil: 1_013n,
      openUntil: 1_026n,
      postUntil: 1_040n,
      chooseUntil: 1_044n,
      turn: 3n,
    });
    const { postUntil } = timetableOf(0n, { seedsEnd: 59n, commitsEnd: 159n, revealsEnd: 259n });
    expect(postUntil).to.equal(48n);
  });

  it("ends choices before anybody makes the block by which mix is known, in phases of ten blocks and more", () => {
    const lengths = Array.from({ length: 9_991 }, (_, i) => BigInt(i + 10));
    // mix is prevrandao of block seedsEnd + 1 at the earliest. Whoever makes block seedsEnd knows it first, and does so
    // while seedsEnd - 1 is the newest.
    const late = lengths.filter((seedsEnd) => {
      const { chooseUntil } = timetableOf(0n, { seedsEnd, commitsEnd: seedsEnd + 10_000n, revealsEnd: 30_000n });
      return chooseUntil >= seedsEnd - 1n;
    });
    expect(late).to.deep.equal([]);
  });

  it("has a block for each thing in the shortest phases", () => {
    expect(timetableOf(10n, { seedsEnd: 5n, commitsEnd: 10n, revealsEnd: 15n })).to.deep.equal({
      commitUntil: 11n,
      openUntil: 12n,
      postUntil: 14n,
      chooseUntil: 14n,
      turn: 1n,
    });
  });
});

describe("The next opening", () => {
  // An hour, of whose 3,600 seconds the first 56 settle. Period 100 begins at 360,000.
  const rules = { gap: 10n, secondsPerPeriod: 3_600n };
  const opening = (openedAt: bigint, numbers: bigint, now: bigint): [bigint, bigint] => {
    const { number, timestamp } = nextOpening({ openedBlock: 500n, openedAt }, numbers, rules, now);
    return [number, timestamp];
  };

  it("is in the next of the equal parts of a period, so many blocks later", () => {
    expect(opening(360_100n, 4n, 360_200n), "two parts of 1,800 seconds").to.deep.equal([510n, 361_800n]);
    expect(opening(360_100n, 5n, 360_200n), "three of 1,200").to.deep.equal([510n, 361_200n]);
    expect(opening(361_200n, 9n, 361_200n), "at the first second of one").to.deep.equal([510n, 362_400n]);
  });

  it("waits until the period has settled, in which it falls", () => {
    expect(opening(362_000n, 4n, 362_100n)).to.deep.equal([510n, 363_656n]);
  });

  it("waits until the period has settled in which we are, if the time has come long ago", () => {
    expect(opening(360_100n, 4n, 367_200n)).to.deep.equal([510n, 367_256n]);
    expect(opening(360_100n, 4n, 367_256n)).to.deep.equal([510n, 367_256n]);
    expect(opening(360_100n, 4n, 370_799n)).to.deep.equal([510n, 367_256n]);
    expect(opening(360_100n, 4n, 370_800n)).to.deep.equal([510n, 370_856n]);
  });

  it("has parts of a second at least", () => {
    expect(opening(360_100n, 10_000n ** 2n, 360_100n)).to.deep.equal([510n, 360_101n]);
  });

  it("is in any block if there was no round yet, when the period has settled", () => {
    expect(nextOpening(undefined, 4n, rules, 360_000n)).to.deep.equal({ number: 0n, timestamp: 360_056n });
    expect(nextOpening(undefined, 4n, rules, 361_000n)).to.deep.equal({ number: 0n, timestamp: 360_056n });
  });
});

describe("Turns to open a round", () => {
  const voters = Array.from({ length: 1_000 }, (_, i) => getAddress(toBeHex(0x1234_5678n * BigInt(i + 1), 20)));

  it("go by the hash of round and voter", () => {
    const [voter = ""] = voters;
    const hash = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "address"], [7n, voter])));
    expect(openingTurn(7n, voter, 1_000n)).to.equal(hash % 1_000n);
    expect(openingTurn(7n, voter, 0n)).to.equal(0n);
  });

  it("are others in each round, about one in a block", () => {
    for (const round of [1n, 2n]) {
      const turns = voters.map((voter) => openingTurn(round, voter, 1_000n));
      // Of n in n places 1 - 1 / e are taken: 632, with a standard deviation of 10.
      expect(new Set(turns).size).to.be.within(592, 672);
      expect(turns.every((turn) => turn < 1_000n)).to.equal(true);
    }
    const first = (round: bigint): bigint => openingTurn(round, voters[0] ?? "", 1_000n);
    expect(first(1n)).to.not.equal(first(2n));
  });
});
