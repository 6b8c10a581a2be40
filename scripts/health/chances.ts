/** P(X = 0), P(X = 1) ... of a binomial variable, as far as it counts. */
export function binomial(trials: number, probability: number): number[] {
  const mean = trials * probability;
  const most = Math.min(trials, Math.ceil(mean + 12 * Math.sqrt(mean) + 20));
  const chances: number[] = [];
  let chance = Math.exp(trials * Math.log1p(-probability));
  for (let i = 0; i <= most; i++) {
    chances.push(chance);
    chance *= ((trials - i) / (i + 1)) * (probability / (1 - probability));
  }
  return chances;
}

/**
 * The chance that a group of seats has more than half of a committee, which is more than half of max(n, seats shown).
 * @param wanted n. @param seats W. @param group share of the seats in the group. @param others share of the others that vote.
 */
export function majorityChance(wanted: number, seats: number, group: number, others: number): number {
  const own = binomial(Math.round(seats * group), wanted / seats);
  const rest = binomial(Math.round(seats * others), wanted / seats);
  let chance = 0;
  for (const [a, p] of own.entries()) {
    for (const [b, q] of rest.entries()) if (2 * a > Math.max(wanted, a + b)) chance += p * q;
  }
  return chance;
}
