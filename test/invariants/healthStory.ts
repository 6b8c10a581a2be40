import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { ethers } from "hardhat";

import type { IHealthVote } from "../../typechain-types/contracts/HealthVote";
import {
  actingAs,
  mix,
  open,
  OTHER_SEED,
  ownTarget,
  post,
  revealOf,
  type Scene,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  seatsOf,
  SEED,
  slash,
  type Slip,
  targetsOf,
  toEnd,
  toNextOpening,
  toReveals,
  voterOf,
} from "../healthVote/fixtures";
import { commitmentTo, hashOf, type Signed, signCommitment, toBlockOf } from "../helpers/health";
import { passPeriods } from "../helpers/time";
import { decide, type Decision, type Facts, PayBook, silencePart, type Vote } from "../models/health";
import { type Plan, type Step, stepsOf, type Story } from "./histories";
import { Random } from "./random";

/** What happens in a history of health votes, and how often. */
const healthActions = {
  round: 30,
  finalize: 10,
  enforce: 12,
  silence: 10,
  claim: 8,
  resume: 8,
  pass: 8,
  slash: 3,
  strange: 6,
} as const;

type Kind = keyof typeof healthActions;

/** Phases of 30 blocks; a place in the ring is needed again after six rounds. */
const rules: IHealthVote.ParametersStruct = {
  minSeats: 32n,
  gap: 30n,
  seedBlocks: 30n,
  commitBlocks: 30n,
  revealBlocks: 30n,
  ring: 6n,
};
const RING = 6n;
const ALL = [...SEATS.keys()];

/** What a voter has committed to. */
interface Ballot {
  place: number;
  against: number[];
  slip: Slip & { seats: bigint[]; seed: string };
  /** How many of its seats were shown, or reported. */
  known: bigint;
  shown: boolean;
}

/** A round, as these books have it. */
interface Kept {
  scene: SceneWithRound;
  period: bigint;
  facts: Omit<Facts, "votes">;
  votes: Vote[];
  ballots: Ballot[];
  decidedIn?: bigint;
  decision?: Decision;
  over: boolean;
}

/** A network with the real health votes, and books of what should have become of everybody's pay. */
export class HealthStory implements Story {
  /** What was done, one line per action; `!` marks what was refused, with reason. */
  readonly log: string[] = [];
  private readonly rounds: Kept[] = [];
  private readonly paused = new Set<number>();
  private carry = 0n;
  private salt = 0;

  private constructor(
    private readonly scene: Scene,
    private readonly pay: PayBook,
  ) {}

  static deploy(): Promise<Scene> {
    return sceneOf(SEATS.map(seatsInNkms), rules);
  }

  static begin(scene: Scene): Promise<HealthStory> {
    return Promise.resolve(new HealthStory(scene, new PayBook(scene.parameters.escrow.vesting)));
  }

  /** Does one step; does nothing if there is nothing it could be done to. */
  async play({ kind, seed }: Step): Promise<void> {
    const random = new Random(seed);
    await this.closePeriods();
    await this.act(kind as Kind, random);
  }

  private act(kind: Kind, random: Random): Promise<void> {
    switch (kind) {
      case "round":
        return this.playRound(random);
      case "finalize":
        return this.finalizeSome(random);
      case "enforce":
        return this.enforce(random);
      case "silence":
        return this.reportSilence(random);
      case "claim":
        return this.claim(random);
      case "resume":
        return this.resume(random);
      case "pass":
        return this.pass(random);
      case "slash":
        return this.slash(random);
      case "strange":
        return this.strange(random);
    }
  }

  /* ROUNDS */

  private async playRound(random: Random): Promise<void> {
    const { votes, token } = this.scene;
    if (random.oneIn(6n)) await this.openTooSoon();
    if (this.rounds.length > 0) await toNextOpening(this.scene);
    await this.closePeriods();
    const pushedOut = this.rounds.at(-Number(RING));
    const held = pushedOut && !pushedOut.over ? await this.heldBy(pushedOut) : 0n;
    const supply = await token.totalSupply();
    const scene = await open(this.scene, random.between(0n, ethers.MaxUint256 - 1n));
    expect(supply - (await token.totalSupply()), "1: what an opening burned").to.equal(held);
    if (pushedOut) pushedOut.over = true;

    const { wanted, budget } = await votes.roundOf(scene.round);
    const facts = { wanted, targets: scene.targets, seeds: 0, budget };
    const kept: Kept = { scene, period: await this.now(), facts, votes: [], ballots: [], over: false };
    this.rounds.push(kept);
    await this.collect(kept, random);
    this.log.push(`round ${scene.round} with ${kept.votes.length} of ${kept.ballots.length} votes`);
    if (!random.oneIn(5n)) await this.finalize(kept, random);
  }

