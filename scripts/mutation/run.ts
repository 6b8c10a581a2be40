import { createHash } from "node:crypto";
import { parseArgs } from "node:util";

import hre from "hardhat";

import { type Code, Compiler, readSource } from "./compiler";
import { ForgeTests } from "./forgeTests";
import { HardhatTests, type Verdict } from "./hardhatTests";
import { digestOfTests, Kept } from "./kept";
import { type Mutant, mutantsOf } from "./mutants";
import { writePage } from "./page";
import { Book, Codes, digestOf, type Fate } from "./results";
import { type Subject, SUBJECTS } from "./subjects";

// Makes small mistakes in the contracts, one at a time and never in their files, and looks for those that no test sees.
//
//   --only UmbralProof,MinerRegistry   these files; all without it
//   --survivors                        only those that survived the last time
//   --new                              only those that nothing is known of
//   --from N --limit N                 the N-th and those behind it, at most so many
//   --seed N                           in another order, drawn by it
//   --no-forge                         Hardhat's tests alone
//   --page                             only writes docs/mutation.md anew
//
// What is found is in reports/mutation and docs/mutation.md. Fails if a survivor has no explanation.

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    survivors: { type: "boolean", default: false },
    new: { type: "boolean", default: false },
    from: { type: "string", default: "1" },
    limit: { type: "string" },
    seed: { type: "string" },
    "no-forge": { type: "boolean", default: false },
    page: { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** All that is needed to try the mutants of one file. */
interface Campaign {
  subject: Subject;
  compiler: Compiler;
  original: Record<string, Code>;
  mutants: Mutant[];
  book: Book;
  codes: Codes;
}

function open(subject: Subject): Campaign {
  const { name, file, deployed } = subject;
  const [solidity] = hre.config.solidity.compilers;
  const compiler = new Compiler(solidity?.settings as Record<string, unknown>);
  const content = readSource(file);
  const trees = compiler.trees(file, content);
  const own = trees[file];
  const original = compiler.codes(file, content, deployed);
  if (!own || !original) throw new Error(`${file}: expected a file that compiles`);
  const mutants = mutantsOf(content, own, Object.values(trees));
  const digest = digestOf(original);
  const book = new Book(name, file, digest, mutants);
  return { subject, compiler, original, mutants, book, codes: new Codes(name, digest) };
}

/** The mutants that the options ask for. */
function chosen({ mutants, book }: Campaign): Mutant[] {
  let some = [...mutants];
  if (options.survivors) some = some.filter((mutant) => book.fateOf(mutant) === "survived");
  if (options.new) some = some.filter((mutant) => book.fateOf(mutant) === undefined);
  if (options.seed !== undefined) some = shuffled(some, options.seed);
  const from = Number(options.from) - 1;
  return some.slice(from, options.limit === undefined ? undefined : from + Number(options.limit));
}

/** The mutant's code if it is worth trying, or why not. */
function codeOf({ compiler, subject, codes }: Campaign, mutant: Mutant): Record<string, Code> | "stillborn" | "equal" {
  const code = compiler.codes(subject.file, mutant.content, subject.deployed);
  if (!code) return "stillborn";
  return codes.isKnown(digestOf(code), mutant.id) ? "equal" : code;
}

/** Hardhat's tests on each mutant; the next is compiled meanwhile. Returns those that survived. */
async function tryHardhat(campaign: Campaign, mutants: readonly Mutant[], tests: HardhatTests): Promise<Mutant[]> {
  const { book } = campaign;
  const survivors: Mutant[] = [];
  let running = Promise.resolve();
  for (const mutant of mutants) {
    const code = codeOf(campaign, mutant);
    await running;
    if (typeof code === "string") {
      book.set(mutant, code);
      continue;
    }
    running = tests.try(code).then((verdict) => {
      const fate = fateBy(verdict);
      book.set(mutant, fate);
      if (fate === "survived") survivors.push(mutant);
      say(`${shown(mutant)}\n    ${fate}${verdict.killed && verdict.by === "test" ? `: ${verdict.failure.test}` : ""}`);
    });
  }
  await running;
  return survivors;
}

function fateBy(verdict: Verdict): Fate {
  if (!verdict.killed) return "survived";
  if (verdict.by === "time") return "time";
  return verdict.failure.atDeployment ? "deployment" : "hardhat";
}

function tryForge({ subject, book }: Campaign, mutants: readonly Mutant[]): void {
  if (subject.forge === undefined || mutants.length === 0) return;
  const tests = new ForgeTests(subject.file, subject.forge);
  try {
    for (const mutant of mutants) {
      const failure = tests.try(mutant.content);
      if (failure) book.set(mutant, "forge");
      say(`${shown(mutant)}\n    ${failure ? `forge: ${failure}` : "survived forge"}`);
    }
  } finally {
    tests.close();
  }
}

const shown = ({ id, line, column, within, mutator, before, after }: Mutant): string =>
  `${id} ${line}:${column} ${within} ${mutator}: ${before} -> ${after}`;

async function tryAll(subject: Subject): Promise<void> {
  const campaign = open(subject);
  const mutants = chosen(campaign);
  say(`${subject.name}: ${mutants.length} of ${campaign.mutants.length} mutants`);
  if (mutants.length === 0) return;
  const tests = new HardhatTests(subject.hardhat);
  try {
    const key = `${digestOf(campaign.original)} ${digestOfTests()}`;
    const known = await tests.learn(campaign.original, new Kept(`${subject.name}.tests`, key));
    campaign.book.tests = known.tests;
    say(`${known.tests} tests of Hardhat's`);
    for (const { test, message } of known.leftOut) say(`left out: ${test}: ${message.split("\n")[0]}`);
    const survivors = await tryHardhat(campaign, mutants, tests);
    await tests.confirm(campaign.original);
    if (!options["no-forge"]) tryForge(campaign, survivors);
  } finally {
    tests.stop();
  }
}

/** An order that has nothing to do with where the mutants stand. */
function shuffled(mutants: readonly Mutant[], seed: string): Mutant[] {
  const place = ({ id }: Mutant): string => createHash("sha256").update(`${seed}|${id}`).digest("hex");
  return [...mutants].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

async function main(): Promise<void> {
  const names = options.only?.split(",") ?? SUBJECTS.map(({ name }) => name);
  const subjects = SUBJECTS.filter(({ name }) => names.includes(name));
  if (subjects.length < names.length) {
    throw new Error(`--only: expected some of ${SUBJECTS.map(({ name }) => name).join()}, got ${names.join()}`);
  }
  if (!options.page) {
    await hre.run("compile", { quiet: true });
    for (const subject of subjects) await tryAll(subject);
  }
  const unexplained = writePage();
  if (unexplained > 0) say(`${unexplained} survivors without an explanation`);
  process.exitCode = unexplained === 0 ? 0 : 1;
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
