import type { ContractTransaction } from "ethers";

import type { Chain } from "./chain";
import type { Sender } from "./keys";

/** One transaction: what is called with what. */
export interface Call {
  readonly to: string;
  /** Wei. */
  readonly value: bigint;
  readonly data: string;
  /** Base units that the called contract takes by an approval that comes before this call; undefined: none. */
  readonly takes?: bigint;
}

/** What a task is going to do. Making one sends nothing. */
export interface Plan {
  /** What will happen, a sentence each. */
  readonly words: readonly string[];
  /** In order. */
  readonly calls: readonly Call[];
}

/** Who acts, and where. */
export interface Scene {
  readonly chain: Chain;
  readonly sender: Sender;
}

/** Makes the plan of a task from its arguments. Refuses what can't be meant. */
export type Planner<Args> = (scene: Scene, args: Args) => Promise<Plan>;

/**
 * A call from what ethers makes of a contract's method.
 * @example await call(escrow.claim.populateTransaction());
 */
export async function call(transaction: Promise<ContractTransaction>): Promise<Call> {
  const { to, data, value } = await transaction;
  return { to, data, value: value ?? 0n };
}
