import { backend, type RandomBytes } from "./backend.js";
import { describeNumber, expectBoolean, expectInstance } from "./bytes.js";
import { multiplyBase, multiplyPoint, multiplyU } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { hashSharedSecret, polynomialArguments } from "./hashing.js";
import { checked, secretScalar } from "./internal.js";
import { ID_LENGTH, KeyFrag, keyFragMessage, type VerifiedKeyFrag } from "./keyFrag.js";
import { PublicKey, SecretKey } from "./keys.js";
import { evaluate } from "./polynomial.js";
import { invert, multiply, randomScalar } from "./scalar.js";
import { Signer, signWith } from "./signing.js";

/** The most shares that one call makes. */
export const MAX_SHARES = 255;

/**
 * Shares the right to re-encrypt from a delegator to a receiver among `shares` proxies, `threshold` of which it takes.
 * @param delegatingSk the key that messages are encrypted to
 * @param receivingPk the key that will read them
 * @param signer signs each fragment, for its proxy and for the receiver
 * @param threshold how many proxies it takes, 1..shares
 * @param shares how many fragments are made, 1..{@link MAX_SHARES}
 * @param signDelegatingKey whether the signature for the proxy covers the delegating key
 * @param signReceivingKey whether the signature for the proxy covers the receiving key
 * @throws {UmbralError} `BAD_TYPE` or `BAD_THRESHOLD`
 * @example const kfrags = generateKFrags(aliceSk, bobPk, aliceSigner, 2, 3, true, true);
 */
export function generateKFrags(
  delegatingSk: SecretKey,
  receivingPk: PublicKey,
  signer: Signer,
  threshold: number,
  shares: number,
  signDelegatingKey: boolean,
  signReceivingKey: boolean,
): VerifiedKeyFrag[] {
  return generateKFragsWith(
    backend.randomBytes,
    delegatingSk,
    receivingPk,
    signer,
    threshold,
    shares,
    signDelegatingKey,
    signReceivingKey,
  );
}

/** {@link generateKFrags} with any source of randomness. */
export function generateKFragsWith(
  random: RandomBytes,
  delegatingSk: SecretKey,
  receivingPk: PublicKey,
  signer: Signer,
  threshold: number,
  shares: number,
  signDelegatingKey: boolean,
  signReceivingKey: boolean,
): VerifiedKeyFrag[] {
  expectInstance("delegatingSk", delegatingSk, SecretKey);
  expectInstance("receivingPk", receivingPk, PublicKey);
  expectInstance("signer", signer, Signer);
  expectCount("shares", shares, MAX_SHARES);
  expectCount("threshold", threshold, shares);
  expectBoolean("signDelegatingKey", signDelegatingKey);
  expectBoolean("signReceivingKey", signReceivingKey);

  const x = randomScalar(random);
  const precursor = multiplyBase(x);
  const dh = multiplyPoint(x, receivingPk.point);
  const d = hashSharedSecret(precursor, receivingPk.point, dh);
  const coefficients = [multiply(delegatingSk[secretScalar](), invert(d))];
  while (coefficients.length < threshold) coefficients.push(randomScalar(random));
  const delegatingPk = delegatingSk.publicKey();
  const argumentOf = polynomialArguments(precursor, receivingPk.point, dh);

  return Array.from({ length: shares }, () => {
    const id = random(ID_LENGTH);
    const key = evaluate(coefficients, argumentOf(id));
    const commitment = multiplyU(key);
    const sign = (delegating: boolean, receiving: boolean) =>
      signWith(
        random,
        signer,
        keyFragMessage(
          id,
          commitment,
          precursor,
          delegating ? delegatingPk : undefined,
          receiving ? receivingPk : undefined,
        ),
      );
    const signatureForReceiver = sign(true, true);
    // With both keys signed the two messages are the same, and so may be the signatures.
    const signatureForProxy =
      signDelegatingKey && signReceivingKey ? signatureForReceiver : sign(signDelegatingKey, signReceivingKey);
    const kfrag = new KeyFrag(checked, id, key, precursor, {
      commitment,
      signatureForProxy,
      signatureForReceiver,
      delegatingKeySigned: signDelegatingKey,
      receivingKeySigned: signReceivingKey,
    });
    return kfrag.skipVerification(); // true by construction
  });
}

function expectCount(argument: string, count: unknown, most: number): void {
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > most) {
    throw new UmbralError("BAD_THRESHOLD", argument, `an integer in 1..${most}`, describeNumber(count));
  }
}
