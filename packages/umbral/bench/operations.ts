/** The operations that are measured, each with a check of its result by the other implementation. */
import { createHash, randomBytes } from "node:crypto";
import type { Library } from "./library.js";

export interface Operation {
  readonly name: string;
  readonly run: () => unknown;
  /** Runs it once and tells whether the result is right. */
  readonly isRight: () => boolean;
}

/** Keys and messages as bytes: the same for every side. */
export interface Fixture {
  readonly alice: Uint8Array;
  readonly signing: Uint8Array;
  readonly bob: Uint8Array;
  readonly seed: Uint8Array;
  readonly messages: readonly Uint8Array[];
}

/** Thresholds, and how many shares `generateKFrags` makes for each. */
const sets = [
  [2, 3],
  [16, 32],
  [32, 32],
] as const;

export function makeFixture(lengths: readonly number[]): Fixture {
  const secret = (name: string): Uint8Array => Uint8Array.from(createHash("sha256").update(`bench ${name}`).digest());
  const messages = lengths.map((length) => Uint8Array.from(randomBytes(length)));
  return { alice: secret("alice"), signing: secret("signing"), bob: secret("bob"), seed: secret("seed"), messages };
}

function sizeName(length: number): string {
  if (length >= 2 ** 20) return `${length / 2 ** 20} MiB`;
  return length >= 1024 ? `${length / 1024} KiB` : `${length} B`;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const define = <T>(name: string, run: () => T, isRight: (result: T) => boolean): Operation => ({
  name,
  run,
  isRight: () => isRight(run()),
});

/** The operations by `library`, judged by `judge`. */
export function operations(library: Library, judge: Library, fixture: Fixture): Operation[] {
  const { seed, messages } = fixture;
  const [message = seed] = messages;
  const people = (side: Library) => {
    const [alice, signing, bob] = [fixture.alice, fixture.signing, fixture.bob].map((sk) =>
      side.SecretKey.fromBEBytes(sk),
    );
    if (!alice || !signing || !bob) throw new Error("three people");
    return { alice, signing, bob, alicePk: alice.publicKey(), signingPk: signing.publicKey(), bobPk: bob.publicKey() };
  };
  const { alice, signing, bob, alicePk, signingPk, bobPk } = people(library);
  const judges = people(judge);
  const aliceKey = alicePk.toCompressedBytes();
  const signer = library.makeSigner(signing);
  const factory = library.SecretKeyFactory.fromSecureRandomness(seed);
  const judgedFactory = judge.SecretKeyFactory.fromSecureRandomness(seed);

  const [capsule, ciphertext] = library.encrypt(alicePk, message);
  const signature = signer.sign(message);
  const generate = (threshold: number, shares: number, signed: boolean) =>
    library.generateKFrags(alice, bobPk, signer, threshold, shares, signed, signed);
  const [kfrag] = generate(1, 1, true);
  const [unsigned] = generate(1, 1, false);
  if (!kfrag || !unsigned) throw new Error("no key fragment");
  const cfrag = library.reencrypt(capsule, kfrag);
  const [capsuleBytes, kfragBytes, unsignedBytes, cfragBytes] = [
    capsule.toBytes(),
    kfrag.toBytes(),
    unsigned.toBytes(),
    cfrag.toBytes(),
  ];

  const judgedCapsule = judge.Capsule.fromBytes(capsuleBytes);
  const judgeKFrag = (bytes: Uint8Array): boolean =>
    same(judge.KeyFrag.fromBytes(bytes).verify(judges.signingPk, judges.alicePk, judges.bobPk).toBytes(), bytes);
  const judgeCFrag = (bytes: Uint8Array): boolean =>
    same(
      judge.CapsuleFrag.fromBytes(bytes)
        .verify(judgedCapsule, judges.signingPk, judges.alicePk, judges.bobPk)
        .toBytes(),
      bytes,
    );
  const verifyKFrag = (bytes: Uint8Array) => () => library.KeyFrag.fromBytes(bytes).verify(signingPk, alicePk, bobPk);

  return [
    ...messages.map((plaintext) =>
      define(
        `encrypt ${sizeName(plaintext.length)}`,
        () => library.encrypt(alicePk, plaintext),
        ([made, text]) =>
          same(judge.decryptOriginal(judges.alice, judge.Capsule.fromBytes(made.toBytes()), text), plaintext),
      ),
    ),
    ...messages.map((plaintext) => {
      const [own, sealed] = judge.encrypt(judges.alicePk, plaintext);
      const parsed = library.Capsule.fromBytes(own.toBytes());
      return define(
        `decryptOriginal ${sizeName(plaintext.length)}`,
        () => library.decryptOriginal(alice, parsed, sealed),
        (read) => same(read, plaintext),
      );
    }),
    ...sets.map(([threshold, shares]) =>
      define(
        `generateKFrags ${threshold} of ${shares}`,
        () => generate(threshold, shares, true),
        (kfrags) => kfrags.length === shares && kfrags.every((share) => judgeKFrag(share.toBytes())),
      ),
    ),
    define(
      "Capsule.fromBytes, checked",
      () => library.Capsule.fromBytes(capsuleBytes),
      (parsed) => same(parsed.toBytes(), capsuleBytes),
    ),
    define("KeyFrag.fromBytes and verify", verifyKFrag(kfragBytes), (verified) => judgeKFrag(verified.toBytes())),
    define("KeyFrag.fromBytes and verify, two signatures", verifyKFrag(unsignedBytes), (verified) =>
      judgeKFrag(verified.toBytes()),
    ),
    define(
      "reencrypt",
      () => library.reencrypt(capsule, kfrag),
      (made) => judgeCFrag(made.toBytes()),
    ),
    define(
      "CapsuleFrag.fromBytes and verify",
      () => library.CapsuleFrag.fromBytes(cfragBytes).verify(capsule, signingPk, alicePk, bobPk),
      (verified) => judgeCFrag(verified.toBytes()),
    ),
    ...sets.map(([threshold]) => {
      const cfrags = generate(threshold, threshold, true).map((share) => library.reencrypt(capsule, share));
      return define(
        `decryptReencrypted, t = ${threshold}`,
        () => library.decryptReencrypted(bob, alicePk, capsule, cfrags, ciphertext),
        (read) => same(read, message),
      );
    }),
    define(
      "ReencryptionEvidence",
      () => library.makeEvidence(capsule, cfrag, signingPk, alicePk, bobPk),
      (evidence) => {
        const judged = judge.CapsuleFrag.fromBytes(cfragBytes).verify(
          judgedCapsule,
          judges.signingPk,
          judges.alicePk,
          judges.bobPk,
        );
        const expected = judge.makeEvidence(judgedCapsule, judged, judges.signingPk, judges.alicePk, judges.bobPk);
        return same(evidence.toBytes(), expected.toBytes());
      },
    ),
    define(
      "Signer.sign",
      () => signer.sign(message),
      (made) => judge.Signature.fromBEBytes(made.toBEBytes()).verify(judges.signingPk, message),
    ),
    define(
      "Signature.verify",
      () => signature.verify(signingPk, message),
      (verified) => verified,
    ),
    define(
      "SecretKey.publicKey",
      () => library.SecretKey.fromBEBytes(fixture.alice).publicKey(),
      (pk) => same(pk.toCompressedBytes(), judges.alicePk.toCompressedBytes()),
    ),
    define(
      "PublicKey.fromCompressedBytes",
      () => library.PublicKey.fromCompressedBytes(aliceKey),
      (pk) => same(pk.toCompressedBytes(), aliceKey),
    ),
    define(
      "SecretKeyFactory.makeKey and publicKey",
      () => factory.makeKey(seed).publicKey(),
      (pk) => same(pk.toCompressedBytes(), judgedFactory.makeKey(seed).publicKey().toCompressedBytes()),
    ),
    define(
      "CapsuleFrag.toBytes",
      () => cfrag.toBytes(),
      (made) => same(made, cfragBytes),
    ),
    define(
      "SecretKeyFactory.makeSecret",
      () => factory.makeSecret(seed),
      (made) => same(made, judgedFactory.makeSecret(seed)),
    ),
    define(
      "SecretKey.random",
      () => library.SecretKey.random(),
      (sk) => same(judge.SecretKey.fromBEBytes(sk.toBEBytes()).toBEBytes(), sk.toBEBytes()),
    ),
  ];
}
