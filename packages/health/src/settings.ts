import { shown } from "@nkms/protocol/json";
import { hexlify, randomBytes } from "ethers";

import type { Step } from "./chain.js";
import { type CheckRules, limitsOf, LONGEST_WAIT } from "./checks.js";
import { HealthError } from "./errors.js";
import type { Fault } from "./faults.js";
import type { MessageSigner } from "./messages.js";
import type { Transport } from "./transport.js";
import { checkAddress, checkCount, checkRange, MAX_UINT256 } from "./values.js";

/** Who votes, and how. */
export interface VoterOptions extends CheckRules {
  /** The miner that votes. */
  readonly voter: string;
  /** Its operator: it signs messages and sends transactions. */
  readonly signer: MessageSigner;
  /** A folder of this voter's own, for its journals. One process at a time. */
  readonly folder: string;
  /** How members reach each other; without it this voter talks to nobody. */
  readonly transport?: Transport;
  /** Lets one member commit, and show votes, for all; false by default. */
  readonly joint?: boolean;
  /** How many votes are in one transaction, at most; 64 by default. */
  readonly maxJoint?: number;
  /** Blocks on top of the one that opened the commit phase, or ended it, before this voter relies on it; 2 by default. */
  readonly confirmations?: bigint;
  /** Blocks at the end of a phase that are kept for getting a transaction mined; a fifth of the phase by default. */
  readonly spareBlocks?: bigint;
  /** Blocks without being mined after which a transaction is sent again for an eighth more; 2 by default. */
  readonly bumpBlocks?: bigint;
  /** Wei per unit of gas that is never exceeded; no limit by default. */
  readonly maxFeePerGas?: bigint;
  /** Opens rounds when their time has come, in its turn, while its miner earns; true by default. */
  readonly openRounds?: boolean;
  /** Opens commit phases, in its turn; true by default. */
  readonly openCommits?: boolean;
  /** Decides rounds in which it has voted, in its turn; true by default. */
  readonly finalize?: boolean;
  /** Steps of deciding in one transaction; 64 by default. */
  readonly maxSteps?: bigint;
  /** Applies verdicts, in its turn; true by default. */
  readonly enforce?: boolean;
  /** Reports who committed and didn't show; false by default: it costs gas, and what is taken is burned. */
  readonly reportSilence?: boolean;
  /** 32 random bytes, hex; from the system's source of randomness, but for tests. */
  readonly random?: () => string;
  /** Told what happens. What it throws is left out. */
  readonly report?: (event: VoterEvent) => void;
  /** Milliseconds between two looks at the chain; 4,000 by default. */
  readonly pollInterval?: number;
}

/** What a voter tells. */
export type VoterEvent =
  /** A transaction was sent. */
  | { readonly kind: "sent"; readonly round: bigint | undefined; readonly step: Step; readonly hash: string }
  /** One was not sent, because the contract would refuse it or the node did. It is tried again if it is still due. */
  | { readonly kind: "refused"; readonly round: bigint | undefined; readonly step: Step; readonly error: unknown }
  /** The voter will not vote in a round. */
  | { readonly kind: "missed"; readonly round: bigint; readonly why: string }
  /** Another member did wrong. */
  | { readonly kind: "fault"; readonly round: bigint; readonly fault: Fault }
  /** The chain could not be asked, or a journal not be written. */
  | { readonly kind: "error"; readonly round?: bigint; readonly error: unknown }
  /** Another account works for the miner: nothing is sent. */
  | { readonly kind: "notOperator"; readonly operator: string };

/** Options with their defaults. */
export type VoterSettings = ReturnType<typeof settingsOf>;

/**
 * Fills in what wasn't said.
 * @throws {HealthError} `BAD_ARGUMENT`
 */
export function settingsOf(options: VoterOptions) {
  const { folder, spareBlocks, maxFeePerGas } = options;
  if (typeof folder !== "string" || folder === "") {
    throw new HealthError("BAD_ARGUMENT", "folder", "the name of a folder", shown(folder));
  }
  if (spareBlocks !== undefined) checkRange("spareBlocks", spareBlocks, 0n, MAX_UINT256);
  if (maxFeePerGas !== undefined) checkRange("maxFeePerGas", maxFeePerGas, 0n, MAX_UINT256);
  return {
    ...options,
    ...limitsOf(options),
    voter: checkAddress("voter", options.voter),
    joint: options.joint ?? false,
    maxJoint: checkCount("maxJoint", options.maxJoint ?? 64, 1, 65_536),
    confirmations: checkRange("confirmations", options.confirmations ?? 2n, 0n, MAX_UINT256),
    bumpBlocks: checkRange("bumpBlocks", options.bumpBlocks ?? 2n, 1n, MAX_UINT256),
    openRounds: options.openRounds ?? true,
    openCommits: options.openCommits ?? true,
    finalize: options.finalize ?? true,
    maxSteps: checkRange("maxSteps", options.maxSteps ?? 64n, 1n, MAX_UINT256),
    enforce: options.enforce ?? true,
    reportSilence: options.reportSilence ?? false,
    random: options.random ?? (() => hexlify(randomBytes(32))),
    pollInterval: checkCount("pollInterval", options.pollInterval ?? 4_000, 1, LONGEST_WAIT),
  };
}
