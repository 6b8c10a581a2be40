import type { BaseContract, Result } from "ethers";
import { ethers } from "hardhat";

import { addressOf } from "../helpers/address";
import { Views } from "./views";
import type { World } from "./world";

/** One lock as the escrow has it. */
export interface Lock {
  amount: bigint;
  start: bigint;
  end: bigint;
  notice: bigint;
}

/** What the escrow itself says about a miner; no model involved. */
export interface MinerBook {
  miner: string;
  locks: Lock[];
  paidUntil: bigint;
  paused: boolean;
  claimable: bigint;
  vesting: bigint;
  withdrawable: bigint;
}

/** Reads the records of every miner. */
export async function readMiners({ network: { escrow }, addresses }: World): Promise<MinerBook[]> {
  const views = new Views();
  const books = addresses.map((miner) => {
    const book: MinerBook = {
      miner,
      locks: [],
      paidUntil: 0n,
      paused: false,
      claimable: 0n,
      vesting: 0n,
      withdrawable: 0n,
    };
    views.ask(escrow, "locksOf", [miner], ([, locks]) => {
      book.locks = (locks as Result[]).map((lock) => lock.toObject() as unknown as Lock);
    });
    views.ask(escrow, "minerOf", [miner], ([record]) => {
      book.paidUntil = (record as Result)[1] as bigint;
      book.paused = (record as Result)[4] as boolean;
    });
    views.ask(escrow, "claimable", [miner], ([amount]) => (book.claimable = amount as bigint));
    views.ask(escrow, "vesting", [miner], ([amount]) => (book.vesting = amount as bigint));
    views.ask(escrow, "withdrawable", [miner], ([amount]) => (book.withdrawable = amount as bigint));
    return book;
  });
  await views.run();
  return books;
}

/** What a lock adds to L(period), by the words of the rules: while its miner isn't paused, from its start or resume on. */
export function earnsIn(period: bigint, lock: Lock, { paused, paidUntil }: MinerBook): bigint {
  const from = lock.start > paidUntil ? lock.start : paidUntil;
  return !paused && from <= period && period < lock.end ? lock.amount : 0n;
}

/** Every event of a contract since its deployment, oldest first. */
export async function eventsOf(contract: BaseContract): Promise<{ name: string; args: Result }[]> {
  const logs = await ethers.provider.getLogs({ address: addressOf(contract), fromBlock: 0 });
  return logs.flatMap((log) => {
    const parsed = contract.interface.parseLog(log);
    return parsed ? [{ name: parsed.name, args: parsed.args }] : [];
  });
}

/** The sum of one amount over all events of a name. */
export function total(events: readonly { name: string; args: Result }[], name: string, amount: string): bigint {
  return sum(events.filter((event) => event.name === name).map(({ args }) => args.getValue(amount) as bigint));
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((all, amount) => all + amount, 0n);
}
