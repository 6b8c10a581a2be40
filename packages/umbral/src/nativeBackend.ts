/** The backend on native code: libsecp256k1 for the curve, Node's OpenSSL for the cipher and the hash. */
import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from "node:crypto";
import { attempt } from "./attempt.js";
import type { Backend } from "./backend.js";
import { concat, equalBytes } from "./bytes.js";
import { hkdf, sha256 } from "./nativeHash.js";
import { nobleBackend } from "./nobleBackend.js";
import { U_BYTES } from "./parameters.js";
import { bytesToNumber, multiply, negate, ORDER, SCALAR_LENGTH, scalarToBytes, writeScalar } from "./scalar.js";
import { loadSecp256k1Binding, type Secp256k1Binding } from "./secp256k1Binding.js";

const CIPHER = "chacha20-poly1305";
const TAG_LENGTH = 16;
/** `04 | x | y`. */
const POINT_LENGTH = 65;
const PIECE_LENGTH = 2 ** 20;

/**
 * Where native code finds a secret, and where it leaves the point that it makes of it: `04 | x | y | secret`. New memory
 * for each would cost a call a twentieth more.
 */
const lent = Uint8Array.of(4, ...new Uint8Array(64 + SCALAR_LENGTH));
const lentPoint = lent.subarray(0, POINT_LENGTH);
const lentSecret = lent.subarray(POINT_LENGTH);

/** A Diffie-Hellman exchange whose "hash" is the point itself. */
const exchange = { hashfn: () => lentPoint, xbuf: lent.subarray(1, 33), ybuf: lent.subarray(33, POINT_LENGTH) };

/** Lends a secret as bytes and overwrites them afterwards, and what was made of them. */
function withBytes<T>(secret: bigint, use: (bytes: Uint8Array) => T): T {
  try {
    return use(writeScalar(secret, lentSecret));
  } finally {
    lent.fill(0, 1);
  }
}

/** Enciphers or deciphers piece by piece: OpenSSL gives new memory for each, which is dear where it is much at once. */
function update(cipher: Cipher | Decipher, input: Uint8Array, output: Uint8Array): void {
  for (let start = 0; start < input.length; start += PIECE_LENGTH) {
    output.set(cipher.update(input.subarray(start, start + PIECE_LENGTH)), start);
  }
}

/** @throws {Error} where the binding doesn't load */
export function loadNativeBackend(): Backend {
  return nativeBackend(loadSecp256k1Binding());
}

/** The backend on this binding. */
export function nativeBackend(curve: Secp256k1Binding): Backend {
  // Blinds the multiplication of G.
  curve.contextRandomize(nobleBackend.randomBytes(32));

  const sum = (points: readonly Uint8Array[]): Uint8Array | undefined =>
    attempt(() => curve.publicKeyCombine(points, false));
  // Its constant-time multiplication of any point is a Diffie-Hellman exchange.
  const multiplyPoint = (point: Uint8Array, secret: bigint): Uint8Array =>
    withBytes(secret, (bytes) => curve.ecdh(point, bytes, exchange, new Uint8Array(POINT_LENGTH)));
  const multiplyPublic = (point: Uint8Array, scalar: Uint8Array): Uint8Array =>
    curve.publicKeyTweakMul(point, scalar, false);
  const recover: Backend["recover"] = (signature, recovery, digest) =>
    attempt(() => curve.ecdsaRecover(signature, recovery, digest, false));

  return {
    ...nobleBackend, // random bytes, inverses and HChaCha20, which native code makes no faster
    name: "native",

    decompress: (compressed) => attempt(() => curve.publicKeyConvert(compressed, false)),
    multiplyBase: (secret) => withBytes(secret, (bytes) => curve.publicKeyCreate(bytes, false)),
    multiplyU: (secret) => multiplyPoint(U_BYTES, secret),
    multiply: multiplyPoint,
    sum,
    // A signature (r, s) of m with the nonce's point R is by the key (s·R - m·G) / r. With R = x1, s = -h·r and
    // m = -z·r it is z·G - h·x1: two products for the price of one. It fails for x1 with x = n, of which nobody can
    // know the logarithm that a capsule takes.
    baseEquationHolds(z, h, x1, x2) {
      const x = bytesToNumber(x1.subarray(1, 33));
      const r = x % ORDER;
      const signature = concat(scalarToBytes(r), scalarToBytes(multiply(negate(h), r)));
      const recovery = ((x1[64] ?? 0) & 1) + (x >= ORDER ? 2 : 0);
      const difference = recover(signature, recovery, scalarToBytes(multiply(negate(z), r)));
      return difference !== undefined && equalBytes(difference, x2);
    },
    // One by one: a product by a random weight would cost as much as it saves.
    equationsHold(z, h, equations) {
      const [zBytes, hBytes] = [scalarToBytes(z), scalarToBytes(h)];
      return equations.every(({ x, x1, x2 }) => {
        const right = sum([multiplyPublic(x1, hBytes), x2]);
        return right !== undefined && equalBytes(right, multiplyPublic(x, zBytes));
      });
    },

    sign: (digest, secret, entropy) =>
      withBytes(secret, (bytes) => curve.ecdsaSign(digest, bytes, { data: entropy }).signature),
    verify: (signature, digest, publicKey) => curve.ecdsaVerify(signature, digest, publicKey),
    recover,

    sha256,
    hkdf,
    seal(key, nonce, associated, plaintext, output) {
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH });
      cipher.setAAD(associated, { plaintextLength: plaintext.length });
      update(cipher, plaintext, output);
      cipher.final();
      output.set(cipher.getAuthTag(), plaintext.length);
    },
    open(key, nonce, associated, sealed) {
      const plaintext = new Uint8Array(sealed.length - TAG_LENGTH);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_LENGTH });
      decipher.setAAD(associated, { plaintextLength: plaintext.length });
      decipher.setAuthTag(sealed.subarray(plaintext.length));
      update(decipher, sealed.subarray(0, plaintext.length), plaintext);
      return attempt(() => decipher.final()) && plaintext;
    },
  };
}
