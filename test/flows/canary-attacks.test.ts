import { loadFixture, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { AMOUNT, claimFor, posted } from "../canaryBounty/fixtures";

describe("Attacks on canary bounties", () => {
  it("by who posted one: it knows the key, sees a claim on its way, and is first; nothing was at stake", async () => {
    const scene = await loadFixture(posted);
    const { bounties, poster, finder } = scene;
    await setBalance(poster.address, ethers.parseEther("10"));
    const [found, knew] = [await claimFor(scene, finder.address), await claimFor(scene, poster.address)];
    const before = await ethers.provider.getBalance(poster);
    await ethers.provider.send("evm_setAutomine", [false]);
    const gasLimit = 200_000n;
    const late = await bounties.connect(finder).claim(1n, finder.address, found, { gasLimit, gasPrice: 10n ** 10n });
    await bounties.connect(poster).claim(1n, poster.address, knew, { gasLimit, gasPrice: 2n * 10n ** 10n });
    await ethers.provider.send("evm_mine", []);
    await ethers.provider.send("evm_setAutomine", [true]);

    expect((await ethers.provider.getTransactionReceipt(late.hash))?.status, "the finder's").to.equal(0);
    const gained = (await ethers.provider.getBalance(poster)) - before;
    expect(gained, "all but gas").to.be.within(AMOUNT - 10n ** 16n, AMOUNT);
  });
});
