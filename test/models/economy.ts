import { healthShare, nextIssue, type Schedule } from "./issuance";

/**
 * The stake economy, written from the rules alone and as literally as they can be read: every lock keeps a list of the
 * periods in which it earned and was not paid yet, and a reward is the sum over that list. No accumulator differences,
 * no difference maps, no "settled until" arithmetic; nothing here looks at a contract. Slow on purpose.
 *
 * Amounts are base units, times are periods. Accounts are strings, of any kind, compared as they are.
 */

/** What is fixed at deployment; `NetworkParameters` of deploy/parameters fits. */
export interface EconomyParameters {
  initialSupply: bigint;
  maxSupply: bigint;
  escrow: {
    period: bigint;
    firstIssue: bigint;
    healthPpm: bigint;
    minEarning: bigint;
    minStake: bigint;
    shortestLock: bigint;
    longestLock: bigint;
    vesting: bigint;
    maxCatchUp: bigint;
  };
}

/** The end of a rolling lock. */
export const ROLLING = 2n ** 32n - 1n;

/** "Never", in the arguments of a refusal. */
export const NEVER = 2n ** 256n - 1n;

/** A miner has lock numbers 0 .. 31. */
export const LOCK_NUMBERS = 32;

/** Strangers can use up this many of them. */
export const LOCK_NUMBERS_FOR_STRANGERS = 24;

/** A miner's locked stake stays below this many times s_min. */
export const STAKE_LIMIT = 65_536n;

/** Rewards per unit of stake are counted in 2^-64 base units. */
export const PER_UNIT = 1n << 64n;

/** Exact shares are kept in 2^-256 base units. */
export const EXACT = 1n << 256n;

/** One lock as anybody sees it. It counts in periods p with start <= p < end. */
export interface LockState {
  number: number;
  amount: bigint;
  start: bigint;
  /** {@link ROLLING} while no notice is given. */
  end: bigint;
  /** Periods from notice to end; 0: the end is fixed. */
  notice: bigint;
}

/** A period that issued, as one unit of stake saw it. */
interface Earned {
  period: bigint;
  /** What one base unit of stake earned in it, in 2^-64 base units. */
  perUnit: bigint;
}

/** A lock and what it waits for. Never changed, only replaced. */
interface Lock {
  readonly amount: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly notice: bigint;
  /** The periods in which it earned and that are neither paid nor forfeited, oldest first. */
  readonly unpaid: readonly Earned[];
}

/** Never changed, only replaced. */
interface Miner {
  /** By number. */
  readonly locks: readonly (Lock | undefined)[];
  readonly paused: boolean;
  /** After a resume: the first period in which its locks earn again. */
  readonly earnsFrom: bigint;
  /** The first period whose reward is neither paid nor forfeited. */
  readonly paidUntil: bigint;
  /** 0: none. */
  readonly number: bigint;
  /** "": the miner itself. */
  readonly payout: string;
  /** The most that the sampler may weigh it with: what was locked when its weight was last sure to be right. */
  readonly weighedAtMost: bigint;
  /** Everything it has ever earned, by the exact fraction amount / L of every period, in 2^-256 base units. */
  readonly earnedExactly: bigint;
  /** How far rounding and carrying remainders can have moved that, in 2^-64 base units. */
  readonly movedAtMost: bigint;
  /** How often a reward may have been rounded to whole base units: in every period of a lock, and when it was cut. */
  readonly roundings: bigint;
  /** Rewards that it was paid or lost. */
  readonly settled: bigint;
}

/** A closed period. */
export interface ClosedPeriod {
  period: bigint;
  /** L: the stake that shared the reward. */
  earning: bigint;
  stakerReward: bigint;
  healthBudget: bigint;
  /** What of the health budget before was not drawn. */
  burned: bigint;
  /** How many lock records shared the reward. */
  records: bigint;
}

/** Where all minted tokens went, base units. minted = paid + compounded + the rest here + what is owed + dust. */
export interface Totals {
  /** By the schedule, since the start. */
  minted: bigint;
  /** The part of it for health votes. */
  healthBudgets: bigint;
  /** Rewards that were claimed, compounded ones included. */
  rewardsPaid: bigint;
  /** Rewards burned by pauses. */
  forfeited: bigint;
  /** Rewards burned with slashed stake. */
  rewardsSlashed: bigint;
  /** Slashed stake that was burned. */
  stakeBurned: bigint;
  /** Health budgets that nobody drew, burned. */
  budgetsBurned: bigint;
}

/** What the rules refuse: the name of the custom error and its arguments. Nothing has changed then. */
export class Refusal extends Error {
  constructor(
    readonly error: string,
    readonly args: readonly (bigint | string)[] = [],
  ) {
    super(`${error}(${args.join(", ")})`);
    this.name = "Refusal";
  }
}

