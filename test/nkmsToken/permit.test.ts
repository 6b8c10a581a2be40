import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import {
  recoverAddress,
  Signature,
  toBeHex,
  type TypedDataDomain,
  TypedDataEncoder,
  ZeroAddress,
  ZeroHash,
} from "ethers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { nextTransactionAt } from "../helpers/time";
import { changesOf, expectRefusal, PURSE, type Scene, wired } from "./fixtures";

const VALUE = nkms("40");

/** EIP-2612's type, field by field. */
const types = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

interface Permit {
  owner: string;
  spender: string;
  value: bigint;
  nonce: bigint;
  deadline: bigint;
}

async function domainOf({ token }: Scene, other: TypedDataDomain = {}): Promise<TypedDataDomain> {
  const { chainId } = await ethers.provider.getNetwork();
  return { name: "NKMS", version: "1", chainId, verifyingContract: await token.getAddress(), ...other };
}

/** Alice lets bob spend {@link VALUE}, for a day from now. */
async function alicesPermit({ token, alice, bob }: Scene): Promise<Permit> {
  return {
    owner: alice.address,
    spender: bob.address,
    value: VALUE,
    nonce: await token.nonces(alice),
    deadline: BigInt(await time.latest()) + 86_400n,
  };
}

async function sign(
  scene: Scene,
  signer: HardhatEthersSigner,
  permit: Permit,
  otherDomain: TypedDataDomain = {},
): Promise<Signature> {
  return Signature.from(await signer.signTypedData(await domainOf(scene, otherDomain), types, permit));
}

/** Bob presents a permit. */
const present = (
  { token, bob }: Scene,
  { owner, spender, value, deadline }: Permit,
  { v, r, s }: { v: number; r: string; s: string },
): Promise<unknown> => token.connect(bob).permit(owner, spender, value, deadline, v, r, s);

/** Expects that the signature isn't taken for `permit`, and that the error names who it is taken for. */
async function expectInvalidSigner(scene: Scene, permit: Permit, signature: Signature): Promise<void> {
  const nonce = await scene.token.nonces(permit.owner);
  const digest = TypedDataEncoder.hash(await domainOf(scene), types, { ...permit, nonce });
  const signer = recoverAddress(digest, signature);
  expect(signer).to.not.equal(permit.owner);
  await expectRefusal(scene, () => present(scene, permit, signature), "ERC2612InvalidSigner", [signer, permit.owner]);
}

