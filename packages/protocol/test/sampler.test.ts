import { expect } from "chai";
import { AbiCoder, keccak256, sha256, toBeHex, toUtf8Bytes } from "ethers";
import fc from "fast-check";

import {
  DEFAULT_MAX_TRIALS,
  type DrawRequest,
  drawRandomly,
  drawWithSeed,
  drawWithWords,
  GRAIN,
  liveWeight,
  type Lock,
  SATURATED,
  type SamplerState,
  type Seat,
  type WordSource,
} from "../src/index.js";
import { expectRejection, notUint } from "./helpers/errors.js";
import { drawnAt, lineOf } from "./helpers/line.js";
import { GENESIS, lock, miner, NOW, seat, stateOf, UNIT } from "./helpers/states.js";

const SEED = 29; // of the random cases
const FAR = NOW + 10_000n; // after the end of every lock here
const SOON = NOW + 1n;

/** Words in the order given; more than these is an error of the test. */
function listed(...words: bigint[]): WordSource {
  return (trial) => {
    const word = words[Number(trial)];
    if (word === undefined) throw new Error(`trial ${trial} was made`);
    return word;
  };
}

/** The same words in every run, for the same name. */
const named =
  (name: string): WordSource =>
  (trial) =>
    BigInt(sha256(toUtf8Bytes(`${name}/${trial}`)));

const one = (until = SOON): DrawRequest => ({ wanted: 1n, until, maxTrials: 1n });

/*
 * The line of `state`, in grains; segments of tier 0 are 2 * 16, of tier 1 are 4 * 16 long:
 *
 *   0      20     32     48     64       104     128
 *   |- m0 -|      |- m1 -|      |-- m2 --|       |
 */
const [m0, m1, m2] = [miner(0), miner(1), miner(2)];
const state = stateOf([seat(0, 20n), seat(1, 16n), seat(2, 40n)]);
const LINE = 128n;

