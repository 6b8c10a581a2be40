import { expect } from "chai";
import { actors } from "../helpers/actors.js";
import { ours, theirs } from "../helpers/implementations.js";
import { seeded } from "../helpers/random.js";

/** 0, 1, around a block of the cipher and of the hash, and larger. */
const lengths = [0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 1000, 4096, 65_537, 2 ** 20];

describe("encryption and decryption by the owner, across implementations", () => {
  for (const [encryptor, owner] of [
    [ours, theirs],
    [theirs, ours],
    [ours, ours],
  ] as const) {
    for (const length of lengths) {
      it(`${encryptor.name} encrypts ${length} bytes, ${owner.name} decrypts`, () => {
        const seed = `${encryptor.name} ${owner.name} ${length}`;
        const { alice, keyBytes } = actors(seed);
        const message = seeded(seed)(length);
        const sealed = encryptor.encrypt(keyBytes.delegatingPk, message);
        expect(sealed.ciphertext).to.have.length(length + 40);
        const opened = owner.decryptOriginal(alice.toBEBytes(), sealed);
        expect(Buffer.compare(opened, message)).to.equal(0);
      });
    }
  }
});
