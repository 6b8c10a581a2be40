import {
  type ChainSamplerState,
  drawWithSeed,
  liveWeight,
  readSamplerState,
  samplerContract,
  SATURATED,
  type SeededDrawRequest,
} from "@nkms/protocol";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { locksOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { passPeriods } from "../helpers/time";
import { type Staker, weightsOf } from "../models/sampling";
import { type Deed, liveOn } from "./life";
import {
  agedNetwork,
  CROWD,
  crowdedNetwork,
  emptyNetwork,
  lateNetwork,
  populate,
  ROLLING,
  type Sampling,
  SATURATION,
} from "./networks";
import { offChain, onChain, type Outcome } from "./outcomes";
import { Words } from "./words";

/** Trials that the contract's documentation recommends. */
const plenty = (wanted: bigint): bigint => 4n * wanted + 64n;

/** What both sides say, at the latest block, which must be that of `state`. */
interface Comparison {
  offChain: Outcome[];
  onChain: Outcome[];
}

async function compare(
  network: Pick<Sampling, "escrow" | "tally">,
  state: ChainSamplerState,
  requests: readonly SeededDrawRequest[],
): Promise<Comparison> {
  expect(state.blockNumber).to.equal(await ethers.provider.getBlockNumber());
  const chain = await onChain(network, requests, { batch: 5 });
  const twin: Outcome[] = [];
  for (const request of requests) twin.push(await offChain(state, request));
  return { offChain: twin, onChain: chain };
}

/** Expects that both sides say the same, and gives that. */
async function agree(
  network: Pick<Sampling, "escrow" | "tally">,
  state: ChainSamplerState,
  requests: readonly SeededDrawRequest[],
): Promise<Outcome[]> {
  const said = await compare(network, state, requests);
  expect(said.offChain).to.deep.equal(said.onChain);
  return said.onChain;
}

/** The periods at which what is locked of a member's stake changes, and their neighbours; and one beyond everything. */
function turningPoints(state: ChainSamplerState): bigint[] {
  const points = new Set<bigint>([state.period + 1n, state.period + 2n, ROLLING]);
  for (const { firstEnd, notice } of state.tiers.flat()) {
    for (const near of [-1n, 0n, 1n]) {
      if (firstEnd !== SATURATED) points.add(state.genesis + firstEnd + near);
      if (notice !== SATURATED) points.add(state.period + notice + near);
    }
  }
  return [...points].sort((a, b) => Number(a - b));
}

/** What a miner has staked, from the escrow's list of its locks. */
async function stakerOf({ escrow }: Sampling, miner: string): Promise<Staker> {
  const stakes = (await locksOf(escrow, miner)).map(({ amount, start, end, notice }) =>
    notice > 0n ? { amount, first: start, notice } : { amount, first: start, last: end - 1n },
  );
  return { miner, stakes, paused: (await escrow.minerOf(miner)).paused };
}

describe("@nkms/protocol and StakeEscrow.draw", () => {
  describe("through a random life of twelve miners", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] as const;
    const chapters = 14;
    const deedsPerChapter = 16;

    interface Chapter {
      state: ChainSamplerState;
      stakers: Staker[];
      requests: SeededDrawRequest[];
      said: Comparison;
    }

    interface Life extends Sampling {
      chapters: Chapter[];
      done: Set<Deed>;
      /** How often a draw off chain asked for a miner's locks. */
      lockReads: number;
    }

    /** Small draws and large ones, with trials enough and with too few. */
    function requestAt(until: bigint, members: bigint, words: Words): SeededDrawRequest {
      const wanted = words.pick([1n, 2n, 3n, words.between(0n, members + 1n)]);
      const maxTrials = words.pick([plenty(wanted), 20n, 20n, words.between(0n, 2n * wanted)]);
      return { seed: words.word(), wanted, until, maxTrials };
    }

    /** A life: what was done, and after each chapter the state and what both sides say about some draws. */
    async function life(): Promise<Life> {
      const network = await emptyNetwork();
      const people = Object.values(await populate(network, names));
      const words = new Words(701);
      const lived: Life = { ...network, chapters: [], done: new Set(), lockReads: 0 };
      for (const person of people) await network.escrow.connect(person).lock(nkms("16"), words.between(2n, 20n));
      for (let chapter = 0; chapter < chapters; ++chapter) {
        for (let i = 0; i < deedsPerChapter; ++i) lived.done.add(await liveOn(network, people, words));
        const state = await readSamplerState(network.escrow, { pageSize: 2n });
        const watched: ChainSamplerState = {
          ...state,
          locksOf: (miner) => {
            ++lived.lockReads;
            return state.locksOf(miner);
          },
        };
        const members = BigInt(state.tiers.flat().length);
        const requests = turningPoints(state).flatMap((until) =>
          Array.from({ length: until > state.period ? 6 : 1 }, () => requestAt(until, members, words)),
        );
        const said = await compare(network, watched, requests);
        const stakers = await Promise.all(people.map(({ address }) => stakerOf(network, address)));
        lived.chapters.push({ state, stakers, requests, said });
      }
      return lived;
    }

    it("draw the same miners in the same order, or refuse with the same numbers", async () => {
      const { chapters: told, lockReads } = await loadFixture(life);
      const endings = new Map<string, number>();
      for (const { said } of told) {
        expect(said.offChain).to.deep.equal(said.onChain);
        for (const outcome of said.onChain) {
          const ending = "error" in outcome ? outcome.error : "drawn";
          endings.set(ending, (endings.get(ending) ?? 0) + 1);
        }
      }
      expect([...endings.keys()]).to.have.members([
        "drawn",
        "StakeEscrowDrawTooEarly",
        "StakeEscrowTooFewMembers",
        "StakeEscrowTrialsUsedUp",
      ]);
      expect(endings.get("drawn")).to.be.greaterThan(600);
      expect(endings.get("StakeEscrowTrialsUsedUp")).to.be.greaterThan(100);
      expect(lockReads).to.be.greaterThan(1_000);
    });

    it("go through all that can happen to a weight", async () => {
      const { chapters: told, done } = await loadFixture(life);
      expect([...done]).to.have.members([
        "lock",
        "topUp",
        "extend",
        "split",
        "roll",
        "giveNotice",
        "withdraw",
        "poke",
        "slash",
        "pause",
        "resume",
        "wait",
      ]);
      const seats = told.flatMap(({ state }) => state.tiers.flat());
      expect(seats.some(({ notice }) => notice !== SATURATED)).to.equal(true);
      expect(
        told.some(({ state }) => state.tiers.flat().some(({ firstEnd }) => state.genesis + firstEnd <= state.period)),
      ).to.equal(true);
      expect(told.some(({ stakers }) => stakers.some(({ paused }) => paused))).to.equal(true);
    });

    it("weigh every miner by what it has locked, whatever its seat says", async () => {
      const { chapters: told } = await loadFixture(life);
      for (const { state, stakers } of told) {
        const seats = state.tiers.flat();
        for (const until of turningPoints(state).filter((point) => point > state.period)) {
          const expected = weightsOf(stakers, until, state.period, MIN_STAKE);
          const actual = new Map<string, bigint>();
          for (const seat of seats) {
            const weight = await liveWeight(state, seat, until);
            if (weight > 0n) actual.set(seat.miner, weight);
            expect(seat.weight >= weight, "stored weight >= live weight").to.equal(true);
          }
          expect([...actual].sort()).to.deep.equal([...expected].sort());
        }
      }
    });

    it("do so again, long after, for a block of the past", async () => {
      const { chapters: told, ...network } = await loadFixture(life);
      const [early] = told.slice(2);
      if (!early) throw new Error("chapters: expected three, got fewer");
      const state = await readSamplerState(network.escrow, { blockTag: early.state.blockNumber });
      expect(state.tiers).to.deep.equal(early.state.tiers);
      expect(state.period).to.equal(early.state.period);
      for (const [i, request] of early.requests.entries()) {
        expect(await offChain(state, request)).to.deep.equal(early.said.onChain[i]);
      }
      const few = early.requests.slice(-10);
      expect(await onChain(network, few, { batch: 5, blockTag: early.state.blockNumber })).to.deep.equal(
        early.said.onChain.slice(-10),
      );
    });
  });

  describe(`in a crowd of ${CROWD}, in all tiers between`, () => {
    it("draw 32 of them alike, before and after a third of the locks end", async () => {
      const { now, ...network } = await loadFixture(crowdedNetwork);
      const state = await readSamplerState(network.escrow);
      const words = new Words(702);
      const requests = [now + 1n, now + 4n, now + 5n].flatMap((until) =>
        Array.from({ length: 10 }, () => ({ seed: words.word(), wanted: 32n, until, maxTrials: 1_000n })),
      );
      const outcomes = await agree(network, state, requests);
      for (const outcome of outcomes) expect(outcome).to.have.property("drawn").with.lengthOf(32);
      expect(state.tiers.slice(0, 10).every((seats) => seats.length > 0)).to.equal(true);
    });

    it("read the same seats in pages of any size", async () => {
      const { escrow } = await loadFixture(crowdedNetwork);
      const whole = await readSamplerState(escrow);
      expect(whole.tiers.flat()).to.have.length(CROWD);
      expect(whole.tiers.map(({ length }) => BigInt(length))).to.deep.equal(await escrow.seatCounts());
      for (const pageSize of [7n, 64n]) {
        expect((await readSamplerState(escrow, { pageSize })).tiers).to.deep.equal(whole.tiers);
      }
    });
  });

  describe("where a seat's 16 bits for its first end are too few", () => {
    const names = ["soon", "edge", "beyond", "late", "rolling"] as const;

    /** Six periods before first ends saturate: locks that end 5, 6, 7 and 30 periods from now, and one that rolls. */
    async function almostSaturated(): Promise<Sampling & { now: bigint }> {
      const network = await lateNetwork(SATURATION - 6n);
      const people = await populate(network, names);
      const periods = { soon: 4n, edge: 5n, beyond: 6n, late: 29n, rolling: 4n };
      for (const name of names) await network.escrow.connect(people[name]).lock(nkms("100"), periods[name]);
      const now = await network.escrow.currentPeriod();
      await network.escrow.connect(people.rolling).roll(0n, now + 5n, 12n);
      return { ...network, now };
    }

    const requestsOf = (now: bigint, waits: readonly bigint[]): SeededDrawRequest[] => {
      const words = new Words(703);
      return waits.flatMap((wait) =>
        Array.from({ length: 25 }, () => ({ seed: words.word(), wanted: 1n, until: now + wait, maxTrials: 30n })),
      );
    };

    it("agree while first ends begin to saturate", async () => {
      const { now, ...network } = await loadFixture(almostSaturated);
      const state = await readSamplerState(network.escrow);
      expect(state.tiers.flat().map(({ firstEnd }) => firstEnd)).to.deep.equal([
        SATURATED - 1n,
        SATURATED,
        SATURATED,
        SATURATED,
        SATURATED,
      ]);
      await agree(network, state, requestsOf(now, [1n, 4n, 5n, 6n, 7n, 11n, 12n, 13n, 29n, 30n]));
    });

    it("agree when the present itself is beyond them", async () => {
      const { now: then, ...network } = await loadFixture(almostSaturated);
      const now = await passPeriods(network.escrow, 10n);
      expect(now - (await network.escrow.GENESIS())).to.equal(SATURATION + 4n);
      await network.escrow.poke((await readSamplerState(network.escrow)).tiers.flat()[0]?.miner ?? "");
      const state = await readSamplerState(network.escrow);
      expect(state.tiers.flat().map(({ firstEnd }) => firstEnd)).to.deep.equal(Array(4).fill(SATURATED));
      const outcomes = await agree(network, state, requestsOf(now, [1n, 12n, 13n, then + 29n - now, then + 30n - now]));
      expect(outcomes.filter((outcome) => "drawn" in outcome).length).to.be.greaterThan(50);
    });
  });

  describe("at the edges of a draw's arguments", () => {
    const base = { seed: 1n, wanted: 3n, maxTrials: 1_000n };

    it("agree on seeds 0, 1 and 2^256 - 1", async () => {
      const { now, ...network } = await loadFixture(agedNetwork);
      const state = await readSamplerState(network.escrow);
      const seeds = [0n, 1n, 2n ** 128n, ethers.MaxUint256];
      const outcomes = await agree(
        network,
        state,
        seeds.map((seed) => ({ ...base, seed, until: now + 1n })),
      );
      expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).to.equal(seeds.length);
    });

    it("agree on nobody, everybody and one more than everybody", async () => {
      const { now, ...network } = await loadFixture(agedNetwork);
      const state = await readSamplerState(network.escrow);
      const until = now + 1n;
      const [nobody, everybody, oneMore, allSeats] = await agree(network, state, [
        { ...base, until, wanted: 0n },
        { ...base, until, wanted: 9n },
        { ...base, until, wanted: 11n },
        { ...base, until, wanted: 10n },
      ]);
      expect(nobody).to.deep.equal({ drawn: [] });
      expect(everybody).to.have.property("drawn").with.lengthOf(9);
      // One of the ten seats is stale: it counts as a member until somebody pokes it.
      expect(oneMore).to.deep.equal({ error: "StakeEscrowTooFewMembers", args: [10n, 11n] });
      expect(allSeats).to.deep.equal({ error: "StakeEscrowTrialsUsedUp", args: [9n, 10n, 1_000n] });
    });

    it("agree on no trials, one too few and just enough", async () => {
      const { now, ...network } = await loadFixture(agedNetwork);
      const state = await readSamplerState(network.escrow);
      const request = { ...base, until: now + 1n };
      let enough = 0n;
      const tries = (): SeededDrawRequest => ({ ...request, maxTrials: enough });
      while ("error" in (await offChain(state, tries()))) ++enough;
      expect(enough >= base.wanted).to.equal(true);
      const [none, tooFew, just] = await agree(network, state, [
        { ...request, maxTrials: 0n },
        { ...request, maxTrials: enough - 1n },
        { ...request, maxTrials: enough },
      ]);
      expect(none).to.deep.equal({ error: "StakeEscrowTrialsUsedUp", args: [0n, 3n, 0n] });
      expect(tooFew).to.deep.equal({ error: "StakeEscrowTrialsUsedUp", args: [2n, 3n, enough - 1n] });
      expect(just).to.have.property("drawn").with.lengthOf(3);
    });

    it("agree on the present, the next period and the last that a uint256 can name", async () => {
      const { now, ...network } = await loadFixture(agedNetwork);
      const state = await readSamplerState(network.escrow);
      const [zero, present, next, never] = await agree(
        network,
        state,
        [0n, now, now + 1n, ethers.MaxUint256].map((until) => ({ ...base, until })),
      );
      expect(zero).to.deep.equal({ error: "StakeEscrowDrawTooEarly", args: [0n, now + 1n] });
      expect(present).to.deep.equal({ error: "StakeEscrowDrawTooEarly", args: [now, now + 1n] });
      expect(next).to.have.property("drawn").with.lengthOf(3);
      expect(never).to.deep.equal({ error: "StakeEscrowTrialsUsedUp", args: [0n, 3n, 1_000n] });
    });
  });

  it("draw, for a pinned seed, whom everybody draws", async () => {
    const { escrow, people, now } = await loadFixture(agedNetwork);
    const { seed, wanted, until, maxTrials } = { seed: 2026n, wanted: 5n, until: now + 4n, maxTrials: 100n };
    const drawn = await drawWithSeed(await readSamplerState(escrow), { seed, wanted, until, maxTrials });
    expect(drawn).to.deep.equal(
      [people.kim, people.gus, people.dee, people.ada, people.bob].map(({ address }) => address),
    );
    expect(await escrow.draw(seed, wanted, until, maxTrials)).to.deep.equal(drawn);
  });

  it("samplerContract reads the same state as the contract's own types", async () => {
    const { escrow, now } = await loadFixture(agedNetwork);
    const { locksOf, ...state } = await readSamplerState(escrow);
    const byAddress = await readSamplerState(samplerContract(await escrow.getAddress(), ethers.provider));
    expect({ ...byAddress, locksOf }).to.deep.equal({ ...state, locksOf });
    for (const { miner } of state.tiers.flat()) {
      expect(await byAddress.locksOf(miner)).to.deep.equal(await locksOf(miner));
    }
    expect(now).to.equal(byAddress.period);
  });
});
