import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { loadFixture, mine, setPrevRandao, time } from "@nomicfoundation/hardhat-network-helpers";
import { type ContractTransactionResponse, id } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import {
  commitmentTo,
  deployHealth,
  hashOf,
  type HealthNetwork,
  healthParameters,
  type Reveal,
  signCommitment,
  type Signed,
  toBlockOf,
  type Voter,
} from "../helpers/health";
import { actingAs } from "../helpers/impersonate";
import { testParameters } from "../helpers/network";
import { settledFrom, toSettled } from "../helpers/time";
import { asWords, invert, keyFor, targetNumbers, thresholdFor, winningSeats } from "../models/health";

/** A seat is one NKMS here: s_min is 16. */
export const seatsInNkms = (seats: bigint): bigint => seats * 10n ** 18n;

/** What the miners of {@link nine} lock; their seats are the same numbers. Together 256. */
export const SEATS = [64n, 48n, 32n, 32n, 16n, 16n, 16n, 16n, 16n] as const;
/** n of {@link nine}: every seat there is votes, so that tests can count them. */
export const ALL_SEATS = 256n;

/** Nine miners, all of whose seats win in every round; three targets. */
export const everySeat: typeof healthParameters = { ...healthParameters, minSeats: 1_024n };

/** block.prevrandao of the blocks that open a round and its commits. */
export const RANDOMNESS = BigInt(id("a round's randomness"));
export const MIX = BigInt(id("a round's mix")) | 1n;
export const SEED = id("what the committee made together");
export const OTHER_SEED = id("what somebody else made");
export const SALT = id("salt");

export interface Scene extends HealthNetwork {
  /** Has no stake. */
  stranger: HardhatEthersSigner;
  distributor: HardhatEthersSigner;
  /** The period that the scene was made in. */
  now: bigint;
}

/** A scene with a round to talk about. */
export interface SceneWithRound extends Scene {
  round: bigint;
  /** B. */
  budget: bigint;
  /** k. */
  targets: number;
}

/** A voter by its place. */
export function voterOf({ voters }: HealthNetwork, place: number): Voter {
  const voter = voters[place];
  if (!voter) throw new Error(`expected a voter at ${place}, there are ${voters.length}`);
  return voter;
}

export async function sceneOf(
  stakes: readonly bigint[],
  health = everySeat,
  parameters: NetworkParameters = testParameters,
): Promise<Scene> {
  const network = await deployHealth(stakes, parameters, health);
  const [distributor, stranger] = await ethers.getSigners();
  if (!distributor || !stranger) throw new Error("expected two accounts");
  return { ...network, stranger, distributor, now: await network.escrow.currentPeriod() };
}

/** A ring of four places, and phases of 20 blocks. */
export const smallRing = (): Promise<Scene> =>
  sceneOf(SEATS.map(seatsInNkms), {
    ...everySeat,
    gap: 30n,
    seedBlocks: 20n,
    commitBlocks: 20n,
    revealBlocks: 20n,
    ring: 4n,
  });

/** No round yet. */
export const nine = (): Promise<Scene> => sceneOf(SEATS.map(seatsInNkms));

/** Nine miners of whose 256 seats about 32 vote; no round yet. */
export const sparse = (): Promise<Scene> => sceneOf(SEATS.map(seatsInNkms), healthParameters);

/** Opens a round with this randomness. */
export async function open<S extends Scene>(scene: S, randomness = RANDOMNESS): Promise<S & SceneWithRound> {
  await toSettled(scene.escrow);
  await setPrevRandao(randomness);
  await scene.votes.connect(scene.stranger).openRound();
  const round = await scene.votes.rounds();
  const { budget, targets } = await scene.votes.roundOf(round);
  return { ...scene, round, budget, targets: Number(targets) };
}

/** When the round after the last one may open: its block, and Unix time in seconds. */
export async function nextOpening({ votes, parameters, health }: Scene): Promise<[block: bigint, time: bigint]> {
  const { openedBlock, openedAt, targets } = await votes.roundOf(await votes.rounds());
  const slot = parameters.escrow.period / targets;
  const latest = BigInt(await time.latest());
  const ofSlot = (openedAt / slot + 1n) * slot;
  return [openedBlock + BigInt(health.gap), settledFrom(ofSlot > latest ? ofSlot : latest, parameters.escrow.period)];
}

/** Moves on until the next transaction may open a round. */
export async function toNextOpening(scene: Scene): Promise<void> {
  const [block, timestamp] = await nextOpening(scene);
  const missing = block - 1n - BigInt(await ethers.provider.getBlockNumber());
  if (missing > 0n) await mine(missing);
  if (BigInt(await time.latest()) < timestamp) await time.increaseTo(timestamp);
}