/** Everything that changes. Maps are copied and what is in them replaced, so a copy is a snapshot. */
interface State {
  now: bigint;
  open: bigint;
  issued: bigint;
  /** What dividing by L left over, in 2^-64 base units; the next period gets it. */
  remainder: bigint;
  budget: bigint;
  undrawn: bigint;
  closed: readonly ClosedPeriod[];
  /** By period since the first; what a unit of stake earned in it. */
  perUnit: readonly bigint[];
  miners: Map<string, Miner>;
  wallets: Map<string, bigint>;
  /** What the escrow holds. */
  held: bigint;
  supply: bigint;
  holders: readonly { miner: string; since: bigint }[];
  freeNumbers: readonly bigint[];
  totals: Totals;
}

const NEWCOMER: Miner = {
  locks: new Array<Lock | undefined>(LOCK_NUMBERS).fill(undefined),
  paused: false,
  earnsFrom: 0n,
  paidUntil: 0n,
  number: 0n,
  payout: "",
  weighedAtMost: 0n,
  earnedExactly: 0n,
  movedAtMost: 0n,
  roundings: 0n,
  settled: 0n,
};

/**
 * The whole stake economy. Create it in the period in which the escrow is wired, move time with {@link passPeriods} or
 * {@link toPeriod}, and do what people do. An action that the rules refuse throws {@link Refusal} and changes nothing.
 *
 * @example
 * const economy = new Economy(testParameters, 100n);
 * const number = economy.lock("mike", nkms("1,000"), 30n);
 * economy.passPeriods(4n); // period 101 is closed and, with V = 2, vested
 * economy.claimable("mike"); // the whole stakers' reward of period 101
 */
export class Economy {
  private state: State;
  /** The first period there is. */
  readonly genesis: bigint;

  constructor(
    readonly parameters: EconomyParameters,
    wiredIn: bigint,
  ) {
    this.genesis = wiredIn;
    this.state = {
      now: wiredIn,
      open: wiredIn,
      issued: parameters.initialSupply,
      remainder: 0n,
      budget: 0n,
      undrawn: 0n,
      closed: [],
      perUnit: [],
      miners: new Map(),
      wallets: new Map(),
      held: 0n,
      supply: parameters.initialSupply,
      holders: [],
      freeNumbers: [],
      totals: {
        minted: 0n,
        healthBudgets: 0n,
        rewardsPaid: 0n,
        forfeited: 0n,
        rewardsSlashed: 0n,
        stakeBurned: 0n,
        budgetsBurned: 0n,
      },
    };
  }

  /** A world of its own that starts from here. */
  copy(): Economy {
    const twin = new Economy(this.parameters, this.genesis);
    twin.state = snapshot(this.state);
    return twin;
  }

  /* TIME */

  /** The current period. */
  get now(): bigint {
    return this.state.now;
  }

  /** The oldest period that is not closed. */
  get open(): bigint {
    return this.state.open;
  }

  /** Lets time pass; nothing closes by that. */
  passPeriods(count: bigint): void {
    this.state.now += count;
  }

  /** Lets time pass until `period`. Does nothing if that is over. */
  toPeriod(period: bigint): void {
    if (period > this.state.now) this.state.now = period;
  }

  /** Closes at most `maxPeriods` periods; returns what closed. */
  advance(maxPeriods: bigint): ClosedPeriod[] {
    const closed: ClosedPeriod[] = [];
    for (let i = 0n; i < maxPeriods && this.state.open < this.state.now; i++) closed.push(this.closeOne());
    return closed;
  }

  /* LOCKING */

  /** Locks `amount` for `periods`, from the next one on. Returns the lock's number. */
  lock(miner: string, amount: bigint, periods: bigint): number {
    return this.act(() => {
      this.requireLength(periods);
      const { minStake } = this.parameters.escrow;
      const least = this.lockedIn(miner, this.now + 1n) < minStake ? minStake : 1n;
      if (amount < least) throw new Refusal("StakeEscrowTooSmall", [amount, least]);
      this.requireAmountBelowLimit(amount);
      const number = this.freeNumberFor(miner);
      this.requireBelowLimit(miner, amount);
      if (this.miner(miner).number === 0n) {
        this.giveNumber(miner);
        if (this.paidUntil(miner) === 0n) this.change(miner, { paidUntil: this.now + 1n }); // nothing is owed before
      }
      this.put(miner, number, {
        amount,
        start: this.now + 1n,
        end: this.now + 1n + periods,
        notice: 0n,
        unpaid: [],
      });
      this.moveIn(miner, amount);
      this.weigh(miner);
      return number;
    });
  }

