import { ZeroAddress } from "ethers";

import { Args, type Event, Tally } from "./events";

/** What everybody has, by transfers alone. */
export interface TokenBook {
  balances: Tally;
  supply: bigint;
}

/** Adds up transfers; the zero address is where tokens come from and where they are burned. */
export function replayToken(events: readonly Event[]): TokenBook {
  const balances = new Tally();
  for (const { name, args } of events) {
    if (name !== "Transfer") continue;
    const transfer = new Args(args);
    balances.add(transfer.text("from"), -transfer.amount("value"));
    balances.add(transfer.text("to"), transfer.amount("value"));
  }
  const supply = -balances.of(ZeroAddress);
  balances.delete(ZeroAddress);
  return { balances, supply };
}