  /** Nobody can open one in the first 64th of a period. */
  private async openTooSoon(): Promise<void> {
    const { votes, escrow, parameters } = this.scene;
    await passPeriods(escrow, 1n);
    await this.closePeriods();
    const last = this.rounds.at(-1);
    const block = last ? (await votes.roundOf(last.scene.round)).openedBlock + 30n : 0n;
    const { period } = parameters.escrow;
    const settled = (await this.now()) * period + period / 64n;
    await this.refused(votes.openRound(), "HealthVoteTooSoon", [block, settled]);
  }

  /** Nobody can post a seed in the last fifth of the seed phase. */
  private async postTooLate(scene: SceneWithRound, place: number): Promise<void> {
    const { votes, round } = scene;
    const { miner, operator } = voterOf(scene, place);
    const { openedBlock } = await votes.roundOf(round);
    await toBlockOf(votes, round, 24n);
    const seat = (await seatsOf(scene, place)).at(-1) ?? 0n;
    const call = votes.connect(operator).postSeed(round, miner, seat, hashOf(ethers.toBeHex(++this.salt, 32)));
    await this.refused(call, "HealthVoteWrongPhase", [round, openedBlock + 25n, openedBlock + 1n, openedBlock + 24n]);
  }

  /** From the opening to the end of the reveals. */
  private async collect(kept: Kept, random: Random): Promise<void> {
    const { scene, facts } = kept;
    const members: number[] = [];
    for (const place of ALL) if ((await seatsOf(scene, place)).length > 0) members.push(place);
    const [first, second] = members;
    if (first === undefined) return;
    await post(scene, SEED, first);
    facts.seeds = 1;
    if (second !== undefined && random.oneIn(3n)) {
      await post(scene, OTHER_SEED, second);
      facts.seeds = 2;
    }
    if (random.oneIn(4n)) await this.postTooLate(scene, first);
    if (random.oneIn(12n)) return toEnd(scene); // nobody opens the commits
    await mix(scene, random.between(0n, ethers.MaxUint256 - 1n));
    await this.commitAll(kept, members, random);
    await toReveals(scene);
    if (random.oneIn(4n)) await this.slash(random);
    await this.revealSome(kept, random);
    await toEnd(scene);
  }

  /** Most tell the truth; some don't look, lie, or hide seats. Half send themselves, half have it sent. */
  private async commitAll(kept: Kept, members: readonly number[], random: Random): Promise<void> {
    const { scene, facts } = kept;
    const { votes, round, stranger } = scene;
    const sick = this.some(facts.targets, random);
    const signed: Signed[] = [];
    for (const place of members) {
      if (random.oneIn(12n)) continue;
      const against = random.oneIn(4n) ? this.some(facts.targets, random) : sick;
      const seed = facts.seeds === 2 && random.oneIn(6n) ? OTHER_SEED : SEED;
      const won = await seatsOf(scene, place);
      const seats = random.oneIn(6n) ? won.slice(0, Number(random.between(0n, BigInt(won.length)))) : won;
      const slip = { seed, seats, salt: ethers.toBeHex(++this.salt, 32) };
      kept.ballots.push({ place, against, slip, known: 0n, shown: false });
      const voter = voterOf(scene, place);
      const commitment = await commitmentTo(votes, round, await revealOf(scene, place, against, slip));
      if (random.oneIn(2n)) await votes.connect(voter.operator).commit(round, voter.miner, commitment);
      else signed.push(await signCommitment(votes, round, voter, commitment));
    }
    if (signed.length === 0) return;
    // Somebody sends them with others that don't count.
    const [one] = signed;
    const wrong = await signCommitment(votes, round + 1n, voterOf(scene, 0), ethers.ZeroHash);
    await votes.connect(stranger).commitFor(round, [...signed, wrong, ...(one ? [one] : [])]);
  }

