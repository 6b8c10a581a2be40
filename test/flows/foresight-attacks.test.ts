import { loadFixture, setPrevRandao, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { getCreate2Address, id, toBeHex, Wallet } from "ethers";
import { ethers } from "hardhat";

import {
  type Ballots,
  castAll,
  mix,
  nine,
  open,
  post,
  RANDOMNESS,
  type Scene,
  sceneOf,
  SEATS,
  SEED,
  seatsInNkms,
  sparse,
  targetsOf,
  voterOf,
} from "../healthVote/fixtures";
import { bondVoter, hashOf, healthParameters, toBlockOf, type Voter } from "../helpers/health";
import { actingAs } from "../helpers/impersonate";
import { MIN_STAKE } from "../helpers/network";
import { toPeriod } from "../helpers/time";
import { committeeSize, thresholdFor, winningSeats } from "../models/health";

/**
 * block.prevrandao of block n is the beacon chain's randomness after block n - 1 (EIP-4399): who proposes block n - 1 knows
 * it while it builds that block. On a rollup it is that of an Ethereum block which has been there for a minute, and
 * everybody knows it.
 */

/** 19 miners with 2,400 seats each; with the others 36, so that rounds open with the period, and five times in it. */
const HONEST = 19;
const STAKE = 2_400n;
/** n. */
const WANTED = 32n;
/** So many accounts with s_min, 16 seats, lock ahead of the round: more than half of {@link WANTED}. */
const GROUND = 17;
const RANDOM = toBeHex(RANDOMNESS, 32);

const large = (): Promise<Scene> => sceneOf(Array<bigint>(HONEST).fill(seatsInNkms(STAKE)), healthParameters);

/** Which seats of an account win in the round to come, as anybody can reckon who knows its randomness. */
function winnersOf(miner: string, seats: bigint, randomness = RANDOM): bigint[] {
  const seatsTotal = BigInt(HONEST) * STAKE + BigInt(GROUND) * 16n;
  expect(committeeSize(BigInt(HONEST + GROUND), seatsTotal, WANTED)).to.equal(WANTED);
  return winningSeats(randomness, miner, seats, thresholdFor(WANTED, seatsTotal));
}

/** Addresses of contracts that one account can deploy, with a winning seat each. */
function grind(deployer: string): Voter[] {
  const code = id("a contract that locks, and bonds an operator");
  const found: Voter[] = [];
  for (let salt = 0; found.length < GROUND; salt++) {
    const miner = getCreate2Address(deployer, toBeHex(salt, 32), code);
    if (winnersOf(miner, 16n).length === 0) continue;
    found.push({ miner, operator: new Wallet(toBeHex(0x9000 + found.length, 32), ethers.provider) });
  }
  return found;
}

interface Edge extends Scene {
  /** The attacker's; the others are {@link Scene.voters}. */
  ground: Voter[];
}

/** Ground accounts lock in the last seconds of a period; then the next one begins. */
async function edge(): Promise<Edge> {
  const scene = await loadFixture(large);
  const { escrow, registry, token, stranger, distributor, now } = scene;
  const { shortestLock } = scene.parameters.escrow;
  const ground = grind(stranger.address);
  const end = (now + 1n) * (await escrow.PERIOD());
  await time.increaseTo(end - 700n);
  await open(scene, BigInt(id("the last round of the period")));
  for (const voter of ground) {
    await bondVoter(registry, voter);
    await token.connect(distributor).transfer(voter.miner, MIN_STAKE);
    await token.connect(await actingAs(voter.miner)).approve(escrow, MIN_STAKE);
  }
  await time.increaseTo(end - 24n);
  for (const { miner } of ground) await escrow.connect(await actingAs(miner)).lock(MIN_STAKE, shortestLock);
  expect(await escrow.currentPeriod()).to.equal(now);
  await toPeriod(escrow, now + 1n);
  return { ...scene, ground };
}

describe("Attacks by who knows a block's randomness before the block", () => {
  it("on a committee: stake locked at ground addresses in a period's last block has no seats that its owner chose", async () => {
    const scene = await edge();
    const { votes, escrow, ground, stranger, now } = scene;
    const seatsWith = (randomness: string): number =>
      ground.flatMap(({ miner }) => winnersOf(miner, 16n, randomness)).length;
    expect(2n * BigInt(seatsWith(RANDOM)), "by the randomness that it knew, a majority").to.be.greaterThan(WANTED);

    // 0.6 % of the stake would decide the round that opens in the next block. None does, for a 64th of the period.
    const period = await escrow.PERIOD();
    const settled = (now + 1n) * period + period / 64n;
    const { openedBlock } = await votes.roundOf(await votes.rounds());
    await setPrevRandao(RANDOM);
    await expect(votes.connect(stranger).openRound({ gasLimit: 500_000n }))
      .to.be.revertedWithCustomError(votes, "HealthVoteTooSoon")
      .withArgs(openedBlock + (await votes.GAP()), settled);

    const unknown = id("what nobody knew a 64th of a period ago");
    const { round } = await open(scene, BigInt(unknown));
    const { openedAt, wanted } = await votes.roundOf(round);
    expect([openedAt >= settled, wanted]).to.deep.equal([true, WANTED]);
    const won = await Promise.all(ground.map(({ miner }) => votes.winningSeats(round, miner, 0n, 16n)));
    expect(won.flat().length, "by chance").to.equal(seatsWith(unknown)).and.to.be.lessThan(3);
  });

  it("on targets: a seed chosen by who knows mix, in the last blocks of seeds, comes too late", async () => {
    const scene = await open(await loadFixture(nine));
    const { votes, round } = scene;
    const { openedBlock } = await votes.roundOf(round);
    const end = await votes.SEEDS_END();
    await toBlockOf(votes, round, end - end / 5n);
    for (const block of [openedBlock + end - end / 5n + 1n, openedBlock + end]) {
      await toBlockOf(votes, round, block - openedBlock - 1n);
      const { miner, operator } = voterOf(scene, 0);
      await expect(votes.connect(operator).postSeed(round, miner, 0n, hashOf(SEED), { gasLimit: 500_000n }))
        .to.be.revertedWithCustomError(votes, "HealthVoteWrongPhase")
        .withArgs(round, block, openedBlock + 1n, openedBlock + end - end / 5n);
    }
    expect(await votes.seedsOf(round)).to.deep.equal([]);
  });

  // Nothing on chain stops this one: that voters open rounds as soon as they can does.
  it("on the opening: who alone opens rounds waits for a block in which 31 % of the stake outvotes all others", async () => {
    const scene = await loadFixture(sparse);
    const { votes, escrow, voters } = scene;
    const [coalition, others] = [[0, 4] as const, [1, 2, 3, 5, 6, 7, 8] as const]; // 80 and 176 of 256 seats
    const threshold = thresholdFor(32n, 256n);
    const seatsIn = (randomness: string, places: readonly number[]): number =>
      places.flatMap((i) => winningSeats(randomness, voters[i]?.miner ?? "", SEATS[i] ?? 0n, threshold)).length;
    // A slot of three in a day has 2,400 blocks of 12 s. When one is there the randomness of the next is known.
    let blocks = 1;
    const next = (): string => id(`block ${blocks}`);
    while (seatsIn(next(), coalition) <= Math.max(16, seatsIn(next(), others))) blocks++;
    expect(blocks).to.equal(358);

    const round = await open(scene, BigInt(next()));
    await post(round, SEED, 4);
    await mix(round);
    const named = (await targetsOf(round)).map((number) => Number(number) - 1);
    const against = [...named.keys()].filter((target) => !coalition.some((place) => place === named[target]));
    const [lie, truth] = [{ against }, { against: [] }];
    const voting = others.filter((place) => seatsIn(next(), [place]) > 0);
    const liars = coalition.filter((place) => seatsIn(next(), [place]) > 0);
    const ballots: Ballots = Object.fromEntries([
      ...liars.map((place) => [place, lie] as const),
      ...voting.map((place) => [place, truth] as const),
    ]);
    await castAll(round, ballots);
    await votes.finalize(round.round, 1_000n);
    for (const target of against) await votes.enforce(round.round, target, SEED);
    const paused = await Promise.all(against.map((target) => escrow.minerOf(voterOf(scene, named[target] ?? 0).miner)));
    expect(paused.map((miner) => miner.paused)).to.deep.equal(against.map(() => true));
    expect(against.length).to.be.at.least(2);
  });
});
