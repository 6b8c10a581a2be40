/** The edges that no value of the package reaches but by a chance of 1 in 2^128, or at the cost of much memory. */
import { expect } from "chai";
import { createHash } from "node:crypto";
import { backend, useBackend } from "../../src/backend.js";
import { equalBytes } from "../../src/bytes.js";
import { expectCiphertext, expectPlaintext } from "../../src/dem.js";
import { encodeDer } from "../../src/der.js";
import { hashCapsulePoints, hashSharedSecret, hashToScalar, polynomialArguments } from "../../src/hashing.js";
import {
  CapsuleFrag,
  CIPHERTEXT_OVERHEAD,
  decryptReencrypted,
  encryptStream,
  generateKFrags,
  MAX_PLAINTEXT_LENGTH,
  PublicKey,
  RecoverableSignature,
  ReencryptionEvidence,
  type UmbralErrorCode,
  type VerifiedCapsuleFrag,
} from "../../src/index.js";
import { addPoints, type CurvePoint, multiplyPoint } from "../../src/curvePoint.js";
import { checked } from "../../src/internal.js";
import { nobleBackend } from "../../src/nobleBackend.js";
import { lagrangeWeights } from "../../src/polynomial.js";
import { invertAll, multiply, negate } from "../../src/scalar.js";
import { findRecoveryId, parseSignature } from "../../src/signing.js";
import { zip } from "../../src/zip.js";
import { be32, hex, join, number, ORDER, replace, utf8 } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { capsuleFragOffsets } from "../helpers/layouts.js";
import { tell } from "../helpers/story.js";

const { alice, aliceSigner, bob, capsule, ciphertext, vcfrags, keys } = tell("edges");
const [verifyingPk, delegatingPk, receivingPk] = keys;

describe("at the edges", () => {
  it("bytes are equal only when they are as many", () => {
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).to.equal(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).to.equal(false);
    expect(equalBytes(new Uint8Array(0), Uint8Array.of(0))).to.equal(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).to.equal(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).to.equal(true);
  });

  it("arrays are paired as far as the shorter one goes", () => {
    expect(zip([1, 2, 3], ["a"])).to.deep.equal([[1, "a"]]);
    expect(zip([1], ["a", "b"])).to.deep.equal([[1, "a"]]);
  });

  it("a plaintext of just the greatest length is taken, and its ciphertext", () => {
    expect(expectPlaintext(new Uint8Array(MAX_PLAINTEXT_LENGTH))).to.have.length(MAX_PLAINTEXT_LENGTH);
    const longest = MAX_PLAINTEXT_LENGTH + CIPHERTEXT_OVERHEAD;
    expect(expectCiphertext(new Uint8Array(longest))).to.have.length(longest);
  });

  it("zero has one byte in DER", () => {
    expect(hex(encodeDer(new Uint8Array(64)))).to.equal("3006020100020100");
  });

  it("a hash of n-2 gives the scalar n-1, and one of n-1 the scalar 1", () => {
    const before = backend;
    const withHash = (hash: bigint): bigint => {
      useBackend({ ...before, sha256: () => be32(hash) });
      try {
        return hashToScalar(utf8("TAG"));
      } finally {
        useBackend(before);
      }
    };
    expect(withHash(ORDER - 2n) === ORDER - 1n).to.equal(true);
    expect(withHash(ORDER - 1n) === 1n).to.equal(true);
    expect(withHash(0n) === 1n).to.equal(true);
  });

  it("a count or a length that looks like a number but is none is refused, and so is a fraction", async () => {
    const counts = ["2", 2n, { valueOf: () => 2 }, [2], null, undefined, NaN, Infinity, 1.5] as unknown as number[];
    for (const count of counts) {
      const make = () => generateKFrags(alice, receivingPk, aliceSigner, count, 3, true, true);
      expect(refusal(make).code).to.equal("BAD_THRESHOLD");
    }
    const empty = (async function* (): AsyncGenerator<Uint8Array> {})();
    for (const length of ["64", 64n, [64], null, NaN, Infinity, 64.5] as unknown as number[]) {
      expect(refusal(() => encryptStream(delegatingPk, empty, length)).code).to.equal("BAD_CHUNK_LENGTH");
    }
    await empty.return(undefined);
  });

  it("the signer's key is recovered with one of two recovery ids, and no key where there is none", () => {
    const message = utf8("recover");
    const prehash = Uint8Array.from(createHash("sha256").update(message).digest());
    const signature = aliceSigner.sign(message);
    const recovered = [0, 1].map((id) =>
      PublicKey.recoverFromPrehash(prehash, RecoverableSignature.fromBEBytes(join(signature.toBEBytes(), [id]))),
    );
    expect(recovered.filter((pk) => pk.equals(verifyingPk))).to.have.length(1);
    expect(findRecoveryId(signature, prehash, verifyingPk)).to.equal(recovered[0]?.equals(verifyingPk) ? 0 : 1);
    expect(findRecoveryId(signature, prehash, receivingPk)).to.equal(undefined);
    // No point has x = 5.
    const nobodys = parseSignature("signature", join(be32(5n), be32(1n)));
    expect(findRecoveryId(nobodys, prehash, verifyingPk)).to.equal(undefined);
  });

  it("a hash that evidence gives out is a copy", () => {
    const evidence = ReencryptionEvidence.of(capsule, vcfrags[0] ?? expect.fail(), ...keys);
    evidence.kfragValidityMessageHash.fill(0);
    expect(number(evidence.kfragValidityMessageHash)).not.to.equal(0n);
  });

  it("no backend verifies a signature with s above n/2", () => {
    const digest = be32(7n);
    for (const { sign, multiplyBase, verify } of [backend, nobleBackend]) {
      const low = sign(digest, 5n, new Uint8Array(32));
      const high = join(low.slice(0, 32), be32(ORDER - number(low.slice(32))));
      expect(verify(low, digest, multiplyBase(5n))).to.equal(true);
      expect(verify(high, digest, multiplyBase(5n))).to.equal(false);
    }
  });
});

