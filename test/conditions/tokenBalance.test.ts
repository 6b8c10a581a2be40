import { loadFixture, setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { CAPSULE, POLICY, PURSE, answering, answeringNumber, looping, nodeAllows, people, reverting } from "./fixtures";

const deploy = async (token: { getAddress(): Promise<string> }, least: bigint) =>
  ethers.deployContract("TokenBalanceCondition", [await token.getAddress(), least]);

describe("TokenBalanceCondition", () => {
  describe("constructor", () => {
    it("keeps token and least", async () => {
      const { token } = await loadFixture(people);
      const condition = await deploy(token, ethers.MaxUint256);
      expect(await condition.TOKEN()).to.equal(await token.getAddress());
      expect(await condition.LEAST()).to.equal(ethers.MaxUint256);
    });

    it("reverts with TokenBalanceConditionNoCode(token) for an account and the zero address", async () => {
      const { alice } = await loadFixture(people);
      const factory = await ethers.getContractFactory("TokenBalanceCondition");
      for (const nobody of [alice.address, ethers.ZeroAddress]) {
        await expect(factory.deploy(nobody, 1n))
          .to.be.revertedWithCustomError(factory, "TokenBalanceConditionNoCode")
          .withArgs(nobody);
      }
    });

    it("reverts with TokenBalanceConditionNothingAsked() for 0", async () => {
      const { token } = await loadFixture(people);
      const factory = await ethers.getContractFactory("TokenBalanceCondition");
      await expect(factory.deploy(token, 0n)).to.be.revertedWithCustomError(
        factory,
        "TokenBalanceConditionNothingAsked",
      );
    });
  });

  describe("isAllowed", () => {
    it("is whether the reader holds the least of an ERC-20, to the base unit", async () => {
      const { token, alice, bob } = await loadFixture(people);
      for (const [least, allowed] of [
        [1n, true],
        [PURSE - 1n, true],
        [PURSE, true],
        [PURSE + 1n, false],
        [ethers.MaxUint256, false],
      ] as const) {
        const condition = await deploy(token, least);
        expect(await nodeAllows(condition, alice.address), `${least}`).to.equal(allowed);
        expect(await nodeAllows(condition, bob.address)).to.equal(false);
      }
    });

    it("is whether the reader holds so many of an ERC-721", async () => {
      const { alice, bob } = await loadFixture(people);
      const token = await ethers.deployContract("Collectible__Mock");
      await token.mint(alice, 1n);
      await token.mint(alice, 2n);
      await token.mint(bob, 3n);
      const [one, two, three] = [await deploy(token, 1n), await deploy(token, 2n), await deploy(token, 3n)];
      const answers = async (reader: string) =>
        Promise.all([one, two, three].map((condition) => condition.isAllowed(POLICY, reader, CAPSULE)));
      expect(await answers(alice.address)).to.deep.equal([true, true, false]);
      expect(await answers(bob.address)).to.deep.equal([true, false, false]);
      // An ERC-721 has no balance for the zero address.
      expect(await nodeAllows(one, ethers.ZeroAddress)).to.equal(false);
    });

    it("looks at the reader, not at who asks, and at the moment", async () => {
      const { token, alice, bob } = await loadFixture(people);
      const condition = await deploy(token, 1n);
      expect(await condition.connect(alice).isAllowed(POLICY, bob, CAPSULE)).to.equal(false);
      expect(await condition.connect(bob).isAllowed(POLICY, alice, CAPSULE)).to.equal(true);
      await token.connect(alice).transfer(bob, PURSE);
      expect(await nodeAllows(condition, alice.address)).to.equal(false);
      expect(await nodeAllows(condition, bob.address)).to.equal(true);
    });

    it("fails, which is a no, if the token reverts, runs for ever, is gone, or returns less than a word", async () => {
      const { alice } = await loadFixture(people);
      const [panicking, gone] = [await reverting(), await answeringNumber(1n)];
      const short = [await answering("0x"), await answering("0x".padEnd(64, "f"))];
      for (const token of [panicking, await looping(), gone, ...short]) {
        const condition = await deploy(token, 1n);
        if (token === gone) await setCode(await token.getAddress(), "0x");
        const call = expect(condition.isAllowed(POLICY, alice, CAPSULE, { gasLimit: 100_000n }));
        await (token === panicking ? call.to.be.revertedWithPanic(0x01) : call.to.be.revertedWithoutReason());
        expect(await nodeAllows(condition, alice.address)).to.equal(false);
      }
    });

    it("takes the first word of a longer answer", async () => {
      const { alice } = await loadFixture(people);
      const long = async (first: bigint) =>
        answering(ethers.concat([ethers.toBeHex(first, 32), ethers.toBeHex(9n, 32)]));
      expect(await nodeAllows(await deploy(await long(2n), 2n), alice.address)).to.equal(true);
      expect(await nodeAllows(await deploy(await long(1n), 2n), alice.address)).to.equal(false);
    });
  });
});
