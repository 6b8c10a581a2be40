import { Args, type Event, Tally, sum } from "./events";

interface Round {
  budget: bigint;
  /** What its voters share; 0 before it is tallied. */
  pot: bigint;
  paid: bigint;
}

/** What the health votes owe, by their events alone. Base units. */
export class VoteBook {
  /** Earned and not claimed, vested or not; by voter. */
  readonly pay = new Tally();
  carry = 0n;
  /** Rounds that are neither decided nor void, by number. */
  private readonly rounds = new Map<string, Round>();

  get undecided(): bigint {
    return sum([...this.rounds.values()].map(({ budget, pot, paid }) => (pot > budget ? pot : budget) - paid));
  }

  get owes(): bigint {
    return this.pay.total + this.carry + this.undecided;
  }

  apply({ name, args: values }: Event): void {
    const args = new Args(values);
    switch (name) {
      case "RoundOpened":
        this.rounds.set(String(args.amount("round")), { budget: args.amount("budget"), pot: 0n, paid: 0n });
        return;
      case "Tallied":
        return this.tally(this.round(args), args.amount("pot"));
      case "Scored":
        this.round(args).paid += args.amount("paid");
        this.pay.add(args.text("voter"), args.amount("paid") - args.amount("taken"));
        return;
      case "SilenceReported":
        this.pay.add(args.text("voter"), -args.amount("taken"));
        return;
      case "Enforced":
        this.pay.add(args.text("miner"), -args.amount("forfeited"));
        return;
      case "PayClaimed":
        this.pay.add(args.text("miner"), -args.amount("amount"));
        return;
      case "Decided":
        this.carry += args.amount("carried");
        this.rounds.delete(String(args.amount("round")));
        return;
      case "Voided":
        this.rounds.delete(String(args.amount("round")));
    }
  }

  /** A round with both healthy and unhealthy targets takes the carry; any other shares a quarter of its budget. */
  private tally(round: Round, pot: bigint): void {
    if (pot !== round.budget / 4n) this.carry = 0n;
    round.pot = pot;
  }

  private round(args: Args): Round {
    const round = this.rounds.get(String(args.amount("round")));
    if (!round) throw new Error(`expected a round ${args.amount("round")}, got none`);
    return round;
  }
}