describe("fragments that nobody verified, made to add up to the point at infinity", () => {
  const [first, second] = vcfrags.map((vcfrag) => vcfrag.unverify());
  if (!first || !second) throw new Error("two fragments");
  const bobPk = receivingPk.point;
  const dh = multiplyPoint(number(bob.toBEBytes()), first.precursor);
  const d = hashSharedSecret(first.precursor, bobPk, dh);
  const [weight = 0n, other = 0n] = lagrangeWeights(
    [first.id, second.id].map(polynomialArguments(first.precursor, bobPk, dh)),
  );
  const [inverse = 0n] = invertAll([other]);
  /** What the second fragment must hold for the sum of both, weighted, to be nothing. */
  const opposite = (point: CurvePoint): Uint8Array => multiplyPoint(multiply(negate(weight), inverse), point).toBytes();
  const changed = (cfrag: CapsuleFrag, field: "E1" | "V1", point: Uint8Array): CapsuleFrag =>
    CapsuleFrag.fromBytes(replace(cfrag.toBytes(), capsuleFragOffsets[field], point));
  const open = (pk: PublicKey, ...cfrags: CapsuleFrag[]) => {
    const verified: VerifiedCapsuleFrag[] = cfrags.map((cfrag) => cfrag.skipVerification());
    return refusal(() => decryptReencrypted(bob, pk, capsule, verified, ciphertext));
  };

  for (const [argument, run] of [
    ["sum of cfrags.E1", () => open(delegatingPk, first, changed(second, "E1", opposite(first.e1)))],
    ["sum of cfrags.V1", () => open(delegatingPk, first, changed(second, "V1", opposite(first.v1)))],
    [
      "sum of cfrags.E1 and cfrags.V1",
      () => {
        // With V1 = -E1 the check s·pk = h·e + v holds for a key made for it: pk = (h-1)/s·d·E1.
        const [perS = 0n] = invertAll([capsule.s]);
        const h = hashCapsulePoints(capsule.e, capsule.v);
        const pk = multiplyPoint(multiply(multiply(h - 1n, perS), d), first.e1);
        const minusE1 = multiplyPoint(ORDER - 1n, first.e1);
        return open(new PublicKey(checked, pk), changed(first, "V1", minusE1.toBytes()));
      },
    ],
  ] as const) {
    it(argument, () => {
      const error = run();
      expect(error.argument).to.equal(argument);
      expect(error.code).to.equal("POINT_AT_INFINITY" satisfies UmbralErrorCode);
    });
  }

  it("the sum of a point and its opposite is none", () => {
    const opposite = multiplyPoint(ORDER - 1n, first.e1);
    expect(refusal(() => addPoints("sum", [first.e1, opposite])).code).to.equal("POINT_AT_INFINITY");
  });
});