  /** `caller` adds `amount` to a lock of `miner`. Returns the number of the lock that holds the addition. */
  topUp(caller: string, miner: string, number: number, end: bigint, amount: bigint): number {
    return this.act(() => {
      const stranger = caller !== miner;
      if (stranger) this.requireFewerLocks(miner, LOCK_NUMBERS_FOR_STRANGERS); // also if no number is needed
      const least = stranger ? this.parameters.escrow.minStake : 1n;
      if (amount < least) throw new Refusal("StakeEscrowTooSmall", [amount, least]);
      this.requireAmountBelowLimit(amount);
      const lock = this.named(miner, number, end);
      this.requireEnd(lock, number, this.now + 2n);
      const holder = this.add(miner, number, amount);
      this.moveIn(caller, amount);
      this.weigh(miner);
      return holder;
    });
  }

  /** Turns the whole vested reward into stake, as {@link topUp} of a lock. Returns the number of the lock that holds it. */
  compound(miner: string, number: number, end: bigint): number {
    return this.act(() => {
      const amount = this.claimable(miner);
      if (amount === 0n) throw new Refusal("StakeEscrowTooSmall", [0n, 1n]);
      this.requireAmountBelowLimit(amount);
      const lock = this.named(miner, number, end);
      this.requireEnd(lock, number, this.now + 2n);
      const holder = this.add(miner, number, amount);
      this.payVested(miner); // the amount is the same still: a new or raised lock has earned nothing
      this.weigh(miner);
      return holder;
    });
  }

  /* CHANGING LOCKS */

  /** Moves a lock's end `periods` later. */
  extend(miner: string, number: number, end: bigint, periods: bigint): void {
    this.act(() => {
      if (end === ROLLING) throw new Refusal("StakeEscrowLockIsRolling", [BigInt(number)]);
      const lock = this.named(miner, number, end);
      this.requireEnd(lock, number, this.now + 1n);
      const most = this.now + 1n + this.parameters.escrow.longestLock - lock.end;
      if (periods === 0n || periods > most) throw new Refusal("StakeEscrowLockLength", [periods, 1n, most]);
      this.requireComebackBelowLimit(miner, lock);
      this.put(miner, number, { ...lock, end: lock.end + periods });
      this.weigh(miner);
    });
  }

  /** Splits `amount` off a lock. Returns the number of the part. */
  split(miner: string, number: number, end: bigint, amount: bigint): number {
    return this.act(() => {
      const lock = this.named(miner, number, end);
      this.requireEnd(lock, number, this.now + 2n);
      if (amount === 0n || amount >= lock.amount) {
        throw new Refusal("StakeEscrowSplitOutOfBounds", [BigInt(number), amount, lock.amount]);
      }
      const part = this.freeNumberFor(miner);
      this.put(miner, number, { ...lock, amount: lock.amount - amount });
      this.put(miner, part, { ...lock, amount });
      return part;
    });
  }

  /** Joins two locks; the lower number stays. */
  merge(miner: string, one: number, other: number, end: bigint): void {
    this.act(() => {
      if (one === other) throw new Refusal("StakeEscrowSameLock", [BigInt(one)]);
      const [kept, gone] = [Math.min(one, other), Math.max(one, other)];
      const [a, b] = [this.named(miner, kept, end), this.named(miner, gone, end)];
      if (a.notice !== b.notice) {
        throw new Refusal("StakeEscrowNoticesDiffer", [BigInt(kept), a.notice, BigInt(gone), b.notice]);
      }
      const laterStart = max(a.start, b.start);
      // After a resume everything before the next period counts as paid; still no lock may have yet to begin.
      const paidUntil = min(this.miner(miner).paidUntil, this.now - this.parameters.escrow.vesting);
      if (a.start !== b.start && laterStart > paidUntil) {
        throw new Refusal("StakeEscrowNotPaidYet", [laterStart, paidUntil]);
      }
      // Locks that began together earned in the same periods, and so did the unpaid parts of two that were paid since.
      if (a.unpaid.map((e) => e.period).join() !== b.unpaid.map((e) => e.period).join()) {
        throw new Error(`merge: expected locks ${one} and ${other} of ${miner} to wait for the same periods`);
      }
      this.put(miner, kept, { ...a, start: min(a.start, b.start), amount: a.amount + b.amount });
      this.put(miner, gone, undefined);
    });
  }

  /** Makes a lock roll, or a rolling lock's notice longer. */
  roll(miner: string, number: number, end: bigint, notice: bigint): void {
    this.act(() => {
      const lock = this.named(miner, number, end);
      this.requireEnd(lock, number, this.now + 1n);
      this.requireLength(notice);
      const least = lock.end === ROLLING ? lock.notice + 1n : lock.end - (this.now + 1n);
      if (notice < least) throw new Refusal("StakeEscrowNoticeTooShort", [BigInt(number), notice, least]);
      this.requireComebackBelowLimit(miner, lock);
      this.put(miner, number, { ...lock, end: ROLLING, notice });
      this.weigh(miner);
    });
  }

