import type { KfragParts } from "@nkms/protocol";
import { concat } from "ethers";

import type { Answer } from "./answer.js";
import { readPoint, Scalars, toNumber, U } from "./curve.js";
import { type LeakEvidence, makeLeakEvidence } from "./evidence.js";
import { proofHash } from "./hashing.js";
import { splitCapsule, splitCfrag } from "./layout.js";

/** What was asked and what was sent. */
export type Exchange = Pick<Answer, "capsule" | "cfrag">;

/**
 * The secret of a key fragment whose node used the same random t twice: z1 - z2 = rk (h1 - h2). Both answers may be
 * right, and need no receipt: what leaks is the key.
 * @returns rk with rk u = U1; undefined if these two answers don't give it
 * @example const secret = recoverReusedKey(monday, tuesday);
 */
export function recoverReusedKey(first: Exchange, second: Exchange): bigint | undefined {
  const [a, b] = [read(first), read(second)];
  if (!a || !b || !equal(a.u2, b.u2) || !equal(a.u1, b.u1) || a.h === b.h) return undefined;
  const secret = Scalars.div(Scalars.create(a.z - b.z), Scalars.create(a.h - b.h));
  const commitment = readPoint(a.u1);
  return secret !== 0n && commitment && U.multiply(secret).equals(commitment) ? secret : undefined;
}

/**
 * {@link recoverReusedKey} as evidence against the arrangement that gave both answers.
 * @returns undefined if they don't give the secret
 * @throws {VerifierError} `OTHER_KFRAG` if the secret is another fragment's than the arrangement's
 */
export function leakOfReuse(first: Answer, second: Exchange): LeakEvidence | undefined {
  const secret = recoverReusedKey(first, second);
  const kfrag = publicKfragOf(first.cfrag);
  return secret === undefined || !kfrag ? undefined : makeLeakEvidence(first, secret, kfrag);
}

/**
 * The public parts of the key fragment that a re-encryption was made with.
 * @returns undefined unless there are 359 bytes
 */
export function publicKfragOf(cfrag: Uint8Array): KfragParts | undefined {
  const parts = splitCfrag(cfrag);
  if (!parts) return undefined;
  const { id, precursor, u1: commitment, receiverSignature } = parts;
  return { id, precursor, commitment, receiverSignature };
}

/**
 * What two answers have in common that used the same randomness with the same key fragment: U1 and U2, as hex.
 * @returns undefined unless there are 359 bytes
 */
export function randomnessOf(cfrag: Uint8Array): string | undefined {
  const parts = splitCfrag(cfrag);
  return parts && concat([parts.u1, parts.u2]);
}

interface Proof {
  readonly u1: Uint8Array;
  readonly u2: Uint8Array;
  readonly z: bigint;
  readonly h: bigint;
}

function read({ capsule, cfrag }: Exchange): Proof | undefined {
  const [asked, parts] = [splitCapsule(capsule), splitCfrag(cfrag)];
  if (!asked || !parts) return undefined;
  return { u1: parts.u1, u2: parts.u2, z: toNumber(parts.z), h: proofHash(asked, parts) };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
