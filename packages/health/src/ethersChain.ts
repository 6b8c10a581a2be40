import { describeRevert, revertDataOf } from "@nkms/protocol";
import type { Interface, Result } from "ethers";

import { calldataOf, escrowInterface, healthVoteInterface, registryInterface } from "./abi.js";
import type {
  Call,
  ChainRules,
  Fees,
  Head,
  HealthChain,
  Holder,
  Nonces,
  PostedSeed,
  Round,
  Shown,
  Standing,
  Turn,
} from "./chain.js";
import { HealthError } from "./errors.js";
import type { MessageSigner } from "./messages.js";

/** A transaction as ethers takes it. */
export interface TransactionFields {
  readonly to: string;
  readonly data: string;
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

/** What is needed of an ethers provider: any of them, from whichever copy of ethers. */
export interface ChainProvider {
  getNetwork(): Promise<{ readonly chainId: bigint }>;
  getBlock(block: "latest"): Promise<{ readonly number: number; readonly timestamp: number } | null>;
  getFeeData(): Promise<{
    readonly gasPrice: bigint | null;
    readonly maxFeePerGas: bigint | null;
    readonly maxPriorityFeePerGas: bigint | null;
  }>;
  getTransactionReceipt(hash: string): Promise<{ readonly status: number | null } | null>;
  getLogs(filter: LogFilter): Promise<readonly { readonly data: string; readonly topics: readonly string[] }[]>;
  call(request: TransactionFields): Promise<string>;
  estimateGas(request: TransactionFields): Promise<bigint>;
}

/** What is needed of an ethers signer: the operator's. */
export interface ChainSigner extends MessageSigner {
  readonly provider: ChainProvider | null;
  getAddress(): Promise<string>;
  getNonce(block: "latest" | "pending"): Promise<number>;
  sendTransaction(request: TransactionFields): Promise<{ readonly hash: string }>;
}

/** What opening commits costs at most: it is sent for the first block in which it may run, where no node can try it yet. */
const OPEN_COMMITS_GAS = 120_000n;

/**
 * The chain behind an operator's signer. Give the provider no cache (`cacheTimeout: -1`): what was asked in one block says
 * nothing in the next.
 * @example const chain = await EthersChain.connect(operator.connect(new JsonRpcProvider(url)), healthVoteAddress);
 */
export class EthersChain implements HealthChain {
  readonly #signer: ChainSigner;
  readonly #provider: ChainProvider;
  readonly #escrow: string;
  readonly #registry: string;

  private constructor(
    signer: ChainSigner,
    provider: ChainProvider,
    readonly contract: string,
    readonly sender: string,
    neighbours: { readonly escrow: string; readonly registry: string },
  ) {
    this.#signer = signer;
    this.#provider = provider;
    this.#escrow = neighbours.escrow;
    this.#registry = neighbours.registry;
  }

  /**
   * @param contract the address of the health votes
   * @throws {HealthError} `NO_PROVIDER` for a signer that isn't connected; `OTHER_CHAIN` if there are no health votes
   */
  static async connect(signer: ChainSigner, contract: string): Promise<EthersChain> {
    const { provider } = signer;
    if (!provider) throw new HealthError("NO_PROVIDER", "signer", "one that is connected to a provider", "none");
    const address = async (name: string): Promise<string> =>
      String((await read(provider, contract, healthVoteInterface, name))[0]);
    const neighbours = { escrow: await address("ESCROW"), registry: await address("REGISTRY") };
    return new EthersChain(signer, provider, contract, await signer.getAddress(), neighbours);
  }

  async rules(): Promise<ChainRules> {
    const { chainId } = await this.#provider.getNetwork();
    return {
      chainId,
      gap: await this.#number("GAP"),
      ring: await this.#number("RING"),
      secondsPerPeriod: await this.#number("PERIOD"),
      seedsEnd: await this.#number("SEEDS_END"),
      commitsEnd: await this.#number("COMMITS_END"),
      revealsEnd: await this.#number("REVEALS_END"),
    };
  }

  async head(): Promise<Head> {
    const block = await this.#provider.getBlock("latest");
    if (!block) throw new HealthError("NO_PROVIDER", "provider", "a newest block", "none");
    return { number: BigInt(block.number), timestamp: BigInt(block.timestamp) };
  }

  rounds(): Promise<bigint> {
    return this.#number("rounds");
  }

