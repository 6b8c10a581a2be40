/** Chances of committees, exact but for the last digits of doubles: relative errors stay below 10^-9. */

/** A distribution of whole numbers: `chances[i]` is P(X = from + i); what is left out is below 10^-60 of the largest. */
export interface Distribution {
  from: number;
  chances: Float64Array;
}

const NEGLIGIBLE = 1e-60;

/** How many of `trials` succeed, each with this probability. */
export function binomial(trials: number, probability: number): Distribution {
  if (trials === 0 || probability <= 0) return { from: 0, chances: Float64Array.of(1) };
  if (probability >= 1) return { from: trials, chances: Float64Array.of(1) };
  const mode = Math.floor((trials + 1) * probability);
  const odds = probability / (1 - probability);
  const [below, above]: [number[], number[]] = [[], []];
  for (let i = mode, share = 1; i > 0 && share > NEGLIGIBLE; i--) {
    share *= i / ((trials - i + 1) * odds);
    below.push(share);
  }
  for (let i = mode, share = 1; i < trials && share > NEGLIGIBLE; i++) {
    share *= ((trials - i) / (i + 1)) * odds;
    above.push(share);
  }
  const shares = [...below.reverse(), 1, ...above];
  const whole = [...shares].sort((a, b) => a - b).reduce((sum, share) => sum + share, 0);
  return { from: mode - below.length, chances: Float64Array.from(shares, (share) => share / whole) };
}

/** P(X >= least). */
export function atLeast({ from, chances }: Distribution, least: number): number {
  let sum = 0;
  for (let i = chances.length - 1; i >= Math.max(0, least - from); i--) sum += chances[i] ?? 0;
  return Math.min(sum, 1);
}

/** P(X < limit). */
export function below({ from, chances }: Distribution, limit: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(chances.length, limit - from); i++) sum += chances[i] ?? 0;
  return Math.min(sum, 1);
}

/** The least x with P(X <= x) >= share. */
export function quantile({ from, chances }: Distribution, share: number): number {
  let sum = 0;
  for (const [i, chance] of chances.entries()) if ((sum += chance) >= share) return from + i;
  return from + chances.length - 1;
}

/** A committee: of `seats` (W) each votes with the chance `wanted` (n) / W. */
export interface Committee {
  wanted: number;
  seats: number;
}

const drawn = ({ wanted, seats }: Committee, share: number): Distribution =>
  binomial(Math.round(seats * share), wanted / seats);

/** That seats with this share of all convict whom they like while nobody else votes: more than n/2 of them are drawn. */
export function convictsInSilence(committee: Committee, share: number): number {
  return atLeast(drawn(committee, share), Math.floor(committee.wanted / 2) + 1);
}

/** That they do though all others vote against it: they are more than half of max(n, all that are drawn). */
export function convictsAgainstAll(committee: Committee, share: number): number {
  const own = drawn(committee, share);
  const others = binomial(committee.seats - Math.round(committee.seats * share), committee.wanted / committee.seats);
  let chance = 0;
  for (const [i, p] of own.chances.entries()) {
    const x = own.from + i;
    if (2 * x > committee.wanted) chance += p * below(others, x);
  }
  return chance;
}

/** That a round in which this share of the seats votes, for one seed, is not void: at least n/2 are drawn. */
export function decides(committee: Committee, share: number): number {
  return atLeast(drawn(committee, share), Math.ceil(committee.wanted / 2));
}

/** That it convicts whom all of them name. */
export const convictsTogether = convictsInSilence;

/**
 * The most that a voter who doesn't look gets on average in a round with an unhealthy target and a healthy one, as a part
 * of what an honest one with as many seats gets, if it has nothing to lose: max over j and m of E[max(J, 0)], j of k targets
 * named at random and m unhealthy. The mean of J itself is 0, whatever j and m.
 */
export function blindBound(targets: number): number {
  let most = 0;
  for (let sick = 1; sick < targets; sick++) {
    for (let named = 1; named < targets; named++) most = Math.max(most, blindGain(targets, sick, named).gain);
  }
  return most;
}

/**
 * E[J] and E[max(J, 0)] if `sick` of `targets` are unhealthy and `named` are named at random, of those that aren't excused.
 * @param excused so many are known to be healthy: they were paused when the round opened
 */
export function blindGain(targets: number, sick: number, named: number, excused = 0): { mean: number; gain: number } {
  const open = targets - excused;
  let [mean, gain] = [0, 0];
  for (let hits = Math.max(0, named - (open - sick)); hits <= Math.min(named, sick); hits++) {
    const chance = hits === 0 && named === 0 ? 1 : hypergeometric(open, sick, named, hits);
    const score = hits / sick - (named - hits) / (targets - sick);
    mean += chance * score;
    gain += chance * Math.max(score, 0);
  }
  return { mean, gain };
}

function hypergeometric(all: number, marked: number, taken: number, hits: number): number {
  return Math.exp(choices(marked, hits) + choices(all - marked, taken - hits) - choices(all, taken));
}

/** log n!, for n up to the most targets there can be. */
const logFactorials = ((): Float64Array => {
  const table = new Float64Array(4_097);
  for (let i = 1; i < table.length; i++) table[i] = (table[i - 1] ?? 0) + Math.log(i);
  return table;
})();

/** The logarithm of how many ways there are to take `k` of `n`. */
const choices = (n: number, k: number): number =>
  (logFactorials[n] ?? 0) - (logFactorials[k] ?? 0) - (logFactorials[n - k] ?? 0);
