import { Args, type Event, sum } from "./events";

/** A lock, as the escrow has it. Amount in base units, the rest in periods. */
export interface Lock {
  amount: bigint;
  start: bigint;
  end: bigint;
  notice: bigint;
}

/** What the stake escrow owes, by its events alone. Base units. */
export class EscrowBook {
  /** By miner and the lock's number. */
  readonly locks = new Map<string, Map<number, Lock>>();
  minted = 0n;
  /** Of all rewards of stakers those that were neither paid, nor compounded, nor burned; and what rounding leaves. */
  unpaidRewards = 0n;
  undrawnBudget = 0n;

  get stake(): bigint {
    return sum([...this.locks.values()].flatMap((locks) => [...locks.values()]).map(({ amount }) => amount));
  }

  get owes(): bigint {
    return this.stake + this.unpaidRewards + this.undrawnBudget;
  }

  apply({ name, args: values }: Event): void {
    const args = new Args(values);
    switch (name) {
      case "PeriodClosed":
        this.minted += args.amount("stakerReward") + args.amount("healthBudget");
        this.unpaidRewards += args.amount("stakerReward");
        this.undrawnBudget = args.amount("healthBudget");
        return;
      case "HealthBudgetDrawn":
        this.undrawnBudget -= args.amount("amount");
        return;
      case "RewardPaid":
      case "RewardCompounded":
        this.unpaidRewards -= args.amount("amount");
        return;
      case "Paused":
        this.unpaidRewards -= args.amount("forfeited");
        return;
      case "Slashed":
        this.unpaidRewards -= args.amount("rewardBurned");
        return;
      default:
        if (name.startsWith("Lock")) this.applyToLocks(name, args);
    }
  }

  private applyToLocks(name: string, args: Args): void {
    const miner = args.text("miner");
    const locks = this.locks.get(miner) ?? new Map<number, Lock>();
    this.locks.set(miner, locks);
    const lock = (argument: string): Lock => {
      const number = args.number(argument);
      const found = locks.get(number);
      if (!found) throw new Error(`${name} of ${miner}: expected a lock ${number}, got none`);
      return found;
    };
    switch (name) {
      case "LockOpened": {
        const [amount, start] = [args.amount("amount"), args.amount("start")];
        locks.set(args.number("lock"), { amount, start, end: args.amount("end"), notice: args.amount("notice") });
        return;
      }
      case "LockRaised":
        lock("lock").amount += args.amount("amount");
        return;
      case "LockChanged":
        Object.assign(lock("lock"), { end: args.amount("end"), notice: args.amount("notice") });
        return;
      case "LockSplit": // the part was opened just before
        lock("lock").amount -= args.amount("amount");
        return;
      case "LocksMerged": {
        const [kept, gone] = [lock("kept"), lock("gone")];
        kept.amount += gone.amount;
        if (gone.start < kept.start) kept.start = gone.start;
        locks.delete(args.number("gone"));
        return;
      }
      case "LockLowered":
        lock("lock").amount = args.amount("left");
        if (args.amount("left") === 0n) locks.delete(args.number("lock"));
    }
  }
}
