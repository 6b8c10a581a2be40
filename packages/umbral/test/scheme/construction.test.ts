import { expect } from "chai";
import {
  Capsule,
  CapsuleFrag,
  KeyFrag,
  PublicKey,
  SecretKey,
  SecretKeyFactory,
  Signature,
  UmbralError,
} from "../../src/index.js";
import { expectRefusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

const { alice, capsule, kfrag, cfrag, vkfrags, vcfrags, keys } = tell("construction");
const values = [
  alice,
  alice.publicKey(),
  alice.publicKey().point,
  kfrag.proof.signatureForProxy,
  capsule,
  kfrag,
  cfrag,
  vkfrags[0] ?? expect.fail(),
  vcfrags[0] ?? expect.fail(),
  SecretKeyFactory.random(),
];

describe("a value that its own functions checked", () => {
  for (const value of values) {
    const { constructor } = value;

    it(`can't be made by calling the constructor of ${constructor.name}`, () => {
      for (const token of [undefined, Symbol("@nkms/umbral checked"), kfrag]) {
        expectRefusal(
          () => Reflect.construct(constructor, [token, kfrag, cfrag, capsule, kfrag, cfrag]),
          "NOT_VERIFIED",
          `${constructor.name}: expected to be made by its own functions, got new`,
        );
      }
    });
  }

  it("can't be changed", () => {
    for (const [value, field] of [
      [capsule, "s"],
      [capsule, "e"],
      [kfrag, "precursor"],
      [kfrag.proof, "commitment"],
      [cfrag, "e1"],
      [cfrag.proof, "z"],
      [alice.publicKey(), "point"],
    ] as const) {
      expect(Reflect.set(value, field, 1n), field).to.equal(false);
    }
  });

  it("keeps its bytes when those it gave out are overwritten", () => {
    for (const [give, name] of [
      [() => capsule.toBytes(), "capsule"],
      [() => capsule.toBytesSimple(), "capsule, simple"],
      [() => kfrag.toBytes(), "kfrag"],
      [() => kfrag.id, "kfrag.id"],
      [() => kfrag.precursor.toBytes(), "precursor"],
      [() => kfrag.proof.signatureForProxy.toBEBytes(), "signature"],
      [() => cfrag.toBytes(), "cfrag"],
      [() => cfrag.id, "cfrag.id"],
      [() => keys[0].toCompressedBytes(), "public key"],
      [() => keys[0].point.coordinates()[0], "x"],
    ] as const) {
      const before = give().slice();
      give().fill(0);
      expect(give(), name).to.deep.equal(before);
    }
  });
});

describe("a value read from a Buffer", () => {
  /** Reads bytes and gives a function that writes them again. */
  const reader =
    <T>(parse: (bytes: Uint8Array) => T, write: (value: T) => Uint8Array) =>
    (bytes: Uint8Array) => {
      const value = parse(bytes);
      return () => write(value);
    };
  const toBytes = (value: { toBytes(): Uint8Array }) => value.toBytes();
  const toBEBytes = (value: { toBEBytes(): Uint8Array }) => value.toBEBytes();

  for (const [name, bytes, read] of [
    ["SecretKey", alice.toBEBytes(), reader((b) => SecretKey.fromBEBytes(b), toBEBytes)],
    [
      "PublicKey",
      alice.publicKey().toCompressedBytes(),
      reader(
        (b) => PublicKey.fromCompressedBytes(b),
        (pk) => pk.toCompressedBytes(),
      ),
    ],
    ["Signature", kfrag.proof.signatureForProxy.toBEBytes(), reader((b) => Signature.fromBEBytes(b), toBEBytes)],
    ["Capsule", capsule.toBytes(), reader((b) => Capsule.fromBytes(b), toBytes)],
    ["KeyFrag", kfrag.toBytes(), reader((b) => KeyFrag.fromBytes(b), toBytes)],
    ["CapsuleFrag", cfrag.toBytes(), reader((b) => CapsuleFrag.fromBytes(b), toBytes)],
    [
      "SecretKeyFactory",
      new Uint8Array(32).fill(7),
      reader(
        (b) => SecretKeyFactory.fromSecureRandomness(b),
        (factory) => factory.makeSecret(new Uint8Array(0)),
      ),
    ],
  ] as const) {
    it(`keeps its bytes when the Buffer is overwritten: ${name}`, () => {
      const buffer = Buffer.from(bytes);
      const write = read(buffer);
      const before = Uint8Array.from(write());
      buffer.fill(0);
      expect(write()).to.deep.equal(before);
    });
  }
});

describe("UmbralError", () => {
  it("carries code, argument, expected, got and cause", () => {
    const cause = new Error("why");
    const error = new UmbralError("BAD_LENGTH", "capsule", "98 bytes", "97 bytes", { cause });
    expect(error).to.be.instanceOf(Error);
    expect(error).to.include({ name: "UmbralError", code: "BAD_LENGTH", argument: "capsule", cause });
    expect(error.message).to.equal("capsule: expected 98 bytes, got 97 bytes");
  });
});
