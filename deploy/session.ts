import type { EIP1193Provider } from "@nomicfoundation/ignition-core";
import { getAddress } from "ethers";
import type { Artifacts } from "hardhat/types";

import { type AddressBook, bookFile, readAddressBook } from "./addressBook";
import { checkDeployment, findingsInWords } from "./check";
import { Compilations } from "./compiled";
import { type Deployer, carryOut, findDeployment, forgetChain, isGoneChain } from "./deployment";
import { fromEnvironment } from "./environment";
import { DeployError } from "./errors";
import { Journal } from "./journal";
import { readKeystore, unlock } from "./keystore";
import { type NetworkDefinition, hasUrl, isPublic } from "./networks";
import { checkBalance, plan, planInWords } from "./plan";
import { askYesNo } from "./prompt";
import { Chain, checkChain } from "./provider";
import { type Workshop, rehearse } from "./rehearsal";
import { Etherscan } from "./verify/etherscan";
import type { Explorer } from "./verify/explorer";
import { Sourcify } from "./verify/sourcify";
import { verifyDeployment } from "./verify/verify";

/** How the deployer wants it. */
export interface DeployWishes {
  /** Plan and rehearse only. */
  dryRun: boolean;
  /** Don't ask. */
  yes: boolean;
  /** File with the deployer's key; absent: an account of the node's own. */
  keystore: string | undefined;
}

/** Any account will do to rehearse without a node: Hardhat's first. */
const NOBODY = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/**
 * From the plan to the address book, with a line for people at each turn.
 * @returns the address book, unless nothing was to be deployed
 */
export async function runDeployment(
  workshop: Workshop,
  network: NetworkDefinition,
  node: EIP1193Provider,
  wishes: DeployWishes,
  print: (line: string) => void,
): Promise<AddressBook | undefined> {
  if (network.name === "hardhat" || (wishes.dryRun && !hasUrl(network)))
    return rehearseUnseen(workshop, network, print);
  const chain = new Chain(node);
  await checkChain(chain, network);
  if (await isGoneChain(chain, network)) {
    if (wishes.dryRun) return rehearseUnseen(workshop, network, print);
    forgetChain(network);
    print("Another chain runs here now: forgot what was deployed before.");
  }
  const book = await findDeployment(chain, network);
  if (book) {
    print(`Nothing to do: ${network.name} has been deployed, and the code is there.`);
    return book;
  }

  const keystore = wishes.keystore === undefined ? undefined : readKeystore(wishes.keystore);
  const account = keystore?.address ?? (await nodesAccount(chain, network));
  const made = await plan(workshop, network, chain, account, new Journal(network.chainId));
  print(planInWords(made));
  if (wishes.dryRun) {
    print("Rehearsed on an embedded chain with these parameters; nothing was sent.");
    return undefined;
  }
  checkBalance(made);
  if (!wishes.yes && !(await askYesNo("Deploy?"))) {
    print("Nothing was sent.");
    return undefined;
  }
  const deployer: Deployer = keystore ? { wallet: await unlock(keystore) } : { account };
  print("Deploying. If it stops, run it again: it goes on where it was.");
  const done = await carryOut(workshop, network, node, deployer);
  print(`Deployed and wired. The address book is ${bookFile(network.chainId)}:`);
  for (const [name, { address }] of Object.entries(done.contracts)) print(`  ${name.padEnd(16)} ${address}`);
  const next = isPublic(network) ? ", then network verify" : "";
  print(`Next: npx hardhat network check --network ${network.name}${next}.`);
  return done;
}

/**
 * Compares the chain with what was deployed.
 * @returns whether all is as it should be
 */
export async function runCheck(
  artifacts: Artifacts,
  network: NetworkDefinition,
  node: EIP1193Provider,
  print: (line: string) => void,
): Promise<boolean> {
  const chain = new Chain(node);
  await checkChain(chain, network);
  const findings = await checkDeployment(new Compilations(artifacts), network, chain, readAddressBook(network.chainId));
  findingsInWords(findings).forEach(print);
  return findings.differences.length === 0;
}

/**
 * Shows the deployment to every explorer that there is a way to. `NKMS_ETHERSCAN_URL` and `NKMS_SOURCIFY_URL` are for
 * others that speak the same.
 * @param only a contract's name; undefined: all
 * @throws {DeployError} `OTHER_CHAIN` for a chain that only this machine knows; as {@link verifyDeployment}
 */
export async function runVerification(
  artifacts: Artifacts,
  network: NetworkDefinition,
  only: string | undefined,
  print: (line: string) => void,
): Promise<void> {
  const key = fromEnvironment("NKMS_ETHERSCAN_KEY");
  const sourcify = fromEnvironment("NKMS_SOURCIFY_URL");
  if (!isPublic(network) && sourcify === undefined) {
    throw new DeployError(
      "OTHER_CHAIN",
      "--network",
      "a chain that explorers know, or NKMS_SOURCIFY_URL",
      network.name,
    );
  }
  const explorers: Explorer[] = [new Sourcify(sourcify)];
  if (key === undefined) print("Not shown to Etherscan: NKMS_ETHERSCAN_KEY isn't set.");
  else explorers.unshift(new Etherscan(key, fromEnvironment("NKMS_ETHERSCAN_URL")));
  print("Explorers compile each contract, and are asked again while they don't answer: it can take minutes.");
  await verifyDeployment(new Compilations(artifacts), readAddressBook(network.chainId), explorers, only, print);
}

async function rehearseUnseen(
  workshop: Workshop,
  network: NetworkDefinition,
  print: (line: string) => void,
): Promise<undefined> {
  const steps = await rehearse(workshop, network, NOBODY, 0);
  const gas = steps.reduce((sum, step) => sum + step.gas, 0n);
  const planned = steps.map((step, nonce) => ({ ...step, nonce, done: false }));
  print(planInWords({ network, deployer: NOBODY, steps: planned, gas }));
  print("Rehearsed on an embedded chain, with an account of nobody's; nothing was sent.");
  if (!hasUrl(network)) print(`Set ${network.urlVariable} to plan with your own.`);
}

async function nodesAccount(chain: Chain, network: NetworkDefinition): Promise<string> {
  const [account] = await chain.accounts();
  if (account !== undefined) return getAddress(account);
  throw new DeployError("KEYSTORE", `key for ${network.name}`, "--keystore or NKMS_KEYSTORE", "neither");
}
