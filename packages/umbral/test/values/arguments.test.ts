import {
  CurvePoint,
  decryptOriginalStream,
  decryptReencrypted,
  decryptReencryptedStream,
  PublicKey,
  RecoverableSignature,
  ReencryptionEvidence,
  SecretKeyFactory,
  Signer,
  toReadableStream,
  type UmbralErrorCode,
} from "../../src/index.js";
import { expect } from "chai";
import { join, replace, utf8 } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";
import { call } from "../helpers/untyped.js";

const { alice, aliceSigner, bob, capsule, kfrag, vkfrags, cfrag, vcfrags, keys } = tell("arguments");
const [verifyingPk, delegatingPk, receivingPk] = keys;
const signature = aliceSigner.sign(utf8("arguments"));
const recoverable = RecoverableSignature.fromBEBytes(join(signature.toBEBytes(), [0]));
const [vcfrag] = vcfrags;
const evidence = ReencryptionEvidence.of(capsule, vcfrag ?? expect.fail(), ...keys);
const factory = SecretKeyFactory.random();
const wrong = { of: "no class of ours" };
const withHole: unknown[] = []; // as an array is that gets each proxy's answer at its place
withHole[1] = vcfrag;
const apply = (run: unknown, ...args: readonly unknown[]): unknown => call({ run }, "run", ...args);
const construct = (type: abstract new (...args: never[]) => unknown, argument: unknown): unknown =>
  Reflect.construct(type as new () => unknown, [argument]) as unknown;

/** Calls with one wrong argument, and what the error calls it. */
const calls: readonly (readonly [argument: string, run: () => unknown, code?: UmbralErrorCode])[] = [
  ...[
    capsule,
    cfrag,
    vcfrag,
    kfrag,
    vkfrags[0],
    evidence,
    signature,
    recoverable,
    delegatingPk,
    delegatingPk.point,
  ].map((value) => ["other", () => call(value ?? expect.fail(), "equals", wrong)] as const),
  ["capsule", () => call(ReencryptionEvidence, "of", wrong, vcfrag, ...keys)],
  ["cfrag", () => call(ReencryptionEvidence, "of", capsule, cfrag, ...keys), "NOT_VERIFIED"],
  ["verifyingPk", () => call(ReencryptionEvidence, "of", capsule, vcfrag, wrong, delegatingPk, receivingPk)],
  ["delegatingPk", () => call(ReencryptionEvidence, "of", capsule, vcfrag, verifyingPk, wrong, receivingPk)],
  ["receivingPk", () => call(ReencryptionEvidence, "of", capsule, vcfrag, verifyingPk, delegatingPk, wrong)],
  ["ReencryptionEvidence", () => construct(ReencryptionEvidence, Symbol("unchecked")), "NOT_VERIFIED"],
  ["RecoverableSignature", () => construct(RecoverableSignature, Symbol("unchecked")), "NOT_VERIFIED"],
  ["prehash", () => call(PublicKey, "recoverFromPrehash", wrong, recoverable)],
  ["signature", () => call(PublicKey, "recoverFromPrehash", new Uint8Array(32), wrong)],
  ["verifyingPk", () => call(signature, "verify", wrong, new Uint8Array(1))],
  ["message", () => call(signature, "verify", verifyingPk, wrong)],
  ["message", () => call(aliceSigner, "sign", wrong)],
  ["secretKey", () => construct(Signer, wrong)],
  ["seed", () => call(SecretKeyFactory, "fromSecureRandomness", wrong)],
  ...(["makeKey", "makeSecret", "makeFactory"] as const).map(
    (make) => ["label", () => call(factory, make, wrong)] as const,
  ),
  ["ciphertext", () => apply(decryptOriginalStream, alice, capsule, wrong)],
  ["ciphertext", () => apply(decryptReencryptedStream, bob, delegatingPk, capsule, vcfrags, wrong)],
  ["cfrags", () => apply(decryptReencrypted, bob, delegatingPk, capsule, wrong, new Uint8Array(40))],
  [
    "cfrags[0]",
    () => apply(decryptReencrypted, bob, delegatingPk, capsule, withHole, new Uint8Array(40)),
    "NOT_VERIFIED",
  ],
  ["chunks", () => apply(toReadableStream, wrong)],
  ["point", () => CurvePoint.fromBytes(new Uint8Array(33)), "BAD_POINT"],
];

describe("an error calls the argument by its name", () => {
  for (const [i, [argument, run, code = "BAD_TYPE"]] of calls.entries()) {
    it(`${argument}, call ${i}`, () => {
      const error = refusal(run);
      expect(error.argument).to.equal(argument);
      expect(error.code).to.equal(code);
    });
  }

  it("in each point of evidence", () => {
    const names = ["e", "ez", "e1", "e1h", "e2", "v", "vz", "v1", "v1h", "v2", "uz", "u1", "u1h", "u2"];
    const bytes = evidence.toBytes();
    for (const [i, name] of names.entries()) {
      const { argument } = refusal(() => ReencryptionEvidence.fromBytes(replace(bytes, 5 + 35 * i, [0])));
      expect(argument).to.equal(`evidence.${name}`);
    }
  });

  it("and in the pieces of a stream", async () => {
    const pieces = (async function* () {
      yield await Promise.resolve("text" as unknown as Uint8Array);
    })();
    const thrown = await decryptOriginalStream(alice, capsule, pieces)
      .next()
      .catch((error: unknown) => error);
    expect(
      refusal(() => {
        throw thrown;
      }).argument,
    ).to.match(/^ciphertext/);
  });
});
