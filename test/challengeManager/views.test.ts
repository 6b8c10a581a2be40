import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, hexlify, keccak256, MaxUint256, toUtf8Bytes, ZeroAddress, ZeroHash, AbiCoder } from "ethers";
import { ethers } from "hardhat";

import { answerOf, leakOf, SALT } from "../helpers/challenges";
import {
  BOND,
  commitmentTo,
  committed,
  digestOf,
  evidenceOf,
  evidenceOfSecret,
  justOpened,
  wrongCfrag,
} from "./fixtures";

const abi = AbiCoder.defaultAbiCoder();
const [A, B] = [ethers.id("a"), ethers.id("b")];

describe("ChallengeManager's views", () => {
  describe("commitmentFor", () => {
    it("is keccak256(abi.encode(chain id, contract, challenger, policy, index, evidence, salt))", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, stranger } = trial;
      for (const [challenger, policy, index, evidence, salt] of [
        [trial.challenger.address, trial.policy, 0n, A, SALT],
        [stranger.address, B, MaxUint256, ZeroHash, ZeroHash],
        [ZeroAddress, ZeroHash, 159n, B, A],
      ] as const) {
        const expected = await commitmentTo(trial, evidence, { challenger, policy, index, salt });
        expect(await challenges.commitmentFor(challenger, policy, index, evidence, salt)).to.equal(expected);
      }
    });

    it("is another for another contract", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, challenger, policies, policy, parameters } = trial;
      const other = await ethers.deployContract("ChallengeManager", [policies, parameters.challenges]);
      const contract = await other.getAddress();
      const args = [challenger, policy, 0n, A, SALT] as const;
      expect(await other.commitmentFor(...args)).to.equal(await commitmentTo(trial, A, { contract }));
      expect(await other.commitmentFor(...args)).not.to.equal(await challenges.commitmentFor(...args));
    });
  });

  describe("evidenceOfAnswer", () => {
    it("is keccak256(abi.encode(digest of the receipt, keccak256(receipt)))", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, policy } = trial;
      const answer = await answerOf(trial, 0, wrongCfrag(trial));
      for (const index of [0n, 1n, MaxUint256]) {
        expect(await challenges.evidenceOfAnswer(policy, index, answer)).to.equal(
          await evidenceOf(trial, answer, index),
        );
      }
      const empty = { capsule: "0x", cfrag: "0x", receipt: "0x" };
      expect(await challenges.evidenceOfAnswer(policy, 0n, empty)).to.equal(await evidenceOf(trial, empty));
    });

    it("is another for another capsule, cfrag, receipt, policy or index", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, policy } = trial;
      const answer = { capsule: "0x01", cfrag: "0x02", receipt: "0x03" };
      const all = await Promise.all([
        challenges.evidenceOfAnswer(policy, 0n, answer),
        challenges.evidenceOfAnswer(policy, 1n, answer),
        challenges.evidenceOfAnswer(A, 0n, answer),
        challenges.evidenceOfAnswer(policy, 0n, { ...answer, capsule: "0x" }),
        challenges.evidenceOfAnswer(policy, 0n, { ...answer, cfrag: "0x" }),
        challenges.evidenceOfAnswer(policy, 0n, { ...answer, receipt: "0x" }),
        challenges.evidenceOfAnswer(policy, 0n, { ...answer, capsule: "0x0102", cfrag: "0x" }),
      ]);
      expect(new Set(all).size).to.equal(all.length);
    });
  });

  describe("evidenceOfKey", () => {
    it("is keccak256(abi.encode(secret))", async () => {
      const trial = await loadFixture(justOpened);
      for (const secret of [0n, 1n, MaxUint256, leakOf(trial, 0).secret]) {
        expect(await trial.challenges.evidenceOfKey(secret)).to.equal(evidenceOfSecret(secret));
      }
    });
  });

  describe("receiptDigest", () => {
    it("is the EIP-712 digest of a Receipt in the policy manager's domain, by a wallet and by hand", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, policies, policy } = trial;
      const { chainId } = await ethers.provider.getNetwork();
      const hashOf = (text: string): string => keccak256(toUtf8Bytes(text));
      const domain = keccak256(
        abi.encode(
          ["bytes32", "bytes32", "bytes32", "uint256", "address"],
          [
            hashOf("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            ...[hashOf("NKMS PolicyManager"), hashOf("1"), chainId, await policies.getAddress()],
          ],
        ),
      );
      const type = hashOf("Receipt(bytes32 policy,uint256 index,bytes32 capsuleHash,bytes32 cfragHash)");
      const [capsule, cfrag] = [hexlify(trial.capsule), hexlify(wrongCfrag(trial))];
      for (const index of [0n, 7n, MaxUint256]) {
        const hashes = [keccak256(capsule), keccak256(cfrag)] as const;
        const message = abi.encode(
          ["bytes32", "bytes32", "uint256", "bytes32", "bytes32"],
          [type, policy, index, ...hashes],
        );
        const byHand = keccak256(concat(["0x1901", domain, keccak256(message)]));
        expect(await challenges.receiptDigest(policy, index, ...hashes)).to.equal(byHand);
        expect(await digestOf(trial, index, { capsule, cfrag })).to.equal(byHand);
      }
    });
  });

  describe("commitmentOf", () => {
    it("is zeros where there is none, else the block and whether it was revealed", async () => {
      const trial = await loadFixture(justOpened);
      const { challenges, challenger, stranger } = trial;
      expect(await challenges.commitmentOf(challenger, A)).to.deep.equal([0n, false]);
      const commitment = await committed(trial, A, { age: 1n });
      const block = BigInt(await ethers.provider.getBlockNumber());
      expect(await challenges.commitmentOf(challenger, commitment)).to.deep.equal([block, false]);
      expect(await challenges.commitmentOf(stranger, commitment)).to.deep.equal([0n, false]);
    });
  });

  it("tell what was fixed at deployment", async () => {
    const { challenges, policies, parameters } = await loadFixture(justOpened);
    expect(await challenges.POLICIES()).to.equal(await policies.getAddress());
    expect(await challenges.BOND()).to.equal(BOND);
    expect(await challenges.MIN_AGE()).to.equal(parameters.challenges.minAge);
    expect(await challenges.MAX_AGE()).to.equal(parameters.challenges.maxAge);
  });
});
