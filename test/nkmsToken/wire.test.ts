import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { changesOf, expectRefusal, notWired, wired } from "./fixtures";

describe("NKMSToken.wire", () => {
  describe("when the deployer calls it for the first time", () => {
    it("names the escrow and ends the deployer's right", async () => {
      const scene = await loadFixture(notWired);
      const { token, deployer, escrow } = scene;
      expect(await changesOf(scene, () => token.connect(deployer).wire(escrow))).to.deep.equal({
        minter: [ZeroAddress, escrow.address],
        mayWire: [deployer.address, ZeroAddress],
      });
    });

    it("emits Wired(escrow)", async () => {
      const { token, deployer, escrow } = await loadFixture(notWired);
      await expect(token.connect(deployer).wire(escrow)).to.emit(token, "Wired").withArgs(escrow.address);
    });
  });

  describe("when somebody else calls it", () => {
    it("reverts with WiredOnceNotDeployer(caller, deployer), the distributor and the escrow among them", async () => {
      const scene = await loadFixture(notWired);
      const { token, deployer, distributor, alice, escrow } = scene;
      for (const caller of [distributor, alice, escrow]) {
        await expectRefusal(scene, () => token.connect(caller).wire(escrow), "WiredOnceNotDeployer", [
          caller.address,
          deployer.address,
        ]);
      }
    });

    it("leaves the deployer its right", async () => {
      const scene = await loadFixture(notWired);
      const { token, deployer, alice, escrow } = scene;
      await expectRefusal(scene, () => token.connect(alice).wire(escrow), "WiredOnceNotDeployer", [
        alice.address,
        deployer.address,
      ]);
      await token.connect(deployer).wire(escrow);
      expect(await token.escrow()).to.equal(escrow.address);
    });
  });

  describe("when it was called already", () => {
    it("reverts with WiredOnceNotDeployer(caller, zero) for everybody", async () => {
      const scene = await loadFixture(wired);
      const { token, deployer, distributor, alice, escrow } = scene;
      for (const caller of [deployer, distributor, alice, escrow]) {
        await expectRefusal(scene, () => token.connect(caller).wire(token), "WiredOnceNotDeployer", [
          caller.address,
          ZeroAddress,
        ]);
      }
    });
  });

  describe("when there is no code at the address", () => {
    it("reverts with WiredOnceNoCode(neighbour) for a plain account and for zero", async () => {
      const scene = await loadFixture(notWired);
      const { token, deployer, alice } = scene;
      for (const neighbour of [alice.address, ZeroAddress]) {
        await expectRefusal(scene, () => token.connect(deployer).wire(neighbour), "WiredOnceNoCode", [neighbour]);
      }
    });

    it("leaves the deployer its right", async () => {
      const scene = await loadFixture(notWired);
      const { token, deployer, alice, escrow } = scene;
      await expectRefusal(scene, () => token.connect(deployer).wire(alice), "WiredOnceNoCode", [alice.address]);
      await token.connect(deployer).wire(escrow);
      expect(await token.escrow()).to.equal(escrow.address);
    });
  });
});
