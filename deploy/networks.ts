import { fromEnvironment } from "./environment";
import { DeployError } from "./errors";
import { hoodi } from "./parameters/hoodi";
import { l2 } from "./parameters/l2";
import { local } from "./parameters/local";
import { sepolia } from "./parameters/sepolia";
import type { NetworkParameters } from "./parameters/types";

/** A chain that NKMS can be deployed to. */
export interface NetworkDefinition {
  /** Hardhat's name of it. */
  name: string;
  chainId: number;
  parameters: NetworkParameters;
  /** Seconds from a block to the next. */
  blockSeconds: bigint;
  /** How many blocks a transaction needs, its own included, before the next one is sent. */
  confirmations: number;
  /** Environment variable with the URL of a node. */
  urlVariable: string;
  /** Without the variable; absent: there is none. */
  defaultUrl?: string;
  /** What a transaction costs beside its gas. */
  otherFees?: string;
}

const localhost: NetworkDefinition = {
  name: "localhost",
  chainId: 31_337,
  parameters: local,
  blockSeconds: 12n,
  confirmations: 1,
  urlVariable: "NKMS_LOCALHOST_RPC_URL",
  defaultUrl: "http://127.0.0.1:8545",
};

/** By the name that `--network` takes. */
export const NETWORKS: Readonly<Record<string, NetworkDefinition>> = {
  localhost,
  hardhat: { ...localhost, name: "hardhat" },
  sepolia: {
    name: "sepolia",
    chainId: 11_155_111,
    parameters: sepolia,
    blockSeconds: 12n,
    confirmations: 2,
    urlVariable: "NKMS_SEPOLIA_RPC_URL",
  },
  hoodi: {
    name: "hoodi",
    chainId: 560_048,
    parameters: hoodi,
    blockSeconds: 12n,
    confirmations: 2,
    urlVariable: "NKMS_HOODI_RPC_URL",
  },
  l2: {
    name: "l2",
    chainId: 84_532,
    parameters: l2,
    blockSeconds: 2n,
    confirmations: 5,
    urlVariable: "NKMS_L2_RPC_URL",
    otherFees: "what the rollup takes for data on Ethereum",
  },
};

/**
 * What is known of a network.
 * @throws {DeployError} `NO_NETWORK`
 */
export function networkNamed(name: string): NetworkDefinition {
  const network = Object.hasOwn(NETWORKS, name) ? NETWORKS[name] : undefined;
  if (network) return network;
  throw new DeployError("NO_NETWORK", "--network", `one of ${Object.keys(NETWORKS).join(", ")}`, name);
}

/** Of a URL that nobody set. No name ends in .invalid (RFC 2606): whoever asks it anyway reads in the error what to do. */
const unsetUrl = (variable: string): string => `http://set-${variable.toLowerCase()}.invalid`;

/** The URL of a network's node, from the environment. */
export function urlOf({ urlVariable, defaultUrl }: NetworkDefinition): string {
  return fromEnvironment(urlVariable) ?? defaultUrl ?? unsetUrl(urlVariable);
}

/** Whether others know the chain, too. */
export const isPublic = ({ chainId }: NetworkDefinition): boolean => chainId !== localhost.chainId;

/** Whether there is a node to ask. */
export const hasUrl = (network: NetworkDefinition): boolean => urlOf(network) !== unsetUrl(network.urlVariable);
