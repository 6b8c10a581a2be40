import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** How the model checker is asked. */
export interface Question {
  sources: Record<string, string>;
  file: string;
  contract: string;
  engine: Engine;
  /** How often loops are unrolled, at least as often as they can run. */
  iterations: number;
  targets: readonly Target[];
  /** Of processor time, when to give up. Z3 has a limit of its own, in steps, which ends most of what does not work sooner. */
  seconds: number;
}

export type Engine = "bmc" | "chc";
export type Target = "assert" | "overflow" | "underflow" | "divByZero" | "outOfBounds";

export type Verdict = "proved" | "counterexample" | "unknown";

/** What became of one thing to prove, at one place of the sources. */
export interface Finding {
  verdict: Verdict;
  file: string;
  /** Bytes from the file's beginning. */
  start: number;
}

export interface Answer {
  findings: Finding[];
  /** Of processor time; of a process that does nothing else meanwhile. */
  seconds: number;
  /** Whether time ran out. */
  late: boolean;
}

interface Output {
  errors?: {
    severity: string;
    message: string;
    formattedMessage: string;
    sourceLocation?: { file: string; start: number; end: number };
    secondarySourceLocations?: { file?: string; message: string }[];
  }[];
}

const MEGABYTES_OF_STACK = 512;

/** Asks solc's model checker, with the Z3 that is in it. */
export async function ask(question: Question): Promise<Answer> {
  const started = process.cpuUsage();
  const output = await compiled(inputOf(question), () => spentSince(started) > question.seconds);
  const seconds = spentSince(started);
  if (output === undefined) return { findings: [], seconds, late: true };
  const { errors = [] } = JSON.parse(output) as Output;
  const broken = errors.find(({ severity }) => severity === "error");
  if (broken) throw new Error(`expected sources that compile, got ${broken.formattedMessage}`);
  return { findings: errors.flatMap((error) => findingOf(error, question)), seconds, late: false };
}

function inputOf({ sources, file, contract, engine, iterations, targets }: Question): string {
  const contents = Object.entries(sources).map(([path, content]) => [path, { content }] as const);
  const modelChecker = {
    engine,
    solvers: ["z3"],
    targets,
    showProvedSafe: true,
    showUnproved: true,
    contracts: { [file]: [contract] },
    ...(engine === "bmc" ? { bmcLoopIterations: iterations } : {}),
  };
  const settings = { evmVersion: "cancun", modelChecker, outputSelection: { [file]: { [contract]: ["abi"] } } };
  return JSON.stringify({ language: "Solidity", sources: Object.fromEntries(contents), settings });
}

/** Processor time since then, in seconds. */
function spentSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

/** What the compiler says, or undefined once it is too late. */
function compiled(input: string, isLate: () => boolean): Promise<string | undefined> {
  const worker = new Worker(join(__dirname, "worker.js"), {
    workerData: input,
    execArgv: [],
    resourceLimits: { stackSizeMb: MEGABYTES_OF_STACK },
  });
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (!isLate()) return;
      resolve(undefined);
      void worker.terminate();
    }, 500);
    worker.once("message", (output: string) => resolve(output));
    worker.once("error", reject);
    worker.once("exit", () => clearInterval(timer));
  });
}

function findingOf(
  { message, sourceLocation, secondarySourceLocations = [] }: NonNullable<Output["errors"]>[number],
  { file: proofs }: Question,
): Finding[] {
  const verdict = verdictOf(message);
  if (!verdict || !sourceLocation) return [];
  const { file, start } = sourceLocation;
  // The checker also looks at each function of ours as if anybody could call it with anything: that is no part of the proof.
  const called = file === proofs || secondarySourceLocations.some((place) => place.file !== undefined);
  if (verdict !== "proved" && !called) return [];
  return [{ verdict, file, start }];
}

function verdictOf(message: string): Verdict | undefined {
  const [line = ""] = message.split("\n");
  if (!/^(BMC|CHC): /.test(line)) return undefined;
  if (/ check is safe!$/.test(line)) return "proved";
  if (/ might happen here\.$/.test(line)) return "unknown";
  return / happens here\.$/.test(line) ? "counterexample" : undefined;
}
