import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { encodeBytes32String, MaxUint256, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import { policyParameters } from "../helpers/policies";
import { GRAIN } from "./fixtures";

type Parameters = NetworkParameters["policies"];

/** Escrow and registry, and a way to construct a policy manager from the usual parameters with some of them changed. */
async function neighboursOnly() {
  const [deployer] = await ethers.getSigners();
  if (!deployer) throw new Error("expected an account");
  const { initialSupply, maxSupply, escrow: ofEscrow, policies: usual } = policyParameters;
  const factory = await ethers.getContractFactory("PolicyManager");
  const token = await ethers.deployContract("NKMSToken", [deployer.address, initialSupply, maxSupply]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [token, ofEscrow]);
  const registry = await ethers.deployContract("MinerRegistry", [escrow]);
  const construct = (changed: Partial<Parameters> = {}) => factory.deploy(escrow, registry, { ...usual, ...changed });
  return { deployer, factory, token, escrow, registry, construct };
}

describe("PolicyManager.construct", () => {
  describe("when all parameters are within their bounds", () => {
    it("shows every parameter as it was given, and its neighbours", async () => {
      const { construct, token, escrow, registry } = await loadFixture(neighboursOnly);
      const given: Parameters = {
        window: 11n,
        minCollateral: nkms("1") + 1n,
        floorPercent: 37n,
        leakPercent: 13n,
        finderPercent: 17n,
      };
      const policies = await construct(given);
      expect({
        window: await policies.WINDOW(),
        minCollateral: await policies.MIN_COLLATERAL(),
        floorPercent: await policies.FLOOR_PERCENT(),
        leakPercent: await policies.LEAK_PERCENT(),
        finderPercent: await policies.FINDER_PERCENT(),
      }).to.deep.equal(given);
      expect(await policies.PERIOD()).to.equal(policyParameters.escrow.period);
      expect(await policies.TOKEN()).to.equal(await token.getAddress());
      expect(await policies.ESCROW()).to.equal(await escrow.getAddress());
      expect(await policies.REGISTRY()).to.equal(await registry.getAddress());
    });

    it("has its deployer to wire it, and no challenge manager yet", async () => {
      const { construct, deployer } = await loadFixture(neighboursOnly);
      const policies = await construct();
      expect(await policies.deployer()).to.equal(deployer.address);
      expect(await policies.challengeManager()).to.equal(ZeroAddress);
    });

    it("has an EIP-712 domain of its own", async () => {
      const { construct } = await loadFixture(neighboursOnly);
      const policies = await construct();
      const { name, version, chainId, verifyingContract } = await policies.eip712Domain();
      expect([name, version, chainId, verifyingContract]).to.deep.equal([
        "NKMS PolicyManager",
        "1",
        (await ethers.provider.getNetwork()).chainId,
        await policies.getAddress(),
      ]);
    });
  });

  describe("when one parameter is out of bounds", () => {
    /** Constructs with the parameter at both bounds, and is refused one below, one above and at 2^256 - 1. */
    async function keepsWithin(parameter: keyof Parameters, least: bigint, most: bigint): Promise<void> {
      const { construct, factory } = await loadFixture(neighboursOnly);
      for (const value of [least, most]) {
        const policies = await construct({ [parameter]: value });
        expect(await policies.getDeployedCode(), `${parameter} = ${value}`).to.not.equal(null);
      }
      const outside = [most + 1n, MaxUint256];
      if (least > 0n) outside.push(least - 1n, 0n);
      for (const value of outside) {
        await expect(construct({ [parameter]: value }), `${parameter} = ${value}`)
          .to.be.revertedWithCustomError(factory, "PolicyManagerParameterOutOfBounds")
          .withArgs(encodeBytes32String(parameter), value, least, most);
      }
    }

    it("keeps window within 1 .. 365 periods", async () => {
      await keepsWithin("window", 1n, 365n);
    });

    it("keeps minCollateral within 1e9 .. S_max", async () => {
      await keepsWithin("minCollateral", GRAIN, policyParameters.maxSupply);
    });

    it("keeps floorPercent within 0 .. 100", async () => {
      await keepsWithin("floorPercent", 0n, 100n);
    });

    it("keeps leakPercent within 0 .. 20", async () => {
      await keepsWithin("leakPercent", 0n, 20n);
    });

    it("keeps finderPercent within 0 .. 25", async () => {
      await keepsWithin("finderPercent", 0n, 25n);
    });
  });

  describe("when the token's cap does not fit the books", () => {
    it("reverts with PolicyManagerParameterOutOfBounds(cap, cap, 1e9, 2^62 * 1e9)", async () => {
      const { deployer, factory } = await loadFixture(neighboursOnly);
      const { escrow: ofEscrow, policies: usual } = policyParameters;
      const most = 2n ** 62n * GRAIN;
      const onCap = async (cap: bigint) => {
        const token = await ethers.deployContract("NKMSToken", [deployer.address, cap / 2n, cap]);
        const escrow = await ethers.deployContract("StakeEscrow__Harness", [token, ofEscrow]);
        return factory.deploy(escrow, await ethers.deployContract("MinerRegistry", [escrow]), usual);
      };
      await expect(onCap(most + 1n))
        .to.be.revertedWithCustomError(factory, "PolicyManagerParameterOutOfBounds")
        .withArgs(encodeBytes32String("cap"), most + 1n, GRAIN, most);
      expect(await (await onCap(most)).getDeployedCode()).to.not.equal(null);
    });
  });
});
