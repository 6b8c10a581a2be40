import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

import { DeployError } from "./errors";

/**
 * Asks a question that is answered by yes or no.
 * @throws {DeployError} `NOT_CONFIRMED` when there is nobody to ask
 */
export async function askYesNo(question: string): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, process.stdout);
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Asks for a password and shows nothing of what is typed.
 * @throws {DeployError} `NOT_CONFIRMED` when there is nobody to ask
 */
export async function askSecret(question: string): Promise<string> {
  requireTerminal(question);
  process.stdout.write(question);
  const answer = await ask("", new Writable({ write: (_chunk, _encoding, done) => done() }));
  process.stdout.write("\n");
  return answer;
}

async function ask(question: string, output: NodeJS.WritableStream): Promise<string> {
  requireTerminal(question);
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

function requireTerminal(question: string): void {
  if (process.stdin.isTTY) return;
  const instead = "a terminal, or --yes and NKMS_PASSWORD_FILE";
  throw new DeployError("NOT_CONFIRMED", question.replace(/:? *$/, ""), instead, "neither");
}
