import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { tell } from "./ask";
import { type Chain, openChain } from "./chain";
import { plain } from "./files";

export interface LookOptions {
  /** Print JSON and nothing else. */
  readonly json?: boolean;
}

/** What was found: for people and for programs. */
export interface Finding {
  /** Lines; a table is one. */
  readonly words: readonly string[];
  readonly result: object;
}

/** Looks at the chain. Sends nothing. */
export type Looker<Args> = (chain: Chain, args: Args) => Promise<Finding>;

/** Looks, and prints what was found. @returns the result */
export async function look<Args extends LookOptions>(
  hre: HardhatRuntimeEnvironment,
  args: Args,
  looker: Looker<Args>,
): Promise<object> {
  const { words, result } = await looker(await openChain(hre), args);
  if (args.json) tell(JSON.stringify(plain(result), undefined, 2));
  else for (const line of words) tell(line);
  return result;
}
