import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { AbiCoder, getAddress, id, keccak256, toBeHex } from "ethers";
import { ethers } from "hardhat";

import { FIRST, hammingTable, LAST } from "../../scripts/tables/hamming";
import {
  ceilSqrt,
  committeeSize,
  differing,
  idsWithin,
  invert,
  permute,
  type Threshold,
  thresholdFor,
  winChance,
  winningSeats,
} from "../models/health";

const libraries = () => ethers.deployContract("HealthLibraries__Harness");
const TWO_64 = 1n << 64n;

/** A generator of 32-bit numbers, the same in every run. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** The share of ids that a threshold of the chain lets win, times 2^128. */
function shareOf(distance: bigint, rim: bigint): bigint {
  if (distance > 256n) return 1n << 128n;
  const [inner, outer] = [idsWithin(Number(distance) - 1), idsWithin(Number(distance))];
  return ((inner << 64n) + (outer - inner) * rim) >> 192n;
}

/** Of 2^64 ids those within `d` of a given one, to an integer: down in the half that has a table, up in its mirror image. */
const tabled = (d: number): bigint =>
  d <= Number(LAST) ? idsWithin(d) >> 192n : TWO_64 - (idsWithin(255 - d) >> 192n);

/** The distance and the rim with which `share` of 2^64 ids win, if these are what is within a distance. */
function tabledThreshold(share: bigint): [distance: bigint, rim: bigint] {
  let distance = 0;
  while (tabled(distance) <= share) distance++;
  const below = tabled(distance - 1);
  return [BigInt(distance), ((share - below) << 64n) / (tabled(distance) - below)];
}

