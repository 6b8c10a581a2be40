import { id } from "ethers";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { Chance } from "../reports/chance";
import { ballotOf, type Behaviour, conductOf, type Noise, type Sight } from "./behaviours";
import { type Failure, Life } from "./lives";
import { rhythmOf, settledFrom } from "./pace";
import {
  blockAt,
  type Cast,
  type Gas,
  type HealthSystem,
  type Member,
  type Outcome,
  SECONDS_PER_BLOCK,
  type Start,
  timeOf,
} from "./system";

/** What happens to a network, beside its rules. Times are seconds. */
export interface Story extends Start {
  seed: string;
  periods: number;
  /** Mean time from a repair to the next failure. */
  meanLife: number;
  /** Mean time from a failure to its repair. */
  meanRepair: number;
  noise: Noise;
  /** After which a healthy miner notices that it is paused, and resumes. */
  notice: number;
  /** A paused miner resumes after `notice` though it is still down. */
  hasty?: boolean;
}

/** Blocks of a round, from its opening. Members check targets in the middle of the commit phase. */
interface Phases {
  seed: number;
  mix: number;
  check: number;
  reveal: number;
  finalize: number;
  report: number;
  enforce: number;
}

function phasesOf({ health }: NetworkParameters): Phases {
  const { seedBlocks, commitBlocks, revealBlocks } = health;
  const [seeds, commits] = [Number(seedBlocks), Number(seedBlocks + commitBlocks)];
  const end = commits + Number(revealBlocks);
  const check = Math.floor((seeds + commits) / 2);
  return { seed: 1, mix: seeds + 1, check, reveal: commits + 1, finalize: end + 1, report: end + 2, enforce: end + 3 };
}

/** From a check to the pause that follows it, seconds. */
export const verdictDelay = (parameters: NetworkParameters): number =>
  (phasesOf(parameters).enforce - phasesOf(parameters).check) * SECONDS_PER_BLOCK;

export interface Pause {
  miner: number;
  at: number;
  /** The failure that the round's members saw; none: the miner was healthy. */
  failure?: Failure;
}

/** Of a paused miner. */
export interface Resumption {
  miner: number;
  at: number;
  /** The failure that still lasts; none: the miner works. */
  failure?: Failure;
}

export interface RoundRecord {
  round: number;
  period: number;
  members: number;
  seats: number;
  /** Seats of members that showed a ballot. */
  shown: number;
  decided: boolean;
  unhealthy: number;
  targets: number;
}

export interface PayRecord {
  /** Periods since the start. */
  period: number;
  behaviour: Behaviour;
  /** Base units, of all miners with this behaviour since the start. */
  pay: bigint;
}

export interface History {
  story: Story;
  failures: readonly Failure[];
  pauses: readonly Pause[];
  resumptions: readonly Resumption[];
  rounds: readonly RoundRecord[];
  pay: readonly PayRecord[];
  /** By miner, at the end. */
  finalPay: readonly bigint[];
  gas: Gas;
}

/** Plays a story. Whatever is random in it comes from its seed, so that two systems can be played the same one. */
export async function play(story: Story, system: HealthSystem): Promise<History> {
  return new Play(story, system).run();
}

/** Something to do in a block, or as soon after it as one is free: each transaction of a story has a block of its own. */
interface Task {
  block: number;
  run: (block: number) => Promise<void>;
  /** Needs no block. */
  looks: boolean;
}

/** A round in which members vote. */
interface Votes {
  number: number;
  opened: number;
  members: readonly Member[];
  targets: readonly number[];
  /** Miners that were paused when it opened. */
  excused: ReadonlySet<number>;
}

class Play {
  private readonly phases: Phases;
  private readonly lives: Life[];
  private readonly tasks: Task[] = []; // by block; equal ones in the order in which they came
  private readonly pauses: Pause[] = [];
  private readonly resumptions: Resumption[] = [];
  private readonly rounds: RoundRecord[] = [];
  private readonly pay: PayRecord[] = [];
  private readonly end: number;
  private lastBlock = -1;

