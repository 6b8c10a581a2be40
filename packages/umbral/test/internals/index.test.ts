import { expect } from "chai";
import * as umbral from "../../src/index.js";

describe("the public door", () => {
  it("lets out these values and no others", () => {
    expect(Object.keys(umbral).sort()).to.deep.equal([
      "CAPSULE_FRAG_LENGTH",
      "CAPSULE_FRAG_SIMPLE_LENGTH",
      "CAPSULE_LENGTH",
      "CAPSULE_SIMPLE_LENGTH",
      "CIPHERTEXT_OVERHEAD",
      "Capsule",
      "CapsuleFrag",
      "CurvePoint",
      "KEY_FRAG_LENGTH",
      "KeyFrag",
      "MAX_PLAINTEXT_LENGTH",
      "MAX_SHARES",
      "PublicKey",
      "REENCRYPTION_EVIDENCE_LENGTH",
      "RecoverableSignature",
      "ReencryptionEvidence",
      "SecretKey",
      "SecretKeyFactory",
      "Signature",
      "Signer",
      "UmbralError",
      "VerifiedCapsuleFrag",
      "VerifiedKeyFrag",
      "backend",
      "decryptOriginal",
      "decryptReencrypted",
      "encrypt",
      "generateKFrags",
      "reencrypt",
    ]);
  });
});
