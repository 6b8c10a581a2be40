import { expect } from "chai";
import { createHash } from "node:crypto";
import { multiplyBase } from "../../src/curvePoint.js";
import {
  hashCapsulePoints,
  hashProof,
  hashSharedSecret,
  hashToScalar,
  polynomialArguments,
} from "../../src/hashing.js";
import { number, ORDER, utf8 } from "../helpers/bytes.js";

/** The rule as written down: (SHA-256(length of tag | tag | items) mod (n-1)) + 1. */
function model(tag: string, ...items: readonly Uint8Array[]): bigint {
  const hash = createHash("sha256")
    .update(Buffer.from([0, 0, 0, tag.length]))
    .update(tag);
  for (const item of items) hash.update(item);
  return (number(hash.digest()) % (ORDER - 1n)) + 1n;
}

describe("the hashes to a scalar", () => {
  const points = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n].map(multiplyBase);
  const [a, b, c] = points;
  if (!a || !b || !c) throw new Error("three points");
  const bytes = points.map((point) => point.toBytes());

  it("follow the rule, each under a tag of its own", () => {
    const [x, y, z] = bytes;
    if (!x || !y || !z) throw new Error("three points");
    const id = utf8("an id of any 32 bytes, as it were");
    expect(hashToScalar(utf8("TAG"), id)).to.equal(model("TAG", id));
    expect(hashCapsulePoints(a, b)).to.equal(model("CAPSULE_POINTS", x, y));
    expect(hashSharedSecret(a, b, c)).to.equal(model("SHARED_SECRET", x, y, z));
    expect(polynomialArguments(a, b, c)(id)).to.equal(model("POLYNOMIAL_ARG", x, y, z, id));
    expect(hashProof(...points)).to.equal(model("CFRAG_VERIFICATION", ...bytes));
  });
});
