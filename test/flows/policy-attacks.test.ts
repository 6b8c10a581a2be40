import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import {
  accept,
  ALL,
  bond,
  createPolicy,
  deployPolicies,
  domainOf,
  MINER_STAKE,
  type PolicyMiner,
  type PolicyNetwork,
  policyParameters,
  renewalTypes,
  revocationTypes,
  takeover,
  takeoverTypes,
  termsFor,
} from "../helpers/policies";
import { passPeriods } from "../helpers/time";

const RATE = nkms("2");
const COLLATERAL = nkms("15");
const WINDOW = 3n;

/** Miners by name. Terms are those of termsFor unless a test says otherwise: 10 periods at RATE, COLLATERAL at risk. */
interface Scene extends PolicyNetwork {
  ann: PolicyMiner;
  bob: PolicyMiner;
  cat: PolicyMiner;
  dan: PolicyMiner;
}

async function scene(): Promise<Scene> {
  const network = await deployPolicies(policyParameters, 5);
  const [ann, bob, cat, dan] = network.miners;
  if (!ann || !bob || !cat || !dan) throw new Error(`expected four miners, got ${network.miners.length}`);
  return { ...network, ann, bob, cat, dan };
}

const stakeOf = async ({ escrow }: Scene, { account }: PolicyMiner): Promise<bigint> => {
  const [, locks] = await escrow.locksOf(account);
  return locks.reduce((total, { amount }) => total + amount, 0n);
};

/** What PolicyManagerWrongSigner tells when somebody else signed, or something else was signed, than `operator` should have. */
const wrongSigner = ({ account, operator }: Pick<PolicyMiner, "account" | "operator">) =>
  [account.address, (signer: string) => signer !== operator.address, operator.address] as const;

/** The operators' signatures for a renewal. */
async function acceptRenewal(
  { policies }: Scene,
  policy: string,
  oldEnd: bigint,
  newEnd: bigint,
  miners: readonly PolicyMiner[],
): Promise<string[]> {
  const domain = await domainOf(policies);
  return Promise.all(
    miners.map(({ operator }) => operator.signTypedData(domain, renewalTypes, { policy, oldEnd, newEnd })),
  );
}

