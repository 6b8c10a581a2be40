/** Why the demo can't go on: `code` for programs, the message (argument, expected, got) for people. */
export class DemoError extends Error {
  override readonly name = "DemoError";

  constructor(
    readonly code: "FILE_UNREADABLE" | "FILE_EMPTY" | "FILE_TOO_LARGE" | "NOT_AN_EMBEDDED_CHAIN" | "DISAGREEMENT",
    argument: string,
    expected: string,
    got: string,
    options?: ErrorOptions,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`, options);
  }
}

/** Stops the demo unless two things that must be equal are. */
export function expectEqual(what: string, got: bigint | string, expected: bigint | string): void {
  if (got !== expected) throw new DemoError("DISAGREEMENT", what, String(expected), String(got));
}
