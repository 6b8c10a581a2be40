/**
 * Policies, written from the rules alone and as literally as they can be read: every arrangement keeps the list of the
 * periods that it serves and of those that were agreed, a fee is a count of such periods, and what is reserved is a sum
 * over all arrangements there ever were. No difference maps, no "settled until"; nothing here looks at a contract. Slow
 * on purpose. What the rules refuse is not here: ask only for what they allow.
 *
 * Amounts are base units, times are periods. Accounts and policies are strings, of any kind, compared as they are.
 */

/** What is fixed at deployment. */
export interface PolicyParameters {
  /** W. */
  window: bigint;
  /** c_min. */
  minCollateral: bigint;
  /** φ, per cent. */
  floorPercent: bigint;
  /** α, per cent of the earned fee. */
  leakPercent: bigint;
  /** Per cent of the collateral. */
  finderPercent: bigint;
}

/** What a policy is about. */
export interface Deal {
  payer: string;
  /** T. */
  periods: bigint;
  rate: bigint;
  collateral: bigint;
  miners: readonly string[];
}

/** What a closing does with the fee of one arrangement. earned + refunded + held is the whole fee. */
export interface Closing {
  /** The first period not served. */
  stop: bigint;
  /** To the miner. */
  earned: bigint;
  /** To the payer, at once. */
  refunded: bigint;
  /** To the payer, from `heldUntil` on, if no leak is shown before. */
  held: bigint;
  /** 0 if nothing is held. */
  heldUntil: bigint;
}

/** What a verdict takes, and where that goes: collateral + earned + withheld = toChallenger + burned. */
export interface Verdict {
  collateral: bigint;
  earned: bigint;
  withheld: bigint;
  fromFees: bigint;
  fromStake: bigint;
  toChallenger: bigint;
  burned: bigint;
  /** If the verdict closed the arrangement. */
  closing?: Closing;
}

interface Arrangement {
  readonly miner: string;
  readonly collateral: bigint;
  readonly start: bigint;
  /** The periods that were agreed at last: T of them. */
  agreed: bigint[];
  /** The periods that it served or is to serve; all that were agreed, unless it was closed. */
  serves: bigint[];
  closed: boolean;
  handedOff: boolean;
  convicted: boolean;
}

interface Policy {
  readonly payer: string;
  readonly rate: bigint;
  end: bigint;
  readonly arrangements: Arrangement[];
}

interface Held {
  readonly policy: string;
  readonly index: number;
  readonly payer: string;
  readonly from: bigint;
  readonly amount: bigint;
}

interface State {
  now: bigint;
  policies: Map<string, Policy>;
  /** Fees that a miner was paid or that a penalty or a verdict took. */
  feesTaken: Map<string, bigint>;
  /** Stake that penalties and verdicts took. */
  stakeTaken: Map<string, bigint>;
  refunds: Map<string, bigint>;
  held: Held[];
  /** What the contract has. */
  holds: bigint;
}

/** The periods from `from` to before `end`. */
export function periodsIn(from: bigint, end: bigint): bigint[] {
  const periods: bigint[] = [];
  for (let p = from; p < end; p++) periods.push(p);
  return periods;
}

/** The fewest whole periods that are `percent` per cent of `length` or more. */
export function shareOf(length: bigint, percent: bigint): bigint {
  let periods = 0n;
  while (periods * 100n < length * percent) periods++;
  return periods;
}

/**
 * All policies of a network, all miners' fees and reservations, all refunds.
 *
 * @example
 * const percent = { floorPercent: 50n, leakPercent: 5n, finderPercent: 20n };
 * const policies = new Policies({ window: 3n, minCollateral: 1n, ...percent }, 100n);
 * policies.create("p", { payer: "paul", periods: 10n, rate: 2n, collateral: 15n, miners: ["ann", "bob"] });
 * policies.toPeriod(103n);
 * policies.claim("ann"); // 6: the periods 101, 102 and 103
 * policies.close("p", 1); // { stop: 104, earned: 6, refunded: 10, held: 4, heldUntil: 108 }
 */
export class Policies {
  private state: State;

  constructor(
    readonly parameters: PolicyParameters,
    now: bigint,
  ) {
    this.state = {
      now,
      policies: new Map(),
      feesTaken: new Map(),
      stakeTaken: new Map(),
      refunds: new Map(),
      held: [],
      holds: 0n,
    };
  }

  /** A world of its own that starts from here. */
  copy(): Policies {
    const twin = new Policies(this.parameters, this.now);
    twin.state = structuredClone(this.state);
    return twin;
  }

  /* TIME */

  get now(): bigint {
    return this.state.now;
  }

  /** Lets time pass until `period`. */
  toPeriod(period: bigint): void {
    this.state.now = period;
  }

  /* WHAT THERE IS */

