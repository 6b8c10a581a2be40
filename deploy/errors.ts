/** The stable name of each way a deployment, its check or its verification can fail. */
export type DeployErrorCode =
  /** An amount, a duration or another value that a parameter can't have. */
  | "BAD_PARAMETER"
  /** A network without a parameter file, or without the URL of a node. */
  | "NO_NETWORK"
  /** The node is of another chain than the parameter file. */
  | "OTHER_CHAIN"
  /** There is no address book for this chain. */
  | "NO_BOOK"
  /** The address book can't be read, or isn't one. */
  | "BAD_BOOK"
  /** A name that the address book doesn't have. */
  | "UNKNOWN_CONTRACT"
  /** The keystore can't be read, or its password is wrong. */
  | "KEYSTORE"
  /** The account can't pay for what is left to do. */
  | "TOO_POOR"
  /** Nobody is there to confirm, and nothing says that nobody needs to. */
  | "NOT_CONFIRMED"
  /** The deployment stopped; running it again goes on. */
  | "STOPPED"
  /** The address book says that the network is deployed, and the chain doesn't. */
  | "NOT_ON_CHAIN"
  /** A transaction of the deployment that the chain should know, and doesn't. */
  | "NO_TRANSACTION"
  /** The compiled contracts lack something: they were compiled by other means. */
  | "BAD_ARTIFACT"
  /** A block explorer refused a contract, or can't be understood. */
  | "NOT_VERIFIED";

/**
 * Why a task of the deployer can't go on: `code` for programs, the message for people. It reads `argument: expected this,
 * got that`.
 */
export class DeployError extends Error {
  override readonly name = "DeployError";

  constructor(
    readonly code: DeployErrorCode,
    readonly argument: string,
    readonly expected: string,
    readonly got: string,
    options?: ErrorOptions,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`, options);
  }
}
