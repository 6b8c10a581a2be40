import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { AssertionError, expect } from "chai";
import type { ContractTransactionReceipt, ContractTransactionResponse } from "ethers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import type { ConvictedEvent } from "../../typechain-types/contracts/PolicyManager";
import {
  accept,
  ALL,
  deployPolicies,
  domainOf,
  MINER_STAKE,
  type PolicyMiner,
  type PolicyNetwork,
  policyParameters,
  renewalTypes,
  revocationTypes,
  takeover,
  termsFor,
} from "../helpers/policies";
import { passPeriods } from "../helpers/time";
import { type Plan, type Step, stepsOf, type Story } from "./histories";
import { type Deal, type Entry, PolicyBooks } from "./policyBooks";
import { Random } from "./random";
import { GRAIN } from "./seats";

/** What happens in a history of policies and how often. */
const policyActions = {
  pass: 16,
  few: 5,
  gap: 1,
  create: 14,
  renew: 7,
  revoke: 5,
  revokeAll: 3,
  revokeBySignature: 3,
  resign: 4,
  handOff: 9,
  convict: 5,
  lastCall: 4,
  claimFees: 5,
  settle: 3,
  takeRefund: 3,
  takeHeldRefund: 3,
  lock: 3,
  extend: 2,
  withdraw: 2,
  donate: 1,
} as const;

type Kind = keyof typeof policyActions;

/** How many miners a story has. */
const MINERS = 6;
const NEVER = ethers.MaxUint256;

/** A network with policies, and books of what should have become of each. */
export class PolicyStory implements Story {
  /** What was done, one line per action; `!` marks what was refused, with reason. */
  readonly log: string[] = [];
  private readonly books: PolicyBooks;
  private readonly owners: HardhatEthersSigner[];
  private readonly payers: HardhatEthersSigner[];
  private salt = 0n;

  private constructor(
    private readonly scene: PolicyNetwork,
    private now: bigint,
  ) {
    const { owner, stranger, payer, distributor } = scene;
    const { window, floorPercent } = scene.parameters.policies;
    this.books = new PolicyBooks(window, floorPercent);
    [this.owners, this.payers] = [
      [owner, stranger],
      [payer, distributor],
    ];
    for (const { account } of scene.miners) this.books.stake.add(account.address, MINER_STAKE);
  }

  /** Deploys a network whose miners take different collaterals, and in which both payers and a miner can pay. */
  static async deploy(): Promise<PolicyNetwork> {
    const scene = await deployPolicies(policyParameters, MINERS);
    const { token, policies, distributor, registry, miners } = scene;
    await token.connect(distributor).approve(policies, NEVER);
    for (const [i, { account }] of miners.entries()) {
      await token.connect(account).approve(policies, NEVER);
      await registry.connect(account).setPledge(MINER_STAKE, 10n ** BigInt(i + 2));
    }
    return scene;
  }

  /** A story that begins now. */
  static async begin(scene: PolicyNetwork): Promise<PolicyStory> {
    return new PolicyStory(scene, await scene.escrow.currentPeriod());
  }

  /* ACTIONS */

  /** Does one step; does nothing if there is nothing it could be done to. */
  async play({ kind, seed }: Step): Promise<void> {
    const random = new Random(seed);
    const before = this.log.length;
    await this.act(kind as Kind, random);
    if (this.log.length === before) this.log.push(`- ${kind}`);
  }

  private async act(kind: Kind, random: Random): Promise<void> {
    switch (kind) {
      case "pass":
      case "few":
      case "gap":
        return this.pass(kind === "pass" ? 1n : random.between(2n, kind === "few" ? 6n : 80n));
      case "create":
        return this.create(random);
      case "renew":
        return this.renew(random);
      case "revoke":
      case "revokeAll":
      case "revokeBySignature":
        return this.revoke(kind, random);
      case "resign":
        return this.resign(random);
      case "handOff":
        return this.handOff(random);
      case "convict":
        return this.convict(random);
      case "lastCall":
        return this.lastCall(random);
      case "claimFees":
        return this.claimFees(random.pick(this.scene.miners));
      case "settle":
        return this.settle(random);
      case "takeRefund":
        return this.takeRefund(random.pick(this.payers));
      case "takeHeldRefund":
        return this.takeHeldRefund(random);
      case "lock":
      case "extend":
      case "withdraw":
        return this.stake(kind, random);
      case "donate":
        return this.donate(random.between(1n, nkms("1")));
    }
  }

