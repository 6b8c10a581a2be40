import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { dataSlice, encodeBytes32String, MaxUint256, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { accept, ALL, bond, domainOf, MINER_STAKE, renewalTypes } from "../helpers/policies";
import { nextTransactionAt } from "../helpers/time";
import type { Closing } from "../models/policies";
import {
  actingAs,
  COLLATERAL,
  dealOf,
  FEE,
  handedOff,
  inThird,
  justCreated,
  mirrored,
  modelOf,
  noPolicy,
  PERIOD,
  PERIODS,
  RATE,
  reach,
  reached,
  renewals,
  type SceneWithPolicy,
  WINDOW,
  withPolicy,
} from "./fixtures";
import { closedAsTold, eventsOf, expectAsModel, expectRefusal, moved } from "./observe";

/** Renews ann's, bob's and cid's policy with all acceptances, or others. */
async function renew(scene: SceneWithPolicy, periods: bigint, acceptances?: string[]) {
  const { policies, payer, terms } = scene;
  return policies.connect(payer).renew(terms, periods, acceptances ?? (await accepted(scene, periods)));
}

const accepted = (scene: SceneWithPolicy, periods: bigint, oldEnd = scene.end): Promise<string[]> => {
  const { id, ann, bob, cid } = scene;
  return renewals(scene, id, oldEnd, oldEnd + periods, [ann.operator, bob.operator, cid.operator]);
};

/** Ann has 10 periods at 1 and c = 10: little, so that her stake is what limits a renewal. */
async function annsAlone(): Promise<SceneWithPolicy> {
  const scene = await noPolicy();
  return withPolicy(scene, dealOf(scene, { rate: nkms("1"), collateral: nkms("10") }, [scene.ann]), [scene.ann]);
}

describe("PolicyManager.renew", () => {
  describe("when payer and miners agree", () => {
    it("takes the fee of the new periods and tells Renewed", async () => {
      for (const t of [0n, 1n, 5n, PERIODS]) {
        const scene = await reached(await loadFixture(justCreated), t);
        const { policies, payer, terms, id, start, end } = scene;
        const model = modelOf(scene);
        expect(await policies.connect(payer).renew.staticCall(terms, 4n, await accepted(scene, 4n))).to.equal(
          12n * RATE,
        );
        const moves = await moved(scene, async () =>
          expect(await eventsOf(policies, renew(scene, 4n))).to.deep.equal([
            ["Renewed", id, end, end + 4n, 12n * RATE],
          ]),
        );
        expect(moves).to.deep.equal({ payer: -12n * RATE, policies: 12n * RATE });
        expect(model.renew(id, 4n)).to.equal(12n * RATE);
        expect(await policies.policyOf(id)).to.deep.equal([start, end + 4n, 0n, 0n]);
        for (const period of [scene.now, end - 1n, end, end + 3n, end + 4n, end + 4n + WINDOW, end + 5n + WINDOW]) {
          await reach(scene, period, model);
          await expectAsModel(scene, model);
        }
        expect(await policies.claimableFees(scene.ann.account)).to.equal(14n * RATE);
      }
    });

    it("renews again and again, with new acceptances each time", async () => {
      const scene = await loadFixture(inThird);
      const { policies, id, end } = scene;
      const model = modelOf(scene);
      await renew(scene, 1n);
      await renew(scene, 2n, await accepted(scene, 2n, end + 1n));
      model.renew(id, 1n);
      model.renew(id, 2n);
      await expectAsModel(scene, model);
      await expectRefusal(scene, async () => renew(scene, 1n, await accepted(scene, 1n)), "PolicyManagerWrongSigner", [
        scene.ann.account.address,
        ethers.recoverAddress(
          ethers.TypedDataEncoder.hash(await domainOf(policies), renewalTypes, {
            policy: id,
            oldEnd: end + 3n,
            newEnd: end + 4n,
          }),
          (await accepted(scene, 1n))[0] ?? "",
        ),
        scene.ann.operator.address,
      ]);
    });

    it("reserves more by the fee of the new periods, through the new end + W", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, end } = scene;
      await renew(scene, 4n);
      expect(await policies.reserved(ann.account)).to.equal(COLLATERAL + FEE + 4n * RATE);
      await reach(scene, end + 4n + WINDOW);
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + FEE + 4n * RATE);
      await reach(scene, end + 5n + WINDOW);
      expect(await policies.reservedNow(ann.account)).to.equal(0n);
    });

    it("leaves alone what other policies of the miners that end with the new end earn and reserve", async () => {
      const first = await loadFixture(justCreated);
      const longer = dealOf(first, { periods: PERIODS + 4n, rate: nkms("3"), salt: ethers.id("longer") });
      const { id: other, model: both } = await withPolicy(first, longer, [first.ann, first.bob, first.cid]);
      const scene = { ...first, model: both };
      const { policies, id, end } = scene;
      const model = modelOf(scene);
      await renew(scene, 4n);
      model.renew(id, 4n);
      expect((await policies.policyOf(other)).end).to.equal(end + 4n);
      for (const period of [end, end + 3n, end + 4n, end + 5n, end + 4n + WINDOW, end + 5n + WINDOW]) {
        await reach(scene, period, model);
        await expectAsModel(scene, model);
      }
      expect(await policies.claimableFees(scene.ann.account)).to.equal(14n * (RATE + nkms("3")));
      expect(await policies.reservedNow(scene.ann.account)).to.equal(0n);
    });

    it("makes T longer in every later split", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, terms, id, ann } = scene;
      const model = modelOf(scene);
      await renew(scene, 10n);
      model.renew(id, 10n);
      // T = 20 now, φT = 10, t = 3.
      const closing = model.close(id, 0);
      expect(closing).to.include({ earned: 3n * RATE, held: 7n * RATE, refunded: 10n * RATE });
      expect(await eventsOf(policies, policies.connect(owner).revoke(terms, 0n))).to.deep.equal([
        closedAsTold(id, 0n, ann.account.address, closing),
      ]);
      await expectAsModel(scene, model);
    });

    it("renews what is open alone, one that took over included, and leaves the closed ones their end", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, owner, payer, terms, id, bob, cid, dan, end, now } = scene;
      const model = modelOf(scene);
      await policies.connect(owner).revoke(terms, 1n);
      model.close(id, 1);
      const acceptances = await renewals(scene, id, end, end + 5n, [cid.operator, dan.operator]);
      expect(await eventsOf(policies, policies.connect(payer).renew(terms, 5n, acceptances))).to.deep.equal([
        ["Renewed", id, end, end + 5n, 10n * RATE],
      ]);
      model.renew(id, 5n);
      await expectAsModel(scene, model);
      expect((await policies.standingOf(terms, 0n)).end).to.equal(end);
      expect((await policies.standingOf(terms, 1n)).end, bob.account.address).to.equal(end);
      expect((await policies.standingOf(terms, 3n)).end).to.equal(end + 5n);

      await reach(scene, now + 2n, model);
      const closings = model.revoke(id);
      expect(await eventsOf(policies, policies.connect(owner).revoke(terms, ALL))).to.deep.equal([
        closedAsTold(id, 2n, cid.account.address, closings.get(2) as Closing),
        closedAsTold(id, 3n, dan.account.address, closings.get(3) as Closing),
        ["Revoked", id, now + 3n],
      ]);
      await expectAsModel(scene, model);
    });

    it("renews in the last second of the last period, not a second later", async () => {
      const scene = await loadFixture(inThird);
      const inTime = await accepted(scene, 1n);
      await nextTransactionAt(scene.end * PERIOD - 1n);
      await renew(scene, 1n, inTime);
      expect((await scene.policies.policyOf(scene.id)).end).to.equal(scene.end + 1n);

      const late = await loadFixture(inThird);
      await nextTransactionAt(late.end * PERIOD);
      await expect(renew(late, 1n, inTime))
        .to.be.revertedWithCustomError(late.policies, "PolicyManagerEndsTooSoon")
        .withArgs(late.id, late.end, late.end + 1n);
      await expectRefusal(late, () => renew(late, 1n, inTime), "PolicyManagerEndsTooSoon", [
        late.id,
        late.end,
        late.end + 1n,
      ]);
    });

    it("keeps the same id: create still reverts with PolicyManagerUsed(id)", async () => {
      const scene = await loadFixture(inThird);
      const { policies, payer, terms, id, ann, bob, cid } = scene;
      await renew(scene, 2n);
      const acceptances = await accept(policies, terms, [ann, bob, cid]);
      await expectRefusal(scene, () => policies.connect(payer).create(terms, acceptances), "PolicyManagerUsed", [id]);
    });
  });

  describe("when the length is absurd", () => {
    it("reverts with PolicyManagerTermOutOfBounds(periods, value, 1, what is left of 3650)", async () => {
      const scene = await loadFixture(inThird);
      for (const periods of [0n, 3_641n, 2n ** 16n, 2n ** 32n - scene.end, 2n ** 32n, 2n ** 64n + 1n, MaxUint256]) {
        await expectRefusal(scene, () => renew(scene, periods, []), "PolicyManagerTermOutOfBounds", [
          encodeBytes32String("periods"),
          periods,
          1n,
          3_640n,
        ]);
      }
      await expectRefusal(scene, () => renew(scene, 3_640n), "PolicyManagerNotEnoughStake", [
        scene.ann.account.address,
        COLLATERAL + FEE + 3_640n * RATE,
        0n,
        scene.end + 3_640n + WINDOW,
      ]);
    });
  });

  describe("when acceptances are missing or too many", () => {
    it("reverts with PolicyManagerAcceptances(given, needed so far)", async () => {
      const scene = await loadFixture(inThird);
      const good = await accepted(scene, 2n);
      for (const [given, needed] of [
        [[], 1n],
        [good.slice(0, 1), 2n],
        [good.slice(0, 2), 3n],
        [[...good, good[0] ?? ""], 3n],
      ] as const) {
        await expectRefusal(scene, () => renew(scene, 2n, [...given]), "PolicyManagerAcceptances", [
          BigInt(given.length),
          needed,
        ]);
      }
    });
  });

  describe("when an acceptance is not the operator's over this", () => {
    it("reverts with PolicyManagerWrongSigner(miner, signer, operator)", async () => {
      const scene = await loadFixture(inThird);
      const { policies, registry, id, ann, bob, cid, end } = scene;
      const domain = await domainOf(policies);
      const good = await accepted(scene, 2n);
      const message = { policy: id, oldEnd: end, newEnd: end + 2n };
      const sign = (changes: object, signer = ann.operator, other: object = {}) =>
        signer.signTypedData({ ...domain, ...other }, renewalTypes, { ...message, ...changes });
      for (const signature of [
        await sign({}, bob.operator),
        await sign({}, ann.account),
        await sign({ policy: ethers.id("other") }),
        await sign({ oldEnd: end - 1n }),
        await sign({ newEnd: end + 3n }),
        await sign({}, ann.operator, { chainId: 1n }),
        await sign({}, ann.operator, { verifyingContract: await registry.getAddress() }),
        await sign({}, ann.operator, { version: "2" }),
        (await accept(policies, scene.terms, [ann]))[0] ?? "",
      ]) {
        const signer = ethers.recoverAddress(ethers.TypedDataEncoder.hash(domain, renewalTypes, message), signature);
        await expectRefusal(scene, () => renew(scene, 2n, [signature, ...good.slice(1)]), "PolicyManagerWrongSigner", [
          ann.account.address,
          signer,
          ann.operator.address,
        ]);
      }
      for (const bad of ["0x", dataSlice(good[2] ?? "", 0, 64), mirrored(good[2] ?? ""), `${good[2]}00`]) {
        const given = [...good.slice(0, 2), bad];
        await expectRefusal(scene, () => renew(scene, 2n, given), "PolicyManagerWrongSigner", [
          cid.account.address,
          ZeroAddress,
          cid.operator.address,
        ]);
      }
    });

    it("reverts with PolicyManagerOtherOperator(miner, operator, bonded) if the key has changed since", async () => {
      const scene = await loadFixture(inThird);
      const { registry, bob, stranger, now } = scene;
      await bond(registry, bob.account, stranger);
      for (const bonded of [ZeroAddress, stranger.address]) {
        await expectRefusal(scene, () => renew(scene, 2n), "PolicyManagerOtherOperator", [
          bob.account.address,
          bob.operator.address,
          bonded,
        ]);
        await reach(scene, now + 1n);
      }
    });

    it("can go on without that miner, once the owner has closed its arrangement", async () => {
      const scene = await loadFixture(inThird);
      const { policies, registry, owner, terms, id, ann, bob, cid, end } = scene;
      await registry.connect(bob.account).unbondOperator();
      await policies.connect(owner).revoke(terms, 1n);
      await renew(scene, 2n, await renewals(scene, id, end, end + 2n, [ann.operator, cid.operator]));
      expect((await policies.policyOf(id)).end).to.equal(end + 2n);
    });
  });

  describe("when a miner allows less", () => {
    it("checks its largest c/f with the whole new fee: PolicyManagerAboveMaxCollateral(miner, c, most)", async () => {
      const scene = await loadFixture(inThird);
      const { registry, bob } = scene;
      // c = 15; 12 periods at 2 make 24, of which 62 % are 14.88; of 26 they are 16.12.
      await registry.connect(bob.account).setPledge(MINER_STAKE, 62n);
      await expectRefusal(scene, () => renew(scene, 2n), "PolicyManagerAboveMaxCollateral", [
        bob.account.address,
        COLLATERAL,
        nkms("14.88"),
      ]);
      await renew(scene, 3n);
    });

    it("checks its pledge to the unit: PolicyManagerAbovePledge(miner, needed, limit)", async () => {
      const scene = await loadFixture(inThird);
      const { registry, bob } = scene;
      const needed = COLLATERAL + FEE + 2n * RATE;
      await registry.connect(bob.account).setPledge(needed - 1n, 100n);
      await expectRefusal(scene, () => renew(scene, 2n), "PolicyManagerAbovePledge", [
        bob.account.address,
        needed,
        needed - 1n,
      ]);
      await registry.connect(bob.account).setPledge(needed, 100n);
      await renew(scene, 2n);
    });
  });

  describe("when a miner's stake is scarce", () => {
    it("wants all it reserves locked through the new end + W: PolicyManagerNotEnoughStake(miner, needed, locked, until)", async () => {
      const scene = await loadFixture(annsAlone);
      const { policies, escrow, payer, terms, id, ann, end, now } = scene;
      // Her lock counts through now + 299; so the policy can end in now + 299 - W.
      const most = now + 299n - WINDOW - end;
      const above = await renewals(scene, id, end, end + most + 1n, [ann.operator]);
      await expectRefusal(
        scene,
        () => policies.connect(payer).renew(terms, most + 1n, above),
        "PolicyManagerNotEnoughStake",
        [ann.account.address, nkms("10") + (PERIODS + most + 1n) * nkms("1"), 0n, now + 300n],
      );

      // To the unit: all but what is needed is burned.
      const needed = nkms("10") + (PERIODS + most) * nkms("1");
      const slasher = escrow.connect(await actingAs(policies));
      await slasher.slash(ann.account, MINER_STAKE - needed, ZeroAddress, 0n);
      const exact = await renewals(scene, id, end, end + most, [ann.operator]);
      const act = policies.connect(payer).renew;
      expect(await act.staticCall(terms, most, exact)).to.equal(most * nkms("1"));
      await slasher.slash(ann.account, 1n, ZeroAddress, 0n);
      await expectRefusal(scene, () => act(terms, most, exact), "PolicyManagerNotEnoughStake", [
        ann.account.address,
        needed,
        needed - 1n,
        now + 299n,
      ]);
    });
  });

  describe("when the policy can't be renewed", () => {
    it("reverts with PolicyManagerRevoked(id, stop)", async () => {
      const scene = await loadFixture(inThird);
      await scene.policies.connect(scene.owner).revoke(scene.terms, ALL);
      await expectRefusal(scene, () => renew(scene, 2n), "PolicyManagerRevoked", [scene.id, scene.now + 1n]);
    });

    it("reverts with PolicyManagerUnknown(id)", async () => {
      const scene = await loadFixture(inThird);
      const terms = { ...scene.terms, rate: scene.terms.rate / 2n };
      await expectRefusal(scene, () => renew({ ...scene, terms }, 2n), "PolicyManagerUnknown", [
        await scene.policies.policyId(terms),
      ]);
    });

    it("renews nothing for nothing if every arrangement is closed", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, terms, id, end } = scene;
      const model = modelOf(scene);
      for (const index of [0, 1, 2]) {
        await policies.connect(owner).revoke(terms, index);
        model.close(id, index);
      }
      expect(await eventsOf(policies, renew(scene, 2n, []))).to.deep.equal([["Renewed", id, end, end + 2n, 0n]]);
      await expectAsModel(scene, model);
    });
  });

  describe("when somebody else than the payer calls", () => {
    it("reverts with PolicyManagerNotPayer(caller, payer), also for the owner", async () => {
      const scene = await loadFixture(inThird);
      const { policies, terms, owner, payer, ann, stranger } = scene;
      const acceptances = await accepted(scene, 2n);
      for (const caller of [owner, ann.account, stranger]) {
        await expectRefusal(
          scene,
          () => policies.connect(caller).renew(terms, 2n, acceptances),
          "PolicyManagerNotPayer",
          [caller.address, payer.address],
        );
      }
    });
  });

  describe("when the fee is not there", () => {
    it("reverts with ERC20InsufficientAllowance for one unit less, and takes the exact one", async () => {
      const scene = await loadFixture(inThird);
      const { policies, token, payer } = scene;
      await token.connect(payer).approve(policies, 6n * RATE - 1n);
      await expect(renew(scene, 2n))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await policies.getAddress(), 6n * RATE - 1n, 6n * RATE);
      expect((await policies.policyOf(scene.id)).end).to.equal(scene.end);
      await token.connect(payer).approve(policies, 6n * RATE);
      await renew(scene, 2n);
    });
  });
});