  private some(targets: number, random: Random): number[] {
    return Array.from({ length: targets }, (_, i) => i).filter(() => random.oneIn(2n));
  }

  /** In one or two transactions of whoever, the second with what was shown before. */
  private async revealSome(kept: Kept, random: Random): Promise<void> {
    const { scene } = kept;
    const { votes, round, stranger } = scene;
    for (let turn = 0; turn < 2; turn++) {
      const chosen = kept.ballots.filter(() => !random.oneIn(5n));
      const fresh: Ballot[] = [];
      for (const ballot of chosen) if (!ballot.shown && (await this.enter(kept, ballot))) fresh.push(ballot);
      const shown = await Promise.all(chosen.map(({ place, against, slip }) => revealOf(scene, place, against, slip)));
      const call = votes.connect(stranger).reveal(round, shown);
      const last = shown.at(-1)?.voter ?? ethers.ZeroAddress;
      if (fresh.length > 0) await call;
      else await this.refused(call, "HealthVoteNotCommitted", [round, last]);
    }
  }

  /** Enters a vote that is shown now. Returns whether it counts. */
  private async enter(kept: Kept, ballot: Ballot): Promise<boolean> {
    const { place, slip, against } = ballot;
    const { miner } = voterOf(this.scene, place);
    const has = await this.seatsHeld(kept, place);
    const seats = BigInt(slip.seats.filter((seat) => seat < has).length);
    if (seats === 0n) return false;
    [ballot.shown, ballot.known] = [true, seats];
    const own = await ownTarget(kept.scene, place, slip.seed);
    kept.votes.push({
      voter: miner,
      seed: slip.seed === SEED ? 0 : 1,
      seats,
      unhealthy: new Set(against),
      ...(own === undefined ? {} : { own }),
    });
    return true;
  }

  /** Seats that a voter still has: what is locked since before the round and was neither slashed nor paused since. */
  private async seatsHeld({ scene, period }: Kept, place: number): Promise<bigint> {
    const { escrow } = this.scene;
    const { miner } = voterOf(scene, place);
    const { paused, paidUntil } = await escrow.minerOf(miner);
    if (paused || period < paidUntil) return 0n;
    const [, locks] = await escrow.locksOf(miner);
    let stake = 0n;
    for (const { amount, start, end } of locks) if (start <= period && period < end) stake += amount;
    return stake < seatsInNkms(16n) ? 0n : stake / seatsInNkms(1n);
  }

  /* DECIDING */

  private async finalizeSome(random: Random): Promise<void> {
    const waiting = this.rounds.slice(-Number(RING)).filter(({ over }) => !over);
    if (waiting.length > 0) await this.finalize(random.pick(waiting), random);
  }

  /** In as many steps as it takes, by anybody; sometimes too late. */
  private async finalize(kept: Kept, random: Random): Promise<void> {
    const { votes, token, stranger } = this.scene;
    const { round } = kept.scene;
    if (random.oneIn(10n)) await this.pass(random);
    const [now, supply] = [await this.now(), await token.totalSupply()];
    const facts = { ...kept.facts, votes: kept.votes };
    const decision = now > kept.period + 2n ? undefined : decide(facts, this.carry);
    const steps = 1n + random.between(0n, 4n);
    for (let i = 0; i < 30 && (await votes.roundOf(round)).state < 4n; i++) {
      const step = votes.connect(stranger).finalize(round, random.oneIn(3n) ? 0n : steps);
      await step.catch((error: unknown) => expect.fail(`7: round ${round} can't be finalized: ${String(error)}`));
    }
    kept.over = true;
    let burned = kept.facts.budget;
    if (decision) {
      const taken = this.pay.settle(decision, now);
      burned = [...taken.values()].reduce((a, b) => a + b, decision.burned);
      [kept.decision, kept.decidedIn, this.carry] = [decision, now, decision.carry];
      expect(await votes.verdictsOf(round), `6: verdicts of round ${round}`).to.deep.equal([
        [...decision.unhealthy].reduce((word, target) => word | (1n << BigInt(target)), 0n),
      ]);
    }
    expect(supply - (await token.totalSupply()), `1: what round ${round} burned`).to.equal(burned);
    this.log.push(`${decision ? "decide" : "void"} ${round}`);
  }

