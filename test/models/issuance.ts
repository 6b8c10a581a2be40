/**
 * How the supply grows: whitepaper eqs. 30-32, in whole base units. Written from the rules alone; nothing here looks at
 * a contract. Amounts are base units, times are issuing periods.
 */

/** The three numbers that fix the schedule. */
export interface Schedule {
  /** S(0), base units. */
  initialSupply: bigint;
  /** S_max, base units. */
  maxSupply: bigint;
  /** s0: what the first issuing period mints, base units. */
  firstIssue: bigint;
}

const PPM = 1_000_000n;

/** Binary places of the fixed-point numbers of {@link expOfMinus}. */
const FIXED_BITS = 256n;
const ONE = 1n << FIXED_BITS;

/**
 * What the next issuing period mints, eq. 32 for one period: floor((S_max - S) * s0 / (S_max - S(0))).
 * @param issued S: the initial supply plus everything ever minted, burned or not.
 */
export function nextIssue({ initialSupply, maxSupply, firstIssue }: Schedule, issued: bigint): bigint {
  return ((maxSupply - issued) * firstIssue) / (maxSupply - initialSupply);
}

/** The health votes' part of an issue, rounded down; the stakers get the rest. */
export function healthShare(issue: bigint, healthPpm: bigint): bigint {
  return (issue * healthPpm) / PPM;
}

/** S after `periods` issuing periods, one {@link nextIssue} after the other. */
export function suppliedAfter(schedule: Schedule, periods: bigint): bigint {
  let issued = schedule.initialSupply;
  for (let i = 0n; i < periods; i++) issued += nextIssue(schedule, issued);
  return issued;
}

/**
 * The curve that the schedule follows, the solution of eq. 32 (its derivative is eq. 31):
 * S(t) = S_max - (S_max - S(0)) * e^(-t * s0 / (S_max - S(0))), rounded down.
 *
 * Issuing a whole period's worth at once runs ahead of it, by at most {@link largestLead}.
 */
export function closedFormSupply({ initialSupply, maxSupply, firstIssue }: Schedule, periods: bigint): bigint {
  const toIssue = maxSupply - initialSupply;
  const left = toIssue * expOfMinus(periods * firstIssue, toIssue);
  return maxSupply - ceilDiv(left, ONE);
}

/**
 * How far whole periods can run ahead of {@link closedFormSupply}: s0 / 2, rounded up. With q = s0 / (S_max - S(0)) what
 * is left to issue falls as (1 - q)^t against e^(-qt); their difference is at most t * q^2 / 2 * e^(-q(t - 1)), which is
 * largest at t = 1/q and below q / 2 for 0 < q <= 1.
 */
export function largestLead({ firstIssue }: Schedule): bigint {
  return ceilDiv(firstIssue, 2n);
}

/** The rounding of {@link nextIssue} can make S lag behind exact arithmetic by less than this after `periods`. */
export function largestLag(periods: bigint): bigint {
  return periods;
}

/** e^(-numerator/denominator) times 2^256, with an error below 2^-200 of one. For numerator/denominator below 2^32. */
export function expOfMinus(numerator: bigint, denominator: bigint): bigint {
  // e^-x = (e^-y)^(2^k) with y = x / 2^k < 1: the series converges at once, k squarings undo the division.
  const x = (numerator << FIXED_BITS) / denominator;
  let halvings = 0n;
  while (x >> halvings >= ONE) halvings++;
  const y = x >> halvings;
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; term !== 0n; n++) {
    term = (term * y) / ONE / n;
    sum += n % 2n === 0n ? term : -term;
  }
  for (let i = 0n; i < halvings; i++) sum = (sum * sum) / ONE;
  return sum;
}

function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