describe("Attacks on policies", () => {
  describe("on a miner's account", () => {
    it("can't make fees of periods that nobody counted, by policies that come and go in between", async () => {
      const s = await loadFixture(scene);
      const { policies, escrow, payer, owner, ann, token } = s;
      const long = termsFor(s, [ann], { periods: 40n });
      await createPolicy(s, long, [ann]);
      const { settled } = await policies.accountOf(ann.account);
      for (let i = 1n; i <= 3n; i++) {
        await passPeriods(escrow, 4n); // the account stays at `settled`, and `earned` goes below zero
        const short = termsFor(s, [ann], { salt: ethers.toBeHex(i, 32) });
        await createPolicy(s, short, [ann]);
        if (i !== 2n) await policies.connect(owner).revoke(short, ALL); // not served at all
        if (i === 2n) await policies.settle(ann.account, 3n);
      }
      expect((await policies.accountOf(ann.account)).settled).to.equal(settled + 3n);
      await passPeriods(escrow, 2n);

      // The long one was served for 14 periods, the second short one for 6.
      await expect(policies.connect(ann.account).claimFees()).to.changeTokenBalance(token, ann.account, RATE * 20n);
      await policies.connect(owner).revoke(long, ALL);
      await passPeriods(escrow, 60n);
      await policies.connect(ann.account).claimFees();
      const left = (await policies.refundOf(payer)) + (await heldInAll(s));
      expect(await token.balanceOf(policies), "what is left is the payer's").to.equal(left);
    });

    it("can't leave a verdict short, by resigning from everything with no fees to pay for it", async () => {
      const s = await loadFixture(scene);
      const { policies, challenges, registry, ann, challenger } = s;
      await registry.connect(ann.account).setPledge(MINER_STAKE, 200_000n);
      // The whole stake is reserved, and not a grain more can be.
      const half = { periods: 2n, collateral: MINER_STAKE / 2n - 2n * RATE };
      const [one, two] = [termsFor(s, [ann], half), termsFor(s, [ann], { ...half, salt: ethers.id("two") })];
      await createPolicy(s, one, [ann]);
      await createPolicy(s, two, [ann]);
      expect(await policies.reserved(ann.account)).to.equal(MINER_STAKE);
      const more = termsFor(s, [ann], { periods: 1n, rate: nkms("1"), collateral: nkms("1"), salt: ethers.id("more") });
      await expect(createPolicy(s, more, [ann]))
        .to.be.revertedWithCustomError(policies, "PolicyManagerAbovePledge")
        .withArgs(ann.account.address, MINER_STAKE + nkms("2"), MINER_STAKE);

      await policies.connect(ann.account).resign(one, 0n); // in the period of creation: all of the penalty is stake
      await policies.connect(ann.account).resign(two, 0n);
      expect(await stakeOf(s, ann)).to.equal(MINER_STAKE - 2n * RATE);
      for (const terms of [one, two]) {
        const before = await stakeOf(s, ann);
        await challenges.convict(policies, terms, 0n, false, challenger);
        expect(before - (await stakeOf(s, ann)), "seized").to.equal(half.collateral);
      }
      expect(await policies.reservedNow(ann.account)).to.equal(0n);
    });
  });

  describe("on the length of locks", () => {
    it("can't take stake out of a lock ahead of its end, by resigning from a policy with oneself", async () => {
      const s = await loadFixture(scene);
      const { policies, escrow, registry, token, ann, payer } = s;
      const liquid = async () => (await token.balanceOf(payer)) + (await token.balanceOf(ann.account));
      const before = await liquid();
      await registry.connect(ann.account).setPledge(MINER_STAKE, 100n);
      // One period, whose fee is all the stake but the collateral: the penalty is as much.
      const rate = MINER_STAKE - COLLATERAL;
      const terms = termsFor(s, [ann], { periods: 1n, rate });
      await createPolicy(s, terms, [ann]);
      await policies.connect(ann.account).resign(terms, 0n);
      expect(await stakeOf(s, ann), "locked").to.equal(COLLATERAL);

      await passPeriods(escrow, WINDOW + 2n); // of 300
      await policies.connect(payer).takeHeldRefund(await escrow.currentPeriod());
      if ((await policies.refundOf(payer)) > 0n) await policies.connect(payer).takeRefund();
      expect((await liquid()) - before, "liquid").to.equal(0n);
    });
  });

  describe("on the window", () => {
    it("can't shake off any holder of a kfrag that went through three hands in one period", async () => {
      const s = await loadFixture(scene);
      const { policies, challenges, escrow, ann, bob, cat, challenger } = s;
      const terms = termsFor(s, [ann]);
      const id = await createPolicy(s, terms, [ann]);
      await policies.connect(ann.account).handOff(terms, 0n, await takeover(policies, id, 0n, bob, COLLATERAL));
      await policies.connect(bob.account).handOff(terms, 1n, await takeover(policies, id, 1n, cat, COLLATERAL));
      await expect(policies.connect(cat.account).handOff(terms, 2n, await takeover(policies, id, 2n, ann, COLLATERAL)))
        .to.be.revertedWithCustomError(policies, "PolicyManagerInPolicy")
        .withArgs(id, ann.account.address, 0n);
      expect(await Promise.all([ann, bob, cat].map(({ account }) => policies.reserved(account)))).to.deep.equal([
        COLLATERAL,
        COLLATERAL,
        COLLATERAL + 10n * RATE,
      ]);

      const { end } = await policies.policyOf(id);
      await passPeriods(escrow, end + WINDOW - (await escrow.currentPeriod())); // the last one that counts
      for (const [index, miner] of [ann, bob, cat].entries()) {
        expect(await policies.reservedNow(miner.account)).to.be.greaterThan(0n);
        const before = await stakeOf(s, miner);
        await challenges.convict(policies, terms, index, true, challenger);

        expect(before - (await stakeOf(s, miner)), `seized from ${index}`).to.equal(COLLATERAL);
        expect(await policies.reservedNow(miner.account)).to.equal(0n);
        const afterOne = await stakeOf(s, miner);
        await expect(challenges.convict(policies, terms, index, true, challenger), "a second verdict").not.to.emit(
          policies,
          "Convicted",
        );
        expect(await stakeOf(s, miner), "by a second verdict").to.equal(afterOne);
      }
    });

    it("ends for a closed arrangement with the period in which its collateral was reserved last", async () => {
      const s = await loadFixture(scene);
      const { policies, challenges, escrow, owner, payer, challenger, ann, bob } = s;
      const terms = termsFor(s, [ann, bob]);
      await createPolicy(s, terms, [ann, bob]);
      await policies.connect(owner).revoke(terms, ALL);
      const stop = (await escrow.currentPeriod()) + 1n;
      await passPeriods(escrow, 1n + WINDOW);
      await challenges.convict(policies, terms, 0n, true, challenger);
      expect(await policies.heldFor(payer, stop + WINDOW + 1n), "held for the other").to.equal(5n * RATE);
      await expect(policies.connect(payer).takeHeldRefund(stop + WINDOW + 1n))
        .to.be.revertedWithCustomError(policies, "PolicyManagerNothingToPay")
        .withArgs(payer.address, stop + WINDOW + 1n);

      await passPeriods(escrow, 1n);
      expect(await policies.reservedNow(bob.account)).to.equal(0n);
      await expect(challenges.convict(policies, terms, 1n, true, challenger))
        .to.be.revertedWithCustomError(policies, "PolicyManagerTooLate")
        .withArgs(await policies.policyId(terms), 1n, stop + WINDOW);
      await policies.connect(payer).takeHeldRefund(stop + WINDOW + 1n);
    });

    it("can't be moved by a renewal for an arrangement that was closed before", async () => {
      const s = await loadFixture(scene);
      const { policies, challenges, escrow, owner, payer, challenger, ann, bob } = s;
      const terms = termsFor(s, [ann, bob]);
      const id = await createPolicy(s, terms, [ann, bob]);
      const { start, end } = await policies.policyOf(id);
      await passPeriods(escrow, 2n);
      await policies.connect(owner).revoke(terms, 0n); // ann served 2 of 10: 3 more are held
      await policies.connect(payer).renew(terms, 30n, await acceptRenewal(s, id, end, end + 30n, [bob]));
      expect(await policies.heldFor(payer, start + 2n + WINDOW + 1n)).to.equal(3n * RATE);

      await challenges.convict(policies, terms, 0n, true, challenger);
      const [event] = await policies.queryFilter(policies.filters.Convicted);
      expect([event?.args.verdict.earned, event?.args.verdict.withheld]).to.deep.equal([2n * RATE, 3n * RATE]);
      expect(await policies.heldFor(payer, start + 2n + WINDOW + 1n)).to.equal(0n);

      // Of bob's 40 periods 2 are served: t* is 20 now.
      const [refunded, held] = await policies.connect(owner).revoke.staticCall(terms, ALL);
      expect([refunded, held]).to.deep.equal([20n * RATE, 18n * RATE]);
    });

    for (const leaked of [true, false]) {
      it(`takes the collateral and nothing else before the first period, for a ${leaked ? "leak" : "wrong answer"}`, async () => {
        const s = await loadFixture(scene);
        const { policies, challenges, payer, challenger, token, ann } = s;
        const terms = termsFor(s, [ann]);
        await createPolicy(s, terms, [ann]);
        await challenges.convict(policies, terms, 0n, leaked, challenger);
        expect(MINER_STAKE - (await stakeOf(s, ann))).to.equal(COLLATERAL);
        expect(await policies.refundOf(payer)).to.equal((leaked ? 5n : 10n) * RATE);
        expect(await token.balanceOf(policies), "nothing but the refund is left").to.equal(
          await policies.refundOf(payer),
        );
        const account = await policies.accountOf(ann.account);
        expect([account.rate, account.earned, account.reserved]).to.deep.equal([0n, 0n, 0n]);
      });
    }
  });

  describe("with signatures", () => {
    it("can't use what was signed for one thing for another", async () => {
      const s = await loadFixture(scene);
      const { policies, owner, payer, ann, bob, stranger } = s;
      const terms = termsFor(s, [ann], { handOff: false });
      const id = await createPolicy(s, terms, [ann]);
      const { end } = await policies.policyOf(id);
      await expect(
        policies.connect(payer).renew(terms, 1n, await accept(policies, terms, [ann])),
        "an acceptance as a renewal",
      )
        .to.be.revertedWithCustomError(policies, "PolicyManagerWrongSigner")
        .withArgs(...wrongSigner(ann));
      const acceptances = await acceptRenewal(s, id, end, end + 1n, [ann]);
      await policies.connect(payer).renew(terms, 1n, acceptances);
      await expect(policies.connect(payer).renew(terms, 1n, acceptances), "a renewal twice")
        .to.be.revertedWithCustomError(policies, "PolicyManagerWrongSigner")
        .withArgs(...wrongSigner(ann));

      const domain = await domainOf(policies);
      const message = { policy: id, index: 0n, nonce: 0n, deadline: ethers.MaxUint256 };
      const revocation = await owner.signTypedData(domain, revocationTypes, message);
      const signed = await takeover(policies, id, 0n, bob, COLLATERAL, owner);
      await expect(
        policies.connect(ann.account).handOff(terms, 0n, { ...signed, consent: revocation }),
        "a revocation as a consent",
      )
        .to.be.revertedWithCustomError(policies, "PolicyManagerNotOwner")
        .withArgs(ann.account.address, owner.address);
      await expect(
        policies.connect(ann.account).handOff(terms, 0n, { ...signed, acceptance: acceptances[0] ?? "0x" }),
        "a renewal as a takeover",
      )
        .to.be.revertedWithCustomError(policies, "PolicyManagerWrongSigner")
        .withArgs(...wrongSigner(bob));
      await policies.connect(ann.account).handOff(terms, 0n, signed);
      await expect(
        policies.connect(stranger).revokeBySignature(terms, 0n, ethers.MaxUint256, revocation),
        "a revocation whose nonce the consent used",
      )
        .to.be.revertedWithCustomError(policies, "PolicyManagerNotOwner")
        .withArgs(stranger.address, owner.address);
    });

    it("can't take over with an operator that moved to another miner", async () => {
      const s = await loadFixture(scene);
      const { policies, registry, escrow, ann, bob, cat } = s;
      const terms = termsFor(s, [ann]);
      const id = await createPolicy(s, terms, [ann]);
      const signed = await takeover(policies, id, 0n, bob, COLLATERAL);
      await registry.connect(bob.account).unbondOperator();
      await registry.connect(cat.account).unbondOperator();
      await bond(registry, cat.account, bob.operator);
      await passPeriods(escrow, 1n);
      await expect(policies.connect(ann.account).handOff(terms, 0n, signed))
        .to.be.revertedWithCustomError(policies, "PolicyManagerOtherOperator")
        .withArgs(bob.account.address, bob.operator.address, ethers.ZeroAddress);
      await expect(policies.connect(ann.account).handOff(terms, 0n, { ...signed, miner: cat.account.address }))
        .to.be.revertedWithCustomError(policies, "PolicyManagerWrongSigner")
        .withArgs(...wrongSigner({ account: cat.account, operator: bob.operator }));
    });

    it("can't stretch a takeover by a renewal in between", async () => {
      const s = await loadFixture(scene);
      const { policies, payer, ann, bob } = s;
      const terms = termsFor(s, [ann]);
      const id = await createPolicy(s, terms, [ann]);
      const { end } = await policies.policyOf(id);
      const signed = await takeover(policies, id, 0n, bob, COLLATERAL);
      await policies.connect(payer).renew(terms, 100n, await acceptRenewal(s, id, end, end + 100n, [ann]));
      const { miner, operator, collateral, deadline } = signed;
      const message = { policy: id, index: 0n, miner, operator, collateral, end: end + 100n, deadline };
      const asked = ethers.TypedDataEncoder.hash(await domainOf(policies), takeoverTypes, message);
      await expect(policies.connect(ann.account).handOff(terms, 0n, signed))
        .to.be.revertedWithCustomError(policies, "PolicyManagerWrongSigner")
        .withArgs(bob.account.address, ethers.recoverAddress(asked, signed.acceptance as string), bob.operator.address);
      expect(await policies.reservedNow(bob.account)).to.equal(0n);

      await policies.connect(ann.account).handOff(terms, 0n, await takeover(policies, id, 0n, bob, COLLATERAL));
      expect((await policies.standingOf(terms, 1n)).end, "if bob agrees").to.equal(end + 100n);
    });

    it("can't do in one multicall what can't be done in several transactions", async () => {
      const s = await loadFixture(scene);
      const { policies, token, payer, owner, ann, escrow } = s;
      const terms = termsFor(s, [ann]);
      const create = policies.interface.encodeFunctionData("create", [terms, await accept(policies, terms, [ann])]);
      await expect(policies.connect(payer).multicall([create, create]))
        .to.be.revertedWithCustomError(policies, "PolicyManagerUsed")
        .withArgs(await policies.policyId(terms));
      await policies.connect(payer).multicall([create]);
      expect(await token.balanceOf(policies), "paid once").to.equal(10n * RATE);

      const revoke = policies.interface.encodeFunctionData("revoke", [terms, 0n]);
      await expect(policies.connect(owner).multicall([revoke, revoke]))
        .to.be.revertedWithCustomError(policies, "PolicyManagerClosed")
        .withArgs(await policies.policyId(terms), 0n, (await escrow.currentPeriod()) + 1n);
      await passPeriods(escrow, 2n);
      const claim = policies.interface.encodeFunctionData("claimFees");
      await expect(policies.connect(ann.account).multicall([claim, claim]))
        .to.be.revertedWithCustomError(policies, "PolicyManagerNothingToPay")
        .withArgs(ann.account.address, 0n);
    });
  });

  it("by somebody who is miner, owner, payer and challenger at once cost it what the rules burn", async () => {
    const s = await loadFixture(scene);
    const { policies, challenges, token, escrow, ann, bob } = s;
    const { account } = ann;
    await token.connect(account).approve(policies, ethers.MaxUint256);
    for (const leaked of [true, false]) {
      const salt = ethers.id(`leaked ${leaked}`);
      const terms = { ...termsFor(s, [ann], { salt }), owner: account.address, payer: account.address };
      await policies.connect(account).create(terms, await accept(policies, terms, [ann]));
      await passPeriods(escrow, 3n);
      const wealth = async (): Promise<bigint> =>
        (await token.balanceOf(account)) +
        (await stakeOf(s, ann)) +
        (await policies.claimableFees(account)) +
        (await policies.refundOf(account));
      const unearned = 7n * RATE;
      const before = (await wealth()) + unearned;
      await challenges.convict(policies, terms, 0n, leaked, account);
      // A leak burns rate t*, t* = 5, and c, less α of rate t; a wrong answer rate t and c less the finder's share.
      const burned = leaked
        ? COLLATERAL + 5n * RATE - (3n * RATE * 5n) / 100n
        : COLLATERAL + 3n * RATE - (COLLATERAL * 20n) / 100n;
      expect(before - (await wealth())).to.equal(burned);
    }
    expect(await stakeOf(s, bob), "nobody else's stake moved").to.equal(MINER_STAKE);
    const owed = (await policies.refundOf(account)) + (await policies.claimableFees(account));
    expect(await token.balanceOf(policies)).to.equal(owed);
  });
});

/** All that is held for the payer. */
async function heldInAll({ policies, payer }: Scene): Promise<bigint> {
  const closings = await policies.queryFilter(policies.filters.Closed);
  const keys = [...new Set(closings.map(({ args }) => args.heldUntil))];
  const amounts = await Promise.all(keys.map((heldUntil) => policies.heldFor(payer, heldUntil)));
  return amounts.reduce((total, amount) => total + amount, 0n);
}
