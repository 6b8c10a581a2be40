import { local } from "../../deploy/parameters/local";

/** The default parameters as doubles: amounts in NKMS, the bond in ether, shares as fractions, times in periods. */
const units = (amount: bigint): number => Number(amount) / 1e18;

export const DEFAULTS = {
  initialSupply: units(local.initialSupply),
  maxSupply: units(local.maxSupply),
  firstIssue: units(local.escrow.firstIssue),
  healthShare: Number(local.escrow.healthPpm) / 1e6,
  minStake: units(local.escrow.minStake),
  shortestLock: Number(local.escrow.shortestLock),
  longestLock: Number(local.escrow.longestLock),
  vesting: Number(local.escrow.vesting),
  window: Number(local.policies.window),
  /** φ. */
  floor: Number(local.policies.floorPercent) / 100,
  /** α. */
  leakShare: Number(local.policies.leakPercent) / 100,
  finderShare: Number(local.policies.finderPercent) / 100,
  bond: units(local.challenges.bond),
  minSeats: Number(local.health.minSeats),
} as const;

export type Economy = typeof DEFAULTS;

/** The arrangement of the examples: T, rate and c, the largest that a miner accepts unless it says otherwise (c = f). */
export const EXAMPLE = { periods: 30, rate: 10, collateral: 300 } as const;

export interface Deal {
  periods: number;
  rate: number;
  collateral: number;
}

export const feeOf = ({ periods, rate }: Deal): number => periods * rate;

/** Stake that earns, where an example needs it: 30 % of the initial supply. */
export const STAKED = 0.3 * DEFAULTS.initialSupply;
