import { type Io, terminal } from "@nkms/verifier/tools";

import { asError, TaskError } from "./errors";

/** Whoever runs a task: asked before anything is sent. */
export type { Io };

let asked: Io | undefined;

/** Lets `io` answer instead of the terminal, for tests. @returns what takes that back */
export function answerWith(io: Io): () => void {
  asked = io;
  return () => (asked = undefined);
}

/** Prints a line of what was found or done. */
export const tell = (line: string): void => (asked ?? terminal()).out(line);

/**
 * Whether the answer is yes.
 * @throws {TaskError} `NOBODY_TO_ASK` where nobody can answer
 */
export const confirm = (question: string): Promise<boolean> => ask("--yes", (io) => io.confirm(question));

/**
 * A password, typed without being shown.
 * @throws {TaskError} `NOBODY_TO_ASK` where nobody can type
 */
export const askPassword = (prompt: string): Promise<string> => ask("--password-file", (io) => io.password(prompt));

async function ask<Answer>(instead: string, question: (io: Io) => Promise<Answer>): Promise<Answer> {
  try {
    return await question(asked ?? terminal());
  } catch (cause) {
    throw new TaskError("NOBODY_TO_ASK", instead, "to be there where nobody can be asked", "nothing", asError(cause));
  }
}
