/** Umbral's hash to a scalar: (SHA-256(length of tag, 4 bytes | tag | items) mod (n - 1)) + 1, in 1 .. n - 1. */
import { concat, sha256, toBeHex, toUtf8Bytes } from "ethers";

import { ORDER, U_BYTES } from "./curve.js";
import type { CapsuleParts, CfragParts } from "./layout.js";

function hashToScalar(tag: string, ...items: readonly Uint8Array[]): bigint {
  const bytes = toUtf8Bytes(tag);
  return (BigInt(sha256(concat([toBeHex(bytes.length, 4), bytes, ...items]))) % (ORDER - 1n)) + 1n;
}

/** The h of a capsule, over the bytes of E and V. */
export const capsuleHash = ({ e, v }: Pick<CapsuleParts, "e" | "v">): bigint => hashToScalar("CAPSULE_POINTS", e, v);

/** The h of a proof of re-encryption, over the bytes of all nine points: it needs none of them to be good. */
export function proofHash({ e, v }: CapsuleParts, { e1, e2, v1, v2, u1, u2 }: CfragParts): bigint {
  return hashToScalar("CFRAG_VERIFICATION", e, e1, e2, v, v1, v2, U_BYTES, u1, u2);
}