  private async pass(periods: bigint): Promise<void> {
    const { escrow } = this.scene;
    this.now = await passPeriods(escrow, periods);
    while (this.now - (await escrow.openPeriod()) > (await escrow.MAX_CATCH_UP())) await escrow.advance(16n);
    this.log.push(`pass ${periods} periods, to ${this.now}`);
  }

  private async create(random: Random): Promise<void> {
    const { policies, miners, token } = this.scene;
    const first = random.between(0n, BigInt(MINERS - 1));
    const count = random.between(1n, 3n);
    const chosen = miners.filter((_, i) => (BigInt(i) + first) % BigInt(MINERS) < count);
    const [owner, payer] = [random.pick(this.owners), random.pick(this.payers)];
    const periods = random.oneIn(4n)
      ? await this.untilLockEnds(random, chosen, this.now + 1n)
      : random.between(1n, random.oneIn(3n) ? 60n : 12n);
    const rate = GRAIN * random.amount(1n, nkms("20") / GRAIN);
    const end = this.now + 1n + periods;
    const least = this.scene.parameters.policies.minCollateral / GRAIN;
    const some = random.oneIn(3n) ? least : random.amount(least, (rate * periods * 3n) / GRAIN + 1n);
    const collateral = GRAIN * (random.oneIn(4n) ? await this.allOf(chosen, rate * periods, end) : some);
    const salt = ethers.toBeHex(++this.salt, 32);
    const handOff = !random.oneIn(3n);
    const terms = termsFor({ owner, payer }, chosen, { periods, rate, collateral, salt, handOff });
    let fits = true;
    for (const miner of chosen) {
      fits &&= await this.allows(miner, collateral, rate * periods, collateral + rate * periods, end);
    }

    const held = await token.balanceOf(policies);
    const acceptances = await accept(policies, terms, chosen);
    if (!(await this.tried(fits, "create", policies.connect(payer).create(terms, acceptances)))) return;
    const paid = (await token.balanceOf(policies)) - held;
    expect(paid, "5: the fee").to.equal(rate * periods * BigInt(chosen.length));
    const deal: Deal = { id: await policies.policyId(terms), terms, owner, payer, end };
    for (const [i, miner] of chosen.entries()) {
      this.books.enter(deal, BigInt(i), miner, rate, collateral, this.now + 1n);
    }
  }

  private async renew(random: Random): Promise<void> {
    const { policies } = this.scene;
    const deal = this.open(random, 1n)?.deal;
    if (!deal) return;
    const open = this.books.entries.filter((entry) => entry.deal === deal && !entry.closed);
    const periods = random.oneIn(2n)
      ? await this.untilLockEnds(
          random,
          open.map(({ miner }) => miner),
          deal.end,
        )
      : random.between(1n, 6n);
    const newEnd = deal.end + periods;
    const domain = await domainOf(policies);
    const renewal = { policy: deal.id, oldEnd: deal.end, newEnd };
    let fits = true;
    const acceptances: string[] = [];
    for (const { miner, collateral, rate, start } of open) {
      acceptances.push(await miner.operator.signTypedData(domain, renewalTypes, renewal));
      fits &&= await this.allows(miner, collateral, rate * (newEnd - start), rate * periods, newEnd);
    }

    const call = policies.connect(deal.payer).renew(deal.terms, periods, acceptances);
    if (!(await this.tried(fits, "renew", call))) return;
    deal.end = newEnd;
    for (const entry of open) {
      [entry.end, entry.stop] = [newEnd, newEnd];
      entry.paid += entry.rate * periods;
    }
  }

