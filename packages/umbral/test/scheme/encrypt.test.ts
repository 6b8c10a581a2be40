import { expect } from "chai";
import fc from "fast-check";
import { CIPHERTEXT_OVERHEAD, decryptOriginal, encrypt, MAX_PLAINTEXT_LENGTH } from "../../src/index.js";
import { encryptWith } from "../../src/encrypt.js";
import { actors } from "../helpers/actors.js";
import { utf8 } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { seeded } from "../helpers/random.js";

const { alice, bob } = actors("encrypt");
const alicePk = alice.publicKey();

/** A Uint8Array that claims a length without the memory: only its length is looked at before it is refused. */
function pretend(length: number): Uint8Array {
  return Object.defineProperty(new Uint8Array(0), "length", { value: length });
}

describe("encrypt", () => {
  it("is undone by decryptOriginal, whatever the message", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (message) => {
        const [capsule, ciphertext] = encrypt(alicePk, message);
        expect(ciphertext.length).to.equal(message.length + CIPHERTEXT_OVERHEAD);
        expect(decryptOriginal(alice, capsule, ciphertext)).to.deep.equal(message);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("takes an empty message, as umbral-pre does", () => {
    const [capsule, ciphertext] = encrypt(alicePk, new Uint8Array(0));
    expect(ciphertext).to.have.length(40);
    expect(decryptOriginal(alice, capsule, ciphertext)).to.deep.equal(new Uint8Array(0));
  });

  it("takes a Buffer and leaves it as it was", () => {
    const message = Buffer.from("peace at dawn");
    const [capsule, ciphertext] = encrypt(alicePk, message);
    expect(message.toString()).to.equal("peace at dawn");
    expect(Buffer.from(decryptOriginal(alice, capsule, ciphertext)).toString()).to.equal("peace at dawn");
  });

  it("gives another E, V, nonce and key each time", () => {
    const sealed = Array.from({ length: 20 }, () => encrypt(alicePk, utf8("again")));
    for (const part of [
      sealed.map(([capsule]) => capsule.e),
      sealed.map(([capsule]) => capsule.v),
      sealed.map(([, ciphertext]) => ciphertext.slice(0, 24)),
      sealed.map(([, ciphertext]) => ciphertext.slice(24)),
    ]) {
      expect(new Set(part.map(String)).size).to.equal(20);
    }
  });

  it("gives the same with the same randomness", () => {
    const seal = (seed: string) => encryptWith(seeded(seed), alicePk, utf8("again"));
    expect(seal("a")).to.deep.equal(seal("a"));
    expect(seal("a")[0].equals(seal("b")[0])).to.equal(false);
  });

  it("refuses a message above the limit before it touches it", () => {
    expect(MAX_PLAINTEXT_LENGTH).to.equal(268_435_456);
    expectRefusal(
      () => encrypt(alicePk, pretend(MAX_PLAINTEXT_LENGTH + 1)),
      "MESSAGE_TOO_LARGE",
      "plaintext: expected at most 268435456 bytes, got 268435457 bytes",
    );
  });

  it("refuses arguments of other types", () => {
    for (const [message, args] of [
      ["delegatingPk: expected an instance of PublicKey, got an instance of SecretKey", [alice, utf8("m")]],
      ["delegatingPk: expected an instance of PublicKey, got undefined", []],
      ["plaintext: expected a Uint8Array, got string", [alicePk, "m"]],
      ["plaintext: expected a Uint8Array, got an instance of Array", [alicePk, [1, 2]]],
    ] as const) {
      expectRefusal(() => Reflect.apply(encrypt, undefined, args), "BAD_TYPE", message);
    }
  });
});

describe("decryptOriginal", () => {
  const [capsule, ciphertext] = encrypt(alicePk, utf8("peace at dawn"));

  it("refuses another key or another capsule", () => {
    const message = "ciphertext: expected the one made for this capsule and key, got another";
    const [otherCapsule] = encrypt(alicePk, utf8("peace at dawn"));
    expectRefusal(() => decryptOriginal(bob, capsule, ciphertext), "DECRYPTION_FAILED", message);
    expectRefusal(() => decryptOriginal(alice, otherCapsule, ciphertext), "DECRYPTION_FAILED", message);
  });

  it("refuses a ciphertext cut short or made longer", () => {
    for (let length = 0; length < 40; length += 1) {
      expectRefusal(
        () => decryptOriginal(alice, capsule, ciphertext.slice(0, length)),
        "BAD_LENGTH",
        `ciphertext: expected at least 40 bytes, got ${length} bytes`,
      );
    }
    for (const wrong of [ciphertext.slice(0, 40), ciphertext.slice(0, -1), Uint8Array.of(...ciphertext, 0)]) {
      expectRefusal(() => decryptOriginal(alice, capsule, wrong), "DECRYPTION_FAILED", /^ciphertext: /);
    }
  });

  it("refuses a ciphertext above the limit", () => {
    expectRefusal(
      () => decryptOriginal(alice, capsule, pretend(MAX_PLAINTEXT_LENGTH + 41)),
      "MESSAGE_TOO_LARGE",
      "ciphertext: expected at most 268435496 bytes, got 268435497 bytes",
    );
  });

  it("refuses arguments of other types", () => {
    for (const [message, args] of [
      ["delegatingSk: expected an instance of SecretKey, got an instance of PublicKey", [alicePk, capsule, ciphertext]],
      [
        "capsule: expected an instance of Capsule, got an instance of Uint8Array",
        [alice, capsule.toBytes(), ciphertext],
      ],
      ["ciphertext: expected a Uint8Array, got null", [alice, capsule, null]],
    ] as const) {
      expectRefusal(() => Reflect.apply(decryptOriginal, undefined, args), "BAD_TYPE", message);
    }
  });
});
