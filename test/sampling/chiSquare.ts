/** Pearson's chi-square test: were these counts drawn with those probabilities? And what it can and can't see. */

/** ln of the gamma function, for z > 0 (Lanczos, relative error below 1e-14). */
function lnGamma(z: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const x = z - 1;
  const sum = coefficients.reduce((all, c, i) => all + c / (x + i + 1), 0.9999999999998099);
  const t = x + 7.5;
  return Math.log(2 * Math.PI) / 2 + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The share of the gamma distribution with shape a above x. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; ++n) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  // Lentz's continued fraction.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1, change = 0; Math.abs(change - 1) > 1e-15 && n < 10_000; ++n) {
    b += 2;
    d = 1 / (n * (a - n) * d + b);
    c = b + (n * (a - n)) / c;
    change = c * d;
    fraction *= change;
  }
  return front * fraction;
}

/** The chance of a chi-square above `statistic` with so many degrees of freedom. */
export function tail(statistic: number, freedom: number): number {
  return upperGamma(freedom / 2, statistic / 2);
}

/** Where `falling`, which falls from above `target` at 0, reaches it. */
function solve(falling: (x: number) => number, target: number): number {
  let high = 1;
  while (falling(high) > target) high *= 2;
  let low = 0;
  for (let i = 0; i < 100; ++i) {
    const middle = (low + high) / 2;
    if (falling(middle) > target) low = middle;
    else high = middle;
  }
  return high;
}

/** The statistic that chance alone exceeds with probability `falseAlarm`. */
export function critical(freedom: number, falseAlarm: number): number {
  return solve((x) => tail(x, freedom), falseAlarm);
}

/**
 * The chance that the test rejects draws whose true probabilities differ.
 * @param lambda {@link noncentrality}
 */
export function power(freedom: number, falseAlarm: number, lambda: number): number {
  const limit = critical(freedom, falseAlarm);
  let sum = 0;
  // Poisson(lambda / 2) over the extra degrees of freedom, out to twelve standard deviations.
  const mean = lambda / 2;
  const reach = 12 * Math.sqrt(mean) + 12;
  for (let j = Math.max(0, Math.floor(mean - reach)); j <= mean + reach; ++j) {
    const weight = Math.exp(-mean + (j === 0 ? 0 : j * Math.log(mean)) - lnGamma(j + 1));
    sum += weight * tail(limit, freedom + 2 * j);
  }
  return sum;
}

/** How far apart two distributions are for the test: draws * sum of (other - expected)^2 / expected. */
export function noncentrality(
  draws: number,
  expected: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): number {
  let sum = 0;
  for (const [cell, p] of expected) sum += ((other.get(cell) ?? 0) - p) ** 2 / p;
  return draws * sum;
}

/**
 * The smallest skew that so many draws show with probability `seen`: the least s for which outcomes that together have
 * probability 1/2, coming (1 + s) times as often as they should and the others (1 - s) times, are rejected that surely.
 */
export function smallestSkew(draws: number, freedom: number, falseAlarm: number, seen: number): number {
  return Math.sqrt(solve((lambda) => 1 - power(freedom, falseAlarm, lambda), 1 - seen) / draws);
}

/** What the test says. */
export interface Verdict {
  /** Infinite if something was drawn that can't be. */
  statistic: number;
  freedom: number;
  /** The chance of such a statistic or a larger one if the probabilities are right. */
  p: number;
}

/** Compares counts with probabilities. Every expected count must be 5 or more, or the statistic isn't chi-square. */
export function chiSquare(counts: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): Verdict {
  const draws = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let statistic = [...counts.keys()].every((cell) => expected.has(cell)) ? 0 : Infinity;
  for (const [cell, p] of expected) {
    if (draws * p < 5) throw new Error(`draws: expected 5 or more of "${cell}" on average, got ${draws * p}`);
    statistic += ((counts.get(cell) ?? 0) - draws * p) ** 2 / (draws * p);
  }
  const freedom = expected.size - 1;
  return { statistic, freedom, p: statistic === Infinity ? 0 : tail(statistic, freedom) };
}