  private async revoke(kind: "revoke" | "revokeAll" | "revokeBySignature", random: Random): Promise<void> {
    const { policies, challenger } = this.scene;
    const entry = this.open(random, 1n);
    if (!entry) return;
    const { id, owner, terms } = entry.deal;
    const index = kind === "revokeAll" ? ALL : entry.index;
    const message = { policy: id, index, nonce: await policies.nonces(owner), deadline: NEVER };
    const call =
      kind === "revokeBySignature"
        ? policies
            .connect(challenger)
            .revokeBySignature(
              terms,
              index,
              NEVER,
              await owner.signTypedData(await domainOf(policies), revocationTypes, message),
            )
        : policies.connect(owner).revoke(terms, index);
    await this.tried(true, kind, call);
    for (const one of this.books.entries) {
      if (one.deal === entry.deal && !one.closed && (one === entry || index === ALL)) this.books.close(one, this.now);
    }
  }

  private async resign(random: Random): Promise<void> {
    const { policies } = this.scene;
    const entry = this.open(random, 2n);
    if (!entry) return;
    const { account } = entry.miner;
    const unclaimed = this.books.unclaimed(account.address, this.now);
    const fromFees = unclaimed < entry.rate ? unclaimed : entry.rate;
    await this.tried(true, "resign", policies.connect(account).resign(entry.deal.terms, entry.index));
    this.books.close(entry, this.now);
    this.books.penalties.add(entry.deal.payer.address, fromFees);
    this.books.feesGone.add(account.address, fromFees);
    this.seize(entry, entry.rate - fromFees);
  }

  private async handOff(random: Random): Promise<void> {
    const { policies, miners } = this.scene;
    const entry = this.open(random, 2n);
    if (!entry) return;
    const { deal, rate, index } = entry;
    const to = random.pick(miners);
    const left = entry.end - this.now - 1n;
    const [grains, length] = [entry.collateral / GRAIN, entry.end - entry.start];
    const share = ((grains * left + length - 1n) / length) * GRAIN;
    const { minCollateral } = this.scene.parameters.policies;
    const least = share > minCollateral ? share : minCollateral;
    const enough = GRAIN * random.amount(least / GRAIN, (2n * least) / GRAIN);
    const collateral = random.oneIn(4n) ? (random.oneIn(2n) ? least - GRAIN : share) : enough;
    const others = this.books.entries.filter((other) => other.deal === deal);
    const fits =
      collateral >= least &&
      others.every(({ miner }) => miner !== to) &&
      (await this.allows(to, collateral, rate * left, collateral + rate * left, deal.end));

    const { handOff } = deal.terms;
    const signed = await takeover(policies, deal.id, index, to, collateral, handOff ? undefined : deal.owner);
    const call = policies.connect(entry.miner.account).handOff(deal.terms, index, signed);
    if (!(await this.tried(fits, "handOff", call))) return;
    [entry.closed, entry.handedOff, entry.stop, entry.passedOn] = [true, true, this.now + 1n, rate * left];
    this.books.enter(deal, BigInt(others.length), to, rate, collateral, this.now + 1n);
  }

  private async convict(random: Random): Promise<void> {
    if (this.books.entries.length === 0) return;
    await this.judge(random.pick(this.books.entries.slice(-10)), random.oneIn(2n));
  }

  /** A verdict in the last period in which it may come, or one later. */
  private async lastCall(random: Random): Promise<void> {
    const leaked = random.oneIn(2n);
    const soon = this.books.entries.filter((entry) => {
      return this.books.isLiable(entry, leaked, this.now) && this.books.liableUntil(entry, leaked) < this.now + 30n;
    });
    if (soon.length === 0) return;
    const entry = random.pick(soon);
    const periods = this.books.liableUntil(entry, leaked) - this.now + random.between(0n, 1n);
    if (periods > 0n) await this.pass(periods);
    await this.judge(entry, leaked);
  }

