import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { nextTransactionAt } from "../helpers/time";
import { AMOUNT, cage, claimFor, DAY, expectRefusal, posted, toldBy } from "./fixtures";

describe("CanaryBounty.takeBack", () => {
  describe("when the bounty has ended", () => {
    it("pays who posted it, whoever calls, forgets it, and emits WentBack(bounty, poster, amount)", async () => {
      const { bounties, poster, stranger, end } = await loadFixture(posted);
      await nextTransactionAt(end);
      const sent = bounties.connect(stranger).takeBack(1n);
      expect(await toldBy(bounties, sent)).to.deep.equal([["WentBack", 1n, poster.address, AMOUNT]]);
      await expect(sent).to.changeEtherBalances([bounties, poster, stranger], [-AMOUNT, AMOUNT, 0n]);
      expect(await bounties.bountyOf(1n)).to.deep.equal([ZeroAddress, 0n, ZeroAddress, 0n]);
    });

    it("pays it however late, and once: CanaryBountyGone(bounty)", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, poster, end } = scene;
      await bounties.connect(poster).post(canary, end + 100n * DAY, { value: AMOUNT }); // there is something to steal
      await time.increaseTo(end + 50n * DAY);
      await expect(bounties.takeBack(1n)).to.changeEtherBalance(poster, AMOUNT);
      await expectRefusal(scene, () => bounties.takeBack(1n), "CanaryBountyGone", [1n]);
    });
  });

  describe("when it has not", () => {
    it("reverts with CanaryBountyWrongTime(bounty, end, timestamp), its last second included, for the poster too", async () => {
      const scene = await loadFixture(posted);
      const { bounties, poster, stranger, end } = scene;
      for (const [by, timestamp] of [
        [stranger, end - 1_000n],
        [poster, end - 500n],
        [poster, end - 1n],
      ] as const) {
        await nextTransactionAt(timestamp);
        const call = () => bounties.connect(by).takeBack(1n);
        await expectRefusal(scene, call, "CanaryBountyWrongTime", [1n, end, timestamp]);
      }
    });
  });

  describe("when it is not there", () => {
    it("reverts with CanaryBountyGone(bounty): never posted, claimed", async () => {
      const scene = await loadFixture(posted);
      const { bounties, finder, end } = scene;
      await bounties.claim(1n, finder, await claimFor(scene, finder.address));
      await time.increaseTo(end);
      for (const bounty of [0n, 1n, 2n, ethers.MaxUint256]) {
        await expectRefusal(scene, () => bounties.takeBack(bounty), "CanaryBountyGone", [bounty]);
      }
    });
  });

  describe("when a contract posted it", () => {
    it("reverts with CanaryBountyRefused(poster) while that refuses ether, and pays when it takes it", async () => {
      const scene = await loadFixture(cage);
      const { bounties, canary } = scene;
      const contract = await ethers.deployContract("Recipient__Mock");
      const end = BigInt(await time.latest()) + DAY;
      const post = bounties.interface.encodeFunctionData("post", [canary.address, end]);
      await contract.call(bounties, post, { value: AMOUNT });
      await time.increaseTo(end);
      await contract.setRefuses(true);
      const args = [await contract.getAddress()];
      await expectRefusal(scene, () => bounties.takeBack(1n), "CanaryBountyRefused", args);
      await contract.setRefuses(false);
      await expect(bounties.takeBack(1n)).to.changeEtherBalance(contract, AMOUNT);
    });

    it("pays it once if it takes it again while it is paid", async () => {
      const { bounties, canary, poster } = await loadFixture(cage);
      const contract = await ethers.deployContract("Recipient__Mock");
      const end = BigInt(await time.latest()) + DAY;
      const post = bounties.interface.encodeFunctionData("post", [canary.address, end]);
      await contract.call(bounties, post, { value: AMOUNT });
      await bounties.connect(poster).post(canary, end, { value: AMOUNT });
      await contract.callThen(bounties, bounties.interface.encodeFunctionData("takeBack", [1n]));
      await time.increaseTo(end);
      await expect(bounties.takeBack(1n)).to.changeEtherBalances([contract, bounties], [AMOUNT, -AMOUNT]);
      expect(await contract.answer()).to.equal(bounties.interface.encodeErrorResult("CanaryBountyGone", [1n]));
    });
  });
});
