import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import {
  Capsule,
  CapsuleFrag,
  generateKFrags,
  KeyFrag,
  PublicKey,
  Signature,
  type UmbralErrorCode,
} from "../../src/index.js";
import { multiplyPoint, U } from "../../src/curvePoint.js";
import { invertAll } from "../../src/scalar.js";
import { be32, join, number, ORDER, replace, utf8 } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { keyFragOffsets } from "../helpers/layouts.js";
import { tell } from "../helpers/story.js";
import { call } from "../helpers/untyped.js";

const { alice, aliceSigner, aliceSigning, capsule, kfrag, cfrag, vkfrags, keys } = tell("strictness");
const [verifyingPk, delegatingPk, receivingPk] = keys;
const { kfrag: unsigned } = tell("strictness", { signDelegatingKey: false, signReceivingKey: false });
const theirs = (pk: PublicKey) => oracle.PublicKey.fromCompressedBytes(pk.toCompressedBytes());
const theirKeys = () => [theirs(verifyingPk), theirs(delegatingPk), theirs(receivingPk)] as const;
const theirGenerate = (threshold: number, shares: number) =>
  oracle.generateKFrags(
    oracle.SecretKey.fromBEBytes(alice.toBEBytes()),
    theirs(receivingPk),
    new oracle.Signer(oracle.SecretKey.fromBEBytes(aliceSigning.toBEBytes())),
    threshold,
    shares,
    true,
    true,
  );

const message = utf8("strict");
const compact = aliceSigner.sign(message).toBEBytes();
const highS = join(compact.slice(0, 32), be32(ORDER - number(compact.slice(32))));
const [x, y] = delegatingPk.point.coordinates();
const capsuleBytes = capsule.toBytes();
const field = (name: string): Uint8Array => join([0xa0 | name.length], utf8(name));

// With u' = U1 / rk' a false secret rk' fits the commitment, and no signature covers u'.
const falseKey = 987654321n;
const [falseU] = invertAll([falseKey]).map((inverse) => multiplyPoint(inverse, kfrag.proof.commitment));
const withFalseU = replace(
  replace(kfrag.toBytes(), keyFragOffsets.u, falseU?.toBytes() ?? []),
  keyFragOffsets.rk,
  be32(falseKey),
);
const otherSignature = vkfrags[1]?.unverify().proof.signatureForReceiver.toBEBytes() ?? [];
const withBrokenSignature = replace(kfrag.toBytes(), keyFragOffsets.signatureForReceiver, otherSignature);

type Difference = readonly [what: string, code: UmbralErrorCode, ours: () => unknown, theirs: () => unknown];

/** The same capsule in other ways to write MessagePack. */
const reframed = (
  [
    ["an array with a long header", "BAD_LENGTH", join([0xdc, 0, 3], capsuleBytes.slice(1))],
    ["a byte string with a long header", "BAD_LENGTH", join([0x93, 0xc5, 0, 0x21], capsuleBytes.slice(3))],
    ["a text string in the place of a byte string", "BAD_ENCODING", replace(capsuleBytes, 1, [0xd9])],
    [
      "a map in the place of an array",
      "BAD_LENGTH",
      join(
        ...[[0x83], field("point_e"), capsuleBytes.slice(1, 36), field("point_v"), capsuleBytes.slice(36, 71)],
        ...[field("signature"), capsuleBytes.slice(71)],
      ),
    ],
  ] as const
).map(([what, code, bytes]): Difference => [
  what,
  code,
  () => Capsule.fromBytes(bytes),
  () => expect(oracle.Capsule.fromBytes(bytes).toBytes()).to.deep.equal(capsuleBytes),
]);

