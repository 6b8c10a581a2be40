/** The stable name of each way a call can fail. Programs branch on these; messages are for people. */
export type VerifierErrorCode =
  /** An argument of the wrong type, or outside its range. */
  | "BAD_ARGUMENT"
  /** Text that isn't JSON, or too much of it. */
  | "BAD_JSON"
  /** A field of a file that is missing, unknown, or not what it must be. */
  | "BAD_FIELD"
  /** The terms have no arrangement with this index, and nothing tells who took one over. */
  | "NO_ARRANGEMENT"
  /** Evidence of an answer that has no fault. */
  | "NO_FAULT"
  /** A hint for an equation whose points no line goes through: nobody can make such an answer. */
  | "NO_HINT"
  /** A secret that isn't the key fragment's. */
  | "OTHER_SECRET"
  /** A key fragment that isn't the arrangement's. */
  | "OTHER_KFRAG"
  /** A file of evidence that says something else than its own answer shows. */
  | "OTHER_EVIDENCE"
  /** An answer that satisfies every equation and is not what the pack expects: impossible, unless the pack was changed. */
  | "IMPOSSIBLE"
  /** The signer has no address or no provider. */
  | "NO_PROVIDER"
  /** The chain, its contract or its policy manager isn't the one that the evidence or the journal is for. */
  | "OTHER_CHAIN"
  /** Evidence that is too long for a transaction. */
  | "TOO_LARGE"
  /** A journal of other evidence, another challenger or another contract. */
  | "OTHER_JOURNAL"
  /** A step that is not possible as things stand: the message says how they stand. */
  | "OUT_OF_TURN"
  /** A transaction that failed, or would: the contract's error is in the message. */
  | "TRANSACTION_FAILED"
  /** The arrangement was convicted already, or its evidence no longer counts: revealing earns nothing. */
  | "NOTHING_TO_EARN"
  /** A file that exists already where a new one was to be made. */
  | "FILE_EXISTS"
  /** A file that can't be read or written. */
  | "FILE"
  /** A command line that makes no sense. */
  | "USAGE"
  /** A keystore that the password doesn't open, or that is none. */
  | "KEYSTORE";

/**
 * The one error this package throws. `message` reads `argument: expected this, got that` and never shows a secret.
 *
 * @example
 * try {
 *   answer = parseAnswer(text);
 * } catch (error) {
 *   if (error instanceof VerifierError && error.code === "BAD_FIELD") console.log(error.argument);
 *   else throw error;
 * }
 */
export class VerifierError extends Error {
  override readonly name = "VerifierError";

  constructor(
    readonly code: VerifierErrorCode,
    /** What was wrong, in the words of the caller: `answer.cfrag`, `secret`. */
    readonly argument: string,
    readonly expected: string,
    readonly got: string,
    options?: ErrorOptions,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`, options);
  }
}
