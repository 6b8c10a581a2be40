import { type Io, terminal } from "@nkms/verifier/tools";

import { DeployError } from "./errors";

/**
 * Asks a question that is answered by yes or no.
 * @throws {DeployError} `NOT_CONFIRMED` when there is nobody to ask
 */
export const askYesNo = (question: string): Promise<boolean> => ask(question, (io) => io.confirm(question));

/**
 * Asks for a password and shows nothing of what is typed.
 * @throws {DeployError} `NOT_CONFIRMED` when there is nobody to ask
 */
export const askSecret = (question: string): Promise<string> => ask(question, (io) => io.password(question));

async function ask<Answer>(question: string, answer: (io: Io) => Promise<Answer>): Promise<Answer> {
  try {
    return await answer(terminal());
  } catch (cause) {
    const instead = "a terminal, or --yes and NKMS_PASSWORD_FILE";
    throw new DeployError("NOT_CONFIRMED", question.replace(/:? *$/, ""), instead, "neither", { cause });
  }
}
