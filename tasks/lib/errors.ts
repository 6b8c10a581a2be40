import type { ProtocolErrorCode } from "@nkms/protocol";
import type { VerifierErrorCode } from "@nkms/verifier";
import { HardhatPluginError } from "hardhat/plugins";

import type { DeployErrorCode } from "../../deploy/errors";

/** The stable name of each way a task can fail. Programs branch on these; messages are for people. */
export type TaskErrorCode =
  /** An argument that can't be read, or of which nothing can come. */
  | "BAD_ARGUMENT"
  /** A file that isn't there, can't be read or written, or isn't what it must be. */
  | "BAD_FILE"
  /** No way, or more than one, of saying which account sends. */
  | "NO_SENDER"
  /** The keystore can't be opened. */
  | "KEYSTORE"
  /** Nobody is there to be asked. */
  | "NOBODY_TO_ASK"
  /** A lock, a policy or an arrangement that isn't there. */
  | "NOT_FOUND"
  /** What was signed is for another chain, contract or policy. */
  | "OTHER_SIGNATURE"
  /** The account can't pay for the transaction. */
  | "TOO_POOR"
  /** The chain isn't one on which this can be done. */
  | "OTHER_CHAIN";

/** Why a task did nothing: the message reads `argument: expected this, got that`. Nothing was sent. */
export class TaskError extends HardhatPluginError {
  constructor(
    readonly code: TaskErrorCode | ProtocolErrorCode | VerifierErrorCode | DeployErrorCode,
    readonly argument: string,
    readonly expected: string,
    readonly got: string,
    cause?: Error,
  ) {
    super("nkms", `${argument}: expected ${expected}, got ${got}`, cause);
    Object.setPrototypeOf(this, TaskError.prototype); // Hardhat's class makes every error its own
    hideStack(this);
  }
}

/** What a contract refused, or would refuse: the name of its error, the values, and what docs/errors.md says of it. */
export class RefusedError extends HardhatPluginError {
  readonly code = "REFUSED";

  constructor(
    /** `StakeEscrowTooSmall`; undefined: the contract gave no reason. */
    readonly error: string | undefined,
    readonly values: Readonly<Record<string, unknown>>,
    /** Lines. */
    readonly words: readonly string[],
    cause?: Error,
  ) {
    super("nkms", words.join("\n"), cause);
    Object.setPrototypeOf(this, RefusedError.prototype);
    hideStack(this);
  }
}

/** Where there is no display, as on servers, Hardhat prints every stack unasked. These messages say all that helps. */
function hideStack(error: Error): void {
  if (process.argv.includes("--show-stack-traces")) return;
  Object.defineProperty(error, Symbol.for("nodejs.util.inspect.custom"), { value: () => "" });
}

/** What a caught value is as an error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** An error of one of NKMS's own packages. */
type Complaint = Error & Pick<TaskError, "code" | "argument" | "expected" | "got">;

export const isComplaint = (thrown: unknown): thrown is Complaint =>
  thrown instanceof Error && ["code", "argument", "expected", "got"].every((field) => field in thrown);

/** What Hardhat should print of what a task threw: one line of NKMS's own errors, no stack. */
export const asTaskError = (thrown: unknown): unknown =>
  isComplaint(thrown) && !(thrown instanceof TaskError)
    ? new TaskError(thrown.code, thrown.argument, thrown.expected, thrown.got, thrown)
    : thrown;
