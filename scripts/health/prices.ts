import { local } from "../../deploy/parameters/local";
import { healthShare, nextIssue } from "../../test/models/issuance";
import { paceFor } from "./pace";
import type { Gas } from "./system";

export const totalOf = (gas: Gas): number => Object.values(gas).reduce((sum, part) => sum + part, 0);

/** Sizes of networks in the table of costs, and how many miners each is measured with: a round's gas is its voters'. */
export const SIZES = [
  { miners: 10, measured: 10 },
  { miners: 100, measured: 100 },
  { miners: 1_000, measured: 1_000 },
  { miners: 10_000, measured: 1_000 },
];

/** A miner's part of a day's rounds, gas. */
export const gasPerMinerDay = (round: number, miners: number): number => (round * paceFor(miners)) / miners;

/** What the stated gas price makes of it. */
export const GAS_PRICE_GWEI = 10;
export const inEther = (gas: number): number => gas * GAS_PRICE_GWEI * 1e-9;

/** What a miner with an equal part of all stake can earn in a network's first period, NKMS: by health votes, by stake. */
export function earningsPerDay(miners: number): { health: number; stake: number } {
  const issue = nextIssue({ ...local, ...local.escrow }, local.initialSupply);
  const health = healthShare(issue, local.escrow.healthPpm);
  const each = (amount: bigint): number => Number(amount) / 1e18 / miners;
  return { health: each(health), stake: each(issue - health) };
}
