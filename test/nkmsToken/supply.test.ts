import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { Words } from "../sampling/words";
import { changesOf, expectRefusal, INITIAL_SUPPLY, MAX_SUPPLY, picture, PURSE, wired } from "./fixtures";

describe("NKMSToken's supply", () => {
  it("is the initial supply plus what was minted less what was burned, and the sum of all balances, through 300 random deeds", async () => {
    const scene = await loadFixture(wired);
    const { token, distributor, alice, bob, escrow } = scene;
    const holders = [distributor, alice, bob, escrow];
    const words = new Words(32);
    const books = new Map([
      [distributor.address, INITIAL_SUPPLY - PURSE],
      [alice.address, PURSE],
    ]);
    const held = (address: string): bigint => books.get(address) ?? 0n;
    let [minted, burned] = [0n, 0n];
    for (let i = 0; i < 300; ++i) {
      const [from, to] = [words.pick(holders), words.pick(holders)];
      const room = MAX_SUPPLY - (INITIAL_SUPPLY + minted - burned);
      const amount = words.between(0n, held(from.address));
      const deed = words.pick(["transfer", "burn", "mint"] as const);
      if (deed === "transfer") {
        await token.connect(from).transfer(to, amount);
        books.set(from.address, held(from.address) - amount);
        books.set(to.address, held(to.address) + amount);
      } else if (deed === "burn") {
        await token.connect(from).burn(amount / 4n);
        books.set(from.address, held(from.address) - amount / 4n);
        burned += amount / 4n;
      } else {
        const issue = words.between(0n, room / 16n);
        await token.connect(escrow).mint(issue);
        books.set(escrow.address, held(escrow.address) + issue);
        minted += issue;
      }
      expect(await token.totalSupply(), `supply after deed ${i}, ${deed}`).to.equal(INITIAL_SUPPLY + minted - burned);
    }
    expect(minted > nkms("100") && burned > nkms("100"), "much was minted and burned").to.equal(true);
    for (const { address } of holders) expect(await token.balanceOf(address)).to.equal(held(address));
    expect([...books.values()].reduce((sum, balance) => sum + balance, 0n)).to.equal(await token.totalSupply());
  });

  it("moves with a transfer from one to the other, and stays the same", async () => {
    const scene = await loadFixture(wired);
    const { token, alice, bob } = scene;
    await expect(token.connect(alice).transfer(bob, nkms("1")))
      .to.emit(token, "Transfer")
      .withArgs(alice.address, bob.address, nkms("1"));
    expect(await changesOf(scene, () => token.connect(alice).transfer(bob, nkms("2")))).to.deep.equal({
      alice: [PURSE - nkms("1"), PURSE - nkms("3")],
      bob: [nkms("1"), nkms("3")],
    });
    expect(await changesOf(scene, () => token.connect(alice).transfer(alice, nkms("97")))).to.deep.equal({});
  });

  it("moves by an allowance, which falls by as much; the largest one stays", async () => {
    const scene = await loadFixture(wired);
    const { token, alice, bob } = scene;
    await token.connect(alice).approve(bob, nkms("10"));
    expect(await changesOf(scene, () => token.connect(bob).transferFrom(alice, bob, nkms("4")))).to.deep.equal({
      alice: [PURSE, PURSE - nkms("4")],
      bob: [0n, nkms("4")],
      "alice allows bob": [nkms("10"), nkms("6")],
    });
    await token.connect(alice).approve(bob, MaxUint256);
    await token.connect(bob).transferFrom(alice, bob, nkms("4"));
    expect(await picture(scene)).to.include({ alice: PURSE - nkms("8"), "alice allows bob": MaxUint256 });
  });

  describe("can't be spent twice", () => {
    it("reverts with ERC20InsufficientBalance(sender, balance, needed) beyond a balance", async () => {
      const scene = await loadFixture(wired);
      const { token, alice, bob } = scene;
      await expectRefusal(scene, () => token.connect(alice).transfer(bob, PURSE + 1n), "ERC20InsufficientBalance", [
        alice.address,
        PURSE,
        PURSE + 1n,
      ]);
    });

    it("reverts with ERC20InsufficientAllowance(spender, allowance, needed) beyond an allowance", async () => {
      const scene = await loadFixture(wired);
      const { token, alice, bob } = scene;
      await token.connect(alice).approve(bob, 5n);
      await expectRefusal(scene, () => token.connect(bob).transferFrom(alice, bob, 6n), "ERC20InsufficientAllowance", [
        bob.address,
        5n,
        6n,
      ]);
    });

    it("reverts with ERC20InvalidReceiver(zero) for a transfer to nobody: only burn lowers the supply", async () => {
      const scene = await loadFixture(wired);
      const { token, alice } = scene;
      await expectRefusal(scene, () => token.connect(alice).transfer(ZeroAddress, 1n), "ERC20InvalidReceiver", [
        ZeroAddress,
      ]);
    });
  });
});
