import type { ContractTransactionResponse } from "ethers";

import { locksOf } from "../helpers/locks";
import { eventsOf as allEventsOf, keepsBooks, movesOf, type Told } from "../helpers/observe";
import type { StakeEscrow__Harness } from "../../typechain-types";
import type { Scene } from "./fixtures";

/** Everybody who can hold tokens in these tests. */
function parties(scene: Scene) {
  const { alice, bob, carol, dave, stranger, operator, treasury, distributor } = scene;
  const { escrow, token, registry, policyManager, healthVote } = scene;
  return {
    ...{ alice, bob, carol, dave, stranger, operator, treasury, distributor },
    ...{ escrow, token, registry, policyManager, healthVote },
  };
}

/** What an action does to everybody's balance: see {@link movesOf}. */
export const moved = (scene: Scene, act: () => Promise<unknown>): Promise<Record<string, bigint>> =>
  movesOf(scene.token, parties(scene), act);

/** All events of the escrow in a transaction, in order, but for PeriodClosed, which advance.test.ts is about. */
export async function eventsOf(
  escrow: StakeEscrow__Harness,
  sent: Promise<ContractTransactionResponse>,
): Promise<Told[]> {
  return (await allEventsOf(escrow, sent)).filter(([name]) => name !== "PeriodClosed");
}

/** The escrow's books about everybody who acts in these tests, and what they hold. */
async function booksOf(scene: Scene): Promise<Record<string, unknown>> {
  const { escrow, token, alice, bob, stranger } = scene;
  const open = await escrow.openPeriod();
  const books: Record<string, unknown> = {
    open,
    issued: await escrow.issued(),
    health: [...(await escrow.healthBudget())],
    earning: await escrow.earningIn(open),
    earningNext: await escrow.earningIn(open + 1n),
    numbers: await escrow.numbers(),
    members: await escrow.members(),
    supply: await token.totalSupply(),
    ofEscrow: await token.balanceOf(escrow),
  };
  for (const { address } of [alice, bob, stranger]) {
    books[address] = {
      locks: await locksOf(escrow, address),
      miner: [...(await escrow.minerOf(address))],
      payout: await escrow.payoutOf(address),
      balance: await token.balanceOf(address),
      allowance: await token.allowance(address, escrow),
      nonce: await token.nonces(address),
    };
  }
  return books;
}

/** Does something that must leave everything as it was: what is refused, or what has nothing to do. */
export const unchanged = (scene: Scene, act: () => Promise<unknown>): Promise<void> =>
  keepsBooks(() => booksOf(scene), act);
