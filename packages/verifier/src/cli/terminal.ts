import { createInterface } from "node:readline/promises";

import { VerifierError } from "../errors.js";
import type { Io } from "./io.js";

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ["\u0003", "\u0004", "\b", "\u007f"];

/** The process's own input and output: results to stdout, everything else to stderr. */
export function terminal(): Io {
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    tell: (line) => void process.stderr.write(`${line}\n`),
    confirm,
    password,
    stopped: () =>
      new Promise((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
      }),
  };
}

async function confirm(question: string): Promise<boolean> {
  expectTerminal("--yes", "to be there where nobody can be asked");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

function password(prompt: string): Promise<string> {
  expectTerminal("--password-file", "a file where nobody can type");
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = (settle: () => void): void => {
      stdin.off("data", read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write("\n");
      settle();
    };
    const read = (chunk: string): void => {
      for (const key of chunk) {
        if (key === "\r" || key === "\n" || key === CTRL_D) return end(() => resolve(typed));
        if (key === CTRL_C) return end(() => reject(new VerifierError("USAGE", "password", "one", "none")));
        typed = key === BACKSPACE || key === DELETE ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on("data", read);
  });
}

function expectTerminal(argument: string, expected: string): void {
  if (!process.stdin.isTTY) throw new VerifierError("USAGE", argument, expected, "nothing");
}