describe("Committee", () => {
  describe("the table of exact binomials", () => {
    it("is what the script prints, and what the model counts", () => {
      let table = "";
      for (let d = Number(FIRST); d <= Number(LAST); d++) {
        table += (idsWithin(d) >> 192n).toString(16).padStart(16, "0");
      }
      expect(hammingTable()).to.equal(table);
      expect(idsWithin(Number(FIRST) - 1) >> 192n).to.equal(0n);
      expect(idsWithin(256)).to.equal(1n << 256n);
      for (let d = 0; d < 256; d++) expect(idsWithin(d) + idsWithin(255 - d)).to.equal(1n << 256n);
    });

    it("stands in the contract's code", async () => {
      const code = await (await loadFixture(libraries)).getDeployedCode();
      expect(code).to.include(hammingTable().slice(0, 60)).and.to.include(hammingTable().slice(-60));
    });
  });

  describe("the threshold", () => {
    /** Committees of all sizes, and the chain's thresholds for them. */
    async function compare(cases: readonly (readonly [bigint, bigint])[]): Promise<void> {
      const harness = await loadFixture(libraries);
      for (let from = 0; from < cases.length; from += 200) {
        const some = cases.slice(from, from + 200);
        const [distances, rims] = await harness.thresholds(
          some.map(([wanted]) => wanted),
          some.map(([, seats]) => seats),
        );
        for (const [i, [wanted, seats]] of some.entries()) {
          const [distance, rim] = [distances[i] ?? -1n, rims[i] ?? -1n];
          const exact = thresholdFor(wanted, seats);
          const what = `${wanted} of ${seats}`;
          expect(rim, what).to.be.lessThan(TWO_64);
          // The share of ids that win differs by what 64 binary places lose.
          const off = (wanted << 128n) / seats - shareOf(distance, rim);
          expect(off < 0n ? -off : off, what).to.be.lessThan(4n * TWO_64);
          if (distance !== BigInt(exact.distance)) expect(off < 0n ? -off : off, what).to.be.lessThan(2n * TWO_64);
        }
      }
    }

    it("lets n of W ids win on average, to 2^-62, for every n up to 64 and W up to 1,000,000 @uninstrumented", async () => {
      const cases: [bigint, bigint][] = [];
      for (const wanted of [1n, 2n, 3n, 31n, 32n, 33n, 63n, 64n]) {
        for (let seats = wanted; seats < 200n; seats += 1n) cases.push([wanted, seats]);
        for (const seats of [255n, 256n, 257n, 1_000n, 16_000n, 999_999n, 1_000_000n]) cases.push([wanted, seats]);
      }
      await compare(cases);
    });

    it("does so for the largest networks, and for any n and W @uninstrumented", async () => {
      const next = random(7);
      const cases: [bigint, bigint][] = [
        [4_096n, 1n << 40n],
        [1n, (1n << 60n) - 1n],
        [1n, 1n << 63n],
      ];
      for (let i = 0; i < 400; i++) {
        const seats = 1n + (BigInt(next()) << 10n) / (1n << BigInt(next() % 40));
        cases.push([1n + (BigInt(next()) * (seats - 1n)) / (1n << 32n), seats]);
      }
      await compare(cases);
    });

    it("lets all win if as many are wanted as there are, and nobody left out by one", async () => {
      const harness = await loadFixture(libraries);
      for (const seats of [1n, 32n, 64n, 1n << 50n]) {
        expect(await harness.threshold(seats, seats)).to.deep.equal([257n, 0n]);
      }
      const [distance, rim] = await harness.threshold((1n << 50n) - 1n, 1n << 50n);
      expect(distance).to.be.lessThan(257n);
      expect(shareOf(distance, rim)).to.be.lessThan(1n << 128n);
    });

    it("is found at both ends of the table", async () => {
      const most = 1n << 62n;
      await compare([
        [1n, most],
        [3n, most],
        [most / 2n - 1n, most],
        [most / 2n, most],
        [most - 1n, most],
      ]);
    });

    it("is to the last bit what the table says, at each of its steps and a 2^-64 beside it @uninstrumented", async () => {
      const harness = await loadFixture(libraries);
      const shares = new Set<bigint>([0n, TWO_64 - 1n]);
      for (let d = 50; d <= 205; d++) {
        for (const near of [-1n, 0n, 1n]) {
          const share = tabled(d) + near;
          if (share >= 0n && share < TWO_64) shares.add(share);
        }
      }
      const [distances, rims] = await harness.thresholds([...shares], Array<bigint>(shares.size).fill(TWO_64));
      for (const [i, share] of [...shares].entries()) {
        expect([distances[i], rims[i]], `share ${share}`).to.deep.equal(tabledThreshold(share));
      }
      // By hand: 1, 4 and 13 of 2^64 ids are within 57, 58 and 59; as many are not within 198, 197 and 196.
      expect(await harness.threshold(1n, TWO_64)).to.deep.equal([58n, 0n]);
      expect(await harness.threshold(5n, TWO_64)).to.deep.equal([59n, TWO_64 / 9n]);
      expect(await harness.threshold(TWO_64 - 4n, TWO_64)).to.deep.equal([198n, 0n]);
      expect(await harness.threshold(TWO_64 - 5n, TWO_64)).to.deep.equal([197n, (8n * TWO_64) / 9n]);
    });

    it("grows with n", async () => {
      const harness = await loadFixture(libraries);
      let before = 0n;
      for (let wanted = 1n; wanted <= 300n; wanted += 7n) {
        const [distance, rim] = await harness.threshold(wanted, 300n);
        expect(shareOf(distance, rim)).to.be.greaterThan(before);
        before = shareOf(distance, rim);
      }
    });
  });

  describe("counting bits", () => {
    it("is right for every count, and for random words", async () => {
      const harness = await loadFixture(libraries);
      for (let count = 0n; count <= 256n; count += 8n) {
        const low = (1n << count) - 1n;
        expect(await harness.ones(low)).to.equal(count);
        expect(await harness.ones(low << (256n - count))).to.equal(count);
      }
      for (let i = 0; i < 100; i++) {
        const word = BigInt(id(`word ${i}`));
        expect(await harness.ones(word)).to.equal(BigInt(differing(word, 0n)));
      }
    });
  });

  describe("a seat", () => {
    it("wins on the chain if it wins in the model: inside, at the rim and outside @uninstrumented", async () => {
      const harness = await loadFixture(libraries);
      let [all, atRim] = [0, 0];
      for (let round = 0; round < 6; round++) {
        const randomness = id(`sample ${round}`);
        const miner = getAddress(keccak256(toBeHex(round + 1, 32)).slice(0, 42));
        for (const [wanted, seats] of [
          [64n, 1_000n],
          [64n, 160_000n],
          [400n, 800n],
          [700n, 800n],
        ] as const) {
          const [distance, rim] = await harness.threshold(wanted, seats);
          const threshold = thresholdFor(wanted, seats);
          const won = ethers.getBytes(await harness.winners(randomness, miner, 0n, 800n, distance, rim));
          const expected = winningSeats(randomness, miner, 800n, threshold);
          expect([...won.keys()].filter((seat) => won[seat] === 1).map(BigInt)).to.deep.equal(expected);
          all += expected.length;
          atRim += expected.filter((seat) => distanceOf(randomness, miner, seat) === threshold.distance).length;
        }
      }
      expect([all > 1_000, atRim > 50]).to.deep.equal([true, true]);
    });

    it("wins at the rim if its second hash is below the rim, not if it is the rim", async () => {
      const harness = await loadFixture(libraries);
      const randomness = id("rim");
      const miner = getAddress(toBeHex(7, 20));
      for (let seat = 0n; seat < 10n; seat++) {
        const distance = distanceOf(randomness, miner, seat);
        const drawn = BigInt(keccak256(idOf(randomness, miner, seat))) >> 192n;
        const won = (at: number, rim: bigint) => harness.winners(randomness, miner, seat, 1n, at, rim);
        expect(await won(distance, drawn)).to.equal("0x00");
        expect(await won(distance, drawn + 1n)).to.equal("0x01");
        expect(await won(distance - 1, TWO_64 - 1n)).to.equal("0x00");
        expect(await won(distance + 1, 0n)).to.equal("0x01");
      }
    });

    it("wins always or never at the two ends", async () => {
      const harness = await loadFixture(libraries);
      const miner = getAddress(toBeHex(1, 20));
      expect(await harness.winners(id("r"), miner, 0n, 50n, 257n, 0n)).to.equal(`0x${"01".repeat(50)}`);
      expect(await harness.winners(id("r"), miner, 0n, 50n, 0n, TWO_64 - 1n)).to.equal(`0x${"00".repeat(50)}`);
    });
  });

  describe("the seats of many rounds", () => {
    // Which ids win is tested above, against the chain. Here an id's distance is drawn from its distribution, since
    // hashing every seat of 100,000 miners 10,000 times would take days.
    const ROUNDS = 10_000;

    for (const miners of [4, 100, 10_000, 100_000]) {
      it(`number n on average, within 1 %, and are each miner's by its stake, with ${miners.toLocaleString("en")} miners`, () => {
        const next = random(miners);
        const uniform = () => (next() + 0.5) / 2 ** 32;
        // Skewed: the stake of the i-th is s_min times about 100 / (i + 1), the least s_min.
        const seats = Array.from({ length: miners }, (_, i) => 16 * Math.max(1, Math.floor(100 / (i + 1))));
        const total = seats.reduce((a, b) => a + b, 0);
        const wanted = committeeSize(BigInt(miners), BigInt(total), 64n);
        expect(wanted).to.equal(ceilSqrt(BigInt(miners)) > 64n ? ceilSqrt(BigInt(miners)) : 64n);
        const chance = winChance(thresholdFor(wanted, BigInt(total)));
        const counts = new Float64Array(miners);
        const bounds = cumulative(seats);
        let won = 0;
        for (let round = 0; round < ROUNDS; round++) {
          // Winners among `total` seats, by the gaps between them.
          for (let seat = gap(uniform(), chance); seat < total; seat += 1 + gap(uniform(), chance)) {
            won++;
            const miner = placeOf(bounds, seat);
            counts[miner] = (counts[miner] ?? 0) + 1;
          }
        }
        const mean = won / ROUNDS;
        expect(Math.abs(mean / Number(wanted) - 1), `mean ${mean} for ${wanted}`).to.be.lessThan(0.01);
        // The largest miner's share of votes is its share of seats: 5 standard deviations.
        const share = (counts[0] ?? 0) / won;
        const expected = (seats[0] ?? 0) / total;
        expect(Math.abs(share - expected)).to.be.lessThan(5 * Math.sqrt((expected * (1 - expected)) / won));
      });
    }

    it("number n on average with hashed ids too: 600 rounds of 4 miners, 60 of 100 @uninstrumented", () => {
      for (const [miners, rounds, tolerance] of [
        [4, 600, 0.05],
        [100, 60, 0.08],
      ] as const) {
        const seats = Array.from({ length: miners }, (_, i) => 16n * BigInt(Math.max(1, Math.floor(20 / (i + 1)))));
        const total = seats.reduce((a, b) => a + b, 0n);
        const wanted = committeeSize(BigInt(miners), total, 64n);
        const threshold = thresholdFor(wanted, total);
        let won = 0;
        for (let round = 0; round < rounds; round++) {
          const randomness = id(`hashed ${miners} ${round}`);
          for (const [i, count] of seats.entries()) {
            won += winningSeats(randomness, getAddress(toBeHex(i + 1, 20)), count, threshold).length;
          }
        }
        expect(Math.abs(won / rounds / Number(wanted) - 1)).to.be.lessThan(tolerance);
      }
    });

    it("number the same however stake is split: ten miners of 16 seats are as good as one of 160 @uninstrumented", () => {
      const threshold = thresholdFor(64n, 1_600n);
      const votesOf = (owners: number, each: bigint) => {
        let won = 0;
        for (let round = 0; round < 150; round++) {
          for (let i = 0; i < owners; i++) {
            won += winningSeats(id(`split ${round}`), getAddress(toBeHex(0x100 + i, 20)), each, threshold).length;
          }
        }
        return won;
      };
      const expected = 150 * 160 * winChance(threshold);
      for (const won of [votesOf(1, 160n), votesOf(10, 16n)]) {
        expect(Math.abs(won - expected)).to.be.lessThan(5 * Math.sqrt(expected));
      }
    });
  });
});

