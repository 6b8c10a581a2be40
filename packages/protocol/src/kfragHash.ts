import { concat, keccak256 } from "ethers";

import { checkBytes } from "./checks.js";
import { ProtocolError } from "./errors.js";

/** What the terms say about a key fragment: its public parts, as bytes. */
export interface KfragParts {
  /** The fragment's id, 32 bytes. */
  readonly id: Uint8Array;
  /** The precursor, a compressed point: 33 bytes. */
  readonly precursor: Uint8Array;
  /** U1 = rk·u, which commits to the secret rk; a compressed point: 33 bytes. */
  readonly commitment: Uint8Array;
  /** The owner's signature for the receiver, r and s: 64 bytes. */
  readonly receiverSignature: Uint8Array;
}

const LENGTHS = [
  ["id", 32],
  ["precursor", 33],
  ["commitment", 33],
  ["receiverSignature", 64],
] as const;

/**
 * The hash under which a key fragment stands in the terms: keccak256(id ‖ precursor ‖ U1 ‖ receiver signature), over 162
 * bytes. Before an operator signs, its node computes it from its own encoding of the fragment that it holds.
 * @returns 32 bytes, hex
 * @throws {ProtocolError} `BAD_LENGTH`; `BAD_ARGUMENT` for what isn't a Uint8Array
 * @example
 * const { id, precursor, proof } = KeyFrag.fromBytes(received); // of @nkms/umbral
 * kfragHash({
 *   id,
 *   precursor: precursor.toBytes(),
 *   commitment: proof.commitment.toBytes(),
 *   receiverSignature: proof.signatureForReceiver.toBEBytes(),
 * });
 */
export function kfragHash(kfrag: KfragParts): string {
  return keccak256(concat(LENGTHS.map(([part, needed]) => checkLength(`kfrag.${part}`, kfrag[part], needed))));
}

function checkLength(argument: string, bytes: Uint8Array, needed: number): Uint8Array {
  const { length } = checkBytes(argument, bytes);
  if (length === needed) return bytes;
  const values = { length: BigInt(length), needed: BigInt(needed) };
  throw new ProtocolError("BAD_LENGTH", argument, `${needed} bytes`, String(length), values);
}