describe("drawWithWords", () => {
  describe("one candidate", () => {
    const hits: [from: bigint, to: bigint, string][] = [
      [0n, 20n, m0],
      [32n, 48n, m1],
      [64n, 104n, m2],
    ];

    for (const [from, to, hitMiner] of hits) {
      it(`is the miner at ${from} .. ${to - 1n} of the line when the word hits there`, async () => {
        for (const point of [from, from + 1n, to - 1n]) {
          expect(await drawWithWords(state, one(), listed(point))).to.deep.equal([hitMiner]);
        }
      });
    }

    it("is nobody between a weight's end and its segment's", async () => {
      for (const point of [20n, 31n, 48n, 63n, 104n, 127n]) {
        await expectRejection(drawWithWords(state, one(), listed(point)), {
          code: "TRIALS_USED_UP",
          message: "maxTrials: expected enough trials for 1 miners, got 0 miners in 1 trials",
          values: { drawn: 0n, wanted: 1n, trials: 1n },
        });
      }
    });

    it("takes a word modulo the line's length", async () => {
      expect(await drawWithWords(state, one(), listed(LINE))).to.deep.equal([m0]);
      expect(await drawWithWords(state, one(), listed(LINE * 3n + 64n))).to.deep.equal([m2]);
      expect((2n ** 256n - 1n) % LINE).to.equal(127n);
      expect(await drawWithWords(state, { ...one(), maxTrials: 2n }, listed(2n ** 256n - 1n, 0n))).to.deep.equal([m0]);
    });
  });

  describe("one miner after the other", () => {
    it("gives them in the order of their drawing, each trial with a word of its own", async () => {
      const request = { wanted: 3n, until: SOON, maxTrials: 7n };
      expect(await drawWithWords(state, request, listed(70n, 30n, 5n, 71n, 0n, 50n, 40n))).to.deep.equal([m2, m0, m1]);
    });

    it("stops at the last miner wanted", async () => {
      const request = { wanted: 2n, until: SOON, maxTrials: 100n };
      expect(await drawWithWords(state, request, listed(40n, 10n))).to.deep.equal([m1, m0]);
    });

    it("needs no word to draw nobody, from an empty network too", async () => {
      const nobody = { wanted: 0n, until: SOON, maxTrials: 0n };
      expect(await drawWithWords(state, nobody, listed())).to.deep.equal([]);
      expect(await drawWithWords(stateOf([]), nobody, listed())).to.deep.equal([]);
    });
  });

  describe("a seat that is older than what is locked", () => {
    const stale = (locks: readonly Lock[], firstEnd = 0n): SamplerState =>
      stateOf([seat(0, 30n, { firstEnd }), seat(1, 31n)], { [m0]: locks });

    it("is hit only as far as its locks reach", async () => {
      const partly = stale([lock(18n, FAR + 1n), lock(12n, FAR)]);
      expect(await drawWithWords(partly, one(FAR), listed(17n))).to.deep.equal([m0]);
      await expectRejection(drawWithWords(partly, one(FAR), listed(18n)), {
        code: "TRIALS_USED_UP",
        message: "maxTrials: expected enough trials for 1 miners, got 0 miners in 1 trials",
        values: { drawn: 0n, wanted: 1n, trials: 1n },
      });
    });

    it("gives nothing to its neighbour: the next trial has a fresh word", async () => {
      const request = { wanted: 1n, until: FAR, maxTrials: 2n };
      expect(await drawWithWords(stale([lock(30n, FAR)]), request, listed(0n, 32n))).to.deep.equal([m1]);
      await expectRejection(drawWithWords(stale([lock(30n, FAR)]), request, listed(0n, 1n)), {
        code: "TRIALS_USED_UP",
        message: "maxTrials: expected enough trials for 1 miners, got 0 miners in 2 trials",
        values: { drawn: 0n, wanted: 1n, trials: 2n },
      });
    });

    it("counts with s_min and more, and not with a base unit less", async () => {
      const enough = stale([lock(UNIT, FAR + 1n)]);
      const tooLittle = stale([{ ...lock(UNIT, FAR + 1n), amount: UNIT * GRAIN - 1n }]);
      expect(await drawWithWords(enough, one(FAR), listed(0n))).to.deep.equal([m0]);
      expect(await liveWeight(enough, seat(0, 30n, { firstEnd: 0n }), FAR)).to.equal(UNIT);
      expect(await liveWeight(tooLittle, seat(0, 30n, { firstEnd: 0n }), FAR)).to.equal(0n);
    });

    it("counts in whole grains", async () => {
      const odd = stale([{ ...lock(18n, FAR + 1n), amount: 19n * GRAIN - 1n }]);
      expect(await liveWeight(odd, seat(0, 30n, { firstEnd: 0n }), FAR)).to.equal(18n);
    });
  });

  describe("the locks of a miner", () => {
    const asks = async (fields: { firstEnd?: bigint; notice?: bigint }, until: bigint): Promise<boolean> => {
      let asked = false;
      const watched: SamplerState = {
        ...stateOf([seat(0, 20n, fields)]),
        locksOf: () => {
          asked = true;
          return Promise.resolve([lock(20n, FAR)]);
        },
      };
      expect(await drawWithWords(watched, one(until), listed(0n))).to.deep.equal([m0]);
      return asked;
    };

    it("aren't asked for before its first end, and are from then on", async () => {
      const firstEnd = 500n;
      expect(await asks({ firstEnd }, GENESIS + firstEnd - 1n)).to.equal(false);
      expect(await asks({ firstEnd }, GENESIS + firstEnd)).to.equal(true);
    });

    it("aren't asked for through now + its shortest notice, and are from then on", async () => {
      expect(await asks({ notice: 500n }, NOW + 500n)).to.equal(false);
      expect(await asks({ notice: 500n }, NOW + 501n)).to.equal(true);
    });

    it("are asked for when a saturated first end is reached", async () => {
      const asked: string[] = [];
      const old: SamplerState = {
        ...stateOf([seat(0, 20n)]),
        genesis: NOW - SATURATED + 2n,
        locksOf: (address) => {
          asked.push(address);
          return [lock(20n, FAR)];
        },
      };
      await drawWithWords(old, one(NOW + 1n), listed(0n));
      expect(asked).to.deep.equal([]);
      await drawWithWords(old, one(NOW + 2n), listed(0n));
      expect(asked).to.deep.equal([m0]);
    });

    it("are its rolling ones through now + notice and its fixed ones until their end", async () => {
      const mixed = stateOf([seat(0, 60n, { firstEnd: 0n })], {
        [m0]: [lock(17n, NOW + 5n), lock(20n, 2n ** 32n - 1n, 8n), lock(23n, NOW + 12n)],
      });
      const weights = await Promise.all(
        [4n, 5n, 8n, 9n, 11n, 12n].map((wait) => liveWeight(mixed, seat(0, 60n, { firstEnd: 0n }), NOW + wait)),
      );
      expect(weights).to.deep.equal([60n, 43n, 43n, 23n, 23n, 0n]);
    });
  });

  describe("on random networks", () => {
    const MAX_TRIALS = 40n;

    /** Locks of one miner, and the period in which its seat was written last. */
    const anyMiner = fc
      .record({
        written: fc.constantFrom(NOW - 4n, NOW - 1n, NOW),
        locks: fc.array(
          fc.record({
            grains: fc.bigInt({ min: 1n, max: 400n }),
            wait: fc.bigInt({ min: -3n, max: 12n }),
            notice: fc.constantFrom(0n, 0n, 3n, 7n),
          }),
          { minLength: 1, maxLength: 4 },
        ),
      })
      .map(({ written, locks }) => ({
        written,
        locks: locks.map(({ grains, wait, notice }) => ({ ...lock(grains, NOW + wait, notice), start: written + 1n })),
      }));

    /** The seat that the contract writes in the period `written`, if any. */
    const seatOf = (i: number, { written, locks }: { written: bigint; locks: Lock[] }): Seat[] => {
      const counted = locks.filter(({ end, notice }) => notice > 0n || end > written + 1n);
      const weight = counted.reduce((sum, { amount }) => sum + amount, 0n) / GRAIN;
      const least = (values: bigint[]): bigint => values.reduce((min, each) => (each < min ? each : min), SATURATED);
      const firstEnd = least(counted.filter(({ notice }) => notice === 0n).map(({ end }) => end - GENESIS));
      const notice = least(counted.filter((each) => each.notice > 0n).map((each) => each.notice));
      return weight < UNIT ? [] : [seat(i, weight, { firstEnd, notice })];
    };

    it("draws like a walk along the whole line", async () => {
      const endings = new Set<string>();
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyMiner, { minLength: 1, maxLength: 12 }),
          fc.bigInt({ min: 1n, max: 14n }),
          fc.bigInt({ min: 1n, max: 8n }),
          fc.string(),
          async (miners, wait, wanted, name) => {
            const locksOf = (address: string): Lock[] => miners.find((_, i) => miner(i) === address)?.locks ?? [];
            const random = { ...stateOf(miners.flatMap((each, i) => seatOf(i, each))), locksOf };
            const members = random.tiers.flat().length;
            const request = { wanted, until: NOW + wait, maxTrials: MAX_TRIALS };

            const line = lineOf(random, request.until, locksOf);
            const expected: string[] = [];
            for (let trial = 0n; members > 0 && trial < MAX_TRIALS && BigInt(expected.length) < wanted; ++trial) {
              const found = drawnAt(line, named(name)(trial) % (line.at(-1)?.until ?? 0n));
              if (found && !expected.includes(found)) expected.push(found);
            }

            const drawing = drawWithWords(random, request, named(name));
            if (BigInt(members) < wanted) {
              endings.add("too few members");
              await expectRejection(drawing, {
                code: "TOO_FEW_MEMBERS",
                message: `wanted: expected at most ${members} members, got ${wanted}`,
                values: { members: BigInt(members), wanted },
              });
            } else if (BigInt(expected.length) < wanted) {
              endings.add("trials used up");
              await expectRejection(drawing, {
                code: "TRIALS_USED_UP",
                message: `maxTrials: expected enough trials for ${wanted} miners, got ${expected.length} miners in 40 trials`,
                values: { drawn: BigInt(expected.length), wanted, trials: MAX_TRIALS },
              });
            } else {
              endings.add("drawn");
              expect(await drawing).to.deep.equal(expected);
            }
          },
        ),
        { seed: SEED, numRuns: 1_000 },
      );
      expect([...endings].sort()).to.deep.equal(["drawn", "too few members", "trials used up"]);
    });
  });

  describe("refuses", () => {
    it("a period that is not to come, before all else", async () => {
      for (const until of [0n, NOW - 1n, NOW]) {
        await expectRejection(drawWithWords(state, { wanted: 99n, until, maxTrials: 0n }, listed()), {
          code: "DRAW_TOO_EARLY",
          message: `until: expected period 1001 or later, got ${until}`,
          values: { until, least: NOW + 1n },
        });
      }
    });

    it("more miners than there are members, before any trial", async () => {
      await expectRejection(drawWithWords(state, { wanted: 4n, until: SOON, maxTrials: 100n }, listed()), {
        code: "TOO_FEW_MEMBERS",
        message: "wanted: expected at most 3 members, got 4",
        values: { members: 3n, wanted: 4n },
      });
      await expectRejection(drawWithWords(stateOf([]), { wanted: 1n, until: SOON, maxTrials: 100n }, listed()), {
        code: "TOO_FEW_MEMBERS",
        message: "wanted: expected at most 0 members, got 1",
        values: { members: 0n, wanted: 1n },
      });
    });

    it("to make more trials than allowed, and tells how many miners those gave", async () => {
      await expectRejection(
        drawWithWords(state, { wanted: 3n, until: SOON, maxTrials: 4n }, listed(0n, 1n, 33n, 127n)),
        {
          code: "TRIALS_USED_UP",
          message: "maxTrials: expected enough trials for 3 miners, got 2 miners in 4 trials",
          values: { drawn: 2n, wanted: 3n, trials: 4n },
        },
      );
    });

    it("numbers that aren't a uint256", async () => {
      for (const argument of ["wanted", "until", "maxTrials"] as const) {
        for (const wrong of [-1n, 2n ** 256n]) {
          await expectRejection(
            drawWithWords(state, { ...one(), [argument]: wrong }, listed()),
            notUint(argument, wrong, 256),
          );
        }
      }
      await expectRejection(drawWithWords(state, one(), listed(2n ** 256n)), notUint("word", 2n ** 256n, 256));
    });

    it("a state without the sixteen tiers", async () => {
      await expectRejection(drawWithWords({ ...state, tiers: state.tiers.slice(1) }, one(), listed()), {
        code: "BAD_ARGUMENT",
        message: "state.tiers: expected 16 tiers, got 15",
      });
    });
  });
});

