import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import { PublicKey, SecretKey } from "../../src/index.js";
import { be32, ORDER } from "../helpers/bytes.js";
import { seeded } from "../helpers/random.js";

const random = seeded("interop keys");
const scalars = [be32(1n), be32(2n), be32(ORDER - 1n), ...Array.from({ length: 40 }, () => random(32))];

describe("keys, compared with the oracle", () => {
  for (const [i, scalar] of scalars.entries()) {
    it(`gives secret ${i} the same bytes, public key and short forms`, () => {
      const sk = SecretKey.fromBEBytes(scalar);
      const theirs = oracle.SecretKey.fromBEBytes(scalar);
      expect(sk.toBEBytes()).to.deep.equal(theirs.toBEBytes());
      expect(sk.publicKey().toCompressedBytes()).to.deep.equal(theirs.publicKey().toCompressedBytes());
      expect(String(sk)).to.equal(theirs.toString());
      expect(String(sk.publicKey())).to.equal(theirs.publicKey().toString());
    });
  }

  it("reads the public keys of the oracle's random secrets", () => {
    for (let i = 0; i < 20; i += 1) {
      const pk = oracle.SecretKey.random().publicKey();
      expect(PublicKey.fromCompressedBytes(pk.toCompressedBytes()).toCompressedBytes()).to.deep.equal(
        pk.toCompressedBytes(),
      );
    }
  });

  it("makes random secrets that the oracle reads", () => {
    for (let i = 0; i < 20; i += 1) {
      const sk = SecretKey.random();
      const theirs = oracle.SecretKey.fromBEBytes(sk.toBEBytes());
      expect(theirs.publicKey().toCompressedBytes()).to.deep.equal(sk.publicKey().toCompressedBytes());
    }
  });
});
