import { expect } from "chai";

import { locksOf } from "../helpers/locks";
import type { Economy } from "../models/economy";
import { PURSE, type TaskNetwork } from "./scene";

/** What is compared of a network, wherever it runs. */
export interface Books extends Pick<TaskNetwork, "escrow" | "token"> {
  addressOf(account: number): string;
  /** What each account started with; default: {@link PURSE}. */
  readonly purse?: bigint;
  /** What an account got beside stake and rewards, base units; default: nothing. */
  readonly extra?: (account: number) => bigint;
}

/** Everything that a staker has is as the model says, by which accounts are called by their numbers. */
export async function expectAgreement(books: Books, economy: Economy, accounts: readonly number[]): Promise<void> {
  const { escrow, token, purse = PURSE, extra = () => 0n } = books;
  for (const account of accounts) {
    const [name, address] = [String(account), books.addressOf(account)];
    expect(await locksOf(escrow, address), `locks of ${name}`).to.deep.equal(economy.locksOf(name));
    const rewards = [await escrow.claimable(address), await escrow.vesting(address)];
    expect(rewards, `rewards of ${name}`).to.deep.equal([economy.claimable(name), economy.vesting(name)]);
    expect(await escrow.withdrawable(address), `withdrawable of ${name}`).to.equal(economy.withdrawable(name));
    const balance = purse + economy.walletChange(name) + extra(account);
    expect(await token.balanceOf(address), `balance of ${name}`).to.equal(balance);
  }
}
