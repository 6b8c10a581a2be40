import { expect } from "chai";

import { keepsBooks, type Told } from "../helpers/observe";
import { type Decision, type Facts, PayBook, type Vote } from "../models/health";
import { type Ballots, ownTarget, type Scene, type SceneWithRound, seatsOf, SEED, voterOf } from "./fixtures";

export { eventsOf, type Told } from "../helpers/observe";

/** The books of the health votes and of what they touch. */
async function booksOf({ votes, escrow, token, voters, stranger }: Scene): Promise<unknown> {
  const rounds = await votes.rounds();
  const books: Promise<unknown>[] = [votes.carry(), token.balanceOf(votes), token.totalSupply(), escrow.healthBudget()];
  for (let round = rounds; round > 0n && round + 4n > rounds; round--) {
    books.push(votes.roundOf(round), votes.seedsOf(round), votes.verdictsOf(round));
  }
  for (const { miner } of voters) books.push(votes.payOf(miner), escrow.minerOf(miner), token.balanceOf(miner));
  return [rounds, ...(await Promise.all(books)), await token.balanceOf(stranger)];
}

/** Does something that must leave everything as it was: what is refused, or what has nothing to do. */
export const unchanged = (scene: Scene, act: () => Promise<unknown>): Promise<void> =>
  keepsBooks(() => booksOf(scene), act);

/** Asserts that a call is refused with this error and these arguments, and that nothing has changed. */
export async function expectRefusal(
  scene: Scene,
  call: () => Promise<unknown>,
  error: string,
  args: readonly unknown[],
): Promise<void> {
  await unchanged(scene, () =>
    expect(call())
      .to.be.revertedWithCustomError(scene.votes, error)
      .withArgs(...args),
  );
}

/** The block of the next transaction, counted from the round's opening. */
export async function wrongPhase(
  scene: SceneWithRound,
  call: () => Promise<unknown>,
  from: bigint,
  to: bigint,
): Promise<void> {
  const { openedBlock } = await scene.votes.roundOf(scene.round);
  const current = BigInt(await scene.stranger.provider.getBlockNumber()) + 1n;
  const last = to < 1n << 255n ? openedBlock + to : to;
  await expectRefusal(scene, call, "HealthVoteWrongPhase", [scene.round, current, openedBlock + from, last]);
}

/** What the model is told of a round in which these ballots were shown, seeds numbered in the order of `seeds`. */
export async function factsOf(
  scene: SceneWithRound,
  ballots: Ballots,
  seeds: readonly string[] = [SEED],
): Promise<Facts> {
  const { votes, round, targets } = scene;
  const { wanted, budget, seeds: posted } = await votes.roundOf(round);
  const shown: Vote[] = [];
  for (const [place, { against, seed = SEED, seats }] of Object.entries(ballots)) {
    const own = await ownTarget(scene, Number(place), seed);
    shown.push({
      voter: voterOf(scene, Number(place)).miner,
      seed: seeds.indexOf(seed),
      seats: BigInt((seats ?? (await seatsOf(scene, Number(place)))).length),
      unhealthy: new Set(against),
      ...(own === undefined ? {} : { own }),
    });
  }
  return { wanted, targets, seeds: Number(posted), budget, votes: shown };
}

/** Everything that finalizing a round in one go says, by the model. `pay` is what voters have, and is brought up to date. */
export function toldBy(round: bigint, seedHash: string, decision: Decision, pay: PayBook, now: bigint): Told[] {
  const taken = pay.settle(decision, now);
  return [
    ["Tallied", round, seedHash, BigInt(decision.unhealthy.size), decision.pot],
    ...decision.scores.map(({ voter, score, part }): Told => [
      "Scored",
      round,
      voter,
      score,
      score > 0n ? part : 0n,
      taken.get(voter) ?? 0n,
    ]),
    ["Decided", round, decision.paid, decision.carried, decision.burned],
  ];
}

/** Asserts that the chain shows for every voter what the model's book says. */
export async function expectPay({ votes, voters, escrow }: Scene, pay: PayBook): Promise<void> {
  const now = await escrow.currentPeriod();
  for (const [place, { miner }] of voters.entries()) {
    expect(await votes.payOf(miner), `pay of voter ${place}`).to.deep.equal([
      pay.vested(miner, now),
      pay.unvested(miner, now),
    ]);
  }
}

/** Asserts that the contract holds at least what it owes, and `spare` more. */
export async function expectSolvent({ votes, token, voters }: Scene, undecided: bigint): Promise<void> {
  let owed = (await votes.carry()) + undecided;
  for (const { miner } of voters) {
    const { vested, unvested } = await votes.payOf(miner);
    owed += vested + unvested;
  }
  expect(await token.balanceOf(votes), "what the contract has").to.equal(owed);
}
