import { time } from "@nomicfoundation/hardhat-network-helpers";
import type { BigNumberish, ContractTransactionResponse } from "ethers";
import { ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import type {
  HealthVote__Mock,
  MinerRegistry,
  NKMSToken,
  PolicyManager__Mock,
  StakeEscrow__Harness,
} from "../../typechain-types";

/** A network of the local parameters, as it is measured: at a fixed date, with fixed keys, so that gas is repeatable. */
export interface Scene {
  token: NKMSToken;
  escrow: StakeEscrow__Harness;
  registry: MinerRegistry;
  policyManager: PolicyManager__Mock;
  healthVote: HealthVote__Mock;
}

/** 1 January 2030. A fixed one, for calldata bytes and packed slots depend on the number of the period. */
const START = 1_893_456_000n;
/** The biggest amount that the measurements lock at once. */
const PURSE = nkms("20,000,000");

type Signer = Awaited<ReturnType<typeof ethers.getSigners>>[number];

/** The `n`-th of the chain's accounts: 0 deployed everything, the rest hold a purse and have approved the escrow. */
export async function account(n: number): Promise<Signer> {
  const signer = (await ethers.getSigners())[n];
  if (!signer) throw new RangeError(`account: expected one of the chain's, got ${n}`);
  return signer;
}

/** Deploys what the escrow is wired with instead of a stand-in, and gives its address. */
type Deploy = (escrow: string, registry: string) => Promise<string>;

/** Deploys and wires a network on a chain reset to nothing. */
export async function openScene(
  purses: number,
  real: { policyManager?: Deploy; healthVote?: Deploy } = {},
): Promise<Scene> {
  await ethers.provider.send("hardhat_reset", []);
  await time.increaseTo(START);
  const deployer = await account(0);
  const token = await ethers.deployContract("NKMSToken", [deployer.address, local.initialSupply, local.maxSupply]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [await token.getAddress(), local.escrow]);
  const registry = await ethers.deployContract("MinerRegistry", [await escrow.getAddress()]);
  const policyManager = await ethers.deployContract("PolicyManager__Mock");
  const healthVote = await ethers.deployContract("HealthVote__Mock");
  await token.wire(escrow);
  const neighbours = [await escrow.getAddress(), await registry.getAddress()] as const;
  const slasher = await real.policyManager?.(...neighbours);
  const pauser = await real.healthVote?.(...neighbours);
  await escrow.wire(registry, slasher ?? policyManager, pauser ?? healthVote);
  for (let n = 1; n <= purses; ++n) {
    const owner = await account(n);
    await token.transfer(owner, PURSE);
    await token.connect(owner).approve(escrow, ethers.MaxUint256);
  }
  await passDays({ escrow }, 1n);
  return { token, escrow, registry, policyManager, healthVote };
}

/** Moves to the start of a period to come. Doesn't close anything. */
export async function passDays({ escrow }: Pick<Scene, "escrow">, count: bigint): Promise<void> {
  await time.increaseTo(((await escrow.currentPeriod()) + count) * local.escrow.period);
}

/** Moves to a period to come, with all before it closed. */
export async function passDaysClosed({ escrow }: Pick<Scene, "escrow">, count: bigint): Promise<void> {
  await passDays({ escrow }, count);
  await escrow.advance(count);
}

/** Gas of a whole transaction, as its receipt says. */
export async function gasOf(transaction: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await transaction).wait();
  if (!receipt) throw new Error("receipt: expected one, got none");
  return Number(receipt.gasUsed);
}

/** Gas of a view as a transaction: an on-chain caller pays this less 21,000 and the calldata. */
export async function gasOfDraw(
  { escrow }: Scene,
  seed: BigNumberish,
  wanted: BigNumberish,
  until: BigNumberish,
): Promise<number> {
  const deployer = await account(0);
  const call = await escrow.draw.populateTransaction(seed, wanted, until, 10_000n);
  const receipt = await (await deployer.sendTransaction(call)).wait();
  if (!receipt) throw new Error("receipt: expected one, got none");
  return Number(receipt.gasUsed);
}

/**
 * Adds miners until the network has `size`, each with one lock of 365 periods. Stakes are as skewed as in live networks
 * (Zipf: the k-th largest of a thousand has 1/k of the largest), from 16,000 NKMS to a thousand times that.
 */
export async function growNetwork({ escrow }: Scene, size: number): Promise<void> {
  const batch = 60; // as many as fit into a transaction
  for (let from = Number(await escrow.members()); from < size; from += batch) {
    const indices = Array.from({ length: Math.min(batch, size - from) }, (_, i) => BigInt(from + i));
    const miners = indices.map((i) => ethers.toBeHex(2n ** 32n + i, 20));
    const amounts = indices.map((i) => (nkms("16,000") * 1_009n) / (1n + ((i * 7_919n) % 1_009n)));
    await escrow.lockForMany(miners, amounts, 365n);
  }
}
