import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { POLICY, mineAt, nodeAllows, people } from "./fixtures";

const deploy = (from: bigint, until: bigint) => ethers.deployContract("TimeWindowCondition", [from, until]);

describe("TimeWindowCondition", () => {
  describe("constructor", () => {
    it("keeps from and until, the widest window too", async () => {
      for (const [from, until] of [
        [0n, 1n],
        [5n, 7n],
        [0n, ethers.MaxUint256],
      ] as const) {
        const condition = await deploy(from, until);
        expect([await condition.FROM(), await condition.UNTIL()]).to.deep.equal([from, until]);
      }
    });

    it("reverts with TimeWindowConditionEmpty(from, until) unless from is before until", async () => {
      const factory = await ethers.getContractFactory("TimeWindowCondition");
      for (const [from, until] of [
        [0n, 0n],
        [7n, 7n],
        [7n, 6n],
        [ethers.MaxUint256, 0n],
      ] as const) {
        await expect(factory.deploy(from, until))
          .to.be.revertedWithCustomError(factory, "TimeWindowConditionEmpty")
          .withArgs(from, until);
      }
    });
  });

  describe("isAllowed", () => {
    it("is false before the window, true in it, false from its end on, for whatever is asked", async () => {
      const { alice, bob } = await loadFixture(people);
      const from = BigInt(await time.latest()) + 100n;
      const condition = await deploy(from, from + 10n);
      for (const [moment, allowed] of [
        [from - 1n, false],
        [from, true],
        [from + 9n, true],
        [from + 10n, false],
        [from + 11n, false],
      ] as const) {
        await mineAt(moment);
        const other = { policy: ethers.ZeroHash, data: "0x" };
        expect(await condition.isAllowed(POLICY, alice, "0x12")).to.equal(allowed);
        expect(await nodeAllows(condition, bob.address, other)).to.equal(allowed);
      }
    });
  });
});
