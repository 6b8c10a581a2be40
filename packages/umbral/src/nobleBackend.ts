/** The backend in pure JavaScript: the audited libraries `@noble/curves`, `@noble/hashes` and `@noble/ciphers`. */
import { chacha20poly1305, hchacha } from "@noble/ciphers/chacha.js";
import { mulAddUnsafe } from "@noble/curves/abstract/curve.js";
import { invert } from "@noble/curves/abstract/modular.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bytesToNumberBE, randomBytes } from "@noble/curves/utils.js";
import { extract } from "@noble/hashes/hkdf.js";
import { type _HMAC, hmac } from "@noble/hashes/hmac.js";
import { type _SHA256, sha256 } from "@noble/hashes/sha2.js";
import { attempt } from "./attempt.js";
import type { Backend, Expand } from "./backend.js";
import { U_BYTES } from "./parameters.js";
import { pooled } from "./randomPool.js";

const { Point } = secp256k1;
const { Fn } = Point;
type NoblePoint = typeof Point.BASE;

/** u with a table of its multiples, made at its first use. */
const U = Point.fromBytes(U_BYTES).precompute(5);

/** 128 random bits: a wrong equation passes a joint check with a chance of 2^-128. */
const WEIGHT_LENGTH = 16;

/** Bytes as the 32-bit words that HChaCha20 works on. */
const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(new Uint8Array(bytes).buffer);
const CHACHA_CONSTANT = words(new TextEncoder().encode("expand 32-byte k"));

const read = (point: Uint8Array): NoblePoint => Point.fromBytes(point);
const write = (point: NoblePoint): Uint8Array => point.toBytes(false);

/** Σ scalar·point in one pass over the bits of all scalars. */
function sumOfPublicProducts(terms: readonly (readonly [scalar: bigint, point: NoblePoint])[]): NoblePoint {
  return mulAddUnsafe(
    Point,
    terms.map(([, point]) => point),
    terms.map(([scalar]) => scalar),
  );
}

/** HKDF whose second step starts from what the hashes of its HMAC are after the key, where noble's own hashes it again. */
function hkdf(key: Uint8Array): Expand {
  const extracted = extract(sha256, key);
  const { iHash, oHash } = hmac.create(sha256, extracted) as _HMAC<_SHA256>;
  extracted.fill(0);
  return (length, ...info) => {
    const blocks = Math.ceil(length / sha256.outputLen);
    const output = new Uint8Array(blocks * sha256.outputLen);
    const running = sha256.create();
    let block = output.subarray(0, 0);
    for (let i = 0; i < blocks; i += 1) {
      iHash._cloneInto(running).update(block);
      for (const part of info) running.update(part);
      block = output.subarray(i * sha256.outputLen, (i + 1) * sha256.outputLen);
      running.update(Uint8Array.of(i + 1)).digestInto(block);
      oHash._cloneInto(running).update(block).digestInto(block);
    }
    running.destroy();
    return output.length === length ? output : output.slice(0, length);
  };
}

export const nobleBackend: Backend = {
  name: "noble",
  randomBytes: pooled((bytes) => void crypto.getRandomValues(bytes)),

  decompress: (compressed) => attempt(() => write(read(compressed))),
  multiplyBase: (secret) => write(Point.BASE.multiply(secret)),
  multiplyU: (secret) => write(U.multiply(secret)),
  multiply: (point, secret) => write(read(point).multiply(secret)),
  sum(points) {
    const sum = points.map(read).reduce((a, b) => a.add(b));
    return sum.is0() ? undefined : write(sum);
  },
  baseEquationHolds: (z, h, x1, x2) =>
    sumOfPublicProducts([
      [z, Point.BASE],
      [Fn.neg(h), read(x1)],
    ]).equals(read(x2)),
  equationsHold: (z, h, equations) =>
    // The sum of weight·(z·x - h·x1 - x2): one pass for all equations costs half as much as one for each.
    sumOfPublicProducts(
      equations.flatMap(({ x, x1, x2 }, i) => {
        const weight = i === 0 ? 1n : bytesToNumberBE(randomBytes(WEIGHT_LENGTH));
        return [
          [Fn.mul(weight, z), read(x)],
          [Fn.mul(weight, h), read(x1).negate()],
          [weight, read(x2).negate()],
        ] as const;
      }),
    ).is0(),
  invert: (scalar) => invert(scalar, Fn.ORDER),

  sign: (digest, secret, entropy) =>
    secp256k1.sign(digest, Fn.toBytes(secret), { prehash: false, lowS: true, extraEntropy: entropy }),
  verify: (signature, digest, publicKey) =>
    secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true }),
  recover: (signature, recovery, digest) =>
    attempt(() => write(secp256k1.Signature.fromBytes(signature).addRecoveryBit(recovery).recoverPublicKey(digest))),

  sha256,
  hkdf,
  hchacha20(key, nonce) {
    const derived = new Uint32Array(8);
    hchacha(CHACHA_CONSTANT, words(key), words(nonce), derived);
    return new Uint8Array(derived.buffer);
  },
  seal: (key, nonce, associated, plaintext, output) =>
    void chacha20poly1305(key, nonce, associated).encrypt(plaintext, output),
  open: (key, nonce, associated, sealed) => attempt(() => chacha20poly1305(key, nonce, associated).decrypt(sealed)),
};