  private async heldBy({ scene }: Kept): Promise<bigint> {
    const { state, budget, pot, paid } = await this.scene.votes.roundOf(scene.round);
    return state === 3n ? (pot > budget ? pot : budget) - paid : budget;
  }

  /* AFTERWARDS */

  private someDecided(random: Random): Kept | undefined {
    const decided = this.rounds.slice(-Number(RING)).filter(({ decision }) => decision !== undefined);
    return decided.length === 0 ? undefined : random.pick(decided);
  }

  private async enforce(random: Random): Promise<void> {
    const { votes, escrow, token, stranger } = this.scene;
    const kept = this.someDecided(random);
    if (!kept?.decision || kept.decidedIn === undefined) return;
    const { decision, scene, decidedIn } = kept;
    const target = Number(random.between(0n, BigInt(scene.targets)));
    const now = await this.now();
    const seed = decision.winner === 0 ? SEED : OTHER_SEED;
    const call = () => votes.connect(stranger).enforce(scene.round, target, seed);
    if (now > decidedIn + 1n) {
      return this.refused(call(), "HealthVoteTooLate", [scene.round, decidedIn + 1n]);
    }
    if (!decision.unhealthy.has(target)) {
      return this.refused(call(), "HealthVoteNotUnhealthy", [scene.round, target]);
    }
    const place = Number((await targetsOf(scene, seed))[target] ?? 0n) - 1;
    const { miner } = voterOf(scene, place);
    const { paused, resumedAt } = await escrow.minerOf(miner);
    const { openedAt } = await votes.roundOf(scene.round);
    expect(paused, `6: voter ${place} is paused`).to.equal(this.paused.has(place));
    const [supply, unvested] = [await token.totalSupply(), await escrow.vesting(miner)];
    await call();
    const nothing = paused || resumedAt >= openedAt;
    const pay = nothing ? 0n : this.pay.takeBack(miner, ethers.MaxUint256, now);
    expect(supply - (await token.totalSupply()), "6: what a verdict burned").to.equal(nothing ? 0n : unvested + pay);
    if (!nothing) this.paused.add(place);
    this.log.push(nothing ? "enforce nothing" : `enforce against ${place}`);
  }

  private async reportSilence(random: Random): Promise<void> {
    const { votes, token, stranger } = this.scene;
    const kept = this.someDecided(random);
    if (!kept?.decision || kept.ballots.length === 0) return;
    const ballot = random.pick(kept.ballots);
    const { scene, decision } = kept;
    const { miner } = voterOf(scene, ballot.place);
    const won = await seatsOf(scene, ballot.place);
    const seats = won.slice(0, Number(random.between(0n, BigInt(won.length))));
    const call = () => votes.connect(stranger).reportSilence(scene.round, miner, seats);
    const supply = await token.totalSupply();
    const now = await this.now();
    if (now > kept.period + 2n) return this.refused(call(), "HealthVoteTooLate", [scene.round, kept.period + 2n]);
    if (BigInt(seats.length) <= ballot.known) {
      return this.refused(call(), "HealthVoteNotCommitted", [scene.round, miner]);
    }
    await call();
    const most = silencePart(decision, BigInt(seats.length) - ballot.known);
    const taken = this.pay.takeBack(miner, most, now);
    ballot.known = BigInt(seats.length);
    await this.refused(call(), "HealthVoteNotCommitted", [scene.round, miner]);
    expect(supply - (await token.totalSupply()), "1: what silence burned").to.equal(taken);
    this.log.push(taken > 0n ? "silence costs" : "silence");
  }

  private async claim(random: Random): Promise<void> {
    const { votes, token } = this.scene;
    const { miner } = voterOf(this.scene, random.pick(ALL));
    const due = this.pay.claim(miner, await this.now());
    const own = votes.connect(await actingAs(miner));
    if (due === 0n) return this.refused(own.claimPay(), "HealthVoteNothingToPay", [miner]);
    const before = await token.balanceOf(miner);
    await own.claimPay();
    expect((await token.balanceOf(miner)) - before, "2: health pay claimed").to.equal(due);
    this.log.push("claim");
  }

  private async resume(random: Random): Promise<void> {
    const { escrow } = this.scene;
    if (this.paused.size === 0) return;
    const place = random.pick([...this.paused]);
    const { miner, operator } = voterOf(this.scene, place);
    await escrow.connect(operator).resume(miner);
    this.paused.delete(place);
    this.log.push("resume");
    for (const kept of this.rounds.slice(-Number(RING))) await this.enforceAgain(kept, place);
  }