describe("KeyedPermutation", () => {
  it("is a permutation of every size from 1 to 70, and its inverse leads back @uninstrumented", async () => {
    const harness = await loadFixture(libraries);
    for (let size = 1n; size <= 70n; size++) {
      const values = await harness.permuteMany(id(`size ${size}`), size, 0n, size);
      expect(new Set(values).size).to.equal(Number(size));
      expect(values.every((value) => value < size)).to.equal(true);
      expect([...values]).to.deep.equal(
        Array.from({ length: Number(size) }, (_, i) => permute(id(`size ${size}`), size, BigInt(i))),
      );
    }
  });

  it("is the model's for large sizes, around powers of four too", async () => {
    const harness = await loadFixture(libraries);
    for (const size of [255n, 256n, 257n, 1_024n, 10_000n, 65_536n, 65_537n, 100_000n, (1n << 24n) - 1n, 1n << 64n]) {
      for (const index of [0n, 1n, size / 2n, size - 1n]) {
        const key = id(`key ${size} ${index}`);
        const value = await harness.permute(key, size, index);
        expect(value)
          .to.equal(permute(key, size, index))
          .and.to.be.lessThan(size);
        expect(await harness.invert(key, size, value)).to.equal(index);
        expect(invert(key, size, value)).to.equal(index);
      }
    }
  });

  it("takes every index everywhere: chi-square over 4,000 keys, false alarm below 1e-6 @uninstrumented", () => {
    const [size, keys] = [10n, 4_000];
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < keys; i++) {
      const at = Number(permute(id(`uniform ${i}`), size, 3n));
      counts[at] = (counts[at] ?? 0) + 1;
    }
    const expected = keys / 10;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).to.be.lessThan(45); // 9 degrees of freedom
  });
});

