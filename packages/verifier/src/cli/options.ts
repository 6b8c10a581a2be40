import { parseArgs, type ParseArgsConfig } from "node:util";

import { codeOf } from "../files.js";
import { VerifierError } from "../errors.js";

/** What a command line asks for. */
export type Task =
  | { readonly do: "help" }
  | { readonly do: "check"; readonly answers: readonly string[]; readonly evidence?: string; readonly json: boolean }
  | { readonly do: "watch"; readonly folder: string; readonly json: boolean }
  | PackTask
  | StatusTask
  | ChainTask;

export type PackTask =
  | {
      readonly do: "pack-make";
      readonly file: string;
      readonly capsules: number;
      readonly shares: number;
      readonly threshold: number;
      readonly json: boolean;
    }
  | {
      readonly do: "pack-check";
      readonly file: string;
      readonly answers: readonly string[];
      readonly evidence?: string;
      readonly json: boolean;
    };

/** A look at how a challenge stands. */
export interface StatusTask {
  readonly do: "status";
  /** The file of evidence, with its journal beside it. */
  readonly file: string;
  readonly rpc: string;
  readonly json: boolean;
}

/** A step on chain. */
export interface ChainTask {
  readonly do: "commit" | "reveal" | "burn";
  /** The file of evidence. */
  readonly file: string;
  readonly rpc: string;
  readonly keystore: string;
  readonly passwordFile?: string;
  /** The challenge manager; else the policy manager is asked. */
  readonly contract?: string;
  /** Commits once more after a commitment that came too late. */
  readonly again: boolean;
  /** Doesn't ask. */
  readonly yes: boolean;
  readonly json: boolean;
}

export const HELP = `Checks what NKMS nodes answered, and brings the evidence of wrong answers to the chain.

nkms-verify ANSWER.json...             says of each answer whether it is right
  --evidence FILE                      writes the evidence of the first that is wrong, or of a key that leaks because
                                       two of them used the same randomness
nkms-verify --watch DIR                checks every *.json that appears in a folder, writes evidence beside it
nkms-verify --commit EVIDENCE.json     deposits the bond
nkms-verify --reveal EVIDENCE.json     waits, shows the evidence, takes the bond back
nkms-verify --burn EVIDENCE.json       burns the bond of a commitment that came too late
nkms-verify --status EVIDENCE.json     says how that stands, as journal and chain have it; needs no key
  --rpc URL                            an Ethereum node; it learns the evidence with the reveal, not before
  --keystore FILE                      the challenger's key, encrypted (JSON, version 3)
  --password-file FILE                 its password; else it is asked for
  --contract ADDRESS                   the challenge manager; else the policy manager is asked for it
  --again                              with --commit: once more, after a commitment that came too late
  --yes                                doesn't ask before it sends
nkms-verify --pack-make FILE           makes a challenge pack
  --capsules N --shares N --threshold N    20, 3 and 2 unless told otherwise
nkms-verify --pack-check FILE ANSWER.json...   checks answers to a pack; --evidence as above
  --json                               one line of JSON for each result
  --help

Ends with 0: right, or done; 1: a wrong answer or a leaked key; 2: an answer that proves nothing, or bad input;
3: a step that the chain or you did not take.
`;

