import { AbiCoder, type BaseContract, id, keccak256, toQuantity, TypedDataEncoder } from "ethers";
import { ethers, ignition } from "hardhat";

import { nkmsModule } from "../../deploy/modules/nkms";
import { seatsFor } from "../../test/models/health";
import type { HealthVote, MinerRegistry, NKMSToken, StakeEscrow } from "../../typechain-types";
import type { IHealthVote } from "../../typechain-types/contracts/HealthVote";
import { hashedLottery } from "./model";
import { addressOf, operatorOf } from "./people";
import {
  type Cast,
  type Gas,
  type HealthSystem,
  type Member,
  noGas,
  type OpenRound,
  type Outcome,
  SECONDS_PER_BLOCK,
  type Start,
  timeOf,
} from "./system";

/** Hardhat's chain. */
const CHAIN = 31_337;
/** More than any transaction here needs, and half of what a transaction may need. */
const GAS_LIMIT = 8_000_000n;
/** As many entries as fit into a transaction of that gas. */
const ENTRIES = 120;
const DECIDED = 4n;

/** How members of a committee bring their ballots to the chain. */
export interface Manner {
  /** All in one transaction, as `commitFor` and `reveal` allow; else each for itself. */
  together: boolean;
}

interface Addresses {
  from: string;
  to: BaseContract;
}

interface Receipt {
  status: string;
  gasUsed: string;
  logs: { address: string; topics: string[]; data: string }[];
}

const coder = AbiCoder.defaultAbiCoder();
const rpc = (method: string, ...params: unknown[]): Promise<unknown> => ethers.provider.send(method, params);

/** A chain without anything on it: its clock can be set to when a story begins. */
export async function newChain(): Promise<void> {
  await rpc("hardhat_reset");
  await rpc("evm_setAutomine", true);
}

/** The real contracts on Hardhat's embedded chain, all of them deployed and wired as in deploy/. */
export class ContractSystem implements HealthSystem {
  readonly gas = noGas();
  private block = -1; // of the story, the last mined
  private readonly paused: boolean[];
  private readonly earnsFrom: bigint[];
  private readonly reveals = new Map<number, Map<number, IHealthVote.RevealStruct>>();
  private readonly secrets = new Map<
    number,
    { seed: string; targets: readonly number[]; period: bigint; openedBlock: number }
  >();
  private readonly resumedBlock: number[];
  private readonly domain: { name: string; version: string; chainId: number; verifyingContract: string };

  private constructor(
    readonly start: Start,
    /** Can be changed between rounds. */
    public manner: Manner,
    private readonly relayer: string,
    readonly votes: HealthVote,
    readonly escrow: StakeEscrow,
    private readonly address: string,
  ) {
    this.paused = start.miners.map(() => false);
    this.earnsFrom = start.miners.map(() => 0n);
    this.resumedBlock = start.miners.map(() => -1);
    this.domain = { name: "NKMS HealthVote", version: "1", chainId: CHAIN, verifyingContract: address };
  }

  /**
   * A network in which all miners have earned for one period before the story's block 0, with a health budget from it.
   * The chain must mine by itself and not be in the two periods before the story yet; from here on the system mines.
   */
  static async deploy(start: Start, manner: Manner = { together: true }): Promise<ContractSystem> {
    const period = Number(start.parameters.escrow.period);
    await rpc("evm_setNextBlockTimestamp", start.begins - 2 * period);
    const { token, escrow, registry, healthVote } = await ignition.deploy(nkmsModule(start.parameters));
    const [distributor] = await ethers.getSigners();
    if (!distributor) throw new Error("expected an account on Hardhat's chain, got none");
    const votes = healthVote as unknown as HealthVote;
    const system = new ContractSystem(
      start,
      manner,
      distributor.address,
      votes,
      escrow as unknown as StakeEscrow,
      await votes.getAddress(),
    );
    await system.enlist(token as unknown as NKMSToken, registry as unknown as MinerRegistry);
    await rpc("evm_setAutomine", false);
    await rpc("evm_setNextBlockTimestamp", start.begins - SECONDS_PER_BLOCK);
    await rpc("evm_mine");
    return system;
  }

