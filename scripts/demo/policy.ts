import { randomBytes } from "node:crypto";

import {
  ALL_ARRANGEMENTS,
  type PolicyDomain,
  type Terms,
  checkTerms,
  describeAcceptance,
  heldUntil,
  kfragHash,
  leastCollateral,
  policyDomain,
  policyFee,
  policyId,
  policyTypedData,
  sortArrangements,
  splitFee,
  takeoverTypedData,
  verifyAcceptances,
} from "@nkms/protocol";
import { KeyFrag } from "@nkms/umbral";
import type { HDNodeWallet } from "ethers";
import { ZeroAddress, hexlify } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import type { NKMSToken, PolicyManager, StakeEscrow } from "../../typechain-types";
import { DemoError, expectEqual } from "./errors";
import type { Miner } from "./miners";
import type { PublicKeys } from "./sharing";

/** What an owner asks of each miner: so many periods, at so much each, with so much at risk. */
export interface Price {
  periods: bigint;
  rate: bigint;
  collateral: bigint;
}

/** What Alice asks. */
export const POLICY_PERIODS = 90n;
const RATE = nkms("10");
const COLLATERAL = nkms("500");
const ALICES: Price = { periods: POLICY_PERIODS, rate: RATE, collateral: COLLATERAL };
const FAR_AWAY = 2n ** 32n; // a deadline, seconds

interface Contracts {
  token: NKMSToken;
  escrow: StakeEscrow;
  policies: PolicyManager;
}

/** A miner with the fragment that it was sent. */
export interface Holder {
  miner: Miner;
  kfrag: Uint8Array;
}

/** What became of a fee. Base units. */
export interface Parts {
  earned: bigint;
  refunded: bigint;
  held: bigint;
}

/** A policy that Alice owns and has paid for. */
export class PaidPolicy {
  private constructor(
    private readonly contracts: Contracts,
    private readonly alice: HDNodeWallet,
    private readonly keys: PublicKeys,
    readonly domain: PolicyDomain,
    readonly terms: Terms,
    readonly id: string,
  ) {}

  /** Alice, or who is in her place, writes the terms, each operator checks its fragment and signs them, Alice pays. */
  static async create(
    contracts: Contracts,
    alice: HDNodeWallet,
    holders: Holder[],
    keys: PublicKeys,
    chainId: bigint,
    price: Price = ALICES,
  ): Promise<PaidPolicy> {
    const { token, escrow, policies } = contracts;
    const now = await escrow.currentPeriod();
    const terms: Terms = {
      owner: alice.address,
      payer: alice.address,
      ...price,
      deadline: (now + 1n) * (await escrow.PERIOD()) - 1n, // the end of this day
      condition: ZeroAddress,
      handOff: true,
      salt: hexlify(randomBytes(32)),
      arrangements: sortArrangements(
        holders.map(({ miner, kfrag }) => ({
          miner: miner.account.address,
          operator: miner.operator.address,
          kfragHash: checkedHash(kfrag, keys),
        })),
      ),
    };
    checkTerms(terms, { minCollateral: await policies.MIN_COLLATERAL(), timestamp: now * (await escrow.PERIOD()) });
    const domain = policyDomain(chainId, await policies.getAddress());
    const acceptances: string[] = [];
    for (const { miner, kfragHash: named } of terms.arrangements) {
      const holder = holderOf(holders, miner);
      expectEqual(`fragment of ${holder.miner.name}`, checkedHash(holder.kfrag, keys), named);
      acceptances.push(await holder.miner.operator.signTypedData(...policyTypedData(terms, domain)));
    }
    verifyAcceptances(terms, acceptances, domain);
    await (await token.connect(alice).approve(policies, policyFee(terms))).wait();
    await (await policies.connect(alice).create(terms, acceptances)).wait();

    const id = policyId(terms, domain);
    expectEqual("policy's id", await policies.policyId(terms), id);
    return new PaidPolicy(contracts, alice, keys, domain, terms, id);
  }

  /** What Alice paid. */
  get fee(): bigint {
    return policyFee(this.terms);
  }

  /** What an operator reads before it signs: for how long, for how much, and what its miner risks. */
  async shownToOperators(): Promise<string[]> {
    const { escrow, policies } = this.contracts;
    const calendar = { secondsPerPeriod: await escrow.PERIOD(), window: await policies.WINDOW() };
    return describeAcceptance(this.terms, 0, this.domain, calendar).slice(1, 4);
  }

