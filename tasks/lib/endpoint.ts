import { AbiCoder, toUtf8String, Utf8ErrorFuncs } from "ethers";

import { type Chain, targetOf } from "./chain";

/** Where a miner's node answers, see {@link textIn}. Empty: nowhere. */
export async function endpointOf({ provider, blockTag, registry }: Chain, miner: string): Promise<string> {
  const data = registry.interface.encodeFunctionData("endpointOf", [miner]);
  return textIn(await provider.call({ to: targetOf(registry), data, blockTag }));
}

/**
 * The one string in these ABI-encoded bytes. A stranger wrote it, and the chain takes any bytes: what is no UTF-8 stands as
 * U+FFFD, and what would move a terminal's cursor or turn its lines around as `\u{1b}`.
 */
export function textIn(encoded: string): string {
  const [bytes] = AbiCoder.defaultAbiCoder().decode(["bytes"], encoded) as unknown as [string];
  const text = toUtf8String(bytes, Utf8ErrorFuncs.replace);
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
