import { expect } from "chai";
import { hkdfSync } from "node:crypto";
import type { Backend } from "../../src/backend.js";
import { loadNativeBackend } from "../../src/nativeBackend.js";
import { nobleBackend } from "../../src/nobleBackend.js";
import { U_BYTES } from "../../src/parameters.js";
import { be32, FIELD_PRIME, flip, join, number, ORDER, utf8 } from "../helpers/bytes.js";
import { badPoints } from "../helpers/points.js";
import { seeded } from "../helpers/random.js";

const native = loadNativeBackend();
const random = seeded("same bytes");
const scalar = (): bigint => (number(random(32)) % (ORDER - 1n)) + 1n;
const scalars = [1n, 2n, ORDER - 1n, ORDER / 2n, 2n ** 128n, ...Array.from({ length: 10 }, scalar)];
const points = scalars.map((k) => nobleBackend.multiplyBase(k));
const compressed = points.map((point) => join([2 + ((point[64] ?? 0) & 1)], point.slice(1, 33)));
const digests = [new Uint8Array(32), be32(1n), be32(ORDER - 1n), ...points.map(() => random(32))];

/** Asserts that both give the same plain Uint8Array, or both nothing. */
function expectSame(call: (backend: Backend) => Uint8Array | undefined): void {
  const [ours, expected] = [call(native), call(nobleBackend)];
  expect(ours === undefined).to.equal(expected === undefined);
  if (ours && expected) {
    expect(Object.getPrototypeOf(ours)).to.equal(Uint8Array.prototype);
    expect(Buffer.compare(ours, expected)).to.equal(0);
  }
}

/** What the backend writes, at an offset of a larger buffer. */
function seal(
  backend: Backend,
  ...parts: [key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array]
) {
  const output = new Uint8Array(parts[3].length + 16 + 20).fill(7);
  backend.seal(...parts, output.subarray(4, -16));
  expect([...output.slice(0, 4), ...output.slice(-16)]).to.deep.equal(new Array(20).fill(7));
  return output.slice(4, -16);
}