  /** A miner passes its fragment on to one that checks it, accepts, and puts up a collateral of its own. */
  async handOff(from: Holder, to: Miner): Promise<void> {
    const { policies } = this.contracts;
    const index = this.indexOf(from.miner);
    const standing = await policies.standingOf(this.terms, index);
    expectEqual(`fragment that ${to.name} gets`, checkedHash(from.kfrag, this.keys), standing.kfragHash);
    const left = standing.end - (await this.nextPeriod());
    const minCollateral = await policies.MIN_COLLATERAL();
    const takeover = {
      policy: this.id,
      index,
      miner: to.account.address,
      operator: to.operator.address,
      collateral: leastCollateral(minCollateral, COLLATERAL, standing.end - standing.start, left),
      end: standing.end,
      deadline: FAR_AWAY,
    };
    const acceptance = await to.operator.signTypedData(...takeoverTypedData(takeover, this.domain));
    const own = policies.connect(from.miner.account);
    await (await own.handOff(this.terms, index, { ...takeover, acceptance, consent: "0x" })).wait();
  }

  /** A miner leaves, and pays Alice one period's fee for that. */
  async resign(miner: Miner): Promise<Parts & { penalty: bigint }> {
    const index = this.indexOf(miner);
    const parts = await this.partsIfClosedNow(index);
    const owed = await this.owedToAlice();
    await (await this.contracts.policies.connect(miner.account).resign(this.terms, index)).wait();
    expectEqual("refund for who resigned", (await this.owedToAlice()) - owed, parts.refunded + RATE);
    return { ...parts, penalty: RATE };
  }

  /** Alice ends the policy. The amounts are those of all its open arrangements. */
  async revoke(): Promise<Parts> {
    const { policies } = this.contracts;
    const total: Parts = { earned: 0n, refunded: 0n, held: 0n };
    const arrangements = BigInt(this.terms.arrangements.length) + 1n; // one was handed off to
    for (let index = 0n; index < arrangements; ++index) {
      if (!(await policies.standingOf(this.terms, index)).open) continue;
      const parts = await this.partsIfClosedNow(index);
      for (const part of ["earned", "refunded", "held"] as const) total[part] += parts[part];
    }
    const own = policies.connect(this.alice);
    const [refunded, held] = await own.revoke.staticCall(this.terms, ALL_ARRANGEMENTS);
    expectEqual("refund", refunded, total.refunded);
    expectEqual("what is held back", held, total.held);
    await (await own.revoke(this.terms, ALL_ARRANGEMENTS)).wait();
    return total;
  }

  /** The first period in which Alice gets what is held back of an arrangement that closes now. */
  async heldUntil(): Promise<bigint> {
    return heldUntil(await this.nextPeriod(), await this.contracts.policies.WINDOW());
  }

  /** Alice fetches what is free. */
  async takeRefund(): Promise<bigint> {
    return this.fetch(await this.owedToAlice(), (own) => own.takeRefund());
  }

  /** Alice fetches what was held back until now. */
  async takeHeldRefund(until: bigint): Promise<bigint> {
    const held = await this.contracts.policies.heldFor(this.alice, until);
    return this.fetch(held, (own) => own.takeHeldRefund(until));
  }

  private async fetch(
    amount: bigint,
    take: (own: PolicyManager) => ReturnType<PolicyManager["takeRefund"]>,
  ): Promise<bigint> {
    const { token, policies } = this.contracts;
    const before = await token.balanceOf(this.alice);
    await (await take(policies.connect(this.alice))).wait();
    expectEqual("what Alice gets back", (await token.balanceOf(this.alice)) - before, amount);
    return amount;
  }

  /** What @nkms/protocol says that a closing gives to whom; the contract must agree. */
  private async partsIfClosedNow(index: bigint): Promise<Parts> {
    const { policies } = this.contracts;
    const { start, end } = await policies.standingOf(this.terms, index);
    const share = { rate: RATE, periods: end - start };
    return splitFee(share, (await this.nextPeriod()) - start, await policies.FLOOR_PERCENT());
  }

  /** The miner's arrangement. */
  indexOf(miner: Miner): bigint {
    const index = this.terms.arrangements.findIndex((one) => one.miner === miner.account.address);
    if (index < 0) throw new DemoError("DISAGREEMENT", "arrangement", "one of a drawn miner", miner.name);
    return BigInt(index);
  }

  private async owedToAlice(): Promise<bigint> {
    return this.contracts.policies.refundOf(this.alice);
  }

  private async nextPeriod(): Promise<bigint> {
    return (await this.contracts.escrow.currentPeriod()) + 1n;
  }
}

/** A node's own hash of the fragment that it holds, once the node knows that the fragment is good. */
function checkedHash(bytes: Uint8Array, { verifying, owner, reader }: PublicKeys): string {
  const { id, precursor, proof } = KeyFrag.fromBytes(bytes).verify(verifying, owner, reader).unverify();
  return kfragHash({
    id,
    precursor: precursor.toBytes(),
    commitment: proof.commitment.toBytes(),
    receiverSignature: proof.signatureForReceiver.toBEBytes(),
  });
}

function holderOf(holders: Holder[], address: string): Holder {
  const holder = holders.find(({ miner }) => miner.account.address === address);
  if (!holder) throw new DemoError("DISAGREEMENT", "arrangement", "one of a drawn miner", address);
  return holder;
}
