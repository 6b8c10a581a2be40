import { keccak_256 } from "@noble/hashes/sha3.js";
import { keccak256 } from "ethers";

import {
  committeeSize,
  decide,
  type Decision,
  type Facts,
  PayBook,
  permute,
  seatsFor,
  silencePart,
  thresholdFor,
  type Vote,
} from "../../test/models/health";
import { healthShare, nextIssue } from "../../test/models/issuance";
import { Chance } from "../reports/chance";
import { addressOf } from "./people";
import { paceFor } from "./pace";
import {
  type Cast,
  type HealthSystem,
  type Member,
  noGas,
  type OpenRound,
  type Outcome,
  type Start,
  timeOf,
} from "./system";

/** Who is in a committee, and who is a target. */
export interface Lottery {
  /** Winning seats by miner; `chance` is wanted / seats. Miners without a seat may be in it with none. */
  committee(randomness: string, wanted: bigint, seatsTotal: bigint, seats: readonly bigint[]): Member[];
  /** The miners that the targets are. */
  targets(seed: string, mix: string, count: number, miners: number): number[];
}

/** As the chain draws: by hashes, seat by seat. */
export const hashedLottery: Lottery = {
  committee(randomness, wanted, seatsTotal, seats) {
    const { distance, part, whole } = thresholdFor(wanted, seatsTotal);
    const round = Buffer.from(randomness.slice(2), "hex");
    const words = Buffer.alloc(96); // abi.encode(randomness, miner, seat)
    round.copy(words);
    const wins = (seat: number): boolean => {
      words.writeUInt32BE(seat, 92);
      const id = keccak_256(words);
      const found = differing(id, round);
      if (found !== distance) return found < distance;
      const draw = Buffer.from(keccak_256(id)).readBigUInt64BE();
      return draw * whole < part << 64n;
    };
    const members: Member[] = [];
    for (const [miner, count] of seats.entries()) {
      Buffer.from(addressOf(miner).slice(2), "hex").copy(words, 44);
      const won: bigint[] = [];
      for (let seat = 0; seat < count; seat++) if (wins(seat)) won.push(BigInt(seat));
      if (won.length > 0) members.push({ miner, seats: won });
    }
    return members;
  },
  targets(seed, mix, count, miners) {
    const key = keccak256(seed + mix.slice(2));
    return Array.from({ length: count }, (_, i) => Number(permute(key, BigInt(miners), BigInt(i))));
  },
};

/** How many bits each byte has. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/** How many bits differ. */
function differing(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += ONES[(a[i] ?? 0) ^ (b[i] ?? 0)] ?? 0;
  return count;
}

/** The same distribution from a fast generator: for many rounds of large networks. */
export function quickLottery(profiles: Start["miners"], minStake: bigint): Lottery {
  const first: number[] = []; // the place of each miner's first seat, in a row of all
  const owners: number[] = [];
  for (const [miner, { stake }] of profiles.entries()) {
    first.push(owners.length);
    for (let seat = 0n; seat < seatsFor(stake, minStake); seat++) owners.push(miner);
  }
  return {
    committee(randomness, wanted, seatsTotal, seats) {
      const won = new Map<number, bigint[]>();
      for (const place of new Chance(randomness).successes(owners.length, Number(wanted) / Number(seatsTotal))) {
        const miner = owners[place] ?? 0;
        if (seats[miner] === 0n) continue;
        won.set(miner, [...(won.get(miner) ?? []), BigInt(place - (first[miner] ?? 0))]);
      }
      return [...won].map(([miner, held]) => ({ miner, seats: held }));
    },
    targets: (seed, mix, count, miners) => new Chance(seed + mix).distinct(count, miners),
  };
}

interface ModelRound {
  period: bigint;
  openedBlock: number;
  wanted: bigint;
  budget: bigint;
  seed: string;
  posted: boolean;
  targets: readonly number[];
  votes: Vote[];
  decision?: Decision;
}

/** The health votes by their model: test/models/health.ts decides and pays, here is what surrounds a round. */
export class ModelSystem implements HealthSystem {
  readonly gas = noGas();
  private readonly period: bigint;
  private readonly seat: bigint;
  private readonly book: PayBook;
  private readonly pace: number;
  private readonly rounds = new Map<number, ModelRound>();
  private readonly paused: boolean[];
  private readonly earnsFrom: bigint[];
  private readonly resumedBlock: number[];
  private opened = 0;
  private carry = 0n;
  private issued: bigint;
  private closed: bigint;
  private budget = 0n;
  private undrawn = 0n;

  constructor(
    private readonly start: Start,
    private readonly lottery: Lottery,
  ) {
    const { parameters, miners } = start;
    this.period = parameters.escrow.period;
    this.seat = parameters.escrow.minStake / 16n;
    this.book = new PayBook(parameters.escrow.vesting);
    this.pace = paceFor(miners.length);
    this.paused = miners.map(() => false);
    this.earnsFrom = miners.map(() => 0n);
    this.resumedBlock = miners.map(() => -1);
    this.issued = parameters.initialSupply;
    this.closed = BigInt(start.begins) / this.period - 1n; // the stakes' first period, which issues
  }

