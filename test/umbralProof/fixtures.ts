import { expect } from "chai";
import { keccak256 } from "ethers";
import { ethers } from "hardhat";

import type { UmbralProof__Harness } from "../../typechain-types";
import { capsuleY, makeGrant } from "../helpers/challenges";
import { type Asked, fragmentOf } from "../challengeManager/fixtures";

/** The library alone, behind a contract without a network, and a grant to prove things about. */
export interface Proofs extends Asked {
  harness: UmbralProof__Harness;
  /** kfragId, precursor, U1, receiver signature of the first fragment: 162 bytes. */
  fragment: Uint8Array;
  kfragHash: string;
  /** The y of the capsule's V. */
  y: bigint;
}

/** For loadFixture. */
export async function proofs(): Promise<Proofs> {
  const harness = await ethers.deployContract("UmbralProof__Harness");
  const grant = makeGrant();
  const fragment = fragmentOf({ grant });
  const capsule = grant.capsule.toBytesSimple();
  return { harness, grant, capsule, fragment, kfragHash: keccak256(fragment), y: capsuleY({ grant }) };
}

/** Wants a call to be refused with this error and these arguments. */
export async function refused(
  { harness }: Proofs,
  call: Promise<unknown>,
  title: string,
  error: string,
  ...args: readonly unknown[]
): Promise<void> {
  await expect(call, title)
    .to.be.revertedWithCustomError(harness, error)
    .withArgs(...args);
}
