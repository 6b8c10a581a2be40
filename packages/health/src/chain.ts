import type { Head, Nonces } from "@nkms/protocol/account";

import type { Vote } from "./ballot.js";
import type { Phases } from "./timetable.js";

export type { Head, Nonces } from "@nkms/protocol/account";

/** What is fixed when the contracts are deployed. */
export interface ChainRules extends Phases {
  readonly chainId: bigint;
  /** h: blocks from a round's opening to the next. */
  readonly gap: bigint;
  /** R: how many rounds are kept. */
  readonly ring: bigint;
  readonly secondsPerPeriod: bigint;
}

/** How far a round is: the contract's enum. */
export const State = { None: 0, Open: 1, Tallying: 2, Scoring: 3, Decided: 4, Void: 5 } as const;

/** A round as the chain has it. See the contract's `Round`. */
export interface Round {
  readonly number: bigint;
  readonly openedBlock: bigint;
  /** Unix time, seconds. */
  readonly openedAt: bigint;
  readonly period: bigint;
  /** N. */
  readonly numbers: bigint;
  readonly state: number;
  /** The period in which it was decided. */
  readonly decidedIn: bigint;
  /** W. */
  readonly seatsTotal: bigint;
  /** n. */
  readonly wanted: bigint;
  readonly distance: bigint;
  readonly rim: bigint;
  /** k. */
  readonly targets: number;
  /** The place of the seed that won. */
  readonly winner: number;
  /** B, base units. */
  readonly budget: bigint;
  readonly pot: bigint;
  /** Seats of all votes. */
  readonly revealed: bigint;
  /** r. */
  readonly randomness: string;
  /** Undefined until the commit phase was opened. */
  readonly mix: string | undefined;
}

/** A seed that was posted. */
export interface PostedSeed {
  readonly hash: string;
  readonly voter: string;
  readonly seat: bigint;
  /** Revealed for it. */
  readonly seats: bigint;
}

/** Whose a number is. */
export interface Holder {
  /** Zero: nobody's. */
  readonly miner: string;
  /** The period since which it is. */
  readonly since: bigint;
}

/** How a miner stands. */
export interface Standing {
  readonly paused: boolean;
  /** Unix time of the last resumption, seconds. */
  readonly resumedAt: bigint;
}

/** A miner was paused, or has resumed. */
export interface Turn {
  readonly miner: string;
  /** Since then. */
  readonly paused: boolean;
}

/** A vote that was shown. */
export interface Shown {
  readonly voter: string;
  readonly seed: string;
  readonly seats: bigint;
}

/** What a transaction offers for a unit of gas, wei. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** A commitment that an operator has signed, for somebody else to send. */
export interface SignedCommitment {
  readonly voter: string;
  readonly commitment: string;
  /** 65 bytes. */
  readonly signature: string;
}

/** A step of a voter, with what it takes. */
export type Call =
  | { readonly step: "openRound" }
  | {
      readonly step: "postSeed";
      readonly round: bigint;
      readonly voter: string;
      readonly seat: bigint;
      readonly hash: string;
    }
  | { readonly step: "openCommits"; readonly round: bigint }
  | { readonly step: "commit"; readonly round: bigint; readonly voter: string; readonly commitment: string }
  | { readonly step: "commitFor"; readonly round: bigint; readonly commitments: readonly SignedCommitment[] }
  | { readonly step: "reveal"; readonly round: bigint; readonly votes: readonly Vote[] }
  | { readonly step: "finalize"; readonly round: bigint; readonly maxSteps: bigint }
  | { readonly step: "enforce"; readonly round: bigint; readonly target: number; readonly seed: string }
  | {
      readonly step: "reportSilence";
      readonly round: bigint;
      readonly voter: string;
      readonly seats: readonly bigint[];
    };

export type Step = Call["step"];

/**
 * The chain as a voter sees it; all of the newest block. `EthersChain` is the real one. What goes wrong in a call is thrown
 * as the provider throws it, unless it says otherwise.
 */
export interface HealthChain {
  /** The address of the health votes. */
  readonly contract: string;
  /** Who sends: the voter's operator. */
  readonly sender: string;
  rules(): Promise<ChainRules>;
  head(): Promise<Head>;
  /** How many rounds have opened: the last one's number. */
  rounds(): Promise<bigint>;
  /** @returns undefined for one that isn't kept */
  roundOf(round: bigint): Promise<Round | undefined>;
  seedsOf(round: bigint): Promise<readonly PostedSeed[]>;
  /** How many seats a miner has in a round, winning or not. */
  seatsOf(round: bigint, voter: string): Promise<bigint>;
  /** The same by its stake alone: below s_min a miner can no longer vote, but still be reported as silent. */
  seatsLeftOf(round: Pick<Round, "period">, voter: string): Promise<bigint>;
  /** Who works for a miner now; zero: nobody. */
  operatorOf(voter: string): Promise<string>;
  /** N: how many numbers there are. */
  numbers(): Promise<bigint>;
  holderOf(number: bigint): Promise<Holder>;
  /** 0: none. */
  numberOf(miner: string): Promise<bigint>;
  standingOf(miner: string): Promise<Standing>;
  /** Who was paused, or resumed, after a block, in the order in which it happened. */
  turnsSince(block: bigint): Promise<readonly Turn[]>;
  /** What can be taken back of a miner's health pay, base units. */
  unvestedOf(miner: string): Promise<bigint>;
  /** Words of verdicts; none while there are none. */
  verdictsOf(round: bigint): Promise<readonly bigint[]>;
  /** Who has committed. */
  committedIn(round: Round): Promise<readonly string[]>;
  /** Which votes were shown. */
  shownIn(round: Round): Promise<readonly Shown[]>;
  nonces(): Promise<Nonces>;
  /** What to offer for gas, as things are. */
  fees(): Promise<Fees>;
  /**
   * How much gas a step takes, with something to spare.
   * @throws {HealthError} `TRANSACTION_FAILED` with the contract's error if it would revert
   */
  gasFor(call: Call): Promise<bigint>;
  /** Sends a step with this nonce. @returns the transaction's hash, once a node has it */
  send(call: Call, nonce: number, gas: bigint, fees: Fees): Promise<string>;
  /** What became of a transaction; `unknown`: the chain hasn't mined it. */
  outcomeOf(hash: string): Promise<"done" | "failed" | "unknown">;
}
