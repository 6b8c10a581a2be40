import { DeployError } from "../errors";
import type { Submission } from "./submission";

/** A service that shows people the source of what is on chain, after it has compiled it itself. */
export interface Explorer {
  readonly service: "etherscan" | "sourcify";
  /**
   * Shows it a contract. To show it one that it knows already is no mistake.
   * @returns what it says of it
   * @throws {DeployError} `NOT_VERIFIED`
   */
  verify(submission: Submission): Promise<string>;
}

/** How often and how long explorers are asked. */
export interface Patience {
  /** Milliseconds between two questions. */
  pause: number;
  /** So many questions about one contract, then no more. */
  questions: number;
}

export const PATIENCE: Patience = { pause: 3_000, questions: 60 };

/** An answer, whatever its status. */
export interface Answer {
  status: number;
  body: unknown;
}

/**
 * Asks a server until it says something that counts; a server that is busy or doesn't answer is asked again.
 * @param decide undefined: ask again
 * @throws {DeployError} `NOT_VERIFIED` when patience is used up
 */
export async function askUntil<T>(
  what: string,
  url: string,
  init: RequestInit,
  { pause, questions }: Patience,
  decide: (answer: Answer) => T | undefined,
): Promise<T> {
  let last = "nothing";
  for (let i = 0; i < questions; ++i) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const answer = await ask(url, init).catch(reasonOf);
    if (typeof answer === "string") {
      last = answer;
      continue;
    }
    last = `${answer.status} ${JSON.stringify(answer.body)}`;
    if (answer.status === 429 || answer.status >= 500) continue;
    const decided = decide(answer);
    if (decided !== undefined) return decided;
  }
  throw new DeployError("NOT_VERIFIED", what, `an answer after ${questions} questions`, last);
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: text.slice(0, 200) };
  }
}

/** Why no answer came. What `fetch` throws says it in its cause. */
const reasonOf = (thrown: unknown): string =>
  String(thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : thrown);

/** The fields of a JSON object; none of anything else. */
export const fieldsOf = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null ? { ...body } : {};
