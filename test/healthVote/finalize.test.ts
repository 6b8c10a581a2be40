import { loadFixture, mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id } from "ethers";
import { ethers } from "hardhat";

import { hashOf, toBlockOf } from "../helpers/health";
import { testParameters } from "../helpers/network";
import { toPeriod } from "../helpers/time";
import { asWords, decide, type Decision, ONE, PayBook } from "../models/health";
import {
  type Ballots,
  BALLOTS,
  castAll,
  commit,
  decided,
  everySeat,
  LAST_TARGETS,
  manyTargets,
  mix,
  mixed,
  mixedLittle,
  nine,
  open,
  opened,
  OTHER_SEED,
  ownTarget,
  post,
  revealed,
  type Scene,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  seatsOf,
  SEED,
  smallRing,
  sparse,
  stateOf,
  toEnd,
  toNextOpening,
  voterOf,
  withCommitsOpen,
} from "./fixtures";
import { eventsOf, expectPay, expectRefusal, expectSolvent, factsOf, type Told, toldBy, wrongPhase } from "./observe";

const V = testParameters.escrow.vesting;
const HASH = hashOf(SEED);
const MANY = 1_000n;
const Open = 1n;
const Tallying = 2n;
const Scoring = 3n;
const Decided = 4n;
const Void = 5n;

/** Finalizes in one go and compares everything with the model. Brings `pay` up to date. */
async function finalizeAsModel(
  scene: SceneWithRound,
  ballots: Ballots,
  pay = new PayBook(V),
  carry = 0n,
): Promise<Decision> {
  const { votes, round, token, escrow } = scene;
  const decision = decide(await factsOf(scene, ballots, [SEED, OTHER_SEED]), carry);
  if (!decision) throw new Error("expected a decision, the round is void");
  const now = await escrow.currentPeriod();
  const sent = votes.finalize(round, MANY);
  const told = await eventsOf(votes, sent);
  const hash = hashOf(decision.winner === 0 ? SEED : OTHER_SEED);
  expect(told).to.deep.equal(toldBy(round, hash, decision, pay, now));
  const takenBack = told.flatMap(([name, , , , , taken]) => (name === "Scored" ? [taken as bigint] : []));
  const burned = [...takenBack, decision.burned].filter((amount) => amount > 0n);
  const from = await votes.getAddress();
  expect(await eventsOf(token, sent), "what moved").to.deep.equal(
    burned.map((amount) => ["Transfer", from, ethers.ZeroAddress, amount]),
  );

  const { state, unhealthy, pot, paid, winner, decidedIn } = await votes.roundOf(round);
  expect([state, unhealthy, pot, paid, winner, decidedIn]).to.deep.equal([
    Decided,
    BigInt(decision.unhealthy.size),
    decision.pot,
    decision.paid,
    BigInt(decision.winner),
    now,
  ]);
  const [verdicts = 0n] = await votes.verdictsOf(round);
  const found = [...Array(scene.targets).keys()].filter((i) => (verdicts >> BigInt(i)) & 1n);
  expect(found).to.deep.equal([...decision.unhealthy]);
  expect(await votes.carry()).to.equal(decision.carry);
  await expectPay(scene, pay);
  await expectSolvent(scene, 0n);
  return decision;
}

/** Everybody of `places` says the same. */
const allSay = (places: Iterable<number>, against: readonly number[]): Ballots =>
  Object.fromEntries([...places].map((place) => [place, { against }]));

const ALL = [...SEATS.keys()];

/** Ballots of all, each against `against`, in a round of its own. */
async function roundWith(scene: Scene, ballots: Ballots): Promise<SceneWithRound> {
  await toNextOpening(scene);
  const next = await withCommitsOpen(await open(scene));
  await castAll(next, ballots);
  return next;
}

