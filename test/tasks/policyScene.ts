import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { bond } from "../helpers/policies";
import { passPeriods } from "../helpers/time";
import { run } from "./run";
import { taskNetwork, type TaskNetwork } from "./scene";

/** Numbers of accounts: the miners' operators come ten after them. */
export const MINERS = [1, 2, 3, 4] as const;
export const OWNER = 8;
export const PAYER = 9;
export const operatorOf = (miner: number): number => miner + 10;

/** What each miner has locked, for 300 periods, and lets be reserved. */
export const MINER_STAKE = nkms("10000");

/** What policies of these tests are about. */
export const OFFER = { periods: 10n, rate: nkms("2"), collateral: nkms("15") };

/** {@link taskNetwork} with four miners whose operators count. Use it through `load`. */
export async function policyTaskNetwork(): Promise<TaskNetwork> {
  const network = await taskNetwork();
  const { escrow, registry, token } = network;
  for (const number of MINERS) {
    const [miner, operator] = [signerOf(network, number), signerOf(network, operatorOf(number))];
    await token.connect(miner).approve(escrow, MINER_STAKE);
    await escrow.connect(miner).lock(MINER_STAKE, 300n);
    await bond(registry, miner, operator);
    await registry.connect(miner).setPledge(MINER_STAKE, 100n);
  }
  await passPeriods(escrow, 1n);
  return network;
}

export function signerOf({ accounts }: Pick<TaskNetwork, "accounts">, number: number): HardhatEthersSigner {
  const account = accounts[number];
  if (!account) throw new Error(`account: expected one with number ${number}, got none`);
  return account;
}

/** Which of the miners an address is. */
export const minerOf = (network: Pick<TaskNetwork, "accounts">, address: string): number =>
  MINERS.find((number) => signerOf(network, number).address === address) ?? 0;

/** What was granted: files, and who is in it in the order of the arrangements. */
export interface Granted {
  readonly terms: string;
  readonly policy: string;
  /** Numbers of accounts. */
  readonly miners: readonly number[];
  readonly acceptances: readonly string[];
}

/** Draws, drafts and accepts a policy, each by its task. */
export async function draftPolicy(
  network: TaskNetwork,
  folder: string,
  changes: { miners?: bigint; handOff?: boolean; owner?: string; payer?: string } = {},
): Promise<Granted> {
  const at = (name: string): string => join(folder, name);
  const miners = changes.miners ?? 3n;
  await run("policy", "draw", { miners, spares: 1n, ...OFFER, seed: 7n, out: at("draw.json") });
  const hashes = Array.from({ length: Number(miners) }, (_, i) => ethers.id(`kfrag ${i}`));
  writeFileSync(at("kfrags.json"), JSON.stringify(hashes));
  const { policy, terms } = await run<{ policy: string; terms: { arrangements: { miner: string }[] } }>(
    "policy",
    "draft",
    {
      draw: at("draw.json"),
      kfrags: at("kfrags.json"),
      owner: changes.owner ?? signerOf(network, OWNER).address,
      payer: changes.payer ?? signerOf(network, PAYER).address,
      handOff: changes.handOff ?? true,
      out: at("terms.json"),
    },
  );
  const numbers = terms.arrangements.map(({ miner }) => minerOf(network, miner));
  const acceptances: string[] = [];
  for (const number of numbers) {
    const out = at(`acceptance-${number}.json`);
    await run("policy", "accept", { policy: at("terms.json"), account: BigInt(operatorOf(number)), out });
    acceptances.push(out);
  }
  return { terms: at("terms.json"), policy, miners: numbers, acceptances };
}
