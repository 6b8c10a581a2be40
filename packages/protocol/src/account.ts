/**
 * An account and its chain, through an ethers signer: what the packages that send have in common. What goes wrong is thrown
 * as the provider throws it, unless it says otherwise.
 */
import type { Interface, Result } from "ethers";

import { describeRevert, revertDataOf } from "./reverts.js";

/** The error of the package that sends. */
export type ChainFailure = new (
  code: "NO_PROVIDER" | "OTHER_CHAIN" | "TRANSACTION_FAILED",
  argument: string,
  expected: string,
  got: string,
  options?: ErrorOptions,
) => Error;

/** A transaction as ethers takes it. */
export interface TransactionFields {
  readonly to: string;
  readonly data: string;
  readonly value?: bigint;
  readonly from?: string;
  readonly nonce?: number;
  readonly gasLimit?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
  readonly gasPrice?: bigint;
}

/** Which logs are asked for. */
export interface LogFilter {
  address: string;
  topics: (null | string | string[])[];
  fromBlock: bigint;
  toBlock: "latest";
}

/** A log, as far as it is read. */
export interface LogFields {
  readonly data: string;
  readonly topics: readonly string[];
}

/** What a provider suggests to pay for a unit of gas, wei. */
export interface FeeData {
  readonly gasPrice: bigint | null;
  readonly maxFeePerGas: bigint | null;
  readonly maxPriorityFeePerGas?: bigint | null;
}

/** What is needed of an ethers provider: any of them, from whichever copy of ethers. */
export interface ChainProvider {
  getNetwork(): Promise<{ readonly chainId: bigint }>;
  getBlock(block: "latest"): Promise<{ readonly number: number; readonly timestamp: number } | null>;
  getFeeData(): Promise<FeeData>;
  getTransactionReceipt(hash: string): Promise<{ readonly status: number | null } | null>;
  getLogs(filter: LogFilter): Promise<readonly LogFields[]>;
  call(request: TransactionFields): Promise<string>;
  estimateGas(request: TransactionFields): Promise<bigint>;
}

/** What is needed of an ethers signer. */
export interface ChainSigner {
  readonly provider: ChainProvider | null;
  getAddress(): Promise<string>;
  getNonce(block: "latest" | "pending"): Promise<number>;
  sendTransaction(request: TransactionFields): Promise<{ readonly hash: string }>;
}

/** The newest block. */
export interface Head {
  readonly number: bigint;
  /** Unix time, seconds. */
  readonly timestamp: bigint;
}

/** How many transactions an account has sent: mined ones, and with those on their way. */
export interface Nonces {
  readonly mined: number;
  readonly pending: number;
}

export class Account {
  private constructor(
    private readonly Failure: ChainFailure,
    private readonly signer: ChainSigner,
    private readonly provider: ChainProvider,
    readonly address: string,
  ) {}

  /** @throws `NO_PROVIDER` for a signer that isn't connected */
  static async connect(Failure: ChainFailure, signer: ChainSigner): Promise<Account> {
    const { provider } = signer;
    if (!provider) throw new Failure("NO_PROVIDER", "signer", "one that is connected to a provider", "none");
    return new Account(Failure, signer, provider, await signer.getAddress());
  }

  async chainId(): Promise<bigint> {
    return (await this.provider.getNetwork()).chainId;
  }

  /** @throws `NO_PROVIDER` */
  async head(): Promise<Head> {
    const block = await this.provider.getBlock("latest");
    if (!block) throw new this.Failure("NO_PROVIDER", "provider", "a newest block", "none");
    return { number: BigInt(block.number), timestamp: BigInt(block.timestamp) };
  }

  async nonces(): Promise<Nonces> {
    const [mined, pending] = [await this.signer.getNonce("latest"), await this.signer.getNonce("pending")];
    return { mined, pending: Math.max(mined, pending) };
  }

  fees(): Promise<FeeData> {
    return this.provider.getFeeData();
  }

  /**
   * How much gas a transaction takes, and a fifth more: others may act before it, and periods pass.
   * @param step what errors call it @param abi with the errors of the contract
   * @throws `TRANSACTION_FAILED` with the contract's error if it would revert
   */
  async gasFor(step: string, request: TransactionFields, abi: Interface): Promise<bigint> {
    try {
      return ((await this.provider.estimateGas({ ...request, from: this.address })) * 6n) / 5n;
    } catch (cause) {
      const data = revertDataOf(cause);
      if (data === undefined) throw cause;
      const got = describeRevert(data, abi);
      throw new this.Failure("TRANSACTION_FAILED", step, "a call that succeeds", got, { cause });
    }
  }

  /** @returns the transaction's hash, once a node has it */
  async send(request: TransactionFields): Promise<string> {
    return (await this.signer.sendTransaction(request)).hash;
  }

  /** What became of a transaction; `unknown`: the chain hasn't mined it. */
  async outcomeOf(hash: string): Promise<"done" | "failed" | "unknown"> {
    const receipt = await this.provider.getTransactionReceipt(hash);
    return receipt ? (receipt.status === 1 ? "done" : "failed") : "unknown";
  }

  /**
   * What a view returns.
   * @throws `OTHER_CHAIN` if there is no such contract, or its answer is none
   */
  async read(to: string, abi: Interface, name: string, ...args: readonly unknown[]): Promise<Result> {
    const result = await readContract(this.Failure, this.provider, to, abi, name, ...args);
    if (result) return result;
    throw new this.Failure("OTHER_CHAIN", to, `a contract that knows ${name}`, "none");
  }

  /** The logs of a contract from a block on. */
  logs(address: string, topics: LogFilter["topics"], fromBlock: bigint): Promise<readonly LogFields[]> {
    return this.provider.getLogs({ address, topics, fromBlock, toBlock: "latest" });
  }

  /**
   * The values of a contract's events of one name, from a block on.
   * @param indexed the first ones must be these
   * @throws `OTHER_CHAIN` for logs that are none
   */
  async events(
    address: string,
    abi: Interface,
    name: string,
    indexed: readonly unknown[],
    fromBlock: bigint,
  ): Promise<Result[]> {
    const logs = await this.logs(address, abi.encodeFilterTopics(name, [...indexed]), fromBlock);
    const decode = (): Result[] => logs.map((log) => abi.decodeEventLog(name, log.data, log.topics));
    return understood(this.Failure, address, `events ${name}`, decode);
  }
}

/**
 * What a view returns.
 * @returns undefined from whoever doesn't know what is asked: no contract, or another
 * @throws `OTHER_CHAIN` for an answer that is none
 */
export async function readContract(
  Failure: ChainFailure,
  provider: Pick<ChainProvider, "call">,
  to: string,
  abi: Interface,
  name: string,
  ...args: readonly unknown[]
): Promise<Result | undefined> {
  const expected = `an answer to ${name}`;
  let data: string;
  try {
    data = await provider.call({ to, data: abi.encodeFunctionData(name, args) });
  } catch (cause) {
    const reverted = revertDataOf(cause);
    if (reverted === undefined) throw cause;
    if (reverted === "0x") return undefined;
    throw new Failure("OTHER_CHAIN", to, expected, describeRevert(reverted, abi), { cause });
  }
  return data === "0x" ? undefined : understood(Failure, to, expected, () => abi.decodeFunctionResult(name, data));
}

function understood<Values>(Failure: ChainFailure, argument: string, expected: string, decode: () => Values): Values {
  try {
    return decode();
  } catch (cause) {
    throw new Failure("OTHER_CHAIN", argument, expected, "something else", { cause });
  }
}
