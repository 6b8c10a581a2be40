import { readTextFile, writeNewSecretFile } from "../files.js";
import { checkPack, makePack, packKfragHash, type PackVerdict } from "../pack.js";
import { formatPack, parsePack } from "../packJson.js";
import { describeVerdict } from "../verdict.js";
import { readAnswerFile, writeEvidence } from "./check.js";
import { Exit, type Io, jsonLine } from "./io.js";
import type { PackTask } from "./options.js";

/** Makes a pack, or checks answers to one. */
export function runPack(task: PackTask, io: Io): Promise<Exit> {
  return task.do === "pack-make" ? make(task, io) : check(task, io);
}

async function make(task: Extract<PackTask, { do: "pack-make" }>, io: Io): Promise<Exit> {
  const pack = makePack(task);
  await writeNewSecretFile(task.file, formatPack(pack));
  const hashes = pack.kfrags.map((_, i) => packKfragHash(pack, i));
  if (task.json) io.out(jsonLine({ file: task.file, kfragHashes: hashes, capsules: pack.capsules.length }));
  else {
    io.out(`${task.file}: ${pack.kfrags.length} key fragments, ${pack.capsules.length} capsules. For the terms:`);
    for (const [i, hash] of hashes.entries()) io.out(`fragment ${i}: ${hash}`);
  }
  io.tell("Its keys are throw-away: let nobody's data depend on them. Keep the file to yourself until it was used.");
  return Exit.Well;
}

async function check(task: Extract<PackTask, { do: "pack-check" }>, io: Io): Promise<Exit> {
  const pack = parsePack(await readTextFile(task.file));
  const answers = [];
  for (const file of task.answers) answers.push(await readAnswerFile(file));
  const { verdicts, wrong, unanswered } = checkPack(pack, answers);
  for (const [i, verdict] of verdicts.entries()) {
    const [file, words] = [task.answers[i] ?? "", describe(verdict)];
    const { kind, ...rest } = verdict;
    io.out(task.json ? jsonLine({ file, verdict: kind, ...rest, words }) : `${file}: ${words}`);
  }
  if (unanswered.length > 0) io.tell(`Questions of the pack without a right answer: ${unanswered.length}.`);
  if (wrong) {
    if (task.evidence !== undefined) await writeEvidence(task.evidence, wrong.evidence, io);
    return Exit.Fault;
  }
  return verdicts.every(({ kind }) => kind === "honest") ? Exit.Well : Exit.Refused;
}

const describe = (verdict: PackVerdict): string =>
  verdict.kind === "foreign" ? `Not of this pack: ${verdict.detail}.` : describeVerdict(verdict);
