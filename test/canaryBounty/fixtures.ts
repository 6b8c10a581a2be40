import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { parseEther, type Wallet } from "ethers";
import { ethers } from "hardhat";

import type { CanaryBounty } from "../../typechain-types";

export interface Cage {
  bounties: CanaryBounty;
  /** The secret's account: it has no ether and calls nobody. */
  canary: Wallet;
  poster: HardhatEthersSigner;
  /** Has found the secret. */
  finder: HardhatEthersSigner;
  /** Calls for others. */
  stranger: HardhatEthersSigner;
}

/** A cage with one bounty, number 1. */
export interface Posted extends Cage {
  /** Unix time in seconds. */
  end: bigint;
}

export const AMOUNT = parseEther("2");
/** How long the bounty is there, in seconds. */
export const DAY = 86_400n;

/** Nothing posted yet. */
export async function cage(): Promise<Cage> {
  const [, poster, finder, stranger] = await ethers.getSigners();
  if (!poster || !finder || !stranger) throw new Error("expected 4 accounts on the test chain");
  const bounties = await ethers.deployContract("CanaryBounty");
  const canary = new ethers.Wallet(ethers.id("a key that is kept secret"));
  return { bounties, canary, poster, finder, stranger };
}

/** A bounty of {@link AMOUNT} for a day. */
export async function posted(): Promise<Posted> {
  const scene = await cage();
  const end = BigInt(await time.latest()) + DAY;
  await scene.bounties.connect(scene.poster).post(scene.canary, end, { value: AMOUNT });
  return { ...scene, end };
}

/** What can be wrong with a domain. */
export type OtherDomain = Partial<{ name: string; version: string; chainId: bigint; verifyingContract: string }>;

/** The domain that the contract must have, by its documents. */
export async function domainOf(bounties: CanaryBounty): Promise<Required<OtherDomain>> {
  const { chainId } = await ethers.provider.getNetwork();
  return { name: "NKMS CanaryBounty", version: "1", chainId, verifyingContract: await bounties.getAddress() };
}

export const claimTypes = {
  Claim: [
    { name: "bounty", type: "uint256" },
    { name: "recipient", type: "address" },
  ],
};

/** A claim by the canary's key, or another's. */
export async function claimFor(
  { bounties, canary }: Cage,
  recipient: string,
  slip: { bounty?: bigint; signer?: Pick<Wallet, "signTypedData">; domain?: OtherDomain } = {},
): Promise<string> {
  const { bounty = 1n, signer = canary, domain = {} } = slip;
  return signer.signTypedData({ ...(await domainOf(bounties)), ...domain }, claimTypes, { bounty, recipient });
}

export { eventsOf as toldBy } from "../helpers/observe";

/** Asserts that a call is refused with this error and these arguments, and changes nothing. */
export async function expectRefusal(
  { bounties }: Cage,
  call: () => Promise<unknown>,
  error: string,
  args: readonly unknown[],
): Promise<void> {
  const books = async (): Promise<unknown> =>
    Promise.all<unknown>([
      bounties.bounties(),
      ...[0n, 1n, 2n, 3n].map((bounty) => bounties.bountyOf(bounty)),
      ethers.provider.getBalance(bounties),
    ]);
  const before = await books();
  await expect(call())
    .to.be.revertedWithCustomError(bounties, error)
    .withArgs(...args);
  expect(await books(), "bounties").to.deep.equal(before);
}
