import { loadFixture, setBalance, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { expectGas } from "../helpers/gasBounds";
import { decide, type Decision } from "../models/health";
import {
  type Ballots,
  commit,
  mix,
  open,
  post,
  reveal,
  revealOf,
  type Scene,
  sceneOf,
  type SceneWithRound,
  seatsInNkms,
  seatsOf,
  SEED,
  sign,
  toEnd,
  toReveals,
} from "./fixtures";
import { factsOf } from "./observe";

const VOTERS = 316;
/** Ballots in one transaction. */
const TOGETHER = 106;
/** Every tenth target, in both words. */
const AGAINST = Array.from({ length: 32 }, (_, i) => 10 * i);

/** 316 miners with s_min, of 99,856 = 316^2 numbers; some three seats of each win. */
const large = async (): Promise<Scene> => {
  const scene = await sceneOf(new Array<bigint>(VOTERS).fill(seatsInNkms(16n)));
  await scene.escrow.pretendNumbers(99_856n);
  return scene;
};

interface Large extends SceneWithRound {
  /** Those with a winning seat. */
  members: number[];
}

async function committing(): Promise<Large> {
  const scene = await open(await loadFixture(large));
  expect(scene.targets).to.equal(316);
  const members: number[] = [];
  for (let place = 0; place < VOTERS; place++) if ((await seatsOf(scene, place)).length > 0) members.push(place);
  await post(scene, SEED, members[0]);
  await mix(scene);
  return { ...scene, members };
}

/** One in eight says nothing. */
const saidBy = (place: number): number[] => (place % 8 === 0 ? [] : AGAINST);

/** All have committed and shown their ballots, in four transactions. */
async function shown(): Promise<Large> {
  const scene = await loadFixture(committing);
  const { votes, round, stranger, members } = scene;
  await setBalance(stranger.address, 10n ** 21n);
  const signed = await Promise.all(members.map((place) => sign(scene, place, saidBy(place))));
  await expectGas("commit for all of 316 voters together", votes.connect(stranger).commitFor(round, signed));
  await toReveals(scene);
  const reveals = await Promise.all(members.map((place) => revealOf(scene, place, saidBy(place))));
  const first = reveals.slice(0, TOGETHER);
  await expectGas("show 106 ballots of 316 targets together", votes.connect(stranger).reveal(round, first));
  for (let from = TOGETHER; from < reveals.length; from += TOGETHER) {
    await votes.connect(stranger).reveal(round, reveals.slice(from, from + TOGETHER));
  }
  await toEnd(scene);
  return scene;
}

/** What the model makes of it. */
async function expected(scene: Large): Promise<Decision> {
  const ballots: Ballots = Object.fromEntries(scene.members.map((place) => [place, { against: saidBy(place) }]));
  const decision = decide(await factsOf(scene, ballots), 0n);
  if (!decision) throw new Error("expected a decision");
  return decision;
}

describe("HealthVote, in a round of 316 voters and 316 targets @uninstrumented", () => {
  it("lets all commit in one transaction, and show their ballots in three", async () => {
    const { votes, round, members } = await loadFixture(shown);
    expect(members.length).to.be.greaterThan(290);
    expect((await votes.roundOf(round)).votes).to.equal(BigInt(members.length));
  });

  it("is finalized in steps, each of which fits into a transaction many times over", async () => {
    const scene = await loadFixture(shown);
    const { votes, round } = scene;
    await expectGas("tally a word of 256 targets, 316 voters", votes.finalize(round, 1n));
    await votes.finalize(round, 1n);
    await expectGas("pay 50 of 316 voters", votes.finalize(round, 50n));
    for (let i = 0; (await votes.roundOf(round)).state !== 4n && i < 10; i++) await votes.finalize(round, 50n);
    expect((await votes.roundOf(round)).state).to.equal(4n);
  });

  it("gives the same as the model", async () => {
    const scene = await loadFixture(shown);
    const { votes, round } = scene;
    const start = await takeSnapshot();
    await expectGas("finalize all at once, 316 voters", votes.finalize(round, 1_000n));
    await check(scene);
    await start.restore();
    while ((await votes.roundOf(round)).state !== 4n) await votes.finalize(round, 37n);
    await check(scene);
  });

  it("takes what a voter does alone at a price that does not grow with the number of voters", async () => {
    const scene = await loadFixture(committing);
    const [first = 0] = scene.members;
    await expectGas("commit alone", commit(scene, first, AGAINST));
    await toReveals(scene);
    await expectGas("show a ballot of 316 targets alone", reveal(scene, first, AGAINST));
  });
});

async function check(scene: Large): Promise<void> {
  const { votes, round } = scene;
  const { unhealthy, scores, paid } = await expected(scene);
  expect(unhealthy.size).to.equal(AGAINST.length);
  const [low = 0n, high = 0n] = await votes.verdictsOf(round);
  for (let target = 0; target < 316; target++) {
    expect(((low | (high << 256n)) >> BigInt(target)) & 1n, `target ${target}`).to.equal(
      unhealthy.has(target) ? 1n : 0n,
    );
  }
  expect((await votes.roundOf(round)).paid).to.equal(paid);
  for (const { voter, score, part } of scores.slice(0, 20)) {
    expect((await votes.payOf(voter)).unvested, voter).to.equal(score > 0n ? part : 0n);
  }
}
