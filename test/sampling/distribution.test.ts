import {
  drawWithSeed,
  drawWithWords,
  liveWeight,
  type Lock,
  readSamplerState,
  SATURATED,
  type SamplerState,
  type Seat,
} from "@nkms/protocol";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { MIN_STAKE } from "../helpers/network";
import { GRAIN, keyOf, sequenceProbabilities, type Staker, weightsOf } from "../models/sampling";
import { chiSquare, critical, noncentrality, power, smallestSkew, tail, type Verdict } from "./chiSquare";
import { agedNetwork, neighboursNetwork, type Sampling } from "./networks";
import { onChain } from "./outcomes";
import { Words } from "./words";

/**
 * Is every miner drawn as often as its stake says? Counts of draws against exact probabilities, by chi-square.
 *
 * FALSE ALARMS  An exact sampler fails one of these tests with probability 1e-6 for a seed taken at random; the seeds are
 *               fixed and were not chosen by their result.
 * POWER         Each title says the least skew that its number of draws shows with probability 0.99: half of the
 *               probability comes (1 + skew) times as often as it should, the other half (1 - skew) times.
 */
const FALSE_ALARM = 1e-6;
const SEEN = 0.99;

/** For titles: what a test of so many draws with so many possible results sees. */
function sees(draws: number, results: number): string {
  const skew = smallestSkew(draws, results - 1, FALSE_ALARM, SEEN);
  return `${draws.toLocaleString("en")} draws, sees a skew of ${(skew * 100).toFixed(2)} %`;
}

/** Candidates to try: far more than any draw here needs. */
const TRIALS = 10_000n;

/** Draws `wanted` miners for `until`. */
type Drawing = (wanted: bigint, until: bigint) => Promise<string[]>;

/** Draws by the package under test with pseudo-random words. */
const fair = (state: SamplerState, words: Words): Drawing => {
  const source = (): bigint => words.word();
  return (wanted, until) => drawWithWords(state, { wanted, until, maxTrials: TRIALS }, source);
};