  private async judge(entry: Entry, leaked: boolean): Promise<void> {
    const { policies, challenges, token, parameters, challenger } = this.scene;
    const miner = entry.miner.account.address;
    const fees = this.books.unclaimed(miner, this.now);
    const [stake, held] = [await this.locks(miner), await token.balanceOf(policies)];
    const purse = await token.balanceOf(challenger);
    const call = challenges.convict(policies, entry.deal.terms, entry.index, leaked, challenger);
    const inTime = this.books.isInTime(entry, leaked, this.now);
    const receipt = await this.tried(inTime, entry.convicted ? "again" : leaked ? "leak" : "wrong", call);
    if (!receipt) return;
    if (entry.convicted) {
      expect(receipt.logs, "5: what a second verdict says").to.deep.equal([]);
      const after = [await this.locks(miner), await token.balanceOf(policies), await token.balanceOf(challenger)];
      expect(after, "3, 5: what a second verdict changes").to.deep.equal([stake, held, purse]);
      return;
    }

    this.books.convict(entry, leaked, this.now);
    const [event] = await policies.queryFilter(policies.filters.Convicted, receipt.blockNumber);
    if (!event) throw new Error("judge: expected a Convicted event, got none");
    const { verdict } = event.args as unknown as ConvictedEvent.OutputObject;
    const earned = this.books.earned(entry, this.now);
    const fromFees = fees < earned ? fees : earned;
    const { leakPercent, finderPercent } = parameters.policies;
    const share = leaked ? (earned * leakPercent) / 100n : (entry.collateral * finderPercent) / 100n;
    expect(
      [verdict.collateral, verdict.earned, verdict.fromFees, verdict.withheld, verdict.toChallenger],
      "5: a verdict",
    ).to.deep.equal([entry.collateral, earned, fromFees, entry.burned, share]);
    const seized = entry.collateral + earned - fromFees;
    expect(stake - (await this.locks(miner)), "3: what a verdict seized").to.equal(seized);
    expect((await token.balanceOf(challenger)) - purse, "5: the challenger's share").to.equal(share);
    expect(held - (await token.balanceOf(policies)), "5: what left the policies").to.equal(fromFees + entry.burned);
    this.books.feesGone.add(miner, fromFees);
    this.seize(entry, seized);
  }

  private seize(entry: Entry, amount: bigint): void {
    entry.seized += amount;
    this.books.stake.add(entry.miner.account.address, -amount);
  }

  private async claimFees({ account }: PolicyMiner): Promise<void> {
    const { policies } = this.scene;
    const due = this.books.unclaimed(account.address, this.now);
    if (await this.pays(account, due, "claimFees", () => policies.connect(account).claimFees())) {
      this.books.feesGone.add(account.address, due);
    }
  }

  private async takeRefund(payer: HardhatEthersSigner): Promise<void> {
    const { policies } = this.scene;
    const due = this.books.refundDue(payer.address);
    if (await this.pays(payer, due, "takeRefund", () => policies.connect(payer).takeRefund())) {
      this.books.refundsTaken.add(payer.address, due);
    }
  }

  private async takeHeldRefund(random: Random): Promise<void> {
    const { policies } = this.scene;
    const waiting = this.books.entries.filter(({ held, heldTaken }) => held > 0n && !heldTaken);
    if (waiting.length === 0) return;
    const { heldUntil, deal } = random.pick(waiting);
    const { payer } = deal;
    const due = this.now < heldUntil ? 0n : this.books.heldDue(payer.address, heldUntil);
    const call = (): Promise<ContractTransactionResponse> => policies.connect(payer).takeHeldRefund(heldUntil);
    if (!(await this.pays(payer, due, "takeHeldRefund", call))) return;
    for (const entry of this.books.entries) {
      if (entry.deal.payer === payer && entry.heldUntil === heldUntil) entry.heldTaken = true;
    }
  }

  /** A call that pays exactly `due`, and is refused if that is nothing. */
  private async pays(
    to: HardhatEthersSigner,
    due: bigint,
    what: string,
    call: () => Promise<ContractTransactionResponse>,
  ): Promise<boolean> {
    const { token } = this.scene;
    const before = await token.balanceOf(to);
    const receipt = await this.tried(due > 0n, what, call());
    expect((await token.balanceOf(to)) - before, `5: what ${what} paid`).to.equal(due);
    return receipt !== undefined;
  }

  private async settle(random: Random): Promise<void> {
    const { policies, miners } = this.scene;
    await this.tried(true, "settle", policies.settle(random.pick(miners).account, random.between(0n, 20n)));
  }

