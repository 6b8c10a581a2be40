import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { revertDataOf } from "@nkms/protocol";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { BaseContract } from "ethers";
import { ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import { addressOf } from "../helpers/address";
import { deployNetwork, MIN_STAKE, type Network, PURSE, testParameters } from "../helpers/network";
import { toPeriod } from "../helpers/time";
import { Economy, type LockState, Refusal, ROLLING, STAKE_LIMIT } from "../models/economy";
import type { Step } from "./histories";
import { Random } from "./random";
import { GRAIN, readSeats } from "./seats";
import { Views } from "./views";

/** How many miners a world has: every account of the test chain. Who works for a miner may be a miner too. */
export const MINERS = 20;

/** What happens in a history and how often; `pass` and `gap` let time pass. */
export const everything = {
  pass: 30,
  few: 4,
  gap: 1,
  advance: 3,
  lock: 16,
  topUp: 6,
  gift: 6,
  compound: 5,
  extend: 5,
  split: 6,
  shatter: 1,
  merge: 8,
  roll: 5,
  giveNotice: 5,
  claim: 8,
  withdraw: 8,
  setPayout: 1,
  poke: 3,
  releaseNumber: 3,
  resume: 6,
  slash: 6,
  pause: 4,
  drawHealthBudget: 4,
  donate: 1,
  bogus: 16,
} as const;

/** How long the same miners are in the spotlight. */
const SPOTLIGHT_PERIODS = 10n;

export type Kind = keyof typeof everything;

/** One transaction: what it calls, and what the model says about it. */
interface Plan {
  caller: HardhatEthersSigner;
  contract: BaseContract;
  method: string;
  args: unknown[];
  /** Throws {@link Refusal} if the rules refuse it. */
  model: () => unknown;
  /** Whose records it may change. */
  miners: string[];
}

/** Parameters that a seed chooses: every bound and every special case of the rules comes up. */
export function randomParameters(seed: bigint): NetworkParameters {
  const random = new Random(seed);
  const tiny = random.oneIn(4n); // stakes of a few units of 1e-9 NKMS: rounding is no longer small
  const minStake = tiny ? 16_000_000_000n : MIN_STAKE;
  const initialSupply = local.initialSupply;
  const maxSupply = local.maxSupply;
  const toIssue = maxSupply - initialSupply;
  const shortestLock = random.between(1n, 3n);
  return {
    initialSupply,
    maxSupply,
    escrow: {
      period: testParameters.escrow.period,
      firstIssue: random.pick([local.escrow.firstIssue, toIssue / 50n, toIssue, 1_000n, nkms("1")]),
      healthPpm: random.pick([0n, 100_000n, 200_000n, random.between(1n, 199_999n)]),
      minEarning: random.pick([minStake, minStake * 10n, minStake * 200n]),
      minStake,
      shortestLock,
      longestLock: shortestLock + random.pick([0n, 7n, 30n, 60n]),
      vesting: random.pick([1n, 2n, 2n, 3n, 6n]),
      maxCatchUp: random.pick([2n, 5n, 16n]),
    },
    policies: local.policies,
    challenges: local.challenges,
    health: local.health,
  };
}

/** A network and the model of it, side by side: every action is done in both. */
export class World {
  /** What was done, one line per action; `!` marks what the rules refused. */
  readonly log: string[] = [];
  /** Tokens that were sent to the escrow and belong to nobody. */
  private donated = 0n;
  private readonly names = new Map<string, string>();
  /** The operator of a miner; most have none. */
  private readonly operators = new Map<string, string>();

  private constructor(
    readonly network: Network,
    readonly model: Economy,
    readonly people: HardhatEthersSigner[],
    /** What everybody has before the first action. */
    private readonly purses: ReadonlyMap<string, bigint>,
    /** Whether the two are compared after each action. */
    private readonly comparing: boolean,
  ) {
    people.forEach((person, i) => this.names.set(person.address, `m${i}`));
  }

  /** Deploys a network in which every account has at least {@link PURSE}, and two miners have operators. */
  static async create(parameters: NetworkParameters = testParameters, comparing = true): Promise<World> {
    const network = await deployNetwork(parameters);
    const { escrow, token, distributor, registry } = network;
    const people = (await ethers.getSigners()).slice(0, MINERS);
    for (const person of people) {
      if (person.address !== distributor.address) {
        await token.transfer(person, PURSE - (await token.balanceOf(person)));
      }
      await token.connect(person).approve(escrow, ethers.MaxUint256);
    }
    const purses = new Map<string, bigint>();
    for (const person of people) purses.set(person.address, await token.balanceOf(person));
    const world = new World(network, new Economy(parameters, await escrow.openPeriod()), people, purses, comparing);
    const [anna, bert] = [world.person(0), world.person(1)];
    const domain = {
      name: "NKMS MinerRegistry",
      version: "1",
      chainId: (await ethers.provider.getNetwork()).chainId,
      verifyingContract: await registry.getAddress(),
    };
    const types = {
      OperatorBond: ["address miner", "address operator", "uint256 nonce", "uint256 deadline"].map((field) => {
        const [type, name] = field.split(" ");
        return { type: type ?? "", name: name ?? "" };
      }),
    };
    for (const [miner, operator] of [
      [anna, world.person(MINERS - 1)],
      [bert, world.person(MINERS - 2)],
    ] as const) {
      const bond = { miner: miner.address, operator: operator.address, nonce: 0n, deadline: ethers.MaxUint256 };
      const consent = await operator.signTypedData(domain, types, bond);
      await registry.connect(miner).bondOperator(operator, bond.deadline, consent);
      world.operators.set(miner.address, operator.address);
    }
    await world.passPeriods(1n); // operators count from here
    return world;
  }

  /** The same world, to be played from the state in which this one is now; the chain must be in that state too. */
  twin(): World {
    const twin = new World(this.network, this.model.copy(), this.people, this.purses, this.comparing);
    for (const [miner, operator] of this.operators) twin.operators.set(miner, operator);
    twin.donated = this.donated;
    return twin;
  }

  /** The i-th account; i may be any number. */
  person(i: number): HardhatEthersSigner {
    const person = this.people[i % MINERS];
    if (!person) throw new Error(`person: expected one of ${MINERS}, got number ${i}`);
    return person;
  }

  /** Every miner's address. */
  get addresses(): string[] {
    return this.people.map((person) => person.address);
  }

  /* DOING THINGS */

  /** Moves both worlds to the first second of a later period. */
  async passPeriods(count: bigint): Promise<void> {
    const { escrow } = this.network;
    await toPeriod(escrow, (await escrow.currentPeriod()) + count);
    this.model.toPeriod(await escrow.currentPeriod());
  }

  /** Does one step in both worlds and checks that they agree on whether it may be done, and else why not. */
  async play(step: Step): Promise<void> {
    const random = new Random(step.seed);
    const { maxCatchUp } = this.model.parameters.escrow;
    const periods = { pass: 1n, few: random.between(2n, 5n), gap: maxCatchUp + random.between(0n, 9n) };
    const kind = step.kind as Kind;
    if (kind === "pass" || kind === "few" || kind === "gap") {
      this.log.push(`${kind} ${periods[kind]} periods from ${this.model.now}`);
      await this.passPeriods(periods[kind]);
      return;
    }
    if (kind === "advance" || (this.behind && random.oneIn(3n))) {
      await this.advance(random.pick([0n, 1n, 2n, maxCatchUp, 500n]));
      return;
    }
    if (kind === "donate") {
      await this.donate(random.between(1n, 1_000n));
      return;
    }
    const plan = kind === "bogus" ? this.bogus(random) : this.sensible(kind === "shatter" ? "split" : kind, random);
    if (!plan) return;
    await this.perform(plan);
    if (kind === "shatter") await this.shatter(plan.caller, random);
  }

  /** Splits the last lock that can be split, until the miner has no lock number left or a few more. */
  private async shatter(miner: HardhatEthersSigner, random: Random): Promise<void> {
    for (let i = random.between(0n, 14n); i > 0n; i--) {
      const [lock] = this.model
        .locksOf(miner.address)
        .filter(({ end, amount }) => end > this.model.now + 1n && amount > 1n)
        .slice(-1);
      if (lock) await this.perform(this.split(miner, lock.number, lock.end, lock.amount / 2n));
    }
  }

  /** What the escrow was sent by mistake. */
  get donations(): bigint {
    return this.donated;
  }

  /** Whether more periods wait than one call closes. */
  get behind(): boolean {
    return this.model.now - this.model.open > this.model.parameters.escrow.maxCatchUp;
  }

  async advance(maxPeriods: bigint): Promise<void> {
    this.log.push(`advance(${maxPeriods})`);
    await this.network.escrow.advance(maxPeriods);
    this.model.advance(maxPeriods);
  }

  /** Tokens that arrive without a call are nobody's. */
  async donate(amount: bigint): Promise<void> {
    this.log.push(`donate(${amount})`);
    await this.network.token.connect(this.person(2)).transfer(this.network.escrow, amount);
    this.donated += amount;
  }

  private async perform(plan: Plan): Promise<void> {
    const text = `${this.named(plan.caller.address)}.${plan.method}(${plan.args.map((arg) => this.named(arg)).join(", ")})`;
    const method = plan.contract.connect(plan.caller).getFunction(plan.method);
    try {
      plan.model();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      this.log.push(`! ${text}: ${this.named(refusal.message)}`);
      const got = await this.refusalOf(() => method.staticCall(...plan.args));
      expect(got, `${text} in period ${this.model.now}`).to.equal(this.named(refusal.message));
      return;
    }
    this.log.push(text);
    const got = await this.refusalOf(() => method(...plan.args));
    expect(got, `${text} in period ${this.model.now}`).to.equal("nothing refused");
    if (this.comparing) await this.checkAfterAction(new Set(plan.miners));
  }

  /** The custom error of a call, written like a {@link Refusal}; "nothing refused" if it went through. */
  private async refusalOf(call: () => Promise<unknown>): Promise<string> {
    try {
      await call();
      return "nothing refused";
    } catch (error) {
      const data = revertDataOf(error);
      if (data === undefined) throw error;
      const parsed = this.network.escrow.interface.parseError(data);
      if (!parsed) return `an error that the escrow doesn't have: ${data}`;
      const args = (parsed.args.toArray() as (bigint | string)[]).map((arg) =>
        arg === ethers.ZeroAddress ? "" : this.named(arg),
      );
      return `${parsed.name}(${args.join(", ")})`;
    }
  }

  /** Addresses by the names of their owners, everything else as it is. */
  private named(value: unknown): string {
    let text = typeof value === "object" && value !== null ? "contract" : String(value);
    for (const [address, name] of this.names) text = text.replaceAll(address, name);
    return text;
  }

  /* CHOOSING WHAT TO DO */

  /** An action that makes sense now; none if there is nothing that it could be done to. */
  private sensible(kind: Kind, random: Random): Plan | undefined {
    const { model } = this;
    const { now } = model;
    const { minStake, longestLock, shortestLock } = model.parameters.escrow;
    switch (kind) {
      case "lock": {
        const miner = this.anybody(random);
        const least = model.lockedIn(miner.address, now + 1n) < minStake ? minStake : 1n;
        const most = STAKE_LIMIT * minStake - 1n - model.lockedIn(miner.address, now + 1n);
        if (most < least) return undefined;
        return this.lock(miner, this.stake(random, least, most), random.between(shortestLock, longestLock));
      }
      case "topUp":
      case "gift": {
        const found = this.findLock(random, (lock) => lock.end > now + 1n);
        if (!found) return undefined;
        const [miner, lock] = found;
        const caller = kind === "topUp" ? miner : this.other(random, miner);
        const least = kind === "topUp" ? 1n : minStake;
        const most = STAKE_LIMIT * minStake - 1n - model.lockedIn(miner.address, now + 1n);
        if (most < least) return undefined;
        return this.topUp(caller, miner, lock.number, lock.end, this.stake(random, least, most));
      }
      case "compound": {
        const found = this.findLock(
          random,
          (lock, miner) => lock.end > now + 1n && model.lockedIn(miner, now + 1n) < (STAKE_LIMIT / 2n) * minStake,
        );
        return found && this.compound(found[0], found[1].number, found[1].end);
      }
      case "extend": {
        const found = this.findLock(random, (lock) => lock.end > now && lock.end < now + 1n + longestLock);
        if (!found) return undefined;
        const [miner, lock] = found;
        if (lock.end === ROLLING) return undefined;
        return this.extend(miner, lock.number, lock.end, random.amount(1n, now + 1n + longestLock - lock.end));
      }
      case "split": {
        const found = this.findLock(random, (lock) => lock.end > now + 1n && lock.amount > 1n);
        if (!found) return undefined;
        const [miner, lock] = found;
        return this.split(miner, lock.number, lock.end, random.amount(1n, lock.amount - 1n));
      }
      case "merge": {
        const [often, seldom] = [this.findPair(random, true), this.findPair(random, false)];
        const pair = random.oneIn(4n) ? (seldom ?? often) : (often ?? seldom);
        return pair && this.merge(pair[0], pair[1].number, pair[2].number, pair[1].end);
      }
      case "roll": {
        const found = this.findLock(random, (lock) => lock.end > now);
        if (!found) return undefined;
        const [miner, lock] = found;
        const enough = lock.end === ROLLING ? lock.notice + 1n : lock.end - (now + 1n);
        const least = enough > shortestLock ? enough : shortestLock;
        if (least > longestLock) return undefined;
        return this.roll(miner, lock.number, lock.end, random.amount(least, longestLock));
      }
      case "giveNotice": {
        const found = this.findLock(random, (lock) => lock.end === ROLLING);
        return found && this.giveNotice(found[0], found[1].number, found[1].end);
      }
      case "claim":
        return this.claim(this.minerWith(random, (miner) => model.claimable(miner) > 0n));
      case "withdraw": {
        const miner = this.minerWith(random, (address) => model.withdrawable(address) > 0n);
        const most = model.withdrawable(miner.address);
        return most === 0n ? undefined : this.withdraw(miner, random.oneIn(2n) ? most : random.amount(1n, most));
      }
      case "setPayout":
        return this.setPayout(this.anybody(random), this.anybody(random).address);
      case "poke":
        return this.poke(this.anybody(random), this.anybody(random).address);
      case "releaseNumber":
        return this.releaseNumber(
          this.anybody(random),
          this.minerWith(random, (miner) => model.numberFreeFrom(miner) <= now).address,
        );
      case "resume": {
        const miner = this.minerWith(random, (address) => model.isPaused(address));
        const operator = this.people.find((person) => person.address === this.operators.get(miner.address));
        return this.resume(operator && random.oneIn(2n) ? operator : miner, miner.address);
      }
      case "slash": {
        const miner = this.minerWith(random, (address) => model.stakeOf(address) > 0n);
        const stake = model.stakeOf(miner.address);
        const amount = random.oneIn(6n) ? stake : random.amount(0n, stake + 1n);
        const reward = random.amount(0n, amount / 5n);
        return this.slash(this.anybody(random), miner.address, amount, this.anybody(random).address, reward);
      }
      case "pause":
        return this.pause(this.anybody(random), this.minerWith(random, (m) => model.stakeOf(m) > 0n).address);
      case "drawHealthBudget":
        return this.drawHealthBudget(this.anybody(random), random.amount(1n, 6n));
      default:
        throw new Error(`sensible: expected an action, got ${kind}`);
    }
  }

  /** Any call with arguments that are often, but not always, refused. */
  private bogus(random: Random): Plan {
    const { model } = this;
    const { minStake, longestLock, shortestLock } = model.parameters.escrow;
    const miner = this.minerWith(random, (address) => model.locksOf(address).length > 1);
    const other = this.other(random, miner);
    const [one, two] = this.anyLocks(random, miner.address);
    const end = random.pick([one.end, one.end, one.end, one.end, ROLLING, two.end, one.end + 1n]);
    const amount = random.pick([0n, 1n, minStake - 1n, minStake, STAKE_LIMIT * minStake - 1n, STAKE_LIMIT * minStake]);
    const periods = random.pick([0n, 1n, shortestLock - 1n, shortestLock, longestLock, longestLock + 1n, 2n ** 32n]);
    const [holder, rolling] = this.findLock(random, (lock) => lock.end === ROLLING) ?? [miner, one];
    const unequal = this.findPair(random, false);
    const [owner, alive] = this.findLock(random, (lock) => lock.end > model.now + 1n) ?? [miner, one];
    const neighbour = { policyManager: this.network.policyManager, healthVote: this.network.healthVote };
    const plans: (() => Plan)[] = [
      () => this.lock(miner, amount, periods),
      () => this.topUp(random.pick([miner, other]), miner, one.number, end, amount),
      () => this.compound(miner, one.number, end),
      () => this.extend(miner, one.number, end, periods),
      () => this.split(miner, one.number, end, random.pick([0n, 1n, one.amount, one.amount + 1n])),
      () => this.split(owner, alive.number, alive.end, random.pick([0n, alive.amount, alive.amount + 1n])),
      () => this.extend(holder, rolling.number, rolling.end, 1n),
      () =>
        unequal
          ? this.merge(unequal[0], unequal[1].number, unequal[2].number, ROLLING)
          : this.roll(owner, alive.number, alive.end, random.amount(shortestLock, longestLock)),
      () => this.roll(holder, rolling.number, rolling.end, random.pick([rolling.notice, longestLock])),
      () => this.merge(miner, one.number, two.number, end),
      () => this.roll(miner, one.number, end, random.pick([periods, one.notice, one.notice + 1n])),
      () => this.giveNotice(miner, one.number, end),
      () => this.withdraw(miner, random.pick([0n, model.withdrawable(miner.address) + 1n])),
      () => this.claim(miner),
      () => this.releaseNumber(other, miner.address),
      () => this.resume(random.pick([miner, other]), miner.address),
      () => this.resume(other, this.minerWith(random, (address) => model.isPaused(address)).address),
      () => this.refused(miner, "setPayout", [this.network.escrow], "StakeEscrowPayoutIsEscrow", []),
      () => this.stranger(other, neighbour.policyManager, "slash", [miner.address, 1n, other.address, 0n]),
      () => this.stranger(other, neighbour.healthVote, "pause", [miner.address]),
      () => this.stranger(other, neighbour.healthVote, "drawHealthBudget", [1n]),
    ];
    return random.pick(plans)();
  }

  /** Two of the miner's locks, or what could be mistaken for them. */
  private anyLocks(random: Random, miner: string): [LockState, LockState] {
    const none = { number: Number(random.between(0n, 33n)), amount: 1n, start: 0n, end: 0n, notice: 0n };
    const locks = [...this.model.locksOf(miner), none];
    return [random.pick(locks), random.pick(locks)];
  }

  /** Stakes are mostly moderate, sometimes as large as can be. Nobody spends the last tenth of a purse. */
  private stake(random: Random, least: bigint, most: bigint): bigint {
    const { minStake } = this.model.parameters.escrow;
    const affordable = most < PURSE / 10n ? most : PURSE / 10n;
    const moderate = affordable < minStake * 100n ? affordable : minStake * 100n;
    const limit = random.oneIn(12n) ? affordable : moderate;
    return random.amount(least, limit < least ? least : limit);
  }

  /** Half of the time a miner of the few in the spotlight, so that much happens to the same locks. */
  private anybody(random: Random): HardhatEthersSigner {
    return random.pick(random.oneIn(2n) ? this.spotlight : this.people);
  }

  /** Two miners, others every few periods. */
  private get spotlight(): HardhatEthersSigner[] {
    const turn = Number((this.model.now - this.model.genesis) / SPOTLIGHT_PERIODS);
    return [this.person(turn), this.person(turn + 1)];
  }

  /** Half of the time only those of the list that are in the spotlight, if there are any. */
  private inSpotlight(random: Random, people: HardhatEthersSigner[]): HardhatEthersSigner[] {
    const few = people.filter((person) => this.spotlight.includes(person));
    return few.length > 0 && random.oneIn(2n) ? few : people;
  }

  private other(random: Random, miner: HardhatEthersSigner): HardhatEthersSigner {
    return random.pick(this.people.filter((person) => person !== miner));
  }

  /** A miner of whom `wanted` holds, or any if there is none. */
  private minerWith(random: Random, wanted: (miner: string) => boolean): HardhatEthersSigner {
    const found = this.people.filter((person) => wanted(person.address));
    return found.length > 0 ? random.pick(this.inSpotlight(random, found)) : this.anybody(random);
  }

  private findLock(
    random: Random,
    wanted: (lock: LockState, miner: string) => boolean,
  ): [HardhatEthersSigner, LockState] | undefined {
    const owners = this.inSpotlight(random, this.people);
    const found = owners.flatMap((person) =>
      this.model
        .locksOf(person.address)
        .filter((lock) => wanted(lock, person.address))
        .map((lock): [HardhatEthersSigner, LockState] => [person, lock]),
    );
    return found.length > 0 ? random.pick(found) : undefined;
  }

  /** Two locks of one miner with the same end, and the same notice or not. */
  private findPair(random: Random, sameNotice: boolean): [HardhatEthersSigner, LockState, LockState] | undefined {
    const found = this.people.flatMap((person) => {
      const locks = this.model.locksOf(person.address);
      return locks.flatMap((one) =>
        locks
          .filter(
            (two) => two.number !== one.number && two.end === one.end && (two.notice === one.notice) === sameNotice,
          )
          .map((two): [HardhatEthersSigner, LockState, LockState] => [person, one, two]),
      );
    });
    return found.length > 0 ? random.pick(found) : undefined;
  }

  /* WHAT CAN BE DONE: each call beside what the model does for it */

  private own(caller: HardhatEthersSigner, method: string, args: unknown[], model: () => unknown): Plan {
    return { caller, contract: this.network.escrow, method, args, model, miners: [caller.address] };
  }

  private lock(miner: HardhatEthersSigner, amount: bigint, periods: bigint): Plan {
    return this.own(miner, "lock", [amount, periods], () => this.model.lock(miner.address, amount, periods));
  }

  private topUp(
    caller: HardhatEthersSigner,
    { address }: HardhatEthersSigner,
    number: number,
    end: bigint,
    amount: bigint,
  ): Plan {
    return {
      ...this.own(caller, "topUp", [address, number, end, amount], () =>
        this.model.topUp(caller.address, address, number, end, amount),
      ),
      miners: [address],
    };
  }

  private compound(miner: HardhatEthersSigner, number: number, end: bigint): Plan {
    return this.own(miner, "compound", [number, end], () => this.model.compound(miner.address, number, end));
  }

  private extend(miner: HardhatEthersSigner, number: number, end: bigint, periods: bigint): Plan {
    return this.own(miner, "extend", [number, end, periods], () =>
      this.model.extend(miner.address, number, end, periods),
    );
  }

  private split(miner: HardhatEthersSigner, number: number, end: bigint, amount: bigint): Plan {
    return this.own(miner, "split", [number, end, amount], () => this.model.split(miner.address, number, end, amount));
  }

  private merge(miner: HardhatEthersSigner, one: number, two: number, end: bigint): Plan {
    return this.own(miner, "merge", [one, two, end], () => this.model.merge(miner.address, one, two, end));
  }

  private roll(miner: HardhatEthersSigner, number: number, end: bigint, notice: bigint): Plan {
    return this.own(miner, "roll", [number, end, notice], () => this.model.roll(miner.address, number, end, notice));
  }

  private giveNotice(miner: HardhatEthersSigner, number: number, end: bigint): Plan {
    return this.own(miner, "giveNotice", [number, end], () => this.model.giveNotice(miner.address, number, end));
  }

  private claim(miner: HardhatEthersSigner): Plan {
    return this.own(miner, "claim", [], () => this.model.claim(miner.address));
  }

  private withdraw(miner: HardhatEthersSigner, amount: bigint): Plan {
    return this.own(miner, "withdraw", [amount], () => this.model.withdraw(miner.address, amount));
  }

  private setPayout(miner: HardhatEthersSigner, payout: string): Plan {
    return this.own(miner, "setPayout", [payout], () => this.model.setPayout(miner.address, payout));
  }

  private poke(caller: HardhatEthersSigner, miner: string): Plan {
    return { ...this.own(caller, "poke", [miner], () => this.model.poke(miner)), miners: [miner] };
  }

  private releaseNumber(caller: HardhatEthersSigner, miner: string): Plan {
    return { ...this.own(caller, "releaseNumber", [miner], () => this.model.releaseNumber(miner)), miners: [miner] };
  }

  private resume(caller: HardhatEthersSigner, miner: string): Plan {
    const model = (): void => this.model.resume(caller.address, miner, this.operators.get(miner) ?? "");
    return { ...this.own(caller, "resume", [miner], model), miners: [miner] };
  }

  private slash(caller: HardhatEthersSigner, miner: string, amount: bigint, recipient: string, reward: bigint): Plan {
    const { escrow, policyManager } = this.network;
    return {
      caller,
      contract: policyManager,
      method: "slash",
      args: [escrow, miner, amount, recipient, reward],
      model: () => this.model.slash(miner, amount, recipient, reward),
      miners: [miner],
    };
  }

  private pause(caller: HardhatEthersSigner, miner: string): Plan {
    const { escrow, healthVote } = this.network;
    return {
      caller,
      contract: healthVote,
      method: "pause",
      args: [escrow, miner],
      model: () => this.model.pause(miner),
      miners: [miner],
    };
  }

  private drawHealthBudget(caller: HardhatEthersSigner, parts: bigint): Plan {
    const { escrow, healthVote } = this.network;
    return {
      caller,
      contract: healthVote,
      method: "drawHealthBudget",
      args: [escrow, parts],
      model: () => this.model.drawHealthBudget("health votes", parts),
      miners: [],
    };
  }

  /** A call that only a neighbour may make. */
  private stranger(caller: HardhatEthersSigner, neighbour: BaseContract, method: string, args: unknown[]): Plan {
    const who = [caller.address, addressOf(neighbour)];
    return this.refused(caller, method, args, "StakeEscrowOnlyNeighbour", who);
  }

  /** A call that is refused whatever the state, for a reason that the model knows nothing of. */
  private refused(
    caller: HardhatEthersSigner,
    method: string,
    args: unknown[],
    error: string,
    details: string[],
  ): Plan {
    const model = (): never => {
      throw new Refusal(error, details);
    };
    return this.own(caller, method, args, model);
  }

  /* WHERE BOTH WORLDS MUST AGREE */

  /** What one action may change: the totals, and the records of the miners that it is about. */
  async checkAfterAction(miners: Iterable<string>): Promise<void> {
    const views = new Views();
    this.compareTotals(views);
    for (const miner of miners) this.compareMiner(views, miner);
    await views.run();
  }

  /** Everything about everybody. */
  async checkAll(): Promise<void> {
    const { escrow, token, healthVote } = this.network;
    const { model } = this;
    const { now, open, genesis } = model;
    const where = this.where();
    const views = new Views();

    this.compareTotals(views);
    for (const miner of this.addresses) {
      this.compareMiner(views, miner);
      const locks = model.locksOf(miner);
      const ends = locks.flatMap((lock) => [lock.end - 1n, lock.end]).filter((p) => p >= now && p < ROLLING - 1n);
      for (const until of new Set([now, now + 2n, now + this.longest, now + this.longest + 2n, ...ends])) {
        views.same(escrow, "lockedIn", [miner, until], model.lockedIn(miner, until), where);
      }
      const { timestamp, amount } = model.nextUnlock(miner);
      views.same(escrow, "nextUnlock", [miner], timestamp, where);
      views.same(escrow, "nextUnlock", [miner], amount, where, (result) => result[1]);
      views.same(escrow, "freeCollateral", [miner, now + 1n], model.lockedIn(miner, now + 1n), where);
      views.same(escrow, "payoutOf", [miner], model.payoutOf(miner), where);
      const donated = miner === this.person(2).address ? this.donated : 0n;
      const wallet = (this.purses.get(miner) ?? 0n) + model.walletChange(miner) - donated;
      views.same(token, "balanceOf", [miner], wallet, where);
    }
    views.same(token, "balanceOf", [healthVote.target], model.walletChange("health votes"), where);

    views.same(escrow, "numbers", [], model.numbers, where);
    for (let number = 1n; number <= model.numbers; number++) {
      const holder = model.holderOf(number);
      const address = holder.miner || ethers.ZeroAddress;
      views.same(escrow, "holderOf", [number], address, where, (result) => tuple(result[0])[0]);
      if (holder.miner) views.same(escrow, "holderOf", [number], holder.since, where, (result) => tuple(result[0])[1]);
    }

    const { budget, undrawn } = model.healthBudget;
    views.same(escrow, "healthBudget", [], budget, where);
    views.same(escrow, "healthBudget", [], undrawn, where, (result) => result[1]);
    for (let period = open; period <= now + this.longest + 2n; period++) {
      views.same(escrow, "earningIn", [period], model.earningIn(period), where);
    }
    for (const period of [genesis, open - 1n, open, now, now + 1n, now + 3n, now + this.longest + 1n]) {
      if (period < genesis) continue;
      views.same(escrow, "accumulated", [period], model.accumulated(period), where);
    }
    const seconds = BigInt(await time.latest());
    views.same(escrow, "currentPeriod", [], seconds / model.parameters.escrow.period, where);
    await views.run();
    await this.checkSeats();
  }

  /** The sampler: who is in it, and that what it stored is never too small and decides alone only when it is exact. */
  async checkSeats(): Promise<void> {
    const { escrow } = this.network;
    const { model } = this;
    const seats = await readSeats(escrow);
    const where = this.where()();
    expect(await escrow.members(), `members ${where}`).to.equal(BigInt(seats.length));
    expect(new Set(seats.map((seat) => seat.miner)).size, `miners with seats ${where}`).to.equal(seats.length);
    for (const miner of this.addresses) {
      const whose = `of ${this.named(miner)} ${where}`;
      const stored = seats.find((seat) => seat.miner === miner)?.weight ?? 0n;
      const { least, most } = model.storedWeight(miner);
      expect(stored >= least / GRAIN, `stored weight ${stored} ${whose}, at least ${least}`).to.equal(true);
      expect(stored <= most / GRAIN, `stored weight ${stored} ${whose}, at most ${most}`).to.equal(true);
    }
    for (const seat of seats) {
      const last = min(min(seat.firstEnd, model.now + 1n + seat.notice) - 1n, model.now + 1n + this.longest);
      for (const until of new Set([model.now + 1n, last])) {
        if (until <= model.now || until > last) continue;
        const whose = `of ${this.named(seat.miner)} until ${until} ${where}`;
        expect(seat.weight, `weight that is exact ${whose}`).to.equal(model.liveWeight(seat.miner, until) / GRAIN);
      }
    }
  }

  private compareTotals(views: Views): void {
    const { escrow, token } = this.network;
    const { model } = this;
    const where = this.where();
    views.same(escrow, "openPeriod", [], model.open, where);
    views.same(escrow, "issued", [], model.issued, where);
    views.same(token, "totalSupply", [], model.totalSupply, where);
    views.same(token, "balanceOf", [escrow.target], model.escrowBalance + this.donated, where);
    views.same(escrow, "earningIn", [model.now], model.earningIn(model.now), where);
    views.same(escrow, "earningIn", [model.now + 1n], model.earningIn(model.now + 1n), where);
  }

  private compareMiner(views: Views, miner: string): void {
    const { escrow } = this.network;
    const { model } = this;
    const where = this.where();
    const next = model.now + 1n;
    const locks = model.locksOf(miner).map(({ number, amount, start, end, notice }) => {
      return [BigInt(number), amount, start, end, notice].join();
    });
    views.same(escrow, "locksOf", [miner], locks.join(" "), where, ([numbers, records]) =>
      tuple(records)
        .map((lock, i) => [tuple(numbers)[i], ...tuple(lock)].join())
        .join(" "),
    );
    views.same(escrow, "claimable", [miner], model.claimable(miner), where);
    views.same(escrow, "vesting", [miner], model.vesting(miner), where);
    views.same(escrow, "withdrawable", [miner], model.withdrawable(miner), where);
    views.same(escrow, "lockedIn", [miner, next], model.lockedIn(miner, next), where);
    for (const period of [model.now, next]) {
      views.same(escrow, "earningOf", [miner, period], model.earningOf(miner, period), where);
    }
    views.ask(escrow, "minerOf", [miner], (result) => {
      const [, paidUntil, seat, number, paused] = tuple(result[0]);
      const whose = `of ${this.named(miner)} ${where()}`;
      expect(paidUntil, `paid until ${whose}`).to.equal(model.paidUntil(miner));
      expect(number, `number ${whose}`).to.equal(model.numberOf(miner));
      expect(paused, `paused ${whose}`).to.equal(model.isPaused(miner));
      const { least, most } = model.storedWeight(miner);
      if (least > 0n) expect(seat, `seat ${whose}`).to.not.equal(0n);
      if (most === 0n) expect(seat, `seat ${whose}`).to.equal(0n);
    });
  }

  /** When a difference showed: after which action, in which period. */
  private where(): () => string {
    const [action, period] = [this.log.at(-1) ?? "nothing", this.model.now];
    return () => `after ${action} in period ${period}`;
  }

  private get longest(): bigint {
    return this.model.parameters.escrow.longestLock;
  }
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The values of a tuple or an array that a call returned. */
function tuple(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`expected a tuple, got ${typeof value}`);
  return [...(value as readonly unknown[])];
}