  /** Verdicts of rounds that opened before a miner resumed do nothing to it. */
  private async enforceAgain({ scene, decision, decidedIn }: Kept, place: number): Promise<void> {
    const { votes, escrow, token, stranger } = this.scene;
    if (!decision || decidedIn === undefined || (await this.now()) > decidedIn + 1n) return;
    const seed = decision.winner === 0 ? SEED : OTHER_SEED;
    const target = (await targetsOf(scene, seed)).indexOf(BigInt(place) + 1n);
    if (!decision.unhealthy.has(target)) return;
    const supply = await token.totalSupply();
    await votes.connect(stranger).enforce(scene.round, target, seed);
    expect((await escrow.minerOf(voterOf(scene, place).miner)).paused, "6: paused by an old verdict").to.equal(false);
    expect(supply - (await token.totalSupply()), "6: what an old verdict burned").to.equal(0n);
    this.log.push("again");
  }

  private async pass(random: Random): Promise<void> {
    await passPeriods(this.scene.escrow, random.oneIn(4n) ? random.between(2n, 4n) : 1n);
    await this.closePeriods();
    this.log.push("pass");
  }

  private async slash(random: Random): Promise<void> {
    const place = random.pick(ALL);
    const had = await this.scene.escrow.lockedIn(voterOf(this.scene, place).miner, (await this.now()) + 1n);
    if (had < seatsInNkms(20n)) return;
    await slash(this.scene, place, seatsInNkms(random.between(1n, 3n)));
    this.log.push("slash");
  }

  /** What nobody may do. */
  private async strange(random: Random): Promise<void> {
    const { votes, escrow, stranger } = this.scene;
    const round = await votes.rounds();
    const { miner, operator } = voterOf(this.scene, random.pick(ALL));
    await this.refused(votes.finalize(round + 1n, 1n), "HealthVoteUnknownRound", [round + 1n]);
    await this.refused(votes.connect(stranger).claimPay(), "HealthVoteNothingToPay", [stranger.address]);
    await expect(escrow.connect(operator).pause(miner))
      .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
      .withArgs(operator.address, await votes.getAddress());
  }

  private async refused(
    call: Promise<ContractTransactionResponse>,
    error: string,
    args: readonly unknown[],
  ): Promise<void> {
    await expect(call)
      .to.be.revertedWithCustomError(this.scene.votes, error)
      .withArgs(...args);
    this.log.push(`! ${error}`);
  }

  /* WHAT MUST HOLD */

  /** Invariants 1, 2 and 6, as far as the health votes go. */
  async check(): Promise<void> {
    const { votes, token, escrow, voters } = this.scene;
    const now = await this.now();
    let owed = await votes.carry();
    expect(owed, "2: the carry").to.equal(this.carry);
    for (const [place, { miner }] of voters.entries()) {
      const { vested, unvested } = await votes.payOf(miner);
      expect([vested, unvested], `2: pay of voter ${place}`).to.deep.equal([
        this.pay.vested(miner, now),
        this.pay.unvested(miner, now),
      ]);
      owed += vested + unvested;
      expect((await escrow.minerOf(miner)).paused, `6: voter ${place} is paused`).to.equal(this.paused.has(place));
    }
    for (const kept of this.rounds.slice(-Number(RING))) if (!kept.over) owed += await this.heldBy(kept);
    expect(await token.balanceOf(votes), "1: what the health votes hold").to.equal(owed);
  }

  finish(): Promise<void> {
    return this.check();
  }

  private now(): Promise<bigint> {
    return this.scene.escrow.currentPeriod();
  }

  /** So that what a call burns is its own doing. */
  private async closePeriods(): Promise<void> {
    const { escrow } = this.scene;
    while ((await escrow.openPeriod()) < (await this.now())) await escrow.advance(16n);
  }
}

/** A random history of health votes, of so many steps; everything is checked once in `every` of them. */
export const healthPlan = (steps: number, every = 5): Omit<Plan<Scene>, "offset"> => ({
  weights: healthActions,
  steps: stepsOf(healthActions, steps),
  every,
  deploy: () => HealthStory.deploy(),
  begin: (scene) => HealthStory.begin(scene),
});