  constructor(
    private readonly story: Story,
    private readonly system: HealthSystem,
  ) {
    this.phases = phasesOf(story.parameters);
    this.end = story.periods * Number(story.parameters.escrow.period);
    this.lives = story.miners.map(
      (_, i) => new Life(i, `${story.seed} life ${i}`, story.meanLife, story.meanRepair, this.end),
    );
  }

  async run(): Promise<History> {
    this.at(0, (block) => this.round(1, block));
    for (let i = 1; i <= this.story.periods; i++) this.at(this.lastBlockOf(i), () => this.note(i), true);
    for (let task = this.tasks.shift(); task; task = this.tasks.shift()) await this.do(task);
    return {
      story: this.story,
      failures: this.lives.flatMap((life) => life.failures(this.end)),
      pauses: this.pauses,
      resumptions: this.resumptions,
      rounds: this.rounds,
      pay: this.pay,
      finalPay: await this.system.pay(this.lastBlockOf(this.story.periods)),
      gas: this.system.gas,
    };
  }

  private lastBlockOf(periods: number): number {
    return blockAt(periods * Number(this.story.parameters.escrow.period)) - 1;
  }

  private async do({ block, run, looks }: Task): Promise<void> {
    if (looks) return run(block);
    this.lastBlock = Math.max(block, this.lastBlock + 1);
    await run(this.lastBlock);
  }

  /** Does something in a block, unless the story is over by then. */
  private at(block: number, run: Task["run"], looks = false): void {
    if (timeOf(block) >= this.end) return;
    let place = this.tasks.length;
    while (place > 0 && (this.tasks[place - 1]?.block ?? 0) > block) place--;
    this.tasks.splice(place, 0, { block, run, looks });
  }

  private life(miner: number): Life {
    const life = this.lives[miner];
    if (!life) throw new RangeError(`miner: expected 0 .. ${this.lives.length - 1}, got ${miner}`);
    return life;
  }

  private isUp(miner: number, block: number): boolean {
    return this.life(miner).isUp(timeOf(block));
  }

  private behaviour(miner: number): Behaviour {
    return this.story.miners[miner]?.behaviour ?? "honest";
  }

  /** A round from its opening to its verdicts, and when the next one opens. */
  private async round(index: number, opened: number): Promise<void> {
    const { phases, system } = this;
    const { seed } = this.story;
    const settled = this.settledFrom(opened);
    if (settled > opened) return this.at(settled, (block) => this.round(index, block));
    this.at(this.nextOpening(opened), (block) => this.round(index + 1, block));
    const { number, members } = await system.open(opened, id(`${seed} randomness ${index}`));
    const excused = new Set([...this.lives.keys()].filter((miner) => system.isPaused(miner)));
    const poster = members.find(({ miner }) => this.isUp(miner, opened));
    if (!poster) return;
    const secret = id(`${seed} seed ${index}`);
    this.at(opened + phases.seed, (block) => system.post(block, number, poster, secret));
    this.at(opened + phases.mix, async (block) => {
      const targets = await system.mix(block, number, secret, id(`${seed} mix ${index}`));
      this.at(opened + phases.check, (at) => this.vote({ number, opened, members, targets, excused }, at));
    });
  }

  /** The first block in the next of the equal parts of a period. */
  private nextOpening(block: number): number {
    const { escrow, health } = this.story.parameters;
    const { pace } = rhythmOf(this.story.miners.length, Number(escrow.period), Number(health.gap), SECONDS_PER_BLOCK);
    const slot = Math.max(Math.floor(Number(escrow.period) / pace), 1);
    const from = (Math.floor((this.story.begins + timeOf(block)) / slot) + 1) * slot;
    return Math.max(block + Number(health.gap), blockAt(from - this.story.begins));
  }

  /** The first block from this one on in which the period has settled. */
  private settledFrom(block: number): number {
    const { begins, parameters } = this.story;
    return blockAt(settledFrom(begins + timeOf(block), Number(parameters.escrow.period)) - begins);
  }

