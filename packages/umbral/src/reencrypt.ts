import { backend, type RandomBytes } from "./backend.js";
import { expectInstance } from "./bytes.js";
import { Capsule } from "./capsule.js";
import { CapsuleFrag, type VerifiedCapsuleFrag } from "./capsuleFrag.js";
import { multiplyPoint, multiplyU, U } from "./curvePoint.js";
import { hashProof } from "./hashing.js";
import { checked, secretScalar } from "./internal.js";
import { VerifiedKeyFrag } from "./keyFrag.js";
import { add, multiply, randomScalar } from "./scalar.js";

/**
 * Re-encrypts a capsule with one proxy's key fragment and proves that it was done right. The proxy learns nothing.
 * @param kfrag verified: nothing else is taken, at compile time or at run time
 * @throws {UmbralError} `BAD_TYPE`, or `NOT_VERIFIED` when the key fragment isn't a {@link VerifiedKeyFrag}
 * @example const cfrag = reencrypt(capsule, KeyFrag.fromBytes(stored).verify(verifyingPk, alicePk, bobPk));
 */
export function reencrypt(capsule: Capsule, kfrag: VerifiedKeyFrag): VerifiedCapsuleFrag {
  return reencryptWith(backend.randomBytes, capsule, kfrag);
}

/** {@link reencrypt} with any source of randomness. */
export function reencryptWith(random: RandomBytes, capsule: Capsule, kfrag: VerifiedKeyFrag): VerifiedCapsuleFrag {
  const { e, v } = expectInstance("capsule", capsule, Capsule);
  const share = expectInstance("kfrag", kfrag, VerifiedKeyFrag, "NOT_VERIFIED").unverify();
  const key = share[secretScalar]();
  const { commitment, signatureForReceiver } = share.proof;
  const t = randomScalar(random);
  const e1 = multiplyPoint(key, e);
  const e2 = multiplyPoint(t, e);
  const v1 = multiplyPoint(key, v);
  const v2 = multiplyPoint(t, v);
  const u2 = multiplyU(t);
  const h = hashProof(e, e1, e2, v, v1, v2, U, commitment, u2);
  const z = add(multiply(key, h), t);
  const proof = { e2, v2, commitment, u2, z, signatureForReceiver };
  // Made with a verified key fragment: true by construction.
  return new CapsuleFrag(checked, e1, v1, share.id, share.precursor, proof).skipVerification();
}