describe("NKMSToken.permit", () => {
  describe("when the owner signed it", () => {
    it("sets the allowance and uses up the nonce, whoever sends it", async () => {
      const scene = await loadFixture(wired);
      const { token, alice, distributor } = scene;
      const permit = await alicesPermit(scene);
      const { v, r, s } = await sign(scene, alice, permit);
      const { owner, spender, value, deadline } = permit;
      expect(
        await changesOf(scene, () => token.connect(distributor).permit(owner, spender, value, deadline, v, r, s)),
      ).to.deep.equal({
        "alice allows bob": [undefined, VALUE],
        "alice's nonce": [0n, 1n],
      });
    });

    it("emits Approval(owner, spender, value)", async () => {
      const scene = await loadFixture(wired);
      const { token, alice, bob } = scene;
      const permit = await alicesPermit(scene);
      await expect(present(scene, permit, await sign(scene, alice, permit)))
        .to.emit(token, "Approval")
        .withArgs(alice.address, bob.address, VALUE);
    });

    it("replaces an allowance, and takes it back with 0", async () => {
      const scene = await loadFixture(wired);
      const { token, alice, bob } = scene;
      await token.connect(alice).approve(bob, 7n);
      for (const value of [VALUE, 1n, 0n]) {
        const permit = { ...(await alicesPermit(scene)), value };
        await present(scene, permit, await sign(scene, alice, permit));
        expect(await token.allowance(alice, bob)).to.equal(value);
      }
      expect(await token.nonces(alice)).to.equal(3n);
    });

    it("lets the spender spend, and no more than that", async () => {
      const scene = await loadFixture(wired);
      const { token, alice, bob } = scene;
      const permit = await alicesPermit(scene);
      await present(scene, permit, await sign(scene, alice, permit));
      const spend = (amount: bigint): Promise<unknown> => token.connect(bob).transferFrom(alice, bob, amount);
      await expectRefusal(scene, () => spend(VALUE + 1n), "ERC20InsufficientAllowance", [
        bob.address,
        VALUE,
        VALUE + 1n,
      ]);
      expect(await changesOf(scene, () => spend(VALUE))).to.deep.equal({
        alice: [PURSE, PURSE - VALUE],
        bob: [0n, VALUE],
        "alice allows bob": [VALUE, undefined],
      });
    });
  });

  describe("when the deadline is near", () => {
    it("works in the second of the deadline", async () => {
      const scene = await loadFixture(wired);
      const permit = await alicesPermit(scene);
      const signature = await sign(scene, scene.alice, permit);
      await nextTransactionAt(permit.deadline);
      await present(scene, permit, signature);
      expect(await scene.token.allowance(scene.alice, scene.bob)).to.equal(VALUE);
    });

    it("reverts with ERC2612ExpiredSignature(deadline) a second later", async () => {
      const scene = await loadFixture(wired);
      const permit = await alicesPermit(scene);
      const signature = await sign(scene, scene.alice, permit);
      await nextTransactionAt(permit.deadline + 1n);
      await expectRefusal(scene, () => present(scene, permit, signature), "ERC2612ExpiredSignature", [permit.deadline]);
    });
  });

  describe("when the owner signed something else, reverts with ERC2612InvalidSigner(signer, owner)", () => {
    it("given another signer", async () => {
      const scene = await loadFixture(wired);
      const permit = await alicesPermit(scene);
      await expectInvalidSigner(scene, permit, await sign(scene, scene.bob, permit));
    });

    const variants: Record<string, (scene: Scene, permit: Permit) => Permit> = {
      "another spender": ({ distributor }, permit) => ({ ...permit, spender: distributor.address }),
      "another value": (_, permit) => ({ ...permit, value: VALUE - 1n }),
      "another deadline": (_, permit) => ({ ...permit, deadline: permit.deadline - 1n }),
      "a later nonce": (_, permit) => ({ ...permit, nonce: permit.nonce + 1n }),
    };
    for (const [what, vary] of Object.entries(variants)) {
      it(`given ${what}`, async () => {
        const scene = await loadFixture(wired);
        const permit = await alicesPermit(scene);
        await expectInvalidSigner(scene, permit, await sign(scene, scene.alice, vary(scene, permit)));
      });
    }

    const domains: Record<string, TypedDataDomain[]> = {
      "another chain": [{ chainId: 1n }],
      "another contract": [{ verifyingContract: ZeroAddress }],
      "another name or version": [{ name: "nkms" }, { version: "2" }],
    };
    for (const [what, others] of Object.entries(domains)) {
      it(`given ${what}`, async () => {
        const scene = await loadFixture(wired);
        const permit = await alicesPermit(scene);
        for (const other of others) {
          await expectInvalidSigner(scene, permit, await sign(scene, scene.alice, permit, other));
        }
      });
    }

    it("given it was used before: a replay", async () => {
      const scene = await loadFixture(wired);
      const permit = await alicesPermit(scene);
      const signature = await sign(scene, scene.alice, permit);
      await present(scene, permit, signature);
      await scene.token.connect(scene.bob).transferFrom(scene.alice, scene.bob, VALUE);
      await expectInvalidSigner(scene, permit, signature);
    });
  });

  describe("when it is no signature", () => {
    it("reverts with ECDSAInvalidSignature() for v of 0 or 29, or r of 0", async () => {
      const scene = await loadFixture(wired);
      const permit = await alicesPermit(scene);
      const { v, r, s } = await sign(scene, scene.alice, permit);
      for (const forged of [
        { v: 0, r, s },
        { v: 29, r, s },
        { v, r: ZeroHash, s },
      ]) {
        await expectRefusal(scene, () => present(scene, permit, forged), "ECDSAInvalidSignature", []);
      }
    });

    it("reverts with ECDSAInvalidSignatureS(s) for s in the upper half", async () => {
      const scene = await loadFixture(wired);
      const permit = await alicesPermit(scene);
      const { v, r, s } = await sign(scene, scene.alice, permit);
      const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
      const mirrored = toBeHex(ORDER - BigInt(s), 32);
      await expectRefusal(
        scene,
        () => present(scene, permit, { v: v === 27 ? 28 : 27, r, s: mirrored }),
        "ECDSAInvalidSignatureS",
        [mirrored],
      );
    });

    it("gives nobody the zero address's allowance", async () => {
      const scene = await loadFixture(wired);
      const permit = { ...(await alicesPermit(scene)), owner: ZeroAddress };
      await expectRefusal(
        scene,
        () => present(scene, permit, { v: 27, r: ZeroHash, s: ZeroHash }),
        "ECDSAInvalidSignature",
        [],
      );
      expect(await scene.token.allowance(ZeroAddress, scene.bob)).to.equal(0n);
    });
  });
});