describe("BallotTally", () => {
  it("adds up weighted ballots, and finds what is above a limit, like plain addition", async () => {
    const harness = await loadFixture(libraries);
    const next = random(3);
    for (let trial = 0; trial < 10; trial++) {
      const count = 1 + (next() % 12);
      const ballots = Array.from({ length: count }, (_, i) => BigInt(id(`ballot ${trial} ${i}`)));
      const weights = Array.from({ length: count }, () => BigInt(next() % (trial < 5 ? 10 : 65_536)));
      const sums = Array.from({ length: 256 }, (_, bit) =>
        ballots.reduce((sum, ballot, i) => sum + ((ballot >> BigInt(bit)) & 1n) * (weights[i] ?? 0n), 0n),
      );
      const middle = sums[0] ?? 0n;
      const limits = [0n, middle - (middle > 0n ? 1n : 0n), middle, middle + 1n, (1n << 32n) - 1n];
      const above = await harness.tally(ballots, weights, limits);
      for (const [i, limit] of limits.entries()) {
        const expected = sums.reduce((word, sum, bit) => (sum > limit ? word | (1n << BigInt(bit)) : word), 0n);
        expect(above[i], `above ${limit}`).to.equal(expected);
      }
    }
  });

  it("counts to 2^32 - 1", async () => {
    const harness = await loadFixture(libraries);
    const most = (1n << 32n) - 1n;
    const full = (1n << 256n) - 1n;
    expect(await harness.tally([full, 1n], [most - 1n, 1n], [most - 2n, most - 1n, most])).to.deep.equal([
      full,
      1n,
      0n,
    ]);
    expect(await harness.tally([full], [0n], [0n])).to.deep.equal([0n]);
  });
});

/** A seat's id in a round. */
function idOf(randomness: string, miner: string, seat: bigint): string {
  const types = ["bytes32", "address", "uint256"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [randomness, miner, seat]));
}

/** How many bits of a seat's id differ from the round's randomness. */
const distanceOf = (randomness: string, miner: string, seat: bigint): Threshold["distance"] =>
  differing(BigInt(idOf(randomness, miner, seat)), BigInt(randomness));

/** How many seats lose before one wins. */
const gap = (uniform: number, chance: number): number =>
  chance >= 1 ? 0 : Math.floor(Math.log(uniform) / Math.log1p(-chance));

function cumulative(seats: readonly number[]): Float64Array {
  const bounds = new Float64Array(seats.length);
  let sum = 0;
  for (const [i, count] of seats.entries()) bounds[i] = sum += count;
  return bounds;
}

/** The first place whose bound is above `seat`. */
function placeOf(bounds: Float64Array, seat: number): number {
  let [low, high] = [0, bounds.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) > seat) high = middle;
    else low = middle + 1;
  }
  return low;
}
