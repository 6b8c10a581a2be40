import { describeRevert, revertDataOf, type Terms } from "@nkms/protocol";
import { type Interface, type Result, ZeroAddress } from "ethers";

import { calldataOf, challengeManagerInterface, policyManagerInterface } from "./abi.js";
import type {
  Call,
  ChainRules,
  ChallengeChain,
  CommitmentHistory,
  Head,
  Nonces,
  OnChainCommitment,
  Standing,
} from "./chain.js";
import { VerifierError } from "./errors.js";
import { assignmentOf, type Evidence } from "./evidence.js";

/** A transaction as ethers takes it. */
export interface Request {
  readonly to: string;
  readonly data: string;
  readonly value?: bigint;
  readonly from?: string;
  readonly nonce?: number;
  readonly gasLimit?: bigint;
}

/** What is needed of an ethers provider: any of them, from whichever copy of ethers. */
export interface ChainProvider {
  getNetwork(): Promise<{ readonly chainId: bigint }>;
  getBlock(block: "latest"): Promise<{ readonly number: number; readonly timestamp: number } | null>;
  getFeeData(): Promise<{ readonly gasPrice: bigint | null; readonly maxFeePerGas: bigint | null }>;
  getTransactionReceipt(hash: string): Promise<{ readonly status: number | null } | null>;
  getLogs(filter: LogFilter): Promise<readonly { readonly data: string; readonly topics: readonly string[] }[]>;
  call(request: Request): Promise<string>;
  estimateGas(request: Request): Promise<bigint>;
}

/** Which logs are asked for. */
export interface LogFilter {
  address: string;
  topics: (null | string | string[])[];
  fromBlock: bigint;
  toBlock: "latest";
}

/** What is needed of an ethers signer. */
export interface ChainSigner {
  readonly provider: ChainProvider | null;
  getAddress(): Promise<string>;
  getNonce(block: "latest" | "pending"): Promise<number>;
  sendTransaction(request: Request): Promise<{ readonly hash: string }>;
}

/**
 * The chain behind an ethers signer.
 * @example const chain = await EthersChain.connect(wallet.connect(new JsonRpcProvider(url)), challengeManagerAddress);
 */
export class EthersChain implements ChallengeChain {
  readonly #signer: ChainSigner;
  readonly #provider: ChainProvider;

  private constructor(
    signer: ChainSigner,
    provider: ChainProvider,
    readonly contract: string,
    readonly challenger: string,
  ) {
    this.#signer = signer;
    this.#provider = provider;
  }

  /**
   * @param contract the challenge manager's address
   * @throws {VerifierError} `NO_PROVIDER` for a signer that isn't connected
   */
  static async connect(signer: ChainSigner, contract: string): Promise<EthersChain> {
    const { provider } = signer;
    if (!provider) throw new VerifierError("NO_PROVIDER", "signer", "one that is connected to a provider", "none");
    return new EthersChain(signer, provider, contract, await signer.getAddress());
  }

  async rules(): Promise<ChainRules> {
    const own = (name: string): Promise<unknown> => this.#read(this.contract, challengeManagerInterface, name);
    const { chainId } = await this.#provider.getNetwork();
    const policies = (await own("POLICIES")) as string;
    const theirs = (name: string): Promise<unknown> => this.#read(policies, policyManagerInterface, name);
    return {
      chainId,
      policies,
      bond: (await own("BOND")) as bigint,
      minAge: (await own("MIN_AGE")) as bigint,
      maxAge: (await own("MAX_AGE")) as bigint,
      finderPercent: (await theirs("FINDER_PERCENT")) as bigint,
      leakPercent: (await theirs("LEAK_PERCENT")) as bigint,
      window: (await theirs("WINDOW")) as bigint,
      secondsPerPeriod: (await theirs("PERIOD")) as bigint,
    };
  }

  async head(): Promise<Head> {
    const block = await this.#provider.getBlock("latest");
    if (!block) throw new VerifierError("NO_PROVIDER", "provider", "a newest block", "none");
    return { number: BigInt(block.number), timestamp: BigInt(block.timestamp) };
  }

