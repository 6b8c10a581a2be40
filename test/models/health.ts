/**
 * The health votes as the protocol says them: who is in a committee, who is checked, how votes add up, what they pay.
 * Written from the rules alone; nothing here looks at a contract. Amounts are base units, times are periods; ballots and
 * verdicts are sets of target indices; probabilities are exact fractions.
 */
import { keccak256 } from "ethers";

/** Scores are told times this. */
export const ONE = 10n ** 18n;
/** Bits of an id. */
const BITS = 256n;
/** A miner with s_min has so many seats. */
const SEATS_PER_MIN_STAKE = 16n;
/** What waits for a round with something to find out is at most so many budgets. */
const MAX_CARRY = 16n;

/** keccak256(abi.encode(...)) of values that take a word each. */
function hashOfWords(...values: (string | bigint)[]): string {
  const words = values.map((value) => BigInt(value).toString(16).padStart(64, "0"));
  return keccak256(Buffer.from(words.join(""), "hex"));
}

const hashed = (...values: (string | bigint)[]): bigint => BigInt(hashOfWords(...values));
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/* COMMITTEE */

/** The least r with r * r >= n. */
export function ceilSqrt(n: bigint): bigint {
  let [low, high] = [0n, n + 1n];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (middle * middle >= n) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/** A miner's seats, winning or not. */
export function seatsFor(earning: bigint, minStake: bigint): bigint {
  return earning < minStake ? 0n : (SEATS_PER_MIN_STAKE * earning) / minStake;
}

/** n: how many of W seats vote, on average. */
export function committeeSize(numbers: bigint, seatsTotal: bigint, minSeats: bigint): bigint {
  return least(seatsTotal, most(ceilSqrt(numbers), minSeats));
}

/** ways[d]: how many of the 2^256 ids differ from a given one in at most d bits. */
const ways: readonly bigint[] = (() => {
  const within: bigint[] = [];
  let [choices, total] = [1n, 0n];
  for (let d = 0n; d <= BITS; d++) {
    total += choices;
    within.push(total);
    choices = (choices * (BITS - d)) / (d + 1n);
  }
  return within;
})();

/** How many ids are within `distance` of a given one. Below 0: none. */
export const idsWithin = (distance: number): bigint => (distance < 0 ? 0n : (ways[distance] ?? 1n << BITS));

/** Who wins: all closer than `distance`, and of those at it the fraction part / whole. */
export interface Threshold {
  distance: number;
  part: bigint;
  whole: bigint;
}

/** So that a random id wins with probability wanted / seats, exactly. */
export function thresholdFor(wanted: bigint, seats: bigint): Threshold {
  if (wanted >= seats) return { distance: 257, part: 0n, whole: 1n };
  const share = wanted << BITS; // of 2^256 * seats
  let distance = 0;
  while (idsWithin(distance) * seats <= share) distance++;
  const [inner, outer] = [idsWithin(distance - 1), idsWithin(distance)];
  return { distance, part: share - inner * seats, whole: (outer - inner) * seats };
}

/** The probability that a random id wins, as a double. */
export function winChance({ distance, part, whole }: Threshold): number {
  const inner = idsWithin(distance - 1);
  const rim = idsWithin(distance) - inner;
  const scaled = ((inner << 64n) + ((rim << 64n) * part) / whole) >> BITS;
  return Number(scaled) / 2 ** 64;
}

/** How many bits differ. */
export function differing(a: bigint, b: bigint): number {
  return (a ^ b).toString(2).replaceAll("0", "").length;
}

/** Whether seat `seat` of `miner` is in the committee of the round with this randomness. */
export function wins(randomness: string, miner: string, seat: bigint, threshold: Threshold): boolean {
  const id = hashed(randomness, miner, seat);
  const distance = differing(id, BigInt(randomness));
  if (distance !== threshold.distance) return distance < threshold.distance;
  const draw = hashed(id) >> 192n; // uniform below 2^64
  return draw * threshold.whole < threshold.part << 64n;
}

/** The seats of a miner that vote, in rising order. */
export function winningSeats(randomness: string, miner: string, seats: bigint, threshold: Threshold): bigint[] {
  const won: bigint[] = [];
  for (let seat = 0n; seat < seats; seat++) if (wins(randomness, miner, seat, threshold)) won.push(seat);
  return won;
}

/* TARGETS */

/** The key of a round's permutation. */
export const keyFor = (seed: string, mix: string): string => hashOfWords(seed, mix);

/**
 * Where a permutation of 0 .. size - 1 takes `index`: four Feistel rounds over numbers of 2b bits, 4^b the least power of
 * four that is not below size, repeated until the value is in range.
 */
export function permute(key: string, size: bigint, index: bigint): bigint {
  const half = halfOf(size);
  let value = index;
  do {
    let [left, right] = [value / half, value % half];
    for (let i = 0n; i < 4n; i++) {
      const mixed = hashed(key, i, right) % half;
      [left, right] = [right, left ^ mixed];
    }
    value = left * half + right;
  } while (value >= size);
  return value;
}

/** Which index {@link permute} takes to `value`. */
export function invert(key: string, size: bigint, value: bigint): bigint {
  const half = halfOf(size);
  let index = value;
  do {
    let [left, right] = [index / half, index % half];
    for (let i = 3n; i >= 0n; i--) {
      const mixed = hashed(key, i, left) % half;
      [left, right] = [right ^ mixed, left];
    }
    index = left * half + right;
  } while (index >= size);
  return index;
}

/** 2^b. */
function halfOf(size: bigint): bigint {
  let half = 1n;
  while (half * half < size) half *= 2n;
  return half;
}

/** The numbers of a round's targets: ceil(sqrt N) of 1 .. N, all different. */
export function targetNumbers(seed: string, mix: string, numbers: bigint): bigint[] {
  const key = keyFor(seed, mix);
  const count = Number(ceilSqrt(numbers));
  return Array.from({ length: count }, (_, i) => 1n + permute(key, numbers, BigInt(i)));
}

/* BALLOTS */

/** A ballot as the chain reads it: bit i of word w is target 256 w + i. */
export function asWords(unhealthy: Iterable<number>, targets: number): bigint[] {
  const words = new Array<bigint>(Math.ceil(targets / 256)).fill(0n);
  for (const target of unhealthy) {
    const word = Math.floor(target / 256);
    words[word] = (words[word] ?? 0n) | (1n << BigInt(target % 256));
  }
  return words;
}

/** A ballot that was shown. */
export interface Vote {
  voter: string;
  /** Which of the seeds. */
  seed: number;
  seats: bigint;
  unhealthy: ReadonlySet<number>;
  /** The target that the voter itself is. */
  own?: number;
}

/** What is known of a round when the time for votes is over. */
export interface Facts {
  /** n. */
  wanted: bigint;
  /** k. */
  targets: number;
  /** How many were posted. */
  seeds: number;
  /** B. */
  budget: bigint;
  votes: readonly Vote[];
}

/** What a voter of the winning seed gets. */
export interface Score {
  voter: string;
  /** J times {@link ONE}, rounded towards zero. */
  score: bigint;
  /** P * seats * |J| / n': its pay, or the most that is taken from it. */
  part: bigint;
}

export interface Decision {
  winner: number;
  unhealthy: ReadonlySet<number>;
  pot: bigint;
  /** n'. */
  divisor: bigint;
  /** Whether there are both unhealthy and healthy targets. */
  telling: boolean;
  scores: readonly Score[];
  paid: bigint;
  carried: bigint;
  burned: bigint;
  /** What waits afterwards. */
  carry: bigint;
}

/** The seed with most seats; none if two have as many, or if they are fewer than half of n. */
export function winningSeed({ wanted, seeds, votes }: Facts): number | undefined {
  const seats = Array.from({ length: seeds }, (_, i) =>
    sum(votes.filter(({ seed }) => seed === i).map((v) => v.seats)),
  );
  const leader = seats.reduce(most, 0n);
  const leaders = seats.filter((s) => s === leader);
  if (leader === 0n || leaders.length !== 1 || 2n * leader < wanted) return undefined;
  return seats.indexOf(leader);
}

/** What more than half of the seats say; who is silent says healthy. */
export function verdictsOf(facts: Facts, winner: number): Set<number> {
  const counting = facts.votes.filter(({ seed }) => seed === winner);
  const all = most(facts.wanted, sum(counting.map(({ seats }) => seats)));
  const unhealthy = new Set<number>();
  for (let target = 0; target < facts.targets; target++) {
    const against = counting.filter((vote) => vote.own !== target && vote.unhealthy.has(target));
    if (2n * sum(against.map(({ seats }) => seats)) > all) unhealthy.add(target);
  }
  return unhealthy;
}

/** Sensitivity + specificity - 1, times {@link ONE}, over all targets but the voter. */
export function scoreOf({ targets }: Facts, vote: Vote, verdicts: ReadonlySet<number>): bigint {
  const others = Array.from({ length: targets }, (_, i) => i).filter((target) => target !== vote.own);
  if (verdicts.size === 0 || verdicts.size === targets) {
    const agrees = others.every((target) => vote.unhealthy.has(target) === verdicts.has(target));
    return agrees ? ONE : 0n;
  }
  const sick = others.filter((target) => verdicts.has(target));
  const well = others.filter((target) => !verdicts.has(target));
  if (sick.length === 0 || well.length === 0) return 0n;
  const found = BigInt(sick.filter((target) => vote.unhealthy.has(target)).length);
  const cleared = BigInt(well.filter((target) => !vote.unhealthy.has(target)).length);
  const [s, w] = [BigInt(sick.length), BigInt(well.length)];
  return (ONE * (found * w + cleared * s - s * w)) / (s * w);
}

/** Decides a round; undefined: it is void, and its budget is burned. */
export function decide(facts: Facts, carry: bigint): Decision | undefined {
  const winner = winningSeed(facts);
  if (winner === undefined) return undefined;
  const unhealthy = verdictsOf(facts, winner);
  const telling = unhealthy.size > 0 && unhealthy.size < facts.targets;
  const pot = telling ? facts.budget + carry : facts.budget / 4n;
  const divisor = most(facts.wanted, sum(facts.votes.map(({ seats }) => seats)));
  const scores = facts.votes
    .filter(({ seed }) => seed === winner)
    .map((vote): Score => {
      const score = scoreOf(facts, vote, unhealthy);
      const size = score < 0n ? -score : score;
      return { voter: vote.voter, score, part: (size * pot * vote.seats) / (ONE * divisor) };
    });
  const paid = sum(scores.filter(({ score }) => score > 0n).map(({ part }) => part));
  const base = { winner, unhealthy, pot, divisor, telling, scores, paid };
  if (telling) return { ...base, carried: 0n, burned: pot - paid, carry: 0n };
  const rest = facts.budget - pot;
  const carried = least(rest, most(MAX_CARRY * facts.budget - carry, 0n));
  return { ...base, carried, burned: facts.budget - paid - carried, carry: carry + carried };
}

/** The most that is taken from a voter that committed with `seats` winning seats and hid its ballot: J = -1. */
export function silencePart({ telling, pot, divisor }: Decision, seats: bigint): bigint {
  return telling ? (pot * seats) / divisor : 0n;
}

/* PAY */

/** Health pay: what was earned in period q can be claimed from q + 1 + V on, and be taken back before. */
export class PayBook {
  private readonly earned = new Map<string, Map<bigint, bigint>>();

  constructor(readonly vesting: bigint) {}

  /** The same, to go on with. */
  copy(): PayBook {
    const same = new PayBook(this.vesting);
    for (const [miner, book] of this.earned) same.earned.set(miner, new Map(book));
    return same;
  }

  private of(miner: string): Map<bigint, bigint> {
    const book = this.earned.get(miner) ?? new Map<bigint, bigint>();
    this.earned.set(miner, book);
    return book;
  }

  private total(miner: string, counts: (period: bigint) => boolean): bigint {
    return sum([...this.of(miner)].filter(([period]) => counts(period)).map(([, amount]) => amount));
  }

  vested(miner: string, now: bigint): bigint {
    return this.total(miner, (period) => period + 1n + this.vesting <= now);
  }

  unvested(miner: string, now: bigint): bigint {
    return this.total(miner, (period) => period + 1n + this.vesting > now);
  }

  credit(miner: string, amount: bigint, now: bigint): void {
    const book = this.of(miner);
    book.set(now, (book.get(now) ?? 0n) + amount);
  }

  /** Takes up to `amount` of what is not vested, the newest first. Returns what it took. */
  takeBack(miner: string, amount: bigint, now: bigint): bigint {
    const book = this.of(miner);
    let left = amount;
    for (let period = now; period + 1n + this.vesting > now; period--) {
      const part = least(left, book.get(period) ?? 0n);
      book.set(period, (book.get(period) ?? 0n) - part);
      left -= part;
    }
    return amount - left;
  }

  /** Returns what it paid. */
  claim(miner: string, now: bigint): bigint {
    const amount = this.vested(miner, now);
    for (const period of this.of(miner).keys()) if (period + 1n + this.vesting <= now) this.of(miner).delete(period);
    return amount;
  }

  /** Books what a decision pays and takes, in this period. Returns what each voter lost. */
  settle({ scores }: Decision, now: bigint): Map<string, bigint> {
    const taken = new Map<string, bigint>();
    for (const { voter, score, part } of scores) {
      if (score > 0n) this.credit(voter, part, now);
      else taken.set(voter, this.takeBack(voter, part, now));
    }
    return taken;
  }
}
