import {
  type DeploymentResult,
  DeploymentResultType,
  type EIP1193Provider,
  type SuccessfulDeploymentResult,
  deploy,
} from "@nomicfoundation/ignition-core";
import { type Wallet, getAddress, keccak256 } from "ethers";

import {
  type AddressBook,
  type BookEntry,
  findAddressBook,
  forgetAddressBook,
  toJson,
  writeAddressBook,
} from "./addressBook";
import { DeployError } from "./errors";
import { Journal } from "./journal";
import { nkmsModule } from "./modules/nkms";
import type { NetworkDefinition } from "./networks";
import { Outbox } from "./outbox";
import { Chain } from "./provider";
import { type Workshop, resolverOf } from "./rehearsal";
import { stepsOf } from "./steps";

/** Whoever deploys: a key of ours, or an account of the node's own. */
export type Deployer = { wallet: Wallet } | { account: string };

export const addressOf = (deployer: Deployer): string =>
  "wallet" in deployer ? deployer.wallet.address : getAddress(deployer.account);

/**
 * Whether the whole network is deployed, by its address book and the code on chain.
 * @throws {DeployError} `NOT_ON_CHAIN` when the two contradict each other
 */
export async function findDeployment(chain: Chain, network: NetworkDefinition): Promise<AddressBook | undefined> {
  const book = findAddressBook(network.chainId);
  if (!book) return undefined;
  for (const [name, { address, codeHash }] of Object.entries(book.contracts)) {
    const found = keccak256(await chain.code(address));
    if (found === codeHash) continue;
    throw new DeployError("NOT_ON_CHAIN", `${name} at ${address}`, `code with hash ${codeHash}`, found);
  }
  return book;
}

/** Whether what is written down is of an earlier chain: a development node's ends with it. */
export async function isGoneChain(chain: Chain, { name, chainId }: NetworkDefinition): Promise<boolean> {
  if (name !== "localhost") return false;
  const journal = new Journal(chainId);
  const [entry] = Object.values(findAddressBook(chainId)?.contracts ?? {});
  if (!entry && !journal.exists) return false;
  // Neither the first contract nor, in an interrupted deployment, any transaction of the journal is known.
  return entry ? (await chain.code(entry.address)) === "0x" : !(await knowsAny(chain, journal));
}

/** Forgets all that is written down of a chain. */
export function forgetChain({ chainId }: NetworkDefinition): void {
  new Journal(chainId).forget();
  forgetAddressBook(chainId);
}

async function knowsAny(chain: Chain, journal: Journal): Promise<boolean> {
  const sent = await journal.transactions();
  for (const { txHash } of sent) if (await chain.transaction(txHash)) return true;
  return sent.length === 0;
}

/** Milliseconds between two looks at the chain. */
const pollEvery = ({ name, blockSeconds }: NetworkDefinition): number =>
  name === "localhost" ? 20 : Math.min(1_000, Number(blockSeconds) * 250);

/**
 * Deploys what is left, wires it and writes the address book. Interrupt it wherever you like: called again, it goes on
 * and comes to the same addresses.
 * @throws {DeployError} `STOPPED`
 */
export async function carryOut(
  { artifacts }: Pick<Workshop, "artifacts">,
  network: NetworkDefinition,
  node: EIP1193Provider,
  deployer: Deployer,
): Promise<AddressBook> {
  const { confirmations, parameters } = network;
  const journal = new Journal(network.chainId);
  const from = addressOf(deployer);
  const provider = "wallet" in deployer ? new Outbox(node, network.chainId, deployer.wallet, journal.signedFile) : node;
  const artifactResolver = resolverOf(artifacts);
  const blockPollingInterval = pollEvery(network);

  journal.open();
  await journal.recover(node, from);
  await journal.wipeFailed();
  await confirmed(new Chain(node), from, confirmations, blockPollingInterval);
  const result = await deploy({
    // Dearer every three minutes, until it is mined: twenty times ten per cent is more than sixfold.
    config: { requiredConfirmations: confirmations, blockPollingInterval, maxFeeBumps: 20 },
    artifactResolver,
    provider,
    deploymentDir: journal.folder,
    ignitionModule: nkmsModule(parameters),
    deploymentParameters: {},
    accounts: [from],
    defaultSender: from,
  }).catch((cause: unknown) => {
    throw stopped(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) throw failure(result);

  const book = await compileBook(new Chain(node), network, journal);
  writeAddressBook(book);
  return book;
}

/** Says what Ignition says. */
function failure(result: Exclude<DeploymentResult, SuccessfulDeploymentResult>): DeployError {
  switch (result.type) {
    case DeploymentResultType.EXECUTION_ERROR: {
      const failed = result.failed.map(({ futureId, error }) => `${futureId}: ${error}`);
      const timedOut = result.timedOut.map(({ futureId }) => `${futureId}: not mined in time`);
      return stopped([...failed, ...timedOut].join("; "));
    }
    case DeploymentResultType.RECONCILIATION_ERROR:
      return new DeployError(
        "BAD_PARAMETER",
        "parameters and contracts",
        "what they were when the deployment began",
        allOf(result.errors),
      );
    default:
      return stopped(allOf(result.errors));
  }
}

const allOf = (errors: Record<string, string[]>): string =>
  Object.entries(errors)
    .map(([id, each]) => `${id}: ${each.join(", ")}`)
    .join("; ");

const stopped = (why: string, options?: ErrorOptions): DeployError =>
  new DeployError("STOPPED", "deployment", "to reach its end; run it again to go on", why, options);

/** Waits until the last transaction of the account has its confirmations: Ignition refuses to begin before. */
async function confirmed(chain: Chain, account: string, confirmations: number, pollMs: number): Promise<void> {
  for (;;) {
    const block = (await chain.blockNumber()) - confirmations + 1;
    const sent = await chain.nonce(account, "pending");
    if (sent === (block < 0 ? 0 : await chain.nonce(account, block))) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Reads from journal and chain what the address book says. */
async function compileBook(chain: Chain, network: NetworkDefinition, journal: Journal): Promise<AddressBook> {
  const transactions = await journal.transactions();
  const contracts: AddressBook["contracts"] = {};
  let last = 0;
  for (const { contract, deploys } of stepsOf(network.parameters)) {
    if (!deploys) continue;
    const made = transactions.find(({ name, address }) => name === contract && address !== undefined);
    const receipt = made && (await chain.receipt(made.txHash));
    if (!made?.address || !receipt) {
      throw new DeployError("NO_TRANSACTION", contract, "a transaction that deployed it", "none");
    }
    const entry: BookEntry = {
      address: getAddress(made.address),
      constructorArguments: "params" in made ? (made.params ?? []).map(toJson) : [],
      transaction: made.txHash,
      block: receipt.block,
      codeHash: keccak256(await chain.code(made.address)),
      verified: {},
    };
    contracts[contract] = entry;
    last = Math.max(last, receipt.block);
  }
  const { timestamp } = await chain.block(last);
  const deployedAt = new Date(Number(timestamp) * 1_000).toISOString();
  return { chainId: network.chainId, network: network.name, deployedAt, contracts };
}
