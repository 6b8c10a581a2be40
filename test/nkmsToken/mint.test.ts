import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { changesOf, expectRefusal, INITIAL_SUPPLY, MAX_SUPPLY, notWired, PURSE, wired } from "./fixtures";

/** What is left to mint. */
const ROOM = MAX_SUPPLY - INITIAL_SUPPLY;

describe("NKMSToken.mint", () => {
  describe("when the token is not wired", () => {
    it("reverts with NKMSTokenNotEscrow(caller, zero) for everybody, the escrow to be among them", async () => {
      const scene = await loadFixture(notWired);
      const { token, deployer, distributor, alice, escrow } = scene;
      for (const caller of [deployer, distributor, alice, escrow]) {
        await expectRefusal(scene, () => token.connect(caller).mint(1n), "NKMSTokenNotEscrow", [
          caller.address,
          ZeroAddress,
        ]);
      }
    });
  });

  describe("when somebody else than the escrow calls it", () => {
    it("reverts with NKMSTokenNotEscrow(caller, escrow)", async () => {
      const scene = await loadFixture(wired);
      const { token, deployer, distributor, alice, escrow } = scene;
      for (const caller of [deployer, distributor, alice]) {
        for (const amount of [0n, 1n]) {
          await expectRefusal(scene, () => token.connect(caller).mint(amount), "NKMSTokenNotEscrow", [
            caller.address,
            escrow.address,
          ]);
        }
      }
    });
  });

  describe("when the escrow calls it", () => {
    it("mints to the escrow itself, and the supply grows as much", async () => {
      const scene = await loadFixture(wired);
      const { token, escrow } = scene;
      expect(await changesOf(scene, () => token.connect(escrow).mint(nkms("7")))).to.deep.equal({
        escrow: [0n, nkms("7")],
        supply: [INITIAL_SUPPLY, INITIAL_SUPPLY + nkms("7")],
      });
    });

    it("emits Transfer(zero, escrow, amount)", async () => {
      const { token, escrow } = await loadFixture(wired);
      await expect(token.connect(escrow).mint(nkms("7")))
        .to.emit(token, "Transfer")
        .withArgs(ZeroAddress, escrow.address, nkms("7"));
    });

    it("mints nothing for 0", async () => {
      const scene = await loadFixture(wired);
      expect(await changesOf(scene, () => scene.token.connect(scene.escrow).mint(0n))).to.deep.equal({});
    });

    it("mints up to the cap, exactly", async () => {
      const { token, escrow } = await loadFixture(wired);
      await token.connect(escrow).mint(ROOM - 1n);
      await token.connect(escrow).mint(1n);
      expect(await token.totalSupply()).to.equal(MAX_SUPPLY);
      expect(await token.balanceOf(escrow)).to.equal(ROOM);
    });

    it("reverts with ERC20ExceededCap(supply, cap) a base unit above the cap", async () => {
      const scene = await loadFixture(wired);
      const { token, escrow } = scene;
      const asEscrow = token.connect(escrow);
      await expectRefusal(scene, () => asEscrow.mint(ROOM + 1n), "ERC20ExceededCap", [MAX_SUPPLY + 1n, MAX_SUPPLY]);
      await asEscrow.mint(ROOM);
      await expectRefusal(scene, () => asEscrow.mint(1n), "ERC20ExceededCap", [MAX_SUPPLY + 1n, MAX_SUPPLY]);
    });

    it("reverts with ERC20ExceededCap(supply, cap) for the largest amount that doesn't overflow", async () => {
      const scene = await loadFixture(wired);
      const { token, escrow } = scene;
      await expectRefusal(scene, () => token.connect(escrow).mint(MaxUint256 - INITIAL_SUPPLY), "ERC20ExceededCap", [
        MaxUint256,
        MAX_SUPPLY,
      ]);
    });

    it("may mint again what was burned: the cap is on the supply, the escrow's schedule on what was ever minted", async () => {
      const { token, alice, escrow } = await loadFixture(wired);
      await token.connect(escrow).mint(ROOM);
      await token.connect(alice).burn(PURSE);
      await token.connect(escrow).mint(PURSE);
      expect(await token.totalSupply()).to.equal(MAX_SUPPLY);
    });
  });
});
