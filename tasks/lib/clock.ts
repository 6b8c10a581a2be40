import { toBeHex } from "ethers";

import type { Chain } from "./chain";
import { momentOf } from "./dates";
import { TaskError } from "./errors";
import type { Finding } from "./look";

/** Moves the clock of a local chain to the start of a later period. */
export async function pass(chain: Chain, args: { periods: bigint }): Promise<Finding> {
  const { provider, local, network, now, timestamp, calendar } = chain;
  if (!local) throw new TaskError("OTHER_CHAIN", "network", "hardhat or localhost, whose clock can be moved", network);
  const period = now + args.periods;
  const start = period * calendar.secondsPerPeriod;
  if (start > timestamp) {
    await provider.send("evm_increaseTime", [toBeHex(start - timestamp)]);
    await provider.send("evm_mine", []);
  }
  const result = { period, timestamp: start > timestamp ? start : timestamp };
  return { result, words: [`It is ${momentOf(result.timestamp)} now, period ${period}.`] };
}
