import type { Interface, Provider } from "ethers";

import {
  CanaryBounty__factory,
  ChallengeManager__factory,
  HealthVote__factory,
  NKMSToken__factory,
  PolicyManager__factory,
  StakeEscrow__factory,
} from "../../typechain-types";
import { EscrowBook, type Lock } from "./escrow";
import { openBonds, openBounties } from "./ether";
import { type Event, eventsOf, sum } from "./events";
import { PolicyBook } from "./policies";
import { replayToken } from "./token";
import { VoteBook } from "./votes";

/** Addresses; what isn't deployed is left out. */
export interface ReplayContracts {
  NKMSToken: string;
  StakeEscrow: string;
  PolicyManager?: string;
  HealthVote?: string;
  ChallengeManager?: string;
  CanaryBounty?: string;
}

/** Something that events and chain disagree on. */
export interface Disagreement {
  what: string;
  byEvents: string;
  onChain: string;
}

/** What a contract owes by its events, and what it has. */
export interface Account {
  contract: string;
  unit: "NKMS" | "ether";
  /** Base units or wei. */
  owes: bigint;
  has: bigint;
}

/** What a replay came to. */
export interface Replayed {
  block: number;
  events: number;
  compared: number;
  disagreements: Disagreement[];
  accounts: Account[];
}

/**
 * Rebuilds every token balance and all that the contracts owe from events alone, and compares it with what the chain says
 * at the same block.
 * @param from the block of the first contract's deployment
 */
export async function replay(provider: Provider, contracts: ReplayContracts, from: number): Promise<Replayed> {
  const block = await provider.getBlockNumber();
  const run = new Replay(provider, contracts, from, block);
  await run.token();
  await run.escrow();
  await run.policies();
  await run.votes();
  await run.ether();
  return run;
}

class Replay implements Replayed {
  events = 0;
  compared = 0;
  readonly disagreements: Disagreement[] = [];
  readonly accounts: Account[] = [];
  /** Of views. */
  private readonly at: { blockTag: number };

  constructor(
    private readonly provider: Provider,
    private readonly contracts: ReplayContracts,
    private readonly from: number,
    readonly block: number,
  ) {
    this.at = { blockTag: block };
  }

  async token(): Promise<void> {
    const token = NKMSToken__factory.connect(this.contracts.NKMSToken, this.provider);
    const { balances, supply } = replayToken(await this.read(token.interface, this.contracts.NKMSToken));
    this.compare("total supply", supply, await token.totalSupply(this.at));
    for (const [account, balance] of balances) {
      this.compare(`balance of ${account}`, balance, await token.balanceOf(account, this.at));
    }
  }

  async escrow(): Promise<void> {
    const address = this.contracts.StakeEscrow;
    const escrow = StakeEscrow__factory.connect(address, this.provider);
    const book = new EscrowBook();
    (await this.read(escrow.interface, address)).forEach((event) => book.apply(event));
    const token = NKMSToken__factory.connect(this.contracts.NKMSToken, this.provider);
    this.compare("issued", (await token.INITIAL_SUPPLY(this.at)) + book.minted, await escrow.issued(this.at));
    this.compare("undrawn health budget", book.undrawnBudget, (await escrow.healthBudget(this.at)).undrawn);
    let rewards = 0n;
    for (const [miner, locks] of book.locks) {
      const [numbers, records] = await escrow.locksOf(miner, this.at);
      const found = numbers.map((number, i) => [Number(number), toLock(records[i])]);
      const expected = [...locks].sort(([a], [b]) => a - b);
      this.compare(`locks of ${miner}`, inText(expected), inText(found));
      rewards += (await escrow.claimable(miner, this.at)) + (await escrow.vesting(miner, this.at));
    }
    // Views also count periods that nobody has closed yet, whose rewards aren't minted.
    const waiting = (await escrow.currentPeriod(this.at)) - (await escrow.openPeriod(this.at));
    if (waiting === 0n) this.compareAtMost("rewards of all miners", book.unpaidRewards, rewards);
    await this.account("StakeEscrow", address, book.owes);
  }

