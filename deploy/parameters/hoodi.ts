import type { NetworkParameters } from "./types";
import { blocksOf, ether, hours, minutes, nkms, percentInPpm, periods } from "./units";

const blocks = blocksOf(12n);

/**
 * Hoodi, chain 560048: the same network at 24 times the speed, for trying a miner's whole life in days. A period is an
 * hour, the shortest that there can be.
 */
export const hoodi: NetworkParameters = {
  initialSupply: nkms("1,000,000,000"),
  maxSupply: nkms("4,000,000,000"),
  escrow: {
    period: hours(1),
    firstIssue: nkms("40,000"), // as much a day as elsewhere, nearly; falls by half in 2,166 days
    healthPpm: percentInPpm(10),
    minEarning: nkms("100,000"),
    minStake: nkms("16,000"),
    shortestLock: periods(24), // a day
    longestLock: periods(720), // thirty days
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
    bond: ether("0.01"),
    minAge: blocks(minutes(1)),
    maxAge: blocks(hours(1)), // two of them, at 24 s a block, fit into seven hours
  },
  health: {
    minSeats: 64n,
    gap: blocks(minutes(1)),
    seedBlocks: blocks(minutes(5)),
    commitBlocks: blocks(minutes(10)),
    revealBlocks: blocks(minutes(5)),
    ring: 64n,
  },
};
