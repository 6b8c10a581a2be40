import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, dataSlice, recoverAddress, Signature, toBeHex, TypedDataEncoder, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { nextTransactionAt } from "../helpers/time";
import { mirrored } from "../policyManager/fixtures";
import { AMOUNT, cage, claimFor, claimTypes, DAY, domainOf, expectRefusal, posted, toldBy } from "./fixtures";

describe("CanaryBounty.claim", () => {
  describe("when the canary has signed", () => {
    it("pays the recipient, whoever calls, forgets the bounty, and emits Claimed(bounty, canary, recipient, amount)", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, poster, finder, stranger } = scene;
      const signature = await claimFor(scene, finder.address);
      const sent = bounties.connect(stranger).claim(1n, finder, signature);
      expect(await toldBy(bounties, sent)).to.deep.equal([["Claimed", 1n, canary.address, finder.address, AMOUNT]]);
      await expect(sent).to.changeEtherBalances([bounties, finder, stranger, poster], [-AMOUNT, AMOUNT, 0n, 0n]);
      expect(await bounties.bountyOf(1n)).to.deep.equal([ZeroAddress, 0n, ZeroAddress, 0n]);
      expect(await bounties.bounties()).to.equal(1n);
    });

    it("works in the last second before the end; in that of the end it is CanaryBountyWrongTime(bounty, end, timestamp)", async () => {
      for (const late of [0n, 1n, DAY]) {
        const scene = await loadFixture(posted);
        const { bounties, finder, end } = scene;
        const signature = await claimFor(scene, finder.address);
        await nextTransactionAt(end - 1n + late);
        const call = () => bounties.claim(1n, finder, signature);
        if (late === 0n) await expect(call()).to.changeEtherBalance(finder, AMOUNT);
        else await expectRefusal(scene, call, "CanaryBountyWrongTime", [1n, end, end - 1n + late]);
      }
    });

    it("pays any recipient: the canary, the poster, the zero address", async () => {
      for (const who of ["canary", "poster", "nobody"] as const) {
        const scene = await loadFixture(posted);
        const recipient = who === "nobody" ? ZeroAddress : scene[who].address;
        const signature = await claimFor(scene, recipient);
        await expect(scene.bounties.connect(scene.stranger).claim(1n, recipient, signature)).to.changeEtherBalance(
          recipient,
          AMOUNT,
        );
      }
    });
  });

  describe("when a claim is copied", () => {
    it("pays the same recipient, and a copier gets nothing for its own address: CanaryBountyWrongSigner(signer, canary)", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, finder, stranger } = scene;
      const signature = await claimFor(scene, finder.address);
      const digest = TypedDataEncoder.hash(await domainOf(bounties), claimTypes, {
        bounty: 1n,
        recipient: stranger.address,
      });
      const own = () => bounties.connect(stranger).claim(1n, stranger, signature);
      const signer = recoverAddress(digest, signature);
      expect(signer).not.to.equal(canary.address);
      await expectRefusal(scene, own, "CanaryBountyWrongSigner", [signer, canary.address]);
      await expect(bounties.connect(stranger).claim(1n, finder, signature)).to.changeEtherBalances(
        [finder, stranger],
        [AMOUNT, 0n],
      );
    });

    it("is no claim of another bounty on the same canary", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, poster, finder, end } = scene;
      const signature = await claimFor(scene, finder.address);
      await bounties.connect(poster).post(canary, end, { value: AMOUNT });
      const message = { bounty: 2n, recipient: finder.address };
      const signer = recoverAddress(TypedDataEncoder.hash(await domainOf(bounties), claimTypes, message), signature);
      const call = () => bounties.claim(2n, finder, signature);
      await expectRefusal(scene, call, "CanaryBountyWrongSigner", [signer, canary.address]);
      await bounties.claim(1n, finder, signature);
      await expectRefusal(scene, call, "CanaryBountyWrongSigner", [signer, canary.address]);
      expect((await bounties.bountyOf(2n)).amount).to.equal(AMOUNT);
    });

    it("is no claim in another contract", async () => {
      const scene = await loadFixture(posted);
      const { canary, poster, finder, end } = scene;
      const signature = await claimFor(scene, finder.address);
      const other = await ethers.deployContract("CanaryBounty");
      await other.connect(poster).post(canary, end, { value: AMOUNT });
      const message = { bounty: 1n, recipient: finder.address };
      const signer = recoverAddress(TypedDataEncoder.hash(await domainOf(other), claimTypes, message), signature);
      const call = () => other.claim(1n, finder, signature);
      await expectRefusal({ ...scene, bounties: other }, call, "CanaryBountyWrongSigner", [signer, canary.address]);
    });
  });

  describe("when it is not the canary's signature over this", () => {
    it("reverts with CanaryBountyWrongSigner(signer, canary)", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, poster, finder } = scene;
      const { chainId } = await ethers.provider.getNetwork();
      const message = { bounty: 1n, recipient: finder.address };
      const digest = TypedDataEncoder.hash(await domainOf(bounties), claimTypes, message);
      for (const slip of [
        { signer: finder },
        { signer: poster },
        { bounty: 2n },
        { domain: { chainId: chainId + 1n } },
        { domain: { verifyingContract: finder.address } },
        { domain: { name: "NKMS PolicyManager" } },
        { domain: { version: "2" } },
      ]) {
        const signature = await claimFor(scene, finder.address, slip);
        const signer = recoverAddress(digest, signature);
        expect(signer).not.to.equal(canary.address);
        const call = () => bounties.claim(1n, finder, signature);
        await expectRefusal(scene, call, "CanaryBountyWrongSigner", [signer, canary.address]);
      }
    });

    it("reverts with CanaryBountyWrongSigner(zero, canary) for what is no signature", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, finder } = scene;
      const good = await claimFor(scene, finder.address);
      for (const signature of [
        "0x",
        dataSlice(good, 0, 64),
        Signature.from(good).compactSerialized,
        `${good}00`,
        mirrored(good),
        ...[0, 1, 29].map((v) => concat([dataSlice(good, 0, 64), toBeHex(v, 1)])),
        toBeHex(0, 65),
      ]) {
        const call = () => bounties.claim(1n, finder, signature);
        await expectRefusal(scene, call, "CanaryBountyWrongSigner", [ZeroAddress, canary.address]);
      }
    });
  });

  describe("when the bounty is not there", () => {
    it("reverts with CanaryBountyGone(bounty): never posted, claimed, gone back", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, poster, finder, end } = scene;
      for (const bounty of [0n, 2n, ethers.MaxUint256]) {
        const signature = await claimFor(scene, finder.address, { bounty });
        await expectRefusal(scene, () => bounties.claim(bounty, finder, signature), "CanaryBountyGone", [bounty]);
      }
      await bounties.connect(poster).post(canary, end, { value: AMOUNT }); // there is something to steal
      const signature = await claimFor(scene, finder.address);
      await bounties.claim(1n, finder, signature);
      await expectRefusal(scene, () => bounties.claim(1n, finder, signature), "CanaryBountyGone", [1n]);
      await time.increaseTo(end);
      await bounties.takeBack(2n);
      const second = await claimFor(scene, finder.address, { bounty: 2n });
      await expectRefusal(scene, () => bounties.claim(2n, finder, second), "CanaryBountyGone", [2n]);
    });
  });

  describe("when the recipient is a contract", () => {
    it("reverts with CanaryBountyRefused(recipient) if it refuses ether; the bounty stays for another claim", async () => {
      const scene = await loadFixture(posted);
      const { bounties, finder } = scene;
      const contract = await ethers.deployContract("Recipient__Mock");
      await contract.setRefuses(true);
      const address = await contract.getAddress();
      const signature = await claimFor(scene, address);
      await expectRefusal(scene, () => bounties.claim(1n, contract, signature), "CanaryBountyRefused", [address]);
      const other = await claimFor(scene, finder.address);
      await expect(bounties.claim(1n, finder, other)).to.changeEtherBalance(finder, AMOUNT);
    });

    it("pays once if it claims again while it is paid, though there is another bounty's ether", async () => {
      const scene = await loadFixture(posted);
      const { bounties, canary, poster, end } = scene;
      await bounties.connect(poster).post(canary, end, { value: 3n * AMOUNT });
      const contract = await ethers.deployContract("Recipient__Mock");
      const signature = await claimFor(scene, await contract.getAddress());
      const again = bounties.interface.encodeFunctionData("claim", [1n, await contract.getAddress(), signature]);
      await contract.callThen(bounties, again);
      await expect(bounties.claim(1n, contract, signature)).to.changeEtherBalances(
        [contract, bounties],
        [AMOUNT, -AMOUNT],
      );
      expect(await contract.answer()).to.equal(bounties.interface.encodeErrorResult("CanaryBountyGone", [1n]));
    });
  });

  it("lets a bounty on the same canary be posted and claimed again: its key never becomes public", async () => {
    const scene = await loadFixture(cage);
    const { bounties, canary, poster, finder } = scene;
    const end = BigInt(await time.latest()) + DAY;
    for (const bounty of [1n, 2n]) {
      await bounties.connect(poster).post(canary, end, { value: AMOUNT });
      const signature = await claimFor(scene, finder.address, { bounty });
      await expect(bounties.claim(bounty, finder, signature)).to.changeEtherBalance(finder, AMOUNT);
    }
  });
});
