import { withCommas } from "@nkms/protocol";
import Table from "cli-table3";
import { formatEther, formatUnits, getCreateAddress } from "ethers";

import { DeployError } from "./errors";
import type { Journal } from "./journal";
import type { NetworkDefinition } from "./networks";
import { inWords } from "./parameters/words";
import type { Chain } from "./provider";
import { type Rehearsed, type Workshop, rehearse } from "./rehearsal";
import { titleOf } from "./steps";

/** A step, and how it stands. */
export interface PlannedStep extends Rehearsed {
  nonce: number;
  done: boolean;
}

/** What a deployment will do and cost, before anything is sent. */
export interface Plan {
  network: NetworkDefinition;
  deployer: string;
  steps: PlannedStep[];
  /** What is left, all told. */
  gas: bigint;
  /** Absent: there is no node to ask. */
  money?: Money;
}

export interface Money {
  /** Wei per gas, as it is now. */
  price: bigint;
  /** Wei per gas, offered at most. */
  maxPrice: bigint;
  /** The deployer's, wei. */
  balance: bigint;
}

/** Plans what is left of a deployment. */
export async function plan(
  workshop: Workshop,
  network: NetworkDefinition,
  chain: Chain,
  deployer: string,
  journal: Journal,
): Promise<Plan> {
  const done = await journal.done();
  const sent = journal.nonces();
  const pending = await chain.nonce(deployer, "pending");
  let next = Math.max(pending, ...[...sent.values()].map((nonce) => nonce + 1));
  const rehearsed = await rehearse(workshop, network, deployer, Math.min(pending, ...sent.values()));
  const steps = rehearsed.map((step): PlannedStep => {
    const nonce = sent.get(step.id) ?? next++;
    const address = step.deploys ? { address: getCreateAddress({ from: deployer, nonce }) } : {};
    return { ...step, ...address, nonce, done: done.includes(step.id) };
  });
  const { baseFee } = await chain.block("latest");
  const tip = await chain.tip();
  return {
    network,
    deployer,
    steps,
    gas: steps.reduce((sum, step) => sum + (step.done ? 0n : step.gas), 0n),
    money: { price: baseFee + tip, maxPrice: 2n * baseFee + tip, balance: await chain.balance(deployer) },
  };
}

/**
 * Refuses to begin what the account can't pay to the end.
 * @throws {DeployError} `TOO_POOR`
 */
export function checkBalance({ deployer, gas, money }: Plan): void {
  if (!money || money.balance >= gas * money.maxPrice) return;
  const needed = `${formatEther(gas * money.maxPrice)} ether for what is left, if fees double`;
  throw new DeployError("TOO_POOR", `balance of ${deployer}`, needed, `${formatEther(money.balance)} ether`);
}

/** The plan as people read it. */
export function planInWords(plan: Plan): string {
  const { network, deployer, steps, gas, money } = plan;
  const left = steps.filter((step) => !step.done).length;
  return [
    `NKMS on ${network.name}, chain ${network.chainId}, by ${deployer}${money ? `, which has ${inEther(money.balance)} ether` : ""}.`,
    "",
    "Parameters, for good:",
    parameterTable(network),
    "",
    `Transactions, in this order; ${left} of ${steps.length} are left:`,
    stepTable(steps),
    "",
    `Left to pay: ${withCommas(gas)} gas${money ? costInWords(gas, money) : ""}.`,
    ...(network.otherFees === undefined ? [] : [`Not in it: ${network.otherFees}.`]),
    "After the last one no account has special rights, the deployer neither.",
  ].join("\n");
}

const costInWords = (gas: bigint, { price, maxPrice }: Money): string =>
  `, about ${inEther(gas * price)} ether at ${formatUnits(price, "gwei")} gwei; ` +
  `at most ${inEther(gas * maxPrice)} are offered`;

function parameterTable({ parameters, blockSeconds }: NetworkDefinition): string {
  return table(
    ["parameter", "value"],
    inWords(parameters, blockSeconds).map(({ name, words }) => [name, words]),
  );
}

function stepTable(steps: readonly PlannedStep[]): string {
  return table(
    ["", "transaction", "nonce", "gas", "at"],
    steps.map((step, i) => {
      const { nonce, gas, address, done } = step;
      return [`${i + 1}`, titleOf(step), `${nonce}`, done ? "done" : withCommas(gas), address ?? ""];
    }),
  );
}

/** Columns without lines between them. */
function table(head: string[], rows: string[][]): string {
  const chars = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  const made = new Table({ head, chars, style: { head: [], border: [], compact: true } });
  made.push(...rows);
  return made.toString();
}

/** Six decimals are enough for people. */
const inEther = (wei: bigint): string => formatEther(wei - (wei % 10n ** 12n));