  private async donate(amount: bigint): Promise<void> {
    const { token, policies, distributor } = this.scene;
    await this.tried(true, "donate", token.connect(distributor).transfer(policies, amount));
    this.books.donated += amount;
  }

  /** What the policy manager was sent by mistake. */
  get donations(): bigint {
    return this.books.donated;
  }

  private async stake(kind: "lock" | "extend" | "withdraw", random: Random): Promise<void> {
    const { escrow, miners } = this.scene;
    const { account } = random.pick(miners);
    if (kind === "lock") {
      const amount = random.amount(nkms("16"), nkms("1,000"));
      await this.tried(true, kind, escrow.connect(account).lock(amount, random.between(2n, 100n)));
      this.books.stake.add(account.address, amount);
    } else if (kind === "extend") {
      const [numbers, locks] = await escrow.locksOf(account);
      const longest = this.now + 1n + (await escrow.LONGEST_LOCK());
      const at = locks.findIndex(({ end }) => end > this.now && end + 20n <= longest);
      const [number, lock] = [numbers[at], locks[at]];
      if (number === undefined || !lock) return;
      await this.tried(true, kind, escrow.connect(account).extend(number, lock.end, 20n));
    } else {
      const amount = await escrow.withdrawable(account);
      if (amount === 0n) return;
      await this.tried(true, kind, escrow.connect(account).withdraw(amount));
      this.books.stake.add(account.address, -amount);
    }
  }

  /* RULES */

  /** What the miner's own rules and its stake say; reservations are those that its account still counts. */
  private async allows(
    { account, operator }: PolicyMiner,
    collateral: bigint,
    fee: bigint,
    more: bigint,
    end: bigint,
  ): Promise<boolean> {
    const { policies, registry, escrow, parameters } = this.scene;
    const [bonded, pledge, percent] = await registry.pledgeOf(account);
    const { settled } = await policies.accountOf(account);
    const needed = this.books.reservedThrough(account.address, settled) + more;
    const locked = await escrow.lockedIn(account, end + parameters.policies.window);
    return bonded === operator.address && collateral * 100n <= fee * percent && needed <= pledge && needed <= locked;
  }

  /** The collateral, in grains, that leaves nothing free of one miner's stake: through `end` + W it is all reserved. */
  private async allOf([miner]: readonly PolicyMiner[], fee: bigint, end: bigint): Promise<bigint> {
    if (!miner) return 0n;
    const { policies, escrow, parameters } = this.scene;
    const locked = await escrow.lockedIn(miner.account, end + parameters.policies.window);
    const free = (locked < MINER_STAKE ? locked : MINER_STAKE) - (await policies.reserved(miner.account)) - fee;
    return free < nkms("1") ? nkms("1") / GRAIN : free / GRAIN;
  }

  /** Periods from `start` on after which, with W more, a lock of one of the miners is about to end, or just has ended. */
  private async untilLockEnds(random: Random, miners: readonly PolicyMiner[], start: bigint): Promise<bigint> {
    const { window } = this.scene.parameters.policies;
    const [, locks] = await this.scene.escrow.locksOf(random.pick(miners).account);
    if (locks.length === 0) return 1n;
    const periods = random.pick([...locks]).end - window - start + random.between(-1n, window);
    return periods < 1n ? 1n : periods;
  }

  /** Some arrangement that is open in a policy that lasts through period now + ahead. */
  private open(random: Random, ahead: bigint): Entry | undefined {
    const all = this.books.entries.filter(({ closed, end }) => !closed && end >= this.now + ahead);
    return all.length === 0 ? undefined : random.pick(all);
  }

