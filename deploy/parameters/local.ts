import type { NetworkParameters } from "./types";
import { days, ether, nkms } from "./units";

/** For an embedded chain or a development node: one-day periods, the amounts that a public network would have. */
export const local: NetworkParameters = {
  initialSupply: nkms("1,000,000,000"),
  maxSupply: nkms("4,000,000,000"),
  escrow: {
    period: days(1),
    firstIssue: nkms("1,000,000"), // falls by e in 3,000 days, by half in 2,079
    healthPpm: 100_000n, // 10 %
    minEarning: nkms("1,000,000"), // 0.1 % of the initial supply
    minStake: nkms("16,000"), // a seat is 1,000 NKMS
    shortestLock: 30n,
    longestLock: 1_460n, // four years
    vesting: 2n,
    maxCatchUp: 64n,
  },
  policies: {
    window: 7n,
    minCollateral: nkms("1"),
    floorPercent: 50n,
    leakPercent: 5n,
    finderPercent: 20n,
  },
  challenges: {
    bond: ether("0.05"),
    minAge: 5n, // one minute at 12 s a block
    maxAge: 7_200n, // one day
  },
  health: {
    minSeats: 64n,
    gap: 10n,
    seedBlocks: 50n, // ten minutes at 12 s a block
    commitBlocks: 100n,
    revealBlocks: 50n,
    ring: 64n,
  },
};
