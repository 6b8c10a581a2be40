import type { AddressLike, BaseContract } from "ethers";
import { expect } from "chai";

import { keepsBooks, movesOf, type Told } from "../helpers/observe";
import type { Closing, Policies } from "../models/policies";
import type { PlainTerms, Scene, SceneWithPolicy } from "./fixtures";

/** Whatever the challenges are, and whether or not there is a policy. */
type AnyScene = Scene<BaseContract> & Partial<Pick<SceneWithPolicy, "id">>;

export { eventsOf, type Told } from "../helpers/observe";

/** Everybody who can hold tokens in these tests. */
function parties(scene: AnyScene): Record<string, AddressLike> {
  const { owner, payer, challenger, stranger, distributor, ann, bob, cid, dan, eve } = scene;
  const { token, escrow, registry, policies, challenges } = scene;
  return {
    ...{ owner, payer, challenger, stranger, distributor },
    ...{ ann: ann.account, bob: bob.account, cid: cid.account, dan: dan.account, eve: eve.account },
    ...{ token, escrow, registry, policies, challenges },
  };
}

/** What an action does to everybody's balance: see {@link movesOf}. */
export const moved = (scene: AnyScene, act: () => Promise<unknown>): Promise<Record<string, bigint>> =>
  movesOf(scene.token, parties(scene), act);

/** Terms as an event shows them. */
export function asTold(terms: PlainTerms): unknown[] {
  const { owner, payer, periods, deadline, rate, collateral, condition, handOff, salt, arrangements } = terms;
  const told = arrangements.map(({ miner, operator, kfragHash }) => [miner, operator, kfragHash]);
  return [owner, payer, periods, deadline, rate, collateral, condition, handOff, salt, told];
}

/** A closing as its event shows it. */
export function closedAsTold(id: string, index: bigint, miner: string, c: Closing): Told {
  return ["Closed", id, index, miner, c.stop, c.earned, c.refunded, c.held, c.heldUntil];
}

/** How many periods before and after now the books are read: the policies here end in that time. */
const [PAST, AHEAD] = [2n, 16n];

/** The policy manager's books, about everybody here. */
async function booksOf(scene: AnyScene): Promise<unknown> {
  const { policies, token, escrow, registry, owner, payer, stranger, miners, id } = scene;
  const now = await escrow.currentPeriod();
  const ids = id === undefined ? [] : [id];
  const books = [
    ...ids.map((policy) => policies.policyOf(policy)),
    ...ids.flatMap((policy) => [0n, 1n, 2n, 3n, 4n].map((index) => policies.recordOf(policy, index))),
    ...miners.flatMap(({ account }) => [
      policies.accountOf(account),
      policies.endingsOf(account, now - PAST, PAST + AHEAD),
      escrow.lockedIn(account, now),
      registry.operatorOf(account),
      token.balanceOf(account),
    ]),
    ...[owner, payer, stranger].flatMap((account) => [
      policies.refundOf(account),
      policies.nonces(account),
      token.balanceOf(account),
      token.nonces(account),
      token.allowance(account, policies),
    ]),
    ...[1n, 2n, 3n, 4n, 5n].map((i) => policies.heldFor(payer, now + i)),
    token.balanceOf(policies),
    token.totalSupply(),
    policies.challengeManager(),
    policies.deployer(),
  ];
  return Promise.all<unknown>(books);
}

/** Does something that must leave everything as it was: what is refused, or what has nothing to do. */
export const unchanged = (scene: AnyScene, act: () => Promise<unknown>): Promise<void> =>
  keepsBooks(() => booksOf(scene), act);

/** Asserts that a call is refused with this error and these arguments, and that nothing has changed. */
export async function expectRefusal(
  scene: AnyScene,
  call: () => Promise<unknown>,
  error: string,
  args: readonly unknown[],
): Promise<void> {
  await unchanged(scene, () =>
    expect(call())
      .to.be.revertedWithCustomError(scene.policies, error)
      .withArgs(...args),
  );
}

/** Asserts that the chain shows for everybody here what the model says. */
export async function expectAsModel(scene: AnyScene, model: Policies): Promise<void> {
  const { policies, token, escrow, payer, miners } = scene;
  const now = await escrow.currentPeriod();
  expect(model.now, "the model's time").to.equal(now);
  for (const [i, { account }] of miners.entries()) {
    expect(await policies.claimableFees(account), `fees of miner ${i}`).to.equal(model.claimable(account.address));
    expect(await policies.reservedNow(account), `reserved of miner ${i}`).to.equal(model.reservedIn(account.address));
  }
  expect(await policies.refundOf(payer), "refund").to.equal(model.refundOf(payer.address));
  for (let from = now; from <= now + 5n; from++) {
    expect(await policies.heldFor(payer, from), `held until ${from}`).to.equal(model.heldFor(payer.address, from));
  }
  expect(await token.balanceOf(policies), "what the contract has").to.equal(model.holds);
}
