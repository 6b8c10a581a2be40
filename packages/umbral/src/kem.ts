/** The asymmetric half: a capsule, and the point that is the seed of its ciphertext's key. */
import type { RandomBytes } from "./backend.js";
import { expectInstance, toHex } from "./bytes.js";
import { Capsule } from "./capsule.js";
import { type CapsuleFrag, VerifiedCapsuleFrag } from "./capsuleFrag.js";
import {
  addPoints,
  type CurvePoint,
  equationsHold,
  multiplyBase,
  multiplyPoint,
  sumOfSecretProducts,
} from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { hashCapsulePoints, hashSharedSecret, polynomialArguments } from "./hashing.js";
import { checked, keyPoint, secretScalar } from "./internal.js";
import { PublicKey, SecretKey } from "./keys.js";
import { lagrangeWeights } from "./polynomial.js";
import { add, multiply, randomScalar } from "./scalar.js";
import { zip } from "./zip.js";

/**
 * A new capsule for a key, with its seed.
 * @throws {UmbralError} `BAD_TYPE`
 */
export function encapsulate(random: RandomBytes, delegatingPk: PublicKey): [capsule: Capsule, seed: CurvePoint] {
  const { point } = expectInstance("delegatingPk", delegatingPk, PublicKey);
  const r = randomScalar(random);
  const w = randomScalar(random);
  const e = multiplyBase(r);
  const v = multiplyBase(w);
  const s = add(w, multiply(r, hashCapsulePoints(e, v)));
  return [new Capsule(checked, e, v, s), multiplyPoint(add(r, w), point)];
}

/**
 * The seed, by the owner of the key that the capsule is for.
 * @throws {UmbralError} `BAD_TYPE`
 */
export function openOriginal(delegatingSk: SecretKey, capsule: Capsule): CurvePoint {
  expectInstance("delegatingSk", delegatingSk, SecretKey);
  expectInstance("capsule", capsule, Capsule);
  return multiplyPoint(delegatingSk[secretScalar](), capsule[keyPoint]());
}

/**
 * The seed, by a reader with fragments.
 * @throws {UmbralError} `BAD_TYPE`, `NOT_VERIFIED`, `FRAGMENTS_MISSING`, `FRAGMENTS_DUPLICATE`, `FRAGMENTS_MIXED` or
 * `FRAGMENTS_MISMATCH`
 */
export function openReencrypted(
  receivingSk: SecretKey,
  delegatingPk: PublicKey,
  capsule: Capsule,
  cfrags: readonly VerifiedCapsuleFrag[],
): CurvePoint {
  expectInstance("receivingSk", receivingSk, SecretKey);
  expectInstance("delegatingPk", delegatingPk, PublicKey);
  expectInstance("capsule", capsule, Capsule);
  const fragments = expectFragments(cfrags);

  const [{ precursor }] = fragments;
  const receivingPk = receivingSk.publicKey().point;
  const dh = multiplyPoint(receivingSk[secretScalar](), precursor);
  const d = hashSharedSecret(precursor, receivingPk, dh);
  const argumentOf = polynomialArguments(precursor, receivingPk, dh);
  const xs = fragments.map(({ id }) => argumentOf(id));
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
  return addPoints("sum of cfrags.E1 and cfrags.V1", [e, v]);
}

/** At least one fragment, all of one set, no two of one key fragment. */
function expectFragments(cfrags: readonly VerifiedCapsuleFrag[]): [CapsuleFrag, ...CapsuleFrag[]] {
  // Unlike map this visits holes.
  const fragments = Array.from(expectInstance("cfrags", cfrags, Array<unknown>), (cfrag, i) =>
    expectInstance(`cfrags[${i}]`, cfrag, VerifiedCapsuleFrag, "NOT_VERIFIED").unverify(),
  );
  const [first, ...others] = fragments;
  if (!first) throw new UmbralError("FRAGMENTS_MISSING", "cfrags", "at least one fragment", "none");
  const indexOfId = new Map<string, number>();
  for (const [i, { id, precursor }] of fragments.entries()) {
    if (!precursor.equals(first.precursor)) {
      throw new UmbralError("FRAGMENTS_MIXED", `cfrags[${i}].precursor`, String(first.precursor), String(precursor));
    }
    const name = toHex(id);
    const same = indexOfId.get(name);
    if (same !== undefined) {
      throw new UmbralError(
        "FRAGMENTS_DUPLICATE",
        `cfrags[${i}].id`,
        "another key fragment's",
        `that of cfrags[${same}]`,
      );
    }
    indexOfId.set(name, i);
  }
  return [first, ...others];
}
