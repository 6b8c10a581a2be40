/** A task that is to be run. */
export interface Question {
  readonly scope: string;
  readonly task: string;
  readonly args: Record<string, unknown>;
}

/** What came of it. */
export interface Answer {
  readonly result?: unknown;
  readonly error?: string;
  readonly lines: readonly string[];
}

/** JSON in one line; bigints as strings that end in `n`. */
export const encode = (value: object): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

export const decode = <Value>(line: string): Value =>
  JSON.parse(line, (_, part: unknown) =>
    typeof part === "string" && /^\d+n$/.test(part) ? BigInt(part.slice(0, -1)) : part,
  ) as Value;
