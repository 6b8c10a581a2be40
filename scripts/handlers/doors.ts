import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const HANDLERS = join(ROOT, "test/forge/handlers");

/** How handlers name the contracts that they call. */
const CALLED_AS: Readonly<Record<string, string>> = {
  "net.token": "NKMSToken",
  "net.escrow": "StakeEscrow",
  "net.registry": "MinerRegistry",
  "net.policies": "PolicyManager",
  "net.challenges": "ChallengeManager",
  "net.bounties": "CanaryBounty",
  VOTES: "HealthVote",
};

/** What stands in for a contract in some network, and hands calls on to what it is wired to. */
const HANDED_ON: Readonly<Record<string, string>> = {
  "net.policyManager.slash": "StakeEscrow.slash",
  "net.healthVote.pause": "StakeEscrow.pause",
  "net.healthVote.drawHealthBudget": "StakeEscrow.drawHealthBudget",
  "net.challenges.convict": "PolicyManager.convict",
};

/** Which handlers inherit from which files, the last one being the one that forge calls. */
const NETWORK = [
  "Ledger",
  "HandlerBase",
  "StakingHandler",
  "UpkeepHandler",
  "NeighbourHandler",
  "TokenHandler",
  "RegistryHandler",
  "HostileHandler",
  "NetworkHandler",
];
const FAMILIES: readonly (readonly string[])[] = [
  NETWORK,
  [...NETWORK, "RoundLedger", "HealthHandler"],
  ["PolicyLedger", "PolicyBase", "PolicyStakeHandler", "PolicyHandler"],
  ["ChallengeHandler"],
];

/** A function of a handler, as it stands in its file. */
interface Written {
  name: string;
  body: string;
}

function functionsIn(file: string): Written[] {
  const source = readFileSync(join(HANDLERS, `${file}.sol`), "utf8");
  return source
    .split(/\n {4}(?=function \w)/)
    .slice(1)
    .map((text) => ({ name: /^function (\w+)/.exec(text)?.[1] ?? "", body: text.split(/\n {4}\}/)[0] ?? "" }));
}

/** The function and all that it calls in the same handler. */
function closure(name: string, written: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const body = written.get(next);
    if (body === undefined || seen.has(next)) continue;
    seen.add(next);
    for (const [, called] of body.matchAll(/(?<![.\w])(\w+)\(/g)) if (called) waiting.push(called);
  }
  return [...seen].map((each) => written.get(each)).join("\n");
}

/** How a contract's function is called. */
const CALL = /\b(net\.\w+|VOTES)\.(\w+)\b/g;
/** How it is called if it may refuse: else the handler's own call would revert. */
const MAY_REFUSE = /(?:encodeCall\(|\btry )\s*(net\.\w+|VOTES)\.(\w+)\b/g;

/** The contract functions that some text calls, written `Contract.function`. */
function calledIn(text: string, how: RegExp): Set<string> {
  const called = new Set<string>();
  for (const [, as, name] of text.matchAll(how)) {
    const contract = CALLED_AS[as ?? ""];
    if (contract) called.add(`${contract}.${name}`);
    const handed = HANDED_ON[`${as}.${name}`];
    if (handed) called.add(handed);
  }
  return called;
}

/** Refuses, or knows beforehand that it may have to be refused. */
const REFUSES = /_refused\w*\(|done ==|!done|!again|catch \{/;
const HOSTILE = /^(hostile|frame|copyCommitment)/;

/** Who calls a function of a contract: handlers' functions, written `Handler.function`. */
export interface Callers {
  /** In calls that go through. */
  valid: Set<string>;
  /** In calls that must be refused. */
  hostile: Set<string>;
}

/** The functions of a handler that forge may call: those that its `calls` names. */
function callable(written: ReadonlyMap<string, string>): string[] {
  return [...new Set([...closure("calls", written).matchAll(/this\.(\w+)\.selector/g)].map(([, name]) => name ?? ""))];
}

/** Every function that forge may call, written `Handler.function`. */
export const handlerCalls = (): string[] =>
  FAMILIES.flatMap((family) => callable(writtenIn(family)).map((name) => `${family.at(-1)}.${name}`)).sort();

/** All functions of a handler, those that it overrides as it has them. */
const writtenIn = (family: readonly string[]): Map<string, string> =>
  new Map(family.flatMap(functionsIn).map(({ name, body }) => [name, body]));

/** For each function of each contract that a handler calls: which handlers. */
export function doors(): Map<string, Callers> {
  const all = new Map<string, Callers>();
  for (const family of FAMILIES) {
    const handler = family.at(-1) ?? "";
    const written = writtenIn(family);
    for (const name of callable(written)) {
      const text = closure(name, written);
      const add = (door: string, kind: keyof Callers): void => {
        const callers = all.get(door) ?? { valid: new Set(), hostile: new Set() };
        callers[kind].add(`${handler}.${name}`);
        all.set(door, callers);
      };
      if (!HOSTILE.test(name)) for (const door of calledIn(text, CALL)) add(door, "valid");
      if (HOSTILE.test(name) || REFUSES.test(text)) for (const door of calledIn(text, MAY_REFUSE)) add(door, "hostile");
    }
  }
  return all;
}

/** A function of a contract's interface. */
interface Fragment {
  type: string;
  name: string;
  stateMutability: string;
}

/** Every external function that changes something, of every contract in contracts/, written `Contract.function`. */
export function externalFunctions(): string[] {
  const names = readdirSync(join(ROOT, "artifacts/contracts"), { recursive: true, encoding: "utf8" })
    .map((path) => /^(?:conditions\/)?(\w+)\.sol\/\1\.json$/.exec(path))
    .filter((match) => match !== null);
  const doorsOf = ([path, contract]: RegExpExecArray): string[] => {
    const { abi } = JSON.parse(readFileSync(join(ROOT, "artifacts/contracts", path), "utf8")) as { abi: Fragment[] };
    const changing = abi.filter(
      ({ type, stateMutability }) => type === "function" && !/view|pure/.test(stateMutability),
    );
    return changing.map(({ name }) => `${contract}.${name}`);
  };
  return [...new Set(names.flatMap(doorsOf))].sort();
}
