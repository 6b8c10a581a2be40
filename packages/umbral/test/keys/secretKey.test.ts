import { expect } from "chai";
import { SecretKey } from "../../src/index.js";
import { randomSecretKey } from "../../src/keys.js";
import { be32, ORDER } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";

describe("SecretKey.fromBEBytes", () => {
  it("reads 1 and n - 1, the smallest and the largest", () => {
    for (const scalar of [1n, ORDER - 1n]) {
      expect(SecretKey.fromBEBytes(be32(scalar)).toBEBytes()).to.deep.equal(be32(scalar));
    }
  });

  it("refuses 0, n and more, without showing them", () => {
    const message = (got: string) => `secretKey: expected a scalar in 1..n-1, got ${got}`;
    expectRefusal(() => SecretKey.fromBEBytes(be32(0n)), "BAD_SCALAR", message("0"));
    expectRefusal(() => SecretKey.fromBEBytes(be32(ORDER)), "BAD_SCALAR", message("n or more"));
    expectRefusal(() => SecretKey.fromBEBytes(be32(2n ** 256n - 1n)), "BAD_SCALAR", message("n or more"));
  });

  it("refuses other lengths", () => {
    for (const length of [0, 31, 33, 64]) {
      expectRefusal(
        () => SecretKey.fromBEBytes(new Uint8Array(length).fill(1)),
        "BAD_LENGTH",
        `secretKey: expected 32 bytes, got ${length} bytes`,
      );
    }
  });

  it("keeps its scalar when the bytes it was read from are overwritten", () => {
    const bytes = be32(7n);
    const sk = SecretKey.fromBEBytes(bytes);
    bytes.fill(9);
    sk.toBEBytes().fill(9);
    expect(sk.toBEBytes()).to.deep.equal(be32(7n));
  });
});

describe("SecretKey.random", () => {
  it("draws again until the bytes are a scalar", () => {
    const draws = [be32(0n), be32(ORDER), be32(2n ** 256n - 1n), be32(5n)];
    const sk = randomSecretKey(() => draws.shift() ?? expect.fail("drawn too often"));
    expect(sk.toBEBytes()).to.deep.equal(be32(5n));
    expect(draws).to.have.length(0);
  });

  it("gives another key each time", () => {
    const keys = new Set(Array.from({ length: 50 }, () => String(SecretKey.random().toBEBytes())));
    expect(keys.size).to.equal(50);
  });
});
