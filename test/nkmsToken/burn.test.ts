import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { FunctionFragment, MaxUint256, ZeroAddress } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { changesOf, expectRefusal, INITIAL_SUPPLY, PURSE, wired } from "./fixtures";

describe("NKMSToken.burn", () => {
  describe("when the caller holds the amount", () => {
    it("takes it from the caller and the supply, and from nobody else", async () => {
      const scene = await loadFixture(wired);
      expect(await changesOf(scene, () => scene.token.connect(scene.alice).burn(nkms("30")))).to.deep.equal({
        alice: [PURSE, PURSE - nkms("30")],
        supply: [INITIAL_SUPPLY, INITIAL_SUPPLY - nkms("30")],
      });
    });

    it("emits Transfer(caller, zero, amount)", async () => {
      const { token, alice } = await loadFixture(wired);
      await expect(token.connect(alice).burn(nkms("30")))
        .to.emit(token, "Transfer")
        .withArgs(alice.address, ZeroAddress, nkms("30"));
    });

    it("burns a base unit, all but one, and all", async () => {
      const { token, alice } = await loadFixture(wired);
      await token.connect(alice).burn(1n);
      expect(await token.balanceOf(alice)).to.equal(PURSE - 1n);
      await token.connect(alice).burn(PURSE - 2n);
      expect(await token.balanceOf(alice)).to.equal(1n);
      await token.connect(alice).burn(1n);
      expect(await token.balanceOf(alice)).to.equal(0n);
      expect(await token.totalSupply()).to.equal(INITIAL_SUPPLY - PURSE);
    });

    it("burns nothing for 0, for somebody without tokens too", async () => {
      const scene = await loadFixture(wired);
      for (const caller of [scene.alice, scene.bob]) {
        expect(await changesOf(scene, () => scene.token.connect(caller).burn(0n))).to.deep.equal({});
      }
    });
  });

  describe("when the caller holds less", () => {
    it("reverts with ERC20InsufficientBalance(caller, balance, amount) by one base unit and by far", async () => {
      const scene = await loadFixture(wired);
      const { token, alice, bob } = scene;
      for (const [caller, balance, amount] of [
        [alice, PURSE, PURSE + 1n],
        [alice, PURSE, MaxUint256],
        [bob, 0n, 1n],
      ] as const) {
        await expectRefusal(scene, () => token.connect(caller).burn(amount), "ERC20InsufficientBalance", [
          caller.address,
          balance,
          amount,
        ]);
      }
    });
  });

  describe("whoever the caller is", () => {
    it("can burn no tokens of others, allowed or not: there is no such function", async () => {
      const { token } = await loadFixture(wired);
      const changing = token.interface.fragments.filter(
        (fragment): fragment is FunctionFragment =>
          FunctionFragment.isFragment(fragment) && fragment.type === "function" && !fragment.constant,
      );
      expect(changing.map((fragment) => fragment.format()).sort()).to.deep.equal([
        "approve(address,uint256)",
        "burn(uint256)",
        "mint(uint256)",
        "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
        "transfer(address,uint256)",
        "transferFrom(address,address,uint256)",
        "wire(address)",
      ]);
    });
  });
});
