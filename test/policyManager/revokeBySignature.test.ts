import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, dataSlice, id as hashOf, MaxUint256, toBeHex, TypedDataEncoder } from "ethers";
import { ethers } from "hardhat";

import { ALL, consentTypes, domainOf, revocationTypes } from "../helpers/policies";
import { nextTransactionAt } from "../helpers/time";
import type { Closing } from "../models/policies";
import {
  dealOf,
  inThird,
  justCreatedStrict,
  mirrored,
  modelOf,
  noPolicy,
  PERIOD,
  reach,
  revocation,
  type SceneWithPolicy,
  withPolicy,
} from "./fixtures";
import { closedAsTold, eventsOf, expectAsModel, expectRefusal } from "./observe";

/** A stranger brings a revocation. */
const bring = (
  { policies, stranger, terms }: SceneWithPolicy,
  index: bigint,
  signature: string,
  deadline: bigint = MaxUint256,
) => policies.connect(stranger).revokeBySignature(terms, index, deadline, signature);

/** Asserts that what a stranger brings is not the owner's signature. */
async function refused(scene: SceneWithPolicy, index: bigint, signature: string): Promise<void> {
  await expectRefusal(scene, () => bring(scene, index, signature), "PolicyManagerNotOwner", [
    scene.stranger.address,
    scene.terms.owner,
  ]);
}

/** The owner has two policies that differ in salt alone. */
async function twoPolicies() {
  const scene = await noPolicy();
  const { ann } = scene;
  const first = await withPolicy(scene, dealOf(scene, {}, [ann]), [ann]);
  const second = await withPolicy(first, dealOf(scene, { salt: hashOf("second") }, [ann]), [ann]);
  return { first: { ...first, model: second.model }, second };
}

/** The owner is a contract. */
async function ownedByContract() {
  const scene = await noPolicy();
  const wallet = await ethers.deployContract("Wallet__Mock");
  const owned = await withPolicy(scene, dealOf(scene, { owner: await wallet.getAddress() }, [scene.ann]), [scene.ann]);
  const digest = async (index: bigint) =>
    TypedDataEncoder.hash(await domainOf(scene.policies), revocationTypes, {
      policy: owned.id,
      index,
      nonce: await scene.policies.nonces(wallet),
      deadline: MaxUint256,
    });
  return { ...owned, wallet, digest };
}