  async standingOf(terms: Terms, index: bigint): Promise<Standing> {
    const policies = (await this.#read(this.contract, challengeManagerInterface, "POLICIES")) as string;
    const standing = (await this.#read(policies, policyManagerInterface, "standingOf", terms, index)) as Result;
    return standing.toObject() as Standing;
  }

  async commitmentOf(commitment: string): Promise<OnChainCommitment> {
    const made = await this.#read(
      this.contract,
      challengeManagerInterface,
      "commitmentOf",
      this.challenger,
      commitment,
    );
    return (made as Result).toObject() as OnChainCommitment;
  }

  async historyOf(commitment: string, evidence: Evidence, since: bigint): Promise<CommitmentHistory> {
    const { index } = assignmentOf(evidence);
    const committed = await this.#events("Committed", since, [this.challenger, commitment]);
    const proven = await this.#events("Proven", since, [evidence.policy, index, this.challenger]);
    const reward = proven.find((args) => args["commitment"] === commitment)?.["reward"] as bigint | undefined;
    const taken = await this.#events("BondTaken", since, [this.challenger, commitment]);
    const burned = await this.#events("BondBurned", since, [this.challenger, commitment]);
    const bond = taken.length > 0 ? "taken" : burned.length > 0 ? "burned" : "kept";
    return { committed: committed.length > 0, bond, ...(reward !== undefined && { reward }) };
  }

  async nonces(): Promise<Nonces> {
    const [mined, pending] = [await this.#signer.getNonce("latest"), await this.#signer.getNonce("pending")];
    return { mined, pending: Math.max(mined, pending) };
  }

  async gasPrice(): Promise<bigint> {
    const { gasPrice, maxFeePerGas } = await this.#provider.getFeeData();
    return gasPrice ?? maxFeePerGas ?? 0n;
  }

  async gasFor(call: Call): Promise<bigint> {
    try {
      const gas = await this.#provider.estimateGas({ ...this.#request(call), from: this.challenger });
      return (gas * 6n) / 5n; // periods may pass, which a verdict counts
    } catch (cause) {
      throw failed(call, cause);
    }
  }

  async send(call: Call, nonce: number, gas: bigint): Promise<string> {
    const { hash } = await this.#signer.sendTransaction({ ...this.#request(call), nonce, gasLimit: gas });
    return hash;
  }

  async outcomeOf(hash: string): Promise<"done" | "failed" | "unknown"> {
    const receipt = await this.#provider.getTransactionReceipt(hash);
    return receipt ? (receipt.status === 1 ? "done" : "failed") : "unknown";
  }

  #request(call: Call): Request {
    const value = call.step === "commit" ? call.bond : 0n;
    return { to: this.contract, data: calldataOf(call, this.challenger), value };
  }

  async #read(to: string, abi: Interface, name: string, ...args: unknown[]): Promise<unknown> {
    const data = await ask(this.#provider, to, abi.encodeFunctionData(name, args), name);
    if (data === "0x") throw new VerifierError("OTHER_CHAIN", to, `a contract that knows ${name}`, "none");
    const result: unknown = abi.decodeFunctionResult(name, data)[0];
    return result;
  }

  async #events(name: string, since: bigint, indexed: unknown[]): Promise<Result[]> {
    const topics = challengeManagerInterface.encodeFilterTopics(name, indexed);
    const filter: LogFilter = { address: this.contract, topics, fromBlock: since, toBlock: "latest" };
    const logs = await this.#provider.getLogs(filter);
    return logs.map((log) => challengeManagerInterface.decodeEventLog(name, log.data, log.topics));
  }
}

/**
 * The challenge manager that a policy manager works with.
 * @throws {VerifierError} `OTHER_CHAIN` if there is no policy manager, or it has none yet
 */
export async function challengeManagerOf(policies: string, provider: ChainProvider): Promise<string> {
  const data = policyManagerInterface.encodeFunctionData("challengeManager");
  const answer = await ask(provider, policies, data, "challengeManager");
  const address =
    answer === "0x" ? ZeroAddress : String(policyManagerInterface.decodeFunctionResult("challengeManager", answer)[0]);
  if (address !== ZeroAddress) return address;
  throw new VerifierError("OTHER_CHAIN", "policies", `a policy manager with challenges at ${policies}`, "none");
}

/** @returns 0x from whoever doesn't know what is asked: no contract, or another */
async function ask(provider: ChainProvider, to: string, data: string, name: string): Promise<string> {
  try {
    return await provider.call({ to, data });
  } catch (cause) {
    const reverted = revertDataOf(cause);
    if (reverted === undefined) throw cause;
    if (reverted === "0x") return reverted;
    throw new VerifierError(
      "OTHER_CHAIN",
      to,
      `an answer to ${name}`,
      describeRevert(reverted, challengeManagerInterface),
      { cause },
    );
  }
}

function failed(call: Call, cause: unknown): unknown {
  const data = revertDataOf(cause);
  if (data === undefined) return cause;
  return new VerifierError(
    "TRANSACTION_FAILED",
    call.step,
    "a call that succeeds",
    describeRevert(data, challengeManagerInterface),
    { cause },
  );
}
