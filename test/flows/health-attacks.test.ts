import { loadFixture, setPrevRandao } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import {
  actingAs,
  ALL_SEATS,
  type Ballots,
  castAll,
  commit,
  everySeat,
  mix,
  mixed,
  nextOpening,
  nine,
  open,
  opened,
  OTHER_SEED,
  pause,
  post,
  reveal,
  revealOf,
  SALT,
  type Scene,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  seatsOf,
  SEED,
  sign,
  slash,
  sparse,
  stateOf,
  targetsOf,
  toEnd,
  toNextOpening,
  toReveals,
  voterOf,
  withCommitsOpen,
} from "../healthVote/fixtures";
import { eventsOf, factsOf } from "../healthVote/observe";
import { bondVoter, commitmentTo, hashOf, type Reveal, toBlockOf } from "../helpers/health";
import { MIN_STAKE } from "../helpers/network";
import { domainOf, policyTypes, termsFor } from "../helpers/policies";
import { passPeriods, toPeriod } from "../helpers/time";
import { decide } from "../models/health";

const MANY = 1_000n;
/** A fee for one period that c_min is less than 2^32 per cent of. */
const PENNY = 24_000_000_000n;
const ALL = [...SEATS.keys()];
const [DECIDED, VOID] = [4n, 5n];

const say = (places: Iterable<number>, against: readonly number[], seed = SEED): Ballots =>
  Object.fromEntries([...places].map((place) => [place, { against, seed }]));

const payOf = async (scene: Scene, place: number) => (await scene.votes.payOf(voterOf(scene, place).miner)).unvested;

/** A round in which all ballots are cast, and that is finalized. */
async function play(scene: Scene, ballots: Ballots): Promise<SceneWithRound> {
  if ((await scene.votes.rounds()) > 0n) await toNextOpening(scene);
  const round = await withCommitsOpen(await open(scene));
  await castAll(round, ballots);
  await round.votes.finalize(round.round, MANY);
  return round;
}

