import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress, encodeBytes32String } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { days, hours } from "../../deploy/parameters/units";
import { testParameters } from "../helpers/network";
import { nextTransactionAt } from "../helpers/time";
import { PERIOD, ROLLING, startOf } from "./fixtures";

type EscrowParameters = NetworkParameters["escrow"];

/** A token, and a way to construct an escrow for it from the usual parameters with some of them changed. */
async function tokenOnly() {
  const [distributor] = await ethers.getSigners();
  if (!distributor) throw new Error("expected an account");
  const { initialSupply, maxSupply } = testParameters;
  const token = await ethers.deployContract("NKMSToken", [distributor.address, initialSupply, maxSupply]);
  const factory = await ethers.getContractFactory("StakeEscrow");
  const construct = async (changed: Partial<EscrowParameters> = {}) =>
    factory.deploy(await token.getAddress(), { ...testParameters.escrow, ...changed });
  return { token, factory, construct, distributor };
}

describe("StakeEscrow.construct", () => {
  describe("when all parameters are within their bounds", () => {
    it("shows every parameter as it was given", async () => {
      const { token, construct } = await loadFixture(tokenOnly);
      const given: EscrowParameters = {
        period: 7_200n,
        firstIssue: 1_000_001n,
        healthPpm: 123_456n,
        minEarning: 160n * 10n ** 9n + 1n,
        minStake: 160n * 10n ** 9n,
        shortestLock: 3n,
        longestLock: 333n,
        vesting: 7n,
        maxCatchUp: 21n,
      };
      const escrow = await construct(given);
      expect({
        period: await escrow.PERIOD(),
        firstIssue: await escrow.FIRST_ISSUE(),
        healthPpm: await escrow.HEALTH_PPM(),
        minEarning: await escrow.MIN_EARNING(),
        minStake: await escrow.MIN_STAKE(),
        shortestLock: await escrow.SHORTEST_LOCK(),
        longestLock: await escrow.LONGEST_LOCK(),
        vesting: await escrow.VESTING(),
        maxCatchUp: await escrow.MAX_CATCH_UP(),
      }).to.deep.equal(given);
      expect(await escrow.TOKEN()).to.equal(await token.getAddress());
      expect(await escrow.ROLLING()).to.equal(ROLLING);
    });

    it("counts the initial supply as issued and nothing as earning or budgeted", async () => {
      const { token, construct, distributor } = await loadFixture(tokenOnly);
      const escrow = await construct();
      expect(await escrow.issued()).to.equal(testParameters.initialSupply);
      expect(await escrow.earningIn(0n)).to.equal(0n);
      expect(await escrow.healthBudget()).to.deep.equal([0n, 0n]);
      expect(await escrow.openPeriod()).to.equal(0n);
      expect(await escrow.numbers()).to.equal(0n);
      expect(await escrow.members()).to.equal(0n);
      expect(await token.balanceOf(escrow)).to.equal(0n);
      expect(await token.balanceOf(distributor)).to.equal(testParameters.initialSupply);
      expect(await token.totalSupply()).to.equal(testParameters.initialSupply);
    });

    it("takes its genesis from the period of its block", async () => {
      const { construct } = await loadFixture(tokenOnly);
      const next = BigInt(await time.latest()) / PERIOD + 2n;
      await nextTransactionAt(startOf(next) - 1n);
      expect(await (await construct()).GENESIS(), "in the last second of a period").to.equal(next - 1n);
      await nextTransactionAt(startOf(next));
      expect(await (await construct()).GENESIS(), "in the first second of the next").to.equal(next);
    });

    it("has its deployer to wire it, and no neighbour yet", async () => {
      const { construct, distributor } = await loadFixture(tokenOnly);
      const escrow = await construct();
      expect(await escrow.deployer()).to.equal(distributor.address);
      expect(await escrow.registry()).to.equal(ZeroAddress);
      expect(await escrow.policyManager()).to.equal(ZeroAddress);
      expect(await escrow.healthVote()).to.equal(ZeroAddress);
    });
  });

  describe("when one parameter is out of bounds", () => {
    /**
     * Constructs with the parameter at both bounds, and is refused one below, one above and at 2^256 - 1.
     * @param others What else must change so that nothing but this parameter is in the way.
     */
    async function keepsWithin(
      parameter: keyof EscrowParameters,
      least: bigint,
      most: bigint,
      others: Partial<EscrowParameters> = {},
    ): Promise<void> {
      const { factory, construct } = await loadFixture(tokenOnly);
      for (const value of [least, most]) {
        const escrow = await construct({ ...others, [parameter]: value });
        expect(await escrow.getDeployedCode(), `${parameter} = ${value}`).to.not.equal(null);
      }
      const outside = [most + 1n, MaxUint256];
      if (least > 0n) outside.push(least - 1n);
      for (const value of outside) {
        await expect(construct({ ...others, [parameter]: value }), `${parameter} = ${value}`)
          .to.be.revertedWithCustomError(factory, "StakeEscrowParameterOutOfBounds")
          .withArgs(encodeBytes32String(parameter), value, least, most);
      }
    }

    it("keeps period within 3,600 .. 31,536,000 seconds", async () => {
      await keepsWithin("period", hours(1), days(365));
    });

    it("keeps firstIssue within 1 .. S_max - S(0)", async () => {
      await keepsWithin("firstIssue", 1n, testParameters.maxSupply - testParameters.initialSupply);
    });

    it("keeps healthPpm within 0 .. 200,000", async () => {
      await keepsWithin("healthPpm", 0n, 200_000n);
    });

    it("keeps minEarning within minStake .. maxSupply", async () => {
      await keepsWithin("minEarning", testParameters.escrow.minStake, testParameters.maxSupply);
    });

    it("keeps maxCatchUp within 1 .. 500", async () => {
      await keepsWithin("maxCatchUp", 1n, 500n);
    });

    it("keeps vesting within 1 .. 30", async () => {
      await keepsWithin("vesting", 1n, 30n);
    });

    it("keeps minStake within 16e9 .. 2^47 * 1e9", async () => {
      // The bound of minEarning is checked first and must not be in the way: an escrow of tokens nobody could ever stake
      // is of no use, but it is what lies between the two bounds.
      const { factory, construct } = await loadFixture(tokenOnly);
      const [least, most] = [16n * 10n ** 9n, 2n ** 47n * 10n ** 9n];
      const minEarning = testParameters.maxSupply;
      for (const minStake of [least, most]) {
        expect(await (await construct({ minStake, minEarning })).MIN_STAKE()).to.equal(minStake);
      }
      for (const minStake of [0n, least - 1n, most + 1n, most + least]) {
        await expect(construct({ minStake, minEarning }), `minStake = ${minStake}`)
          .to.be.revertedWithCustomError(factory, "StakeEscrowParameterOutOfBounds")
          .withArgs(encodeBytes32String("minStake"), minStake, least, most);
      }
    });

    it("keeps longestLock within 1 .. 3,650", async () => {
      await keepsWithin("longestLock", 1n, 3_650n, { shortestLock: 1n });
    });

    it("keeps shortestLock within 1 .. longestLock", async () => {
      await keepsWithin("shortestLock", 1n, 200n, { longestLock: 200n });
    });
  });

  describe("when minStake is not a whole multiple of 16e9", () => {
    const unit = 16n * 10n ** 9n;

    it("reverts with StakeEscrowMinStakeNotWhole(minStake, 16e9) one below and one above a multiple", async () => {
      const { factory, construct } = await loadFixture(tokenOnly);
      for (const minStake of [unit + 1n, 7n * unit - 1n, 7n * unit + 1n]) {
        await expect(construct({ minStake }), `minStake = ${minStake}`)
          .to.be.revertedWithCustomError(factory, "StakeEscrowMinStakeNotWhole")
          .withArgs(minStake, unit);
      }
    });

    it("takes the multiple", async () => {
      const { construct } = await loadFixture(tokenOnly);
      const escrow = await construct({ minStake: 7n * unit });
      expect(await escrow.MIN_STAKE()).to.equal(7n * unit);
    });
  });
});
