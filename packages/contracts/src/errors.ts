/** What can be wrong with a question to this package. */
export type ContractsErrorCode = "UNKNOWN_CHAIN" | "UNKNOWN_CONTRACT";

/** Says which argument, what was expected, and what came. */
export class ContractsError extends Error {
  override readonly name = "ContractsError";

  constructor(
    readonly code: ContractsErrorCode,
    argument: string,
    expected: string,
    got: string,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`);
  }
}
