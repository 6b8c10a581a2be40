import { readBallot } from "./ballot.js";
import { checkCount, checkRange, MAX_UINT256, most } from "./values.js";

/** Scores are told times this. */
export const SCORE_ONE = 10n ** 18n;

/** What pay depends on besides ballots. A round of the contract fits. */
export interface PayTerms {
  /** n: seats the committee has, on average. */
  readonly wanted: bigint;
  /** k. */
  readonly targets: number;
  /** B, base units. */
  readonly budget: bigint;
  /**
   * Seats of all votes that are shown, whichever seed they name. Before the reveals are over: what one expects. Up to n it
   * makes no difference.
   */
  readonly revealed: bigint;
}

/** What a voter brings. */
export interface Cast {
  /** How many winning seats it shows. */
  readonly seats: bigint;
  /** The targets that it calls unhealthy, as words. */
  readonly ballot: readonly bigint[];
  /** The target that the voter itself is, if it is one: it doesn't count. */
  readonly own?: number | undefined;
}

/** What a round pays one voter, base units. */
export interface Pay {
  /** Whether there are both an unhealthy and a healthy target. */
  readonly telling: boolean;
  /** What is shared out: B + carry, or B / 4. */
  readonly pot: bigint;
  /** n' = max(n, seats revealed). */
  readonly divisor: bigint;
  readonly score: Score;
  readonly paid: bigint;
  /** What is taken of the voter's unvested health pay, if it has so much. */
  readonly taken: bigint;
}

/** J = sensitivity + specificity - 1. */
export interface Score {
  /** Times 10^18, rounded towards zero: as the contract has it. */
  readonly scaled: bigint;
  /** The fraction itself; the denominator is above 0. */
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * How many seats must call a target unhealthy for it to be found so: more than half of max(n, seats revealed for the seed
 * that won). Silence counts as healthy.
 * @param wanted n @param seatsForSeed revealed for the seed that wins; 0: the least that any round needs
 * @example seatsToConvict(64n, 71n); // 36n
 */
export const seatsToConvict = (wanted: bigint, seatsForSeed = 0n): bigint =>
  most(amount("wanted", wanted), amount("seatsForSeed", seatsForSeed)) / 2n + 1n;

/** How many seats must be revealed for one seed, and more than for any other, or the round is void: n / 2, rounded up. */
export const quorum = (wanted: bigint): bigint => (amount("wanted", wanted) + 1n) / 2n;

/**
 * How well a ballot tells unhealthy targets from healthy ones: J over the targets other than the voter. Without both kinds
 * full agreement is 1 and anything else 0.
 * @param verdicts as words
 * @throws {HealthError} `BALLOT_LENGTH` for words that aren't the round's; `BAD_ARGUMENT` for an own target that isn't
 */
export function scoreOf(targets: number, verdicts: readonly bigint[], { ballot, own }: Omit<Cast, "seats">): Score {
  const [sick, named] = [readBallot(verdicts, targets), readBallot(ballot, targets)];
  if (own !== undefined) checkCount("own", own, 0, targets - 1);
  const telling = sick.size !== 0 && sick.size !== targets;
  const count = { found: 0n, wrong: 0n, sick: 0n, well: 0n };
  for (let target = 0; target < targets; ++target) {
    if (target === own) continue;
    count[sick.has(target) ? "sick" : "well"] += 1n;
    if (named.has(target)) count[sick.has(target) ? "found" : "wrong"] += 1n;
  }
  if (!telling) return fraction(count.found === count.sick && count.wrong === 0n ? 1n : 0n, 1n);
  if (count.sick === 0n || count.well === 0n) return fraction(0n, 1n);
  return fraction(count.found * count.well - count.wrong * count.sick, count.sick * count.well);
}

/**
 * What a round pays, or takes from, a voter of the seed that wins; who names another seed gets nothing.
 *
 * Before the verdicts are known this tells what some verdicts would pay: `carry` is what the contract has now, and may have
 * changed when the round is tallied. Afterwards it tells what was paid: `carry` is then `pot - budget` of a telling round.
 * @param carry what waits for a telling round, base units
 * @throws {HealthError} as {@link scoreOf}
 * @example tellPay({ ...round, revealed: round.wanted }, carry, makeBallot([3], round.targets), { seats: 2n, ballot });
 */
export function tellPay(terms: PayTerms, carry: bigint, verdicts: readonly bigint[], cast: Cast): Pay {
  const { wanted, targets, budget, revealed } = terms;
  const score = scoreOf(targets, verdicts, cast);
  const { telling, pot, divisor } = potOf({ wanted, budget, revealed }, carry, tells(verdicts, targets));
  const size = score.scaled < 0n ? -score.scaled : score.scaled;
  const part = (size * pot * amount("seats", cast.seats)) / (SCORE_ONE * divisor);
  const [paid, taken] = score.scaled > 0n ? [part, 0n] : [0n, part];
  return { telling, pot, divisor, score, paid, taken };
}

/**
 * What a voter that committed loses for winning seats that it doesn't show, if anybody reports it and it has so much
 * unvested health pay: J = -1. Nothing without both an unhealthy and a healthy target.
 * @param silent how many of its winning seats
 */
export function silenceCosts(terms: PayTerms, carry: bigint, verdicts: readonly bigint[], silent: bigint): bigint {
  const { telling, pot, divisor } = potOf(terms, carry, tells(verdicts, terms.targets));
  return telling ? (pot * amount("silent", silent)) / divisor : 0n;
}

function potOf(
  { wanted, budget, revealed }: Omit<PayTerms, "targets">,
  carry: bigint,
  telling: boolean,
): Pick<Pay, "telling" | "pot" | "divisor"> {
  const whole = amount("budget", budget);
  const divisor = most(checkRange("wanted", wanted, 1n, MAX_UINT256), amount("revealed", revealed));
  return { telling, pot: telling ? whole + amount("carry", carry) : whole / 4n, divisor };
}

const amount = (argument: string, value: bigint): bigint => checkRange(argument, value, 0n, MAX_UINT256);

function tells(verdicts: readonly bigint[], targets: number): boolean {
  const { size } = readBallot(verdicts, targets);
  return size !== 0 && size !== targets;
}

const fraction = (numerator: bigint, denominator: bigint): Score => ({
  scaled: (SCORE_ONE * numerator) / denominator,
  numerator,
  denominator,
});
