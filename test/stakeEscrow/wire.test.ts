import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { MIN_STAKE, testParameters } from "../helpers/network";
import { eventsOf } from "../helpers/observe";
import { passPeriods } from "../helpers/time";
import { SHORTEST_LOCK } from "./fixtures";

/** All contracts, none of them wired; alice holds and approved what one lock needs. */
async function nothingWired() {
  const [deployer, alice, stranger] = await ethers.getSigners();
  if (!deployer || !alice || !stranger) throw new Error("expected 3 accounts");
  const { initialSupply, maxSupply } = testParameters;
  const token = await ethers.deployContract("NKMSToken", [deployer.address, initialSupply, maxSupply]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [token, testParameters.escrow]);
  const registry = await ethers.deployContract("MinerRegistry", [escrow]);
  const policyManager = await ethers.deployContract("PolicyManager__Mock");
  const healthVote = await ethers.deployContract("HealthVote__Mock");
  await token.transfer(alice, MIN_STAKE);
  await token.connect(alice).approve(escrow, MIN_STAKE);
  return { token, escrow, registry, policyManager, healthVote, deployer, alice, stranger };
}

/** The token knows the escrow, the escrow knows nobody. */
async function onlyTokenWired() {
  const parts = await nothingWired();
  await parts.token.wire(parts.escrow);
  return parts;
}

