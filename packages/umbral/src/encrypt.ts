import { backend, type RandomBytes } from "./backend.js";
import type { Capsule } from "./capsule.js";
import { expectPlaintext, seal } from "./dem.js";
import { encapsulate } from "./kem.js";
import type { PublicKey } from "./keys.js";

/**
 * Encrypts a message to a public key. The owner of the key can read it, and can let others read it.
 * @param delegatingPk the owner's public key
 * @param plaintext at most {@link MAX_PLAINTEXT_LENGTH} bytes; none at all is allowed and gives 40 bytes
 * @returns the capsule, which holds the key, and the ciphertext: nonce, 24 bytes | encrypted bytes | tag, 16 bytes
 * @throws {UmbralError} `BAD_TYPE` or `MESSAGE_TOO_LARGE`
 * @example const [capsule, ciphertext] = encrypt(aliceSk.publicKey(), new TextEncoder().encode("peace at dawn"));
 */
export function encrypt(delegatingPk: PublicKey, plaintext: Uint8Array): [capsule: Capsule, ciphertext: Uint8Array] {
  return encryptWith(backend.randomBytes, delegatingPk, plaintext);
}

/** {@link encrypt} with any source of randomness. */
export function encryptWith(
  random: RandomBytes,
  delegatingPk: PublicKey,
  plaintext: Uint8Array,
): [Capsule, Uint8Array] {
  const [capsule, seed] = encapsulate(random, delegatingPk);
  return [capsule, seal(random, seed, capsule, expectPlaintext(plaintext))];
}
