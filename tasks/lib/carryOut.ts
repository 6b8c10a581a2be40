import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { inEther, inGwei, sum } from "./amounts";
import { confirm, tell } from "./ask";
import { type Chain, openChain } from "./chain";
import { TaskError } from "./errors";
import { eventIn, type Happened } from "./events";
import { plain, writeJson } from "./files";
import { type KeyOptions, senderOf } from "./keys";
import type { Call, Plan, Planner, Scene } from "./plan";
import { refusalOf } from "./refusals";
import { safeBatch } from "./safe";
import { simulate, type Simulation } from "./simulate";

/** What every task that sends can be told besides its own arguments. */
export interface SendOptions extends KeyOptions {
  /** Don't ask. */
  readonly yes?: boolean;
  /** Ask the chain what would happen, send nothing. */
  readonly dryRun?: boolean;
  /** Write the transactions into this file, and a batch for a Safe beside it; send nothing. */
  readonly unsigned?: string;
  /** Print JSON and nothing else. */
  readonly json?: boolean;
}

/** A transaction that was mined. */
export interface Sent {
  readonly hash: string;
  readonly block: number;
  readonly gasUsed: bigint;
  /** Wei. */
  readonly fee: bigint;
}

/** What became of a task. */
export interface Outcome {
  readonly did: "sent" | "simulated" | "written" | "nothing";
  readonly account: string;
  /** What was to happen. */
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  /** What the contracts would answer; for a dry run. */
  readonly answers: readonly string[];
  readonly transactions: readonly Sent[];
  readonly events: readonly Happened[];
  /** That were written. */
  readonly files: readonly string[];
}

/**
 * Plans, says what will happen, asks, sends, and says what happened.
 * @throws {TaskError} before anything is sent; {RefusedError} if a contract refuses
 */
export async function carryOut<Args extends SendOptions>(
  hre: HardhatRuntimeEnvironment,
  args: Args,
  planner: Planner<Args>,
): Promise<Outcome> {
  const chain = await openChain(hre);
  const { unlock, ...account } = await senderOf(chain, args);
  if (!unlock && !args.dryRun && args.unsigned === undefined) throw noKey();
  // What is written may lie for days, longer than a permit is good: it is made as if no key were here.
  const sender = unlock && args.unsigned === undefined ? { ...account, unlock } : account;
  const scene = { chain, sender };
  const plan = await planner(scene, args);
  const simulations = [];
  for (const one of plan.calls) simulations.push(await simulate(scene, one));
  const say = args.json ? (): void => {} : tell;
  for (const line of await announcement(scene, plan, simulations)) say(line);
  const outcome = await act(scene, plan, simulations, args, say);
  if (args.json) tell(JSON.stringify(plain(outcome), undefined, 2));
  return outcome;
}

async function act(
  scene: Scene,
  plan: Plan,
  simulations: readonly Simulation[],
  options: SendOptions,
  say: (line: string) => void,
): Promise<Outcome> {
  const answers = simulations.flatMap((simulation) => simulation.answers);
  const nothing: Outcome = {
    did: "nothing",
    account: scene.sender.address,
    words: plan.words,
    calls: plan.calls.map(({ to, value, data }) => ({ to, value, data })),
    answers,
    transactions: [],
    events: [],
    files: [],
  };
  if (options.dryRun) {
    say(
      `Nothing was sent. The chain would do it now${answers.length > 0 ? `, and answer: ${answers.join(", ")}` : ""}.`,
    );
    return { ...nothing, did: "simulated" };
  }
  if (options.unsigned !== undefined) {
    const files = writeUnsigned(scene, plan, options.unsigned);
    say(`Nothing was sent. The transactions are in ${files[0]}, and for a Safe's Transaction Builder in ${files[1]}.`);
    return { ...nothing, did: "written", files };
  }
  await requireEther(scene, plan, simulations);
  if (!options.yes && !(await confirm("Send it?"))) {
    say("Nothing was sent.");
    return nothing;
  }
  return { ...nothing, did: "sent", ...(await send(scene, plan.calls, say)) };
}

