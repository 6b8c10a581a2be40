import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { policyParameters } from "../helpers/policies";
import { actingAs, inThird } from "./fixtures";
import { eventsOf } from "./observe";

/** Everything but the challenge manager is there and nothing is wired. */
async function nothingWired() {
  const [deployer, stranger] = await ethers.getSigners();
  if (!deployer || !stranger) throw new Error("expected 2 accounts");
  const { initialSupply, maxSupply, escrow: ofEscrow, policies: ofPolicies } = policyParameters;
  const token = await ethers.deployContract("NKMSToken", [deployer.address, initialSupply, maxSupply]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [token, ofEscrow]);
  const registry = await ethers.deployContract("MinerRegistry", [escrow]);
  const policies = await ethers.deployContract("PolicyManager", [
    await escrow.getAddress(),
    await registry.getAddress(),
    ofPolicies,
  ]);
  const challenges = await ethers.deployContract("ChallengeManager__Mock");
  return { policies, challenges, deployer, stranger };
}

describe("PolicyManager.wire", () => {
  describe("when it was not called yet", () => {
    it("lets nobody convict: PolicyManagerNotChallengeManager(caller, zero)", async () => {
      const { policies, challenges, deployer } = await loadFixture(nothingWired);
      const terms = {
        ...{ owner: deployer.address, payer: deployer.address, periods: 1n, deadline: 0n, rate: 0n, collateral: 0n },
        ...{ condition: ZeroAddress, handOff: false, salt: ethers.ZeroHash, arrangements: [] },
      };
      for (const caller of [deployer, await actingAs(challenges)]) {
        await expect(policies.connect(caller).convict(terms, 0n, true, deployer))
          .to.be.revertedWithCustomError(policies, "PolicyManagerNotChallengeManager")
          .withArgs(caller.address, ZeroAddress);
      }
    });
  });

  describe("when somebody else than the deployer calls", () => {
    it("reverts with WiredOnceNotDeployer(caller, deployer)", async () => {
      const { policies, challenges, deployer, stranger } = await loadFixture(nothingWired);
      await expect(policies.connect(stranger).wire(challenges))
        .to.be.revertedWithCustomError(policies, "WiredOnceNotDeployer")
        .withArgs(stranger.address, deployer.address);
      expect(await policies.challengeManager()).to.equal(ZeroAddress);
      expect(await policies.deployer()).to.equal(deployer.address);
    });
  });

  describe("when the challenge manager has no code", () => {
    it("reverts with WiredOnceNoCode(address) and leaves the deployer its right, to do it properly", async () => {
      const { policies, challenges, deployer, stranger } = await loadFixture(nothingWired);
      for (const wrong of [stranger.address, ZeroAddress]) {
        await expect(policies.wire(wrong)).to.be.revertedWithCustomError(policies, "WiredOnceNoCode").withArgs(wrong);
      }
      expect(await policies.deployer()).to.equal(deployer.address);
      await policies.wire(challenges);
      expect(await policies.challengeManager()).to.equal(await challenges.getAddress());
    });
  });

  describe("when the deployer names a contract", () => {
    it("names it, tells Wired and ends the deployer's right", async () => {
      const { policies, challenges } = await loadFixture(nothingWired);
      const address = await challenges.getAddress();
      expect(await eventsOf(policies, policies.wire(challenges))).to.deep.equal([["Wired", address]]);
      expect(await policies.challengeManager()).to.equal(address);
      expect(await policies.deployer()).to.equal(ZeroAddress);
    });

    it("reverts with WiredOnceNotDeployer(deployer, zero) the second time", async () => {
      const { policies, challenges, deployer } = await loadFixture(nothingWired);
      await policies.wire(challenges);
      const other = await ethers.deployContract("ChallengeManager__Mock");
      await expect(policies.wire(other))
        .to.be.revertedWithCustomError(policies, "WiredOnceNotDeployer")
        .withArgs(deployer.address, ZeroAddress);
      expect(await policies.challengeManager()).to.equal(await challenges.getAddress());
    });

    it("takes verdicts of that contract alone: another one is PolicyManagerNotChallengeManager(caller, it)", async () => {
      const { policies, challenges, challenger, terms, id } = await loadFixture(inThird);
      const other = await ethers.deployContract("ChallengeManager__Mock");
      await expect(other.convict(policies, terms, 0n, true, challenger))
        .to.be.revertedWithCustomError(policies, "PolicyManagerNotChallengeManager")
        .withArgs(await other.getAddress(), await challenges.getAddress());
      const told = await eventsOf(policies, challenges.convict(policies, terms, 0n, true, challenger));
      expect(told.map(([name, policy]) => [name, policy])).to.deep.equal([
        ["Closed", id],
        ["Convicted", id],
      ]);
    });
  });
});
