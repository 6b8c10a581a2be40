import type { NetworkParameters } from "./types";
import { blocksOf, days, ether, minutes, nkms, percentInPpm, periods } from "./units";

const blocks = blocksOf(12n);

/** For an embedded chain or a development node: one-day periods, the amounts that a public network would have. */
export const local: NetworkParameters = {
  initialSupply: nkms("1,000,000,000"),
  maxSupply: nkms("4,000,000,000"),
  escrow: {
    period: days(1),
    firstIssue: nkms("1,000,000"), // falls by e in 3,000 days, by half in 2,079
    healthPpm: percentInPpm(10),
    minEarning: nkms("1,000,000"), // 0.1 % of the initial supply
    minStake: nkms("16,000"), // a seat is 1,000 NKMS
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
    maxAge: blocks(days(1)),
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
