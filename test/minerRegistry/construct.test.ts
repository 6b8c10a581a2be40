import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, TypedDataEncoder, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { consentTypes, nobodyBonded, PERIOD } from "./fixtures";

describe("MinerRegistry.construct", () => {
  it("takes the length of a period from the stake escrow", async () => {
    const { registry, escrow } = await loadFixture(nobodyBonded);
    expect(await registry.PERIOD()).to.equal(PERIOD);
    expect(await escrow.PERIOD()).to.equal(PERIOD);
  });

  it("shows its bounds and its default", async () => {
    const { registry } = await loadFixture(nobodyBonded);
    expect(await registry.MAX_ENDPOINT_BYTES()).to.equal(256n);
    expect(await registry.DEFAULT_MAX_COLLATERAL_PERCENT()).to.equal(100n);
  });

  it("names itself in its EIP-712 domain", async () => {
    const { registry } = await loadFixture(nobodyBonded);
    const { chainId } = await ethers.provider.getNetwork();
    const domain = await registry.eip712Domain();
    expect([domain.name, domain.version, domain.chainId, domain.verifyingContract]).to.deep.equal([
      "NKMS MinerRegistry",
      "1",
      chainId,
      await registry.getAddress(),
    ]);
  });

  it("hashes the type that operators sign", async () => {
    const { registry } = await loadFixture(nobodyBonded);
    const type = TypedDataEncoder.from(consentTypes).encodeType("OperatorBond");
    expect(type).to.equal("OperatorBond(address miner,address operator,uint256 nonce,uint256 deadline)");
    expect(await registry.OPERATOR_BOND_TYPEHASH()).to.equal(id(type));
  });

  it("knows nothing of anybody", async () => {
    const { registry, alice } = await loadFixture(nobodyBonded);
    for (const account of [alice.address, ZeroAddress]) {
      expect(await registry.bondOf(account)).to.deep.equal([ZeroAddress, 0n]);
      expect(await registry.operatorOf(account)).to.equal(ZeroAddress);
      expect(await registry.minerOf(account)).to.equal(ZeroAddress);
      expect(await registry.nonces(account)).to.equal(0n);
      expect(await registry.termsOf(account)).to.deep.equal([0n, 100n, 0n, 0n]);
      expect(await registry.endpointOf(account)).to.equal("");
    }
  });
});
