import { expect } from "chai";
import fc from "fast-check";
import { getAddress, id, keccak256, toBeHex } from "ethers";

import { committeeSize, isMember, isWinner, seatId, seatsFor, threshold, winningSeats } from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";

const SEED = 41; // of the random cases
const MINER = getAddress(toBeHex(0xabcdefn, 20));

/** The rows of Pascal's triangle: how many of the 2^256 words have d ones. */
const choices = ((): readonly bigint[] => {
  let row = [1n];
  for (let n = 0; n < 256; ++n) row = [1n, ...row.map((value, i) => value + (row[i + 1] ?? 0n))];
  return row;
})();

/** How many of the 2^256 words are below a threshold, times 2^64. */
function winners(distance: bigint, rim: bigint): bigint {
  let count = 0n;
  for (let d = 0n; d < distance; ++d) count += (choices[Number(d)] ?? 0n) << 64n;
  return count + (choices[Number(distance)] ?? 0n) * rim;
}

describe("committee", () => {
  it("has seats by the sixteenth of s_min, from s_min on", () => {
    const minStake = 16_000n;
    const cases: [bigint, bigint][] = [
      [0n, 0n],
      [15_999n, 0n],
      [16_000n, 16n],
      [16_999n, 16n],
      [17_000n, 17n],
    ];
    for (const [earning, seats] of cases) expect(seatsFor(earning, minStake)).to.equal(seats);
    expectRefusal(() => seatsFor(1n, 15n), { code: "BAD_ARGUMENT", message: /^minStake: expected a bigint in 16/ });
  });

  it("has max(sqrt N, n_min) of the seats, and no more than there are", () => {
    expect(committeeSize(1n, 1_000n, 64n)).to.equal(64n);
    expect(committeeSize(4_096n, 10_000n, 64n)).to.equal(64n);
    expect(committeeSize(4_097n, 10_000n, 64n)).to.equal(65n);
    expect(committeeSize(4_097n, 40n, 64n)).to.equal(40n);
  });

  it("wins with the exact share of all words, up to the 64 bits that thresholds have", () => {
    const property = (seats: bigint, part: bigint): void => {
      const wanted = (seats * part) / 1_000n;
      const { distance, rim } = threshold(wanted, seats);
      const wins = winners(distance, rim); // of 2^320
      const exact = (wanted << 320n) / seats;
      const error = wins > exact ? wins - exact : exact - wins;
      expect(error >> 258n, "at most 2^-62 of all").to.equal(0n); // share and table are cut to 2^-64
    };
    const seats = fc.bigInt({ min: 1n, max: 2n ** 60n });
    fc.assert(fc.property(seats, fc.bigInt({ min: 0n, max: 999n }), property), { seed: SEED });
  });

  it("lets all win if all are wanted, and half within the middle", () => {
    expect(threshold(7n, 7n)).to.deep.equal({ distance: 257n, rim: 0n });
    expect(threshold(1n, 2n)).to.deep.equal({ distance: 128n, rim: 2n ** 63n });
    expect(winners(128n, 2n ** 63n), "half of all words").to.equal(1n << 319n);
  });

  it("refuses more wanted seats than there are, and none at all", () => {
    expectRefusal(() => threshold(2n, 1n), {
      code: "BAD_ARGUMENT",
      message: "wanted: expected a bigint in 0 .. 1, got 2",
    });
    expectRefusal(() => threshold(0n, 0n), { code: "BAD_ARGUMENT", message: /^seats: expected a bigint in 1 / });
  });

  it("counts differing bits, and settles ties by the hash of the id", () => {
    const randomness = id("r");
    const distances = Array.from({ length: 64 }, (_, seat) => {
      const seatsId = seatId(randomness, MINER, BigInt(seat));
      const ones = (BigInt(seatsId) ^ BigInt(randomness)).toString(2).replaceAll("0", "").length;
      return { seat: BigInt(seat), ones: BigInt(ones), tie: BigInt(keccak256(seatsId)) >> 192n };
    });
    for (const { seat, ones, tie } of distances) {
      const wins = (distance: bigint, rim: bigint): boolean => isWinner({ randomness, distance, rim }, MINER, seat);
      expect([wins(ones + 1n, 0n), wins(ones, 0n), wins(ones - 1n, 2n ** 64n - 1n)]).to.deep.equal([
        true,
        false,
        false,
      ]);
      expect([wins(ones, tie), wins(ones, tie + 1n)], "the rim").to.deep.equal([false, true]);
    }
  });

  it("lists a miner's winning seats, rising", () => {
    const drawing = { randomness: id("r"), ...threshold(1n, 4n) };
    const won = winningSeats(drawing, MINER, 400n);
    expect(won.every((seat, i) => i === 0 || seat > (won[i - 1] ?? 0n))).to.equal(true);
    for (let seat = 0n; seat < 400n; ++seat) expect(isWinner(drawing, MINER, seat)).to.equal(won.includes(seat));
    expect(won.length, "about a quarter of 400; outside once in a million seeds").to.be.within(56, 144);
    expect(isMember(drawing, MINER, 400n)).to.equal(true);
    expect(isMember(drawing, MINER, won[0] ?? 0n), "up to its first winning seat").to.equal(false);
  });
});