  /** Every miner gets its stake, locks it as long as it can, and bonds its operator. */
  private async enlist(token: NKMSToken, registry: MinerRegistry): Promise<void> {
    const { miners, parameters } = this.start;
    const registryAddress = await registry.getAddress();
    const escrowAddress = await this.escrow.getAddress();
    const domain = { name: "NKMS MinerRegistry", version: "1", chainId: CHAIN, verifyingContract: registryAddress };
    const types = {
      OperatorBond: [
        { name: "miner", type: "address" },
        { name: "operator", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    };
    const deadline = ethers.MaxUint256;
    for (const [i, { stake }] of miners.entries()) {
      const [miner, operator] = [addressOf(i), operatorOf(i)];
      for (const account of [miner, operator.address]) {
        await rpc("hardhat_impersonateAccount", account);
        await rpc("hardhat_setBalance", account, toQuantity(10n ** 20n));
      }
      const consent = operator.signingKey.sign(
        TypedDataEncoder.hash(domain, types, { miner, operator: operator.address, nonce: 0n, deadline }),
      );
      // Mined one by one: numbers are given as miners lock.
      await this.send({ from: this.relayer, to: token }, "transfer", [miner, stake]);
      await this.send({ from: miner, to: token }, "approve", [escrowAddress, stake]);
      await this.send({ from: miner, to: this.escrow }, "lock", [stake, parameters.escrow.longestLock]);
      await this.send({ from: miner, to: registry }, "bondOperator", [operator.address, deadline, consent.serialized]);
    }
  }

  /* TRANSACTIONS */

  private async send({ from, to }: Addresses, name: string, args: unknown[]): Promise<string> {
    const data = to.interface.encodeFunctionData(name, args);
    const call = { from, to: await to.getAddress(), data, gas: toQuantity(GAS_LIMIT) };
    return (await rpc("eth_sendTransaction", call)) as string;
  }

  private async receipt(hash: string): Promise<Receipt> {
    const receipt = (await rpc("eth_getTransactionReceipt", hash)) as Receipt | null;
    if (receipt?.status === "0x1") return receipt;
    throw new Error(`transaction ${hash}: expected success, got ${receipt ? "a revert" : "none in its block"}`);
  }

  /** Mines the transactions of `sends` in a block of the story, and counts their gas. */
  private async inBlock(
    block: number,
    kind: keyof Gas,
    sends: (() => Promise<string>)[],
    randao?: string,
  ): Promise<Receipt[]> {
    if (block <= this.block) throw new RangeError(`block: expected one after ${this.block}, got ${block}`);
    const missing = block - 1 - this.block;
    if (missing > 0) {
      await rpc("evm_setNextBlockTimestamp", this.start.begins + timeOf(this.block + 1));
      await rpc("hardhat_mine", toQuantity(missing), toQuantity(SECONDS_PER_BLOCK));
    }
    if (randao) await rpc("hardhat_setPrevRandao", randao);
    const hashes: string[] = [];
    for (const send of sends) hashes.push(await send());
    await rpc("evm_setNextBlockTimestamp", this.start.begins + timeOf(block));
    await rpc("evm_mine");
    this.block = block;
    const receipts: Receipt[] = [];
    for (const hash of hashes) {
      const receipt = await this.receipt(hash);
      this.gas[kind] += Number(receipt.gasUsed);
      receipts.push(receipt);
    }
    return receipts;
  }

  private vote(from: string, name: string, ...args: unknown[]): () => Promise<string> {
    return () => this.send({ from, to: this.votes }, name, args);
  }

  /* ROUNDS */

  async open(block: number, randomness: string): Promise<OpenRound> {
    await this.inBlock(block, "open", [this.vote(this.relayer, "openRound")], randomness);
    const number = Number(await this.votes.rounds());
    const { targets, wanted, seatsTotal, period } = await this.votes.roundOf(number);
    const { miners, parameters } = this.start;
    const seats = miners.map(({ stake }, i) =>
      this.earns(i, period) ? seatsFor(stake, parameters.escrow.minStake) : 0n,
    );
    this.secrets.set(number, { seed: "", targets: [], period, openedBlock: block });
    return {
      number,
      targets: Number(targets),
      members: hashedLottery.committee(randomness, wanted, seatsTotal, seats),
    };
  }

  private earns(miner: number, period: bigint): boolean {
    return !this.paused[miner] && (this.earnsFrom[miner] ?? 0n) <= period;
  }

  async post(block: number, round: number, poster: Member, seed: string): Promise<void> {
    const { address } = operatorOf(poster.miner);
    const hash = keccak256(coder.encode(["bytes32"], [seed]));
    await this.inBlock(block, "seed", [
      this.vote(address, "postSeed", round, addressOf(poster.miner), poster.seats[0], hash),
    ]);
  }

  async mix(block: number, round: number, seed: string, mix: string): Promise<readonly number[]> {
    await this.inBlock(block, "mix", [this.vote(this.relayer, "openCommits", round)], mix);
    const { mix: noted, targets: count } = await this.votes.roundOf(round);
    const targets = hashedLottery.targets(seed, noted, Number(count), this.start.miners.length);
    Object.assign(this.roundOf(round), { seed, targets });
    return targets;
  }

  private roundOf(number: number) {
    const round = this.secrets.get(number);
    if (!round) throw new Error(`round: expected one that is open, got ${number}`);
    return round;
  }

  async commit(block: number, round: number, casts: readonly Cast[]): Promise<void> {
    const reveals = new Map<number, IHealthVote.RevealStruct>();
    const signed: IHealthVote.SignedCommitmentStruct[] = [];
    const model = casts.find(({ conduct }) => conduct === "shows"); // whose commitment copiers copy
    const { seed, targets } = this.roundOf(round);
    const revealOf = (cast: Cast): IHealthVote.RevealStruct => ({
      voter: addressOf(cast.miner),
      seed,
      ballot: words(cast.unhealthy, targets.length),
      salt: id(`salt ${round} ${cast.miner}`),
      seats: [...cast.seats],
    });
    for (const cast of casts) {
      const reveal = revealOf(cast);
      if (cast.conduct === "shows") reveals.set(cast.miner, reveal);
      const bytes = this.commitmentTo(round, cast.conduct === "copies" && model ? revealOf(model) : reveal);
      signed.push(this.sign(round, cast.miner, bytes));
    }
    this.reveals.set(round, reveals);
    await this.inBlock(
      block,
      "commit",
      this.manner.together
        ? parts(signed).map((some) => this.vote(this.relayer, "commitFor", round, some))
        : casts.map(({ miner }, i) =>
            this.vote(operatorOf(miner).address, "commit", round, addressOf(miner), signed[i]?.commitment),
          ),
    );
  }

  private commitmentTo(round: number, { voter, seed, ballot, salt, seats }: IHealthVote.RevealStruct): string {
    return keccak256(
      coder.encode(
        ["uint256", "address", "uint256", "address", "bytes32", "uint256[]", "bytes32", "uint256[]"],
        [CHAIN, this.address, round, voter, seed, ballot, salt, seats],
      ),
    );
  }

  private sign(round: number, miner: number, commitment: string): IHealthVote.SignedCommitmentStruct {
    const types = {
      BallotCommitment: [
        { name: "round", type: "uint256" },
        { name: "voter", type: "address" },
        { name: "commitment", type: "bytes32" },
      ],
    };
    const voter = addressOf(miner);
    const hash = TypedDataEncoder.hash(this.domain, types, { round, voter, commitment });
    const { r, yParityAndS: vs } = operatorOf(miner).signingKey.sign(hash);
    return { voter, commitment, r, vs };
  }

  async reveal(block: number, round: number): Promise<void> {
    const { period } = this.roundOf(round);
    const shown = [...(this.reveals.get(round) ?? [])].filter(([miner]) => this.earns(miner, period));
    this.reveals.delete(round);
    const sends = this.manner.together
      ? parts(shown.map(([, reveal]) => reveal)).map((some) => this.vote(this.relayer, "reveal", round, some))
      : shown.map(([miner, reveal]) => this.vote(operatorOf(miner).address, "reveal", round, [reveal]));
    await this.inBlock(block, "reveal", sends);
  }

  async finalize(block: number, round: number): Promise<Outcome> {
    await this.inBlock(block, "finalize", [this.vote(this.relayer, "finalize", round, 10_000n)]);
    const { state } = await this.votes.roundOf(round);
    if (state !== DECIDED) return { decided: false, unhealthy: [] };
    const verdicts = await this.votes.verdictsOf(round);
    const unhealthy = this.roundOf(round)
      .targets.map((_, i) => i)
      .filter((i) => (((verdicts[Math.floor(i / 256)] ?? 0n) >> BigInt(i % 256)) & 1n) === 1n);
    return { decided: true, unhealthy };
  }

  async report(block: number, round: number, silent: readonly Cast[]): Promise<void> {
    const { period } = this.roundOf(round);
    const late = silent.filter(({ miner }) => this.earns(miner, period));
    const reports = late.map(({ miner, seats }) =>
      this.vote(this.relayer, "reportSilence", round, addressOf(miner), [...seats]),
    );
    await this.inBlock(block, "report", reports);
  }

  async enforce(block: number, round: number, targets: readonly number[]): Promise<readonly number[]> {
    const { seed, targets: miners, openedBlock } = this.roundOf(round);
    this.secrets.delete(round);
    const fresh = targets.filter((target) => {
      const miner = miners[target] ?? -1;
      return miner >= 0 && !this.paused[miner] && (this.resumedBlock[miner] ?? -1) < openedBlock;
    });
    const enforcements = fresh.map((target) => this.vote(this.relayer, "enforce", round, target, seed));
    const receipts = await this.inBlock(block, "enforce", enforcements);
    const hit = receipts.map((receipt) => this.pausedIn(receipt));
    for (const miner of hit) this.paused[miner] = true;
    return hit;
  }

  /** The miner that a verdict paused, as the chain says. */
  private pausedIn({ logs }: Receipt): number {
    const events = logs.map((log) =>
      log.address === this.address.toLowerCase() ? this.votes.interface.parseLog(log) : null,
    );
    const enforced = events.find((event) => event?.name === "Enforced");
    const paused = String(enforced?.args["miner"]).toLowerCase();
    const miner = this.start.miners.findIndex((_, i) => addressOf(i) === paused);
    if (miner < 0) throw new Error(`Enforced: expected one of the story's miners, got ${paused}`);
    return miner;
  }

  async resume(block: number, miner: number): Promise<void> {
    const { address } = operatorOf(miner);
    await this.inBlock(block, "resume", [
      () => this.send({ from: address, to: this.escrow }, "resume", [addressOf(miner)]),
    ]);
    this.paused[miner] = false;
    this.earnsFrom[miner] = BigInt(this.start.begins + timeOf(block)) / this.start.parameters.escrow.period + 1n;
    this.resumedBlock[miner] = block;
  }

  isPaused(miner: number): boolean {
    return this.paused[miner] ?? false;
  }

  async pay(): Promise<readonly bigint[]> {
    const pays: bigint[] = [];
    for (const i of this.start.miners.keys()) {
      const { vested, unvested } = await this.votes.payOf(addressOf(i));
      pays.push(vested + unvested);
    }
    return pays;
  }
}

/** A ballot as the chain reads it. */
function words(unhealthy: ReadonlySet<number>, targets: number): bigint[] {
  const found = new Array<bigint>(Math.ceil(targets / 256)).fill(0n);
  for (const target of unhealthy) {
    const word = Math.floor(target / 256);
    found[word] = (found[word] ?? 0n) | (1n << BigInt(target % 256));
  }
  return found;
}

function parts<T>(entries: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(entries.length / ENTRIES) }, (_, i) =>
    entries.slice(i * ENTRIES, (i + 1) * ENTRIES),
  );
}