  private async vote(round: Votes, check: number): Promise<void> {
    const { phases, system } = this;
    const { number, opened, targets } = round;
    const casts = this.ballots(round, check);
    const failures = targets.map((miner) => (miner < 0 ? undefined : this.failureAt(miner, check)));
    if (casts.length > 0) await system.commit(check, number, casts);
    this.at(opened + phases.reveal, (block) => system.reveal(block, number, casts));
    this.at(opened + phases.finalize, async (block) => {
      const outcome = await system.finalize(block, number);
      this.rounds.push(this.record(round, casts, outcome));
      if (!outcome.decided) return;
      const silent = casts.filter(({ conduct }) => conduct !== "shows");
      if (silent.length > 0) this.at(opened + phases.report, (at) => system.report(at, number, silent));
      this.at(opened + phases.enforce, async (at) => {
        const hit = await system.enforce(at, number, outcome.unhealthy);
        for (const miner of hit) this.notePause(miner, at, failures[targets.indexOf(miner)]);
      });
    });
  }

  private failureAt(miner: number, block: number): Failure | undefined {
    return this.life(miner).failureAt(timeOf(block));
  }

  /** Who is down doesn't vote. */
  private ballots({ number, members, targets, excused }: Votes, block: number): Cast[] {
    const chance = new Chance(`${this.story.seed} ballots ${number}`);
    const sights = targets.map((miner): Sight => ({
      healthy: miner < 0 || this.isUp(miner, block),
      excused: excused.has(miner),
      paused: miner >= 0 && this.system.isPaused(miner),
      colluder: miner >= 0 && this.behaviour(miner) === "colluder",
    }));
    return members
      .filter(({ miner }) => this.isUp(miner, block))
      .map((member) => {
        const behaviour = this.behaviour(member.miner);
        const unhealthy = ballotOf(behaviour, sights, this.story.noise, chance);
        return { ...member, unhealthy, conduct: conductOf(behaviour) };
      });
  }

  private record({ number, opened, members, targets }: Votes, casts: readonly Cast[], outcome: Outcome): RoundRecord {
    const seatsOf = (list: readonly Member[]): number => list.reduce((sum, { seats }) => sum + seats.length, 0);
    return {
      round: number,
      period: Math.floor(timeOf(opened) / Number(this.story.parameters.escrow.period)),
      members: members.length,
      seats: seatsOf(members),
      shown: seatsOf(casts.filter(({ conduct }) => conduct === "shows")),
      decided: outcome.decided,
      unhealthy: outcome.unhealthy.length,
      targets: targets.length,
    };
  }

  private notePause(miner: number, block: number, failure: Failure | undefined): void {
    const at = timeOf(block);
    this.pauses.push(failure ? { miner, at, failure } : { miner, at });
    // Who repairs a node resumes it at once; who finds it paused for no reason needs a while to notice.
    const waits = failure && failure.until > at && !this.story.hasty;
    const ready = waits ? failure.until : at + this.story.notice;
    this.at(blockAt(ready), (next) => this.resume(miner, next));
  }

  /** Unless it is down again: then when it has been repaired. */
  private async resume(miner: number, block: number): Promise<void> {
    const failure = this.failureAt(miner, block);
    if (!failure || this.story.hasty) {
      this.resumptions.push({ miner, at: timeOf(block), ...(failure && { failure }) });
      return this.system.resume(block, miner);
    }
    this.at(blockAt(failure.until), (next) => this.resume(miner, next));
  }

  private async note(period: number): Promise<void> {
    const all = await this.system.pay(this.lastBlockOf(period));
    const sums = new Map<Behaviour, bigint>();
    for (const [miner, pay] of all.entries()) {
      sums.set(this.behaviour(miner), (sums.get(this.behaviour(miner)) ?? 0n) + pay);
    }
    for (const [behaviour, pay] of sums) this.pay.push({ period, behaviour, pay });
  }
}