describe("Attacks on health votes", () => {
  describe("by watching others", () => {
    it("copying a commitment is worthless: it opens for nobody else, and its owner is not harmed", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      const [honest, thief] = [voterOf(scene, 0), voterOf(scene, 1)];
      const made = await commitmentTo(votes, round, await revealOf(scene, 0, [0]));
      // The thief is even first.
      await votes.connect(thief.operator).commit(round, thief.miner, made);
      await votes.connect(honest.operator).commit(round, honest.miner, made);
      await toReveals(scene);
      await reveal(scene, 0, [0]);
      await expect(reveal(scene, 1, [0]))
        .to.be.revertedWithCustomError(votes, "HealthVoteOtherBallot")
        .withArgs(round, thief.miner);
      await toEnd(scene);
      await votes.finalize(round, MANY);
      expect(await stateOf(scene)).to.equal(VOID); // 64 of 256 seats are no quorum
    });

    it("a thief that copied can be reported as silent", async () => {
      const first = await play(await loadFixture(nine), say(ALL, [0]));
      const had = await payOf(first, 1);
      expect(had).to.be.greaterThan(0n);
      await toNextOpening(first);
      const scene = await withCommitsOpen(await open(first));
      const { votes, round } = scene;
      const made = await commitmentTo(votes, round, await revealOf(scene, 0, [0]));
      await votes.connect(voterOf(scene, 1).operator).commit(round, voterOf(scene, 1).miner, made);
      await castAll(scene, say([0, 2, 3, 4, 5, 6, 7, 8], [0]));
      await votes.finalize(round, MANY);
      await votes.reportSilence(
        round,
        voterOf(scene, 1).miner,
        Array.from({ length: 48 }, (_, i) => BigInt(i)),
      );
      expect(await payOf(scene, 1)).to.be.lessThan(had);
    });

    it("revealing for another needs its salt; with it the vote is what its voter committed to", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, stranger } = scene;
      const { miner, operator } = voterOf(scene, 0);
      await expect(votes.connect(stranger).commit(round, miner, SALT))
        .to.be.revertedWithCustomError(votes, "HealthVoteNotOperator")
        .withArgs(stranger.address, miner, operator.address);
      await commit(scene, 0, [0]);
      await toReveals(scene);
      const shown = await revealOf(scene, 0, [0]);
      for (const guess of [{ salt: ZeroHash }, { salt: id("guess") }, { ballot: [7n] }, { seats: [0n] }]) {
        await expect(votes.connect(stranger).reveal(round, [{ ...shown, ...guess }]))
          .to.be.revertedWithCustomError(votes, "HealthVoteOtherBallot")
          .withArgs(round, miner);
      }
      expect(await eventsOf(votes, votes.connect(stranger).reveal(round, [shown]))).to.deep.equal([
        ["Revealed", round, miner, SEED, 64n, [1n]],
      ]);
    });

    it("a salt that can be guessed gives the ballot away before it is shown", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      const weak = { salt: toBeHex(5, 32) };
      await commit(scene, 0, [0], weak);
      const made = await commitmentTo(votes, round, await revealOf(scene, 0, [0], weak));
      // Eight ballots and ten salts are tried against what anybody reads in the mempool.
      const found: number[][] = [];
      for (let ballot = 0; ballot < 8; ballot++) {
        const against = [0, 1, 2].filter((target) => (ballot >> target) & 1);
        for (let salt = 0; salt < 10; salt++) {
          const guess = await revealOf(scene, 0, against, { salt: toBeHex(salt, 32) });
          if ((await commitmentTo(votes, round, guess)) === made) found.push(against);
        }
      }
      expect(found).to.deep.equal([[0]]);
    });

    it("revealing late fails by a block, and then counts as silence", async () => {
      const first = await play(await loadFixture(nine), say(ALL, [0]));
      const had = await payOf(first, 2);
      await toNextOpening(first);
      const scene = await withCommitsOpen(await open(first));
      const { votes, round } = scene;
      await commit(scene, 2, [0]);
      await castAll(scene, say([0, 1, 3, 4, 5, 6, 7, 8], [0]));
      const { openedBlock } = await votes.roundOf(round);
      const current = BigInt(await ethers.provider.getBlockNumber()) + 1n;
      expect(current).to.equal(openedBlock + 261n);
      await expect(reveal(scene, 2, [0]))
        .to.be.revertedWithCustomError(votes, "HealthVoteWrongPhase")
        .withArgs(round, current, openedBlock + 161n, openedBlock + 260n);
      await votes.finalize(round, MANY);
      const told = await eventsOf(votes, votes.reportSilence(round, voterOf(scene, 2).miner, [0n, 1n, 2n]));
      expect(told[0]?.[4]).to.equal((scene.budget * 3n) / 256n);
      expect(await payOf(scene, 2)).to.equal(had - (scene.budget * 3n) / 256n);
    });
  });

  describe("on the seed", () => {
    it("grinding is blind: a seed is fixed before the mix is known, and the same seed gives other targets", async () => {
      const ground = Array.from({ length: 8 }, (_, i) => id(`ground ${i}`));
      const targets = new Set<string>();
      for (const value of [1n, 2n, 3n, 4n, 5n]) {
        const again = await loadFixture(opened);
        await mix(again, 2n * value + 1n);
        targets.add(String(await targetsOf(again, ground[0])));
      }
      expect(targets.size).to.be.greaterThan(3);

      const scene = await loadFixture(opened);
      const { votes, round } = scene;
      const { miner, operator } = voterOf(scene, 0);
      await votes.connect(operator).postSeed(round, miner, 0n, hashOf(ground[0] ?? SEED));
      expect((await votes.roundOf(round)).mix).to.equal(toBeHex(0, 32));
      // When the mix is known it is too late for another.
      await mix(scene);
      const { openedBlock } = await votes.roundOf(round);
      for (const seed of ground.slice(1)) {
        await expect(votes.connect(operator).postSeed(round, miner, 1n, hashOf(seed)))
          .to.be.revertedWithCustomError(votes, "HealthVoteWrongPhase")
          .withArgs(round, (current: bigint) => current > openedBlock + 60n, openedBlock + 1n, openedBlock + 48n);
      }
    });

    it("posting two gives a choice between two, and their votes are split: without half of the seats it is void", async () => {
      const scene = await loadFixture(opened);
      await post(scene, SEED, 0);
      await post(scene, OTHER_SEED, 0); // the same member, another seat
      await mix(scene);
      await castAll(scene, { ...say([0], [0]), ...say([1], [0], OTHER_SEED) });
      const { votes, round, budget } = scene;
      expect(await eventsOf(votes, votes.finalize(round, MANY))).to.deep.equal([["Voided", round, budget]]);
    });

    it("posting one twice for one seat, or another's, fails", async () => {
      const scene = await loadFixture(opened);
      const { votes, round } = scene;
      await post(scene, SEED, 0);
      for (const [place, seed] of [
        [0, OTHER_SEED],
        [1, SEED],
      ] as const) {
        const { miner, operator } = voterOf(scene, place);
        await expect(votes.connect(operator).postSeed(round, miner, 0n, hashOf(seed)))
          .to.be.revertedWithCustomError(votes, "HealthVoteSeedTwice")
          .withArgs(round, hashOf(seed));
      }
    });

    it("splitting the committee over seeds voids the round if no seed has more than the others; the budget is burned", async () => {
      const scene = await loadFixture(mixed);
      // 128 seats each.
      await castAll(scene, { ...say([0, 2, 3], [0]), ...say([1, 4, 5, 6, 7, 8], [0], OTHER_SEED) });
      const { votes, round, budget } = scene;
      expect(await eventsOf(votes, votes.finalize(round, MANY))).to.deep.equal([["Voided", round, budget]]);
      for (const place of ALL) expect(await payOf(scene, place)).to.equal(0n);
    });

    it("a split that leaves one seed ahead pays only its voters, and nobody more than before", async () => {
      const scene = await loadFixture(mixed);
      const ballots = { ...say([0, 1, 2, 3], [0]), ...say([4, 5, 6, 7, 8], [0], OTHER_SEED) };
      await castAll(scene, ballots);
      const alone = decide(await factsOf(scene, say(ALL, [0]), [SEED, OTHER_SEED]), 0n);
      await scene.votes.finalize(scene.round, MANY);
      for (const place of [0, 1, 2, 3]) {
        const share = alone?.scores.find(({ voter }) => voter === voterOf(scene, place).miner);
        expect(await payOf(scene, place)).to.equal(share?.part);
      }
      for (const place of [4, 5, 6, 7, 8]) expect(await payOf(scene, place)).to.equal(0n);
    });

    it("filling all eight places keeps the committee's seed out: the round is void and costs everybody its pay", async () => {
      const scene = await loadFixture(opened);
      const { votes, round, budget } = scene;
      const { miner, operator } = voterOf(scene, 0);
      for (let i = 0; i < 8; i++) await votes.connect(operator).postSeed(round, miner, i, id(`junk ${i}`));
      await expect(post(scene, SEED, 1))
        .to.be.revertedWithCustomError(votes, "HealthVoteTooManySeeds")
        .withArgs(round, 8n);
      await mix(scene);
      await commit(scene, 1, [0]);
      await toReveals(scene);
      await expect(reveal(scene, 1, [0]))
        .to.be.revertedWithCustomError(votes, "HealthVoteUnknownSeed")
        .withArgs(round, hashOf(SEED));
      await toEnd(scene);
      expect(await eventsOf(votes, votes.finalize(round, MANY))).to.deep.equal([["Voided", round, budget]]);
    });
  });

  describe("on the ballot", () => {
    it("hiding is no better than being wrong: the same is lost, if anybody reports it", async () => {
      const lost: bigint[] = [];
      for (const hides of [true, false]) {
        const first = await play(await loadFixture(nine), say(ALL, [0]));
        const had = await payOf(first, 3);
        await toNextOpening(first);
        const scene = await withCommitsOpen(await open(first));
        const others = say([0, 1, 2, 4, 5, 6, 7, 8], [0]);
        if (hides) await commit(scene, 3, [1, 2]);
        await castAll(scene, hides ? others : { ...others, 3: { against: [1, 2] } });
        await scene.votes.finalize(scene.round, MANY);
        if (hides) {
          const seats = Array.from({ length: 32 }, (_, i) => BigInt(i));
          await scene.votes.reportSilence(scene.round, voterOf(scene, 3).miner, seats);
        }
        lost.push(had - (await payOf(scene, 3)));
      }
      expect(lost[0]).to.be.greaterThan(0n);
      expect(lost[0]).to.equal(lost[1]);
    });

    it("hiding behind s_min fails: who lets a little be burned has no vote, but answers for the seats that are left", async () => {
      const first = await play(await loadFixture(nine), say(ALL, [0]));
      const { votes, policies, registry, escrow, token, parameters, distributor } = first;
      const { miner, operator } = voterOf(first, 4); // has s_min
      const own = await actingAs(miner);
      await registry.connect(own).setPledge(MIN_STAKE, 2n ** 32n - 1n);
      const arrangements = [{ miner, operator: operator.address, kfragHash: id("a kfrag") }];
      const collateral = parameters.policies.minCollateral;
      const terms = {
        ...termsFor({ owner: distributor, payer: distributor }, []),
        arrangements,
        collateral,
        rate: PENNY,
      };
      await token.connect(distributor).approve(policies, PENNY * 10n);
      const acceptance = await operator.signTypedData(await domainOf(policies), policyTypes, terms);
      await policies.connect(distributor).create(terms, [acceptance]);
      await toNextOpening(first);
      const scene = await withCommitsOpen(await open(first));
      const had = await payOf(scene, 4);
      await commit(scene, 4, [1, 2]);
      await castAll(scene, say([0, 1, 2, 3, 5, 6, 7, 8], [0]));

      await policies.connect(own).resign(terms, 0n);
      await votes.finalize(scene.round, MANY);
      expect(await escrow.lockedIn(miner, await escrow.currentPeriod())).to.equal(MIN_STAKE - PENNY);
      expect(await votes.seatsOf(scene.round, miner)).to.equal(0n);
      const { pot } = await votes.roundOf(scene.round);
      await votes.reportSilence(scene.round, miner, [...Array(15).keys()]); // of 16
      expect(had - (await payOf(scene, 4))).to.equal((pot * 15n) / ALL_SEATS);
    });

    it("hiding some of one's seats gains nothing: pay and loss go by the seats that are shown or reported", async () => {
      const all = await play(await loadFixture(nine), say(ALL, [0]));
      const [whole, other] = [await payOf(all, 0), await payOf(all, 1)];
      const few = await play(await loadFixture(nine), {
        ...say(ALL, [0]),
        0: { against: [0], seats: Array.from({ length: 32 }, (_, i) => BigInt(i)) },
      });
      expect(await payOf(few, 0)).to.equal(whole / 2n);
      expect(await payOf(few, 1)).to.equal(other); // others' absence pays nobody more
    });

    it("a vote for oneself is not counted", async () => {
      // Voter 7 is target 0. The others' 128 seats are not enough, with its own 16 they would be.
      const scene = await loadFixture(mixed);
      const ballots: Ballots = {
        ...say([0, 1, 7], [0]),
        2: { against: [0], seats: Array.from({ length: 16 }, (_, i) => BigInt(i)) },
      };
      await castAll(scene, ballots);
      await scene.votes.finalize(scene.round, MANY);
      expect((await targetsOf(scene))[0]).to.equal(8n);
      expect((await scene.votes.roundOf(scene.round)).unhealthy).to.equal(0n);
    });

    it("voting without looking loses as much as it wins: J is 1 and -1 for opposite ballots", async () => {
      const scene = await loadFixture(mixed);
      await castAll(scene, { ...say([0, 1, 2], [0]), 3: { against: [0] }, 4: { against: [1, 2] } });
      const { votes, round } = scene;
      const told = (await eventsOf(votes, votes.finalize(round, MANY))).filter(([name]) => name === "Scored");
      expect(told.map(([, , , score]) => score).slice(3)).to.deep.equal([10n ** 18n, -(10n ** 18n)]);
    });
  });

  describe("by whoever collects signatures and ballots", () => {
    /** Everybody has given its signed commitment, and later its ballot, to the stranger. */
    async function collected(places: readonly number[] = ALL): Promise<SceneWithRound & { shown: Reveal[] }> {
      const scene = await loadFixture(mixed);
      const signed = await Promise.all(places.map((place) => sign(scene, place, [0])));
      await scene.votes.connect(scene.stranger).commitFor(scene.round, signed);
      return { ...scene, shown: await Promise.all(places.map((place) => revealOf(scene, place, [0]))) };
    }

    it("withholding a signature keeps nobody from committing itself, and is worth nothing afterwards", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, stranger } = scene;
      const signed = await Promise.all(ALL.map((place) => sign(scene, place, [0])));
      await commit(scene, 0, [0]);
      await toReveals(scene);
      const { openedBlock } = await votes.roundOf(round);
      const current = BigInt(await ethers.provider.getBlockNumber()) + 1n;
      await expect(votes.connect(stranger).commitFor(round, signed))
        .to.be.revertedWithCustomError(votes, "HealthVoteWrongPhase")
        .withArgs(round, current, openedBlock + 61n, openedBlock + 160n);
      await reveal(scene, 0, [0]);
    });

    it("sending an older commitment than the voter meant binds it: who signs twice has two ballots to choose from", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, stranger } = scene;
      await votes.connect(stranger).commitFor(round, [await sign(scene, 0, [1])]);
      await expect(commit(scene, 0, [0]))
        .to.be.revertedWithCustomError(votes, "HealthVoteCommitted")
        .withArgs(round, voterOf(scene, 0).miner);
      await toReveals(scene);
      await reveal(scene, 0, [1]);
    });

    it("withholding a ballot keeps nobody from showing it", async () => {
      const { shown, ...scene } = await collected();
      await toReveals(scene);
      const { votes, round, stranger } = scene;
      await votes.connect(stranger).reveal(
        round,
        shown.filter((_, place) => place !== 3),
      );
      await reveal(scene, 3, [0]);
      expect((await votes.roundOf(round)).revealed).to.equal(256n);
    });

    it("showing a part of a voter's seats, or another ballot, fails", async () => {
      const { shown, ...scene } = await collected();
      await toReveals(scene);
      const { votes, round, stranger } = scene;
      const [first] = shown;
      if (!first) throw new Error("expected a ballot");
      for (const other of [{ seats: first.seats.slice(1) }, { seats: [] }, { ballot: [0n] }, { seed: OTHER_SEED }]) {
        await expect(votes.connect(stranger).reveal(round, [...shown.slice(1), { ...first, ...other }]))
          .to.be.revertedWithCustomError(votes, "HealthVoteOtherBallot")
          .withArgs(round, first.voter);
      }
    });

    it("the order, and one's own reveal in between, change nothing of verdicts and pay", async () => {
      const results = new Set<string>();
      for (const order of [ALL, [...ALL].reverse(), [4, 8, 0, 2, 6, 1, 3, 5, 7]]) {
        const { shown, ...scene } = await collected();
        await toReveals(scene);
        const { votes, round, stranger } = scene;
        if (order === ALL) await reveal(scene, 5, [0]);
        await votes.connect(stranger).reveal(
          round,
          order.flatMap((place) => shown[place] ?? []),
        );
        await toEnd(scene);
        await votes.finalize(round, MANY);
        const pay = await Promise.all(ALL.map((place) => payOf(scene, place)));
        results.add(String([await votes.verdictsOf(round), pay]));
      }
      expect(results.size).to.equal(1);
    });

    it("a ballot that breaks the rules can't be hidden among good ones: it is seen before it is sent", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, stranger } = scene;
      const good = await revealOf(scene, 0, [0]);
      const { miner, operator } = voterOf(scene, 1);
      const bad: [Partial<Reveal>, string, readonly unknown[]][] = [
        [{ ballot: [8n] }, "HealthVoteBallotTooLong", [2n, 1n]],
        [{ ballot: [] }, "HealthVoteBallotTooLong", [0n, 1n]],
        [{ seed: id("never posted") }, "HealthVoteUnknownSeed", [round, hashOf(id("never posted"))]],
        [{ seats: [1n, 0n] }, "HealthVoteSeatsOutOfOrder", [1n]],
      ];
      for (const [part, error, args] of bad) {
        const again = await loadFixture(mixed);
        const shown = { ...(await revealOf(again, 1, [0])), ...part };
        await commit(again, 0, [0]);
        await votes.connect(operator).commit(round, miner, await commitmentTo(votes, round, shown));
        await toReveals(again);
        await expect(votes.connect(stranger).reveal(round, [good, shown]))
          .to.be.revertedWithCustomError(votes, error)
          .withArgs(...args);
        await votes.connect(stranger).reveal(round, [good]);
      }
    });
  });

  describe("by a coalition", () => {
    it("if all are silent the round is void, and nobody is paid or convicted", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, budget, token } = scene;
      for (const place of ALL) await commit(scene, place, [0]);
      await toEnd(scene);
      const supply = await token.totalSupply();
      expect(await eventsOf(votes, votes.finalize(round, MANY))).to.deep.equal([["Voided", round, budget]]);
      expect(supply - (await token.totalSupply())).to.equal(budget);
      await expect(votes.reportSilence(round, voterOf(scene, 0).miner, [0n]))
        .to.be.revertedWithCustomError(votes, "HealthVoteWrongState")
        .withArgs(round, VOID);
    });

    it("a minority that lies convicts nobody, and loses what it has", async () => {
      // 144 honest seats, 112 that lie.
      const [honest, liars] = [
        [0, 1, 2],
        [3, 4, 5, 6, 7, 8],
      ];
      const first = await play(await loadFixture(nine), say(ALL, [0]));
      const had = await Promise.all(ALL.map((place) => payOf(first, place)));
      const scene = await play(first, { ...say(honest ?? [], [0]), ...say(liars ?? [], [1, 2]) });
      expect(await scene.votes.verdictsOf(scene.round)).to.deep.equal([1n]);
      for (const target of [1n, 2n]) {
        await expect(scene.votes.enforce(scene.round, target, SEED))
          .to.be.revertedWithCustomError(scene.votes, "HealthVoteNotUnhealthy")
          .withArgs(scene.round, target);
      }
      for (const place of ALL) {
        const before = had[place] ?? 0n;
        if (honest?.includes(place)) expect(await payOf(scene, place)).to.be.greaterThan(before);
        else expect(await payOf(scene, place)).to.be.at.most(before);
      }
    });

    it("an exact tie leaves the target healthy; one seat more convicts", async () => {
      for (const [extra, convicted] of [
        [[], 0n],
        [[0n], 1n],
      ] as const) {
        // Target 1 is voter 8. Voters 0, 1 and 4: 128 seats, half of all.
        const scene = await loadFixture(mixed);
        const ballots: Ballots = {
          ...say([0, 1, 4], [1]),
          ...(extra.length > 0 ? { 5: { against: [1], seats: extra } } : {}),
          ...say([2, 3], []),
        };
        await castAll(scene, ballots);
        await scene.votes.finalize(scene.round, MANY);
        expect((await scene.votes.roundOf(scene.round)).unhealthy).to.equal(convicted);
      }
    });

    it("a quorum is half of the seats wanted, to the seat", async () => {
      for (const [seats, state] of [
        [15, VOID],
        [16, DECIDED],
      ] as const) {
        const scene = await loadFixture(mixed);
        const some = Array.from({ length: seats }, (_, i) => BigInt(i));
        await castAll(scene, { ...say([0, 1], [0]), 4: { against: [0], seats: some } });
        await scene.votes.finalize(scene.round, MANY);
        expect(await stateOf(scene)).to.equal(state);
      }
    });
  });

  describe("by changing things in the middle of a round", () => {
    it("more stake gives no seats in the round, and withdrawing takes none: what counted at the opening counts", async () => {
      const scene = await loadFixture(opened);
      const { votes, round, escrow } = scene;
      const { miner } = voterOf(scene, 0);
      await escrow.lockForMany([miner], [seatsInNkms(1_000n)], 10n);
      expect(await votes.seatsOf(round, miner)).to.equal(64n);
      await passPeriods(escrow, 1n);
      expect(await votes.seatsOf(round, miner)).to.equal(64n);
      await toNextOpening(scene);
      const next = await open(scene);
      expect(await votes.seatsOf(next.round, miner)).to.equal(1_064n);
    });

    it("a new key commits from the next period on, the old one from now on not; what was committed to can be shown", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, registry, escrow, stranger } = scene;
      await commit(scene, 0, [0]);
      const old = await sign(scene, 1, [0]);
      const next = new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider);
      const { miner, operator } = voterOf(scene, 1);
      await bondVoter(registry, { miner, operator: next });
      for (const caller of [operator, next]) {
        await expect(votes.connect(caller).commit(round, miner, SALT))
          .to.be.revertedWithCustomError(votes, "HealthVoteNotOperator")
          .withArgs(caller.address, miner, ZeroAddress);
      }
      await expect(votes.connect(stranger).commitFor(round, [old]))
        .to.be.revertedWithCustomError(votes, "HealthVoteNothingCounts")
        .withArgs(round);
      // Time may be faster than blocks: then the new one commits in this round.
      await passPeriods(escrow, 1n);
      await votes.connect(next).commit(round, miner, SALT);
      await registry.connect(await actingAs(voterOf(scene, 0).miner)).unbondOperator();
      await toReveals(scene);
      await votes.connect(stranger).reveal(round, [await revealOf(scene, 0, [0])]);
      expect((await votes.roundOf(round)).revealed).to.equal(64n);
    });

    it("a slash, a pause or a withdrawal between commit and reveal takes the voter's seats, and nobody else's", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, stranger } = scene;
      for (const place of ALL) await commit(scene, place, [0]);
      const shown = await Promise.all(ALL.map((place) => revealOf(scene, place, [0])));
      await toReveals(scene);
      await slash(scene, 0, seatsInNkms(32n));
      await pause(scene, 1);
      await slash(scene, 8, 1n); // falls below s_min
      const told = await eventsOf(votes, votes.connect(stranger).reveal(round, shown));
      expect(told.map(([, , voter, , seats]) => [voter, seats])).to.deep.equal([
        [voterOf(scene, 0).miner, 32n],
        ...ALL.slice(2, 8).map((place) => [voterOf(scene, place).miner, SEATS[place]]),
      ]);
      await toEnd(scene);
      await votes.finalize(round, MANY);
      // 160 of 256 seats. For the seats that are gone nobody can be reported.
      expect(await stateOf(scene)).to.equal(DECIDED);
      for (const [place, seats, left] of [
        [0, SEATS[0], 32n],
        [1, SEATS[1], 0n],
        [8, SEATS[8], 15n],
      ] as const) {
        const all = Array.from({ length: Number(seats) }, (_, i) => BigInt(i));
        const { miner } = voterOf(scene, place);
        await expect(votes.reportSilence(round, miner, all))
          .to.be.revertedWithCustomError(votes, "HealthVoteNotASeat")
          .withArgs(round, miner, left);
      }
    });

    it("an owner that shows its own key can keep an honest miner from showing; it loses what its seats left are worth", async () => {
      const first = await play(await loadFixture(nine), say(ALL, [0]));
      await toNextOpening(first);
      const scene = await withCommitsOpen(await open(first));
      const { votes, round, stranger } = scene;
      const { miner } = voterOf(scene, 4); // has s_min
      const had = await payOf(scene, 4);
      for (const place of ALL) await commit(scene, place, [0]);
      const shown = await Promise.all(ALL.map((place) => revealOf(scene, place, [0])));
      await toReveals(scene);
      await slash(scene, 4, 1n); // the verdict
      await expect(votes.connect(stranger).reveal(round, shown.slice(4, 5)))
        .to.be.revertedWithCustomError(votes, "HealthVoteNotCommitted")
        .withArgs(round, miner);
      await votes.connect(stranger).reveal(round, shown);
      await toEnd(scene);
      await votes.finalize(round, MANY);
      const { pot } = await votes.roundOf(round);
      await votes.connect(stranger).reportSilence(round, miner, [...Array(15).keys()]); // of 16
      expect(had - (await payOf(scene, 4))).to.equal((pot * 15n) / ALL_SEATS);
    });

    it("who joins after the opening has no seat in it, and is nobody's target", async () => {
      const base = await loadFixture(nine);
      const joined = {
        miner: ethers.getAddress(toBeHex(0xbeef, 20)),
        operator: new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider),
      };
      await bondVoter(base.registry, joined);
      await passPeriods(base.escrow, 1n);
      const scene = await open(base);
      await scene.escrow.lockForMany([joined.miner], [seatsInNkms(64n)], 10n);
      await post(scene);
      await mix(scene);
      const everybody = { ...scene, voters: [...scene.voters, joined] };
      await commit(everybody, 9, [0], { seats: [0n] });
      await toReveals(scene);
      await expect(reveal(everybody, 9, [0], { seats: [0n] }))
        .to.be.revertedWithCustomError(scene.votes, "HealthVoteNotCommitted")
        .withArgs(scene.round, joined.miner);
      expect((await scene.votes.roundOf(scene.round)).numbers).to.equal(9n);
      for (const number of await targetsOf(scene)) expect(number).to.be.at.most(9n);
    });

    it("resuming ahead of a verdict doesn't help who was not paused; resuming after one ends it", async () => {
      const scene = await play(await loadFixture(nine), say(ALL, [0]));
      const { votes, escrow, round } = scene;
      const { miner, operator } = voterOf(scene, 7); // target 0
      await expect(escrow.connect(operator).resume(miner))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotPaused")
        .withArgs(miner);
      await votes.enforce(round, 0n, SEED);
      await escrow.connect(operator).resume(miner);
      expect(await eventsOf(votes, votes.enforce(round, 0n, SEED))).to.deep.equal([]);
      expect(await votes.seatsOf(round, miner)).to.equal(0n);
    });

    it("claiming ahead of a verdict saves nothing: what is unvested can't be claimed", async () => {
      const scene = await play(await loadFixture(nine), say(ALL, [0]));
      const { votes, round } = scene;
      const { miner } = voterOf(scene, 8);
      const own = await payOf(scene, 8);
      expect(own).to.be.greaterThan(0n);
      await expect(votes.connect(await actingAs(miner)).claimPay())
        .to.be.revertedWithCustomError(votes, "HealthVoteNothingToPay")
        .withArgs(miner);
      expect(round).to.equal(1n);
    });
  });

  describe("on the clock", () => {
    it("nobody opens rounds faster than the pace, nor opens a phase twice for another randomness", async () => {
      const scene = await loadFixture(opened);
      const { votes, round } = scene;
      const [fromBlock, fromTime] = await nextOpening(scene);
      await expect(votes.openRound())
        .to.be.revertedWithCustomError(votes, "HealthVoteTooSoon")
        .withArgs(fromBlock, fromTime);
      await mix(scene, 3n);
      await setPrevRandao(5n);
      await expect(votes.openCommits(round)).to.be.revertedWithCustomError(votes, "HealthVoteMixed").withArgs(round);
      expect((await votes.roundOf(round)).mix).to.equal(toBeHex(3, 32));
    });

    it("never opening the commits voids the round, like silence", async () => {
      const scene = await loadFixture(opened);
      const { votes, round, budget } = scene;
      await post(scene);
      await toBlockOf(votes, round, 160n);
      const { openedBlock } = await votes.roundOf(round);
      await expect(votes.openCommits(round))
        .to.be.revertedWithCustomError(votes, "HealthVoteWrongPhase")
        .withArgs(round, openedBlock + 161n, openedBlock + 61n, openedBlock + 160n);
      await toEnd(scene);
      expect(await eventsOf(votes, votes.finalize(round, MANY))).to.deep.equal([["Voided", round, budget]]);
    });

    it("waiting with the last steps doesn't change who is paid what", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, escrow, now } = scene;
      const ballots = say(ALL, [0]);
      await castAll(scene, ballots);
      const decision = decide(await factsOf(scene, ballots, [SEED, OTHER_SEED]), 0n);
      await votes.finalize(round, 4n);
      await toPeriod(escrow, now + 5n);
      await votes.finalize(round, MANY);
      for (const { voter, part } of decision?.scores ?? []) {
        const { vested, unvested } = await votes.payOf(voter);
        expect(vested + unvested).to.equal(part);
      }
    });
  });

  describe("on the ring", () => {
    it("verdict and silence are forgotten R rounds later, though there would be time for both", async () => {
      // The smallest ring: its four rounds take hardly more than a period here.
      const phases = { seedBlocks: 5n, commitBlocks: 12n, revealBlocks: 12n };
      const scene = await sceneOf(SEATS.map(seatsInNkms), { ...everySeat, ...phases, gap: 15n, ring: 4n });
      const { votes, escrow } = scene;
      await toPeriod(escrow, scene.now + 1n);
      const first = await withCommitsOpen(await open(scene));
      await commit(first, 8, [1]);
      await castAll(first, say(ALL.slice(0, 8), [0]));
      await votes.finalize(first.round, MANY);
      const { miner } = voterOf(scene, 8);
      const seats = await seatsOf(first, 8);
      await votes.reportSilence.staticCall(first.round, miner, seats);
      await votes.enforce.staticCall(first.round, 0n, SEED);

      for (let i = 0; i < 4; i++) {
        await toNextOpening(scene);
        await votes.openRound();
      }
      expect(await escrow.currentPeriod(), "the period after the round's").to.equal(scene.now + 2n);
      const tooLate = [
        () => votes.reportSilence(first.round, miner, seats),
        () => votes.enforce(first.round, 0n, SEED),
      ];
      for (const send of tooLate) {
        await expect(send()).to.be.revertedWithCustomError(votes, "HealthVoteUnknownRound").withArgs(first.round);
      }
    });
  });

  describe("by many small miners", () => {
    it("stake split over miners has as many seats as one miner's", async () => {
      const scene = await open(await loadFixture(sparse));
      const { votes, round } = scene;
      const seats = await Promise.all(ALL.map((place) => votes.seatsOf(round, voterOf(scene, place).miner)));
      expect(seats).to.deep.equal([...SEATS]);
    });
  });
});
