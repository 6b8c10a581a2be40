import type { Capsule } from "./capsule.js";
import type { VerifiedCapsuleFrag } from "./capsuleFrag.js";
import { expectCiphertext, open } from "./dem.js";
import { openOriginal, openReencrypted } from "./kem.js";
import type { PublicKey, SecretKey } from "./keys.js";

/**
 * Decrypts a message with the key it was encrypted to.
 * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` below 40 bytes of ciphertext, `MESSAGE_TOO_LARGE`, or
 * `DECRYPTION_FAILED` when key, capsule and ciphertext don't belong together
 * @example const plaintext = decryptOriginal(aliceSk, capsule, ciphertext);
 */
export function decryptOriginal(delegatingSk: SecretKey, capsule: Capsule, ciphertext: Uint8Array): Uint8Array {
  const sealed = expectCiphertext(ciphertext);
  return open(openOriginal(delegatingSk, capsule), capsule, sealed);
}

/**
 * Decrypts a message with the fragments of at least `threshold` proxies.
 * @param receivingSk the key the message was re-encrypted to
 * @param delegatingPk the key it was encrypted to
 * @param cfrags verified, each from another proxy, in any order; more than the threshold do no harm
 * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` below 40 bytes of ciphertext, `MESSAGE_TOO_LARGE`, `NOT_VERIFIED`,
 * `FRAGMENTS_MISSING`, `FRAGMENTS_DUPLICATE`, `FRAGMENTS_MIXED`, `FRAGMENTS_MISMATCH` when they don't open the
 * capsule, most often because they are too few, or `DECRYPTION_FAILED` when they do but not the ciphertext
 * @example const plaintext = decryptReencrypted(bobSk, alicePk, capsule, [cfrag1, cfrag2], ciphertext);
 */
export function decryptReencrypted(
  receivingSk: SecretKey,
  delegatingPk: PublicKey,
  capsule: Capsule,
  cfrags: readonly VerifiedCapsuleFrag[],
  ciphertext: Uint8Array,
): Uint8Array {
  const sealed = expectCiphertext(ciphertext);
  return open(openReencrypted(receivingSk, delegatingPk, capsule, cfrags), capsule, sealed);
}
