import hre from "hardhat";

import { answerWith, type Io } from "../../tasks/lib/ask";
import type { Outcome } from "../../tasks/lib/carryOut";

/** What a task printed and what it asked. */
export interface Heard extends Io {
  readonly lines: string[];
  readonly questions: string[];
}

/** Somebody who answers what tasks ask, and notes what they print. */
export function listener(answers: { confirm?: boolean; password?: string } = {}): Heard {
  const lines: string[] = [];
  const questions: string[] = [];
  return {
    lines,
    questions,
    out: (line) => void lines.push(line),
    tell: (line) => void lines.push(line),
    confirm: (question) => {
      questions.push(question);
      return answers.confirm === undefined ? Promise.reject(new Error("nobody")) : Promise.resolve(answers.confirm);
    },
    password: (prompt) => {
      questions.push(prompt);
      return answers.password === undefined ? Promise.reject(new Error("nobody")) : Promise.resolve(answers.password);
    },
    stopped: () => Promise.resolve(),
  };
}

/** Runs a task as the command line would, and hears what it says. Sends without asking unless told otherwise. */
export async function run<Result = Outcome>(
  scope: string,
  task: string,
  args: Record<string, unknown>,
  io: Heard = listener(),
): Promise<Result> {
  const stop = answerWith(io);
  try {
    return (await hre.run({ scope, task }, { yes: true, ...args })) as Result;
  } finally {
    stop();
  }
}
