import { expect } from "chai";

import { blindBound } from "../../scripts/health/odds";
import {
  type Ballots,
  mix,
  open,
  post,
  revealOf,
  type Scene,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  SEED,
  sign,
  toEnd,
  toNextOpening,
  toReveals,
  voterOf,
  everySeat,
} from "../healthVote/fixtures";
import { expectPay, factsOf } from "../healthVote/observe";
import { testParameters } from "../helpers/network";
import { Random } from "../invariants/random";
import { decide, PayBook, silencePart } from "../models/health";

const ROUNDS = 60;
const TARGETS = 10;
const ALL = Array.from({ length: TARGETS }, (_, i) => i);
const NOISE_IN = 50n; // one in fifty

/** What each voter says when `sick` is unhealthy. Of 256 seats the first four have 176. */
const BALLOTS: readonly ((sick: number, random: Random) => readonly number[])[] = [
  (sick) => [sick],
  (sick) => [sick],
  (sick, random) => ALL.filter((target) => (target === sick) !== random.oneIn(NOISE_IN)),
  (sick, random) => ALL.filter((target) => (target === sick) !== random.oneIn(NOISE_IN)),
  () => [],
  () => ALL,
  (_, random) => ALL.filter(() => random.oneIn(2n)),
  (_, random) => half(random),
];
/** Copies what voter 0 commits to, and can't show it. */
const COPIER = 8;

function half(random: Random): number[] {
  const named = new Set<number>();
  while (named.size < TARGETS / 2) named.add(Number(random.between(0n, BigInt(TARGETS - 1))));
  return [...named];
}

describe("What ballots earn", () => {
  it(`is the model's in ${ROUNDS} rounds: nothing without looking, 90 % and more with 2 % noise @uninstrumented`, async function () {
    this.timeout(0);
    const scene = await sceneOf(SEATS.map(seatsInNkms), everySeat);
    await scene.escrow.pretendNumbers(100n); // ten rounds a period, of ten targets each
    const random = new Random(20_260_101n);
    const pay = new PayBook(testParameters.escrow.vesting);
    for (let i = 0; i < ROUNDS; i++) {
      const round = await toCommits(scene, random, i === 0);
      await play(round, random, pay);
    }
    await expectPay(scene, pay);

    const perSeat = await Promise.all(SEATS.map((seats, place) => payPerSeat(scene, place, seats)));
    const [honest = 0] = perSeat;
    expect(honest).to.be.greaterThan(0);
    expect(perSeat[1]).to.be.closeTo(honest, honest / 20); // now and then a voter can't score: it is the target
    for (const noisy of [2, 3]) expect(perSeat[noisy], `voter ${noisy}`).to.be.greaterThan(0.9 * honest);
    for (const blind of [4, 5, COPIER]) expect(perSeat[blind], `voter ${blind}`).to.equal(0);
    for (const blind of [6, 7]) {
      expect(perSeat[blind], `voter ${blind}`).to.be.at.most(blindBound(TARGETS) * honest);
    }
  });
});

async function payPerSeat({ votes, ...scene }: Scene, place: number, seats: bigint): Promise<number> {
  const { vested, unvested } = await votes.payOf(voterOf({ votes, ...scene }, place).miner);
  return Number(vested + unvested) / Number(seats);
}

/** Each round draws other targets. */
async function toCommits(scene: Scene, random: Random, first: boolean): Promise<SceneWithRound> {
  if (!first) await toNextOpening(scene);
  const round = await open(scene);
  expect(round.targets).to.equal(TARGETS);
  await post(round);
  await mix(round, random.between(0n, 2n ** 255n));
  return round;
}

/** A round in which one target is unhealthy; all vote together, and the copier is reported. */
async function play(scene: SceneWithRound, random: Random, pay: PayBook): Promise<void> {
  const { votes, round, stranger, escrow } = scene;
  const sick = Number(random.between(0n, BigInt(TARGETS - 1)));
  const ballots: Ballots = Object.fromEntries(
    BALLOTS.map((ballot, place) => [place, { against: ballot(sick, random) }] as const),
  );
  const signed = await Promise.all(Object.entries(ballots).map(([place, { against }]) => sign(scene, +place, against)));
  await votes.connect(stranger).commitFor(round, signed);
  const copier = voterOf(scene, COPIER);
  await votes.connect(copier.operator).commit(round, copier.miner, signed[0]?.commitment ?? SEED);
  await toReveals(scene);
  const shown = await Promise.all(
    Object.entries(ballots).map(([place, { against }]) => revealOf(scene, +place, against)),
  );
  await votes.connect(stranger).reveal(round, shown);
  await toEnd(scene);
  const now = await escrow.currentPeriod();
  await votes.finalize(round, 1_000n);
  const { seats } = await revealOf(scene, COPIER, []);
  await votes.reportSilence(round, copier.miner, seats);
  const decision = decide(await factsOf(scene, ballots), 0n);
  expect(decision?.unhealthy, `verdicts of round ${round}`).to.deep.equal(new Set([sick]));
  if (!decision) return;
  pay.settle(decision, now);
  pay.takeBack(copier.miner, silencePart(decision, BigInt(seats.length)), now);
}