/** About 32 of 256 seats vote; by the model 41 in "round 7", 22 in "round 13". */
async function withCommitsOpenSparse(randomness: string): Promise<SceneWithRound> {
  const scene = await open(await loadFixture(sparse), BigInt(id(randomness)));
  await post(scene);
  await mix(scene);
  return scene;
}

describe("HealthVote.finalize", () => {
  describe("when there are unhealthy targets and healthy ones", () => {
    it("pays every voter by sensitivity + specificity - 1, as the model says", async () => {
      const scene = await loadFixture(revealed);
      const decision = await finalizeAsModel(scene, BALLOTS);
      expect([...decision.unhealthy]).to.deep.equal([0]);
      expect(decision.pot).to.equal(scene.budget);
      expect(decision.scores.map(({ score }) => score)).to.include.members([ONE, 0n, -ONE]);
      expect(decision.burned).to.be.greaterThan(0n);
    });

    it("decides by one seat: 129 of 256 are more than half, 128 are not @uninstrumented", async () => {
      for (const [last, guilty] of [
        [1n, true],
        [0n, false],
      ] as const) {
        const scene = await loadFixture(mixed);
        const free = 1;
        // Who is not target `free` itself: its bit would not count.
        const owners = await Promise.all(ALL.map((place) => ownTarget(scene, place)));
        const against = ALL.filter((place) => owners[place] !== free);
        const ballots: Record<number, { against: number[]; seats?: bigint[] }> = {};
        let left = 128n + last;
        for (const place of against) {
          const seats = SEATS[place] ?? 0n;
          const used = seats < left ? seats : left;
          left -= used;
          if (used > 0n)
            ballots[place] = { against: [free], seats: Array.from({ length: Number(used) }, (_, i) => BigInt(i)) };
        }
        expect(left).to.equal(0n);
        await castAll(scene, ballots);
        const decision = await finalizeAsModel(scene, ballots);
        expect(decision.unhealthy.has(free)).to.equal(guilty);
      }
    });

    it("does not count a voter's bit against itself @uninstrumented", async () => {
      const scene = await loadFixture(mixed);
      const owners = await Promise.all(ALL.map((place) => ownTarget(scene, place)));
      const ballots = allSay(ALL, [0, 1, 2]);
      await castAll(scene, ballots);
      const decision = await finalizeAsModel(scene, ballots);
      const convicted = [0, 1, 2].filter((target) => 256n - (SEATS[owners.indexOf(target)] ?? 0n) > 128n);
      expect([...decision.unhealthy]).to.deep.equal(convicted);
    });

    it("scores 0 who could not tell: the only unhealthy target is itself", async () => {
      const scene = await loadFixture(mixed);
      const place = (await Promise.all(ALL.map((p) => ownTarget(scene, p)))).findIndex((own) => own !== undefined);
      const own = (await ownTarget(scene, place)) ?? 0;
      const ballots = allSay(ALL, [own]);
      await castAll(scene, ballots);
      const decision = await finalizeAsModel(scene, ballots);
      expect([...decision.unhealthy]).to.deep.equal([own]);
      expect(decision.scores[place]?.score).to.equal(0n);
      expect(decision.scores.filter(({ score }) => score === ONE).length).to.equal(8);
    });

    it("scores 0 who could not tell either: the only healthy target is itself", async () => {
      const scene = await loadFixture(mixed);
      expect(await ownTarget(scene, 5)).to.equal(2);
      const ballots = allSay([0, 1, 2, 5], [0, 1]);
      await castAll(scene, ballots);
      const decision = await finalizeAsModel(scene, ballots);
      expect([...decision.unhealthy]).to.deep.equal([0, 1]);
      expect(decision.scores.map(({ score }) => score)).to.deep.equal([ONE, ONE, ONE, 0n]);
    });

    it("scores each by the targets that it is not: the last number too, and nobody else for the first that is no target", async () => {
      const scene = await loadFixture(mixed);
      const owners = await Promise.all(ALL.map((place) => ownTarget(scene, place)));
      expect(owners).to.deep.equal([...Array<undefined>(5).fill(undefined), 2, undefined, 0, 1]);
      // Target 0 is unhealthy, target 1 with 96 seats is not. Voter 8 is target 1, and names itself.
      const ballots = { ...allSay([0, 1, 2], [0]), ...allSay([3, 4, 5, 6, 7, 8], [0, 1]) };
      await castAll(scene, ballots);
      const { scores } = await finalizeAsModel(scene, ballots);
      const half = ONE / 2n;
      expect(scores.map(({ score }) => score)).to.deep.equal([ONE, ONE, ONE, half, half, 0n, half, 0n, ONE]);
    });

    it("takes what a wrong voter has, not more, the newest first; and burns it @uninstrumented", async () => {
      const scene = await loadFixture(revealed);
      const pay = new PayBook(V);
      await finalizeAsModel(scene, BALLOTS, pay);
      // Voter 1 was right and has pay now; voter 6 was wrong and has none.
      const ballots = { ...allSay(ALL, [0]), 1: { against: [1, 2] }, 6: { against: [1, 2] } };
      const next = await roundWith(scene, ballots);
      const owed = pay.unvested(voterOf(scene, 1).miner, await scene.escrow.currentPeriod());
      expect(owed).to.be.greaterThan(0n);
      await finalizeAsModel(next, ballots, pay);
      expect(pay.unvested(voterOf(scene, 1).miner, await scene.escrow.currentPeriod())).to.be.lessThan(owed);
      expect((await scene.votes.payOf(voterOf(scene, 6).miner)).unvested).to.equal(0n);
    });

    it("divides by the seats that were shown if they are more than n", async () => {
      for (const more of [true, false]) {
        const scene = await withCommitsOpenSparse(more ? "round 7" : "round 13");
        const members = [];
        for (const place of ALL) if ((await seatsOf(scene, place)).length > 0) members.push(place);
        const ballots = allSay(members, [0]);
        await castAll(scene, ballots);
        const decision = await finalizeAsModel(scene, ballots);
        const { revealed: shown } = await scene.votes.roundOf(scene.round);
        expect([shown > 32n, decision.divisor]).to.deep.equal([more, more ? shown : 32n]);
      }
    });

    it("pays nothing for another seed, and counts its seats in n'", async () => {
      const scene = await loadFixture(mixed);
      const ballots: Ballots = { ...allSay(ALL, [0]), 8: { against: [0], seed: OTHER_SEED } };
      await castAll(scene, ballots);
      const decision = await finalizeAsModel(scene, ballots);
      expect(decision.scores.map(({ voter }) => voter)).to.not.include(voterOf(scene, 8).miner);
      expect(decision.divisor).to.equal(256n);
    });
  });

  describe("when nothing was issued", () => {
    it("decides all the same, and pays nothing", async () => {
      const nothing = { ...testParameters, escrow: { ...testParameters.escrow, minEarning: testParameters.maxSupply } };
      const scene = await withCommitsOpen(await open(await sceneOf(SEATS.map(seatsInNkms), everySeat, nothing)));
      expect(scene.budget).to.equal(0n);
      const ballots = allSay([0, 1, 2], [0]);
      await castAll(scene, ballots);
      const decision = await finalizeAsModel(scene, ballots);
      expect([...decision.unhealthy]).to.deep.equal([0]);
      expect(decision.paid).to.equal(0n);
    });
  });

  describe("when there are a few base units to share out", () => {
    it("pays, takes back and burns each of them, and burns nothing where nothing is left", async () => {
      const scene = await loadFixture(mixedLittle);
      expect(scene.budget).to.equal(64n);
      const pay = new PayBook(V);
      const silent = allSay(ALL, []);
      await castAll(scene, silent);
      const first = await finalizeAsModel(scene, silent, pay);
      expect([first.pot, first.paid, first.burned]).to.deep.equal([16n, 16n, 0n]);

      // Voter 4 is wrong with three seats: of a pot of 112 that is 112 * 3 / 256, rounded down.
      const ballots: Ballots = { ...allSay([0, 1, 2, 3, 6], [0]), 4: { against: [1, 2], seats: [0n, 1n, 2n] } };
      const next = await roundWith(scene, ballots);
      const second = await finalizeAsModel(next, ballots, pay, first.carry);
      expect(second.pot).to.equal(112n);
      const wrong = second.scores.find(({ voter }) => voter === voterOf(scene, 4).miner);
      expect([wrong?.score, wrong?.part]).to.deep.equal([-ONE, 1n]);
      expect((await scene.votes.payOf(voterOf(scene, 4).miner)).unvested).to.equal(0n);
    });
  });

  describe("when all targets are healthy, or all unhealthy", () => {
    it("shares out a quarter among those that agree fully, and keeps three", async () => {
      const scene = await loadFixture(mixed);
      const ballots = { ...allSay(ALL, []), 3: { against: [1] } };
      await castAll(scene, ballots);
      const decision = await finalizeAsModel(scene, ballots);
      expect(decision.pot).to.equal(scene.budget / 4n);
      expect(decision.carried).to.equal(scene.budget - scene.budget / 4n);
      expect(await scene.votes.carry()).to.equal(decision.carried);
    });

    it("does the same if all are unhealthy", async () => {
      const scene = await loadFixture(mixed);
      const owners = await Promise.all(ALL.map((place) => ownTarget(scene, place)));
      expect(owners.indexOf(0)).to.not.equal(-1);
      const ballots = { ...allSay(ALL, [0, 1, 2]), 6: { against: [0] } };
      await castAll(scene, ballots);
      const decision = decide(await factsOf(scene, ballots, [SEED, OTHER_SEED]), 0n);
      await finalizeAsModel(scene, ballots);
      expect(decision?.telling).to.equal(false);
      expect(decision?.unhealthy.size).to.equal(3);
    });

    it("takes nothing from those that disagree @uninstrumented", async () => {
      const scene = await loadFixture(revealed);
      const pay = new PayBook(V);
      await finalizeAsModel(scene, BALLOTS, pay);
      const ballots = { ...allSay(ALL, []), 0: { against: [0, 1, 2] } };
      const before = await scene.votes.payOf(voterOf(scene, 0).miner);
      const next = await roundWith(scene, ballots);
      await finalizeAsModel(next, ballots, pay);
      expect(await scene.votes.payOf(voterOf(scene, 0).miner)).to.deep.equal(before);
    });

    it("adds what was kept to the next pot that has something to find out @uninstrumented", async () => {
      const scene = await loadFixture(mixed);
      const pay = new PayBook(V);
      const silent = allSay(ALL, []);
      await castAll(scene, silent);
      const { carry: first } = await finalizeAsModel(scene, silent, pay);
      const again = await roundWith(scene, silent);
      const { carry: second } = await finalizeAsModel(again, silent, pay, first);
      expect(second).to.equal(first + again.budget - again.budget / 4n);
      const telling = allSay(ALL, [0]);
      const last = await roundWith(again, telling);
      const decision = await finalizeAsModel(last, telling, pay, second);
      expect(decision.pot).to.equal(last.budget + second);
      expect(await scene.votes.carry()).to.equal(0n);
    });

    it("keeps at most 16 budgets @uninstrumented", async () => {
      let scene = await loadFixture(mixed);
      const silent: Ballots = { 0: { against: [] }, 1: { against: [] }, 2: { against: [] } };
      let carry = 0n;
      for (let i = 0; i < 23; i++) {
        if (i > 0) {
          await toNextOpening(scene);
          scene = await open(scene);
          await post(scene);
          await mix(scene);
        }
        await castAll(scene, silent);
        const facts = await factsOf(scene, silent, [SEED, OTHER_SEED]);
        const decision = decide(facts, carry);
        const told = await eventsOf(scene.votes, scene.votes.finalize(scene.round, MANY));
        expect(told.at(-1)).to.deep.equal([
          "Decided",
          scene.round,
          decision?.paid,
          decision?.carried,
          decision?.burned,
        ]);
        carry = decision?.carry ?? 0n;
        expect(await scene.votes.carry()).to.equal(carry);
      }
      expect(carry).to.be.within(15n * scene.budget, 17n * scene.budget);
    });
  });

  describe("when it is done in steps", () => {
    it("gives the same, whoever does how much", async () => {
      const whole = await loadFixture(revealed);
      const told = await eventsOf(whole.votes, whole.votes.finalize(whole.round, MANY));
      const round = await whole.votes.roundOf(whole.round);
      for (const steps of [1n, 2n, 3n, 5n]) {
        const scene = await loadFixture(revealed);
        const { votes, round: number } = scene;
        const parts: Told[] = [];
        while ((await stateOf(scene)) < Decided) parts.push(...(await eventsOf(votes, votes.finalize(number, steps))));
        expect(parts, `by ${steps}`).to.deep.equal(told);
        expect(await votes.roundOf(number)).to.deep.equal(round);
        await expectSolvent(scene, 0n);
      }
    });

    it("takes a step for each word of targets and for each vote", async () => {
      const scene = await loadFixture(revealed);
      const { votes, round } = scene;
      await votes.finalize(round, 0n);
      expect(await stateOf(scene)).to.equal(Tallying);
      await votes.finalize(round, 1n);
      expect(await stateOf(scene)).to.equal(Scoring);
      for (let i = 0n; i < 8n; i++) {
        expect((await votes.roundOf(round)).cursor).to.equal(i);
        await votes.finalize(round, 1n);
      }
      expect(await stateOf(scene)).to.equal(Decided);
    });

    it("tallies 257 targets in two steps, each ballot's words where they belong", async () => {
      const scene = await loadFixture(manyTargets);
      const { votes, round } = scene;
      const some = [0, 1, 100, 255, 256];
      const ballots: Ballots = {
        0: { against: some },
        1: { against: some },
        2: { against: [0, 256] },
        3: { against: [256] },
        4: { against: [255] },
        5: { against: [] },
      };
      await castAll(scene, ballots);
      const decision = decide(await factsOf(scene, ballots), 0n);
      await votes.finalize(round, 1n);
      expect(await stateOf(scene)).to.equal(Tallying);
      const told: Told[] = [];
      while ((await stateOf(scene)) < Decided) told.push(...(await eventsOf(votes, votes.finalize(round, 1n))));
      if (!decision) throw new Error("expected a decision");
      expect(told).to.deep.equal(toldBy(round, HASH, decision, new PayBook(V), scene.now));
      expect([...decision.unhealthy]).to.deep.equal([0, 256]);
      expect(await votes.verdictsOf(round)).to.deep.equal([1n, 1n]);
    });
  });

  describe("when a ballot just fits beside its voter's seats, or just does not", () => {
    for (const [numbers, targets] of [
      [40_000n, 200],
      [40_001n, 201],
    ] as const) {
      it(`keeps it whole: ${targets} targets`, async () => {
        const scene = await loadFixture(nine);
        await scene.escrow.pretendNumbers(numbers);
        const round = await open(scene);
        expect(round.targets).to.equal(targets);
        await post(round);
        await mix(round);
        const ballots = { ...allSay([0, 1, 2], [0, targets - 1]), 3: { against: [] } };
        await castAll(round, ballots);
        const decision = decide(await factsOf(round, ballots), 0n);
        if (!decision) throw new Error("expected a decision, the round is void");
        expect([...decision.unhealthy]).to.deep.equal([0, targets - 1]);
        const told = await eventsOf(round.votes, round.votes.finalize(round.round, MANY));
        expect(told).to.deep.equal(toldBy(round.round, HASH, decision, new PayBook(V), scene.now));
        expect(await round.votes.verdictsOf(round.round)).to.deep.equal(asWords(decision.unhealthy, targets));
      });
    }
  });

  describe("when a voter is one of the last targets of many", () => {
    for (const { own, seed } of LAST_TARGETS) {
      /** Casts the ballots for `seed`, and compares what finalizing says, and who is found, with the model. */
      const found = async (ballots: Ballots): Promise<Decision> => {
        const scene = await loadFixture(manyTargets);
        expect(await ownTarget(scene, 4, seed)).to.equal(own);
        const seeded = Object.fromEntries(Object.entries(ballots).map(([place, slip]) => [place, { ...slip, seed }]));
        await castAll(scene, seeded);
        const decision = decide(await factsOf(scene, seeded, [SEED, ...LAST_TARGETS.map((last) => last.seed)]), 0n);
        if (!decision) throw new Error("expected a decision, the round is void");
        const told = await eventsOf(scene.votes, scene.votes.finalize(scene.round, MANY));
        expect(told).to.deep.equal(toldBy(scene.round, hashOf(seed), decision, new PayBook(V), scene.now));
        expect(await scene.votes.verdictsOf(scene.round)).to.deep.equal(asWords(decision.unhealthy, 257));
        return decision;
      };

      it(`does not count its bit against itself, and counts those beside it: target ${own} of 257`, async () => {
        const named = [0, 1, 127, 128, 254, 255, 256];
        // 128 seats, and voter 4's 16.
        const { unhealthy } = await found(allSay([0, 1, 4, 5], named));
        expect([...unhealthy]).to.deep.equal(named.filter((target) => target !== own));
      });

      it(`scores 0 who could not tell, though it named others: target ${own} of 257 alone is unhealthy`, async () => {
        const { unhealthy, scores } = await found({ ...allSay([0, 1, 2, 3], [own]), 4: { against: [own, 5] } });
        expect([...unhealthy]).to.deep.equal([own]);
        expect(scores.map(({ score }) => score)).to.deep.equal([ONE, ONE, ONE, ONE, 0n]);
      });
    }
  });

  describe("when the round becomes void", () => {
    /** Finalizes and expects that the whole budget is burned and nobody paid. */
    async function expectVoid(scene: SceneWithRound): Promise<void> {
      const { votes, round, budget, token } = scene;
      const supply = await token.totalSupply();
      expect(await eventsOf(votes, votes.finalize(round, MANY))).to.deep.equal([["Voided", round, budget]]);
      expect(supply - (await token.totalSupply())).to.equal(budget);
      expect(await stateOf(scene)).to.equal(Void);
      expect(await votes.carry()).to.equal(0n);
      await expectPay(scene, new PayBook(V));
      await expectSolvent(scene, 0n);
    }

    it("is void if nobody posted a seed, opened the commits or voted", async () => {
      for (const fixture of [opened, mixed]) {
        const scene = await loadFixture(fixture);
        await toEnd(scene);
        await expectVoid(scene);
      }
    });

    it("is void if nobody shows its ballot", async () => {
      const scene = await loadFixture(mixed);
      for (const place of ALL) await commit(scene, place, [0]);
      await toEnd(scene);
      await expectVoid(scene);
    });

    it("is void without a quorum: 127 of 256 seats; 128 are enough", async () => {
      for (const [last, enough] of [
        [15n, false],
        [16n, true],
      ] as const) {
        const scene = await loadFixture(mixed);
        const seats = Array.from({ length: Number(last) }, (_, i) => BigInt(i));
        const ballots: Ballots = { 0: { against: [] }, 1: { against: [] }, 4: { against: [], seats } };
        await castAll(scene, ballots);
        if (enough) await finalizeAsModel(scene, ballots);
        else await expectVoid(scene);
      }
    });

    it("is void if two seeds have as many seats; not if one has one more @uninstrumented", async () => {
      for (const [shown, voids] of [
        [16, true],
        [15, false],
      ] as const) {
        const scene = await loadFixture(mixed);
        const seats = Array.from({ length: shown }, (_, i) => BigInt(i));
        const seed = OTHER_SEED;
        // 128 seats each.
        const ballots: Ballots = {
          0: { against: [0] },
          1: { against: [0] },
          4: { against: [0] },
          2: { against: [0], seed },
          3: { against: [0], seed },
          5: { against: [0], seed },
          6: { against: [0], seed },
          7: { against: [0], seed },
          8: { against: [0], seed, seats },
        };
        await castAll(scene, ballots);
        if (voids) await expectVoid(scene);
        else await finalizeAsModel(scene, ballots);
      }
    });

    it("lets the second seed win if it has more, and pays its voters @uninstrumented", async () => {
      const scene = await loadFixture(mixed);
      const seed = OTHER_SEED;
      const ballots: Ballots = {
        ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((place) => [place, { against: [1], seed }])),
        0: { against: [0] },
      };
      await castAll(scene, ballots);
      const { winner } = await finalizeAsModel(scene, ballots);
      expect(winner).to.equal(1);
    });

    it("is void after the second period that follows its own; until its end it is decided", async () => {
      const inTime = await loadFixture(revealed);
      await toPeriod(inTime.escrow, inTime.now + 2n);
      await finalizeAsModel(inTime, BALLOTS);

      const late = await loadFixture(revealed);
      await toPeriod(late.escrow, late.now + 3n);
      await late.escrow.advance(10n);
      await expectVoid(late);
    });

    it("is void though its tally has begun, if that is too late", async () => {
      const scene = await loadFixture(revealed);
      await scene.votes.finalize(scene.round, 0n);
      await toPeriod(scene.escrow, scene.now + 3n);
      await scene.escrow.advance(10n);
      await expectVoid(scene);
    });

    it("goes on paying if its verdicts were found in time", async () => {
      const scene = await loadFixture(revealed);
      const { votes, round, escrow, now } = scene;
      await votes.finalize(round, 3n);
      expect(await stateOf(scene)).to.equal(Scoring);
      await toPeriod(escrow, now + 3n);
      const told = await eventsOf(votes, votes.finalize(round, MANY));
      expect(told.at(-1)?.[0]).to.equal("Decided");
      expect((await votes.roundOf(round)).decidedIn).to.equal(now + 2n); // verdicts do not last longer
      await expectSolvent(scene, 0n);
    });
  });

  describe("when its place in the ring is needed before it is finished", () => {
    for (const [what, against] of [
      ["with something to find out", [0]],
      ["without", []],
    ] as const) {
      it(`burns what was not paid, in a round ${what}`, async () => {
        const scene = await open(await loadFixture(smallRing));
        const { votes, token } = scene;
        await post(scene);
        await mix(scene);
        await castAll(scene, allSay(ALL, against));
        await votes.finalize(scene.round, 4n);
        expect(await stateOf(scene)).to.equal(Scoring);
        const { paid, budget } = await votes.roundOf(scene.round);
        expect(paid).to.be.greaterThan(0n);
        let others = 0n;
        for (let i = 0; i < 3; i++) {
          await toNextOpening(scene);
          others += (await open(scene)).budget;
        }
        await toNextOpening(scene);
        const told = await eventsOf(votes, votes.openRound());
        expect(told[0]).to.deep.equal(["Voided", 1n, budget - paid]);
        await expectSolvent(scene, others + (await votes.roundOf(5n)).budget);
        expect(await token.balanceOf(votes)).to.be.greaterThan(0n);
      });
    }
  });

  describe("when another round had its place in the ring", () => {
    it("is like any other: its own ballots count, and who was silent in it is found", async () => {
      const pay = new PayBook(V);
      let scene = await open(await loadFixture(smallRing));
      while (scene.round < 6n) {
        await withCommitsOpen(scene);
        await commit(scene, 8, [0]);
        const ballots = allSay([0, 1, 2, 3, 4, 5, 6, 7], scene.round < 5n ? [0] : [1]);
        await castAll(scene, ballots);
        await finalizeAsModel(scene, ballots, pay);
        const { miner } = voterOf(scene, 8);
        const told = await eventsOf(
          scene.votes,
          scene.votes.reportSilence(scene.round, miner, await seatsOf(scene, 8)),
        );
        expect(told).to.deep.equal([["SilenceReported", scene.round, miner, SEATS[8], 0n]]);
        await toNextOpening(scene);
        scene = await open(scene);
      }
    });
  });

  describe("when a round with more votes had its place in the ring", () => {
    /** Round 1 with some ballots, then three that nobody votes in, then round 5. */
    async function fifthAfter(numbers: bigint, ballots: Ballots): Promise<SceneWithRound> {
      const network = await loadFixture(smallRing);
      await network.escrow.pretendNumbers(numbers);
      let scene = await open(network);
      await post(scene);
      await mix(scene);
      await castAll(scene, ballots);
      await scene.votes.finalize(scene.round, MANY);
      expect(await stateOf(scene)).to.equal(Decided);
      while (scene.round < 5n) {
        await toNextOpening(scene);
        scene = await open(scene);
      }
      await post(scene);
      await mix(scene);
      return scene;
    }

    it("leaves out the votes that are still there", async () => {
      const scene = await fifthAfter(9n, allSay(ALL, [0]));
      // 112 of 128 seats; the fourth vote of the round before was voter 3's, with 32 seats.
      const ballots = { ...allSay([0, 1], [0]), 4: { against: [] } };
      await castAll(scene, ballots);
      const decision = decide(await factsOf(scene, ballots), 0n);
      expect([...(decision?.unhealthy ?? [0])]).to.deep.equal([]);
      await scene.votes.finalize(scene.round, MANY);
      expect(await scene.votes.verdictsOf(scene.round)).to.deep.equal([0n]);
      expect(await stateOf(scene)).to.equal(Decided);
    });

    it("leaves out the words of ballots that are still there", async () => {
      const scene = await fifthAfter(66_049n, allSay([0, 1, 2], [3, 256]));
      await castAll(scene, allSay([0, 1, 2], [3]));
      await scene.votes.finalize(scene.round, MANY);
      expect(await scene.votes.verdictsOf(scene.round)).to.deep.equal([1n << 3n, 0n]);
    });
  });

  describe("when the votes are not over", () => {
    it("reverts with HealthVoteWrongPhase(round, current, from, 2^256 - 1) through the last block of the reveals", async () => {
      const scene = await loadFixture(mixed);
      await toBlockOf(scene.votes, scene.round, 259n);
      await wrongPhase(scene, () => scene.votes.finalize(scene.round, MANY), 261n, ethers.MaxUint256);
      expect(await stateOf(scene)).to.equal(Open);
      await mine(1n);
      await scene.votes.finalize(scene.round, MANY);
    });
  });

  describe("when the round is over", () => {
    it("reverts with HealthVoteWrongState(round, state) if it was decided or is void", async () => {
      const done = await loadFixture(decided);
      await expectRefusal(done, () => done.votes.finalize(done.round, 1n), "HealthVoteWrongState", [
        done.round,
        Decided,
      ]);
      const voided = await loadFixture(mixed);
      await toEnd(voided);
      await voided.votes.finalize(voided.round, 1n);
      await expectRefusal(voided, () => voided.votes.finalize(voided.round, 1n), "HealthVoteWrongState", [
        voided.round,
        Void,
      ]);
    });
  });

  describe("when it names no round", () => {
    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(nine);
      for (const round of [0n, 1n, 65n]) {
        await expectRefusal(scene, () => scene.votes.finalize(round, 1n), "HealthVoteUnknownRound", [round]);
      }
    });
  });
});
