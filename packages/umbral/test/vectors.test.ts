import { expect } from "chai";
import {
  Capsule,
  CapsuleFrag,
  decryptOriginal,
  decryptReencrypted,
  KeyFrag,
  PublicKey,
  reencrypt,
  ReencryptionEvidence,
  SecretKey,
  SecretKeyFactory,
  Signature,
} from "../src/index.js";
import keys from "../vectors/keys.json" with { type: "json" };
import reencryption from "../vectors/reencryption.json" with { type: "json" };
import refused from "../vectors/refused.json" with { type: "json" };
import secretKeyFactory from "../vectors/secretKeyFactory.json" with { type: "json" };
import signatures from "../vectors/signatures.json" with { type: "json" };
import { fromHex, hex } from "./helpers/bytes.js";
import { refusal } from "./helpers/errors.js";

const publicKeyOf = (secretKey: string): PublicKey => SecretKey.fromBEBytes(fromHex(secretKey)).publicKey();
const publicKey = (text: string): PublicKey => PublicKey.fromCompressedBytes(fromHex(text));

describe("vectors of umbral-pre", () => {
  it("say where they come from", () => {
    for (const { origin } of [keys, reencryption, refused, secretKeyFactory, signatures]) {
      expect(origin).to.deep.equal({ package: "@nucypher/umbral-pre", version: "0.10.0", bytes: "hex" });
    }
  });

  for (const [i, vector] of keys.keys.entries()) {
    it(`keys ${i}`, () => {
      expect(hex(publicKeyOf(vector.secretKey).toCompressedBytes())).to.equal(vector.publicKey);
    });
  }

  for (const [i, vector] of secretKeyFactory.secretKeyFactory.entries()) {
    it(`secretKeyFactory ${i}`, () => {
      const factory = SecretKeyFactory.fromSecureRandomness(fromHex(vector.seed));
      const label = fromHex(vector.label);
      expect(hex(factory.makeSecret(label))).to.equal(vector.secret);
      expect(hex(factory.makeKey(label).toBEBytes())).to.equal(vector.key);
      expect(hex(factory.makeFactory(label).makeKey(label).toBEBytes())).to.equal(vector.keyOfFactory);
    });
  }

  for (const [i, vector] of signatures.signatures.entries()) {
    it(`signatures ${i}`, () => {
      const signature = Signature.fromBEBytes(fromHex(vector.signature));
      expect(signature.verify(publicKey(vector.publicKey), fromHex(vector.message))).to.equal(true);
      expect(hex(signature.toDerBytes())).to.equal(vector.der);
      expect(Signature.fromDerBytes(fromHex(vector.der)).equals(signature)).to.equal(true);
    });
  }

  for (const [i, vector] of reencryption.reencryption.entries()) {
    const { threshold, shares, signDelegatingKey, signReceivingKey } = vector;

    it(`reencryption ${i}: ${threshold} of ${shares}, signed keys ${signDelegatingKey}, ${signReceivingKey}`, () => {
      const verifyingPk = publicKeyOf(vector.signingSk);
      const delegatingSk = SecretKey.fromBEBytes(fromHex(vector.delegatingSk));
      const receivingSk = SecretKey.fromBEBytes(fromHex(vector.receivingSk));
      const verifyingKeys = [verifyingPk, delegatingSk.publicKey(), receivingSk.publicKey()] as const;
      const ciphertext = fromHex(vector.ciphertext);

      const capsule = Capsule.fromBytes(fromHex(vector.capsule));
      expect(hex(capsule.toBytesSimple())).to.equal(vector.capsuleSimple);
      expect(hex(decryptOriginal(delegatingSk, capsule, ciphertext))).to.equal(vector.plaintext);

      const kfrags = vector.kfrags.map((bytes) => KeyFrag.fromBytes(fromHex(bytes)).verify(...verifyingKeys));
      expect(kfrags.map((kfrag) => hex(kfrag.toBytes()))).to.deep.equal(vector.kfrags);

      const cfrags = vector.cfrags.map((bytes) =>
        CapsuleFrag.fromBytes(fromHex(bytes)).verify(capsule, ...verifyingKeys),
      );
      expect(cfrags.map((cfrag) => hex(cfrag.toBytesSimple()))).to.deep.equal(vector.cfragsSimple);
      const read = (used: typeof cfrags): string =>
        hex(decryptReencrypted(receivingSk, delegatingSk.publicKey(), capsule, used, ciphertext));
      expect(read(cfrags.slice(0, threshold))).to.equal(vector.plaintext);
      expect(read(cfrags.slice(shares - threshold))).to.equal(vector.plaintext);

      for (const [j, cfrag] of cfrags.entries()) {
        expect(hex(ReencryptionEvidence.of(capsule, cfrag, ...verifyingKeys).toBytes())).to.equal(vector.evidence[j]);
      }
      // The part of our own re-encryption that has no randomness in it is the same.
      for (const [j, kfrag] of kfrags.entries()) {
        const own = hex(reencrypt(capsule, kfrag).toBytesSimple());
        expect(own.slice(0, 2 * 131)).to.equal(vector.cfragsSimple[j]?.slice(0, 2 * 131));
      }
    });
  }
});

describe("vectors that must fail", () => {
  const verifyingKeys = [
    publicKey(refused.refused.verifyingPk),
    publicKey(refused.refused.delegatingPk),
    publicKey(refused.refused.receivingPk),
  ] as const;
  const capsule = Capsule.fromBytes(fromHex(refused.refused.capsule));

  const read: Record<string, (bytes: Uint8Array) => unknown> = {
    SecretKey: (bytes) => SecretKey.fromBEBytes(bytes),
    PublicKey: (bytes) => PublicKey.fromCompressedBytes(bytes),
    Signature: (bytes) => Signature.fromBEBytes(bytes),
    SignatureDer: (bytes) => Signature.fromDerBytes(bytes),
    Capsule: (bytes) => Capsule.fromBytes(bytes),
    CapsuleSimple: (bytes) => Capsule.fromBytesSimple(bytes),
    KeyFrag: (bytes) => KeyFrag.fromBytes(bytes),
    CapsuleFrag: (bytes) => CapsuleFrag.fromBytes(bytes),
  };
  const verify: Record<string, (bytes: Uint8Array) => unknown> = {
    KeyFrag: (bytes) => KeyFrag.fromBytes(bytes).verify(...verifyingKeys),
    CapsuleFrag: (bytes) => CapsuleFrag.fromBytes(bytes).verify(capsule, ...verifyingKeys),
  };

  for (const [step, readers] of [
    ["parsing", read],
    ["verifying", verify],
  ] as const) {
    for (const { reader, code, why, bytes } of refused.refused[step]) {
      it(`${step} ${reader}: ${why}, ${code}`, () => {
        const call = readers[reader] ?? expect.fail(`no reader named ${reader}`);
        expect(refusal(() => call(fromHex(bytes))).code).to.equal(code);
      });
    }
  }
});
