import { expect } from "chai";
import fc from "fast-check";
import { bytesToNumber, invertAll, multiply, negate, ORDER, scalarToBytes } from "../../src/scalar.js";
import { be32, number, ORDER as n } from "../helpers/bytes.js";

const scalar = fc.bigInt({ min: 1n, max: n - 1n });

describe("scalars", () => {
  it("are written as 32 bytes, big-endian", () => {
    fc.assert(
      fc.property(scalar, (k) => {
        expect(scalarToBytes(k)).to.deep.equal(be32(k));
      }),
      { seed: 1 },
    );
  });

  it("are read from bytes of any length and offset", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        expect(bytesToNumber(bytes) === number(bytes)).to.equal(true);
        expect(bytesToNumber(Uint8Array.of(9, ...bytes).subarray(1)) === number(bytes)).to.equal(true);
      }),
      { seed: 2 },
    );
    expect(bytesToNumber(new Uint8Array(0))).to.equal(0n);
  });

  it("times their inverses are 1, all inverted at once", () => {
    fc.assert(
      fc.property(fc.array(scalar, { minLength: 1, maxLength: 8 }), (scalars) => {
        const inverses = invertAll(scalars);
        expect(inverses).to.have.length(scalars.length);
        for (const [i, inverse] of inverses.entries()) expect((inverse * (scalars[i] ?? 0n)) % n).to.equal(1n);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it("have the order of secp256k1 and negatives below it", () => {
    expect(ORDER).to.equal(n);
    expect(negate(0n)).to.equal(0n);
    expect(negate(1n)).to.equal(n - 1n);
    expect(multiply(n - 1n, n - 1n)).to.equal(1n);
  });
});
