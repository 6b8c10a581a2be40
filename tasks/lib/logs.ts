import type { Filter, Log } from "ethers";

import type { Chain } from "./chain";

/** What is asked for: an address, topics. */
export type Wanted = Pick<Filter, "address" | "topics">;

/**
 * All logs from a block on, in order. Where a node refuses so many blocks at once they are asked for in halves.
 * @throws what the node says about a single block
 */
export async function logsOf(chain: Chain, wanted: Wanted, fromBlock: number): Promise<Log[]> {
  return between(chain, wanted, fromBlock, await chain.provider.getBlockNumber());
}

async function between(chain: Chain, wanted: Wanted, fromBlock: number, toBlock: number): Promise<Log[]> {
  if (fromBlock > toBlock) return [];
  try {
    return await chain.provider.getLogs({ ...wanted, fromBlock, toBlock });
  } catch (thrown) {
    if (fromBlock === toBlock) throw thrown;
    const middle = fromBlock + Math.floor((toBlock - fromBlock) / 2);
    const first = await between(chain, wanted, fromBlock, middle);
    return [...first, ...(await between(chain, wanted, middle + 1, toBlock))];
  }
}
