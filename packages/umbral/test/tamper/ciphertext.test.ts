import { expect } from "chai";
import { decryptOriginal, decryptReencrypted, encrypt } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { cases } from "../helpers/effort.js";
import { refusal } from "../helpers/errors.js";
import { seeded } from "../helpers/random.js";
import { tell } from "../helpers/story.js";

const MESSAGE = "ciphertext: expected the one made for this capsule and key, got another";

describe("a ciphertext with one bit flipped", () => {
  const { alice, bob, keys, capsule, vcfrags, ciphertext } = tell("tamper ciphertext");

  for (const length of [0, 1, 16, 100]) {
    it(`is refused by its owner, whichever bit of nonce, message or tag: ${length} bytes`, () => {
      const [own, sealed] = encrypt(alice.publicKey(), seeded("tamper ciphertext")(length));
      for (const bit of cases(sealed.length * 8, 25)) {
        const error = refusal(() => decryptOriginal(alice, own, flip(sealed, bit)));
        expect(error.code).to.equal("DECRYPTION_FAILED");
        expect(error.message).to.equal(MESSAGE);
      }
    });
  }

  it("is refused by its reader, whichever bit of nonce, message or tag", () => {
    for (const bit of cases(ciphertext.length * 8, 30)) {
      const error = refusal(() => decryptReencrypted(bob, keys[1], capsule, vcfrags, flip(ciphertext, bit)));
      expect(error.code).to.equal("DECRYPTION_FAILED");
      expect(error.message).to.equal(MESSAGE);
    }
  });
});
