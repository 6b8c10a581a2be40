import type { NetworkParameters } from "./types";
import { blocksOf, days, ether, hours, minutes, nkms, percentInPpm, periods } from "./units";

const blocks = blocksOf(2n);

/**
 * A rollup with a block every 2 seconds; the chain is Base Sepolia, 84532. For another one copy this file and give its
 * chain's id in `deploy/networks.ts`.
 *
 * Durations counted in blocks are six times as many as on Ethereum. One can't be the same: the contracts reckon with
 * blocks as slow as 24 s when they see to it that two ages of a commitment fit into the window, so that a window of a
 * week allows 12,600 blocks, here seven hours. Fees are a fraction of Ethereum's, so that the bond, which must deter, is
 * what it is there.
 *
 * Warning: who orders a rollup's blocks knows `prevrandao` some blocks ahead, for it is Ethereum's. Health votes trust
 * it not to open rounds at blocks of its choice.
 */
export const l2: NetworkParameters = {
  initialSupply: nkms("1,000,000,000"),
  maxSupply: nkms("4,000,000,000"),
  escrow: {
    period: days(1),
    firstIssue: nkms("1,000,000"), // falls by e in 3,000 days, by half in 2,079
    healthPpm: percentInPpm(10),
    minEarning: nkms("100,000"),
    minStake: nkms("16,000"),
    shortestLock: periods(30),
    longestLock: periods(1_460), // four years
    vesting: periods(2),
    maxCatchUp: periods(64),
  },
  policies: {
    window: periods(7),
    minCollateral: nkms("1"),
    floorPercent: 50n,
    leakPercent: 5n,
    finderPercent: 20n,
  },
  challenges: {
    bond: ether("0.05"),
    minAge: blocks(minutes(1)),
    maxAge: blocks(hours(6)),
  },
  health: {
    minSeats: 64n,
    gap: blocks(minutes(2)),
    seedBlocks: blocks(minutes(10)),
    commitBlocks: blocks(minutes(20)),
    revealBlocks: blocks(minutes(10)),
    ring: 64n,
  },
};
