/**
 * S after `periods` issuing periods by the closed form of whitepaper eq. 32 in whole periods,
 * S_max - (S_max - S(0)) (1 - s0 / (S_max - S(0)))^periods, rounded down. All in base units.
 * The chain rounds every period's issue down, so it is behind by less than one base unit a period.
 */
export function closedFormSupply(initial: bigint, max: bigint, firstIssue: bigint, periods: bigint): bigint {
  const range = max - initial;
  return max - (range * (range - firstIssue) ** periods) / range ** periods;
}

/** The same in continuous time, eq. 31: S_max - (S_max - S(0)) e^(-t s0 / (S_max - S(0))), to about 15 digits. */
export function continuousSupply(initial: bigint, max: bigint, firstIssue: bigint, periods: bigint): number {
  const range = Number(max - initial);
  return Number(max) - range * Math.exp((-Number(periods) * Number(firstIssue)) / range);
}
