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
      "DEFAULT_CHUNK_LENGTH",
      "KEY_FRAG_LENGTH",
      "KeyFrag",
      "MAX_CHUNK_LENGTH",
      "MAX_PLAINTEXT_LENGTH",
      "MAX_SHARES",
      "MIN_CHUNK_LENGTH",
      "Parameters",
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
      "decryptOriginalStream",
      "decryptReencrypted",
      "decryptReencryptedStream",
      "encrypt",
      "encryptStream",
      "generateKFrags",
      "reencrypt",
      "toReadableStream",
    ]);
  });
});
