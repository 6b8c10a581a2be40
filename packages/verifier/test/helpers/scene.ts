import { kfragHash, policyDomain, sortArrangements, type Terms } from "@nkms/protocol";
import { type Capsule, encrypt, generateKFrags, SecretKey, Signer, type VerifiedKeyFrag } from "@nkms/umbral";
import { type BigNumberish, getAddress, id, toBeHex, Wallet, ZeroAddress, ZeroHash } from "ethers";

import type { Scene } from "../../src/cheats.js";

/** NKMS in base units. */
export const NKMS = 10n ** 18n;

const address = (number: BigNumberish): string => getAddress(toBeHex(number, 20));

export const domain = policyDomain(31_337n, address(0xabcdn));

const [alice, aliceSigning, bob] = [SecretKey.random(), SecretKey.random(), SecretKey.random()];

/** Alice owns the data and lets Bob read it. */
export const people = { alice, aliceSigning, bob };

/** What Bob knows of Alice, and his own key. */
export const keys = {
  verifyingPk: aliceSigning.publicKey(),
  delegatingPk: alice.publicKey(),
  receivingPk: bob.publicKey(),
};

/** Two of three: in the order of the arrangements. */
export const kfrags = generateKFrags(alice, bob.publicKey(), new Signer(aliceSigning), 2, 3, true, true);

export const operators = [1, 2, 3].map((i) => new Wallet(id(`operator ${i}`)));

/** The hash under which a fragment stands in the terms. */
export function hashOf(kfrag: VerifiedKeyFrag): string {
  const { id, precursor, proof } = kfrag.unverify();
  return kfragHash({
    id,
    precursor: precursor.toBytes(),
    commitment: proof.commitment.toBytes(),
    receiverSignature: proof.signatureForReceiver.toBEBytes(),
  });
}

/** Three miners, 10 periods at 2 NKMS, collateral 15 NKMS. */
export const termsFor = (hashes: readonly string[]): Terms => ({
  owner: address(1),
  payer: address(2),
  periods: 10n,
  deadline: 1_800_000_000n,
  rate: 2n * NKMS,
  collateral: 15n * NKMS,
  condition: ZeroAddress,
  handOff: true,
  salt: ZeroHash,
  arrangements: sortArrangements(
    hashes.map((hash, i) => ({
      miner: address(0x1000 + i),
      operator: operators[i]?.address ?? ZeroAddress,
      kfragHash: hash,
    })),
  ),
});

export const terms = termsFor(kfrags.map(hashOf));

export const plaintext = new TextEncoder().encode("the plans");

/** A new message for Alice. */
export const newMessage = (): [capsule: Capsule, ciphertext: Uint8Array] => encrypt(keys.delegatingPk, plaintext);

/** Arrangement `i`, asked a new question. */
export function sceneOf(i: number, capsule: Capsule = newMessage()[0]): Scene {
  const [kfrag, operator] = [kfrags[i], operators[i]];
  if (!kfrag || !operator) throw new Error(`there is no arrangement ${i}`);
  return { terms, index: BigInt(i), domain, kfrag, capsule, operator };
}
