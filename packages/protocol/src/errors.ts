/** The stable name of each way a call can fail. Programs branch on these; messages are for people. */
export type ProtocolErrorCode =
  /** An argument of the wrong type, or outside its range. */
  | "BAD_ARGUMENT"
  /** A draw for a period that is not to come. The contract's StakeEscrowDrawTooEarly: values `until`, `least`. */
  | "DRAW_TOO_EARLY"
  /** Fewer members than wanted miners. The contract's StakeEscrowTooFewMembers: values `members`, `wanted`. */
  | "TOO_FEW_MEMBERS"
  /**
   * The allowed trials gave too few miners. The contract's StakeEscrowTrialsUsedUp: values `drawn`, `wanted`, `trials`.
   */
  | "TRIALS_USED_UP"
  /** Bytes of another length than needed: values `length`, `needed`. */
  | "BAD_LENGTH"
  /** A policy without an owner. The contract's PolicyManagerNoOwner. */
  | "NO_OWNER"
  /** A deadline in the past. The contract's PolicyManagerExpired: values `deadline`, `timestamp`. */
  | "EXPIRED"
  /** One of the terms. The contract's PolicyManagerTermOutOfBounds: values `value`, `least`, `most`. */
  | "TERM_OUT_OF_BOUNDS"
  /** A rate or a collateral. The contract's PolicyManagerTermNotWhole: values `value`, `unit`. */
  | "TERM_NOT_WHOLE"
  /** Miners that don't stand in rising order. The contract's PolicyManagerOutOfOrder: value `index`. */
  | "OUT_OF_ORDER"
  /** A miner with two arrangements. The contract's PolicyManagerOutOfOrder: values `index`, `first`. */
  | "MINER_TWICE"
  /** A key fragment that two miners would get; no contract checks that. Values `index`, `first`. */
  | "KFRAG_TWICE"
  /** Too few or too many acceptances. The contract's PolicyManagerAcceptances: values `given`, `needed`. */
  | "ACCEPTANCES"
  /** A signature of somebody else, or of something else. The contract's PolicyManagerWrongSigner. */
  | "WRONG_SIGNER"
  /** A contract without a connection to a chain, so that no block can be looked up. */
  | "NO_PROVIDER"
  /** A block that the chain doesn't know. */
  | "UNKNOWN_BLOCK"
  /** The chain put another block in the place of the one that was being read: read again. */
  | "BLOCK_REPLACED";

/**
 * The one error this package throws. `message` reads `argument: expected this, got that`.
 *
 * @example
 * try {
 *   miners = await drawRandomly(state, { wanted: 3n, until });
 * } catch (error) {
 *   if (error instanceof ProtocolError && error.code === "TOO_FEW_MEMBERS") console.log(error.values["members"]);
 *   else throw error;
 * }
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";

  constructor(
    readonly code: ProtocolErrorCode,
    /** What was wrong, in the words of the caller: `until`, `seat.weight`. */
    readonly argument: string,
    readonly expected: string,
    readonly got: string,
    /** The numbers behind the message, under the names that the contract's error has for them. */
    readonly values: Readonly<Record<string, bigint>> = {},
    options?: ErrorOptions,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`, options);
  }
}
