import { mine, setPrevRandao } from "@nomicfoundation/hardhat-network-helpers";
import { AbiCoder, keccak256, Signature, type Wallet } from "ethers";
import { ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import { toSettled } from "../../test/helpers/time";
import { seatsFor, thresholdFor, wins } from "../../test/models/health";
import type { HealthVote } from "../../typechain-types";
import type { IHealthVote } from "../../typechain-types/contracts/HealthVote";
import { bond, CHAIN } from "./policies";
import { gasOf, openScene, passDaysClosed, type Scene } from "./scenes";

/** Four places, so that a measured round writes over an old one, as all but the first rounds of a network do. */
const RING = 4n;
const [SEED_BLOCKS, COMMIT_BLOCKS, REVEAL_BLOCKS] = [5n, 400n, 400n];
const STAKE = nkms("16,000"); // 16 seats
const SEED = ethers.id("seed");
const SALT = ethers.id("salt");

type HealthScene = Omit<Scene, "healthVote"> & { votes: HealthVote };

interface Voter {
  miner: string;
  operator: Wallet;
  seats: bigint[];
}

/** A network in which the committee of one randomness, which all rounds get, has operators. */
interface Committee {
  scene: HealthScene;
  randomness: bigint;
  voters: Voter[];
}

/** Gas of a round, part by part. */
interface RoundGas {
  number: bigint;
  open: number;
  post: number;
  mix: number;
  /** A transaction each. */
  commits: number[];
  reveals: number[];
  finalize: number;
}

/**
 * Gas of whole rounds of health votes, and of what a voter does in them. In the larger networks most numbers are nobody's:
 * who is a target costs nothing.
 */
export async function healthActions(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  for (const { voters, miners, numbers } of [
    { voters: 32, miners: 1_024, numbers: 1_024 },
    { voters: 64, miners: 1_024, numbers: 1_024 },
    { voters: 100, miners: 1_024, numbers: 10_000 },
    { voters: 316, miners: 4_096, numbers: 99_856 },
  ]) {
    const committee = await openCommittee(voters, miners, numbers);
    for (let period = 0n; period < RING; ++period) await round(committee, true);
    const copy: unknown = await ethers.provider.send("evm_snapshot", []);
    const joint = await round(committee, true);
    await ethers.provider.send("evm_revert", [copy]);
    const alone = await round(committee, false);

    const of = `of ${voters} voters and ${Math.ceil(Math.sqrt(numbers))} targets`;
    gas[`health round ${of}: everybody votes alone`] = total(alone);
    gas[`health round ${of}: all vote together`] = total(joint);
    if (numbers !== 1_024) continue;
    gas[`health round ${of}: open it`] = joint.open;
    gas[`health round ${of}: post a seed`] = joint.post;
    gas[`health round ${of}: open the commits`] = joint.mix;
    gas[`health round ${of}: commit to a ballot alone, mean`] = mean(alone.commits);
    gas[`health round ${of}: commit to all ballots together`] = sum(joint.commits);
    gas[`health round ${of}: reveal a ballot alone, mean`] = mean(alone.reveals);
    gas[`health round ${of}: reveal all ballots together`] = sum(joint.reveals);
    gas[`health round ${of}: finalize it`] = joint.finalize;
    gas[`health round ${of}: enforce a verdict`] = await gasOf(
      committee.scene.votes.enforce(alone.number, 0n, SEED),
    );
  }
  return gas;
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
const mean = (numbers: number[]): number => Math.round(sum(numbers) / numbers.length);

/** All that the committee pays for; a verdict is enforced or not. */
const total = ({ open, post, mix, commits, reveals, finalize }: RoundGas): number =>
  open + post + mix + sum(commits) + sum(reveals) + finalize;

async function openCommittee(size: number, miners: number, numbers: number): Promise<Committee> {
  const scene = await openScene(0, {
    healthVote: async (escrow, registry) => {
      const votes = await ethers.deployContract("HealthVote", [escrow, registry, parametersFor(size)]);
      return votes.getAddress();
    },
  });
  const { escrow, registry } = scene;
  const votes = await ethers.getContractAt("HealthVote", await escrow.healthVote());
  const addresses = Array.from({ length: miners }, (_, i) => ethers.toBeHex(2n ** 64n + BigInt(i) * 7_919n, 20));
  for (let from = 0; from < miners; from += 60) {
    const some = addresses.slice(from, from + 60);
    await escrow.lockForMany(
      some,
      some.map(() => STAKE),
      1_000n,
    );
  }
  await escrow.pretendNumbers(numbers);
  await passDaysClosed(scene, 1n);
  const [randomness, voters] = findCommittee(addresses, size);
  for (const { miner, operator } of voters) {
    await ethers.provider.send("hardhat_setBalance", [operator.address, ethers.toQuantity(10n ** 20n)]);
    await bond(registry, miner, operator);
  }
  await passDaysClosed(scene, 1n);
  return { scene: { ...scene, votes }, randomness, voters };
}

const parametersFor = (voters: number): IHealthVote.ParametersStruct => ({
  minSeats: BigInt(Math.max(voters, 32)),
  gap: 500n,
  seedBlocks: SEED_BLOCKS,
  commitBlocks: COMMIT_BLOCKS,
  revealBlocks: REVEAL_BLOCKS,
  ring: RING,
});

/** The first randomness in which at least `size` miners have winning seats, and so many of them. */
function findCommittee(miners: readonly string[], size: number): [bigint, Voter[]] {
  const seats = seatsFor(STAKE, local.escrow.minStake);
  const threshold = thresholdFor(BigInt(size), seats * BigInt(miners.length));
  for (let randomness = 1n; ; ++randomness) {
    const word = ethers.toBeHex(randomness, 32);
    const voters: Voter[] = [];
    for (const [i, miner] of miners.entries()) {
      const won = Array.from({ length: Number(seats) }, (_, seat) => BigInt(seat)).filter((seat) =>
        wins(word, miner, seat, threshold),
      );
      if (won.length === 0) continue;
      const operator = new ethers.Wallet(ethers.toBeHex(0x2000 + i, 32), ethers.provider);
      voters.push({ miner: ethers.getAddress(miner), operator, seats: won });
    }
    if (voters.length >= size) return [randomness, voters.slice(0, size)];
  }
}

/** A round in a period of its own, in which all say that target 0 is unhealthy. */
async function round({ scene, randomness, voters }: Committee, together: boolean): Promise<RoundGas> {
  const { votes } = scene;
  const [first] = voters;
  if (!first) throw new Error("committee: expected a voter, got none");
  await passDaysClosed(scene, 1n);
  await toSettled(scene.escrow);
  await setPrevRandao(randomness);
  const open = await gasOf(votes.openRound());
  const number = await votes.rounds();
  const { openedBlock, targets } = await votes.roundOf(number);
  const ballot = new Array<bigint>(Math.ceil(Number(targets) / 256)).fill(0n);
  ballot[0] = 1n;
  const reveals = voters.map(({ miner, seats }) => ({ voter: miner, seed: SEED, ballot, salt: SALT, seats }));

  const post = await gasOf(
    votes.connect(first.operator).postSeed(number, first.miner, first.seats[0] ?? 0n, hashOf(["bytes32"], [SEED])),
  );
  await toBlock(openedBlock + SEED_BLOCKS);
  const mix = await gasOf(votes.openCommits(number));
  const commits: number[] = [];
  if (together) {
    const signed = await Promise.all(voters.map((voter, i) => signedCommitment(votes, number, voter, reveals[i])));
    for (const some of inTransactions(signed)) commits.push(await gasOf(votes.commitFor(number, some)));
  } else {
    for (const [i, { miner, operator }] of voters.entries()) {
      const commitment = await commitmentTo(votes, number, reveals[i]);
      commits.push(await gasOf(votes.connect(operator).commit(number, miner, commitment)));
    }
  }
  await toBlock(openedBlock + SEED_BLOCKS + COMMIT_BLOCKS);
  const shown: number[] = [];
  for (const some of together ? inTransactions(reveals) : reveals.map((reveal) => [reveal])) {
    shown.push(await gasOf(votes.connect(first.operator).reveal(number, some)));
  }
  await toBlock(openedBlock + SEED_BLOCKS + COMMIT_BLOCKS + REVEAL_BLOCKS);
  const finalize = await gasOf(votes.finalize(number, 10_000n));
  return { number, open, post, mix, commits, reveals: shown, finalize };
}

async function signedCommitment(
  votes: HealthVote,
  number: bigint,
  { miner, operator }: Voter,
  reveal: IHealthVote.RevealStruct | undefined,
): Promise<IHealthVote.SignedCommitmentStruct> {
  const commitment = await commitmentTo(votes, number, reveal);
  const signature = await operator.signTypedData(
    { name: "NKMS HealthVote", version: "1", chainId: CHAIN, verifyingContract: await votes.getAddress() },
    {
      BallotCommitment: [
        { name: "round", type: "uint256" },
        { name: "voter", type: "address" },
        { name: "commitment", type: "bytes32" },
      ],
    },
    { round: number, voter: miner, commitment },
  );
  const { r, yParityAndS: vs } = Signature.from(signature);
  return { voter: miner, commitment, r, vs };
}

/** As many as fit into a transaction with room to spare. */
function inTransactions<T>(reveals: readonly T[]): T[][] {
  const most = 100;
  return Array.from({ length: Math.ceil(reveals.length / most) }, (_, i) => reveals.slice(i * most, (i + 1) * most));
}

/** So that the next transaction is in the block after this one. */
async function toBlock(block: bigint): Promise<void> {
  const missing = block - BigInt(await ethers.provider.getBlockNumber());
  if (missing > 0n) await mine(missing);
}

const hashOf = (types: string[], values: unknown[]): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

async function commitmentTo(
  votes: HealthVote,
  number: bigint,
  reveal: IHealthVote.RevealStruct | undefined,
): Promise<string> {
  if (!reveal) throw new Error("reveal: expected one a voter, got none");
  const { voter, seed, ballot, salt, seats } = reveal;
  return hashOf(
    ["uint256", "address", "uint256", "address", "bytes32", "uint256[]", "bytes32", "uint256[]"],
    [CHAIN, await votes.getAddress(), number, voter, seed, ballot, salt, seats],
  );
}
