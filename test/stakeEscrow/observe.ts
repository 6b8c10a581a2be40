import type { ContractTransactionResponse } from "ethers";
import { expect } from "chai";

import { instrumented } from "../helpers/instrumented";
import { locksOf } from "../helpers/locks";
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

async function balancesOf(scene: Scene): Promise<Map<string, bigint>> {
  const balances = new Map<string, bigint>();
  for (const [name, party] of Object.entries(parties(scene))) balances.set(name, await scene.token.balanceOf(party));
  return balances;
}

/**
 * What an action does to everybody's balance: `{ alice: -5n, escrow: 5n }`, whoever is not named kept what it had.
 * `supply` is there if the total changed. Fails if the balances don't sum up to the total, before or after.
 */
export async function moved(scene: Scene, act: () => Promise<unknown>): Promise<Record<string, bigint>> {
  const [before, supplyBefore] = [await balancesOf(scene), await scene.token.totalSupply()];
  await act();
  const [after, supplyAfter] = [await balancesOf(scene), await scene.token.totalSupply()];
  const sum = (balances: Map<string, bigint>) => [...balances.values()].reduce((a, b) => a + b, 0n);
  expect(sum(before), "balances before").to.equal(supplyBefore);
  expect(sum(after), "balances after").to.equal(supplyAfter);

  const moves: Record<string, bigint> = {};
  for (const [name, balance] of after) {
    const move = balance - (before.get(name) ?? 0n);
    if (move !== 0n) moves[name] = move;
  }
  if (supplyAfter !== supplyBefore) moves["supply"] = supplyAfter - supplyBefore;
  return moves;
}

/** An event as `[name, ...arguments]`. */
export type Told = [name: string, ...args: unknown[]];

/** All events of the escrow in a transaction, in order, but for PeriodClosed, which advance.test.ts is about. */
export async function eventsOf(
  escrow: StakeEscrow__Harness,
  sent: Promise<ContractTransactionResponse>,
): Promise<Told[]> {
  return (await allEventsOf(escrow, sent)).filter(([name]) => name !== "PeriodClosed");
}

/** All events of the escrow in a transaction, in order. */
export async function allEventsOf(
  escrow: StakeEscrow__Harness,
  sent: Promise<ContractTransactionResponse>,
): Promise<Told[]> {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error("expected a mined transaction");
  const address = await escrow.getAddress();
  const told: Told[] = [];
  for (const log of receipt.logs) {
    if (log.address !== address) continue;
    const event = escrow.interface.parseLog(log);
    if (!event) throw new Error(`expected an event of the escrow's interface, got ${log.topics[0]}`);
    told.push([event.name, ...(event.args.toArray() as unknown[])]);
  }
  return told;
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
export async function unchanged(scene: Scene, act: () => Promise<unknown>): Promise<void> {
  if (instrumented) return void (await act());
  const before = await booksOf(scene);
  await act();
  expect(await booksOf(scene), "the books").to.deep.equal(before);
}