  async roundOf(number: bigint): Promise<Round | undefined> {
    try {
      return roundFrom((await this.#ask("roundOf", number))[0] as Result);
    } catch (error) {
      if (isRefusal(error, "HealthVoteUnknownRound")) return undefined;
      throw error;
    }
  }

  async seedsOf(round: bigint): Promise<readonly PostedSeed[]> {
    const seeds = (await this.#ask("seedsOf", round))[0] as Result;
    return seeds.map((seed: Result) => seed.toObject() as PostedSeed);
  }

  async seatsOf(round: bigint, voter: string): Promise<bigint> {
    return (await this.#ask("seatsOf", round, voter))[0] as bigint;
  }

  async seatsLeftOf({ period }: Pick<Round, "period">, voter: string): Promise<bigint> {
    const [earning] = await read(this.#provider, this.#escrow, escrowInterface, "earningOf", voter, period);
    return (earning as bigint) / (await this.#number("SEAT"));
  }

  async operatorOf(voter: string): Promise<string> {
    return String((await read(this.#provider, this.#registry, registryInterface, "operatorOf", voter))[0]);
  }

  async numbers(): Promise<bigint> {
    return (await read(this.#provider, this.#escrow, escrowInterface, "numbers"))[0] as bigint;
  }

  async holderOf(number: bigint): Promise<Holder> {
    const [holder] = await read(this.#provider, this.#escrow, escrowInterface, "holderOf", number);
    return (holder as Result).toObject() as Holder;
  }

  async numberOf(miner: string): Promise<bigint> {
    return (await this.#minerOf(miner))["number"] as bigint;
  }

  async standingOf(miner: string): Promise<Standing> {
    const header = await this.#minerOf(miner);
    return { paused: header["paused"] as boolean, resumedAt: header["resumedAt"] as bigint };
  }

  async turnsSince(block: bigint): Promise<readonly Turn[]> {
    const either = ["Paused", "Resumed"].flatMap((name) => escrowInterface.encodeFilterTopics(name, []) as string[]);
    const filter: LogFilter = {
      address: this.#escrow,
      topics: [either],
      fromBlock: block + 1n,
      toBlock: "latest",
    };
    return (await this.#provider.getLogs(filter)).map((log) => {
      const event = escrowInterface.parseLog(log);
      return { miner: String(event?.args["miner"]), paused: event?.name === "Paused" };
    });
  }

  async unvestedOf(miner: string): Promise<bigint> {
    return (await this.#ask("payOf", miner))["unvested"] as bigint;
  }

  async verdictsOf(round: bigint): Promise<readonly bigint[]> {
    return ((await this.#ask("verdictsOf", round))[0] as Result).toArray() as bigint[];
  }

  async committedIn(round: Round): Promise<readonly string[]> {
    return (await this.#events("Committed", round)).map((event) => String(event["voter"]));
  }

  async shownIn(round: Round): Promise<readonly Shown[]> {
    return (await this.#events("Revealed", round)).map((event) => ({
      voter: String(event["voter"]),
      seed: String(event["seed"]),
      seats: event["seats"] as bigint,
    }));
  }

  async nonces(): Promise<Nonces> {
    const [mined, pending] = [await this.#signer.getNonce("latest"), await this.#signer.getNonce("pending")];
    return { mined, pending: Math.max(mined, pending) };
  }

  async fees(): Promise<Fees> {
    const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = await this.#provider.getFeeData();
    const price = maxFeePerGas ?? gasPrice ?? 0n;
    return { maxFeePerGas: price, maxPriorityFeePerGas: maxPriorityFeePerGas ?? price };
  }

  async gasFor(call: Call): Promise<bigint> {
    if (call.step === "openCommits") return OPEN_COMMITS_GAS;
    try {
      const request = { to: this.contract, data: calldataOf(call), from: this.sender };
      return ((await this.#provider.estimateGas(request)) * 6n) / 5n; // others may vote, and periods pass
    } catch (cause) {
      const data = revertDataOf(cause);
      if (data === undefined) throw cause;
      throw new HealthError(
        "TRANSACTION_FAILED",
        call.step,
        "a call that succeeds",
        describeRevert(data, healthVoteInterface),
        { cause },
      );
    }
  }

  async send(call: Call, nonce: number, gasLimit: bigint, fees: Fees): Promise<string> {
    const request = { to: this.contract, data: calldataOf(call), nonce, gasLimit, ...fees };
    const { hash } = await this.#signer.sendTransaction(request);
    return hash;
  }

  async outcomeOf(hash: string): Promise<"done" | "failed" | "unknown"> {
    const receipt = await this.#provider.getTransactionReceipt(hash);
    return receipt ? (receipt.status === 1 ? "done" : "failed") : "unknown";
  }

  async #number(name: string): Promise<bigint> {
    return (await this.#ask(name))[0] as bigint;
  }

  async #minerOf(miner: string): Promise<Result> {
    return (await read(this.#provider, this.#escrow, escrowInterface, "minerOf", miner))[0] as Result;
  }

  #ask(name: string, ...args: unknown[]): Promise<Result> {
    return read(this.#provider, this.contract, healthVoteInterface, name, ...args);
  }

  async #events(name: string, { number, openedBlock }: Round): Promise<Result[]> {
    const topics = healthVoteInterface.encodeFilterTopics(name, [number]);
    const logs = await this.#provider.getLogs({
      address: this.contract,
      topics,
      fromBlock: openedBlock,
      toBlock: "latest",
    });
    return logs.map((log) => healthVoteInterface.decodeEventLog(name, log.data, log.topics));
  }
}

const NO_MIX = `0x${"00".repeat(32)}`;

function roundFrom(round: Result): Round {
  const parts = round.toObject() as Record<string, bigint | string>;
  const [state, targets, winner] = [round["state"], round["targets"], round["winner"]].map(Number);
  const mix = parts["mix"] === NO_MIX ? undefined : parts["mix"];
  return { ...parts, state, targets, winner, mix } as unknown as Round;
}

async function read(
  provider: ChainProvider,
  to: string,
  abi: Interface,
  name: string,
  ...args: unknown[]
): Promise<Result> {
  let data: string;
  try {
    data = await provider.call({ to, data: abi.encodeFunctionData(name, args) });
  } catch (cause) {
    const reverted = revertDataOf(cause);
    if (reverted === undefined) throw cause;
    throw new HealthError("OTHER_CHAIN", to, `an answer to ${name}`, describeRevert(reverted, healthVoteInterface), {
      cause,
    });
  }
  if (data !== "0x") return abi.decodeFunctionResult(name, data);
  throw new HealthError("OTHER_CHAIN", to, `a contract that knows ${name}`, "none");
}

const isRefusal = (error: unknown, name: string): boolean =>
  error instanceof HealthError && error.got.startsWith(`${name}(`);
