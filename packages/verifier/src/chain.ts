import type { Terms } from "@nkms/protocol";
import type { Head, Nonces } from "@nkms/protocol/account";

import type { Evidence } from "./evidence.js";

export type { Head, Nonces } from "@nkms/protocol/account";

/** What is fixed when the contracts are deployed. */
export interface ChainRules {
  readonly chainId: bigint;
  /** The policy manager's address. */
  readonly policies: string;
  /** What a commitment costs, wei. */
  readonly bond: bigint;
  /** Blocks from a commitment to the first in which it can be revealed. */
  readonly minAge: bigint;
  /** And to the last. */
  readonly maxAge: bigint;
  /** Of the collateral, to whoever proves a wrong answer; per cent. */
  readonly finderPercent: bigint;
  /** Of the earned fee, to whoever shows a leaked key; per cent. */
  readonly leakPercent: bigint;
  /** W: periods after an arrangement's end in which evidence counts. */
  readonly window: bigint;
  readonly secondsPerPeriod: bigint;
}

/** An arrangement as it stands. See the policy manager's `Standing`. */
export interface Standing {
  readonly miner: string;
  readonly operator: string;
  readonly kfragHash: string;
  /** Base units. */
  readonly collateral: bigint;
  /** The first period served. */
  readonly start: bigint;
  /** The first period no longer served, as things stand. */
  readonly stop: bigint;
  readonly end: bigint;
  readonly open: boolean;
  readonly handedOff: boolean;
  readonly convicted: boolean;
}

/** The state of a commitment. `madeAt` is a block; 0: there is none. */
export interface OnChainCommitment {
  readonly madeAt: bigint;
  /** It was revealed: its bond waits. */
  readonly founded: boolean;
}

/** What the chain remembers of a commitment. */
export interface CommitmentHistory {
  readonly committed: boolean;
  /** If it was revealed: the share of the verdict, base units of NKMS. */
  readonly reward?: bigint;
  readonly bond: "taken" | "burned" | "kept";
}

/** A step of a challenge. */
export type Step = "commit" | "reveal" | "takeBond" | "burnBond";

/** A step with what it takes. */
export type Call =
  | { readonly step: "commit"; readonly commitment: string; readonly bond: bigint }
  | { readonly step: "reveal"; readonly evidence: Evidence; readonly salt: string }
  | { readonly step: "takeBond"; readonly commitment: string }
  | { readonly step: "burnBond"; readonly commitment: string };

/**
 * The chain as a challenger sees it. `EthersChain` is the real one. What goes wrong in a call is thrown as the provider
 * throws it, unless it says otherwise.
 */
export interface ChallengeChain {
  /** The challenge manager's address. */
  readonly contract: string;
  /** Who commits and reveals. */
  readonly challenger: string;
  rules(): Promise<ChainRules>;
  head(): Promise<Head>;
  standingOf(terms: Terms, index: bigint): Promise<Standing>;
  commitmentOf(commitment: string): Promise<OnChainCommitment>;
  /** @param since a block before which nothing happened */
  historyOf(commitment: string, evidence: Evidence, since: bigint): Promise<CommitmentHistory>;
  nonces(): Promise<Nonces>;
  /** Wei per unit of gas, as things are. */
  gasPrice(): Promise<bigint>;
  /**
   * How much gas a step takes.
   * @throws {VerifierError} `TRANSACTION_FAILED` with the contract's error if it would revert
   */
  gasFor(call: Call): Promise<bigint>;
  /** Sends a step with this nonce. @returns the transaction's hash, once a node has it */
  send(call: Call, nonce: number, gas: bigint): Promise<string>;
  /** What became of a transaction; `unknown`: the chain hasn't mined it. */
  outcomeOf(hash: string): Promise<"done" | "failed" | "unknown">;
}
