import { local } from "./local";
import type { NetworkParameters } from "./types";
import { ether, nkms } from "./units";

/**
 * Sepolia, chain 11155111: what a public network would have, on test ether. A block comes every 12 seconds, as in
 * {@link local}, so that durations counted in blocks are the same.
 */
export const sepolia: NetworkParameters = {
  ...local,
  escrow: {
    ...local.escrow,
    minEarning: nkms("100,000"), // a handful of miners is enough for periods to issue
  },
  challenges: {
    ...local.challenges,
    bond: ether("0.01"), // test ether is hard to get
  },
};
