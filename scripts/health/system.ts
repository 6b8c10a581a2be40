import type { NetworkParameters } from "../../deploy/parameters/types";
import type { Behaviour, Conduct } from "./behaviours";

/** A miner of a simulated network; miners are named by their index. */
export interface Profile {
  /** Base units. */
  stake: bigint;
  behaviour: Behaviour;
}

/** What the contracts and the model start from. */
export interface Start {
  /** Unix time of block 0: the first second of a period. */
  begins: number;
  miners: readonly Profile[];
  parameters: NetworkParameters;
}

/** A member of a round's committee. */
export interface Member {
  miner: number;
  /** Its winning seats, in rising order. */
  seats: readonly bigint[];
}

export interface OpenRound {
  number: number;
  /** k. */
  targets: number;
  members: readonly Member[];
}

/** A ballot that a member commits to. */
export interface Cast extends Member {
  unhealthy: ReadonlySet<number>;
  conduct: Conduct;
}

/** What became of a round. */
export interface Outcome {
  decided: boolean;
  /** Targets found unhealthy. */
  unhealthy: readonly number[];
}

/** Gas of a round by what it was for. */
export type Gas = Record<
  "open" | "seed" | "mix" | "commit" | "reveal" | "finalize" | "enforce" | "report" | "resume",
  number
>;

export const noGas = (): Gas => ({
  open: 0,
  seed: 0,
  mix: 0,
  commit: 0,
  reveal: 0,
  finalize: 0,
  enforce: 0,
  report: 0,
  resume: 0,
});

/** Seconds in a block. */
export const SECONDS_PER_BLOCK = 12;

/** When block `block` of a story is, seconds from its beginning. */
export const timeOf = (block: number): number => SECONDS_PER_BLOCK * block;

/** The first block that is so many seconds after the beginning, or later. */
export const blockAt = (seconds: number): number => Math.ceil(seconds / SECONDS_PER_BLOCK);

/**
 * A network with health votes as a simulation drives it: the contracts, or a model of them. Each call happens in the block
 * it names; blocks never go back.
 */
export interface HealthSystem {
  open(block: number, randomness: string): Promise<OpenRound>;
  /** Posts the hash of the committee's seed, for a member. */
  post(block: number, round: number, poster: Member, seed: string): Promise<void>;
  /** Opens the commit phase. Returns the miner that each target is. */
  mix(block: number, round: number, seed: string, mix: string): Promise<readonly number[]>;
  commit(block: number, round: number, casts: readonly Cast[]): Promise<void>;
  /** Shows the ballots of all that committed and show. */
  reveal(block: number, round: number, casts: readonly Cast[]): Promise<void>;
  finalize(block: number, round: number): Promise<Outcome>;
  /** Reports members that committed and did not reveal. */
  report(block: number, round: number, silent: readonly Cast[]): Promise<void>;
  /** Applies verdicts to targets; the last that is done with a round. Returns the miners that it paused. */
  enforce(block: number, round: number, targets: readonly number[]): Promise<readonly number[]>;
  resume(block: number, miner: number): Promise<void>;
  isPaused(miner: number): boolean;
  /** Health pay that each miner has and has not lost, base units. */
  pay(block: number): Promise<readonly bigint[]>;
  /** Since the start. */
  readonly gas: Gas;
}
