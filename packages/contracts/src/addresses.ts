import { ContractsError } from "./errors.js";
import { DEPLOYMENTS } from "./generated/deployments.js";

/** Where a contract is. */
export interface DeployedContract {
  /** With checksum. */
  readonly address: string;
  /** Number of the block it was deployed in: events begin there. */
  readonly block: number;
}

/** NKMS on one chain. */
export interface Deployment {
  /** Name of the network's parameter file. */
  readonly network: string;
  /** By the contract's name. */
  readonly contracts: Readonly<Record<string, DeployedContract>>;
}

/** The chains that NKMS is deployed on, by id. */
export const chains = (): number[] => Object.keys(DEPLOYMENTS).map(Number);

/**
 * Where a contract is on a chain.
 * @param name as in the source, `"StakeEscrow"`
 * @throws {ContractsError} `UNKNOWN_CHAIN`, `UNKNOWN_CONTRACT`
 * @example const escrow = StakeEscrow__factory.connect(addressOf(11155111, "StakeEscrow"), signer);
 */
export function addressOf(
  chainId: number | bigint,
  name: string,
  deployments: Readonly<Record<number, Deployment>> = DEPLOYMENTS,
): string {
  const deployment = deployments[Number(chainId)];
  const listed = (keys: string[]): string => (keys.length === 0 ? "none yet" : `one of ${keys.join(", ")}`);
  if (!deployment) {
    throw new ContractsError("UNKNOWN_CHAIN", "chainId", listed(Object.keys(deployments)), String(chainId));
  }
  const contract = Object.hasOwn(deployment.contracts, name) ? deployment.contracts[name] : undefined;
  if (!contract) {
    throw new ContractsError("UNKNOWN_CONTRACT", "name", listed(Object.keys(deployment.contracts)), name);
  }
  return contract.address;
}
