import { expect } from "chai";
import { reencrypt, VerifiedCapsuleFrag, VerifiedKeyFrag } from "../../src/index.js";
import { reencryptWith } from "../../src/reencrypt.js";
import { expectRefusal } from "../helpers/errors.js";
import { seeded } from "../helpers/random.js";
import { tell } from "../helpers/story.js";

const { capsule, kfrag, vkfrags, keys } = tell("reencrypt");
const vkfrag = vkfrags[0] ?? expect.fail();

describe("reencrypt", () => {
  it("makes a verified fragment that verifies", () => {
    const vcfrag = reencrypt(capsule, vkfrag);
    expect(vcfrag).to.be.instanceOf(VerifiedCapsuleFrag);
    expect(vcfrag.unverify().verify(capsule, ...keys)).to.be.instanceOf(VerifiedCapsuleFrag);
  });

  it("proves afresh each time what is the same work, and the same with the same randomness", () => {
    const [a, b] = [reencrypt(capsule, vkfrag).unverify(), reencrypt(capsule, vkfrag).unverify()];
    expect(a.e1.equals(b.e1) && a.v1.equals(b.v1)).to.equal(true);
    expect(a.proof.e2.equals(b.proof.e2)).to.equal(false);
    expect(a.proof.z === b.proof.z).to.equal(false);
    const [c, d] = [reencryptWith(seeded("c"), capsule, vkfrag), reencryptWith(seeded("c"), capsule, vkfrag)];
    expect(c.equals(d)).to.equal(true);
  });

  it("passes on what the delegator signed", () => {
    const { id, precursor, proof } = reencrypt(capsule, vkfrag).unverify();
    expect(id).to.deep.equal(kfrag.id);
    expect(precursor.equals(kfrag.precursor)).to.equal(true);
    expect(proof.commitment.equals(kfrag.proof.commitment)).to.equal(true);
    expect(proof.signatureForReceiver.equals(kfrag.proof.signatureForReceiver)).to.equal(true);
  });

  for (const [what, value, got] of [
    ["a parsed key fragment", kfrag, "an instance of KeyFrag"],
    ["its bytes", kfrag.toBytes(), "an instance of Uint8Array"],
    ["nothing", undefined, "undefined"],
    [
      "an object that only claims the class",
      Object.create(VerifiedKeyFrag.prototype),
      "an instance of VerifiedKeyFrag",
    ],
    ["a plain object of its shape", { unverify: () => kfrag }, "an instance of Object"],
  ] as const) {
    it(`refuses ${what} in the place of a verified key fragment`, () => {
      expectRefusal(
        () => Reflect.apply(reencrypt, undefined, [capsule, value]),
        "NOT_VERIFIED",
        `kfrag: expected an instance of VerifiedKeyFrag, got ${got}`,
      );
    });
  }

  it("refuses the bytes of a capsule in its place", () => {
    expectRefusal(
      () => Reflect.apply(reencrypt, undefined, [capsule.toBytes(), vkfrag]),
      "BAD_TYPE",
      "capsule: expected an instance of Capsule, got an instance of Uint8Array",
    );
  });
});
