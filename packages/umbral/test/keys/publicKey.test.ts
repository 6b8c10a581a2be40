import { expect } from "chai";
import { PublicKey, SecretKey } from "../../src/index.js";
import { be32, fromHex, ORDER } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { badPoints, goodPoint } from "../helpers/points.js";

describe("PublicKey.fromCompressedBytes", () => {
  it("reads a point with an even y and one with an odd y", () => {
    for (const prefix of [2, 3]) {
      const bytes = goodPoint.slice();
      bytes[0] = prefix;
      expect(PublicKey.fromCompressedBytes(bytes).toCompressedBytes()).to.deep.equal(bytes);
    }
  });

  for (const [what, bytes] of badPoints) {
    it(`refuses ${what}`, () => {
      expectRefusal(
        () => PublicKey.fromCompressedBytes(bytes),
        "BAD_POINT",
        /^publicKey: expected a compressed point of secp256k1, got bytes:[0-9a-f]{16}$/,
      );
    });
  }

  it("refuses other lengths, an uncompressed point among them", () => {
    for (const length of [0, 1, 32, 34, 65]) {
      expectRefusal(
        () => PublicKey.fromCompressedBytes(new Uint8Array(length).fill(2)),
        "BAD_LENGTH",
        `publicKey: expected 33 bytes, got ${length} bytes`,
      );
    }
  });
});

describe("PublicKey", () => {
  it("is G for the secret 1 and -G for n - 1", () => {
    const x = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    expect(SecretKey.fromBEBytes(be32(1n)).publicKey().toCompressedBytes()).to.deep.equal(fromHex(`02${x}`));
    expect(
      SecretKey.fromBEBytes(be32(ORDER - 1n))
        .publicKey()
        .toCompressedBytes(),
    ).to.deep.equal(fromHex(`03${x}`));
  });

  it("equals a key of the same point only", () => {
    const pk = PublicKey.fromCompressedBytes(goodPoint);
    expect(pk.equals(PublicKey.fromCompressedBytes(goodPoint))).to.equal(true);
    expect(pk.equals(SecretKey.random().publicKey())).to.equal(false);
  });

  it("gives coordinates on the curve, x as in its bytes", () => {
    const { point } = SecretKey.fromBEBytes(be32(7n)).publicKey();
    const [x, y] = point.coordinates();
    expect(x).to.deep.equal(point.toBytes().slice(1));
    // 7·G, from the reference tables of secp256k1.
    expect(x).to.deep.equal(fromHex("5cbdf0646e5db4eaa398f365f2ea7a0e3d419b7e0330e39ce92bddedcac4f9bc"));
    expect(y).to.deep.equal(fromHex("6aebca40ba255960a3178d6d861a54dba813d0b813fde7b5a5082628087264da"));
  });
});
