import { expectInstance, toHex } from "./bytes.js";
import { Capsule } from "./capsule.js";
import { type CapsuleFrag, VerifiedCapsuleFrag } from "./capsuleFrag.js";
import { addPoints, equationsHold, multiplyPoint, sumOfSecretProducts } from "./curvePoint.js";
import { expectCiphertext, open } from "./dem.js";
import { UmbralError } from "./errors.js";
import { hashCapsulePoints, hashPolynomialArgument, hashSharedSecret } from "./hashing.js";
import { keyPoint, secretScalar } from "./internal.js";
import { PublicKey, SecretKey } from "./keys.js";
import { lagrangeWeights } from "./polynomial.js";
import { multiply } from "./scalar.js";
import { zip } from "./zip.js";

/**
 * Decrypts a message with the key it was encrypted to.
 * @throws {UmbralError} `BAD_TYPE`, `BAD_LENGTH` below 40 bytes of ciphertext, `MESSAGE_TOO_LARGE`, or
 * `DECRYPTION_FAILED` when key, capsule and ciphertext don't belong together
 * @example const plaintext = decryptOriginal(aliceSk, capsule, ciphertext);
 */
export function decryptOriginal(delegatingSk: SecretKey, capsule: Capsule, ciphertext: Uint8Array): Uint8Array {
  expectInstance("delegatingSk", delegatingSk, SecretKey);
  expectInstance("capsule", capsule, Capsule);
  const sealed = expectCiphertext(ciphertext);
  const seed = multiplyPoint(delegatingSk[secretScalar](), capsule[keyPoint]());
  return open(seed, capsule, sealed);
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
  expectInstance("receivingSk", receivingSk, SecretKey);
  expectInstance("delegatingPk", delegatingPk, PublicKey);
  expectInstance("capsule", capsule, Capsule);
  const sealed = expectCiphertext(ciphertext);
  const fragments = expectFragments(cfrags);

  const [{ precursor }] = fragments;
  const receivingPk = receivingSk.publicKey().point;
  const dh = multiplyPoint(receivingSk[secretScalar](), precursor);
  const d = hashSharedSecret(precursor, receivingPk, dh);
  const xs = fragments.map(({ id }) => hashPolynomialArgument(precursor, receivingPk, dh, id));
  // With the weights times d, the secrets of the key fragments add up to the delegating key: e = sk·E, v = sk·V.
  const weights = lagrangeWeights(xs).map((weight) => multiply(weight, d));
  const weighted = zip(weights, fragments);
  const e = sumOfSecretProducts(
    "sum of cfrags.E1",
    weighted.map(([weight, { e1 }]) => [weight, e1]),
  );
  const v = sumOfSecretProducts(
    "sum of cfrags.V1",
    weighted.map(([weight, { v1 }]) => [weight, v1]),
  );

  // s·G = h·E + V, times the delegating key: if it holds, the reader gets what the owner of that key would get.
  const h = hashCapsulePoints(capsule.e, capsule.v);
  if (!equationsHold(capsule.s, h, { x: delegatingPk.point, x1: e, x2: v })) {
    const got = `${fragments.length} that don't open it`;
    throw new UmbralError("FRAGMENTS_MISMATCH", "cfrags", "enough fragments of this capsule for these keys", got);
  }
  return open(addPoints("sum of cfrags.E1 and cfrags.V1", [e, v]), capsule, sealed);
}

/** At least one fragment, all of one set, no two of one key fragment. */
function expectFragments(cfrags: readonly VerifiedCapsuleFrag[]): [CapsuleFrag, ...CapsuleFrag[]] {
  const fragments = expectInstance("cfrags", cfrags, Array<unknown>).map((cfrag, i) =>
    expectInstance(`cfrags[${i}]`, cfrag, VerifiedCapsuleFrag, "NOT_VERIFIED").unverify(),
  );
  const [first, ...others] = fragments;
  if (!first) throw new UmbralError("FRAGMENTS_MISSING", "cfrags", "at least one fragment", "none");
  const indexOfId = new Map<string, number>();
  for (const [i, { id, precursor }] of fragments.entries()) {
    if (!precursor.equals(first.precursor)) {
      throw new UmbralError("FRAGMENTS_MIXED", `cfrags[${i}].precursor`, String(first.precursor), String(precursor));
    }
    const same = indexOfId.get(toHex(id));
    if (same !== undefined) {
      throw new UmbralError(
        "FRAGMENTS_DUPLICATE",
        `cfrags[${i}].id`,
        "another key fragment's",
        `that of cfrags[${same}]`,
      );
    }
    indexOfId.set(toHex(id), i);
  }
  return [first, ...others];
}
