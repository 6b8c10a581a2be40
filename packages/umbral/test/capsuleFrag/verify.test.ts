import { expect } from "chai";
import { CapsuleFrag, type CapsuleFragProof, SecretKey, VerifiedCapsuleFrag } from "../../src/index.js";
import { addPoints, type CurvePoint, multiplyBase, multiplyPoint, multiplyU, U } from "../../src/curvePoint.js";
import { hashProof } from "../../src/hashing.js";
import { checked, secretScalar } from "../../src/internal.js";
import { add, multiply, negate } from "../../src/scalar.js";
import { be32 } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";
import { call } from "../helpers/untyped.js";

const { capsule, cfrag, kfrag, keys, vcfrags } = tell("cfrag verify");
const rk = kfrag[secretScalar]();
const G = multiplyBase(1n);

const sum = (...points: CurvePoint[]): CurvePoint => addPoints("sum", points);

/** What a dishonest proxy can send: points and scalars of its choice, with the delegator's signature as it is. */
function forge({ e1 = cfrag.e1, v1 = cfrag.v1, ...proof }: Partial<CapsuleFragProof & Pick<CapsuleFrag, "e1" | "v1">>) {
  return new CapsuleFrag(checked, e1, v1, cfrag.id, cfrag.precursor, { ...cfrag.proof, ...proof });
}

/** A proof made as it should be, but with other secrets for E and V, and with errors added to E2 and V2. */
function prove({ keyForE = rk, keyForV = rk, proven = rk, errorInE2 = 0n, errorInV2 = 0n }): CapsuleFrag {
  const t = 4242n;
  const e1 = multiplyPoint(keyForE, capsule.e);
  const v1 = multiplyPoint(keyForV, capsule.v);
  const e2 = sum(multiplyPoint(t, capsule.e), ...(errorInE2 ? [multiplyBase(errorInE2)] : []));
  const v2 = sum(multiplyPoint(t, capsule.v), ...(errorInV2 ? [multiplyBase(errorInV2)] : []));
  const u2 = multiplyU(t);
  const h = hashProof(capsule.e, e1, e2, capsule.v, v1, v2, U, cfrag.proof.commitment, u2);
  return forge({ e1, v1, e2, v2, u2, z: add(multiply(proven, h), t) });
}

describe("CapsuleFrag.verify", () => {
  it("accepts each proxy's honest work", () => {
    for (const vcfrag of vcfrags) {
      const verified = CapsuleFrag.fromBytes(vcfrag.toBytes()).verify(capsule, ...keys);
      expect(verified).to.be.instanceOf(VerifiedCapsuleFrag);
      expect(verified.equals(vcfrag)).to.equal(true);
    }
  });

  it("refuses the work on another capsule", () => {
    expectRefusal(
      () => cfrag.verify(tell("another capsule").capsule, ...keys),
      "CAPSULEFRAG_PROOF",
      "cfrag.proof: expected z·E = h·E1 + E2, got two different points",
    );
  });

  it("refuses other keys in any place", () => {
    const stranger = SecretKey.fromBEBytes(be32(77n)).publicKey();
    const [v, d, r] = keys;
    for (const wrong of [
      [stranger, d, r],
      [v, stranger, r],
      [v, d, stranger],
      [v, r, d],
    ] as const) {
      expectRefusal(
        () => cfrag.verify(capsule, ...wrong),
        "CAPSULEFRAG_RECEIVER_SIGNATURE",
        "cfrag.signatureForReceiver: expected a signature of this fragment and both keys by the delegator, got " +
          String(cfrag.proof.signatureForReceiver),
      );
    }
  });

  it("refuses another fragment's signature", () => {
    const other = vcfrags[1]?.unverify() ?? expect.fail();
    const { signatureForReceiver } = other.proof;
    expectRefusal(
      () => forge({ signatureForReceiver }).verify(capsule, ...keys),
      "CAPSULEFRAG_RECEIVER_SIGNATURE",
      /^cfrag.signatureForReceiver/,
    );
  });

  it("refuses another U1, which the signature covers", () => {
    expectRefusal(
      () => forge({ commitment: sum(G, cfrag.proof.commitment) }).verify(capsule, ...keys),
      "CAPSULEFRAG_RECEIVER_SIGNATURE",
      /^cfrag.signatureForReceiver/,
    );
  });

  for (const [what, forged] of [
    ["E1", forge({ e1: sum(G, cfrag.e1) })],
    ["V1", forge({ v1: sum(G, cfrag.v1) })],
    ["E2", forge({ e2: sum(G, cfrag.proof.e2) })],
    ["V2", forge({ v2: sum(G, cfrag.proof.v2) })],
    ["U2", forge({ u2: sum(G, cfrag.proof.u2) })],
    ["z", forge({ z: add(cfrag.proof.z, 1n) })],
    ["E1 and V1, exchanged", forge({ e1: cfrag.v1, v1: cfrag.e1 })],
  ] as const) {
    it(`refuses another ${what}`, () => {
      expectRefusal(() => forged.verify(capsule, ...keys), "CAPSULEFRAG_PROOF", /^cfrag.proof: expected z·E = h·E1/);
    });
  }

  it("accepts a proof made by these rules", () => {
    expect(prove({}).verify(capsule, ...keys)).to.be.instanceOf(VerifiedCapsuleFrag);
  });

  for (const [what, equation, forged] of [
    ["another secret for E", "z·E = h·E1 + E2", prove({ keyForE: 5n })],
    ["another secret for V", "z·V = h·V1 + V2", prove({ keyForV: 5n })],
    ["another secret for E and V", "z·u = h·U1 + U2", prove({ keyForE: 5n, keyForV: 5n, proven: 5n })],
    ["errors that add up to nothing", "z·E = h·E1 + E2", prove({ errorInE2: 1n, errorInV2: negate(1n) })],
  ] as const) {
    it(`refuses ${what} and names the equation that fails`, () => {
      expectRefusal(
        () => forged.verify(capsule, ...keys),
        "CAPSULEFRAG_PROOF",
        `cfrag.proof: expected ${equation}, got two different points`,
      );
    });
  }

  it("asks for a capsule and three keys", () => {
    const [v, d, r] = keys;
    for (const [message, args] of [
      ["capsule: expected an instance of Capsule, got an instance of Uint8Array", [capsule.toBytes(), v, d, r]],
      ["verifyingPk: expected an instance of PublicKey, got undefined", [capsule]],
      ["delegatingPk: expected an instance of PublicKey, got null", [capsule, v, null, r]],
      [
        "receivingPk: expected an instance of PublicKey, got an instance of SecretKey",
        [capsule, v, d, SecretKey.random()],
      ],
    ] as const) {
      expectRefusal(() => call(cfrag, "verify", ...args), "BAD_TYPE", message);
    }
  });
});

describe("CapsuleFrag.skipVerification", () => {
  it("gives a verified fragment that can be taken back", () => {
    expect(cfrag.skipVerification()).to.be.instanceOf(VerifiedCapsuleFrag);
    expect(cfrag.skipVerification().unverify()).to.equal(cfrag);
    expect(String(cfrag.skipVerification())).to.equal(`Verified${String(cfrag)}`);
  });
});
