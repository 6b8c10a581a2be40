/** The stable name of each way a call can fail. Programs branch on these; messages are for people. */
export type HealthErrorCode =
  /** An argument of the wrong type, or outside its range. */
  | "BAD_ARGUMENT"
  /** A ballot of another length than the round's, or with bits behind its targets. The contract's HealthVoteBallotTooLong. */
  | "BALLOT_LENGTH"
  /** Text that isn't JSON, or too much of it. */
  | "BAD_JSON"
  /** A field of a message or a journal that is missing, unknown, or not what it must be. */
  | "BAD_FIELD"
  /** A file that can't be read or written. */
  | "FILE"
  /** A file that exists already where a new one was to be made. */
  | "FILE_EXISTS"
  /** A journal of another voter, contract or round, or one whose salt doesn't give its commitment. */
  | "OTHER_JOURNAL"
  /** The signer has no address or no provider. */
  | "NO_PROVIDER"
  /** The chain, or the contract at the address, isn't the one that was meant. */
  | "OTHER_CHAIN"
  /** A transaction that would fail: the contract's error is in the message. */
  | "TRANSACTION_FAILED";

/**
 * The one error this package throws. `message` reads `argument: expected this, got that` and never shows a secret.
 *
 * @example
 * try {
 *   unhealthy = readBallot(words, targets);
 * } catch (error) {
 *   if (error instanceof HealthError && error.code === "BALLOT_LENGTH") console.log(error.message);
 *   else throw error;
 * }
 */
export class HealthError extends Error {
  override readonly name = "HealthError";

  constructor(
    readonly code: HealthErrorCode,
    /** What was wrong, in the words of the caller: `ballot`, `message.voter`. */
    readonly argument: string,
    readonly expected: string,
    readonly got: string,
    options?: ErrorOptions,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`, options);
  }
}
