/** Where things stand in the bytes of a capsule and of a re-encryption. No part is looked at. */

import { checkBytes } from "./checks.js";

/** Bytes of a capsule: E 33 | V 33 | s 32. */
export const CAPSULE_LENGTH = 98;

/** The public bytes of a key fragment: id 32 | precursor 33 | U1 33 | receiver signature 64. */
export const PUBLIC_KFRAG_LENGTH = 162;

const CAPSULE = [
  ["e", 33],
  ["v", 33],
  ["s", 32],
] as const;

/** 359 bytes in all. */
const CFRAG = [
  ["e1", 33],
  ["v1", 33],
  ["id", 32],
  ["precursor", 33],
  ["e2", 33],
  ["v2", 33],
  ["u1", 33],
  ["u2", 33],
  ["z", 32],
  ["receiverSignature", 64],
] as const;

/** The parts of a capsule: what an encryptor made. */
export type CapsuleParts = Readonly<Record<(typeof CAPSULE)[number][0], Uint8Array>>;

/** The parts of a re-encryption: id, precursor, u1 and receiverSignature are the owner's, the others the node's. */
export type CfragParts = Readonly<Record<(typeof CFRAG)[number][0], Uint8Array>>;

/** @returns undefined unless there are 98 bytes @throws {VerifierError} `BAD_ARGUMENT` */
export const splitCapsule = (bytes: Uint8Array): CapsuleParts | undefined =>
  split(checkBytes("capsule", bytes), CAPSULE);

/** @returns undefined unless there are 359 bytes @throws {VerifierError} `BAD_ARGUMENT` */
export const splitCfrag = (bytes: Uint8Array): CfragParts | undefined => split(checkBytes("cfrag", bytes), CFRAG);

/** Where a part of a re-encryption begins, and how long it is. */
export function placeOf(part: keyof CfragParts): { readonly offset: number; readonly length: number } {
  let offset = 0;
  for (const [name, length] of CFRAG) {
    if (name === part) return { offset, length };
    offset += length;
  }
  return { offset, length: 0 };
}

function split<Name extends string>(
  bytes: Uint8Array,
  layout: readonly (readonly [Name, number])[],
): Readonly<Record<Name, Uint8Array>> | undefined {
  const parts: Partial<Record<Name, Uint8Array>> = {};
  let offset = 0;
  for (const [name, length] of layout) parts[name] = bytes.subarray(offset, (offset += length));
  return offset === bytes.length ? (parts as Record<Name, Uint8Array>) : undefined;
}