  /** Gives notice of a rolling lock. */
  giveNotice(miner: string, number: number, end: bigint): void {
    this.act(() => {
      const lock = this.named(miner, number, end);
      if (lock.end !== ROLLING) throw new Refusal("StakeEscrowLockIsFixed", [BigInt(number)]);
      this.put(miner, number, { ...lock, end: this.now + 1n + lock.notice, notice: 0n });
    });
  }

  /* PAYING OUT */

  /** Pays the whole vested reward. Returns it. */
  claim(miner: string): bigint {
    return this.act(() => {
      const amount = this.payVested(miner);
      this.moveOut(this.payoutOf(miner), amount);
      return amount;
    });
  }

  /** Pays back `amount` of ended stake, soonest end first, and the whole vested reward. Returns the reward. */
  withdraw(miner: string, amount: bigint): bigint {
    return this.act(() => {
      if (amount === 0n) throw new Refusal("StakeEscrowTooSmall", [0n, 1n]);
      const available = this.withdrawable(miner);
      if (amount > available) throw new Refusal("StakeEscrowAboveWithdrawable", [amount, available]);
      const reward = this.payVested(miner); // first: a lock that is gone has nothing to be paid
      let left = amount;
      for (const lock of this.byEnd(miner)) {
        const taken = min(left, lock.amount);
        this.lower(miner, lock.number, taken);
        left -= taken;
      }
      this.moveOut(miner, amount);
      this.moveOut(this.payoutOf(miner), reward);
      return reward;
    });
  }

  /** Sends the rewards of `miner` to `payout`; "": to itself. */
  setPayout(miner: string, payout: string): void {
    this.change(miner, { payout });
  }

  /* UPKEEP */

  /** Brings the sampler's weight of `miner` down to what is locked still. */
  poke(miner: string): void {
    this.weigh(miner); // closes no period: it needs none
  }

  /** Frees the number of a miner that has had no stake for V periods. */
  releaseNumber(miner: string): void {
    // Closes no period: it needs none.
    const { number } = this.miner(miner);
    const freeFrom = this.numberFreeFrom(miner);
    if (this.now < freeFrom) throw new Refusal("StakeEscrowNumberInUse", [miner, freeFrom]);
    this.change(miner, { number: 0n });
    this.state.holders = this.state.holders.map((h, i) => (BigInt(i) + 1n === number ? { miner: "", since: 0n } : h));
    this.state.freeNumbers = [...this.state.freeNumbers, number];
  }

  /** Ends a pause. `operator` is the miner's operator that counts now; "": none. */
  resume(caller: string, miner: string, operator: string): void {
    this.act(() => {
      if (!this.miner(miner).paused) throw new Refusal("StakeEscrowNotPaused", [miner]);
      if (caller !== miner && caller !== operator) {
        throw new Refusal("StakeEscrowNotMinerOrOperator", [caller, miner, operator]);
      }
      this.change(miner, { paused: false, earnsFrom: this.now + 1n, paidUntil: this.now + 1n });
      this.weigh(miner);
    });
  }

  /* WHAT NEIGHBOURS DO */

  /** Seizes up to `amount`, `reward` of it for `recipient`. Returns what was seized and the reward burned with it. */
  slash(miner: string, amount: bigint, recipient: string, reward: bigint): { seized: bigint; rewardBurned: bigint } {
    return this.act(() => {
      let left = amount;
      let rewardBurned = 0n;
      for (const lock of this.byEnd(miner)) {
        const taken = min(left, lock.amount);
        if (taken === 0n) continue;
        rewardBurned += owed(taken, this.lockOf(miner, lock.number).unpaid);
        this.change(miner, { roundings: this.miner(miner).roundings + 1n });
        this.lower(miner, lock.number, taken);
        left -= taken;
      }
      if (this.stakeOf(miner) === 0n) this.change(miner, { paidUntil: max(this.miner(miner).paidUntil, this.now) });
      const seized = amount - left;
      const paid = min(reward, seized);
      this.moveOut(recipient, paid);
      this.burn(seized - paid, "stakeBurned");
      this.burn(rewardBurned, "rewardsSlashed");
      this.change(miner, { settled: this.miner(miner).settled + rewardBurned });
      this.weigh(miner);
      return { seized, rewardBurned };
    });
  }