  async policies(): Promise<void> {
    const address = this.contracts.PolicyManager;
    if (address === undefined) return;
    const policies = PolicyManager__factory.connect(address, this.provider);
    const book = new PolicyBook();
    (await this.read(policies.interface, address)).forEach((event) => book.apply(event));
    const escrow = StakeEscrow__factory.connect(this.contracts.StakeEscrow, this.provider);
    const period = await escrow.currentPeriod(this.at);
    for (const miner of book.miners) {
      const found = await policies.claimableFees(miner, this.at);
      this.compare(`unclaimed fees of ${miner}`, book.unclaimed(miner, period), found);
    }
    for (const [payer, owed] of book.refunds) {
      const held = [...(book.heldUntil.get(payer) ?? [])].map((until) => policies.heldFor(payer, until, this.at));
      const found = (await policies.refundOf(payer, this.at)) + sum(await Promise.all(held));
      this.compare(`refunds of ${payer}`, owed, found);
    }
    await this.account("PolicyManager", address, book.owes(period));
  }

  async votes(): Promise<void> {
    const address = this.contracts.HealthVote;
    if (address === undefined) return;
    const votes = HealthVote__factory.connect(address, this.provider);
    const book = new VoteBook();
    (await this.read(votes.interface, address)).forEach((event) => book.apply(event));
    this.compare("carry", book.carry, await votes.carry(this.at));
    for (const [voter, owed] of book.pay) {
      const { vested, unvested } = await votes.payOf(voter, this.at);
      this.compare(`health pay of ${voter}`, owed, vested + unvested);
    }
    await this.account("HealthVote", address, book.owes);
  }

  async ether(): Promise<void> {
    const { ChallengeManager, CanaryBounty } = this.contracts;
    if (ChallengeManager !== undefined) {
      const challenges = ChallengeManager__factory.connect(ChallengeManager, this.provider);
      const bonds = openBonds(await this.read(challenges.interface, ChallengeManager));
      await this.account("ChallengeManager", ChallengeManager, bonds * (await challenges.BOND(this.at)), "ether");
    }
    if (CanaryBounty !== undefined) {
      const bounties = CanaryBounty__factory.connect(CanaryBounty, this.provider);
      const open = openBounties(await this.read(bounties.interface, CanaryBounty));
      for (const [bounty, amount] of open) {
        this.compare(`bounty ${bounty}`, amount, (await bounties.bountyOf(bounty, this.at)).amount);
      }
      await this.account("CanaryBounty", CanaryBounty, open.total, "ether");
    }
  }

  private async read(contract: Interface, address: string): Promise<Event[]> {
    const events = await eventsOf(this.provider, contract, address, this.from, this.block);
    this.events += events.length;
    return events;
  }

  /** A contract has at least what it owes; whatever is sent to it beside is nobody's. */
  private async account(
    contract: string,
    address: string,
    owes: bigint,
    unit: "NKMS" | "ether" = "NKMS",
  ): Promise<void> {
    const token = NKMSToken__factory.connect(this.contracts.NKMSToken, this.provider);
    const has =
      unit === "NKMS" ? await token.balanceOf(address, this.at) : await this.provider.getBalance(address, this.block);
    this.accounts.push({ contract, unit, owes, has });
    ++this.compared;
    if (has < owes) this.disagree(`${contract} owes`, owes, `only ${has}`);
  }

  private compare(what: string, byEvents: bigint | string, onChain: bigint | string): void {
    ++this.compared;
    if (byEvents !== onChain) this.disagree(what, byEvents, onChain);
  }

  private compareAtMost(what: string, byEvents: bigint, onChain: bigint): void {
    ++this.compared;
    if (onChain > byEvents) this.disagree(what, `at most ${byEvents}`, onChain);
  }

  private disagree(what: string, byEvents: bigint | string, onChain: bigint | string): void {
    this.disagreements.push({ what, byEvents: String(byEvents), onChain: String(onChain) });
  }
}

/** Without the names that ethers has for its parts, and in our order. */
const toLock = (lock: Lock | undefined): Lock | undefined =>
  lock && { amount: lock.amount, start: lock.start, end: lock.end, notice: lock.notice };

const inText = (locks: unknown): string =>
  JSON.stringify(locks, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