describe("StakeEscrow.wire", () => {
  describe("when it was not called yet", () => {
    it("refuses every call of a miner and every close with StakeEscrowNotWired", async () => {
      const { escrow, alice } = await loadFixture(onlyTokenWired);
      const asAlice = escrow.connect(alice);
      const calls = {
        advance: () => asAlice.advance(1n),
        advanceNothing: () => asAlice.advance(0n),
        lock: () => asAlice.lock(MIN_STAKE, SHORTEST_LOCK),
        lockWithPermit: () => asAlice.lockWithPermit(MIN_STAKE, SHORTEST_LOCK, 0n, 27, ZeroHash, ZeroHash),
        topUp: () => asAlice.topUp(alice, 0n, 0n, 1n),
        topUpWithPermit: () => asAlice.topUpWithPermit(alice, 0n, 0n, 1n, 0n, 27, ZeroHash, ZeroHash),
        compound: () => asAlice.compound(0n, 0n),
        extend: () => asAlice.extend(0n, 0n, 1n),
        roll: () => asAlice.roll(0n, 0n, SHORTEST_LOCK),
        giveNotice: () => asAlice.giveNotice(0n, 0n),
        split: () => asAlice.split(0n, 0n, 1n),
        merge: () => asAlice.merge(0n, 1n, 0n),
        claim: () => asAlice.claim(),
        withdraw: () => asAlice.withdraw(1n),
        resume: () => asAlice.resume(alice),
      };
      for (const [name, call] of Object.entries(calls)) {
        await expect(call(), name).to.be.revertedWithCustomError(escrow, "StakeEscrowNotWired").withArgs();
      }
    });

    it("refuses the neighbours' calls with StakeEscrowOnlyNeighbour(caller, zero)", async () => {
      const { escrow, policyManager, healthVote, alice } = await loadFixture(onlyTokenWired);
      const calls = [
        [policyManager, () => policyManager.slash(escrow, alice, 1n, ZeroAddress, 0n)],
        [healthVote, () => healthVote.pause(escrow, alice)],
        [healthVote, () => healthVote.drawHealthBudget(escrow, 1n)],
      ] as const;
      for (const [caller, call] of calls) {
        await expect(call())
          .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
          .withArgs(await caller.getAddress(), ZeroAddress);
      }
    });

    it("has no number to release and nobody to poke", async () => {
      const { escrow, alice } = await loadFixture(onlyTokenWired);
      await expect(escrow.releaseNumber(alice))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(alice.address, MaxUint256);
      expect(await eventsOf(escrow, escrow.poke(alice))).to.deep.equal([]);
      expect(await escrow.members()).to.equal(0n);
    });

    it("lets a miner choose its payout address, which needs no neighbour", async () => {
      const { escrow, alice, stranger } = await loadFixture(onlyTokenWired);
      await escrow.connect(alice).setPayout(stranger);
      expect(await escrow.payoutOf(alice)).to.equal(stranger.address);
    });
  });

  describe("when somebody else than the deployer calls", () => {
    it("reverts with WiredOnceNotDeployer(caller, deployer)", async () => {
      const { escrow, registry, policyManager, healthVote, deployer, stranger } = await loadFixture(onlyTokenWired);
      await expect(escrow.connect(stranger).wire(registry, policyManager, healthVote))
        .to.be.revertedWithCustomError(escrow, "WiredOnceNotDeployer")
        .withArgs(stranger.address, deployer.address);
      expect(await escrow.deployer()).to.equal(deployer.address);
      expect(await escrow.registry()).to.equal(ZeroAddress);
    });
  });

  describe("when the token was not wired to this escrow before", () => {
    it("reverts with StakeEscrowNotMinter(zero) if it was not wired at all", async () => {
      const { escrow, registry, policyManager, healthVote, deployer } = await loadFixture(nothingWired);
      await expect(escrow.wire(registry, policyManager, healthVote))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinter")
        .withArgs(ZeroAddress);
      expect(await escrow.deployer()).to.equal(deployer.address);
    });

    it("reverts with StakeEscrowNotMinter(other) if it was wired to another contract", async () => {
      const { escrow, token, registry, policyManager, healthVote } = await loadFixture(nothingWired);
      await token.wire(registry);
      await expect(escrow.wire(registry, policyManager, healthVote))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNotMinter")
        .withArgs(await registry.getAddress());
      expect(await escrow.openPeriod()).to.equal(0n);
    });
  });

  describe("when a neighbour has no code", () => {
    it("reverts with WiredOnceNoCode(registry)", async () => {
      const { escrow, policyManager, healthVote, stranger } = await loadFixture(onlyTokenWired);
      await expect(escrow.wire(stranger, policyManager, healthVote))
        .to.be.revertedWithCustomError(escrow, "WiredOnceNoCode")
        .withArgs(stranger.address);
    });

    it("reverts with WiredOnceNoCode(policyManager)", async () => {
      const { escrow, registry, healthVote } = await loadFixture(onlyTokenWired);
      await expect(escrow.wire(registry, ZeroAddress, healthVote))
        .to.be.revertedWithCustomError(escrow, "WiredOnceNoCode")
        .withArgs(ZeroAddress);
    });

    it("reverts with WiredOnceNoCode(healthVote)", async () => {
      const { escrow, registry, policyManager, stranger } = await loadFixture(onlyTokenWired);
      await expect(escrow.wire(registry, policyManager, stranger))
        .to.be.revertedWithCustomError(escrow, "WiredOnceNoCode")
        .withArgs(stranger.address);
    });

    it("leaves the deployer its right, to do it properly", async () => {
      const { escrow, registry, policyManager, healthVote, deployer, stranger } = await loadFixture(onlyTokenWired);
      await expect(escrow.wire(registry, policyManager, stranger))
        .to.be.revertedWithCustomError(escrow, "WiredOnceNoCode")
        .withArgs(stranger.address);
      expect(await escrow.deployer()).to.equal(deployer.address);
      expect([await escrow.registry(), await escrow.policyManager(), await escrow.healthVote()]).to.deep.equal([
        ZeroAddress,
        ZeroAddress,
        ZeroAddress,
      ]);
      expect(await escrow.openPeriod()).to.equal(0n);
      await escrow.wire(registry, policyManager, healthVote);
      expect(await escrow.healthVote()).to.equal(await healthVote.getAddress());
    });
  });

  describe("when the deployer names three contracts", () => {
    it("names the neighbours and tells it once", async () => {
      const { escrow, registry, policyManager, healthVote } = await loadFixture(onlyTokenWired);
      const addresses = await Promise.all([registry, policyManager, healthVote].map((c) => c.getAddress()));
      const told = await eventsOf(escrow, escrow.wire(registry, policyManager, healthVote));
      expect(told).to.deep.equal([["Wired", ...addresses]]);
      expect([await escrow.registry(), await escrow.policyManager(), await escrow.healthVote()]).to.deep.equal(
        addresses,
      );
    });

    it("opens the current period and issues nothing for the time since deployment", async () => {
      const { escrow, token, registry, policyManager, healthVote } = await loadFixture(onlyTokenWired);
      const now = await passPeriods(escrow, 5n);
      await escrow.wire(registry, policyManager, healthVote);
      expect(await escrow.openPeriod()).to.equal(now);
      expect(await escrow.GENESIS()).to.equal(now - 5n);
      expect(await eventsOf(escrow, escrow.advance(MaxUint256))).to.deep.equal([]);
      expect(await escrow.issued()).to.equal(testParameters.initialSupply);
      expect(await token.totalSupply()).to.equal(testParameters.initialSupply);
    });

    it("ends the deployer's right", async () => {
      const { escrow, registry, policyManager, healthVote } = await loadFixture(onlyTokenWired);
      await escrow.wire(registry, policyManager, healthVote);
      expect(await escrow.deployer()).to.equal(ZeroAddress);
    });

    it("reverts with WiredOnceNotDeployer(deployer, zero) the second time", async () => {
      const { escrow, registry, policyManager, healthVote, deployer } = await loadFixture(onlyTokenWired);
      await escrow.wire(registry, policyManager, healthVote);
      await expect(escrow.wire(registry, healthVote, policyManager))
        .to.be.revertedWithCustomError(escrow, "WiredOnceNotDeployer")
        .withArgs(deployer.address, ZeroAddress);
      expect(await escrow.policyManager()).to.equal(await policyManager.getAddress());
    });
  });
});
