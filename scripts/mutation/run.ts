import { createHash } from "node:crypto";
import { basename } from "node:path";
import { parseArgs } from "node:util";

import hre from "hardhat";

import { type Code, Compiler, readSource } from "./compiler";
import { ForgeTests } from "./forgeTests";
import { HardhatTests, type Known, type Verdict } from "./hardhatTests";
import { Killers } from "./killers";
import { digestOfTests, Kept } from "./kept";
import { type Mutant, mutantsOf } from "./mutants";
import { writePage } from "./page";
import { marked, statementAt, tagOf } from "./reach";
import { Book, Codes, digestOf, type Fate } from "./results";
import { filesOf, type Stage, type Subject, SUBJECTS } from "./subjects";
import type { Node, Range } from "./syntax";

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
  /** All statements of the file. */
  statements: Range[];
  killers: Killers;
}

function open(subject: Subject): Campaign {
  const { name, file, stage } = subject;
  const [solidity] = hre.config.solidity.compilers;
  const compiler = new Compiler(solidity?.settings as Record<string, unknown>);
  const content = readSource(file);
  const [own, all] = treesOf(compiler, file);
  const original = codesOn(stage, compiler, {});
  if (!original) throw new Error(`${file}: expected a file that compiles`);
  const mutants = mutantsOf(content, own, all);
  const digest = digestOf(original);
  const book = new Book(name, file, digest, mutants);
  const [codes, killers] = [new Codes(name, digest), new Killers(name)];
  return {
    subject,
    compiler,
    original,
    mutants,
    book,
    codes,
    statements: marked(file, content, own).statements,
    killers,
  };
}

/** A file's syntax tree, and all that it knows names from. */
function treesOf(compiler: Compiler, file: string): [Node, Node[]] {
  const trees = compiler.trees(file, readSource(file));
  const own = trees[file];
  if (!own) throw new Error(`${file}: expected a file that compiles`);
  return [own, Object.values(trees)];
}

/** What is deployed on a stage, by name, with other contents of some files; undefined if it does not compile. */
function codesOn({ deployed, replaced = {} }: Stage, compiler: Compiler, contents: Record<string, string>) {
  const codes = compiler.codes(contents, deployed);
  if (!codes) return undefined;
  for (const [name, by] of Object.entries(replaced)) if (codes[by]) codes[name] = codes[by];
  return codes;
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
  const code = codesOn(subject.stage, compiler, { [subject.file]: mutant.content });
  if (!code) return "stillborn";
  return codes.isKnown(digestOf(code), mutant.id) ? "equal" : code;
}

/** Hardhat's tests on each mutant; the next is compiled meanwhile. Returns those that survived. */
async function tryHardhat(campaign: Campaign, mutants: readonly Mutant[], tests: HardhatTests) {
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
    running = tryOne(campaign, mutant, code, tests).then((fate) => {
      if (fate === "survived") survivors.push(mutant);
    });
  }
  await running;
  return survivors;
}

/** Runs the tests that reach the mutant's statement; all, if it is in none. */
async function tryOne(
  { subject, statements, book, killers }: Campaign,
  mutant: Mutant,
  code: Record<string, Code>,
  tests: HardhatTests,
): Promise<Fate> {
  const statement = statementAt(statements, mutant.start);
  const reaching = statement === undefined ? tests.all() : tests.reaching(tagOf(subject.file, statement));
  const started = Date.now();
  const verdict = await tests.try(code, killers.inOrder(reaching, mutant));
  const fate = fateBy(verdict);
  book.set(mutant, fate);
  const killer = verdict.killed && verdict.by === "test" ? verdict.failure.test : undefined;
  if (killer !== undefined) killers.note(mutant, killer);
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  say(
    `${shown(mutant)}\n    ${fate} (${reaching.length} tests, ${seconds} s)${killer === undefined ? "" : `: ${killer}`}`,
  );
  return fate;
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
  const tests = new HardhatTests(subject.stage.hardhat);
  try {
    await learn(campaign, tests);
    const started = Date.now();
    const survivors = await tryHardhat(campaign, mutants, tests);
    say(`${((Date.now() - started) / 1_000 / mutants.length).toFixed(1)} s per mutant`);
    await tests.confirm(campaign.original, campaign.killers.all()).catch((error: unknown) => {
      campaign.book.forget(mutants); // their tests have failed for another reason
      throw error;
    });
    if (!options["no-forge"]) tryForge(campaign, survivors);
  } finally {
    tests.stop();
  }
}

/** Learns what the tests say of the contracts themselves. */
async function learn({ subject, compiler, original, book }: Campaign, tests: HardhatTests): Promise<void> {
  const { stage } = subject;
  const contents = filesOf(stage).map((file) => {
    const { content } = marked(file, readSource(file), treesOf(compiler, file)[0]);
    return [file, content] as const;
  });
  const codes = codesOn(stage, compiler, Object.fromEntries(contents));
  if (!codes) throw new Error(`${stage.name}: expected contracts that compile with marks`);
  const keptOf = (file: string) =>
    new Kept<Known>(`${stage.name}.${basename(file)}`, `${digestOf(codes)} ${digestOfTests([file])}`);
  await tests.learn(original, codes, keptOf);
  const known = tests.known();
  book.tests = tests.all().length;
  const seconds = known.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1_000;
  say(`${book.tests} tests of Hardhat's, ${seconds.toFixed(0)} s with marks`);
  for (const test of known.flatMap(({ unmarked }) => unmarked)) say(`without marks: ${test}`);
  for (const { test, message } of known.flatMap(({ leftOut }) => leftOut)) {
    say(`left out: ${test}: ${message.split("\n")[0]}`);
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