  /** What all of a miner's arrangements have earned and nobody has taken. */
  claimable(miner: string): bigint {
    let earned = 0n;
    for (const { rate, arrangements } of this.state.policies.values()) {
      for (const a of arrangements) {
        if (a.miner !== miner) continue;
        for (const period of a.serves) if (period <= this.now) earned += rate;
      }
    }
    return earned - (this.state.feesTaken.get(miner) ?? 0n);
  }

  /** What of a miner's stake is reserved in `period`, the current one or a later one, as things stand. */
  reservedIn(miner: string, period: bigint = this.now): bigint {
    let sum = 0n;
    for (const { rate, arrangements } of this.state.policies.values()) {
      for (const a of arrangements) {
        if (a.miner !== miner || a.convicted) continue;
        if (period <= this.reservedThrough(a)) sum += a.collateral + rate * BigInt(a.serves.length);
      }
    }
    return sum;
  }

  /** Stake that a miner lost by its policies. */
  stakeTaken(miner: string): bigint {
    return this.state.stakeTaken.get(miner) ?? 0n;
  }

  /** What goes back to an account at once. */
  refundOf(account: string): bigint {
    return this.state.refunds.get(account) ?? 0n;
  }

  /** What goes back to an account from period `from` on. */
  heldFor(account: string, from: bigint): bigint {
    return this.heldParts(account, from).reduce((sum, { amount }) => sum + amount, 0n);
  }

  /** What the contract must have: all that came in and did not go out. */
  get holds(): bigint {
    return this.state.holds;
  }

  /* WHAT PEOPLE DO */

  /** Returns the fee. */
  create(policy: string, { payer, periods, rate, collateral, miners }: Deal): bigint {
    const start = this.now + 1n;
    const end = start + periods;
    const arrangements = miners.map((miner) => newArrangement(miner, collateral, start, end));
    this.state.policies.set(policy, { payer, rate, end, arrangements });
    return this.payIn(rate * periods * BigInt(miners.length));
  }

  /** Returns the fee. */
  renew(policy: string, periods: bigint): bigint {
    const known = this.policy(policy);
    const more = periodsIn(known.end, known.end + periods);
    known.end += periods;
    let fee = 0n;
    for (const a of known.arrangements.filter(({ closed }) => !closed)) {
      a.agreed = [...a.agreed, ...more];
      a.serves = [...a.agreed];
      fee += known.rate * periods;
    }
    return this.payIn(fee);
  }

  /** The owner ends one arrangement. */
  close(policy: string, index: number): Closing {
    const { payer } = this.policy(policy);
    const closing = this.stop(policy, index);
    this.refund(payer, closing.refunded);
    if (closing.held > 0n) {
      this.state.held.push({ policy, index, payer, from: closing.heldUntil, amount: closing.held });
    }
    return closing;
  }

  /** The owner ends all arrangements that are open. Returns their closings by index. */
  revoke(policy: string): Map<number, Closing> {
    const closings = new Map<number, Closing>();
    for (const [index, { closed }] of this.policy(policy).arrangements.entries()) {
      if (!closed) closings.set(index, this.close(policy, index));
    }
    return closings;
  }

  /** The miner leaves. Beside the closing: its penalty of one period's fee; the payer gets what is of fees, stake burns. */
  resign(policy: string, index: number): { closing: Closing; penalty: bigint; fromFees: bigint; fromStake: bigint } {
    const { payer, rate } = this.policy(policy);
    const { miner } = this.arrangement(policy, index);
    const closing = this.close(policy, index);
    const fromFees = this.takeFees(miner, rate);
    const fromStake = rate - fromFees;
    this.takeStake(miner, fromStake);
    this.refund(payer, fromFees);
    return { closing, penalty: rate, fromFees, fromStake };
  }

  /** The least collateral that a miner must put up to take over now. */
  leastCollateral(policy: string, index: number): bigint {
    const a = this.arrangement(policy, index);
    const left = a.agreed.filter((period) => period > this.now).length;
    const [all, share] = [BigInt(a.agreed.length), a.collateral * BigInt(left)];
    const least = share % all === 0n ? share / all : share / all + 1n;
    return least > this.parameters.minCollateral ? least : this.parameters.minCollateral;
  }

  /** The miner passes an arrangement on. Returns the new index and the fee that goes with it. */
  handOff(policy: string, index: number, miner: string, collateral: bigint): { newIndex: number; fee: bigint } {
    const { arrangements, rate, end } = this.policy(policy);
    const old = this.arrangement(policy, index);
    old.serves = old.serves.filter((period) => period <= this.now);
    old.closed = true;
    old.handedOff = true;
    const next = newArrangement(miner, collateral, this.now + 1n, end);
    arrangements.push(next);
    return { newIndex: arrangements.length - 1, fee: rate * BigInt(next.serves.length) };
  }

