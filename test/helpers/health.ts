import { mine, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import type { HDNodeWallet, Wallet } from "ethers";
import { AbiCoder, keccak256, Signature } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import type { HealthVote, MinerRegistry, NKMSToken, PolicyManager, StakeEscrow__Harness } from "../../typechain-types";
import type { IHealthVote } from "../../typechain-types/contracts/HealthVote";
import { testParameters } from "./network";
import { passPeriods, toPeriod, toSettled } from "./time";

/** A miner of a health scene: its operator is a key that signs and sends. */
export interface Voter {
  miner: string;
  operator: Wallet | HDNodeWallet;
}

export interface HealthNetwork {
  parameters: NetworkParameters;
  health: IHealthVote.ParametersStruct;
  token: NKMSToken;
  escrow: StakeEscrow__Harness;
  registry: MinerRegistry;
  policies: PolicyManager;
  votes: HealthVote;
  /** In the order of their numbers, from 1 on. */
  voters: Voter[];
}

/** n_min 32, 10 blocks between rounds, phases of 60, 100 and 100 blocks, 64 rounds kept. */
export const healthParameters: IHealthVote.ParametersStruct = {
  minSeats: 32n,
  gap: 10n,
  seedBlocks: 60n,
  commitBlocks: 100n,
  revealBlocks: 100n,
  ring: 64n,
};

/**
 * A network with the real health votes, and a miner for each of `stakes`; ends in a period in which all earn, with a
 * health budget of the period before, when a round may open.
 */
export async function deployHealth(
  stakes: readonly bigint[],
  parameters: NetworkParameters = testParameters,
  health: IHealthVote.ParametersStruct = healthParameters,
): Promise<HealthNetwork> {
  const [distributor] = await ethers.getSigners();
  if (!distributor) throw new Error("expected an account on the test chain");
  const token = await ethers.deployContract("NKMSToken", [
    distributor.address,
    parameters.initialSupply,
    parameters.maxSupply,
  ]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [await token.getAddress(), parameters.escrow]);
  const registry = await ethers.deployContract("MinerRegistry", [await escrow.getAddress()]);
  const policies = await ethers.deployContract("PolicyManager", [escrow, registry, parameters.policies]);
  const challenges = await ethers.deployContract("ChallengeManager__Mock");
  const votes = await ethers.deployContract("HealthVote", [escrow, registry, health]);
  await token.wire(escrow);
  await escrow.wire(registry, policies, votes);
  await policies.wire(challenges);
  await toPeriod(escrow, (await escrow.currentPeriod()) + 1n);

  const voters = stakes.map((_, i): Voter => ({
    miner: ethers.getAddress(ethers.toBeHex(0x1_0000_0000n + BigInt(i) * 0x1_2345_6789n, 20)),
    operator: new ethers.Wallet(ethers.toBeHex(0x5000 + i, 32), ethers.provider),
  }));
  await token.approve(escrow, ethers.MaxUint256);
  for (let from = 0; from < voters.length; from += 50) {
    const some = voters.slice(from, from + 50);
    await escrow.lockForMany(
      some.map(({ miner }) => miner),
      stakes.slice(from, from + 50),
      300n,
    );
  }
  for (const voter of voters) await bondVoter(registry, voter);
  await passPeriods(escrow, 2n);
  await toSettled(escrow);
  return { parameters, health, token, escrow, registry, policies, votes, voters };
}

/** Bonds a voter's operator and gives it ether for gas. */
export async function bondVoter(registry: MinerRegistry, { miner, operator }: Voter): Promise<void> {
  const { name, version, chainId, verifyingContract } = await registry.eip712Domain();
  const deadline = ethers.MaxUint256;
  const types = {
    OperatorBond: [
      { name: "miner", type: "address" },
      { name: "operator", type: "address" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  };
  const message = { miner, operator: operator.address, nonce: await registry.nonces(operator), deadline };
  const consent = await operator.signTypedData({ name, version, chainId, verifyingContract }, types, message);
  await setBalance(operator.address, 10n ** 20n);
  await setBalance(miner, 10n ** 20n);
  const own = await ethers.getImpersonatedSigner(miner);
  await registry.connect(own).bondOperator(operator.address, deadline, consent);
}

/** What a voter shows, as {@link IHealthVote.RevealStruct}. */
export interface Reveal {
  voter: string;
  seed: string;
  ballot: bigint[];
  salt: string;
  seats: bigint[];
}

/** The commitment to a ballot, for these winning seats; on this chain, unless it is said otherwise. */
export async function commitmentTo(
  votes: HealthVote,
  round: bigint,
  { voter, seed, ballot, salt, seats }: Reveal,
  chain?: bigint,
): Promise<string> {
  const chainId = chain ?? (await ethers.provider.getNetwork()).chainId;
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "uint256", "address", "bytes32", "uint256[]", "bytes32", "uint256[]"],
      [chainId, await votes.getAddress(), round, voter, seed, ballot, salt, seats],
    ),
  );
}

/** A commitment that its voter's operator has signed. */
export interface Signed {
  voter: string;
  commitment: string;
  r: string;
  vs: string;
}

/** For which chain and contract a commitment is signed, if not for these. */
export type Domain = Partial<{ name: string; version: string; chainId: bigint; verifyingContract: string }>;

/** Signs a commitment with a voter's operator. */
export async function signCommitment(
  votes: HealthVote,
  round: bigint,
  { miner, operator }: Voter,
  commitment: string,
  domain: Domain = {},
): Promise<Signed> {
  const { chainId } = await ethers.provider.getNetwork();
  const signature = await operator.signTypedData(
    { name: "NKMS HealthVote", version: "1", chainId, verifyingContract: await votes.getAddress(), ...domain },
    {
      BallotCommitment: [
        { name: "round", type: "uint256" },
        { name: "voter", type: "address" },
        { name: "commitment", type: "bytes32" },
      ],
    },
    { round, voter: miner, commitment },
  );
  const { r, yParityAndS: vs } = Signature.from(signature);
  return { voter: miner, commitment, r, vs };
}

/** keccak256(abi.encode(seed)). */
export const hashOf = (seed: string): string => keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32"], [seed]));

/** Moves to the first block after `blocks` blocks of the round have passed, so that the next transaction is in it. */
export async function toBlockOf(votes: HealthVote, round: bigint, blocks: bigint): Promise<void> {
  const { openedBlock } = await votes.roundOf(round);
  const current = BigInt(await ethers.provider.getBlockNumber());
  if (openedBlock + blocks > current) await mine(openedBlock + blocks - current);
}
