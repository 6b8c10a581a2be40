import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import { createHash } from "node:crypto";
import { PublicKey, RecoverableSignature, Signature, Signer } from "../../src/index.js";
import { randomSecretKey } from "../../src/keys.js";
import { join } from "../helpers/bytes.js";
import { seeded } from "../helpers/random.js";

const random = seeded("interop signatures");
const cases = Array.from({ length: 45 }, (_, i) => ({ sk: randomSecretKey(random), message: random(i * 7) }));

describe("signatures, across implementations", () => {
  for (const [i, { sk, message }] of cases.entries()) {
    it(`${i}: ours verify there, in both encodings`, () => {
      const signature = new Signer(sk).sign(message);
      const pk = oracle.PublicKey.fromCompressedBytes(sk.publicKey().toCompressedBytes());
      const compact = oracle.Signature.fromBEBytes(signature.toBEBytes());
      expect(compact.verify(pk, message)).to.equal(true);
      expect(oracle.Signature.fromDerBytes(signature.toDerBytes()).equals(compact)).to.equal(true);
      expect(String(signature)).to.equal(compact.toString());
    });

    it(`${i}: theirs verify here, in both encodings`, () => {
      const signer = new oracle.Signer(oracle.SecretKey.fromBEBytes(sk.toBEBytes()));
      const theirs = signer.sign(message);
      const signature = Signature.fromBEBytes(theirs.toBEBytes());
      expect(signature.verify(sk.publicKey(), message)).to.equal(true);
      expect(signature.toDerBytes()).to.deep.equal(theirs.toDerBytes());
      expect(Signature.fromDerBytes(theirs.toDerBytes()).equals(signature)).to.equal(true);
      expect(new Signer(sk).verifyingKey().toCompressedBytes()).to.deep.equal(
        signer.verifyingKey().toCompressedBytes(),
      );
    });

    it(`${i}: both recover the same keys`, () => {
      const compact = new Signer(sk).sign(message).toBEBytes();
      const prehash = createHash("sha256").update(message).digest();
      const recovered = [0, 1].map((id) => {
        const bytes = join(compact, [id]);
        const pk = PublicKey.recoverFromPrehash(prehash, RecoverableSignature.fromBEBytes(bytes));
        const theirs = oracle.PublicKey.recoverFromPrehash(prehash, oracle.RecoverableSignature.fromBEBytes(bytes));
        expect(pk.toCompressedBytes()).to.deep.equal(theirs.toCompressedBytes());
        return pk;
      });
      expect(recovered.filter((pk) => pk.equals(sk.publicKey()))).to.have.length(1);
    });
  }
});
