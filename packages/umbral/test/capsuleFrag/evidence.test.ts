import { expect } from "chai";
import { REENCRYPTION_EVIDENCE_LENGTH, ReencryptionEvidence, SecretKey } from "../../src/index.js";
import { join, replace } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";
import { call } from "../helpers/untyped.js";

const { capsule, cfrag, vcfrags, keys } = tell("evidence");
const vcfrag = vcfrags[0] ?? expect.fail();
const evidence = ReencryptionEvidence.of(capsule, vcfrag, ...keys);
const bytes = evidence.toBytes();

describe("ReencryptionEvidence", () => {
  it("gives back what toBytes wrote", () => {
    expect(bytes).to.have.length(REENCRYPTION_EVIDENCE_LENGTH);
    expect(ReencryptionEvidence.fromBytes(bytes).equals(evidence)).to.equal(true);
    expect(ReencryptionEvidence.fromBytes(bytes).toBytes()).to.deep.equal(bytes);
    expect(String(evidence)).to.match(/^ReencryptionEvidence:[0-9a-f]{16}$/);
  });

  it("refuses other lengths and any other byte between the fields", () => {
    expectRefusal(
      () => ReencryptionEvidence.fromBytes(join(bytes, [0])),
      "BAD_LENGTH",
      "evidence: expected 528 bytes, got 529 bytes",
    );
    for (const offset of [0, 1, 2, 3, 4, 38, 493, 527]) {
      expectRefusal(
        () => ReencryptionEvidence.fromBytes(replace(bytes, offset, [0x7f])),
        "BAD_ENCODING",
        /^evidence: expected an? .* at offset \d+, got /,
      );
    }
  });

  it("refuses bytes that are no point and names the field", () => {
    for (const [offset, name] of [
      [5, "e"],
      [5 + 35, "ez"],
      [5 + 35 * 13, "u2"],
    ] as const) {
      expectRefusal(
        () => ReencryptionEvidence.fromBytes(replace(bytes, offset, [0])),
        "BAD_POINT",
        new RegExp(`^evidence.${name}: expected a compressed point`),
      );
    }
  });

  it("refuses keys under which the signature fails", () => {
    expectRefusal(
      () => ReencryptionEvidence.of(capsule, vcfrag, SecretKey.random().publicKey(), keys[1], keys[2]),
      "RECOVERY_FAILED",
      /^cfrag.signatureForReceiver: expected a signature of this fragment and both keys by the delegator, got /,
    );
  });

  it("refuses a fragment that nobody verified", () => {
    expectRefusal(
      () => call(ReencryptionEvidence, "of", capsule, cfrag, ...keys),
      "NOT_VERIFIED",
      "cfrag: expected an instance of VerifiedCapsuleFrag, got an instance of CapsuleFrag",
    );
  });
});
