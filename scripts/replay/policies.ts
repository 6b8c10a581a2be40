import { Args, type Event, Tally, sum } from "./events";

interface Arrangement {
  miner: string;
  /** Fee per period, base units. */
  rate: bigint;
  start: bigint;
  /** First period not served: its policy's end, or where it was closed. */
  stop: bigint;
  open: boolean;
}

interface Policy {
  payer: string;
  rate: bigint;
  end: bigint;
  arrangements: Map<number, Arrangement>;
}

/** What the policy manager owes, by its events alone. Base units; times are periods. */
export class PolicyBook {
  /** Paid back and not fetched, or to be paid back when a window is over; by payer. */
  readonly refunds = new Tally();
  /** When any of the refunds held back for a payer becomes free. */
  readonly heldUntil = new Map<string, Set<bigint>>();
  /** Of a miner's fees what it claimed, or verdicts and resignations took. */
  private readonly feesGone = new Tally();
  private readonly policies = new Map<string, Policy>();

  get miners(): string[] {
    return [...new Set(this.arrangements.map(({ miner }) => miner))];
  }

  /** Fees of all periods through `period` that a miner hasn't got yet. */
  unclaimed(miner: string, period: bigint): bigint {
    const own = this.arrangements.filter((arrangement) => arrangement.miner === miner);
    return sum(own.map((each) => each.rate * served(each, period))) - this.feesGone.of(miner);
  }

  /** Fees that were paid for periods after `period`. */
  unearned(period: bigint): bigint {
    return sum(this.arrangements.map((each) => each.rate * (each.stop - each.start - served(each, period))));
  }

  owes(period: bigint): bigint {
    const unclaimed = sum(this.miners.map((miner) => this.unclaimed(miner, period)));
    return unclaimed + this.unearned(period) + this.refunds.total;
  }

  private get arrangements(): Arrangement[] {
    return [...this.policies.values()].flatMap(({ arrangements }) => [...arrangements.values()]);
  }

  apply({ name, args: values }: Event): void {
    const args = new Args(values);
    switch (name) {
      case "Created":
        return this.create(args);
      case "Renewed":
        return this.renew(this.policy(args), args.amount("newEnd"));
      case "Closed":
        return this.close(args);
      case "Resigned":
        this.refunds.add(this.policy(args).payer, args.amount("fromFees"));
        this.feesGone.add(args.text("miner"), args.amount("fromFees"));
        return;
      case "HandedOff":
        return this.handOff(args);
      case "Convicted":
        return this.convict(args);
      case "FeesClaimed":
        this.feesGone.add(args.text("miner"), args.amount("amount"));
        return;
      case "RefundTaken":
        this.refunds.add(args.text("account"), -args.amount("amount"));
    }
  }

  private create(args: Args): void {
    const terms = args.part("terms");
    const [rate, start, end] = [terms.amount("rate"), args.amount("start"), args.amount("end")];
    const arrangements = terms
      .list("arrangements")
      .map((each, i) => [i, { miner: each.text("miner"), rate, start, stop: end, open: true }] as const);
    const payer = args.text("payer");
    this.policies.set(args.text("policy"), { payer, rate, end, arrangements: new Map(arrangements) });
  }

  private renew(policy: Policy, newEnd: bigint): void {
    policy.end = newEnd;
    for (const arrangement of policy.arrangements.values()) if (arrangement.open) arrangement.stop = newEnd;
  }

  private close(args: Args): void {
    const { payer } = this.policy(args);
    Object.assign(this.arrangement(args), { stop: args.amount("stop"), open: false });
    const held = args.amount("held");
    this.refunds.add(payer, args.amount("refunded") + held);
    if (held === 0n) return;
    this.heldUntil.set(payer, (this.heldUntil.get(payer) ?? new Set()).add(args.amount("heldUntil")));
  }

  private handOff(args: Args): void {
    const policy = this.policy(args);
    const start = args.amount("start");
    Object.assign(this.arrangement(args), { stop: start, open: false });
    const successor = { miner: args.text("miner"), rate: policy.rate, start, stop: policy.end, open: true };
    policy.arrangements.set(args.number("newIndex"), successor);
  }

  private convict(args: Args): void {
    const verdict = args.part("verdict");
    this.arrangement(args).open = false;
    this.feesGone.add(args.text("miner"), verdict.amount("fromFees"));
    // Held back at its closing, be it long ago or by this verdict: the payer loses it.
    this.refunds.add(this.policy(args).payer, -verdict.amount("withheld"));
  }

  private policy(args: Args): Policy {
    const policy = this.policies.get(args.text("policy"));
    if (!policy) throw new Error(`expected a policy ${args.text("policy")}, got none`);
    return policy;
  }

  private arrangement(args: Args): Arrangement {
    const arrangement = this.policy(args).arrangements.get(args.number("index"));
    if (!arrangement) throw new Error(`expected an arrangement ${args.number("index")}, got none`);
    return arrangement;
  }
}

/** How many periods up to and including `period` were served: a period's fee is earned with its first second. */
function served({ start, stop }: Arrangement, period: bigint): bigint {
  const until = stop < period + 1n ? stop : period + 1n;
  return until > start ? until - start : 0n;
}
