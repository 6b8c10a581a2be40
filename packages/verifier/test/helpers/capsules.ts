import { kfragHash } from "@nkms/protocol";
import type { Capsule } from "@nkms/umbral";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { concat, getBytes, sha256, toBeHex, toUtf8Bytes } from "ethers";

import { publicKfragOf } from "../../src/index.js";

const { Point } = secp256k1;

/** Any bytes in the place of a capsule. */
export const capsuleWith = (bytes: Uint8Array): Capsule => ({ toBytesSimple: () => bytes }) as unknown as Capsule;

/** The bytes of the capsule that an encryptor makes who chooses E = r G and V = w G, for any r and w but 0. */
export function capsuleMadeOf(r: bigint, w: bigint): Uint8Array {
  const [e, v] = [r, w].map((scalar) => Point.BASE.multiply(Point.Fn.create(scalar)).toBytes());
  if (!e || !v) throw new Error("expected points");
  const tag = toUtf8Bytes("CAPSULE_POINTS");
  const h = (BigInt(sha256(concat([toBeHex(tag.length, 4), tag, e, v]))) % (Point.Fn.ORDER - 1n)) + 1n;
  return getBytes(concat([e, v, toBeHex(Point.Fn.create(w + r * h), 32)]));
}

/** The hash of the key fragment that a re-encryption says it was made with. */
export function hashOfBytes(cfrag: Uint8Array): string {
  const kfrag = publicKfragOf(cfrag);
  if (!kfrag) throw new Error("expected 359 bytes");
  return kfragHash(kfrag);
}
