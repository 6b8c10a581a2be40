import { expect } from "chai";
import { SecretKeyFactory } from "../../src/index.js";
import { utf8 } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";

describe("SecretKeyFactory", () => {
  const factory = SecretKeyFactory.fromSecureRandomness(new Uint8Array(32).fill(1));

  it("derives different values from different labels, purposes and seeds", () => {
    const other = SecretKeyFactory.random();
    const values = [
      factory.makeKey(utf8("a")).toBEBytes(),
      factory.makeKey(utf8("b")).toBEBytes(),
      factory.makeSecret(utf8("a")),
      factory.makeFactory(utf8("a")).makeKey(utf8("a")).toBEBytes(),
      other.makeKey(utf8("a")).toBEBytes(),
    ];
    expect(new Set(values.map((value) => String(value.slice(0, 32)))).size).to.equal(values.length);
  });

  it("keeps its seed when the bytes it was read from are overwritten", () => {
    const seed = new Uint8Array(32).fill(1);
    const copied = SecretKeyFactory.fromSecureRandomness(seed);
    seed.fill(2);
    expect(copied.makeSecret(utf8("a"))).to.deep.equal(factory.makeSecret(utf8("a")));
  });

  it("derives the same again, whatever other factories derive in between", () => {
    const derive = (one: SecretKeyFactory) =>
      [0, 31, 32, 300, 1000].flatMap((length) => {
        const label = new Uint8Array(length).fill(7);
        return [one.makeSecret(label), one.makeKey(label).toBEBytes(), one.makeFactory(label).makeSecret(label)];
      });
    const before = derive(factory);
    derive(SecretKeyFactory.random());
    expect(derive(factory)).to.deep.equal(before);
    expect(derive(SecretKeyFactory.fromSecureRandomness(new Uint8Array(32).fill(1)))).to.deep.equal(before);
  });

  it("refuses a label that isn't bytes", () => {
    const label = "photos" as unknown as Uint8Array;
    for (const derive of [
      () => factory.makeSecret(label),
      () => factory.makeKey(label),
      () => factory.makeFactory(label),
    ]) {
      expectRefusal(derive, "BAD_TYPE", "label: expected a Uint8Array, got string");
    }
  });

  it("refuses a seed of another length", () => {
    for (const length of [0, 31, 33]) {
      expectRefusal(
        () => SecretKeyFactory.fromSecureRandomness(new Uint8Array(length)),
        "BAD_LENGTH",
        `seed: expected 32 bytes, got ${length} bytes`,
      );
    }
  });
});
