import { DeploymentResultType, type EIP1193Provider, deploy } from "@nomicfoundation/ignition-core";
import { getAddress } from "ethers";
import { createProvider } from "hardhat/internal/core/providers/construction";
import type { Artifacts, HardhatConfig } from "hardhat/types";

import { DeployError } from "./errors";
import { nkmsModule } from "./modules/nkms";
import type { NetworkDefinition } from "./networks";
import { Chain } from "./provider";
import { type Step, stepsOf } from "./steps";

/** Compiled contracts, and what an embedded chain is made of: a `HardhatRuntimeEnvironment` fits. */
export interface Workshop {
  artifacts: Artifacts;
  config: HardhatConfig;
}

/** What a step took on the embedded chain. */
export interface Rehearsed extends Step {
  gas: bigint;
  /** The new contract's, for the deployer and the nonce that were given. */
  address?: string;
}

/** What Ignition asks of compiled contracts. Without build-infos: it would only copy them. */
export const resolverOf = (artifacts: Artifacts) => ({
  loadArtifact: (name: string) => artifacts.readArtifact(name),
  getBuildInfo: () => Promise.resolve(undefined),
});

/**
 * Deploys to an embedded chain with the network's parameters and chain id, as the given account with the given nonce: what
 * comes out is what the network would get, addresses included. Nothing leaves the process.
 * @throws {DeployError} `BAD_PARAMETER` when a constructor refuses a parameter
 */
export async function rehearse(
  { artifacts, config }: Workshop,
  network: NetworkDefinition,
  deployer: string,
  nonce: number,
): Promise<Rehearsed[]> {
  const provider = await embeddedChain(config, artifacts, network.chainId);
  const set = (method: string, ...params: string[]): Promise<unknown> => provider.request({ method, params });
  await set("hardhat_impersonateAccount", deployer);
  await set("hardhat_setBalance", deployer, "0xffffffffffffffffffffffff");
  await set("hardhat_setNonce", deployer, `0x${nonce.toString(16)}`);

  const result = await deploy({
    config: { requiredConfirmations: 1, blockPollingInterval: 1 },
    artifactResolver: resolverOf(artifacts),
    provider,
    ignitionModule: nkmsModule(network.parameters),
    deploymentParameters: {},
    accounts: [deployer],
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new DeployError("BAD_PARAMETER", `parameters of ${network.name}`, "ones that deploy", JSON.stringify(result));
  }
  return readSteps(new Chain(provider), stepsOf(network.parameters));
}

/** The one way to an embedded chain beside that of `--network`, and Hardhat's own for `hardhat node`. */
async function embeddedChain(config: HardhatConfig, artifacts: Artifacts, chainId: number): Promise<EIP1193Provider> {
  const hardhat = { ...config.networks.hardhat, chainId, loggingEnabled: false };
  return createProvider({ ...config, networks: { ...config.networks, hardhat } }, "hardhat", artifacts);
}

/** On the embedded chain every block has one transaction, every transaction is a step. */
async function readSteps(chain: Chain, steps: Step[]): Promise<Rehearsed[]> {
  const rehearsed: Rehearsed[] = [];
  for (const [i, step] of steps.entries()) {
    const [transaction] = (await chain.block(i + 1)).transactions;
    const receipt = transaction && (await chain.receipt(transaction.hash));
    if (!receipt || (receipt.contractAddress !== null) !== step.deploys) {
      throw new DeployError("NO_TRANSACTION", "rehearsal", `${step.id} in block ${i + 1}`, "something else");
    }
    const { gasUsed: gas, contractAddress } = receipt;
    rehearsed.push({ ...step, gas, ...(contractAddress === null ? {} : { address: getAddress(contractAddress) }) });
  }
  return rehearsed;
}
