import { expect } from "chai";
import { backend as backendInUse, useBackend } from "../../src/backend.js";
import { decryptOriginal, decryptReencrypted, encrypt, generateKFrags, reencrypt, SecretKey } from "../../src/index.js";
import { nativeBackend } from "../../src/nativeBackend.js";
import { proofHash } from "../../src/capsuleFrag.js";
import { hashCapsulePoints } from "../../src/hashing.js";
import { loadSecp256k1Binding, type Secp256k1Binding } from "../../src/secp256k1Binding.js";
import { number, utf8 } from "../helpers/bytes.js";
import { tell } from "../helpers/story.js";

const binding = loadSecp256k1Binding();

/** Runs a story on a binding with some functions replaced. */
function withBinding<T>(replaced: Partial<Secp256k1Binding>, story: () => T): T {
  const before = backendInUse;
  useBackend(nativeBackend({ ...binding, ...replaced }));
  try {
    return story();
  } finally {
    useBackend(before);
  }
}

describe("secret scalars on the native backend", () => {
  const { alice, aliceSigner, bob, keys, vkfrags, vcfrags, capsule, ciphertext, message } = tell("secret scalars");
  const vkfrag = vkfrags[0] ?? expect.fail();

  it("never go through the multiplication in variable time", () => {
    const publicKeyTweakMul = () => expect.fail("multiplied in variable time");
    withBinding({ publicKeyTweakMul }, () => {
      SecretKey.random().publicKey();
      aliceSigner.sign(message);
      const [own, sealed] = encrypt(alice.publicKey(), message);
      expect(decryptOriginal(alice, own, sealed)).to.deep.equal(message);
      generateKFrags(alice, bob.publicKey(), aliceSigner, 2, 3, true, false);
      vkfrag.unverify().verify(...keys);
      reencrypt(capsule, vkfrag);
    });
  });

  it("never go through it either when fragments are verified and opened: only s, z and h do", () => {
    const scalars = new Set<bigint>();
    withBinding(
      {
        publicKeyTweakMul(point, scalar, compressed) {
          scalars.add(number(scalar));
          return binding.publicKeyTweakMul(point, scalar, compressed);
        },
      },
      () => {
        for (const vcfrag of vcfrags) vcfrag.unverify().verify(capsule, ...keys);
        expect(decryptReencrypted(bob, keys[1], capsule, vcfrags, ciphertext)).to.deep.equal(message);
      },
    );
    const fragments = vcfrags.map((vcfrag) => vcfrag.unverify());
    expect(scalars).to.deep.equal(
      new Set([
        capsule.s,
        hashCapsulePoints(capsule.e, capsule.v),
        ...fragments.flatMap((cfrag) => [cfrag.proof.z, proofHash(capsule, cfrag)]),
      ]),
    );
  });

  it("are overwritten in the bytes that native code got, and so is what it made of them, also when it fails", () => {
    const lent: Uint8Array[] = [];
    const products: Uint8Array[] = [];
    const failing = new Error("failed on purpose");
    withBinding(
      {
        publicKeyCreate(secret, compressed) {
          expect(number(secret)).not.to.equal(0n);
          lent.push(secret);
          return binding.publicKeyCreate(secret, compressed);
        },
        ecdh(point, secret, options, output) {
          expect(number(secret)).not.to.equal(0n);
          lent.push(secret);
          const product = binding.ecdh(point, secret, options, output);
          expect([...options.xbuf, ...options.ybuf]).to.deep.equal([...product.slice(1)]);
          products.push(options.xbuf, options.ybuf);
          return product;
        },
        ecdsaSign(_digest, secret) {
          expect(number(secret)).not.to.equal(0n);
          lent.push(secret);
          throw failing;
        },
      },
      () => {
        encrypt(alice.publicKey(), message);
        expect(() => aliceSigner.sign(utf8("signed"))).to.throw(failing);
      },
    );
    expect(lent).to.have.length(4);
    for (const bytes of lent) expect(number(bytes)).to.equal(0n);
    expect(products).to.have.length(2);
    for (const bytes of products) expect(number(bytes)).to.equal(0n);
  });

  it("are blinded in the multiplication of G from the first", () => {
    const seeds: Uint8Array[] = [];
    const contextRandomize = (seed: Uint8Array) => void seeds.push(seed);
    withBinding({ contextRandomize }, () => undefined);
    withBinding({ contextRandomize }, () => undefined);
    expect(seeds.map(({ length }) => length)).to.deep.equal([32, 32]);
    expect(seeds[0]).not.to.deep.equal(seeds[1]);
  });
});
