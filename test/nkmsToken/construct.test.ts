import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import type { NKMSToken } from "../../typechain-types";
import { INITIAL_SUPPLY, MAX_SUPPLY, notWired, picture } from "./fixtures";

const MOST = 2n ** 96n - 1n;

async function deploy(initial: bigint, max: bigint, distributor?: string): Promise<NKMSToken> {
  const [, someone] = await ethers.getSigners();
  return ethers.deployContract("NKMSToken", [distributor ?? someone?.address ?? ZeroAddress, initial, max]);
}

describe("NKMSToken.construct", () => {
  describe("when 0 < S(0) < S_max < 2^96", () => {
    it("gives the distributor, nobody else, the initial supply", async () => {
      const scene = await loadFixture(notWired);
      expect(await picture(scene)).to.include({
        supply: INITIAL_SUPPLY,
        distributor: INITIAL_SUPPLY,
        deployer: 0n,
        token: 0n,
        zero: 0n,
      });
    });

    it("emits one Transfer from the zero address", async () => {
      const { token, distributor } = await loadFixture(notWired);
      const transfers = await token.queryFilter(token.filters.Transfer());
      expect(transfers.map(({ args }) => [...args])).to.deep.equal([
        [ZeroAddress, distributor.address, INITIAL_SUPPLY],
      ]);
    });

    it("shows its supplies, name, symbol, decimals and EIP-712 domain", async () => {
      const { token } = await loadFixture(notWired);
      expect(await token.INITIAL_SUPPLY()).to.equal(INITIAL_SUPPLY);
      expect(await token.cap()).to.equal(MAX_SUPPLY);
      expect([await token.name(), await token.symbol(), await token.decimals()]).to.deep.equal(["NKMS", "NKMS", 18n]);
      const { name, version, chainId, verifyingContract } = await token.eip712Domain();
      const network = await ethers.provider.getNetwork();
      expect([name, version, chainId, verifyingContract]).to.deep.equal([
        "NKMS",
        "1",
        network.chainId,
        await token.getAddress(),
      ]);
    });

    it("leaves the deployer the right to wire it, and nobody the right to mint", async () => {
      const { token, deployer } = await loadFixture(notWired);
      expect(await token.deployer()).to.equal(deployer.address);
      expect(await token.escrow()).to.equal(ZeroAddress);
    });

    it("takes the least and the largest supplies", async () => {
      for (const [initial, max] of [
        [1n, 2n],
        [MAX_SUPPLY - 1n, MAX_SUPPLY],
        [1n, MOST],
        [MOST - 1n, MOST],
      ] as const) {
        const token = await deploy(initial, max);
        expect(await token.totalSupply()).to.equal(initial);
        expect(await token.cap()).to.equal(max);
      }
    });
  });

  describe("when a supply is out of bounds", () => {
    const expectOutOfBounds = async (initial: bigint, max: bigint): Promise<void> => {
      const { token } = await loadFixture(notWired);
      await expect(deploy(initial, max))
        .to.be.revertedWithCustomError(token, "NKMSTokenSupplyOutOfBounds")
        .withArgs(initial, max);
    };

    it("reverts with NKMSTokenSupplyOutOfBounds(initial, max) for an initial supply of 0", async () => {
      await expectOutOfBounds(0n, MAX_SUPPLY);
    });

    it("reverts with NKMSTokenSupplyOutOfBounds(initial, max) for one of S_max and above", async () => {
      for (const initial of [MAX_SUPPLY, MAX_SUPPLY + 1n, MaxUint256]) await expectOutOfBounds(initial, MAX_SUPPLY);
    });

    it("reverts with NKMSTokenSupplyOutOfBounds(initial, max) for a maximum of 2^96 and 2^256 - 1", async () => {
      for (const max of [MOST + 1n, MaxUint256]) await expectOutOfBounds(1n, max);
    });

    it("reverts with ERC20InvalidCap(0) for a maximum of 0", async () => {
      const { token } = await loadFixture(notWired);
      await expect(deploy(0n, 0n)).to.be.revertedWithCustomError(token, "ERC20InvalidCap").withArgs(0n);
    });
  });

  describe("when the distributor is the zero address", () => {
    it("reverts with ERC20InvalidReceiver(zero)", async () => {
      const { token } = await loadFixture(notWired);
      await expect(deploy(INITIAL_SUPPLY, MAX_SUPPLY, ZeroAddress))
        .to.be.revertedWithCustomError(token, "ERC20InvalidReceiver")
        .withArgs(ZeroAddress);
    });
  });
});