  private now(block: number): bigint {
    return BigInt(this.start.begins + timeOf(block)) / this.period;
  }

  private earns(miner: number, period: bigint): boolean {
    return !this.paused[miner] && (this.earnsFrom[miner] ?? 0n) <= period;
  }

  private earning(period: bigint): bigint {
    return this.start.miners.reduce((sum, { stake }, i) => (this.earns(i, period) ? sum + stake : sum), 0n);
  }

  /** Closes the periods before this one: each mints, if enough earned in it, and gives the next its health budget. */
  private advance(now: bigint): void {
    const { parameters } = this.start;
    for (; this.closed < now; this.closed++) {
      const enough = this.earning(this.closed) >= parameters.escrow.minEarning;
      const issue = enough ? nextIssue({ ...parameters, ...parameters.escrow }, this.issued) : 0n;
      this.issued += issue;
      this.budget = this.undrawn = healthShare(issue, parameters.escrow.healthPpm);
    }
  }

  private round(number: number): ModelRound {
    const round = this.rounds.get(number);
    if (!round) throw new Error(`round: expected one that is open, got ${number}`);
    return round;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the contracts' twin
  async open(block: number, randomness: string): Promise<OpenRound> {
    const { parameters, miners } = this.start;
    const period = this.now(block);
    this.advance(period);
    const share = this.budget / BigInt(this.pace);
    const budget = share < this.undrawn ? share : this.undrawn;
    this.undrawn -= budget;
    const seatsTotal = this.earning(period) / this.seat;
    const wanted = committeeSize(BigInt(miners.length), seatsTotal, parameters.health.minSeats);
    const seats = miners.map(({ stake }, i) =>
      this.earns(i, period) ? seatsFor(stake, parameters.escrow.minStake) : 0n,
    );
    const number = ++this.opened;
    const blank = { seed: "", posted: false, targets: [], votes: [] };
    this.rounds.set(number, { period, openedBlock: block, wanted, budget, ...blank });
    return { number, targets: this.pace, members: this.lottery.committee(randomness, wanted, seatsTotal, seats) };
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async post(_block: number, number: number, _poster: Member, seed: string): Promise<void> {
    const round = this.round(number);
    [round.seed, round.posted] = [seed, true];
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async mix(_block: number, number: number, seed: string, mix: string): Promise<readonly number[]> {
    const round = this.round(number);
    // The chain makes its lowest bit 1: zero means "not yet".
    const noted = `0x${(BigInt(mix) | 1n).toString(16).padStart(64, "0")}`;
    round.targets = this.lottery.targets(seed, noted, this.pace, this.start.miners.length);
    return round.targets;
  }

  async commit(): Promise<void> {
    // Nothing that counts happens.
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async reveal(_block: number, number: number, casts: readonly Cast[]): Promise<void> {
    const round = this.round(number);
    const shown = casts.filter(({ conduct, miner }) => conduct === "shows" && this.earns(miner, round.period));
    round.votes = shown.map(({ miner, seats, unhealthy }): Vote => {
      const own = round.targets.indexOf(miner);
      const vote = { voter: String(miner), seed: 0, seats: BigInt(seats.length), unhealthy };
      return own < 0 ? vote : { ...vote, own };
    });
  }

  private factsOf(round: ModelRound): Facts {
    const { wanted, budget, votes } = round;
    return { wanted, targets: this.pace, seeds: round.posted ? 1 : 0, budget, votes };
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async finalize(block: number, number: number): Promise<Outcome> {
    const round = this.round(number);
    const decision = decide(this.factsOf(round), this.carry);
    if (!decision) return { decided: false, unhealthy: [] };
    round.decision = decision;
    this.carry = decision.carry;
    this.book.settle(decision, this.now(block));
    return { decided: true, unhealthy: [...decision.unhealthy] };
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async report(block: number, number: number, silent: readonly Cast[]): Promise<void> {
    const { decision, period } = this.round(number);
    for (const { miner, seats } of silent) {
      if (!decision || !this.earns(miner, period)) continue;
      this.book.takeBack(String(miner), silencePart(decision, BigInt(seats.length)), this.now(block));
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async enforce(block: number, number: number, targets: readonly number[]): Promise<readonly number[]> {
    const round = this.round(number);
    const now = this.now(block);
    this.advance(now);
    const hit = targets
      .map((target) => round.targets[target] ?? -1)
      .filter((miner) => miner >= 0 && !this.paused[miner] && (this.resumedBlock[miner] ?? -1) < round.openedBlock);
    for (const miner of hit) {
      this.book.takeBack(String(miner), this.book.unvested(String(miner), now), now);
      this.paused[miner] = true;
    }
    this.rounds.delete(number);
    return hit;
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async resume(block: number, miner: number): Promise<void> {
    this.advance(this.now(block));
    this.paused[miner] = false;
    this.earnsFrom[miner] = this.now(block) + 1n;
    this.resumedBlock[miner] = block;
  }

  isPaused(miner: number): boolean {
    return this.paused[miner] ?? false;
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async pay(block: number): Promise<readonly bigint[]> {
    const now = this.now(block);
    return this.start.miners.map((_, i) => this.book.vested(String(i), now) + this.book.unvested(String(i), now));
  }
}