/** {@link nine} in its first round's seed phase. */
export async function opened(): Promise<SceneWithRound> {
  return open(await loadFixture(nine));
}

/** {@link sparse} in its first round's seed phase. */
export async function openedSparse(): Promise<SceneWithRound> {
  return open(await loadFixture(sparse));
}

/** Voter 0 posts a seed for its first winning seat. */
export async function post(scene: SceneWithRound, seed = SEED, place = 0): Promise<void> {
  const { votes, round } = scene;
  const voter = voterOf(scene, place);
  const taken = (await votes.seedsOf(round)).filter((posted) => posted.voter === voter.miner).map(({ seat }) => seat);
  const seat = (await seatsOf(scene, place)).find((won) => !taken.includes(won)) ?? 0n;
  await votes.connect(voter.operator).postSeed(round, voter.miner, seat, hashOf(seed));
}

/** Moves to the commit phase and opens it. */
export async function mix({ votes, round, stranger }: SceneWithRound, randomness = MIX): Promise<void> {
  await toBlockOf(votes, round, await votes.SEEDS_END());
  await setPrevRandao(randomness);
  await votes.connect(stranger).openCommits(round);
}

/** {@link nine}, the commit phase open, SEED posted by voter 0 and OTHER_SEED by voter 1. */
export async function mixed(): Promise<SceneWithRound> {
  return withCommitsOpen(await loadFixture(opened));
}

/** {@link sparse}, the commit phase open, SEED posted. */
export async function mixedSparse(): Promise<SceneWithRound> {
  const scene = await loadFixture(openedSparse);
  await post(scene);
  await mix(scene);
  return scene;
}

/** Posts both seeds and opens the commit phase. */
export async function withCommitsOpen(scene: SceneWithRound): Promise<SceneWithRound> {
  await post(scene, SEED, 0);
  await post(scene, OTHER_SEED, 1);
  await mix(scene);
  return scene;
}

/** Seeds with which voter 4 is the last target of the first word of 257, and the only one of the second. */
export const LAST_TARGETS = [
  { own: 255, seed: id("seed 4002") },
  { own: 256, seed: id("seed 12145") },
] as const;

/** {@link nine} where 257 targets are checked, the commit phase open, SEED and those of {@link LAST_TARGETS} posted. */
export async function manyTargets(): Promise<SceneWithRound> {
  const scene = await nine();
  await scene.escrow.pretendNumbers(66_049n);
  const round = await open(scene);
  await post(round);
  for (const { seed } of LAST_TARGETS) await post(round, seed, 1);
  await mix(round);
  return round;
}

/** {@link mixed} where a round's budget is 64 base units: 1,920 are issued, a tenth is for health, a third for a round. */
export async function mixedLittle(): Promise<SceneWithRound> {
  const little = { ...testParameters, escrow: { ...testParameters.escrow, firstIssue: 1_920n } };
  return withCommitsOpen(await open(await sceneOf(SEATS.map(seatsInNkms), everySeat, little)));
}

/** The seats of a voter that vote, by the model. */
export async function seatsOf({ votes, round, ...scene }: SceneWithRound, place: number): Promise<bigint[]> {
  const voter = voterOf({ votes, ...scene }, place);
  const { wanted, seatsTotal, randomness } = await votes.roundOf(round);
  const has = await votes.seatsOf(round, voter.miner);
  return winningSeats(randomness, voter.miner, has, thresholdFor(wanted, seatsTotal));
}

/** What a voter commits to and shows. */
export interface Slip {
  seed?: string;
  salt?: string;
  /** All that won at the opening, unless a test says otherwise. */
  seats?: readonly bigint[];
}

/** A ballot against these targets. */
export const ballotOf = (scene: SceneWithRound, unhealthy: Iterable<number>): bigint[] =>
  asWords(unhealthy, scene.targets);

/** What voter `place` commits to and shows. */
export async function revealOf(
  scene: SceneWithRound,
  place: number,
  unhealthy: Iterable<number>,
  { seed = SEED, salt = SALT, seats }: Slip = {},
): Promise<Reveal> {
  const { miner: voter } = voterOf(scene, place);
  return {
    voter,
    seed,
    ballot: ballotOf(scene, unhealthy),
    salt,
    seats: [...(seats ?? (await seatsOf(scene, place)))],
  };
}

