/**
 * Proofs with Halmos: `npm run prove:symbolic`. Tries the properties in `test/proofs` on the bytecode of `test/symbolic`, makes a
 * mistake on purpose in each group, and writes `reports/proofs.json` and `docs/proofs.md`. `--only` and names of contracts or
 * `Contract.proof`, with commas, tries some. Halmos is Python (`pip install halmos==0.3.3`; another path in HALMOS); where it
 * isn't installed, this says so and skips.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { copyTree } from "../scratchTree";
import { changed } from "./change";
import { pageOf } from "./page";
import { type Group, GROUPS, SYMBOLIC } from "./plan";
import { proofsOf, type Proof } from "./prove";
import { type Entry, keep, keyOf, PAGE_FILE, readReport } from "./report";

const ROOT = join(__dirname, "../..");
const HALMOS = process.env["HALMOS"] ?? "halmos";
/** What a branch may take, so that loops end which can't run: or they count as not unrolled far enough. */
const BRANCH = "1s";
/** How often loops are unrolled, unless a proof says something else. */
const LOOPS = 3;
/** Halmos's numbers for a proof that holds, and for one with a counterexample. */
const [PASS, COUNTEREXAMPLE] = [0, 1];

/** What Halmos says of a proof; only what is read here. */
interface Answer {
  exitcode: number;
  /** Loops that could have run further. */
  num_bounded_loops: number;
}

/** Whether Halmos can be asked: it has no storage that is anything but by this harness, and wants assertions alone. */
const isFor = (proof: Proof, { symbolic }: Group): boolean =>
  symbolic && proof.twin === undefined && proof.targets.every((target) => target === "assert");

/** Asks Halmos for one proof, in a copy of the project. */
function ask(folder: string, { contract, name, loops }: Proof): Entry {
  const report = join(mkdtempSync(join(tmpdir(), "nkms-halmos-")), "report.json");
  const began = process.hrtime.bigint();
  const args = ["--root", folder, "--forge-build-out", "cache/symbolic/out", "--storage-layout", "generic"];
  args.push("--contract", contract.replace("__Proof", "__Symbolic"), "--match-test", `^${name}\\(`);
  args.push(
    "--loop",
    `${loops ?? LOOPS}`,
    "--solver-timeout-assertion",
    `${SYMBOLIC.question}s`,
    "--json-output",
    report,
  );
  args.push("--solver-timeout-branching", BRANCH);
  const path = `${join(ROOT, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, PATH: path, FOUNDRY_PROFILE: "symbolic" };
  spawnSync(HALMOS, args, { cwd: folder, env, stdio: "ignore", timeout: 1_000 * SYMBOLIC.proof });
  const seconds = Math.round(Number((process.hrtime.bigint() - began) / 10n ** 8n)) / 10;
  const answer = existsSync(report) ? answerIn(readFileSync(report, "utf8")) : undefined;
  rmSync(join(report, ".."), { recursive: true });
  if (answer?.exitcode === COUNTEREXAMPLE) return { verdict: "counterexample", seconds, late: false };
  const proved = answer?.exitcode === PASS && answer.num_bounded_loops === 0;
  return { verdict: proved ? "proved" : "unknown", seconds, late: !proved && answer?.exitcode !== PASS };
}

function answerIn(text: string): Answer | undefined {
  const { test_results } = JSON.parse(text) as { test_results: Record<string, Answer[]> };
  const [answer, more] = Object.values(test_results).flat();
  if (more) throw new Error("halmos: expected one proof, got more");
  return answer;
}

/** Compiles first, so that no proof's time is that of the compiler. */
function compile(folder: string): void {
  const env = { ...process.env, FOUNDRY_PROFILE: "symbolic" };
  const { status, stderr } = spawnSync("npx", ["forge", "build", "--ast", "--quiet"], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`forge: expected contracts that compile, got ${stderr}`);
}

function tell(what: string, { verdict, seconds }: Entry): void {
  process.stdout.write(`${what}: ${verdict}, ${seconds} s\n`);
}

/** Makes a group's mistake in the copy, asks for the proof that has to see it, and takes it back. */
function askWithMistake(scratch: string, { contract, mistake }: Group, proof: Proof): void {
  const path = join(scratch, mistake.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, changed(source, mistake));
  compile(scratch);
  const entry = ask(scratch, proof);
  writeFileSync(path, source);
  tell(`${keyOf(proof)}, with a mistake`, entry);
  keep((report) => (report.symbolicMistakes[contract] = entry));
}

function main([option = "", only = ""]: readonly string[]): void {
  if (!["", "--only"].includes(option)) throw new Error(`expected --only, got ${option}`);
  if (spawnSync(HALMOS, ["--version"]).status !== 0) {
    process.stdout.write("halmos: not installed, skipped\n");
    return;
  }
  const wanted = (proof: Proof): boolean =>
    only === "" || only.split(",").some((name) => name === keyOf(proof) || name === proof.contract);
  const scratch = copyTree("nkms-halmos-");
  compile(scratch);
  for (const group of GROUPS) {
    const proofs = proofsOf(group.contract).filter((proof) => isFor(proof, group) && wanted(proof));
    for (const proof of proofs) {
      const entry = ask(scratch, proof);
      tell(keyOf(proof), entry);
      keep((report) => (report.symbolic[keyOf(proof)] = entry));
    }
    const seeing = proofs.find(({ name }) => name === group.mistake.proof);
    if (seeing) askWithMistake(scratch, group, seeing);
  }
  rmSync(scratch, { recursive: true, force: true });
  const all = GROUPS.flatMap(({ contract }) => proofsOf(contract));
  const report = readReport();
  writeFileSync(join(ROOT, PAGE_FILE), pageOf(all, report));
  const refuted = all.filter((proof) => report.symbolic[keyOf(proof)]?.verdict === "counterexample");
  for (const proof of refuted) process.stderr.write(`${keyOf(proof)}: there is a counterexample\n`);
  process.exitCode = refuted.length === 0 ? 0 : 1;
}

main(process.argv.slice(2));
