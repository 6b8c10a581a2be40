import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { MaxUint256, Signature, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { accept, ALL } from "../helpers/policies";
import {
  COLLATERAL,
  dealInModel,
  dealOf,
  FEE,
  justCreated,
  modelOf,
  noPolicy,
  RATE,
  renewals,
  type Scene,
  type SceneWithPolicy,
} from "./fixtures";
import { eventsOf, expectAsModel, expectRefusal, moved, unchanged } from "./observe";

/** An EIP-2612 permit over `value` for the policy manager. */
interface Permit {
  value: bigint;
  deadline: bigint;
  v: number;
  r: string;
  s: string;
}

async function signPermit(
  { token, policies, payer }: Scene,
  value: bigint,
  slip: { signer?: HardhatEthersSigner; nonce?: bigint; deadline?: bigint; spender?: string } = {},
): Promise<Permit> {
  const deadline = slip.deadline ?? MaxUint256;
  const { chainId } = await ethers.provider.getNetwork();
  const signature = await (slip.signer ?? payer).signTypedData(
    { name: "NKMS", version: "1", chainId, verifyingContract: await token.getAddress() },
    {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    {
      owner: payer.address,
      spender: slip.spender ?? (await policies.getAddress()),
      value,
      nonce: slip.nonce ?? (await token.nonces(payer)),
      deadline,
    },
  );
  const { v, r, s } = Signature.from(signature);
  return { value, deadline, v, r, s };
}

const asCall = ({ policies }: Scene, { value, deadline, v, r, s }: Permit): string =>
  policies.interface.encodeFunctionData("permit", [value, deadline, v, r, s]);

/** A call that creates {@link dealOf} the scene, with all acceptances. */
async function creation(scene: Scene): Promise<string> {
  const { policies, ann, bob, cid } = scene;
  const terms = dealOf(scene);
  return policies.interface.encodeFunctionData("create", [terms, await accept(policies, terms, [ann, bob, cid])]);
}

/** {@link noPolicy}, and the payer has approved nothing. */
async function nothingApproved(): Promise<Scene> {
  const scene = await noPolicy();
  await scene.token.connect(scene.payer).approve(scene.policies, 0n);
  return scene;
}

/** {@link justCreated}, and the payer has approved nothing more. */
async function nothingMoreApproved(): Promise<SceneWithPolicy> {
  const scene = await justCreated();
  await scene.token.connect(scene.payer).approve(scene.policies, 0n);
  return scene;
}

describe("PolicyManager.permit", () => {
  describe("when the payer signs a permit", () => {
    it("pays for a new policy in one transaction, and leaves no allowance", async () => {
      const scene = await loadFixture(nothingApproved);
      const { policies, token, payer } = scene;
      const model = modelOf(scene);
      const calls = [asCall(scene, await signPermit(scene, 3n * FEE)), await creation(scene)];
      expect(await moved(scene, () => policies.connect(payer).multicall(calls))).to.deep.equal({
        payer: -3n * FEE,
        policies: 3n * FEE,
      });
      expect(await token.allowance(payer, policies)).to.equal(0n);
      model.create("p", dealInModel(dealOf(scene)));
      await expectAsModel(scene, model);
    });

    it("pays for a renewal in one transaction", async () => {
      const scene = await loadFixture(nothingMoreApproved);
      const { policies, payer, terms, id, end, ann, bob, cid } = scene;
      const signers = [ann.operator, bob.operator, cid.operator];
      const acceptances = await renewals(scene, id, end, end + 3n, signers);
      const calls = [
        asCall(scene, await signPermit(scene, 9n * RATE)),
        policies.interface.encodeFunctionData("renew", [terms, 3n, acceptances]),
      ];
      expect(await moved(scene, () => policies.connect(payer).multicall(calls))).to.deep.equal({
        payer: -9n * RATE,
        policies: 9n * RATE,
      });
    });

    it("sets the allowance, and moves nothing", async () => {
      const scene = await loadFixture(nothingApproved);
      const { policies, token, payer } = scene;
      const { value, deadline, v, r, s } = await signPermit(scene, 7n);
      const act = () => policies.connect(payer).permit(value, deadline, v, r, s);
      expect(await moved(scene, act)).to.deep.equal({});
      expect(await token.allowance(payer, policies)).to.equal(7n);
    });
  });

  describe("when the permit was used before, by somebody else", () => {
    it("does no harm: the allowance is there", async () => {
      const scene = await loadFixture(nothingApproved);
      const { policies, token, payer, stranger } = scene;
      const permit = await signPermit(scene, 3n * FEE);
      const { value, deadline, v, r, s } = permit;
      await token.connect(stranger).permit(payer, policies, value, deadline, v, r, s);
      const calls = [asCall(scene, permit), await creation(scene)];
      expect(await moved(scene, () => policies.connect(payer).multicall(calls))).to.deep.equal({
        payer: -3n * FEE,
        policies: 3n * FEE,
      });
    });
  });

  describe("when the permit is no good", () => {
    it("changes nothing and does not revert, whatever is wrong with it", async () => {
      const scene = await loadFixture(nothingApproved);
      const { policies, payer, stranger } = scene;
      for (const { value, deadline, v, r, s } of [
        await signPermit(scene, FEE, { signer: stranger }),
        await signPermit(scene, FEE, { nonce: 1n }),
        await signPermit(scene, FEE, { deadline: 1n }),
        await signPermit(scene, FEE, { spender: stranger.address }),
        { ...(await signPermit(scene, FEE)), value: FEE + 1n },
        { value: FEE, deadline: MaxUint256, v: 0, r: ZeroHash, s: ZeroHash },
      ]) {
        await unchanged(scene, () => policies.connect(payer).permit(value, deadline, v, r, s));
      }
    });

    it("leaves a creation that needs it without its fee: ERC20InsufficientAllowance, and nothing is kept", async () => {
      const scene = await loadFixture(nothingApproved);
      const { policies, token, payer } = scene;
      const calls = [asCall(scene, await signPermit(scene, 3n * FEE - 1n)), await creation(scene)];
      await unchanged(scene, () =>
        expect(policies.connect(payer).multicall(calls))
          .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
          .withArgs(policies, 3n * FEE - 1n, 3n * FEE),
      );
    });

    it("lets nobody spend another's permit: the caller is whose tokens it is about", async () => {
      const scene = await loadFixture(nothingApproved);
      const { policies, token, payer, stranger } = scene;
      const { value, deadline, v, r, s } = await signPermit(scene, FEE);
      await unchanged(scene, () => policies.connect(stranger).permit(value, deadline, v, r, s));
      expect(await token.allowance(payer, policies)).to.equal(0n);
    });
  });

  describe("when several calls come in one transaction", () => {
    it("does all of them as the caller's, in order, and returns what each returns", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, owner, terms, id, now } = scene;
      const call = (index: bigint) => policies.interface.encodeFunctionData("revoke", [terms, index]);
      const calls = [call(0n), call(ALL)];
      const returned = await policies.connect(owner).multicall.staticCall(calls);
      expect(
        returned.map((data) => policies.interface.decodeFunctionResult("revoke", data).toArray() as unknown[]),
      ).to.deep.equal([
        [FEE / 2n, FEE / 2n],
        [FEE, FEE],
      ]);
      const told = await eventsOf(policies, policies.connect(owner).multicall(calls));
      expect(told.map(([name, , index]) => [name, index])).to.deep.equal([
        ["Closed", 0n],
        ["Closed", 1n],
        ["Closed", 2n],
        ["Revoked", now + 1n],
      ]);
      expect((await policies.policyOf(id)).closed).to.equal(now + 1n);
    });

    it("does none of them if one is refused, with its error", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, owner, terms, id, now } = scene;
      const call = policies.interface.encodeFunctionData("revoke", [terms, 0n]);
      await expectRefusal(scene, () => policies.connect(owner).multicall([call, call]), "PolicyManagerClosed", [
        id,
        0n,
        now + 1n,
      ]);
      expect(await policies.reserved(scene.ann.account)).to.equal(COLLATERAL + FEE);
    });

    it("gives the caller no right that it has not: PolicyManagerNotOwner(caller, owner)", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, owner, stranger, terms } = scene;
      const call = policies.interface.encodeFunctionData("revoke", [terms, ALL]);
      await expectRefusal(scene, () => policies.connect(stranger).multicall([call]), "PolicyManagerNotOwner", [
        stranger.address,
        owner.address,
      ]);
    });
  });
});
