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
    last = shortened(`${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.status === 429 || answer.status >= 500) continue;
    const decided = decide(answer);
    if (decided !== undefined) return decided;
  }
  throw new DeployError("NOT_VERIFIED", what, `an answer after ${questions} questions`, last);
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  const text = await textOf(response);
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: text.slice(0, 200) };
  }
}

/** The most bytes of an answer that are read: real ones have some thousand. */
const LONGEST_ANSWER = 1_000_000;

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length > LONGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Why there is no answer: a code or a name. Messages may quote the URL, which may hold keys. */
function reasonOf(thrown: unknown): string {
  const { name, code, cause } = thrown as Error & { code?: unknown; cause?: { code?: unknown } };
  return [cause?.code, code].find((one) => typeof one === "string") ?? name;
}

/** What is shown of what a server says. */
const shortened = (text: string): string => text.slice(0, 500).replace(/\p{C}/gu, "?");

/** @throws {DeployError} `NOT_VERIFIED` with what the server says */
export function refuse(what: string, why: unknown): never {
  const text = typeof why === "string" ? why : JSON.stringify(why);
  throw new DeployError("NOT_VERIFIED", what, "its source to be taken", shortened(text));
}

/** The fields of a JSON object; none of anything else. */
export const fieldsOf = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null ? { ...body } : {};