  /** Pauses an unhealthy miner. Returns the reward that it was paid and the one it lost; nothing if it is paused. */
  pause(miner: string): { paid: bigint; forfeited: bigint } {
    return this.act(() => {
      if (this.miner(miner).paused) return { paid: 0n, forfeited: 0n };
      const paid = this.payVested(miner);
      this.moveOut(this.payoutOf(miner), paid);
      const forfeited = this.vesting(miner);
      this.burn(forfeited, "forfeited");
      this.change(miner, {
        paused: true,
        settled: this.miner(miner).settled + forfeited,
        paidUntil: max(this.miner(miner).paidUntil, this.now),
        locks: this.miner(miner).locks.map((lock) => lock && { ...lock, unpaid: [] }),
        weighedAtMost: 0n,
      });
      return { paid, forfeited };
    });
  }

  /** `drawer` takes one part in `parts` of the last closed period's health budget, if so much is left. Returns it. */
  drawHealthBudget(drawer: string, parts: bigint): bigint {
    return this.act(() => {
      const amount = min(this.state.budget / parts, this.state.undrawn);
      this.state.undrawn -= amount;
      this.moveOut(drawer, amount);
      return amount;
    });
  }

  /* WHAT STAKERS SEE */

  /** The miner's locks, by rising number. */
  locksOf(miner: string): LockState[] {
    return this.miner(miner).locks.flatMap((lock, number) =>
      lock ? [{ number, amount: lock.amount, start: lock.start, end: lock.end, notice: lock.notice }] : [],
    );
  }

  /** What {@link claim} pays now. Right also while periods wait to be closed. */
  claimable(miner: string): bigint {
    return this.upToDate().owedIn(miner, 0n, this.now - this.parameters.escrow.vesting);
  }

  /** What is earned and not vested. */
  vesting(miner: string): bigint {
    return this.upToDate().owedIn(miner, this.now - this.parameters.escrow.vesting, this.now);
  }

  /** What {@link withdraw} can pay now. */
  withdrawable(miner: string): bigint {
    return sum(this.locksOf(miner).map((lock) => (this.isWithdrawable(lock) ? lock.amount : 0n)));
  }

  /** When the next lock can be withdrawn that can't be yet, as Unix time, and how much that frees. */
  nextUnlock(miner: string): { timestamp: bigint; amount: bigint } {
    const { vesting, period } = this.parameters.escrow;
    const waiting = this.locksOf(miner).filter((lock) => lock.end !== ROLLING && !this.isWithdrawable(lock));
    const soonest = waiting.reduce((least, lock) => min(least, lock.end), ROLLING);
    if (soonest === ROLLING) return { timestamp: 0n, amount: 0n };
    return {
      timestamp: (soonest + vesting) * period,
      amount: sum(waiting.map((lock) => (lock.end === soonest ? lock.amount : 0n))),
    };
  }

  /** Stake locked in `period`, the current one or a later one, if every notice were given now. Paused or not. */
  lockedIn(miner: string, period: bigint): bigint {
    return sum(
      this.locksOf(miner).map((lock) => (lock.start <= period && period < this.guaranteedEnd(lock) ? lock.amount : 0n)),
    );
  }

  /** Everything of a miner that it has not withdrawn. */
  stakeOf(miner: string): bigint {
    return sum(this.locksOf(miner).map((lock) => lock.amount));
  }

  isPaused(miner: string): boolean {
    return this.miner(miner).paused;
  }

  /** The first period whose reward is neither paid nor forfeited. */
  paidUntil(miner: string): bigint {
    return this.miner(miner).paidUntil;
  }

  /** Where rewards go. */
  payoutOf(miner: string): string {
    return this.miner(miner).payout || miner;
  }

  /** 0: none. */
  numberOf(miner: string): bigint {
    return this.miner(miner).number;
  }

  /**
   * The first period in which the miner's number can be released: V periods after its last lock, or after what it was
   * paid for or resumed for last. A rolling lock ends in {@link ROLLING}. {@link NEVER}: it has no number.
   */
  numberFreeFrom(miner: string): bigint {
    if (this.miner(miner).number === 0n) return NEVER;
    const last = this.locksOf(miner).reduce((latest, lock) => max(latest, lock.end), this.paidUntil(miner));
    return last + this.parameters.escrow.vesting;
  }

  /** What the account has got from or paid to the economy since the start. */
  walletChange(account: string): bigint {
    return this.state.wallets.get(account) ?? 0n;
  }