describe("drawWithSeed", () => {
  /** What Solidity calls keccak256(abi.encode(seed, trial)). */
  const wordsOf =
    (seed: bigint): WordSource =>
    (trial) =>
      BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [seed, trial])));

  it("takes the hash of the seed and the trial's number as words", async () => {
    const request = { wanted: 3n, until: SOON, maxTrials: 300n };
    for (const seed of [0n, 1n, 0xffn, 2n ** 128n + 5n, 2n ** 256n - 1n]) {
      expect(await drawWithSeed(state, { ...request, seed })).to.deep.equal(
        await drawWithWords(state, request, wordsOf(seed)),
      );
    }
  });

  it("goes on where it stopped when it is allowed more trials", async () => {
    const request = { seed: 5n, until: SOON, maxTrials: 300n };
    const all = await drawWithSeed(state, { ...request, wanted: 3n });
    for (const wanted of [1n, 2n]) {
      expect(await drawWithSeed(state, { ...request, wanted })).to.deep.equal(all.slice(0, Number(wanted)));
    }
  });

  it("refuses a seed that isn't a uint256", async () => {
    for (const seed of [-1n, 2n ** 256n]) {
      await expectRejection(drawWithSeed(state, { ...one(), seed }), notUint("seed", seed, 256));
    }
  });
});

