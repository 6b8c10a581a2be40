import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { AMOUNT, cage, domainOf, posted } from "./fixtures";

describe("CanaryBounty's views", () => {
  it("count what was posted", async () => {
    expect(await (await loadFixture(cage)).bounties.bounties()).to.equal(0n);
    expect(await (await loadFixture(posted)).bounties.bounties()).to.equal(1n);
  });

  it("tell a bounty by its number, zeros if there is none", async () => {
    const { bounties, canary, poster, end } = await loadFixture(posted);
    expect(await bounties.bountyOf(1n)).to.deep.equal([canary.address, AMOUNT, poster.address, end]);
    for (const bounty of [0n, 2n, ethers.MaxUint256]) {
      expect(await bounties.bountyOf(bounty)).to.deep.equal([ZeroAddress, 0n, ZeroAddress, 0n]);
    }
  });

  it("tell the domain that claims are signed for", async () => {
    const { bounties } = await loadFixture(cage);
    const { name, version, chainId, verifyingContract } = await bounties.eip712Domain();
    expect({ name, version, chainId, verifyingContract }).to.deep.equal(await domainOf(bounties));
  });
});
