/** The backend in pure JavaScript: the audited libraries `@noble/curves`, `@noble/hashes` and `@noble/ciphers`. */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { mulAddUnsafe } from "@noble/curves/abstract/curve.js";
import { invertCt } from "@noble/curves/abstract/modular.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import type { Backend } from "./backend.js";
import { U_BYTES } from "./parameters.js";

const { Point } = secp256k1;
type NoblePoint = typeof Point.BASE;

/** u with a table of its multiples, made at its first use. */
const U = Point.fromBytes(U_BYTES).precompute(5);

const read = (point: Uint8Array): NoblePoint => Point.fromBytes(point);
const write = (point: NoblePoint): Uint8Array => point.toBytes(false);
const writeSum = (point: NoblePoint): Uint8Array | undefined => (point.is0() ? undefined : write(point));
const scalarBytes = (scalar: bigint): Uint8Array => Point.Fn.toBytes(scalar);

/** The value of a library call that throws on bad input; `undefined` when it does. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

export const nobleBackend: Backend = {
  randomBytes,

  decompress: (compressed) => attempt(() => write(read(compressed))),
  multiplyBase: (secret) => write(Point.BASE.multiply(secret)),
  multiplyU: (secret) => write(U.multiply(secret)),
  multiply: (point, secret) => write(read(point).multiply(secret)),
  add: (a, b) => writeSum(read(a).add(read(b))),
  sumOfPublicProducts: (base, terms) =>
    writeSum(
      mulAddUnsafe(
        Point,
        [Point.BASE, ...terms.map(([, point]) => read(point))],
        [base, ...terms.map(([scalar]) => scalar)],
      ),
    ),
  invert: (secret) => invertCt(secret, Point.Fn.ORDER),

  sign: (digest, secret, entropy) =>
    secp256k1.sign(digest, scalarBytes(secret), { prehash: false, lowS: true, extraEntropy: entropy }),
  verify: (signature, digest, publicKey) =>
    secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true }),
  recover: (signature, recovery, digest) =>
    attempt(() => write(secp256k1.Signature.fromBytes(signature).addRecoveryBit(recovery).recoverPublicKey(digest))),

  sha256,
  hkdf: (key, info, length) => hkdf(sha256, key, undefined, info, length),
  seal: (key, nonce, associated, plaintext) => xchacha20poly1305(key, nonce, associated).encrypt(plaintext),
  open: (key, nonce, associated, sealed) => attempt(() => xchacha20poly1305(key, nonce, associated).decrypt(sealed)),
};
