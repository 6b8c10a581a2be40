import { Account, type ChainSigner as EthersSigner } from "@nkms/protocol/account";
import type { Result } from "ethers";

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

export type { ChainProvider, LogFilter, TransactionFields } from "@nkms/protocol/account";

/** What is needed of an ethers signer: the operator's. */
export interface ChainSigner extends EthersSigner, MessageSigner {}

/** What opening commits costs at most: it is sent for the first block in which it may run, where no node can try it yet. */
const OPEN_COMMITS_GAS = 120_000n;

/**
 * The chain behind an operator's signer. Give the provider no cache (`cacheTimeout: -1`): what was asked in one block says
 * nothing in the next.
 * @example const chain = await EthersChain.connect(operator.connect(new JsonRpcProvider(url)), healthVoteAddress);
 */
export class EthersChain implements HealthChain {
  readonly #account: Account;
  readonly #escrow: string;
  readonly #registry: string;

  private constructor(
    account: Account,
    readonly contract: string,
    neighbours: { readonly escrow: string; readonly registry: string },
  ) {
    this.#account = account;
    this.#escrow = neighbours.escrow;
    this.#registry = neighbours.registry;
  }

  /**
   * @param contract the address of the health votes
   * @throws {HealthError} `NO_PROVIDER` for a signer that isn't connected; `OTHER_CHAIN` if there are no health votes
   */
  static async connect(signer: ChainSigner, contract: string): Promise<EthersChain> {
    const account = await Account.connect(HealthError, signer);
    const address = async (name: string): Promise<string> =>
      String((await account.read(contract, healthVoteInterface, name))[0]);
    const neighbours = { escrow: await address("ESCROW"), registry: await address("REGISTRY") };
    return new EthersChain(account, contract, neighbours);
  }

  get sender(): string {
    return this.#account.address;
  }

  async rules(): Promise<ChainRules> {
    return {
      chainId: await this.#account.chainId(),
      gap: await this.#number("GAP"),
      ring: await this.#number("RING"),
      secondsPerPeriod: await this.#number("PERIOD"),
      seedsEnd: await this.#number("SEEDS_END"),
      commitsEnd: await this.#number("COMMITS_END"),
      revealsEnd: await this.#number("REVEALS_END"),
    };
  }

  head(): Promise<Head> {
    return this.#account.head();
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
    const [earning] = await this.#account.read(this.#escrow, escrowInterface, "earningOf", voter, period);
    return (earning as bigint) / (await this.#number("SEAT"));
  }

  async operatorOf(voter: string): Promise<string> {
    return String((await this.#account.read(this.#registry, registryInterface, "operatorOf", voter))[0]);
  }

  async numbers(): Promise<bigint> {
    return (await this.#account.read(this.#escrow, escrowInterface, "numbers"))[0] as bigint;
  }

  async holderOf(number: bigint): Promise<Holder> {
    const [holder] = await this.#account.read(this.#escrow, escrowInterface, "holderOf", number);
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
    return (await this.#account.logs(this.#escrow, [either], block + 1n)).map((log) => {
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

  nonces(): Promise<Nonces> {
    return this.#account.nonces();
  }

  async fees(): Promise<Fees> {
    const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = await this.#account.fees();
    const price = maxFeePerGas ?? gasPrice ?? 0n;
    return { maxFeePerGas: price, maxPriorityFeePerGas: maxPriorityFeePerGas ?? price };
  }

  async gasFor(call: Call): Promise<bigint> {
    if (call.step === "openCommits") return OPEN_COMMITS_GAS;
    const request = { to: this.contract, data: calldataOf(call) };
    return this.#account.gasFor(call.step, request, healthVoteInterface);
  }

  send(call: Call, nonce: number, gasLimit: bigint, fees: Fees): Promise<string> {
    return this.#account.send({ to: this.contract, data: calldataOf(call), nonce, gasLimit, ...fees });
  }

  outcomeOf(hash: string): Promise<"done" | "failed" | "unknown"> {
    return this.#account.outcomeOf(hash);
  }

  async #number(name: string): Promise<bigint> {
    return (await this.#ask(name))[0] as bigint;
  }

  async #minerOf(miner: string): Promise<Result> {
    return (await this.#account.read(this.#escrow, escrowInterface, "minerOf", miner))[0] as Result;
  }

  #ask(name: string, ...args: unknown[]): Promise<Result> {
    return this.#account.read(this.contract, healthVoteInterface, name, ...args);
  }

  #events(name: string, { number, openedBlock }: Round): Promise<Result[]> {
    return this.#account.events(this.contract, healthVoteInterface, name, [number], openedBlock);
  }
}

const NO_MIX = `0x${"00".repeat(32)}`;

function roundFrom(round: Result): Round {
  const parts = round.toObject() as Record<string, bigint | string>;
  const [state, targets, winner] = [round["state"], round["targets"], round["winner"]].map(Number);
  const mix = parts["mix"] === NO_MIX ? undefined : parts["mix"];
  return { ...parts, state, targets, winner, mix } as unknown as Round;
}

const isRefusal = (error: unknown, name: string): boolean =>
  error instanceof HealthError && error.got.startsWith(`${name}(`);
