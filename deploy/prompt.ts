import { createInterface, type Interface } from "node:readline/promises";
import { Writable } from "node:stream";

import { DeployError } from "./errors";

/**
 * Asks a question that is answered by yes or no.
 * @throws {DeployError} `NOT_CONFIRMED` when there is nobody to ask
 */
export async function askYesNo(question: string): Promise<boolean> {
  requireTerminal(`${question} [y/N]`, "--yes");
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: true });
  const answer = await ask(lines, `${question} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Asks for a password and shows nothing of what is typed.
 * @throws {DeployError} `NOT_CONFIRMED` when there is nobody to ask
 */
export async function askSecret(question: string): Promise<string> {
  requireTerminal(question, "NKMS_PASSWORD_FILE");
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stdout.write(question); // not before: from now on the terminal shows nothing by itself
  const answer = await ask(lines, "");
  process.stdout.write("\n");
  return answer;
}

async function ask(lines: Interface, question: string): Promise<string> {
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

function requireTerminal(question: string, instead: string): void {
  if (process.stdin.isTTY) return;
  throw new DeployError("NOT_CONFIRMED", question.replace(/:? *$/, ""), `a terminal, or ${instead}`, "neither");
}
