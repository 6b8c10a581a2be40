import {
  AbiCoder,
  type AddressLike,
  type BaseContract,
  type BigNumberish,
  hexlify,
  id,
  keccak256,
  toQuantity,
  TypedDataEncoder,
  Wallet,
} from "ethers";
import { ethers, ignition } from "hardhat";
import { encrypt, SecretKey } from "@nkms/umbral";

import { nkmsModule } from "../../deploy/modules/nkms";
import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import type { ChallengeManager, MinerRegistry, NKMSToken, PolicyManager, StakeEscrow } from "../../typechain-types";
import type { IChallengeManager, TermsStruct } from "../../typechain-types/contracts/ChallengeManager";
import { withSeededRandomness } from "../campaigns/seeded";
import type { Deal } from "./defaults";

const CHAIN = 31_337;
const GAS_LIMIT = 8_000_000n;
/** `Fault.Length`: the answer is not an answer. */
const LENGTH = 1;
const WRONG_ANSWER = "0x00";
const NO_HINT = [0n, 0n, 0n] as const;

const rpc = (method: string, ...params: unknown[]): Promise<unknown> => ethers.provider.send(method, params);
const base = (amount: number): bigint => nkms(String(amount));

const inUnits = (amount: bigint): number => Number(amount) / 1e18;

/** A miner with an operator. */
export interface Node {
  account: string;
  operator: Wallet;
}

/** A policy and who serves it. */
export interface Grant {
  terms: TermsStruct;
  policy: string;
  nodes: readonly Node[];
}

/** The real contracts, and accounts that sign and send. A period's transactions share blocks. */
export class Chain {
  private constructor(
    readonly token: NKMSToken,
    readonly escrow: StakeEscrow,
    readonly registry: MinerRegistry,
    readonly policies: PolicyManager,
    readonly challenges: ChallengeManager,
    readonly payer: string,
    readonly hunter: string,
    private readonly capsule: string,
    private readonly capsuleY: bigint,
  ) {}

  /** Deploys on a new chain of Hardhat's. */
  static async deploy(): Promise<Chain> {
    const contracts = await ignition.deploy(nkmsModule(local));
    const [payer, hunter] = await ethers.getSigners();
    if (!payer || !hunter) throw new Error("expected two accounts on Hardhat's chain");
    const [capsule] = await withSeededRandomness(1n, () =>
      Promise.resolve(encrypt(SecretKey.random().publicKey(), new Uint8Array(1))),
    );
    const bytes = capsule.toBytesSimple();
    const point = ethers.SigningKey.computePublicKey(hexlify(bytes.subarray(33, 66)), false);
    const policies = contracts.policyManager as unknown as PolicyManager;
    const chain = new Chain(
      contracts.token as unknown as NKMSToken,
      contracts.escrow as unknown as StakeEscrow,
      contracts.registry as unknown as MinerRegistry,
      policies,
      contracts.challengeManager as unknown as ChallengeManager,
      payer.address,
      hunter.address,
      hexlify(bytes),
      BigInt(`0x${point.slice(-64)}`),
    );
    await chain.send(payer.address, chain.token, "approve", await policies.getAddress(), ethers.MaxUint256);
    return chain;
  }

  /** One transaction, in a block of its own. */
  async send(from: string, to: BaseContract, name: string, ...args: unknown[]): Promise<void> {
    await this.pay(from, to, 0n, name, ...args);
  }

  private async pay(from: string, to: BaseContract, value: bigint, name: string, ...args: unknown[]): Promise<void> {
    const data = to.interface.encodeFunctionData(name, args);
    const call = { from, to: await to.getAddress(), data, gas: toQuantity(GAS_LIMIT), value: toQuantity(value) };
    await rpc("eth_sendTransaction", call); // mined at once; throws if it reverts
  }

  /** To the first second of a period after so many. */
  async pass(periods: bigint): Promise<void> {
    const period = (await this.escrow.currentPeriod()) + periods;
    await rpc("evm_setNextBlockTimestamp", Number(period * local.escrow.period));
    await rpc("evm_mine");
    await this.send(this.payer, this.escrow, "advance", periods);
  }

  /** Miners with `stake` locked as long as can be, all of it pledged; they count from the next period on. */
  async enlist(name: string, count: number, stake: number): Promise<Node[]> {
    const nodes = Array.from({ length: count }, (_, i): Node => ({
      account: new Wallet(id(`${name} ${i}`)).address,
      operator: new Wallet(id(`${name} operator ${i}`)),
    }));
    for (const { account, operator } of nodes) {
      await rpc("hardhat_impersonateAccount", account);
      await rpc("hardhat_setBalance", account, toQuantity(10n ** 20n));
      await this.send(this.payer, this.token, "transfer", account, base(stake));
      await this.send(account, this.token, "approve", await this.escrow.getAddress(), base(stake));
      await this.send(account, this.escrow, "lock", base(stake), local.escrow.longestLock);
      await this.send(account, this.registry, "setPledge", base(stake), 100n);
      const consent = await this.consentOf(operator, account);
      await this.send(account, this.registry, "bondOperator", operator.address, ethers.MaxUint256, consent);
    }
    // Arrangements stand in rising order.
    return nodes.sort((a, b) => (BigInt(a.account) < BigInt(b.account) ? -1 : 1));
  }