/** How often each sequence of miners came. */
async function tally(draws: number, draw: () => Promise<string[]>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let i = 0; i < draws; ++i) {
    const key = keyOf(await draw());
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The exact probability of every sequence of `wanted` miners. */
const exactly = (stakers: readonly Staker[], until: bigint, now: bigint, wanted: number): Map<string, number> =>
  sequenceProbabilities(weightsOf(stakers, until, now, MIN_STAKE), wanted);

function expectFair({ statistic, freedom, p }: Verdict): void {
  expect(p, `chi-square ${statistic} with ${freedom} degrees of freedom`).to.be.greaterThan(FALSE_ALARM);
}

/** Rejected, and not by luck: draws as wrong as `other` are with probability 0.99 and more. */
function expectRejected(
  verdict: Verdict,
  draws: number,
  expected: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): void {
  expect(verdict.p).to.be.lessThan(FALSE_ALARM);
  expect(power(verdict.freedom, FALSE_ALARM, noncentrality(draws, expected, other))).to.be.greaterThan(SEEN);
}

describe("Drawing by stake", () => {
  describe("the statistic", () => {
    it("agrees with printed tables of chi-square", () => {
      const table: [freedom: number, share: number, statistic: number][] = [
        [1, 0.05, 3.841],
        [1, 0.001, 10.828],
        [5, 0.001, 20.515],
        [10, 0.95, 3.94],
        [10, 0.01, 23.209],
        [30, 0.01, 50.892],
        [100, 0.05, 124.342],
      ];
      for (const [freedom, share, statistic] of table) {
        expect(critical(freedom, share)).to.be.closeTo(statistic, 0.001);
        expect(tail(statistic, freedom)).to.be.closeTo(share, share / 1_000);
      }
    });

    it("knows its power: for one degree of freedom it is that of the normal distribution", () => {
      // A normal number with mean m is outside +-1.95996 with probability 0.5 for m = 1.95996, 0.99 for m = 4.28631.
      expect(power(1, 0.05, 1.95996 ** 2)).to.be.closeTo(0.50004, 0.00005);
      expect(power(1, 0.05, 4.28631 ** 2)).to.be.closeTo(0.99, 0.00005);
      expect(power(7, 0.05, 0)).to.be.closeTo(0.05, 1e-9);
      expect(smallestSkew(10_000, 1, 0.05, 0.99)).to.be.closeTo(0.0428631, 1e-5);
    });

    it("falls below its critical value for fair dice, and above it for loaded ones", () => {
      const faces = ["1", "2", "3", "4", "5", "6"];
      const expected = new Map(faces.map((face) => [face, 1 / 6]));
      const thrown = (counts: number[]): Verdict =>
        chiSquare(new Map(faces.map((face, i) => [face, counts[i] ?? 0])), expected);
      // (1 + 0 + 1 + 4 + 4 + 0) / 100 and (2500 + 5 * 100) / 100.
      expect(thrown([101, 100, 99, 102, 98, 100]).statistic).to.be.closeTo(0.1, 1e-9);
      expect(thrown([150, 90, 90, 90, 90, 90]).statistic).to.be.closeTo(30, 1e-9);
      expectFair(thrown([101, 100, 99, 102, 98, 100]));
      expect(thrown([150, 90, 90, 90, 90, 90]).p).to.be.closeTo(1.47e-5, 0.01e-5);
      expect(chiSquare(new Map([["7", 6_000]]), expected).p).to.equal(0);
      expect(() => chiSquare(new Map([["1", 29]]), expected)).to.throw(
        'draws: expected 5 or more of "1" on average, got 4.83',
      );
    });
  });

  describe("off chain", () => {
    const singles = 100_000;
    const cases: [what: string, wait: bigint, miners: number, seed: number][] = [
      ["for the next period, before any lock ends", 1n, 9, 601],
      ["for a period that some locks don't reach", 4n, 7, 602],
      ["for a period after a rolling lock's notice", 11n, 7, 603],
      ["for a period that most locks don't reach", 19n, 6, 604],
    ];

    describe("draws one miner by its live weight", () => {
      for (const [what, wait, miners, seed] of cases) {
        it(`${what} (${sees(singles, miners)})`, async () => {
          const { escrow, stakers, now } = await loadFixture(agedNetwork);
          const draw = fair(await readSamplerState(escrow), new Words(seed));
          const expected = exactly(stakers, now + wait, now, 1);
          expect(expected.size).to.equal(miners);

          expectFair(chiSquare(await tally(singles, () => draw(1n, now + wait)), expected));
        });
      }
    });

    const sequences = 60_000;

    it(`draws pairs in order without replacement (${sees(sequences, 7 * 6)})`, async () => {
      const { escrow, stakers, now } = await loadFixture(agedNetwork);
      const draw = fair(await readSamplerState(escrow), new Words(605));
      const expected = exactly(stakers, now + 4n, now, 2);
      expect(expected.size).to.equal(7 * 6);

      expectFair(chiSquare(await tally(sequences, () => draw(2n, now + 4n)), expected));
    });

    it(`draws triples in order without replacement (${sees(sequences, 6 * 5 * 4)})`, async () => {
      const { escrow, stakers, now } = await loadFixture(agedNetwork);
      const draw = fair(await readSamplerState(escrow), new Words(606));
      const expected = exactly(stakers, now + 19n, now, 3);
      expect(expected.size).to.equal(6 * 5 * 4);

      expectFair(chiSquare(await tally(sequences, () => draw(3n, now + 19n)), expected));
    });

    const seeded = 10_000;

    it(`draws pairs with the contract's words, hashes of a seed (${sees(seeded, 7 * 6)})`, async () => {
      const { escrow, stakers, now } = await loadFixture(agedNetwork);
      const state = await readSamplerState(escrow);
      const expected = exactly(stakers, now + 4n, now, 2);
      expect(expected.size).to.equal(7 * 6);

      let seed = 607n << 128n;
      const draw = (): Promise<string[]> =>
        drawWithSeed(state, { seed: seed++, wanted: 2n, until: now + 4n, maxTrials: TRIALS });
      expectFair(chiSquare(await tally(seeded, draw), expected));
    });
  });

  describe("on chain, where every draw is also compared with the one off chain", () => {
    const draws = 5_000;

    /** The contract's own view, with the seeds first, first + 1, ...; off chain they must give the same. */
    async function drawn(
      network: Sampling,
      first: bigint,
      wanted: bigint,
      until: bigint,
    ): Promise<Map<string, number>> {
      const state = await readSamplerState(network.escrow);
      const requests = Array.from({ length: draws }, (_, i) => ({
        seed: first + BigInt(i),
        wanted,
        until,
        maxTrials: TRIALS,
      }));
      const outcomes = (await onChain(network, requests, { batch: 100 })).entries();
      return tally(draws, async () => {
        const [i, outcome] = outcomes.next().value ?? [];
        const request = requests[i ?? draws];
        if (!request || !outcome || "error" in outcome) throw new Error(`draw ${i}: expected miners, got an error`);
        expect(await drawWithSeed(state, request)).to.deep.equal(outcome.drawn);
        return outcome.drawn;
      });
    }

    it(`draws one miner by its live weight, for a period that some locks don't reach (${sees(draws, 7)})`, async () => {
      const network = await loadFixture(agedNetwork);
      const { stakers, now } = network;
      const expected = exactly(stakers, now + 4n, now, 1);
      expect(expected.size).to.equal(7);

      expectFair(chiSquare(await drawn(network, 608n << 128n, 1n, now + 4n), expected));
    });

    it(`draws pairs in order without replacement, for a period that most locks don't reach (${sees(draws, 6 * 5)})`, async () => {
      const network = await loadFixture(agedNetwork);
      const { stakers, now } = network;
      const expected = exactly(stakers, now + 19n, now, 2);
      expect(expected.size).to.equal(6 * 5);

      expectFair(chiSquare(await drawn(network, 609n << 128n, 2n, now + 19n), expected));
    });
  });

  describe("wrong draws are rejected by the same test with as many draws", () => {
    const draws = 100_000;

    /** The seat that a point of the line hits, its neighbours in the tier, and how far into its segment the point is. */
    function hit(state: SamplerState, word: bigint): { seats: readonly Seat[]; index: number; offset: bigint } {
      const unit = state.minStake / GRAIN;
      const lengths = state.tiers.map((seats, tier) => BigInt(seats.length) * (unit << BigInt(tier + 1)));
      let rest = word % lengths.reduce((sum, length) => sum + length, 0n);
      const tier = lengths.findIndex((length) => rest < length || ((rest -= length), false));
      const segment = unit << BigInt(tier + 1);
      return { seats: state.tiers[tier] ?? [], index: Number(rest / segment), offset: rest % segment };
    }

    const seatAt = (seats: readonly Seat[], index: number): Seat => {
      const seat = seats[index % seats.length];
      if (!seat) throw new Error("tier: expected a seat, got none");
      return seat;
    };

    describe("given the neighbour of a stale miner takes its place", () => {
      /** Draws one; a hit of what is stored but not locked goes to the next seat. */
      const neighbourly = async (state: SamplerState, words: Words, until: bigint): Promise<string[]> => {
        for (;;) {
          const { seats, index, offset } = hit(state, words.word());
          const seat = seatAt(seats, index);
          if (offset >= seat.weight) continue;
          const isStale = offset >= (await liveWeight(state, seat, until));
          return [isStale ? seatAt(seats, index + 1).miner : seat.miner];
        }
      };

      it("gets 29.5 % for 17.2 %, and the test sees it", async () => {
        const { escrow, people, stakers, now } = await loadFixture(neighboursNetwork);
        const state = await readSamplerState(escrow);
        const words = new Words(611);
        const expected = exactly(stakers, now + 1n, now, 1);
        const neighbour = people.neighbour.address;
        expect(expected.get(neighbour)).to.be.closeTo(0.172, 0.0001);

        const counts = await tally(draws, () => neighbourly(state, words, now + 1n));
        // What is stored, the stale miner's 28 with its neighbour's 27.6.
        const wrong = new Map([...expected].map(([miner, p]) => [miner, (p * 160.4) / 188.4]));
        wrong.set(neighbour, 55.6 / 188.4);
        expect((counts.get(neighbour) ?? 0) / draws).to.be.closeTo(0.295, 0.005);
        expectRejected(chiSquare(counts, expected), draws, expected, wrong);
        expectFair(chiSquare(counts, wrong));
      });

      it("and a draw with a fresh word passes on the same network", async () => {
        const { escrow, stakers, now } = await loadFixture(neighboursNetwork);
        const draw = fair(await readSamplerState(escrow), new Words(612));
        const counts = await tally(draws, () => draw(1n, now + 1n));
        expectFair(chiSquare(counts, exactly(stakers, now + 1n, now, 1)));
      });
    });

    it("given `until` is ignored", async () => {
      const { escrow, stakers, now } = await loadFixture(agedNetwork);
      const draw = fair(await readSamplerState(escrow), new Words(613));
      const expected = exactly(stakers, now + 11n, now, 1);
      const wrong = exactly(stakers, now + 1n, now, 1);

      const counts = await tally(draws, () => draw(1n, now + 1n));
      expectRejected(chiSquare(counts, expected), draws, expected, wrong);
      expectFair(chiSquare(counts, wrong));
    });

    it("given a rolling lock is taken for one without end", async () => {
      const { escrow, stakers, now } = await loadFixture(agedNetwork);
      const state = await readSamplerState(escrow);
      const locksOf = async (miner: string): Promise<Lock[]> =>
        (await state.locksOf(miner)).map((lock) => ({ ...lock, notice: lock.notice * 100n }));
      const draw = fair({ ...state, locksOf }, new Words(617));
      const expected = exactly(stakers, now + 11n, now, 1);
      const wrong = exactly(stakers, now + 10n, now, 1); // dee's rolling lock still counts then, and no other has ended

      const counts = await tally(draws, () => draw(1n, now + 11n));
      expectRejected(chiSquare(counts, expected), draws, expected, wrong);
      expectFair(chiSquare(counts, wrong));
    });

    it("given the stored weight is taken for the live one", async () => {
      const { escrow, stakers, now } = await loadFixture(agedNetwork);
      const state = await readSamplerState(escrow);
      const tiers = state.tiers.map((seats) =>
        seats.map((seat) => ({ ...seat, firstEnd: SATURATED, notice: SATURATED })),
      );
      const draw = fair({ ...state, tiers }, new Words(614));
      const expected = exactly(stakers, now + 1n, now, 1);
      const stored = new Map(state.tiers.flat().map(({ miner, weight }) => [miner, weight]));
      const wrong = sequenceProbabilities(stored, 1);
      expect(wrong.size).to.equal(expected.size + 1); // only cy's locks were over before

      const counts = await tally(draws, () => draw(1n, now + 1n));
      expectRejected(chiSquare(counts, expected), draws, expected, wrong);
      expectFair(chiSquare(counts, wrong));
    });

    it("given a miner drawn before is drawn again by its neighbour", async () => {
      const { escrow, stakers, now } = await loadFixture(neighboursNetwork);
      const state = await readSamplerState(escrow);
      const until = now + 1n;
      const words = new Words(615);
      const weights = weightsOf(stakers, until, now, MIN_STAKE);
      const live = (state.tiers[0] ?? []).map(({ miner }) => miner).filter((miner) => weights.has(miner));
      const next = (miner: string): string => live[(live.indexOf(miner) + 1) % live.length] ?? miner;
      const one = fair(state, words);
      const pair = async (): Promise<string[]> => {
        const [[first = ""], [second = ""]] = [await one(1n, until), await one(1n, until)];
        return [first, second === first ? next(first) : second];
      };

      const expected = exactly(stakers, until, now, 2);
      const single = exactly(stakers, until, now, 1);
      const p = (miner: string): number => single.get(miner) ?? 0;
      const wrong = new Map(
        live.flatMap((first) =>
          live
            .filter((second) => second !== first)
            .map((second): [string, number] => [
              keyOf([first, second]),
              p(first) * (p(second) + (second === next(first) ? p(first) : 0)),
            ]),
        ),
      );
      const counts = await tally(draws, pair);
      expectRejected(chiSquare(counts, expected), draws, expected, wrong);
      expectFair(chiSquare(counts, wrong));
    });

    const many = 1_000_000;

    it(`given one miner, 47 % of the stake, is drawn 1 % too often (${sees(many, 9)})`, async () => {
      const { escrow, people, stakers, now } = await loadFixture(agedNetwork);
      const until = now + 1n;
      const words = new Words(616);
      const draw = fair(await readSamplerState(escrow), words);
      const expected = exactly(stakers, until, now, 1);
      const favourite = people.jon.address;
      const share = expected.get(favourite) ?? 0;
      expect(share).to.be.closeTo(0.47, 0.005);

      // Who isn't the favourite is drawn anew now and then.
      const tilt = 0.01;
      const again = tilt / (1 - share);
      const tilted = async (): Promise<string[]> => {
        const drawn = await draw(1n, until);
        return drawn[0] !== favourite && words.chance(again) ? draw(1n, until) : drawn;
      };
      const wrong = new Map(
        [...expected].map(([miner, p]) => [
          miner,
          p * (miner === favourite ? 1 + tilt : 1 - (tilt * share) / (1 - share)),
        ]),
      );
      const counts = await tally(many, tilted);
      expectRejected(chiSquare(counts, expected), many, expected, wrong);
      expectFair(chiSquare(counts, wrong));
    });
  });
});
