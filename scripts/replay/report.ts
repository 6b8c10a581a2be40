import { formatEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { CONTRACTS, entryOf, readAddressBook } from "../../deploy/addressBook";
import { DeployError } from "../../deploy/errors";
import type { NetworkDefinition } from "../../deploy/networks";
import { Chain, checkChain } from "../../deploy/provider";
import { type ReplayContracts, type Replayed, replay } from "./replay";

/**
 * Replays a deployment by its address book, and prints what came of it.
 * @returns whether events and chain agree
 * @throws {DeployError} `NO_BOOK`, `NO_NETWORK`, `OTHER_CHAIN`, `NOT_ON_CHAIN`
 */
export async function runReplay(
  { ethers, network: { provider } }: HardhatRuntimeEnvironment,
  network: NetworkDefinition,
  print: (line: string) => void,
): Promise<boolean> {
  await checkChain(new Chain(provider), network);
  const book = readAddressBook(network.chainId);
  const { address } = entryOf(book, "NKMSToken");
  if ((await new Chain(provider).code(address)) === "0x") {
    throw new DeployError(
      "NOT_ON_CHAIN",
      `NKMSToken at ${address}`,
      "a contract; `network deploy` deploys one",
      "none",
    );
  }
  const addresses = CONTRACTS.map((name) => [name, entryOf(book, name).address]);
  const contracts = Object.fromEntries(addresses) as unknown as ReplayContracts;
  const found = await replay(ethers.provider, contracts, entryOf(book, "NKMSToken").block);
  replayInWords(found).forEach(print);
  return found.disagreements.length === 0;
}

/** What people read of it, a line each. */
function replayInWords({ block, events, compared, accounts, disagreements }: Replayed): string[] {
  return [
    `${events} events up to block ${block}; ${compared} values compared.`,
    ...accounts.map(({ contract, unit, owes, has }) => {
      const more = has > owes ? `, ${formatEther(has - owes)} of it nobody's` : "";
      return `  ${contract} owes ${formatEther(owes)} ${unit}, has ${formatEther(has)}${more}`;
    }),
    ...(disagreements.length === 0
      ? ["Events and chain agree."]
      : disagreements.map(({ what, byEvents, onChain }) => `  ${what}: ${byEvents} by events, ${onChain} on chain`)),
  ];
}
