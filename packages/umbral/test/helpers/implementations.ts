/** Both implementations behind one interface of bytes, so that each part of a story can be played by either. */
import * as oracle from "@nucypher/umbral-pre";
import * as umbral from "../../src/index.js";

/** The keys a fragment is checked against: compressed points. */
export interface PublicKeys {
  readonly verifyingPk: Uint8Array;
  readonly delegatingPk: Uint8Array;
  readonly receivingPk: Uint8Array;
}

export interface KFragOptions {
  readonly threshold: number;
  readonly shares: number;
  readonly signDelegatingKey: boolean;
  readonly signReceivingKey: boolean;
}

export interface Sealed {
  readonly capsule: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface Implementation {
  readonly name: string;
  encrypt(delegatingPk: Uint8Array, plaintext: Uint8Array): Sealed;
  decryptOriginal(delegatingSk: Uint8Array, sealed: Sealed): Uint8Array;
  generateKFrags(
    delegatingSk: Uint8Array,
    receivingPk: Uint8Array,
    signingSk: Uint8Array,
    options: KFragOptions,
  ): Uint8Array[];
  /** Verifies the key fragment first. */
  reencrypt(capsule: Uint8Array, kfrag: Uint8Array, keys: PublicKeys): Uint8Array;
  /** Verifies the capsule fragments first. */
  decryptReencrypted(
    receivingSk: Uint8Array,
    keys: PublicKeys,
    cfrags: readonly Uint8Array[],
    sealed: Sealed,
  ): Uint8Array;
}

export const ours: Implementation = {
  name: "ours",
  encrypt(delegatingPk, plaintext) {
    const [capsule, ciphertext] = umbral.encrypt(umbral.PublicKey.fromCompressedBytes(delegatingPk), plaintext);
    return { capsule: capsule.toBytes(), ciphertext };
  },
  decryptOriginal(delegatingSk, { capsule, ciphertext }) {
    const sk = umbral.SecretKey.fromBEBytes(delegatingSk);
    return umbral.decryptOriginal(sk, umbral.Capsule.fromBytes(capsule), ciphertext);
  },
  generateKFrags(delegatingSk, receivingPk, signingSk, options) {
    return umbral
      .generateKFrags(
        umbral.SecretKey.fromBEBytes(delegatingSk),
        umbral.PublicKey.fromCompressedBytes(receivingPk),
        new umbral.Signer(umbral.SecretKey.fromBEBytes(signingSk)),
        options.threshold,
        options.shares,
        options.signDelegatingKey,
        options.signReceivingKey,
      )
      .map((kfrag) => kfrag.toBytes());
  },
  reencrypt(capsule, kfrag, keys) {
    const verified = umbral.KeyFrag.fromBytes(kfrag).verify(
      umbral.PublicKey.fromCompressedBytes(keys.verifyingPk),
      umbral.PublicKey.fromCompressedBytes(keys.delegatingPk),
      umbral.PublicKey.fromCompressedBytes(keys.receivingPk),
    );
    return umbral.reencrypt(umbral.Capsule.fromBytes(capsule), verified).toBytes();
  },
  decryptReencrypted(receivingSk, keys, cfrags, sealed) {
    const capsule = umbral.Capsule.fromBytes(sealed.capsule);
    const verifyingPk = umbral.PublicKey.fromCompressedBytes(keys.verifyingPk);
    const delegatingPk = umbral.PublicKey.fromCompressedBytes(keys.delegatingPk);
    const receivingPk = umbral.PublicKey.fromCompressedBytes(keys.receivingPk);
    const verified = cfrags.map((cfrag) =>
      umbral.CapsuleFrag.fromBytes(cfrag).verify(capsule, verifyingPk, delegatingPk, receivingPk),
    );
    const sk = umbral.SecretKey.fromBEBytes(receivingSk);
    return umbral.decryptReencrypted(sk, delegatingPk, capsule, verified, sealed.ciphertext);
  },
};

/** `@nucypher/umbral-pre`. Its `verify` uses the fragment up. */
export const theirs: Implementation = {
  name: "umbral-pre",
  encrypt(delegatingPk, plaintext) {
    const [capsule, ciphertext] = oracle.encrypt(oracle.PublicKey.fromCompressedBytes(delegatingPk), plaintext);
    return { capsule: capsule.toBytes(), ciphertext };
  },
  decryptOriginal(delegatingSk, { capsule, ciphertext }) {
    const sk = oracle.SecretKey.fromBEBytes(delegatingSk);
    return oracle.decryptOriginal(sk, oracle.Capsule.fromBytes(capsule), ciphertext);
  },
  generateKFrags(delegatingSk, receivingPk, signingSk, options) {
    return oracle
      .generateKFrags(
        oracle.SecretKey.fromBEBytes(delegatingSk),
        oracle.PublicKey.fromCompressedBytes(receivingPk),
        new oracle.Signer(oracle.SecretKey.fromBEBytes(signingSk)),
        options.threshold,
        options.shares,
        options.signDelegatingKey,
        options.signReceivingKey,
      )
      .map((kfrag) => kfrag.toBytes());
  },
  reencrypt(capsule, kfrag, keys) {
    const verified = oracle.KeyFrag.fromBytes(kfrag).verify(
      oracle.PublicKey.fromCompressedBytes(keys.verifyingPk),
      oracle.PublicKey.fromCompressedBytes(keys.delegatingPk),
      oracle.PublicKey.fromCompressedBytes(keys.receivingPk),
    );
    return oracle.reencrypt(oracle.Capsule.fromBytes(capsule), verified).toBytes();
  },
  decryptReencrypted(receivingSk, keys, cfrags, sealed) {
    const capsule = oracle.Capsule.fromBytes(sealed.capsule);
    const verified = cfrags.map((cfrag) =>
      oracle.CapsuleFrag.fromBytes(cfrag).verify(
        capsule,
        oracle.PublicKey.fromCompressedBytes(keys.verifyingPk),
        oracle.PublicKey.fromCompressedBytes(keys.delegatingPk),
        oracle.PublicKey.fromCompressedBytes(keys.receivingPk),
      ),
    );
    const sk = oracle.SecretKey.fromBEBytes(receivingSk);
    const delegatingPk = oracle.PublicKey.fromCompressedBytes(keys.delegatingPk);
    return oracle.decryptReencrypted(sk, delegatingPk, capsule, verified, sealed.ciphertext);
  },
};

export const both: readonly Implementation[] = [ours, theirs];
