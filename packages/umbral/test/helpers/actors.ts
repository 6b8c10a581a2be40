import { type PublicKey, type SecretKey, Signer } from "../../src/index.js";
import { randomSecretKey } from "../../src/keys.js";
import type { PublicKeys } from "./implementations.js";
import { seeded } from "./random.js";

/** The people of every story: Alice owns the data, signs with a key of her own, and lets Bob read. */
export interface Actors {
  readonly alice: SecretKey;
  readonly aliceSigning: SecretKey;
  readonly aliceSigner: Signer;
  readonly bob: SecretKey;
  /** The arguments of verify, in its order. */
  readonly keys: readonly [verifyingPk: PublicKey, delegatingPk: PublicKey, receivingPk: PublicKey];
  readonly keyBytes: PublicKeys;
}

export function actors(seed: string): Actors {
  const random = seeded(seed);
  const alice = randomSecretKey(random);
  const aliceSigning = randomSecretKey(random);
  const bob = randomSecretKey(random);
  const keys = [aliceSigning.publicKey(), alice.publicKey(), bob.publicKey()] as const;
  const [verifyingPk, delegatingPk, receivingPk] = [
    keys[0].toCompressedBytes(),
    keys[1].toCompressedBytes(),
    keys[2].toCompressedBytes(),
  ];
  return {
    alice,
    aliceSigning,
    aliceSigner: new Signer(aliceSigning),
    bob,
    keys,
    keyBytes: { verifyingPk, delegatingPk, receivingPk },
  };
}
