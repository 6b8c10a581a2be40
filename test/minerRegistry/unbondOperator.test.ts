import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { toPeriod } from "../helpers/time";
import { aliceHasOperator, aliceJustBonded, bond, expectRefusal, nobodyBonded } from "./fixtures";

describe("MinerRegistry.unbondOperator", () => {
  describe("when the caller has an operator that counts", () => {
    it("ends its work at once, in both directions", async () => {
      const { registry, alice, key } = await loadFixture(aliceHasOperator);
      expect(await registry.operatorOf(alice)).to.equal(key.address);
      await registry.connect(alice).unbondOperator();
      expect(await registry.operatorOf(alice)).to.equal(ZeroAddress);
      expect(await registry.bondOf(alice)).to.deep.equal([ZeroAddress, 0n]);
      expect(await registry.minerOf(key)).to.equal(ZeroAddress);
    });

    it("emits OperatorUnbonded(miner, operator)", async () => {
      const { registry, alice, key } = await loadFixture(aliceHasOperator);
      await expect(registry.connect(alice).unbondOperator())
        .to.emit(registry, "OperatorUnbonded")
        .withArgs(alice.address, key.address);
    });

    it("leaves terms, endpoint and nonces as they are", async () => {
      const { registry, alice, key } = await loadFixture(aliceHasOperator);
      await registry.connect(alice).setPledge(nkms("5"), 150n);
      await registry.connect(alice).setAdvice(nkms("1"), 90n);
      await registry.connect(alice).setEndpoint("https://alice.example");
      await registry.connect(alice).unbondOperator();
      expect(await registry.termsOf(alice)).to.deep.equal([nkms("5"), 150n, nkms("1"), 90n]);
      expect(await registry.endpointOf(alice)).to.equal("https://alice.example");
      expect(await registry.nonces(key)).to.equal(1n);
    });
  });

  describe("when the operator does not count yet", () => {
    it("ends the bond before it begins", async () => {
      const { registry, escrow, alice, key, now } = await loadFixture(aliceJustBonded);
      await registry.connect(alice).unbondOperator();
      await toPeriod(escrow, now + 1n);
      expect(await registry.operatorOf(alice)).to.equal(ZeroAddress);
      expect(await registry.minerOf(key)).to.equal(ZeroAddress);
    });
  });

  describe("when the key is free again", () => {
    it("can be bonded by its old miner with a new consent, from the next period on", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, alice, key, now } = scene;
      await registry.connect(alice).unbondOperator();
      await bond(scene, alice, key);
      expect(await registry.operatorOf(alice)).to.equal(ZeroAddress);
      expect(await registry.bondOf(alice)).to.deep.equal([key.address, now + 1n]);
    });

    it("can be bonded by another miner with a new consent", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, alice, bob, key } = scene;
      await registry.connect(alice).unbondOperator();
      await bond(scene, bob, key);
      expect(await registry.minerOf(key)).to.equal(bob.address);
    });
  });

  describe("when the caller has no operator", () => {
    it("reverts with MinerRegistryNotBonded(miner)", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      await expectRefusal(scene, () => registry.connect(alice).unbondOperator(), "MinerRegistryNotBonded", [
        alice.address,
      ]);
    });

    it("does so for the operator itself, which is nobody's miner, and for a second call", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, alice, key } = scene;
      await expectRefusal(scene, () => registry.connect(key).unbondOperator(), "MinerRegistryNotBonded", [key.address]);
      await registry.connect(alice).unbondOperator();
      await expectRefusal(scene, () => registry.connect(alice).unbondOperator(), "MinerRegistryNotBonded", [
        alice.address,
      ]);
    });
  });

  describe("when two miners have operators", () => {
    it("ends only the caller's", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, alice, bob, key, otherKey, now } = scene;
      await bond(scene, bob, otherKey);
      await registry.connect(bob).unbondOperator();
      expect(await registry.operatorOf(alice)).to.equal(key.address);
      expect(await registry.minerOf(key)).to.equal(alice.address);
      expect(await registry.bondOf(alice)).to.deep.equal([key.address, now]);
      expect(await registry.minerOf(otherKey)).to.equal(ZeroAddress);
    });
  });
});
