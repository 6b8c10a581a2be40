/**
 * Writes the vectors beside this file with `@nucypher/umbral-pre`, never with this package: `npm run vectors`. The
 * oracle's randomness can't be seeded, so that each run gives others. It refuses to overwrite: to make new ones on
 * purpose, delete the old ones first.
 */
import * as oracle from "@nucypher/umbral-pre";
import oraclePackage from "@nucypher/umbral-pre/package.json" with { type: "json" };
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const CASES = 6;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const be32 = (number: bigint): string => number.toString(16).padStart(64, "0");
/** Replaces hex digits from a byte's offset on. */
const splice = (text: string, offset: number, part: string): string =>
  text.slice(0, 2 * offset) + part + text.slice(2 * offset + part.length);
const times = <T>(make: (i: number) => T, count = CASES): T[] => Array.from({ length: count }, (_, i) => make(i));
const fail = (): never => {
  throw new Error("too few cases to pick from");
};
const message = (i: number): Uint8Array => new TextEncoder().encode("peace at dawn ".repeat(i));

const keys = times(() => {
  const sk = oracle.SecretKey.random();
  return { secretKey: hex(sk.toBEBytes()), publicKey: hex(sk.publicKey().toCompressedBytes()) };
});

const secretKeyFactory = times((i) => {
  const seed = oracle.SecretKey.random().toBEBytes();
  const label = message(i);
  const factory = oracle.SecretKeyFactory.fromSecureRandomness(seed);
  return {
    seed: hex(seed),
    label: hex(label),
    secret: hex(factory.makeSecret(label)),
    key: hex(factory.makeKey(label).toBEBytes()),
    keyOfFactory: hex(factory.makeFactory(label).makeKey(label).toBEBytes()),
  };
});

const signatures = times((i) => {
  const sk = oracle.SecretKey.random();
  const signature = new oracle.Signer(sk).sign(message(i));
  return {
    publicKey: hex(sk.publicKey().toCompressedBytes()),
    message: hex(message(i)),
    signature: hex(signature.toBEBytes()),
    der: hex(signature.toDerBytes()),
  };
});

const flags = [
  [true, true],
  [true, false],
  [false, true],
  [false, false],
] as const;

/** One message from its encryption to its reading. */
function tell(threshold: number, shares: number, signDelegatingKey: boolean, signReceivingKey: boolean) {
  const [delegating, receiving, signing] = [
    oracle.SecretKey.random(),
    oracle.SecretKey.random(),
    oracle.SecretKey.random(),
  ];
  const [delegatingPk, receivingPk] = [delegating.publicKey(), receiving.publicKey()];
  const plaintext = message(shares);
  const [capsule, ciphertext] = oracle.encrypt(delegatingPk, plaintext);
  const kfrags = oracle.generateKFrags(
    delegating,
    receivingPk,
    new oracle.Signer(signing),
    threshold,
    shares,
    signDelegatingKey,
    signReceivingKey,
  );
  const cfrags = kfrags.map((kfrag) => oracle.reencrypt(capsule, kfrag));
  const evidence = cfrags.map((cfrag) =>
    new oracle.ReencryptionEvidence(capsule, cfrag, signing.publicKey(), delegatingPk, receivingPk).toBytes(),
  );
  return {
    threshold,
    shares,
    signDelegatingKey,
    signReceivingKey,
    delegatingSk: hex(delegating.toBEBytes()),
    receivingSk: hex(receiving.toBEBytes()),
    signingSk: hex(signing.toBEBytes()),
    plaintext: hex(plaintext),
    capsule: hex(capsule.toBytes()),
    capsuleSimple: hex(capsule.toBytesSimple()),
    ciphertext: hex(ciphertext),
    kfrags: kfrags.map((kfrag) => hex(kfrag.toBytes())),
    cfrags: cfrags.map((cfrag) => hex(cfrag.toBytes())),
    cfragsSimple: cfrags.map((cfrag) => hex(cfrag.toBytesSimple())),
    evidence: evidence.map(hex),
  };
}

const reencryption = [
  ...flags.map(([delegating, receiving]) => tell(2, 3, delegating, receiving)),
  tell(1, 1, true, true),
  tell(5, 8, true, true),
];