/** What the oracle accepts beyond ours, as the README lists it. */
const differences: readonly Difference[] = [
  [
    "trailing bytes behind a capsule",
    "BAD_LENGTH",
    () => Capsule.fromBytes(join(capsuleBytes, [0])),
    () => oracle.Capsule.fromBytes(join(capsuleBytes, [0])),
  ],
  [
    "trailing bytes behind a key fragment",
    "BAD_LENGTH",
    () => KeyFrag.fromBytes(join(kfrag.toBytes(), [0])),
    () => oracle.KeyFrag.fromBytes(join(kfrag.toBytes(), [0])),
  ],
  [
    "trailing bytes behind a capsule fragment",
    "BAD_LENGTH",
    () => CapsuleFrag.fromBytes(join(cfrag.toBytes(), [0])),
    () => oracle.CapsuleFrag.fromBytes(join(cfrag.toBytes(), [0])),
  ],
  ...reframed,
  [
    "an uncompressed public key",
    "BAD_LENGTH",
    () => PublicKey.fromCompressedBytes(join([4], x, y)),
    () => oracle.PublicKey.fromCompressedBytes(join([4], x, y)),
  ],
  [
    "a compact public key",
    "BAD_POINT",
    () => PublicKey.fromCompressedBytes(join([5], x)),
    () => oracle.PublicKey.fromCompressedBytes(join([5], x)),
  ],
  [
    "a signature with s above n/2",
    "BAD_SIGNATURE",
    () => Signature.fromBEBytes(highS),
    () => expect(oracle.Signature.fromBEBytes(highS).verify(theirs(verifyingPk), message)).to.equal(true),
  ],
  [
    "a prehash of 64 bytes",
    "BAD_LENGTH",
    () => call(PublicKey, "recoverFromPrehash", new Uint8Array(64)),
    () =>
      oracle.PublicKey.recoverFromPrehash(
        new Uint8Array(64).fill(7),
        oracle.RecoverableSignature.fromBEBytes(join(compact, [0])),
      ),
  ],
  [
    "a key fragment with the secret 0",
    "BAD_SCALAR",
    () => KeyFrag.fromBytes(replace(kfrag.toBytes(), keyFragOffsets.rk, be32(0n))),
    () => oracle.KeyFrag.fromBytes(replace(kfrag.toBytes(), keyFragOffsets.rk, be32(0n))),
  ],
  [
    "a key fragment for another u, with a false secret, as verified",
    "BAD_PARAMETERS",
    () => KeyFrag.fromBytes(withFalseU),
    () => oracle.KeyFrag.fromBytes(withFalseU).verify(...theirKeys()),
  ],
  [
    "a key fragment with a broken signature for the receiver, as verified",
    "KEYFRAG_RECEIVER_SIGNATURE",
    () => KeyFrag.fromBytes(withBrokenSignature).verify(...keys),
    () => oracle.KeyFrag.fromBytes(withBrokenSignature).verify(...theirKeys()),
  ],
  [
    "a key fragment verified without the keys that its flags don't name",
    "BAD_TYPE",
    () => call(unsigned, "verify", verifyingPk, null, null),
    () => oracle.KeyFrag.fromBytes(unsigned.toBytes()).verify(theirs(verifyingPk), null, null),
  ],
  [
    "the threshold 0",
    "BAD_THRESHOLD",
    () => generateKFrags(alice, receivingPk, aliceSigner, 0, 2, true, true),
    () => expect(theirGenerate(0, 2)).to.have.length(2),
  ],
  [
    "a threshold above the number of shares",
    "BAD_THRESHOLD",
    () => generateKFrags(alice, receivingPk, aliceSigner, 3, 2, true, true),
    () => expect(theirGenerate(3, 2)).to.have.length(2),
  ],
  [
    "no shares",
    "BAD_THRESHOLD",
    () => generateKFrags(alice, receivingPk, aliceSigner, 1, 0, true, true),
    () => expect(theirGenerate(1, 0)).to.have.length(0),
  ],
];

describe("what the oracle accepts and we refuse", () => {
  for (const [what, code, ours, accept] of differences) {
    it(what, () => {
      accept();
      expect(refusal(ours).code).to.equal(code);
    });
  }

  it("the false u is not ours, and its key fragment would make an honest proxy's proof fail", () => {
    expect(falseU?.equals(U)).to.equal(false);
    const theirCapsule = oracle.Capsule.fromBytes(capsuleBytes);
    const wrong = oracle.reencrypt(theirCapsule, oracle.KeyFrag.fromBytes(withFalseU).verify(...theirKeys()));
    expect(() => wrong.unverify().verify(theirCapsule, ...theirKeys())).to.throw();
    expect(refusal(() => CapsuleFrag.fromBytes(wrong.toBytes()).verify(capsule, ...keys)).code).to.equal(
      "CAPSULEFRAG_PROOF",
    );
  });
});
