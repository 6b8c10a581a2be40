import { expect } from "chai";
import { RecoverableSignature, ReencryptionEvidence } from "../../src/index.js";
import { hex, join } from "../helpers/bytes.js";
import { tell } from "../helpers/story.js";

const { capsule, cfrag, vcfrags, keys } = tell("json");
const [vcfrag = expect.fail()] = vcfrags;
const signature = cfrag.proof.signatureForReceiver;
const recoverable = RecoverableSignature.fromBEBytes(join(signature.toBEBytes(), [1]));
const evidence = ReencryptionEvidence.of(capsule, vcfrag, ...keys);

describe("a public value as JSON", () => {
  for (const [name, value, bytes] of [
    ["Capsule", capsule, capsule.toBytes()],
    ["CapsuleFrag", cfrag, cfrag.toBytes()],
    ["VerifiedCapsuleFrag", vcfrag, vcfrag.toBytes()],
    ["ReencryptionEvidence", evidence, evidence.toBytes()],
    ["PublicKey", keys[0], keys[0].toCompressedBytes()],
    ["CurvePoint", capsule.e, capsule.e.toBytes()],
    ["Signature", signature, signature.toBEBytes()],
    ["RecoverableSignature", recoverable, recoverable.toBEBytes()],
  ] as const) {
    it(`is the hex of its bytes: ${name}`, () => {
      expect(JSON.stringify({ value })).to.equal(`{"value":"${hex(bytes)}"}`);
    });
  }
});
