import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { Signature, type TypedDataDomain, TypedDataEncoder, recoverAddress } from "ethers";
import { ethers } from "hardhat";

import type { MinerRegistry } from "../../typechain-types";
import { network, type Network, testParameters } from "../helpers/network";

/** Seconds in a period. */
export const PERIOD = testParameters.escrow.period;

/** Two miners, two keys that could work for them, and somebody else. */
export interface Scene extends Network {
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  key: HardhatEthersSigner;
  otherKey: HardhatEthersSigner;
  /** The period that the scene begins in, at its first second. */
  now: bigint;
}

/** What an operator agrees to. */
export interface Consent {
  miner: string;
  operator: string;
  nonce: bigint;
  deadline: bigint;
}

/** The type that operators sign, field by field as the interface documents it. */
export const consentTypes = {
  OperatorBond: [
    { name: "miner", type: "address" },
    { name: "operator", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** Nobody has bonded an operator. */
export async function nobodyBonded(): Promise<Scene> {
  const deployed = await network();
  const [alice, bob] = deployed.miners;
  const otherKey = (await ethers.getSigners())[7];
  if (!otherKey) throw new Error("expected at least 8 accounts on the test chain");
  const now = await deployed.escrow.currentPeriod();
  return { ...deployed, alice, bob, key: deployed.operator, otherKey, now };
}

/** Alice has just bonded the key; it counts from the next period on. */
export async function aliceJustBonded(): Promise<Scene> {
  const scene = await nobodyBonded();
  await bond(scene, scene.alice, scene.key);
  return scene;
}

/** Alice's operator counts. */
export async function aliceHasOperator(): Promise<Scene> {
  const scene = await aliceJustBonded();
  await time.increaseTo((scene.now + 1n) * PERIOD);
  return { ...scene, now: scene.now + 1n };
}

/** The registry's EIP-712 domain, with other fields if a test says so. */
export async function domainOf(registry: MinerRegistry, other: TypedDataDomain = {}): Promise<TypedDataDomain> {
  const { chainId } = await ethers.provider.getNetwork();
  return {
    name: "NKMS MinerRegistry",
    version: "1",
    chainId,
    verifyingContract: await registry.getAddress(),
    ...other,
  };
}

/** A consent of `operator` to work for `miner` that is good now, and for a day. */
export async function consentTo(
  { registry }: Scene,
  miner: { address: string },
  operator: { address: string },
): Promise<Consent> {
  return {
    miner: miner.address,
    operator: operator.address,
    nonce: await registry.nonces(operator.address),
    deadline: BigInt(await time.latest()) + 86_400n,
  };
}

/** Signs a consent, for another domain if a test says so. */
export async function sign(
  { registry }: Scene,
  signer: HardhatEthersSigner,
  consent: Consent,
  otherDomain: TypedDataDomain = {},
): Promise<string> {
  return signer.signTypedData(await domainOf(registry, otherDomain), consentTypes, consent);
}

/** Who the registry takes for the signer of `signature` when it should be over `consent`. */
export async function signerOf({ registry }: Scene, consent: Consent, signature: string): Promise<string> {
  return recoverAddress(TypedDataEncoder.hash(await domainOf(registry), consentTypes, consent), signature);
}

/** Bonds `operator` to `miner` with a good consent. */
export async function bond(scene: Scene, miner: HardhatEthersSigner, operator: HardhatEthersSigner): Promise<Consent> {
  const consent = await consentTo(scene, miner, operator);
  await scene.registry.connect(miner).bondOperator(operator, consent.deadline, await sign(scene, operator, consent));
  return consent;
}

/** The same signature with s mirrored at n / 2: it recovers to the same key, and isn't canonical. */
export function mirrored(signature: string): string {
  const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const { r, s, v } = Signature.from(signature);
  return ethers.concat([r, ethers.toBeHex(ORDER - BigInt(s), 32), ethers.toBeHex(v === 27 ? 28 : 27)]);
}

/** Everything the registry says about everybody. */
export async function picture({ registry, alice, bob, key, otherKey, stranger }: Scene): Promise<unknown> {
  const people = [alice, bob, key, otherKey, stranger];
  return Promise.all(
    people.map(async (person) => ({
      bond: await registry.bondOf(person),
      operator: await registry.operatorOf(person),
      miner: await registry.minerOf(person),
      nonce: await registry.nonces(person),
      terms: await registry.termsOf(person),
      endpoint: await registry.endpointOf(person),
    })),
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
    .to.be.revertedWithCustomError(scene.registry, error)
    .withArgs(...args);
  expect(await picture(scene)).to.deep.equal(before);
}
