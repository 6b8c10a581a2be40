import { DEFAULTS, STAKED } from "./defaults";

/** Whitepaper eq 32: S(t) = S_max - (S_max - S(0)) e^(-t / τ), τ = (S_max - S(0)) / s0 periods. */
export function supplyAt(period: number): number {
  const { initialSupply, maxSupply, firstIssue } = DEFAULTS;
  const toIssue = maxSupply - initialSupply;
  return maxSupply - toIssue * Math.exp((-period * firstIssue) / toIssue);
}

/** Eq 31, the curve's slope: what is issued in a period, s0 e^(-t / τ). */
export function issueAt(period: number): number {
  const { initialSupply, maxSupply, firstIssue } = DEFAULTS;
  return firstIssue * Math.exp((-period * firstIssue) / (maxSupply - initialSupply));
}

/** The chain's form, a whole period at once: each mints (S_max - S) s0 / (S_max - S(0)). */
export function mintedSupply(periods: number): number {
  const { initialSupply, maxSupply, firstIssue } = DEFAULTS;
  // (S_max - S) falls by the same factor in each period.
  return maxSupply - (maxSupply - initialSupply) * (1 - firstIssue / (maxSupply - initialSupply)) ** periods;
}

/** Reward of `amount` locked from `from` for `periods`, if `staked` earns all the time. No lock earns more than another. */
export function rewardOf(amount: number, from: number, periods: number, staked = STAKED): number {
  let reward = 0;
  for (let p = from; p < from + periods; p++) {
    reward += ((mintedSupply(p + 1) - mintedSupply(p)) * (1 - DEFAULTS.healthShare) * amount) / staked;
  }
  return reward;
}
