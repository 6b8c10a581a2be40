import { expect } from "chai";
import fc from "fast-check";
import { decryptOriginal, decryptReencrypted, encrypt } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

const MESSAGE = "ciphertext: expected the one made for this capsule and key, got another";

describe("a ciphertext with one bit flipped", () => {
  const { alice, bob, keys, capsule, vcfrags, ciphertext } = tell("tamper ciphertext");

  it("is refused by its owner, whichever bit of nonce, message or tag", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (message, anyBit) => {
        const [own, sealed] = encrypt(alice.publicKey(), message);
        const error = refusal(() => decryptOriginal(alice, own, flip(sealed, anyBit % (sealed.length * 8))));
        expect(error.code).to.equal("DECRYPTION_FAILED");
        expect(error.message).to.equal(MESSAGE);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("is refused by its reader, whichever bit of nonce, message or tag", () => {
    fc.assert(
      fc.property(fc.nat({ max: ciphertext.length * 8 - 1 }), (bit) => {
        const error = refusal(() => decryptReencrypted(bob, keys[1], capsule, vcfrags, flip(ciphertext, bit)));
        expect(error.code).to.equal("DECRYPTION_FAILED");
        expect(error.message).to.equal(MESSAGE);
      }),
      { seed: 2, numRuns: 40 },
    );
  });
});
