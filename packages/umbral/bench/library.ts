/** What this package and umbral-pre have in common, which is nearly everything: one benchmark for both. */
import * as oracle from "@nucypher/umbral-pre";
import * as umbral from "@nkms/umbral";

interface Bytes {
  toBytes(): Uint8Array;
}

export interface PublicKey {
  toCompressedBytes(): Uint8Array;
}

export interface SecretKey {
  publicKey(): PublicKey;
  toBEBytes(): Uint8Array;
}

interface Signature {
  verify(verifyingPk: PublicKey, message: Uint8Array): boolean;
  toBEBytes(): Uint8Array;
}

interface Signer {
  sign(message: Uint8Array): Signature;
}

interface KeyFrag {
  /** umbral-pre takes null for a key; nobody here gives it. */
  verify(verifyingPk: PublicKey, delegatingPk: PublicKey | null, receivingPk: PublicKey | null): Bytes;
}

interface CapsuleFrag {
  verify(capsule: Bytes, verifyingPk: PublicKey, delegatingPk: PublicKey, receivingPk: PublicKey): Bytes;
}

export interface Library {
  readonly SecretKey: { random(): SecretKey; fromBEBytes(bytes: Uint8Array): SecretKey };
  readonly PublicKey: { fromCompressedBytes(bytes: Uint8Array): PublicKey };
  readonly SecretKeyFactory: {
    fromSecureRandomness(seed: Uint8Array): {
      makeKey(label: Uint8Array): SecretKey;
      makeSecret(label: Uint8Array): Uint8Array;
    };
  };
  readonly Signature: { fromBEBytes(bytes: Uint8Array): Signature };
  readonly Capsule: { fromBytes(bytes: Uint8Array): Bytes };
  readonly KeyFrag: { fromBytes(bytes: Uint8Array): KeyFrag };
  readonly CapsuleFrag: { fromBytes(bytes: Uint8Array): CapsuleFrag };
  makeSigner(sk: SecretKey): Signer;
  encrypt(delegatingPk: PublicKey, plaintext: Uint8Array): [Bytes, Uint8Array];
  decryptOriginal(delegatingSk: SecretKey, capsule: Bytes, ciphertext: Uint8Array): Uint8Array;
  generateKFrags(
    delegatingSk: SecretKey,
    receivingPk: PublicKey,
    signer: Signer,
    threshold: number,
    shares: number,
    signDelegatingKey: boolean,
    signReceivingKey: boolean,
  ): Bytes[];
  reencrypt(capsule: Bytes, kfrag: Bytes): Bytes;
  decryptReencrypted(
    receivingSk: SecretKey,
    delegatingPk: PublicKey,
    capsule: Bytes,
    cfrags: readonly Bytes[],
    ciphertext: Uint8Array,
  ): Uint8Array;
  /** The evidence of a re-encryption: the one thing that the two make in different ways. */
  makeEvidence(
    capsule: Bytes,
    cfrag: Bytes,
    verifyingPk: PublicKey,
    delegatingPk: PublicKey,
    receivingPk: PublicKey,
  ): Bytes;
}

export const ours: Library = {
  ...umbral,
  makeSigner: (sk: umbral.SecretKey) => new umbral.Signer(sk),
  makeEvidence: (
    capsule: umbral.Capsule,
    cfrag: umbral.VerifiedCapsuleFrag,
    ...keys: [umbral.PublicKey, umbral.PublicKey, umbral.PublicKey]
  ) => umbral.ReencryptionEvidence.of(capsule, cfrag, ...keys),
};

export const theirs: Library = {
  ...oracle,
  makeSigner: (sk: oracle.SecretKey) => new oracle.Signer(sk),
  makeEvidence: (
    capsule: oracle.Capsule,
    cfrag: oracle.VerifiedCapsuleFrag,
    ...keys: [oracle.PublicKey, oracle.PublicKey, oracle.PublicKey]
  ) => new oracle.ReencryptionEvidence(capsule, cfrag, ...keys),
};
