import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import type { NKMSToken } from "../../typechain-types";

/** S(0) and S_max of the tokens here. */
export const INITIAL_SUPPLY = nkms("1,000");
export const MAX_SUPPLY = nkms("4,000");

/** Tokens and the people who hold or want them. */
export interface Scene {
  token: NKMSToken;
  /** Deployed the token and may wire it. */
  deployer: HardhatEthersSigner;
  /** Got the initial supply. */
  distributor: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  /** A contract that acts as the escrow; wired in {@link wired} only. */
  escrow: HardhatEthersSigner;
}

/** What alice has in {@link wired}. */
export const PURSE = nkms("100");

/** A token that knows no escrow yet. */
export async function notWired(): Promise<Scene> {
  const [deployer, distributor, alice, bob] = await ethers.getSigners();
  if (!deployer || !distributor || !alice || !bob) throw new Error("expected 4 accounts on the test chain");
  const token = await ethers.deployContract("NKMSToken", [distributor.address, INITIAL_SUPPLY, MAX_SUPPLY]);
  const contract = await ethers.deployContract("PolicyManager__Mock"); // any contract will do
  const escrow = await ethers.getImpersonatedSigner(await contract.getAddress());
  await setBalance(escrow.address, ethers.parseEther("1"));
  return { token, deployer, distributor, alice, bob, escrow };
}

/** The escrow can mint, and alice has {@link PURSE}. */
export async function wired(): Promise<Scene> {
  const scene = await notWired();
  await scene.token.wire(scene.escrow);
  await scene.token.connect(scene.distributor).transfer(scene.alice, PURSE);
  return scene;
}

/** Who holds how much, by name, and everything else a refused call could have changed. */
export async function picture(scene: Scene): Promise<Record<string, bigint | string>> {
  const { token, deployer, distributor, alice, bob, escrow } = scene;
  const people = { deployer, distributor, alice, bob, escrow };
  const seen: Record<string, bigint | string> = {
    supply: await token.totalSupply(),
    minter: await token.escrow(),
    mayWire: await token.deployer(),
    zero: await token.balanceOf(ZeroAddress),
    token: await token.balanceOf(token),
  };
  for (const [name, person] of Object.entries(people)) {
    seen[name] = await token.balanceOf(person);
    seen[`${name}'s nonce`] = await token.nonces(person);
    for (const [other, spender] of Object.entries(people)) {
      const allowance = await token.allowance(person, spender);
      if (allowance > 0n) seen[`${name} allows ${other}`] = allowance;
    }
  }
  return seen;
}

/** What a call changes: name -> [before, after]; what isn't named stayed as it was. */
export async function changesOf(
  scene: Scene,
  call: () => Promise<unknown>,
): Promise<Record<string, [bigint | string | undefined, bigint | string | undefined]>> {
  const before = await picture(scene);
  await call();
  const after = await picture(scene);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names.filter((name) => before[name] !== after[name]).map((name) => [name, [before[name], after[name]]]),
  );
}

/** Asserts that a call is refused with this error and these arguments, and that nothing has changed. */
export async function expectRefusal(
  scene: Scene,
  call: () => Promise<unknown>,
  error: string,
  args: readonly unknown[],
): Promise<void> {
  const before = await picture(scene);
  await expect(call())
    .to.be.revertedWithCustomError(scene.token, error)
    .withArgs(...args);
  expect(await picture(scene)).to.deep.equal(before);
}
