import { Args, type Event, Tally } from "./events";

/** How many bonds the challenge manager holds, by its events alone. */
export function openBonds(events: readonly Event[]): bigint {
  const count = (name: string): bigint => BigInt(events.filter((event) => event.name === name).length);
  return count("Committed") - count("BondTaken") - count("BondBurned");
}

/** Bounties that nobody has got yet, wei by number. */
export function openBounties(events: readonly Event[]): Tally {
  const bounties = new Tally();
  for (const { name, args: values } of events) {
    const args = new Args(values);
    if (name === "Posted") bounties.set(String(args.amount("bounty")), args.amount("amount"));
    else if (name === "Claimed" || name === "WentBack") bounties.delete(String(args.amount("bounty")));
  }
  return bounties;
}
