import type { Terms } from "@nkms/protocol";
import {
  Account,
  type ChainProvider,
  type ChainSigner,
  readContract,
  type TransactionFields,
} from "@nkms/protocol/account";
import { type Result, ZeroAddress } from "ethers";

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

export type { ChainProvider, ChainSigner, LogFilter, TransactionFields as Request } from "@nkms/protocol/account";

/**
 * The chain behind an ethers signer.
 * @example const chain = await EthersChain.connect(wallet.connect(new JsonRpcProvider(url)), challengeManagerAddress);
 */
export class EthersChain implements ChallengeChain {
  readonly #account: Account;

  private constructor(
    account: Account,
    readonly contract: string,
  ) {
    this.#account = account;
  }

  /**
   * @param contract the challenge manager's address
   * @throws {VerifierError} `NO_PROVIDER` for a signer that isn't connected
   */
  static async connect(signer: ChainSigner, contract: string): Promise<EthersChain> {
    return new EthersChain(await Account.connect(VerifierError, signer), contract);
  }

  get challenger(): string {
    return this.#account.address;
  }

  async rules(): Promise<ChainRules> {
    const chainId = await this.#account.chainId();
    const policies = await this.#policies();
    const theirs = async (name: string): Promise<bigint> =>
      (await this.#account.read(policies, policyManagerInterface, name))[0] as bigint;
    return {
      chainId,
      policies,
      bond: (await this.#own("BOND")) as bigint,
      minAge: (await this.#own("MIN_AGE")) as bigint,
      maxAge: (await this.#own("MAX_AGE")) as bigint,
      finderPercent: await theirs("FINDER_PERCENT"),
      leakPercent: await theirs("LEAK_PERCENT"),
      window: await theirs("WINDOW"),
      secondsPerPeriod: await theirs("PERIOD"),
    };
  }

  head(): Promise<Head> {
    return this.#account.head();
  }

  async standingOf(terms: Terms, index: bigint): Promise<Standing> {
    const policies = await this.#policies();
    const [standing] = await this.#account.read(policies, policyManagerInterface, "standingOf", terms, index);
    return (standing as Result).toObject() as Standing;
  }

  async commitmentOf(commitment: string): Promise<OnChainCommitment> {
    const made = (await this.#own("commitmentOf", this.challenger, commitment)) as Result;
    return made.toObject() as OnChainCommitment;
  }

  async historyOf(commitment: string, evidence: Evidence, since: bigint): Promise<CommitmentHistory> {
    const { index } = assignmentOf(evidence);
    const events = (name: string, indexed: readonly unknown[]): Promise<Result[]> =>
      this.#account.events(this.contract, challengeManagerInterface, name, indexed, since);
    const committed = await events("Committed", [this.challenger, commitment]);
    const proven = await events("Proven", [evidence.policy, index, this.challenger]);
    const reward = proven.find((args) => args["commitment"] === commitment)?.["reward"] as bigint | undefined;
    const taken = await events("BondTaken", [this.challenger, commitment]);
    const burned = await events("BondBurned", [this.challenger, commitment]);
    const bond = taken.length > 0 ? "taken" : burned.length > 0 ? "burned" : "kept";
    return { committed: committed.length > 0, bond, ...(reward !== undefined && { reward }) };
  }

  nonces(): Promise<Nonces> {
    return this.#account.nonces();
  }

  async gasPrice(): Promise<bigint> {
    const { gasPrice, maxFeePerGas } = await this.#account.fees();
    return gasPrice ?? maxFeePerGas ?? 0n;
  }

  gasFor(call: Call): Promise<bigint> {
    return this.#account.gasFor(call.step, this.#request(call), challengeManagerInterface);
  }

  send(call: Call, nonce: number, gas: bigint): Promise<string> {
    return this.#account.send({ ...this.#request(call), nonce, gasLimit: gas });
  }

  outcomeOf(hash: string): Promise<"done" | "failed" | "unknown"> {
    return this.#account.outcomeOf(hash);
  }

  #request(call: Call): TransactionFields {
    const value = call.step === "commit" ? call.bond : 0n;
    return { to: this.contract, data: calldataOf(call, this.challenger), value };
  }

  async #policies(): Promise<string> {
    return (await this.#own("POLICIES")) as string;
  }

  /** What a view of the challenge manager returns. */
  async #own(name: string, ...args: unknown[]): Promise<unknown> {
    return (await this.#account.read(this.contract, challengeManagerInterface, name, ...args))[0];
  }
}

/**
 * The challenge manager that a policy manager works with.
 * @throws {VerifierError} `OTHER_CHAIN` if there is no policy manager, or it has none yet
 */
export async function challengeManagerOf(policies: string, provider: Pick<ChainProvider, "call">): Promise<string> {
  const result = await readContract(VerifierError, provider, policies, policyManagerInterface, "challengeManager");
  const address = String(result?.[0] ?? ZeroAddress);
  if (address !== ZeroAddress) return address;
  throw new VerifierError("OTHER_CHAIN", "policies", `a policy manager with challenges at ${policies}`, "none");
}