async function announcement(scene: Scene, plan: Plan, simulations: readonly Simulation[]): Promise<string[]> {
  const { chain, sender } = scene;
  return [
    `On ${chain.network} (chain ${chain.chainId}), by ${sender.address}, with ${sender.key}:`,
    ...plan.words.map((line) => `  ${line}`),
    await costInWords(chain, simulations),
  ];
}

async function costInWords(chain: Chain, simulations: readonly Simulation[]): Promise<string> {
  const gas = gasOf(simulations);
  if (gas === undefined) return "What it costs is known when the first transaction is through.";
  const price = await gasPrice(chain);
  return `It costs about ${inEther(gas * price)}: ${gas} gas at ${inGwei(price)}.`;
}

const gasOf = (simulations: readonly Simulation[]): bigint | undefined =>
  simulations.every(({ gas }) => gas !== undefined) ? sum(simulations.map(({ gas }) => gas ?? 0n)) : undefined;

/** Wei for a unit of gas, now. */
async function gasPrice({ provider }: Chain): Promise<bigint> {
  const { gasPrice, maxFeePerGas } = await provider.getFeeData();
  return gasPrice ?? maxFeePerGas ?? 0n;
}

async function requireEther({ chain, sender }: Scene, plan: Plan, simulations: readonly Simulation[]): Promise<void> {
  const needed = sum(plan.calls.map(({ value }) => value)) + (gasOf(simulations) ?? 0n) * (await gasPrice(chain));
  const balance = await chain.provider.getBalance(sender.address);
  if (balance >= needed) return;
  throw new TaskError("TOO_POOR", `ether of ${sender.address}`, `${inEther(needed)} or more`, inEther(balance));
}

function writeUnsigned({ chain, sender }: Scene, { calls, words }: Plan, file: string): string[] {
  const safeFile = `${file.replace(/\.json$/, "")}.safe.json`;
  writeJson(
    file,
    calls.map(({ to, value, data }) => ({ to, value, data })),
  );
  writeJson(safeFile, safeBatch(chain, sender.address, words, calls));
  return [file, safeFile];
}

const noKey = (): TaskError =>
  new TaskError("NO_SENDER", "from", "--unsigned or --dry-run with it", "an account whose key isn't here");

/** Sends one after the other, each after the one before was mined. */
async function send(
  { chain, sender }: Scene,
  calls: readonly Call[],
  say: (line: string) => void,
): Promise<Pick<Outcome, "transactions" | "events">> {
  const signer = await sender.unlock?.();
  if (!signer) throw noKey();
  const transactions: Sent[] = [];
  const events: Happened[] = [];
  for (const { to, value, data } of calls) {
    const receipt = await sendOne(() => signer.sendTransaction({ to, value, data }));
    transactions.push({ hash: receipt.hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed, fee: receipt.fee });
    say(`Done in block ${receipt.blockNumber}, for ${inEther(receipt.fee)}, by transaction ${receipt.hash}.`);
    const all = receipt.logs.flatMap((log) => eventIn(chain, log) ?? []);
    const loud = all.filter(({ event }) => !QUIET.includes(event));
    for (const { words } of loud.length > 0 ? loud : all) say(`  ${words}`);
    events.push(...all);
  }
  return { transactions, events };
}

/** Upkeep and bookkeeping that comes with what a transaction is about. */
const QUIET = ["PeriodClosed", "Transfer", "Approval"];

type Sending = ReturnType<Awaited<ReturnType<NonNullable<Scene["sender"]["unlock"]>>>["sendTransaction"]>;

async function sendOne(sending: () => Sending) {
  try {
    const receipt = await (await sending()).wait();
    if (receipt) return receipt;
  } catch (thrown) {
    throw refusalOf(thrown);
  }
  throw new Error("transaction: expected a receipt, got none");
}
