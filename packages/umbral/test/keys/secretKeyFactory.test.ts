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