describe("PolicyManager.revokeBySignature", () => {
  describe("when anybody brings the owner's signature", () => {
    it("ends the whole policy as the owner would, and uses up its nonce", async () => {
      const scene = await loadFixture(inThird);
      const { policies, stranger, owner, terms, id, ann, bob, cid, now } = scene;
      const model = modelOf(scene);
      const closings = [...model.revoke(id).values()];
      const signature = await revocation(scene, id, ALL);
      const sum = (part: "refunded" | "held") => closings.reduce((total, closing) => total + closing[part], 0n);
      expect(
        await policies.connect(stranger).revokeBySignature.staticCall(terms, ALL, MaxUint256, signature),
      ).to.deep.equal([sum("refunded"), sum("held")]);
      expect(await eventsOf(policies, bring(scene, ALL, signature))).to.deep.equal([
        ...[ann, bob, cid].map(({ account }, i) =>
          closedAsTold(id, BigInt(i), account.address, closings[i] as Closing),
        ),
        ["Revoked", id, now + 1n],
      ]);
      expect(await policies.nonces(owner)).to.equal(1n);
      expect(await policies.nonces(stranger)).to.equal(0n);
      await expectAsModel(scene, model);
    });

    it("ends one arrangement", async () => {
      const scene = await loadFixture(inThird);
      const { policies, id, bob } = scene;
      const model = modelOf(scene);
      const closing = model.close(id, 1);
      expect(await eventsOf(policies, bring(scene, 1n, await revocation(scene, id, 1n)))).to.deep.equal([
        closedAsTold(id, 1n, bob.account.address, closing),
      ]);
      await expectAsModel(scene, model);
    });

    it("ends one after the other, nonce by nonce", async () => {
      const scene = await loadFixture(inThird);
      const signatures = await Promise.all([0n, 1n, 2n].map((nonce) => revocation(scene, scene.id, nonce, { nonce })));
      await refused(scene, 1n, signatures[1] ?? "");
      for (const [i, signature] of signatures.entries()) await bring(scene, BigInt(i), signature);
      expect(await scene.policies.nonces(scene.owner)).to.equal(3n);
    });
  });

  describe("when the deadline is near", () => {
    it("works in its second; a second later it is PolicyManagerExpired(deadline, timestamp)", async () => {
      for (const late of [0n, 1n]) {
        const scene = await loadFixture(inThird);
        const deadline = scene.now * PERIOD + 1_000n;
        const signature = await revocation(scene, scene.id, ALL, { deadline });
        await nextTransactionAt(deadline + late);
        const act = () => bring(scene, ALL, signature, deadline);
        if (late === 0n) expect((await eventsOf(scene.policies, act())).length).to.equal(4);
        else await expectRefusal(scene, act, "PolicyManagerExpired", [deadline, deadline + 1n]);
      }
    });
  });

  describe("when it was used already", () => {
    it("reverts with PolicyManagerNotOwner(caller, owner): the nonce has moved on", async () => {
      const scene = await loadFixture(inThird);
      const { policies, id } = scene;
      const signature = await revocation(scene, id, 1n);
      await bring(scene, 1n, signature);
      await refused(scene, 1n, signature);
      expect(await policies.nonces(scene.owner)).to.equal(1n);
    });

    it("reverts with PolicyManagerRevoked(id, stop) for the whole policy", async () => {
      const scene = await loadFixture(inThird);
      const { id, now } = scene;
      const signature = await revocation(scene, id, ALL);
      await bring(scene, ALL, signature);
      await expectRefusal(scene, () => bring(scene, ALL, signature), "PolicyManagerRevoked", [id, now + 1n]);
    });

    it("reverts with PolicyManagerClosed(id, index, stop) with a fresh signature", async () => {
      const scene = await loadFixture(inThird);
      const { id, now } = scene;
      await bring(scene, 1n, await revocation(scene, id, 1n));
      const fresh = await revocation(scene, id, 1n);
      await expectRefusal(scene, () => bring(scene, 1n, fresh), "PolicyManagerClosed", [id, 1n, now + 1n]);
    });
  });

  describe("when it is not the owner's signature over this", () => {
    it("reverts with PolicyManagerNotOwner(caller, owner) for another signer", async () => {
      const scene = await loadFixture(inThird);
      for (const signer of [scene.payer, scene.stranger, scene.ann.account, scene.ann.operator]) {
        await refused(scene, ALL, await revocation(scene, scene.id, ALL, { signer }));
      }
    });

    it("reverts so for another index, nonce, deadline, chain, contract, name or version", async () => {
      const scene = await loadFixture(inThird);
      const { id, registry } = scene;
      await refused(scene, ALL, await revocation(scene, id, 0n));
      await refused(scene, 0n, await revocation(scene, id, ALL));
      await refused(scene, ALL, await revocation(scene, id, ALL, { nonce: 1n }));
      await refused(scene, ALL, await revocation(scene, id, ALL, { deadline: MaxUint256 - 1n }));
      for (const domain of [
        { chainId: 1n },
        { verifyingContract: await registry.getAddress() },
        { name: "NKMS" },
        { version: "2" },
      ]) {
        await refused(scene, ALL, await revocation(scene, id, ALL, { domain }));
      }
    });

    it("reverts so for another policy of the owner", async () => {
      const { first, second } = await loadFixture(twoPolicies);
      await refused(second, ALL, await revocation(first, first.id, ALL));
      await bring(first, ALL, await revocation(first, first.id, ALL));
      expect((await second.policies.policyOf(second.id)).closed).to.equal(0n);
    });

    it("reverts so for a consent to a hand-off, which has as many fields", async () => {
      const scene = await loadFixture(justCreatedStrict);
      const { policies, owner, id, dan } = scene;
      const consent = await owner.signTypedData(await domainOf(policies), consentTypes, {
        policy: id,
        index: 0n,
        miner: dan.account.address,
        nonce: 0n,
        deadline: MaxUint256,
      });
      await refused(scene, 0n, consent);
    });

    it("reverts so for a wrong length, v or the upper s", async () => {
      const scene = await loadFixture(inThird);
      const good = await revocation(scene, scene.id, ALL);
      for (const bad of [
        "0x",
        dataSlice(good, 0, 64),
        ethers.Signature.from(good).compactSerialized,
        `${good}00`,
        ...[0, 1, 29].map((v) => concat([dataSlice(good, 0, 64), toBeHex(v, 1)])),
        mirrored(good),
        toBeHex(0, 65),
      ]) {
        await refused(scene, ALL, bad);
      }
    });
  });

  describe("when the owner is a contract", () => {
    it("takes what it says by EIP-1271 that it signed", async () => {
      const scene = await loadFixture(ownedByContract);
      const { policies, wallet, digest, id } = scene;
      await wallet.sign(await digest(ALL), "0x1234");
      const told = await eventsOf(policies, bring(scene, ALL, "0x1234"));
      expect(told.map(([name]) => name)).to.deep.equal(["Closed", "Revoked"]);
      expect(await policies.nonces(wallet)).to.equal(1n);
      expect((await policies.policyOf(id)).closed).to.equal(scene.now + 1n);
    });

    it("reverts with PolicyManagerNotOwner(caller, owner) for anything else", async () => {
      const scene = await loadFixture(ownedByContract);
      const { wallet, digest, id } = scene;
      await refused(scene, ALL, "0x1234");
      await refused(scene, ALL, await revocation(scene, id, ALL));
      await wallet.sign(await digest(ALL), "0x1234");
      await refused(scene, ALL, "0x12");
      await refused(scene, 0n, "0x1234");
    });
  });

  describe("when the policy can't be revoked", () => {
    it("reverts with PolicyManagerEndsTooSoon(id, end, now + 1) after its end", async () => {
      const scene = await loadFixture(inThird);
      const signature = await revocation(scene, scene.id, ALL);
      await reach(scene, scene.end);
      await expectRefusal(scene, () => bring(scene, ALL, signature), "PolicyManagerEndsTooSoon", [
        scene.id,
        scene.end,
        scene.end + 1n,
      ]);
    });

    it("reverts with PolicyManagerNoArrangement(id, index) and keeps the nonce", async () => {
      const scene = await loadFixture(inThird);
      const signature = await revocation(scene, scene.id, 3n);
      await expectRefusal(scene, () => bring(scene, 3n, signature), "PolicyManagerNoArrangement", [scene.id, 3n]);
    });

    it("reverts with PolicyManagerUnknown(id) for terms that nobody paid", async () => {
      const scene = await loadFixture(inThird);
      const terms = { ...scene.terms, salt: hashOf("other") };
      const id = await scene.policies.policyId(terms);
      const signature = await revocation(scene, id, ALL);
      await expectRefusal(scene, () => bring({ ...scene, terms }, ALL, signature), "PolicyManagerUnknown", [id]);
    });
  });
});
