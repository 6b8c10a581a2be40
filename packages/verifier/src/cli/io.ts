import { isError } from "ethers";

/** How a command talks to whoever runs it. */
export interface Io {
  /** A line of what was found. */
  out(line: string): void;
  /** A line about what goes wrong or on. */
  tell(line: string): void;
  /** Whether the answer to a question is yes. @throws {VerifierError} `USAGE` if nobody is there to answer */
  confirm(question: string): Promise<boolean>;
  /** A password, typed without being shown. @throws {VerifierError} `USAGE` if nobody is there to type */
  password(prompt: string): Promise<string>;
  /** Resolves when the command is to end. */
  stopped(): Promise<void>;
}

/** What a process ends with. */
export const Exit = { Well: 0, Fault: 1, Refused: 2, NotDone: 3 } as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

/** A result as JSON in one line; bigints as strings. */
export const jsonLine = (value: object): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item));

/** What an error says, without the details that ethers appends: URLs and data of transactions are among them. */
export function shortMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What ethers doesn't know, such as an account without ether on Hardhat's chain, only the node's own words tell.
  if (isError(error, "UNKNOWN_ERROR")) {
    const { error: node } = error as { readonly error?: { readonly message?: unknown } };
    if (typeof node?.message === "string") return node.message;
  }
  return "shortMessage" in error && typeof error.shortMessage === "string" ? error.shortMessage : error.message;
}