  /** A verdict: `leaked`, or else for a wrong answer. */
  convict(policy: string, index: number, leaked: boolean): Verdict {
    const { payer, rate } = this.policy(policy);
    const a = this.arrangement(policy, index);
    const ranOut = a.agreed.every((period) => period < this.now);
    let withheld = 0n;
    let closing: Closing | undefined;
    if (!a.closed && !ranOut) {
      closing = this.stop(policy, index);
      if (leaked) {
        withheld = closing.held;
      } else {
        closing = { ...closing, refunded: closing.refunded + closing.held, held: 0n, heldUntil: 0n };
      }
      this.refund(payer, closing.refunded);
    } else if (leaked) {
      const waiting = this.state.held.filter((held) => held.policy === policy && held.index === index);
      withheld = waiting.reduce((sum, { amount }) => sum + amount, 0n);
      this.state.held = this.state.held.filter((held) => !waiting.includes(held));
    }
    a.closed = true;
    a.convicted = true;

    const earned = rate * BigInt(a.serves.length);
    const fromFees = this.takeFees(a.miner, earned);
    const fromStake = a.collateral + earned - fromFees;
    this.takeStake(a.miner, fromStake);
    const { leakPercent, finderPercent } = this.parameters;
    const toChallenger = leaked ? (earned * leakPercent) / 100n : (a.collateral * finderPercent) / 100n;
    const burned = a.collateral + earned + withheld - toChallenger;
    this.state.holds -= fromFees + withheld;
    const verdict = { collateral: a.collateral, earned, withheld, fromFees, fromStake, toChallenger, burned };
    return closing ? { ...verdict, closing } : verdict;
  }

  /** Returns what the miner is paid. */
  claim(miner: string): bigint {
    return this.payOut(this.takeFees(miner, this.claimable(miner)));
  }

  /** Returns what the account is paid. */
  takeRefund(account: string): bigint {
    const amount = this.refundOf(account);
    this.state.refunds.delete(account);
    return this.payOut(amount);
  }

  /** Returns what the account is paid. */
  takeHeldRefund(account: string, from: bigint): bigint {
    const parts = this.heldParts(account, from);
    const amount = this.heldFor(account, from);
    this.state.held = this.state.held.filter((held) => !parts.includes(held));
    return this.payOut(amount);
  }

  /* INSIDE */

  private policy(policy: string): Policy {
    const known = this.state.policies.get(policy);
    if (!known) throw new Error(`policy: expected one that was created, got ${policy}`);
    return known;
  }

  private arrangement(policy: string, index: number): Arrangement {
    const known = this.policy(policy).arrangements[index];
    if (!known) throw new Error(`arrangement: expected an index of ${policy}, got ${index}`);
    return known;
  }

  /** The last period in which an arrangement's stake is reserved. */
  private reservedThrough({ start, agreed, serves, handedOff }: Arrangement): bigint {
    const periods = handedOff ? agreed : serves;
    return start + BigInt(periods.length) + this.parameters.window;
  }

  /** An open arrangement serves the current period still, and no more. Pays nobody. */
  private stop(policy: string, index: number): Closing {
    const { rate } = this.policy(policy);
    const a = this.arrangement(policy, index);
    a.closed = true;
    a.serves = a.agreed.filter((period) => period <= this.now);
    const stop = this.now + 1n;
    const floor = shareOf(BigInt(a.agreed.length), this.parameters.floorPercent);
    const closing: Closing = { stop, earned: 0n, refunded: 0n, held: 0n, heldUntil: 0n };
    for (const [i, period] of a.agreed.entries()) {
      if (period <= this.now) closing.earned += rate;
      else if (BigInt(i) < floor) closing.held += rate;
      else closing.refunded += rate;
    }
    if (closing.held > 0n) closing.heldUntil = stop + this.parameters.window + 1n;
    return closing;
  }

  private heldParts(account: string, from: bigint): Held[] {
    return this.state.held.filter((held) => held.payer === account && held.from === from);
  }

  private takeFees(miner: string, most: bigint): bigint {
    const claimable = this.claimable(miner);
    const taken = claimable < most ? claimable : most;
    this.state.feesTaken.set(miner, (this.state.feesTaken.get(miner) ?? 0n) + taken);
    return taken;
  }

  private takeStake(miner: string, amount: bigint): void {
    this.state.stakeTaken.set(miner, this.stakeTaken(miner) + amount);
  }

  private refund(account: string, amount: bigint): void {
    this.state.refunds.set(account, this.refundOf(account) + amount);
  }

  private payIn(amount: bigint): bigint {
    this.state.holds += amount;
    return amount;
  }

  private payOut(amount: bigint): bigint {
    this.state.holds -= amount;
    return amount;
  }
}

function newArrangement(miner: string, collateral: bigint, start: bigint, end: bigint): Arrangement {
  const agreed = periodsIn(start, end);
  return {
    miner,
    collateral,
    start,
    agreed,
    serves: [...agreed],
    closed: false,
    handedOff: false,
    convicted: false,
  };
}
