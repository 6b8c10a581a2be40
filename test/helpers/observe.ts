import { expect } from "chai";
import type { AddressLike, BaseContract, ContractTransactionResponse } from "ethers";

import type { NKMSToken } from "../../typechain-types";
import { instrumented } from "./instrumented";

/** An event as `[name, ...arguments]`, structs as arrays. */
export type Told = [name: string, ...args: unknown[]];

/** All events of one contract in a transaction, in order. */
export async function eventsOf(contract: BaseContract, sent: Promise<ContractTransactionResponse>): Promise<Told[]> {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error("transaction: expected a mined one, got none");
  const address = await contract.getAddress();
  return receipt.logs
    .filter((log) => log.address === address)
    .map((log) => {
      const event = contract.interface.parseLog(log);
      if (!event) throw new Error(`log: expected an event of the contract's interface, got ${log.topics[0]}`);
      return [event.name, ...(event.args.toArray(true) as unknown[])];
    });
}

/**
 * What an action does to the parties' balances: `{ alice: -5n, escrow: 5n }`, whoever is not named kept what it had.
 * `supply` is there if the total changed. Fails if the balances don't sum up to the total, before or after.
 */
export async function movesOf(
  token: NKMSToken,
  parties: Readonly<Record<string, AddressLike>>,
  act: () => Promise<unknown>,
): Promise<Record<string, bigint>> {
  const [before, supplyBefore] = [await balancesOf(token, parties), await token.totalSupply()];
  await act();
  const [after, supplyAfter] = [await balancesOf(token, parties), await token.totalSupply()];
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

async function balancesOf(
  token: NKMSToken,
  parties: Readonly<Record<string, AddressLike>>,
): Promise<Map<string, bigint>> {
  const all = Object.entries(parties);
  const balances = await Promise.all(all.map(([, party]) => token.balanceOf(party)));
  return new Map(all.map(([name], i) => [name, balances[i] ?? 0n]));
}

/** Does something that must leave what `read` reads as it was: what is refused, or what has nothing to do. */
export async function keepsBooks(read: () => Promise<unknown>, act: () => Promise<unknown>): Promise<void> {
  if (instrumented) return void (await act());
  const before = await read();
  await act();
  expect(await read(), "the books").to.deep.equal(before);
}