  /**
   * Whether rewards were fair: what the miner earned in closed periods by the exact fraction of every period, what it
   * got or can still get or lost, and how far rounding can move the one from the other: a unit of 2^-64 and its part of
   * the remainder of the period before for each unit of stake, and one base unit for each lock, in every period, and
   * for each cut of a lock. All in 2^-256 base units.
   */
  fairness(miner: string): { exact: bigint; counted: bigint; tolerance: bigint } {
    const { earnedExactly, movedAtMost, roundings, settled } = this.miner(miner);
    return {
      exact: earnedExactly,
      counted: (settled + this.claimable(miner) + this.vesting(miner)) * EXACT,
      tolerance: movedAtMost * (EXACT / PER_UNIT) + roundings * EXACT,
    };
  }

  /* WHAT THE NETWORK SEES */

  /** S: the initial supply and everything minted in closed periods. */
  get issued(): bigint {
    return this.state.issued;
  }

  get totalSupply(): bigint {
    return this.state.supply;
  }

  /** What the escrow holds: stakes, rewards not claimed, the health budget, dust. */
  get escrowBalance(): bigint {
    return this.state.held;
  }

  /** Where all that was minted went. */
  get totals(): Readonly<Totals> {
    return this.state.totals;
  }

  /** All closed periods, oldest first. */
  get closedPeriods(): readonly ClosedPeriod[] {
    return this.state.closed;
  }

  /** Everybody who ever staked or was paused. */
  get miners(): string[] {
    return [...this.state.miners.keys()];
  }

  /** The miner's part of it. */
  earningOf(name: string, period: bigint): bigint {
    const miner = this.miner(name);
    return sum(miner.locks.map((lock) => (lock && earnsIn(miner, lock, period) ? lock.amount : 0n)));
  }

  /** L(period), the open one or a later one, as things stand: a rolling lock counts for ever. */
  earningIn(period: bigint): bigint {
    return sum(this.miners.map((name) => this.earningOf(name, period)));
  }

  /** What one unit of stake earned up to the start of `period`, in 2^-64 base units; later periods as things stand. */
  accumulated(period: bigint): bigint {
    const then = this.copy();
    then.toPeriod(period);
    then.advance(period);
    const periods = period - this.genesis;
    return sum(then.state.perUnit.filter((_, i) => BigInt(i) < periods));
  }

  /** The last closed period's health budget and what is left of it to draw. */
  get healthBudget(): { budget: bigint; undrawn: bigint } {
    return { budget: this.state.budget, undrawn: this.state.undrawn };
  }

  /** How many numbers there are. */
  get numbers(): bigint {
    return BigInt(this.state.holders.length);
  }

  /** Who has `number`; miner "": nobody. */
  holderOf(number: bigint): { miner: string; since: bigint } {
    return this.state.holders[Number(number) - 1] ?? { miner: "", since: 0n };
  }

  /** What a draw for `until` weighs the miner with: nothing below s_min or while it is paused. */
  liveWeight(miner: string, until: bigint): bigint {
    const locked = this.lockedIn(miner, until);
    return this.isPaused(miner) || locked < this.parameters.escrow.minStake ? 0n : locked;
  }

  /**
   * What the sampler may have stored for the miner: at least what a draw for the next period weighs it with, at most
   * what was right when a change last had to bring it up to date. Only ended locks and notices may make them differ.
   */
  storedWeight(miner: string): { least: bigint; most: bigint } {
    const least = this.liveWeight(miner, this.now + 1n);
    return { least, most: max(least, this.miner(miner).weighedAtMost) };
  }

  /** Rewards that are earned and neither paid nor lost, of all miners, as whole base units per miner. */
  rewardsOwed(): bigint {
    return sum(this.miners.map((miner) => this.claimable(miner) + this.vesting(miner)));
  }

  /** Stakes of all miners, ended or not. */
  stakesHeld(): bigint {
    return sum(this.miners.map((miner) => this.stakeOf(miner)));
  }

  /** How many lock records and periods are unpaid: the rounding of each is below one base unit. */
  unpaidEntries(): bigint {
    let entries = 0n;
    for (const miner of this.state.miners.values()) {
      for (const lock of miner.locks) entries += BigInt(lock?.unpaid.length ?? 0);
    }
    return entries;
  }

  /* INSIDE */

  /** Runs an action as a transaction: closes what waits, and undoes everything if the rules refuse. */
  private act<T>(action: () => T): T {
    const before = snapshot(this.state);
    try {
      const { open, now } = this.state;
      const { maxCatchUp } = this.parameters.escrow;
      if (now - open > maxCatchUp) throw new Refusal("StakeEscrowBehind", [open, now]);
      this.advance(maxCatchUp);
      return action();
    } catch (refusal) {
      this.state = before;
      throw refusal;
    }
  }

  /** This world once all waiting periods are closed. */
  private upToDate(): Economy {
    if (this.state.open === this.state.now) return this;
    const then = this.copy();
    then.advance(this.state.now - this.state.open);
    return then;
  }