const OPTIONS = {
  evidence: { type: "string" },
  watch: { type: "string" },
  commit: { type: "string" },
  reveal: { type: "string" },
  burn: { type: "string" },
  status: { type: "string" },
  rpc: { type: "string" },
  keystore: { type: "string" },
  "password-file": { type: "string" },
  contract: { type: "string" },
  again: { type: "boolean" },
  yes: { type: "boolean" },
  "pack-make": { type: "string" },
  "pack-check": { type: "string" },
  capsules: { type: "string" },
  shares: { type: "string" },
  threshold: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const satisfies ParseArgsConfig["options"];

type Values = ReturnType<typeof parse>["values"];

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

const CHAIN_OPTIONS = ["rpc", "keystore", "password-file", "contract", "yes"] as const;
const ALLOWED = {
  check: ["evidence"],
  watch: [],
  commit: [...CHAIN_OPTIONS, "again"],
  reveal: CHAIN_OPTIONS,
  burn: CHAIN_OPTIONS,
  status: ["rpc"],
  "pack-make": ["capsules", "shares", "threshold"],
  "pack-check": ["evidence"],
} as const;
const TASKS = ["watch", "commit", "reveal", "burn", "status", "pack-make", "pack-check"] as const;

/**
 * Reads a command line.
 * @throws {VerifierError} `USAGE`
 */
export function readOptions(args: readonly string[]): Task {
  const { values, positionals } = parseStrictly(args);
  if (values.help) return { do: "help" };
  const asked = TASKS.filter((name) => values[name] !== undefined);
  if (asked.length > 1) throw usage(asked.map((name) => `--${name}`).join(" and "), "one of them", "both");
  const task = asked[0] ?? "check";
  for (const name of Object.keys(values) as (keyof Values)[]) {
    const allowed: readonly string[] = ["json", task, ...ALLOWED[task]];
    if (!allowed.includes(name)) throw usage(`--${name}`, `not to be there with ${nameOf(task)}`, "it");
  }
  const takesAnswers = task === "check" || task === "pack-check";
  if (takesAnswers && positionals.length === 0) throw usage("ANSWER.json", "a file", "none; see --help");
  if (!takesAnswers && positionals.length > 0) throw usage("arguments", "none besides options", positionals.join(" "));
  return taskOf(task, values, positionals);
}

function taskOf(task: keyof typeof ALLOWED, values: Values, answers: string[]): Task {
  const json = values.json ?? false;
  const file = task === "check" ? "" : (values[task] ?? "");
  const evidence = values.evidence === undefined ? {} : { evidence: values.evidence };
  switch (task) {
    case "check":
      return { do: task, answers, json, ...evidence };
    case "watch":
      return { do: task, folder: file, json };
    case "pack-make": {
      const [capsules, shares] = [count(values, "capsules", 20), count(values, "shares", 3)];
      return { do: task, file, capsules, shares, threshold: count(values, "threshold", Math.min(2, shares)), json };
    }
    case "pack-check":
      return { do: task, file, answers, json, ...evidence };
    case "status":
      return { do: task, file, rpc: rpcOf(values), json };
    default:
      return chainTask(task, file, values);
  }
}

function chainTask(task: ChainTask["do"], file: string, values: Values): ChainTask {
  const { keystore, contract } = values;
  const rpc = rpcOf(values);
  if (keystore === undefined) throw usage("--keystore", "a file", "none");
  const passwordFile = values["password-file"];
  return {
    do: task,
    file,
    rpc,
    keystore,
    again: values.again ?? false,
    yes: values.yes ?? false,
    json: values.json ?? false,
    ...(passwordFile !== undefined && { passwordFile }),
    ...(contract !== undefined && { contract }),
  };
}

function rpcOf({ rpc }: Values): string {
  if (rpc === undefined) throw usage("--rpc", "the URL of a node", "none");
  return rpc;
}

function count(values: Values, name: "capsules" | "shares" | "threshold", otherwise: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw usage(`--${name}`, "a number, 1 or more", text);
  return Number(text);
}

function parseStrictly(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args);
  } catch (cause) {
    if (!codeOf(cause)?.startsWith("ERR_PARSE_ARGS")) throw cause;
    throw usage("options", "those that --help lists", cause instanceof Error ? cause.message : "others");
  }
}

const nameOf = (task: keyof typeof ALLOWED): string => (task === "check" ? "answers alone" : `--${task}`);

const usage = (argument: string, expected: string, got: string): VerifierError =>
  new VerifierError("USAGE", argument, expected, got);
