import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { aliceHasOperator, aliceJustBonded } from "./fixtures";

describe("MinerRegistry.pledgeOf", () => {
  it("tells the operator that counts, the limit and the largest collateral in per cent of a fee", async () => {
    const { registry, alice, key } = await loadFixture(aliceHasOperator);
    await registry.connect(alice).setPledge(nkms("7"), 250n);
    expect(await registry.pledgeOf(alice)).to.deep.equal([key.address, nkms("7"), 250n]);
  });

  it("says no operator before the bond counts", async () => {
    const { registry, alice } = await loadFixture(aliceJustBonded);
    await registry.connect(alice).setPledge(nkms("7"), 250n);
    expect(await registry.pledgeOf(alice)).to.deep.equal([ZeroAddress, nkms("7"), 250n]);
  });

  it("says nothing pledged at 100 % for whoever set nothing", async () => {
    const { registry, alice, bob, key } = await loadFixture(aliceHasOperator);
    expect(await registry.pledgeOf(alice)).to.deep.equal([key.address, 0n, 100n]);
    expect(await registry.pledgeOf(bob)).to.deep.equal([ZeroAddress, 0n, 100n]);
  });
});
