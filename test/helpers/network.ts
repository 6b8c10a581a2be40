import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import type { NetworkParameters } from "../../deploy/parameters/types";
import { ether, nkms } from "../../deploy/parameters/units";
import type {
  HealthVote__Mock,
  MinerRegistry,
  NKMSToken,
  PolicyManager__Mock,
  StakeEscrow__Harness,
} from "../../typechain-types";
import { toPeriod } from "./time";

/** A deployed and wired network, with the people that tests are about. */
export interface Network {
  parameters: NetworkParameters;
  token: NKMSToken;
  /** The stake escrow; the harness only adds doors that tests of large networks use. */
  escrow: StakeEscrow__Harness;
  registry: MinerRegistry;
  policyManager: PolicyManager__Mock;
  healthVote: HealthVote__Mock;
  /** Deployed everything, got the initial supply, has no rights left. */
  distributor: HardhatEthersSigner;
  /** Each holds {@link PURSE} and has approved the escrow for all of it. */
  miners: [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
  /** Holds {@link PURSE}, has approved nothing. */
  stranger: HardhatEthersSigner;
  /** A key that no miner has bonded yet. */
  operator: HardhatEthersSigner;
}

/** What every miner and the stranger start with: the most one miner can lock is 65,536 x 16 NKMS, so this is plenty. */
export const PURSE = nkms("10,000,000");

/** s_min of {@link testParameters}. */
export const MIN_STAKE = nkms("16");

/** Parameters for tests: numbers that people can follow. A period is one hour, V is 2, locks take 2 to 365 periods. */
export const testParameters: NetworkParameters = {
  ...local,
  escrow: {
    ...local.escrow,
    period: 3_600n,
    minStake: MIN_STAKE,
    minEarning: nkms("100"),
    shortestLock: 2n,
    longestLock: 365n,
    maxCatchUp: 16n,
  },
  challenges: { bond: ether("1"), minAge: 5n, maxAge: 200n },
};

/** Deploys and wires a network, at the start of a fresh period. Use it through loadFixture. */
export async function deployNetwork(parameters: NetworkParameters = testParameters): Promise<Network> {
  const [distributor, stranger, operator, ...miners] = await ethers.getSigners();
  if (!distributor || !stranger || !operator || !miners[0] || !miners[1] || !miners[2] || !miners[3]) {
    throw new Error("expected at least 7 accounts on the test chain");
  }
  const token = await ethers.deployContract("NKMSToken", [
    distributor.address,
    parameters.initialSupply,
    parameters.maxSupply,
  ]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [await token.getAddress(), parameters.escrow]);
  const registry = await ethers.deployContract("MinerRegistry", [await escrow.getAddress()]);
  const policyManager = await ethers.deployContract("PolicyManager__Mock");
  const healthVote = await ethers.deployContract("HealthVote__Mock");
  await token.wire(escrow);
  await escrow.wire(registry, policyManager, healthVote);

  const four: Network["miners"] = [miners[0], miners[1], miners[2], miners[3]];
  for (const person of [...four, stranger]) await token.transfer(person, PURSE);
  for (const miner of four) await token.connect(miner).approve(escrow, ethers.MaxUint256);
  await toPeriod(escrow, (await escrow.currentPeriod()) + 1n);
  return {
    parameters,
    token,
    escrow,
    registry,
    policyManager,
    healthVote,
    distributor,
    miners: four,
    stranger,
    operator,
  };
}

/** {@link deployNetwork} with {@link testParameters}, for loadFixture, which wants one function per state. */
export const network = (): Promise<Network> => deployNetwork();
