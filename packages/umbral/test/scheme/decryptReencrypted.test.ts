import { expect } from "chai";
import { decryptReencrypted, generateKFrags, reencrypt, SecretKey, VerifiedCapsuleFrag } from "../../src/index.js";
import { CapsuleFrag } from "../../src/capsuleFrag.js";
import { multiplyPoint } from "../../src/curvePoint.js";
import { checked } from "../../src/internal.js";
import { ORDER } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

const { alice, bob, aliceSigner, capsule, ciphertext, message, vcfrags } = tell("decryptReencrypted", {
  threshold: 3,
  shares: 5,
});
const alicePk = alice.publicKey();
const open = (cfrags: readonly VerifiedCapsuleFrag[]) => decryptReencrypted(bob, alicePk, capsule, cfrags, ciphertext);

/** Every choice of `size` items, in order. */
function choices<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => choices(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

describe("decryptReencrypted with 3 of 5", () => {
  for (const size of [3, 4, 5]) {
    it(`opens with any ${size} fragments`, () => {
      for (const cfrags of choices(vcfrags, size)) expect(open(cfrags)).to.deep.equal(message);
    });
  }

  it("opens with fragments in any order", () => {
    expect(open([...vcfrags].reverse())).to.deep.equal(message);
  });

  for (const size of [1, 2]) {
    it(`opens with no ${size} fragments`, () => {
      for (const cfrags of choices(vcfrags, size)) {
        expectRefusal(
          () => open(cfrags),
          "FRAGMENTS_MISMATCH",
          `cfrags: expected enough fragments of this capsule for these keys, got ${size} that don't open it`,
        );
      }
    });
  }
});

describe("decryptReencrypted", () => {
  const [first, second, third] = vcfrags;
  if (!first || !second || !third) throw new Error("three fragments");

  it("refuses no fragment at all", () => {
    expectRefusal(() => open([]), "FRAGMENTS_MISSING", "cfrags: expected at least one fragment, got none");
  });

  it("refuses a fragment that comes twice, also when there are enough without it", () => {
    expectRefusal(
      () => open([first, second, first]),
      "FRAGMENTS_DUPLICATE",
      "cfrags[2].id: expected another key fragment's, got that of cfrags[0]",
    );
    expectRefusal(() => open([...vcfrags, second]), "FRAGMENTS_DUPLICATE", /^cfrags\[5\].id: .* that of cfrags\[1\]$/);
  });

  it("refuses two proofs by the same proxy, which are one fragment", () => {
    const {
      vkfrags,
      vcfrags: [own],
      capsule: theirs,
    } = tell("twice", { threshold: 1, shares: 1 });
    const [kfrag] = vkfrags;
    if (!own || !kfrag) throw new Error("one proxy");
    const again = reencrypt(theirs, kfrag);
    expect(again.equals(own)).to.equal(false);
    expectRefusal(
      () => decryptReencrypted(bob, alicePk, theirs, [own, again], ciphertext),
      "FRAGMENTS_DUPLICATE",
      "cfrags[1].id: expected another key fragment's, got that of cfrags[0]",
    );
  });

  it("refuses fragments of two sets, also when there are enough of one", () => {
    const [other] = generateKFrags(alice, bob.publicKey(), aliceSigner, 1, 1, true, true);
    if (!other) throw new Error("one fragment");
    const foreign = reencrypt(capsule, other);
    expectRefusal(
      () => open([...vcfrags, foreign]),
      "FRAGMENTS_MIXED",
      `cfrags[5].precursor: expected ${String(first.unverify().precursor)}, got ${String(foreign.unverify().precursor)}`,
    );
  });

  it("refuses fragments of another capsule", () => {
    const { capsule: other } = tell("another capsule");
    expectRefusal(
      () => decryptReencrypted(bob, alicePk, other, vcfrags, ciphertext),
      "FRAGMENTS_MISMATCH",
      /^cfrags: .* got 5 that don't open it$/,
    );
  });

  it("refuses another reader or another owner", () => {
    const stranger = SecretKey.random();
    expectRefusal(
      () => decryptReencrypted(stranger, alicePk, capsule, vcfrags, ciphertext),
      "FRAGMENTS_MISMATCH",
      /^cfrags: /,
    );
    expectRefusal(
      () => decryptReencrypted(bob, stranger.publicKey(), capsule, vcfrags, ciphertext),
      "FRAGMENTS_MISMATCH",
      /^cfrags: /,
    );
  });

  it("refuses a wrong fragment that skipped verification", () => {
    const { e1, v1, id, precursor, proof } = third.unverify();
    const wrong = new CapsuleFrag(checked, multiplyPoint(2n, e1), v1, id, precursor, proof).skipVerification();
    expectRefusal(() => open([first, second, wrong]), "FRAGMENTS_MISMATCH", /^cfrags: /);
  });

  it("refuses forged fragments that add up to the point at infinity", () => {
    const { e1, id, precursor, proof } = first.unverify();
    const opposite = new CapsuleFrag(checked, e1, multiplyPoint(ORDER - 1n, e1), id, precursor, proof);
    expectRefusal(() => open([opposite.skipVerification()]), "FRAGMENTS_MISMATCH", /^cfrags: /);
  });

  it("refuses the ciphertext of another capsule", () => {
    const { ciphertext: other } = tell("another capsule");
    expectRefusal(
      () => decryptReencrypted(bob, alicePk, capsule, vcfrags, other),
      "DECRYPTION_FAILED",
      "ciphertext: expected the one made for this capsule and key, got another",
    );
  });

  it("refuses fragments that nobody verified", () => {
    const parsed = second.unverify();
    for (const [wrong, got] of [
      [parsed, "an instance of CapsuleFrag"],
      [parsed.toBytes(), "an instance of Uint8Array"],
      [Object.create(VerifiedCapsuleFrag.prototype), "an instance of VerifiedCapsuleFrag"],
      [{ unverify: () => parsed }, "an instance of Object"],
    ] as const) {
      expectRefusal(
        () => Reflect.apply(decryptReencrypted, undefined, [bob, alicePk, capsule, [first, wrong, third], ciphertext]),
        "NOT_VERIFIED",
        `cfrags[1]: expected an instance of VerifiedCapsuleFrag, got ${got}`,
      );
    }
  });

  it("refuses arguments of other types", () => {
    const good = [bob, alicePk, capsule, vcfrags, ciphertext] as const;
    for (const [i, wrong, message] of [
      [0, alicePk, "receivingSk: expected an instance of SecretKey, got an instance of PublicKey"],
      [1, alice, "delegatingPk: expected an instance of PublicKey, got an instance of SecretKey"],
      [2, capsule.toBytes(), "capsule: expected an instance of Capsule, got an instance of Uint8Array"],
      [3, first, "cfrags: expected an instance of Array, got an instance of VerifiedCapsuleFrag"],
      [4, "ciphertext", "ciphertext: expected a Uint8Array, got string"],
    ] as const) {
      const args = good.map((argument, j) => (i === j ? wrong : argument));
      expectRefusal(() => Reflect.apply(decryptReencrypted, undefined, args), "BAD_TYPE", message);
    }
  });
});