  private closeOne(): ClosedPeriod {
    const { state } = this;
    const period = state.open;
    const schedule: Schedule = {
      initialSupply: this.parameters.initialSupply,
      maxSupply: this.parameters.maxSupply,
      firstIssue: this.parameters.escrow.firstIssue,
    };
    const earning = this.earningIn(period);
    const issues = earning > 0n && earning >= this.parameters.escrow.minEarning;
    const issue = issues ? nextIssue(schedule, state.issued) : 0n;
    const healthBudget = healthShare(issue, this.parameters.escrow.healthPpm);
    const stakerReward = issue - healthBudget;

    let records = 0n;
    let [perUnit, off] = [0n, 0n];
    if (issues) {
      off = state.remainder / earning + 1n; // how much more or less than the exact share a unit may get, in 2^-64
      const scaled = stakerReward * PER_UNIT + state.remainder;
      perUnit = scaled / earning;
      state.remainder = scaled % earning;
    }
    for (const [name, miner] of state.miners) {
      let [units, shares] = [0n, 0n];
      const locks = miner.locks.map((lock) => {
        if (!lock || !earnsIn(miner, lock, period) || !issues) return lock;
        units += lock.amount;
        shares++;
        return { ...lock, unpaid: [...lock.unpaid, { period, perUnit }] };
      });
      if (units === 0n) continue;
      records += shares;
      state.miners.set(name, {
        ...miner,
        locks,
        movedAtMost: miner.movedAtMost + units * off,
        roundings: miner.roundings + shares,
        earnedExactly: miner.earnedExactly + (units * stakerReward * EXACT) / earning,
      });
    }

    const burned = state.undrawn;
    this.burn(burned, "budgetsBurned");
    state.issued += issue;
    state.supply += issue;
    state.held += issue;
    state.totals = {
      ...state.totals,
      minted: state.totals.minted + issue,
      healthBudgets: state.totals.healthBudgets + healthBudget,
    };
    state.budget = healthBudget;
    state.undrawn = healthBudget;
    state.perUnit = [...state.perUnit, perUnit];
    state.open = period + 1n;
    const closed = { period, earning, stakerReward, healthBudget, burned, records };
    state.closed = [...state.closed, closed];
    return closed;
  }

  private miner(name: string): Miner {
    return this.state.miners.get(name) ?? NEWCOMER;
  }

  private change(name: string, changes: Partial<Miner>): void {
    this.state.miners.set(name, { ...this.miner(name), ...changes });
  }

  private lockOf(miner: string, number: number): Lock {
    const lock = this.miner(miner).locks[number];
    if (!lock) throw new Refusal("StakeEscrowUnknownLock", [miner, BigInt(number)]);
    return lock;
  }

  /** The lock that a caller names by number and end. */
  private named(miner: string, number: number, end: bigint): Lock {
    const lock = this.lockOf(miner, number);
    if (lock.end !== end) throw new Refusal("StakeEscrowOtherEnd", [BigInt(number), lock.end, end]);
    return lock;
  }

  private put(miner: string, number: number, lock: Lock | undefined): void {
    this.change(miner, { locks: this.miner(miner).locks.map((other, i) => (i === number ? lock : other)) });
  }

  /** Adds stake beside a lock: into it if it starts in the next period, else in a lock of its own. */
  private add(miner: string, number: number, amount: bigint): number {
    const lock = this.lockOf(miner, number);
    const grows = lock.start === this.now + 1n;
    const holder = grows ? number : this.freeNumberFor(miner);
    this.requireBelowLimit(miner, amount);
    this.put(
      miner,
      holder,
      grows ? { ...lock, amount: lock.amount + amount } : { ...lock, amount, start: this.now + 1n, unpaid: [] },
    );
    return holder;
  }

  private lower(miner: string, number: number, taken: bigint): void {
    const lock = this.lockOf(miner, number);
    const left = lock.amount - taken;
    this.put(miner, number, left === 0n ? undefined : { ...lock, amount: left });
  }

  private requireLength(periods: bigint): void {
    const { shortestLock, longestLock } = this.parameters.escrow;
    if (periods < shortestLock || periods > longestLock) {
      throw new Refusal("StakeEscrowLockLength", [periods, shortestLock, longestLock]);
    }
  }

  /** An amount that no miner could have says so whatever else is wrong. */
  private requireAmountBelowLimit(amount: bigint): void {
    const limit = STAKE_LIMIT * this.parameters.escrow.minStake;
    if (amount >= limit) throw new Refusal("StakeEscrowAboveLimit", [amount, limit]);
  }

