import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { nextTransactionAt } from "../helpers/time";
import { AMOUNT, cage, DAY, expectRefusal, toldBy } from "./fixtures";

describe("CanaryBounty.post", () => {
  describe("when ether is sent along", () => {
    it("keeps it and who posted, and emits Posted(bounty, canary, poster, amount, end)", async () => {
      const { bounties, canary, poster } = await loadFixture(cage);
      const end = BigInt(await time.latest()) + DAY;
      expect(await bounties.connect(poster).post.staticCall(canary, end, { value: AMOUNT })).to.equal(1n);
      const sent = bounties.connect(poster).post(canary, end, { value: AMOUNT });
      expect(await toldBy(bounties, sent)).to.deep.equal([["Posted", 1n, canary.address, poster.address, AMOUNT, end]]);
      await expect(sent).to.changeEtherBalances([poster, bounties], [-AMOUNT, AMOUNT]);
      expect(await bounties.bountyOf(1n)).to.deep.equal([canary.address, AMOUNT, poster.address, end]);
      expect(await bounties.bounties()).to.equal(1n);
    });

    it("numbers bounties 1, 2, 3, also of one canary, each with its own amount, poster and end", async () => {
      const { bounties, canary, poster, stranger } = await loadFixture(cage);
      const end = BigInt(await time.latest()) + DAY;
      for (const [i, by] of [poster, poster, stranger].entries()) {
        const [amount, ends] = [AMOUNT + BigInt(i), end + BigInt(i)];
        await bounties.connect(by).post(canary, ends, { value: amount });
        expect(await bounties.bountyOf(i + 1)).to.deep.equal([canary.address, amount, by.address, ends]);
      }
      expect(await bounties.bounties()).to.equal(3n);
      expect(await ethers.provider.getBalance(bounties)).to.equal(3n * AMOUNT + 3n);
    });

    it("takes 1 wei and 2^96 - 1 wei, and ends from the next second to 2^64 - 1", async () => {
      const { bounties, canary, poster } = await loadFixture(cage);
      const now = BigInt(await time.latest()) + 100n;
      await setBalance(poster.address, 2n ** 97n);
      for (const [i, [amount, end]] of [
        [1n, now + 1n],
        [2n ** 96n - 1n, 2n ** 64n - 1n],
      ].entries()) {
        await nextTransactionAt(now + BigInt(i));
        await bounties.connect(poster).post(canary, end ?? 0n, { value: amount ?? 0n });
        expect(await bounties.bountyOf(i + 1)).to.deep.equal([canary.address, amount, poster.address, end]);
      }
    });
  });

  describe("when there is nothing to claim, or nobody to claim it", () => {
    for (const [title, nobody, value] of [
      ["no ether", false, 0n],
      ["2^96 wei", false, 2n ** 96n],
      ["the zero address as the canary", true, AMOUNT],
    ] as const) {
      it(`reverts with CanaryBountyEmpty(canary, amount) for ${title}`, async () => {
        const scene = await loadFixture(cage);
        const { bounties, canary, poster } = scene;
        await setBalance(poster.address, 2n ** 97n);
        const end = BigInt(await time.latest()) + DAY;
        const account = nobody ? ZeroAddress : canary.address;
        const call = () => bounties.connect(poster).post(account, end, { value });
        await expectRefusal(scene, call, "CanaryBountyEmpty", [account, value]);
      });
    }
  });

  describe("when the end is none", () => {
    it("reverts with CanaryBountyBadEnd(end, timestamp) for now, the past, and 2^64 and later", async () => {
      const scene = await loadFixture(cage);
      const { bounties, canary, poster } = scene;
      let now = BigInt(await time.latest()) + 1_000n;
      for (const end of [0n, now - 1n, 2n ** 64n, 2n ** 64n + now + DAY, ethers.MaxUint256]) {
        await nextTransactionAt(now);
        const call = () => bounties.connect(poster).post(canary, end, { value: AMOUNT });
        await expectRefusal(scene, call, "CanaryBountyBadEnd", [end, now]);
        now += 1_000n;
      }
      await nextTransactionAt(now);
      const atOnce = () => bounties.connect(poster).post(canary, now, { value: AMOUNT });
      await expectRefusal(scene, atOnce, "CanaryBountyBadEnd", [now, now]);
    });
  });

  it("takes no ether otherwise", async () => {
    const { bounties, poster } = await loadFixture(cage);
    await expect(poster.sendTransaction({ to: bounties, value: 1n })).to.be.revertedWithoutReason();
  });
});
