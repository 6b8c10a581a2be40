/** An error of the kind that packages hand to what reads files and JSON for them. */
export class Failure extends Error {
  constructor(
    readonly code: string,
    argument: string,
    expected: string,
    got: string,
    options?: ErrorOptions,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`, options);
  }
}
