import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";

import type { TermsStruct } from "../../typechain-types/contracts/PolicyManager";
import type { PolicyMiner } from "../helpers/policies";

/** A policy. */
export interface Deal {
  id: string;
  terms: TermsStruct;
  owner: HardhatEthersSigner;
  payer: HardhatEthersSigner;
  end: bigint;
}

/** An arrangement and everything that happened to it. Times are periods, amounts base units. */
export interface Entry {
  deal: Deal;
  index: bigint;
  miner: PolicyMiner;
  rate: bigint;
  collateral: bigint;
  start: bigint;
  /** First period not served, as things stand. */
  stop: bigint;
  /** T = end - start. */
  end: bigint;
  closed: boolean;
  handedOff: boolean;
  convicted: boolean;
  /** Fees that were paid for it. What became of those that it will not earn: */
  paid: bigint;
  refunded: bigint;
  held: bigint;
  heldUntil: bigint;
  heldTaken: boolean;
  burned: bigint;
  passedOn: bigint;
  /** Of its miner's stake, by its verdict or its resignation. */
  seized: bigint;
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Books of our own, beside those of the policy manager. Every sum is made anew from the arrangements. */
export class PolicyBooks {
  readonly entries: Entry[] = [];
  /** Of the fees that a miner earned: claimed, or taken by verdicts and resignations. */
  readonly feesGone = new Tally();
  readonly refundsTaken = new Tally();
  /** What resignations added to refunds. */
  readonly penalties = new Tally();
  /** Locked and neither withdrawn nor seized. */
  readonly stake = new Tally();
  donated = 0n;

  constructor(
    private readonly window: bigint,
    private readonly floorPercent: bigint,
  ) {}

  enter(deal: Deal, index: bigint, miner: PolicyMiner, rate: bigint, collateral: bigint, start: bigint): void {
    const { end } = deal;
    const none = { refunded: 0n, held: 0n, heldUntil: 0n, heldTaken: false, burned: 0n, passedOn: 0n, seized: 0n };
    const open = { closed: false, handedOff: false, convicted: false };
    const paid = rate * (end - start);
    this.entries.push({ deal, index, miner, rate, collateral, start, stop: end, end, paid, ...open, ...none });
  }

  /** The arrangement serves no longer after period `now`. */
  close(entry: Entry, now: bigint): void {
    entry.closed = true;
    entry.stop = now + 1n;
    for (let p = entry.stop; p < entry.end; p++) {
      if (100n * (p - entry.start) < this.floorPercent * (entry.end - entry.start)) entry.held += entry.rate;
      else entry.refunded += entry.rate;
    }
    entry.heldUntil = entry.stop + this.window + 1n;
  }

  /** A verdict: closes the arrangement; what is held, or would be, is lost by a leak and free otherwise. */
  convict(entry: Entry, leaked: boolean, now: bigint): void {
    entry.convicted = true;
    if (!entry.closed && entry.end > now) {
      this.close(entry, now);
      if (!leaked) [entry.refunded, entry.held] = [entry.refunded + entry.held, 0n];
    }
    if (leaked) [entry.burned, entry.held] = [entry.held, 0n];
    entry.closed = true;
  }

  /** The last period in which a verdict may come. */
  liableUntil(entry: Entry, leaked: boolean): bigint {
    return this.window + (entry.handedOff && leaked ? entry.end : entry.stop);
  }

  /** Whether evidence counts, whether or not there was a verdict. */
  isInTime(entry: Entry, leaked: boolean, now: bigint): boolean {
    return now <= this.liableUntil(entry, leaked);
  }

  isLiable(entry: Entry, leaked: boolean, now: bigint): boolean {
    return !entry.convicted && this.isInTime(entry, leaked, now);
  }

  /* SUMS */

  earned(entry: Entry, now: bigint): bigint {
    return entry.rate * max(0n, min(entry.stop, now + 1n) - entry.start);
  }

  earnedLater(entry: Entry, now: bigint): bigint {
    return entry.rate * max(0n, entry.stop - max(entry.start, now + 1n));
  }

  unclaimed(miner: string, now: bigint): bigint {
    return this.sum((entry) => (addressOf(entry) === miner ? this.earned(entry, now) : 0n)) - this.feesGone.of(miner);
  }

  refundDue(payer: string): bigint {
    const refunded = this.sum(({ deal, refunded }) => (deal.payer.address === payer ? refunded : 0n));
    return refunded + this.penalties.of(payer) - this.refundsTaken.of(payer);
  }

  heldDue(payer: string, heldUntil: bigint): bigint {
    return this.sum((entry) =>
      entry.deal.payer.address === payer && entry.heldUntil === heldUntil && !entry.heldTaken ? entry.held : 0n,
    );
  }

  /** The last period through which the arrangement reserves anything. */
  reservedUntil(entry: Entry): bigint {
    return (entry.handedOff ? entry.end : entry.stop) + this.window;
  }

  /** What the arrangement reserves: as much as a verdict may take. */
  reservedBy(entry: Entry): bigint {
    return entry.convicted ? 0n : entry.collateral + entry.rate * (entry.stop - entry.start);
  }

  /** What is reserved of the miner's stake through period t. */
  reservedThrough(miner: string, t: bigint): bigint {
    return this.sum((entry) =>
      addressOf(entry) === miner && this.reservedUntil(entry) >= t ? this.reservedBy(entry) : 0n,
    );
  }

  /** The rates of all that the miner's account still has to count down, if it is settled through `settled`. */
  rate(miner: string, settled: bigint): bigint {
    return this.sum((entry) => (addressOf(entry) === miner && !entry.closed && entry.end > settled ? entry.rate : 0n));
  }

  private sum(part: (entry: Entry) => bigint): bigint {
    return this.entries.reduce((total, entry) => total + part(entry), 0n);
  }
}

const addressOf = (entry: Entry): string => entry.miner.account.address;

/** Amounts by account. */
class Tally {
  private readonly amounts = new Map<string, bigint>();

  of(account: string): bigint {
    return this.amounts.get(account) ?? 0n;
  }

  add(account: string, amount: bigint): void {
    this.amounts.set(account, this.of(account) + amount);
  }
}