describe("the native backend gives what noble gives", () => {
  it("of decompress", () => {
    for (const bytes of compressed) expectSame(({ decompress }) => decompress(bytes));
    expect(compressed.map((bytes) => native.decompress(bytes))).to.deep.equal(points);
  });

  for (const [what, bytes] of badPoints) {
    it(`of decompress: nothing for ${what}`, () => {
      expectSame(({ decompress }) => decompress(bytes));
      expect(native.decompress(bytes)).to.equal(undefined);
    });
  }

  it("of multiplyBase, multiplyU and multiply", () => {
    for (const [i, k] of scalars.entries()) {
      const point = points[points.length - 1 - i] ?? expect.fail();
      expectSame(({ multiplyBase }) => multiplyBase(k));
      expectSame(({ multiplyU }) => multiplyU(k));
      expectSame(({ multiply }) => multiply(point, k));
    }
    expect(native.multiplyU(1n)).to.deep.equal(U_BYTES);
  });

  it("of sum, the point at infinity among its results", () => {
    for (const [i, point] of points.entries()) {
      expectSame(({ sum }) => sum([point]));
      expectSame(({ sum }) => sum([point, point]));
      expectSame(({ sum }) => sum(points.slice(i)));
    }
    const one = nobleBackend.multiplyBase(1n);
    const minusOne = nobleBackend.multiplyBase(ORDER - 1n);
    expectSame(({ sum }) => sum([one, minusOne]));
    expect(native.sum([one, minusOne])).to.equal(undefined);
    expectSame(({ sum }) => sum([one, minusOne, one]));
  });

  it("of sign, entropy included, in the lower half", () => {
    for (const [i, digest] of digests.entries()) {
      const key = scalars[i % scalars.length] ?? expect.fail();
      const entropy = random(32);
      expectSame(({ sign }) => sign(digest, key, entropy));
      const signature = native.sign(digest, key, entropy);
      expect(number(signature.slice(32)) <= ORDER / 2n).to.equal(true);
      expect(Buffer.compare(signature, native.sign(digest, key, random(32)))).not.to.equal(0);
    }
  });

  it("of sign but for a digest of n or more, which no SHA-256 has been: libsecp256k1 hashes it before the reduction", () => {
    const publicKey = nobleBackend.multiplyBase(7n);
    for (const digest of [be32(ORDER), be32(2n ** 256n - 1n)]) {
      const entropy = random(32);
      const signatures = [native, nobleBackend].map(({ sign }) => sign(digest, 7n, entropy));
      for (const signature of signatures) {
        for (const { verify } of [native, nobleBackend]) expect(verify(signature, digest, publicKey)).to.equal(true);
      }
    }
  });

  it("of verify", () => {
    for (const [i, digest] of digests.entries()) {
      const key = scalars[i % scalars.length] ?? expect.fail();
      const publicKey = nobleBackend.multiplyBase(key);
      const signature = nobleBackend.sign(digest, key, random(32));
      for (const { verify } of [native, nobleBackend]) {
        expect(verify(signature, digest, publicKey)).to.equal(true);
        expect(verify(signature, flip(digest, 255), publicKey)).to.equal(false);
        expect(verify(flip(signature, 511), digest, publicKey)).to.equal(false);
        expect(verify(signature, digest, nobleBackend.multiplyBase((key % (ORDER - 1n)) + 1n))).to.equal(false);
      }
    }
  });

  it("of recover, keys that don't exist among its results", () => {
    for (const [i, digest] of digests.entries()) {
      const signature = nobleBackend.sign(digest, scalars[i % scalars.length] ?? expect.fail(), random(32));
      for (const recovery of [0, 1, 2, 3]) expectSame(({ recover }) => recover(signature, recovery, digest));
      const made = join(be32(BigInt(i + 1)), be32(BigInt(i + 1)));
      for (const recovery of [0, 1, 2, 3]) expectSame(({ recover }) => recover(made, recovery, digest));
    }
  });

  it("of sha256", () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 319, 5000]) {
      const message = random(length);
      expectSame(({ sha256 }) => sha256(message));
    }
  });

  it("of hkdf, in one call or many, with an info in one part or many", () => {
    for (const length of [1, 31, 32, 33, 64, 65, 100]) {
      const key = random(length);
      const [ours, expected] = [native.hkdf(key), nobleBackend.hkdf(key)];
      // 415 bytes are the longest info of which the native backend makes its messages in memory that it keeps.
      for (const info of [0, 15, 300, 414, 415, 416, 447, 448, 1024].map(random)) {
        const right = Buffer.from(hkdfSync("sha256", key, "", info, length));
        for (const expand of [ours, expected, ours, native.hkdf(key), nobleBackend.hkdf(key)]) {
          const parts = [info.slice(0, 7), info.slice(7, 9), info.slice(9)];
          for (const made of [expand(length, info), expand(length, ...parts)]) {
            expect(Object.getPrototypeOf(made)).to.equal(Uint8Array.prototype);
            expect(Buffer.compare(made, right)).to.equal(0);
          }
        }
      }
      expectSame(({ hkdf }) => hkdf(key)(length));
    }
  });

  it("of hchacha20", () => {
    const [key, nonce] = [random(32), random(16)];
    expectSame(({ hchacha20 }) => hchacha20(key, nonce));
  });

  it("of seal and open", () => {
    for (const length of [0, 1, 15, 16, 17, 63, 64, 65, 1000, 70_000, 2 ** 20, 2 ** 21 + 5]) {
      const [key, nonce, associated, plaintext] = [random(32), random(12), random(length % 99), random(length)];
      const sealed = seal(native, key, nonce, associated, plaintext);
      expect(Buffer.compare(sealed, seal(nobleBackend, key, nonce, associated, plaintext))).to.equal(0);
      expectSame(({ open }) => open(key, nonce, associated, sealed));
      expect(Buffer.compare(native.open(key, nonce, associated, sealed) ?? expect.fail(), plaintext)).to.equal(0);
      for (const changed of [flip(sealed, 0), flip(sealed, sealed.length * 8 - 1)]) {
        expect(native.open(key, nonce, associated, changed)).to.equal(undefined);
        expect(nobleBackend.open(key, nonce, associated, changed)).to.equal(undefined);
      }
      for (const { open } of [native, nobleBackend]) {
        expect(open(key, nonce, join(associated, [0]), sealed)).to.equal(undefined);
        expect(open(key, flip(nonce, 0), associated, sealed)).to.equal(undefined);
        expect(open(flip(key, 0), nonce, associated, sealed)).to.equal(undefined);
      }
    }
  });
});

describe("hchacha20 and seal", () => {
  it("follow the drafts' vectors", () => {
    // draft-irtf-cfrg-xchacha-03, 2.2.1.
    const key = Uint8Array.from({ length: 32 }, (_, i) => i);
    const nonce = Uint8Array.from(Buffer.from("000000090000004a0000000031415927", "hex"));
    const subkey = "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc";
    for (const { hchacha20 } of [native, nobleBackend]) {
      expect(Buffer.from(hchacha20(key, nonce)).toString("hex")).to.equal(subkey);
    }
    // RFC 8439, 2.8.2.
    const plaintext = utf8(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    );
    const tag = "1ae10b594f09e26a7e902ecbd0600691";
    for (const backend of [native, nobleBackend]) {
      const sealed = seal(
        backend,
        Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i),
        Uint8Array.from(Buffer.from("070000004041424344454647", "hex")),
        Uint8Array.from(Buffer.from("50515253c0c1c2c3c4c5c6c7", "hex")),
        plaintext,
      );
      expect(Buffer.from(sealed).toString("hex")).to.match(new RegExp(`^d31a8d34648e60db7b86afbc53ef7ec2.*${tag}$`));
    }
  });
});

describe("points whose x is n or more", () => {
  it("are decompressed, multiplied and added by both alike", () => {
    let found = 0;
    for (let x = ORDER; found < 3 && x < FIELD_PRIME; x += 1n) {
      const point = nobleBackend.decompress(join([2], be32(x)));
      if (!point) continue;
      found += 1;
      expectSame(({ decompress }) => decompress(join([3], be32(x))));
      expectSame(({ multiply }) => multiply(point, 12345n));
      expectSame(({ sum }) => sum([point, ...points]));
    }
    expect(found).to.equal(3);
  });
});
