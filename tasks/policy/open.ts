import { getAddress } from "ethers";

import type { Chain } from "../lib/chain";
import { contractTerms, takeovers } from "./arrangements";
import type { Named } from "./files";

/** An arrangement as it stands. Amounts in base units, times in periods. */
export interface StandingArrangement {
  readonly index: bigint;
  readonly miner: string;
  readonly operator: string;
  readonly kfragHash: string;
  readonly collateral: bigint;
  readonly start: bigint;
  readonly stop: bigint;
  readonly end: bigint;
  readonly open: boolean;
  readonly handedOff: boolean;
  readonly convicted: boolean;
}

/** All arrangements of a policy that was created, in order of index, those that took over too. */
export async function standings(
  chain: Chain,
  { id, terms }: Pick<Named, "id" | "terms">,
): Promise<StandingArrangement[]> {
  const indices = [
    ...terms.arrangements.map((_, i) => BigInt(i)),
    ...(await takeovers(chain, id)).map(({ newIndex }) => newIndex),
  ];
  const found: StandingArrangement[] = [];
  for (const index of indices) {
    const one = await chain.policies.standingOf(contractTerms(terms), index);
    const { kfragHash, collateral, start, stop, end, open, handedOff, convicted } = one;
    const [miner, operator] = [getAddress(one.miner), getAddress(one.operator)];
    found.push({ index, miner, operator, kfragHash, collateral, start, stop, end, open, handedOff, convicted });
  }
  return found;
}

/** Those that are open. */
export const openArrangements = async (
  chain: Chain,
  policy: Pick<Named, "id" | "terms">,
): Promise<StandingArrangement[]> => (await standings(chain, policy)).filter(({ open }) => open);