  private async consentOf(operator: Wallet, miner: string): Promise<string> {
    const domain = await domainOf("NKMS MinerRegistry", this.registry);
    const types = { OperatorBond: fields("address miner,address operator,uint256 nonce,uint256 deadline") };
    return operator.signTypedData(domain, types, {
      miner,
      operator: operator.address,
      nonce: 0n,
      deadline: ethers.MaxUint256,
    });
  }

  /** A policy of all these nodes, which starts with the next period. */
  async grant(deal: Deal, nodes: readonly Node[], name: string): Promise<Grant> {
    const terms: TermsStruct = {
      owner: this.payer,
      payer: this.payer,
      periods: deal.periods,
      deadline: ethers.MaxUint256,
      rate: base(deal.rate),
      collateral: base(deal.collateral),
      condition: ethers.ZeroAddress,
      handOff: false,
      salt: id(name),
      arrangements: nodes.map(({ account, operator }, i) => ({
        miner: account,
        operator: operator.address,
        kfragHash: id(`${name} ${i}`),
      })),
    };
    const domain = await domainOf("NKMS PolicyManager", this.policies);
    const digest = TypedDataEncoder.hash(domain, POLICY_TYPES, terms);
    const acceptances = nodes.map(({ operator }) => operator.signingKey.sign(digest).serialized);
    await this.send(this.payer, this.policies, "create", terms, acceptances);
    return { terms, policy: digest, nodes };
  }

  /** `challenger` proves that node `index` signed a wrong answer. Needs MIN_AGE blocks. */
  async convict(grant: Grant, index: number, challenger: string): Promise<void> {
    const { challenges } = this;
    const answer = await this.wrongAnswer(grant, index);
    const salt = id(`${grant.policy} ${index}`);
    const coder = AbiCoder.defaultAbiCoder();
    const evidence = await challenges.evidenceOfAnswer(grant.policy, index, answer);
    const commitment = keccak256(
      coder.encode(
        ["uint256", "address", "address", "bytes32", "uint256", "bytes32", "bytes32"],
        [CHAIN, await challenges.getAddress(), challenger, grant.policy, index, evidence, salt],
      ),
    );
    await this.pay(challenger, challenges, local.challenges.bond, "commit", commitment);
    await rpc("hardhat_mine", toQuantity(local.challenges.minAge));
    await this.send(
      challenger,
      challenges,
      "revealWrongAnswer",
      ...[grant.terms, index, answer, LENGTH, this.capsuleY, NO_HINT, salt],
    );
    await this.send(challenger, challenges, "takeBond", commitment);
  }

  private async wrongAnswer({ policy, nodes }: Grant, index: number): Promise<IChallengeManager.AnswerStruct> {
    const operator = nodes[index]?.operator;
    if (!operator) throw new RangeError(`index: expected below ${nodes.length}, got ${index}`);
    const domain = await domainOf("NKMS PolicyManager", this.policies);
    const types = { Receipt: fields("bytes32 policy,uint256 index,bytes32 capsuleHash,bytes32 cfragHash") };
    const receipt = await operator.signTypedData(domain, types, {
      policy,
      index,
      capsuleHash: keccak256(this.capsule),
      cfragHash: keccak256(WRONG_ANSWER),
    });
    return { capsule: this.capsule, cfrag: WRONG_ANSWER, receipt };
  }

  /** What an account would have if it claimed its fees: tokens, fees, and stake. NKMS. */
  async wealthOf(account: string): Promise<number> {
    const [, locks] = await this.escrow.locksOf(account);
    const stake = locks.reduce((sum, { amount }) => sum + amount, 0n);
    return inUnits((await this.token.balanceOf(account)) + (await this.policies.claimableFees(account)) + stake);
  }

  async balanceOf(account: AddressLike): Promise<number> {
    return inUnits(await this.token.balanceOf(account));
  }

  /** The one miner that the contract draws with this seed, for a period that all locks reach. */
  async drawn(seed: BigNumberish): Promise<string> {
    const until = (await this.escrow.currentPeriod()) + 2n;
    const [miner] = await this.escrow.draw(seed, 1n, until, 1_000n);
    if (miner === undefined) throw new Error("draw: expected a miner, got none");
    return miner;
  }
}

/** `type name` pairs, as EIP-712 writes them. */
const fields = (list: string): { type: string; name: string }[] =>
  list.split(",").map((field) => {
    const [type = "", name = ""] = field.split(" ");
    return { type, name };
  });

const POLICY_TYPES = {
  Policy: fields(
    "address owner,address payer,uint256 periods,uint256 deadline,uint256 rate,uint256 collateral,address condition,bool handOff,bytes32 salt,Arrangement[] arrangements",
  ),
  Arrangement: fields("address miner,address operator,bytes32 kfragHash"),
};

async function domainOf(name: string, contract: BaseContract) {
  return { name, version: "1", chainId: CHAIN, verifyingContract: await contract.getAddress() };
}
