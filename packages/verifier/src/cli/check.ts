import type { Answer } from "../answer.js";
import { readAnswer } from "../answerJson.js";
import { checkAnswer } from "../checkAnswer.js";
import { type Evidence, makeEvidence } from "../evidence.js";
import { formatEvidence } from "../evidenceJson.js";
import { readTextFile, writeNewSecretFile } from "../files.js";
import { leakOfReuse } from "../reusedKey.js";
import { parseJson } from "../json.js";
import { describeVerdict, type Verdict } from "../verdict.js";
import { Exit, type Io, jsonLine } from "./io.js";

/** One answer, and what came of it. */
export interface Checked {
  readonly file: string;
  readonly answer: Answer;
  readonly verdict: Verdict;
}

/** Says of each answer whether it is right, and looks for randomness that was used twice. */
export async function checkFiles(
  files: readonly string[],
  evidencePath: string | undefined,
  json: boolean,
  io: Io,
): Promise<Exit> {
  const checked: Checked[] = [];
  for (const file of files) {
    const answer = await readAnswerFile(file);
    const one = { file, answer, verdict: checkAnswer(answer) };
    checked.push(one);
    io.out(json ? verdictLine(one) : `${file}: ${describeVerdict(one.verdict)}`);
  }
  const leak = findReuse(checked);
  if (leak) tellLeak(leak, json, io);

  const wrong = checked.find(({ verdict }) => verdict.kind === "fault");
  const evidence = wrong ? makeEvidence(wrong.answer, wrong.verdict) : leak?.evidence;
  if (evidence && evidencePath !== undefined) await writeEvidence(evidencePath, evidence, io);
  if (evidence) return Exit.Fault;
  return checked.some(({ verdict }) => verdict.kind === "refused") ? Exit.Refused : Exit.Well;
}

/** Reads an answer; what is wrong with it is told with the file's name. */
export const readAnswerFile = async (file: string): Promise<Answer> =>
  readAnswer(file, parseJson(file, await readTextFile(file)));

/** Two answers of one fragment with the same t. */
export interface Reuse {
  readonly first: string;
  readonly second: string;
  readonly evidence: Evidence;
}

/** The first pair that gives a key fragment's secret. */
export function findReuse(checked: readonly Checked[]): Reuse | undefined {
  for (const [i, one] of checked.entries()) {
    for (const other of checked.slice(0, i)) {
      const evidence = leakOf(one.answer, other.answer);
      if (evidence) return { first: other.file, second: one.file, evidence };
    }
  }
  return undefined;
}

/** Says which two answers give a secret away; never the secret. */
export function tellLeak({ first, second, evidence }: Reuse, json: boolean, io: Io): void {
  const words = `${second} and ${first} used the same randomness: the key fragment's secret follows from them.`;
  io.out(json ? jsonLine({ file: second, with: first, verdict: "leak", policy: evidence.policy }) : words);
}

/** A verdict as a line of JSON. */
export function verdictLine({ file, verdict }: Pick<Checked, "file" | "verdict">): string {
  const { kind, ...rest } = verdict;
  return jsonLine({ file, verdict: kind, ...rest, words: describeVerdict(verdict) });
}

/** Writes evidence where nothing is yet, and says so. */
export async function writeEvidence(path: string, evidence: Evidence, io: Io): Promise<void> {
  await writeNewSecretFile(path, formatEvidence(evidence));
  io.tell(`The evidence is in ${path}. Who reads it can be faster: keep it to yourself.`);
}

/** An answer whose fragment isn't its arrangement's is a fault by itself, and no leak of the arrangement's. */
function leakOf(one: Answer, other: Answer): Evidence | undefined {
  try {
    return leakOfReuse(one, other);
  } catch {
    return undefined;
  }
}