  private requireBelowLimit(miner: string, amount: bigint): void {
    const limit = STAKE_LIMIT * this.parameters.escrow.minStake;
    const stake = this.lockedIn(miner, this.now + 1n) + amount;
    if (stake >= limit) throw new Refusal("StakeEscrowAboveLimit", [stake, limit]);
  }

  /** A lock that would be over in the next period was not counted there when others were made. */
  private requireComebackBelowLimit(miner: string, lock: Lock): void {
    if (lock.end === this.now + 1n) this.requireBelowLimit(miner, lock.amount);
  }

  private requireEnd(lock: Lock, number: number, least: bigint): void {
    if (lock.end < least) throw new Refusal("StakeEscrowEndsTooSoon", [BigInt(number), lock.end, least]);
  }

  private freeNumberFor(miner: string): number {
    this.requireFewerLocks(miner, LOCK_NUMBERS);
    return this.miner(miner).locks.findIndex((lock) => lock === undefined);
  }

  private requireFewerLocks(miner: string, limit: number): void {
    const used = this.locksOf(miner).length;
    if (used >= limit) throw new Refusal("StakeEscrowTooManyLocks", [BigInt(used), BigInt(limit)]);
  }

  /** A number that was given back, the last one first; else a new one. */
  private giveNumber(miner: string): void {
    const holder = { miner, since: this.now };
    const free = this.state.freeNumbers.at(-1);
    if (free === undefined) {
      this.state.holders = [...this.state.holders, holder];
      this.change(miner, { number: this.numbers });
      return;
    }
    this.state.freeNumbers = this.state.freeNumbers.slice(0, -1);
    this.state.holders = this.state.holders.map((old, i) => (BigInt(i) + 1n === free ? holder : old));
    this.change(miner, { number: free });
  }

  /** Marks the vested reward as paid and takes it out of what is owed. Moves no token. */
  private payVested(miner: string): bigint {
    const amount = this.claimable(miner);
    const { paidUntil, locks, settled } = this.miner(miner);
    const vested = this.now - this.parameters.escrow.vesting;
    this.change(miner, {
      settled: settled + amount,
      paidUntil: max(paidUntil, vested),
      locks: locks.map((lock) => lock && { ...lock, unpaid: lock.unpaid.filter((e) => e.period >= vested) }),
    });
    this.state.totals = { ...this.state.totals, rewardsPaid: this.state.totals.rewardsPaid + amount };
    return amount;
  }

  /** Rewards of all unpaid periods from `from` to before `until`, rounded down per lock. */
  private owedIn(miner: string, from: bigint, until: bigint): bigint {
    return sum(
      this.miner(miner).locks.map((lock) =>
        lock
          ? owed(
              lock.amount,
              lock.unpaid.filter((earned) => from <= earned.period && earned.period < until),
            )
          : 0n,
      ),
    );
  }

  /** All locks of a miner in the order in which they lose stake: by guaranteed end, then by number. */
  private byEnd(miner: string): LockState[] {
    return this.locksOf(miner).sort(
      (a, b) => Number(this.guaranteedEnd(a) - this.guaranteedEnd(b)) || a.number - b.number,
    );
  }

  private guaranteedEnd(lock: Pick<LockState, "end" | "notice">): bigint {
    return lock.end === ROLLING ? this.now + 1n + lock.notice : lock.end;
  }

  private isWithdrawable(lock: Pick<LockState, "end">): boolean {
    return lock.end + this.parameters.escrow.vesting <= this.now;
  }

  /** From here on the stored weight is sure to be what is locked. */
  private weigh(miner: string): void {
    this.change(miner, { weighedAtMost: this.liveWeight(miner, this.now + 1n) });
  }

  private moveIn(from: string, amount: bigint): void {
    this.state.wallets.set(from, this.walletChange(from) - amount);
    this.state.held += amount;
  }

  private moveOut(to: string, amount: bigint): void {
    if (amount === 0n) return;
    this.state.wallets.set(to, this.walletChange(to) + amount);
    this.state.held -= amount;
  }

  private burn(amount: bigint, reason: keyof Totals): void {
    this.state.held -= amount;
    this.state.supply -= amount;
    this.state.totals = { ...this.state.totals, [reason]: this.state.totals[reason] + amount };
  }
}

/** Whether the lock is part of L(period). */
function earnsIn(miner: Miner, lock: Lock, period: bigint): boolean {
  return !miner.paused && lock.start <= period && period < lock.end && period >= miner.earnsFrom;
}

/** The reward of `amount` over the listed periods, rounded down once. */
function owed(amount: bigint, periods: readonly Earned[]): bigint {
  return (amount * sum(periods.map((earned) => earned.perUnit))) / PER_UNIT;
}

function snapshot(state: State): State {
  return { ...state, miners: new Map(state.miners), wallets: new Map(state.wallets) };
}

function sum(values: bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