describe("drawRandomly", () => {
  const fifty = stateOf(Array.from({ length: 50 }, (_, i) => seat(i, 20n)));

  it("draws distinct members, and in another order each time", async () => {
    const request = { wanted: 50n, until: SOON };
    const [once, again] = [await drawRandomly(fifty, request), await drawRandomly(fifty, request)];
    expect(new Set(once).size).to.equal(50);
    expect([...once].sort()).to.deep.equal([...again].sort());
    expect(once).to.not.deep.equal(again); // equal by chance: once in 50!, about 3e64
  });

  describe("with the platform's generator watched", () => {
    const generator = globalThis.crypto;
    const ended = { ...stateOf([seat(0, 20n, { firstEnd: 0n })]), locksOf: () => [] };
    let given: bigint[];

    beforeEach(() => {
      given = [];
      const fill = (bytes: Uint8Array): Uint8Array => {
        const word = named("generator")(BigInt(given.length));
        given.push(word);
        expect(bytes.length).to.equal(32);
        bytes.set(Buffer.from(toBeHex(word, 32).slice(2), "hex"));
        return bytes;
      };
      Object.defineProperty(generator, "getRandomValues", { value: fill, configurable: true });
    });

    afterEach(() => {
      Reflect.deleteProperty(generator, "getRandomValues"); // shows the one of the prototype again
    });

    it("takes 32 fresh bytes of it for every trial", async () => {
      const request = { wanted: 3n, until: SOON, maxTrials: 100n };
      const drawn = await drawRandomly(state, request);
      expect(given.length).to.be.greaterThan(3);
      expect(drawn).to.deep.equal(await drawWithWords(state, request, listed(...given)));
    });

    it("makes as many trials as it is told", async () => {
      await expectRejection(drawRandomly(ended, { wanted: 1n, until: SOON, maxTrials: 2n }), {
        code: "TRIALS_USED_UP",
        message: "maxTrials: expected enough trials for 1 miners, got 0 miners in 2 trials",
        values: { drawn: 0n, wanted: 1n, trials: 2n },
      });
      expect(given).to.have.length(2);
    });

    it("makes 100,000 trials unless it is told", async () => {
      await expectRejection(drawRandomly(ended, { wanted: 1n, until: SOON }), {
        code: "TRIALS_USED_UP",
        message: "maxTrials: expected enough trials for 1 miners, got 0 miners in 100000 trials",
        values: { drawn: 0n, wanted: 1n, trials: DEFAULT_MAX_TRIALS },
      });
      expect(BigInt(given.length)).to.equal(DEFAULT_MAX_TRIALS);
    });
  });
});
