import type { EIP1193Provider } from "@nomicfoundation/ignition-core";

import { DeployError } from "./errors";
import { type NetworkDefinition, hasUrl, urlOf } from "./networks";

/** A node's answers, by the few questions that a deployment has. Quantities as numbers or bigints. */
export class Chain {
  constructor(readonly provider: EIP1193Provider) {}

  async chainId(): Promise<number> {
    return Number(await this.ask<string>("eth_chainId"));
  }

  async accounts(): Promise<string[]> {
    return this.ask<string[]>("eth_accounts");
  }

  async blockNumber(): Promise<number> {
    return Number(await this.ask<string>("eth_blockNumber"));
  }

  async code(address: string): Promise<string> {
    return this.ask<string>("eth_getCode", address, "latest");
  }

  async balance(address: string): Promise<bigint> {
    return BigInt(await this.ask<string>("eth_getBalance", address, "latest"));
  }

  /** How many transactions an account has sent up to and including a block. */
  async nonce(address: string, block: number | "latest" | "pending"): Promise<number> {
    const tag = typeof block === "number" ? toQuantity(block) : block;
    return Number(await this.ask<string>("eth_getTransactionCount", address, tag));
  }

  async block(number: number | "latest"): Promise<Block> {
    const tag = typeof number === "number" ? toQuantity(number) : number;
    const block = await this.ask<RawBlock>("eth_getBlockByNumber", tag, true);
    return {
      number: Number(block.number),
      timestamp: BigInt(block.timestamp),
      baseFee: BigInt(block.baseFeePerGas ?? 0),
      transactions: block.transactions.map(toTransaction),
    };
  }

  async transaction(hash: string): Promise<Transaction | undefined> {
    const transaction = await this.ask<RawTransaction | null>("eth_getTransactionByHash", hash);
    return transaction ? toTransaction(transaction) : undefined;
  }

  async receipt(hash: string): Promise<Receipt | undefined> {
    const receipt = await this.ask<RawReceipt | null>("eth_getTransactionReceipt", hash);
    if (!receipt) return undefined;
    const { contractAddress, blockNumber, gasUsed } = receipt;
    return { contractAddress, block: Number(blockNumber), gasUsed: BigInt(gasUsed) };
  }

  async call(to: string, data: string): Promise<string> {
    return this.ask<string>("eth_call", { to, data }, "latest");
  }

  /** What a node suggests to pay on top of the base fee; 0 where it suggests nothing. Wei. */
  async tip(): Promise<bigint> {
    try {
      return BigInt(await this.ask<string>("eth_maxPriorityFeePerGas"));
    } catch {
      return 0n;
    }
  }

  private async ask<T>(method: string, ...params: unknown[]): Promise<T> {
    return (await this.provider.request({ method, params })) as T;
  }
}

export interface Block {
  number: number;
  /** Unix time, seconds. */
  timestamp: bigint;
  /** Wei. */
  baseFee: bigint;
  transactions: Transaction[];
}

export interface Transaction {
  hash: string;
  from: string;
  /** Null: it deploys a contract. */
  to: string | null;
  nonce: number;
  input: string;
}

export interface Receipt {
  contractAddress: string | null;
  block: number;
  gasUsed: bigint;
}

interface RawTransaction extends Omit<Transaction, "nonce"> {
  nonce: string;
}

interface RawBlock {
  number: string;
  timestamp: string;
  baseFeePerGas?: string;
  transactions: RawTransaction[];
}

interface RawReceipt {
  contractAddress: string | null;
  blockNumber: string;
  gasUsed: string;
}

const toQuantity = (n: number): string => `0x${n.toString(16)}`;

function toTransaction({ hash, from, to, nonce, input }: RawTransaction): Transaction {
  return { hash, from, to, nonce: Number(nonce), input };
}

/**
 * Refuses a node that doesn't answer, or is of another chain than the network's.
 * @throws {DeployError} `NO_NETWORK`, `OTHER_CHAIN`
 */
export async function checkChain(chain: Chain, network: NetworkDefinition): Promise<void> {
  if (!hasUrl(network)) throw new DeployError("NO_NETWORK", network.urlVariable, "the URL of a node", "nothing");
  let found: number;
  try {
    found = await chain.chainId();
  } catch (cause) {
    const expected = "the URL of a node that answers";
    throw new DeployError("NO_NETWORK", network.urlVariable, expected, hostIn(urlOf(network)), { cause });
  }
  if (found === network.chainId) return;
  throw new DeployError("OTHER_CHAIN", `node of ${network.name}`, `chain ${network.chainId}`, `chain ${found}`);
}

/** All of a URL that may be shown: who runs nodes for others puts keys into the rest. */
const hostIn = (url: string): string =>
  URL.canParse(url) ? `nothing from ${new URL(url).host}` : "something that isn't one";