/** Voter `place` commits to a ballot against `unhealthy`. */
export async function commit(
  scene: SceneWithRound,
  place: number,
  unhealthy: Iterable<number>,
  slip: Slip = {},
): Promise<ContractTransactionResponse> {
  const { votes, round } = scene;
  const { miner, operator } = voterOf(scene, place);
  const commitment = await commitmentTo(votes, round, await revealOf(scene, place, unhealthy, slip));
  return votes.connect(operator).commit(round, miner, commitment);
}

/** Signs what {@link commit} would send. */
export async function sign(
  scene: SceneWithRound,
  place: number,
  unhealthy: Iterable<number>,
  slip: Slip = {},
): Promise<Signed> {
  const { votes, round } = scene;
  const commitment = await commitmentTo(votes, round, await revealOf(scene, place, unhealthy, slip));
  return signCommitment(votes, round, voterOf(scene, place), commitment);
}

/** Voter `place` shows it. */
export async function reveal(
  scene: SceneWithRound,
  place: number,
  unhealthy: Iterable<number>,
  slip: Slip = {},
): Promise<ContractTransactionResponse> {
  const { votes, round } = scene;
  const { operator } = voterOf(scene, place);
  return votes.connect(operator).reveal(round, [await revealOf(scene, place, unhealthy, slip)]);
}

export const toReveals = async ({ votes, round }: SceneWithRound): Promise<void> =>
  toBlockOf(votes, round, await votes.COMMITS_END());

export const toEnd = async ({ votes, round }: SceneWithRound): Promise<void> =>
  toBlockOf(votes, round, await votes.REVEALS_END());

/** What voters say, by place. */
export type Ballots = Readonly<Record<number, { against: readonly number[] } & Slip>>;

/** Everybody commits, and shows its ballot; then the reveal phase ends. */
export async function castAll(scene: SceneWithRound, ballots: Ballots): Promise<void> {
  for (const [place, slip] of Object.entries(ballots)) await commit(scene, Number(place), slip.against, slip);
  await toReveals(scene);
  for (const [place, slip] of Object.entries(ballots)) await reveal(scene, Number(place), slip.against, slip);
  await toEnd(scene);
}

/** The miners that are the targets with a seed, as numbers from 1 on; voter i has number i + 1. */
export async function targetsOf({ votes, round }: SceneWithRound, seed = SEED): Promise<bigint[]> {
  const { mix: mixOf, numbers } = await votes.roundOf(round);
  return targetNumbers(seed, mixOf, numbers);
}

/** The target that voter `place` is, if it is one. */
export async function ownTarget(
  { votes, round, targets }: SceneWithRound,
  place: number,
  seed = SEED,
): Promise<number | undefined> {
  const { mix: mixOf, numbers } = await votes.roundOf(round);
  const target = Number(invert(keyFor(seed, mixOf), numbers, BigInt(place)));
  return target < targets ? target : undefined;
}

/**
 * What they say in {@link decided}, where target 0 is unhealthy. Voters 5, 7 and 8 are targets 2, 0 and 1: four tell the
 * truth, one says nothing, one sees too much, one says the opposite, one is unhealthy itself.
 */
export const BALLOTS: Ballots = {
  0: { against: [0] },
  1: { against: [0] },
  2: { against: [0] },
  3: { against: [0] },
  4: { against: [] },
  5: { against: [0, 1] },
  6: { against: [1, 2] },
  7: { against: [] },
};

/** {@link mixed} after the reveals of {@link BALLOTS}; voter 8 committed and showed nothing. */
export async function revealed(): Promise<SceneWithRound> {
  const scene = await loadFixture(mixed);
  await commit(scene, 8, [0]);
  await castAll(scene, BALLOTS);
  return scene;
}

/** {@link revealed}, finalized: target 0 is unhealthy. */
export async function decided(): Promise<SceneWithRound> {
  const scene = await loadFixture(revealed);
  await scene.votes.connect(scene.stranger).finalize(scene.round, 100n);
  return scene;
}

/** How a round stands, a number of the contract's enum `State`. */
export const stateOf = async ({ votes, round }: SceneWithRound) => (await votes.roundOf(round)).state;

export { actingAs };

/** Pauses voter `place`, as a verdict of another round would. */
export async function pause(scene: Scene, place: number): Promise<void> {
  const { escrow, votes } = scene;
  await escrow.connect(await actingAs(votes)).pause(voterOf(scene, place).miner);
}

/** Takes stake of voter `place`, as a verdict over a policy would. */
export async function slash(scene: Scene, place: number, amount: bigint): Promise<void> {
  const { escrow, policies } = scene;
  await escrow.connect(await actingAs(policies)).slash(voterOf(scene, place).miner, amount, ethers.ZeroAddress, 0n);
}