  /** The receipt of a call that must go through if it `fits`, and else be refused by the policy manager. */
  private async tried(
    fits: boolean,
    what: string,
    call: Promise<ContractTransactionResponse>,
  ): Promise<ContractTransactionReceipt | undefined> {
    this.log.push(`${fits ? "" : "! "}${what}`);
    if (fits) return (await (await call).wait()) ?? undefined;
    const error: unknown = await call.then(
      () => new AssertionError(`${what}: expected the rules to refuse it, it went through`),
      (reason: unknown) => reason,
    );
    if (!/'PolicyManager\w+\(/.test(String(error))) throw error;
    return undefined;
  }

  /* WHAT MUST HOLD */

  /** Every invariant. */
  async check(): Promise<void> {
    await this.checkReservations();
    await this.checkFees();
    await this.checkLosses();
  }

  /** 3. Reservations are the arrangements', and covered at every end of one. */
  private async checkReservations(): Promise<void> {
    const { policies, escrow, miners } = this.scene;
    const ends = new Set(this.books.entries.map((entry) => this.books.reservedUntil(entry)));
    for (const { account } of miners) {
      const { address } = account;
      const { settled, rate } = await policies.accountOf(account);
      if (settled === 0n) continue;
      expect(rate * GRAIN, "5: rate").to.equal(this.books.rate(address, settled));
      expect(await policies.reserved(account), "3: reserved").to.equal(this.books.reservedThrough(address, settled));
      const present = this.books.reservedThrough(address, this.now);
      expect(await policies.reservedNow(account), "3: reserved now").to.equal(present);
      expect(present <= (await this.locks(address)), "3: more is reserved than there is").to.equal(true);
      for (const t of ends) {
        const reserved = this.books.reservedThrough(address, t);
        if (t <= this.now || reserved === 0n) continue;
        const locked = await escrow.lockedIn(account, t);
        expect(reserved <= locked, `3: ${reserved} is reserved through ${t}, ${locked} locked`).to.equal(true);
      }
    }
  }

  /** 5. The parts of each fee sum to it, and the contract holds what it owes. */
  private async checkFees(): Promise<void> {
    const { policies, token, miners } = this.scene;
    let owed = this.books.donated;
    for (const entry of this.books.entries) {
      const later = this.books.earnedLater(entry, this.now);
      const { refunded, held, heldTaken, heldUntil, burned, passedOn, deal } = entry;
      const parts = this.books.earned(entry, this.now) + later + refunded + held + burned + passedOn;
      expect(parts, "5: parts of a fee").to.equal(entry.paid);
      owed += later + (heldTaken ? 0n : held);
      const due = this.books.heldDue(deal.payer.address, heldUntil);
      expect(await policies.heldFor(deal.payer, heldUntil), "5: held").to.equal(due);
    }
    for (const { account } of miners) {
      const unclaimed = this.books.unclaimed(account.address, this.now);
      expect(await policies.claimableFees(account), "5: claimable").to.equal(unclaimed);
      owed += unclaimed;
    }
    for (const payer of this.payers) {
      const due = this.books.refundDue(payer.address);
      expect(await policies.refundOf(payer), "5: refund").to.equal(due);
      owed += due;
    }
    expect(await token.balanceOf(policies), "5: what the policies hold").to.equal(owed);
  }

  /** 6. Stake falls only by verdicts and resignations, and by no more than an arrangement accepted. */
  private async checkLosses(): Promise<void> {
    for (const { account } of this.scene.miners) {
      expect(await this.locks(account.address), "6: stake").to.equal(this.books.stake.of(account.address));
    }
    for (const { seized, collateral, rate, end, start } of this.books.entries) {
      expect(seized <= collateral + rate * (end - start), "6: more was seized than accepted").to.equal(true);
    }
  }

  /** Convicts everybody who is liable still, of what they are liable for: all of it must be there. */
  async finish(): Promise<void> {
    for (const entry of this.books.entries) {
      const leaked = entry.index % 2n === 0n;
      if (this.books.isLiable(entry, leaked, this.now)) await this.judge(entry, leaked);
    }
    await this.check();
  }

  private async locks(miner: string): Promise<bigint> {
    const [, locks] = await this.scene.escrow.locksOf(miner);
    return locks.reduce((total, { amount }) => total + amount, 0n);
  }
}

/** A random history of policies, of so many steps; everything is checked once in `every` of them. */
export const policyPlan = (steps: number, every = 5): Omit<Plan<PolicyNetwork>, "offset"> => ({
  weights: policyActions,
  steps: stepsOf(policyActions, steps),
  every,
  deploy: () => PolicyStory.deploy(),
  begin: (scene) => PolicyStory.begin(scene),
});