/** Inputs that must fail: the oracle's bytes with one thing changed. `code` is that of this package's error. */
function refuse() {
  const told = tell(1, 2, true, true);
  const [capsule, capsuleSimple] = [told.capsule, told.capsuleSimple];
  const [kfrag = fail(), otherKFrag = fail()] = told.kfrags;
  const [cfrag = fail(), otherCFrag = fail()] = told.cfrags;
  const [{ signature, der } = fail()] = signatures;
  const [{ publicKey } = fail()] = keys;
  const highS = signature.slice(0, 64) + be32(ORDER - BigInt(`0x${signature.slice(64)}`));
  const x = publicKey.slice(2);
  const fieldPrime = 2n ** 256n - 2n ** 32n - 977n;
  const one = `02${be32(1n)}`;
  const row = (reader: string, code: string, why: string, bytes: string) => ({ reader, code, why, bytes });
  return {
    verifyingPk: hex(oracle.SecretKey.fromBEBytes(Buffer.from(told.signingSk, "hex")).publicKey().toCompressedBytes()),
    delegatingPk: hex(
      oracle.SecretKey.fromBEBytes(Buffer.from(told.delegatingSk, "hex")).publicKey().toCompressedBytes(),
    ),
    receivingPk: hex(
      oracle.SecretKey.fromBEBytes(Buffer.from(told.receivingSk, "hex")).publicKey().toCompressedBytes(),
    ),
    capsule,
    parsing: [
      row("SecretKey", "BAD_SCALAR", "zero", be32(0n)),
      row("SecretKey", "BAD_SCALAR", "the order n", be32(ORDER)),
      row("SecretKey", "BAD_LENGTH", "31 bytes", be32(1n).slice(2)),
      row("PublicKey", "BAD_POINT", "a compact point, prefix 05", `05${x}`),
      row("PublicKey", "BAD_POINT", "a hybrid prefix", `06${x}`),
      row("PublicKey", "BAD_POINT", "x = 5, which is on no point", `02${be32(5n)}`),
      row("PublicKey", "BAD_POINT", "x = p + 1 for the point with x = 1", `02${be32(fieldPrime + 1n)}`),
      row("PublicKey", "BAD_POINT", "zeros", "00".repeat(33)),
      row("PublicKey", "BAD_LENGTH", "the point at infinity in one byte", "00"),
      row("Signature", "BAD_SIGNATURE", "s above n/2", highS),
      row("Signature", "BAD_SIGNATURE", "r = 0", splice(signature, 0, be32(0n))),
      row("Signature", "BAD_SIGNATURE", "s = n", splice(signature, 32, be32(ORDER))),
      row("SignatureDer", "BAD_ENCODING", "a trailing byte", `${der}00`),
      row("SignatureDer", "BAD_ENCODING", "a length in the long form", `3081${der.slice(2)}`),
      row("Capsule", "BAD_LENGTH", "a trailing byte", `${capsule}00`),
      row("Capsule", "BAD_LENGTH", "an array with a long header", `dc0003${capsule.slice(2)}`),
      row("Capsule", "BAD_ENCODING", "a text string in the place of a byte string", splice(capsule, 1, "d9")),
      row("Capsule", "BAD_POINT", "E is no point", splice(capsule, 3, "05")),
      row("Capsule", "CAPSULE_INVALID", "another E", splice(capsule, 3, one)),
      row("Capsule", "CAPSULE_INVALID", "another V", splice(capsule, 38, one)),
      row("Capsule", "CAPSULE_INVALID", "another s", splice(capsule, 73, be32(1n))),
      row("Capsule", "BAD_SCALAR", "s = 0", splice(capsule, 73, be32(0n))),
      row("CapsuleSimple", "CAPSULE_INVALID", "another s", splice(capsuleSimple, 66, be32(1n))),
      row("KeyFrag", "BAD_LENGTH", "a trailing byte", `${kfrag}00`),
      row("KeyFrag", "BAD_PARAMETERS", "another u", splice(kfrag, 4, one)),
      row("KeyFrag", "BAD_SCALAR", "rk = 0", splice(kfrag, 73, be32(0n))),
      row("KeyFrag", "BAD_POINT", "U1 is no point", splice(kfrag, 143, "04")),
      row("CapsuleFrag", "BAD_LENGTH", "a trailing byte", `${cfrag}00`),
      row("CapsuleFrag", "BAD_SCALAR", "z = n", splice(cfrag, 283, be32(ORDER))),
      row("CapsuleFrag", "BAD_POINT", "E1 is the point at infinity", splice(cfrag, 3, "00".repeat(33))),
    ],
    verifying: [
      row("KeyFrag", "KEYFRAG_COMMITMENT", "another secret", splice(kfrag, 73, be32(1n))),
      row("KeyFrag", "KEYFRAG_PROXY_SIGNATURE", "another signature for the proxy", splice(kfrag, 178, signature)),
      row("KeyFrag", "KEYFRAG_RECEIVER_SIGNATURE", "another signature for the receiver", splice(kfrag, 244, signature)),
      row(
        "KeyFrag",
        "KEYFRAG_RECEIVER_SIGNATURE",
        "another fragment's id",
        splice(kfrag, 39, otherKFrag.slice(78, 142)),
      ),
      row("KeyFrag", "KEYFRAG_PROXY_SIGNATURE", "a flag cleared", splice(kfrag, 308, "c2")),
      row("CapsuleFrag", "CAPSULEFRAG_RECEIVER_SIGNATURE", "another signature", splice(cfrag, 317, signature)),
      row("CapsuleFrag", "CAPSULEFRAG_RECEIVER_SIGNATURE", "another id", splice(cfrag, 73, otherCFrag.slice(146, 210))),
      row("CapsuleFrag", "CAPSULEFRAG_RECEIVER_SIGNATURE", "another U1", splice(cfrag, 213, one)),
      row("CapsuleFrag", "CAPSULEFRAG_PROOF", "another E1", splice(cfrag, 3, one)),
      row("CapsuleFrag", "CAPSULEFRAG_PROOF", "another V1", splice(cfrag, 38, one)),
      row("CapsuleFrag", "CAPSULEFRAG_PROOF", "another E2", splice(cfrag, 143, one)),
      row("CapsuleFrag", "CAPSULEFRAG_PROOF", "another V2", splice(cfrag, 178, one)),
      row("CapsuleFrag", "CAPSULEFRAG_PROOF", "another U2", splice(cfrag, 248, one)),
      row("CapsuleFrag", "CAPSULEFRAG_PROOF", "another z", splice(cfrag, 283, be32(1n))),
    ],
  };
}

const { name, version } = oraclePackage;
const files = { keys, secretKeyFactory, signatures, reencryption, refused: refuse() };
const targets = Object.entries(files).map(([file, content]) => ({
  file: `${file}.json`,
  path: fileURLToPath(new URL(`${file}.json`, import.meta.url)),
  text: `${JSON.stringify({ origin: { package: name, version, bytes: "hex" }, [file]: content }, null, 2)}\n`,
}));
const existing = targets.filter(({ path }) => existsSync(path));
if (existing.length > 0) throw new Error(`refuses to overwrite ${existing.map(({ file }) => file).join(", ")}`);
for (const { path, text } of targets) writeFileSync(path, text, { flag: "wx" });
