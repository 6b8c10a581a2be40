/** The symmetric half: XChaCha20-Poly1305 under a key that HKDF-SHA256 makes of a shared point. */
import { backend, type RandomBytes } from "./backend.js";
import { concat, expectBytes } from "./bytes.js";
import type { Capsule } from "./capsule.js";
import type { CurvePoint } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { hkdf } from "./hashing.js";

const KEY_LENGTH = 32;
const NONCE_LENGTH = 24;
const TAG_LENGTH = 16;

/** How many bytes a ciphertext has more than its plaintext: a nonce of 24 before it, a tag of 16 behind it. */
export const CIPHERTEXT_OVERHEAD = NONCE_LENGTH + TAG_LENGTH;

/** The longest message in bytes: 256 MiB. Plaintext and ciphertext are in memory at the same time. */
export const MAX_PLAINTEXT_LENGTH = 2 ** 28;

/** @throws {UmbralError} `BAD_TYPE` or `MESSAGE_TOO_LARGE` */
export function expectPlaintext(plaintext: unknown): Uint8Array {
  const bytes = expectBytes("plaintext", plaintext);
  if (bytes.length > MAX_PLAINTEXT_LENGTH) {
    throw new UmbralError(
      "MESSAGE_TOO_LARGE",
      "plaintext",
      `at most ${MAX_PLAINTEXT_LENGTH} bytes`,
      `${bytes.length} bytes`,
    );
  }
  return bytes;
}

/** @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` or `MESSAGE_TOO_LARGE` */
export function expectCiphertext(ciphertext: unknown): Uint8Array {
  const bytes = expectBytes("ciphertext", ciphertext);
  const longest = MAX_PLAINTEXT_LENGTH + CIPHERTEXT_OVERHEAD;
  if (bytes.length < CIPHERTEXT_OVERHEAD) {
    throw new UmbralError("BAD_LENGTH", "ciphertext", `at least ${CIPHERTEXT_OVERHEAD} bytes`, `${bytes.length} bytes`);
  }
  if (bytes.length > longest) {
    throw new UmbralError("MESSAGE_TOO_LARGE", "ciphertext", `at most ${longest} bytes`, `${bytes.length} bytes`);
  }
  return bytes;
}

/** XChaCha20-Poly1305 is ChaCha20-Poly1305 under a key that HChaCha20 makes of the first 16 bytes of the nonce. */
function deriveKey(seed: CurvePoint, nonce: Uint8Array): [key: Uint8Array, nonce: Uint8Array] {
  const key = hkdf(seed.toBytes(), new Uint8Array(0), KEY_LENGTH);
  return [backend.hchacha20(key, nonce.subarray(0, 16)), concat(new Uint8Array(4), nonce.subarray(16))];
}

/** nonce, 24 bytes | encrypted bytes | tag, 16 bytes. The capsule's simple form is authenticated with the message. */
export function seal(random: RandomBytes, seed: CurvePoint, capsule: Capsule, plaintext: Uint8Array): Uint8Array {
  const nonce = random(NONCE_LENGTH);
  const ciphertext = new Uint8Array(CIPHERTEXT_OVERHEAD + plaintext.length);
  ciphertext.set(nonce);
  const sealed = ciphertext.subarray(NONCE_LENGTH);
  backend.seal(...deriveKey(seed, nonce), capsule.toBytesSimple(), plaintext, sealed);
  return ciphertext;
}

/** @throws {UmbralError} `DECRYPTION_FAILED` */
export function open(seed: CurvePoint, capsule: Capsule, ciphertext: Uint8Array): Uint8Array {
  const nonce = ciphertext.subarray(0, NONCE_LENGTH);
  const sealed = ciphertext.subarray(NONCE_LENGTH);
  const plaintext = backend.open(...deriveKey(seed, nonce), capsule.toBytesSimple(), sealed);
  if (!plaintext) {
    throw new UmbralError("DECRYPTION_FAILED", "ciphertext", "the one made for this capsule and key", "another");
  }
  return plaintext;
}
