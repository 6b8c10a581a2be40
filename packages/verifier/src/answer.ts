import { type Arrangement, type PolicyDomain, policyId, type Terms } from "@nkms/protocol";
import { shown } from "@nkms/protocol/json";

import { VerifierError } from "./errors.js";

/** Which arrangement of which policy was asked. */
export interface Assignment {
  readonly terms: Terms;
  /** The arrangement's. */
  readonly index: bigint;
  /** The policy manager's: see `policyDomain` of @nkms/protocol. */
  readonly domain: PolicyDomain;
  /** Of an arrangement behind the terms' own, which took over from one of them: as `standingOf` of the contract says. */
  readonly tookOver?: Liable;
}

/** Who answers with which key fragment. */
export type Liable = Pick<Arrangement, "operator" | "kfragHash">;

/** One re-encryption that a node served. The bytes are as they came: nothing about them has been checked. */
export interface Answer extends Assignment {
  /** What was asked: 98 bytes, if it is a capsule. */
  readonly capsule: Uint8Array;
  /** What was sent: 359 bytes, if it is a re-encryption. */
  readonly cfrag: Uint8Array;
  /** The operator's signature over both: 65 bytes, if it is one. */
  readonly receipt: Uint8Array;
}

/**
 * The operator that must have signed, and the hash of the key fragment that must have been used.
 * @throws {VerifierError} `NO_ARRANGEMENT` for an index behind the terms' own without `tookOver`; `BAD_ARGUMENT` for a
 * `tookOver` that contradicts the terms, and an index that isn't a bigint
 */
export function liableFor({ terms, index, tookOver }: Assignment): Liable {
  if (typeof index !== "bigint") throw new VerifierError("BAD_ARGUMENT", "index", "a bigint", shown(index));
  const own = index < BigInt(terms.arrangements.length) ? terms.arrangements[Number(index)] : undefined;
  const liable = own ?? tookOver;
  if (!liable) {
    const expected = `0 .. ${terms.arrangements.length - 1}, or tookOver for one that took over`;
    throw new VerifierError("NO_ARRANGEMENT", "index", expected, String(index));
  }
  if (own && tookOver && (!same(own.operator, tookOver.operator) || !same(own.kfragHash, tookOver.kfragHash))) {
    throw new VerifierError("BAD_ARGUMENT", "tookOver", `what the terms say of arrangement ${index}`, "something else");
  }
  return liable;
}

/** The id of the policy that was asked. */
export const policyOf = ({ terms, domain }: Assignment): string => policyId(terms, domain);

/** Whether two strings of hex say the same. */
export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
