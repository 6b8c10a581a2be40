import { expect } from "chai";
import { createHash } from "node:crypto";
import { PublicKey, RecoverableSignature, SecretKey, Signer } from "../../src/index.js";
import { signWith } from "../../src/signing.js";
import { be32, join, number, ORDER, utf8 } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { seeded } from "../helpers/random.js";

const message = utf8("I owe you a key");

describe("Signer.sign", () => {
  const signer = new Signer(SecretKey.fromBEBytes(be32(12345n)));

  it("is verified by its own key and this message only", () => {
    const signature = signer.sign(message);
    expect(signature.verify(signer.verifyingKey(), message)).to.equal(true);
    expect(signature.verify(signer.verifyingKey(), utf8("I owe you a kez"))).to.equal(false);
    expect(signature.verify(SecretKey.random().publicKey(), message)).to.equal(false);
  });

  it("signs differently each time, with s in the lower half", () => {
    const signatures = Array.from({ length: 40 }, () => signer.sign(message).toBEBytes());
    expect(new Set(signatures.map(String)).size).to.equal(40);
    for (const signature of signatures) expect(number(signature.slice(32)) <= ORDER / 2n).to.equal(true);
  });

  it("signs the same with the same entropy", () => {
    const sign = (seed: string) => signWith(seeded(seed), signer, message);
    expect(sign("a").equals(sign("a"))).to.equal(true);
    expect(sign("a").equals(sign("b"))).to.equal(false);
  });
});

describe("PublicKey.recoverFromPrehash", () => {
  const signer = new Signer(SecretKey.fromBEBytes(be32(12345n)));
  const prehash = createHash("sha256").update(message).digest();

  it("refuses a signature that no key can have made", () => {
    // x = r + n with recovery id 2 is above the field's prime for almost every r.
    const signature = RecoverableSignature.fromBEBytes(join(signer.sign(message).toBEBytes(), [2]));
    expectRefusal(
      () => PublicKey.recoverFromPrehash(prehash, signature),
      "RECOVERY_FAILED",
      `signature: expected a signature with a public key, got ${String(signature)}`,
    );
  });

  it("refuses a prehash of another length", () => {
    const signature = RecoverableSignature.fromBEBytes(join(signer.sign(message).toBEBytes(), [0]));
    for (const length of [0, 31, 33, 64]) {
      expectRefusal(
        () => PublicKey.recoverFromPrehash(new Uint8Array(length), signature),
        "BAD_LENGTH",
        `prehash: expected 32 bytes, got ${length} bytes`,
      );
    }
  });
});
