import { kfragHash, receiptFor, receiptTypedData, signerOf } from "@nkms/protocol";
import { hexlify } from "ethers";

import { type Answer, liableFor, policyOf, same } from "./answer.js";
import { checkBytes } from "./checks.js";
import { equationHolds, G, ORDER, type Point, readPoint, toNumber, U } from "./curve.js";
import { capsuleHash, proofHash } from "./hashing.js";
import { CAPSULE_LENGTH, type CapsuleParts, type CfragParts, splitCapsule, splitCfrag } from "./layout.js";
import type { AnswerFault, RefusalReason, Verdict } from "./verdict.js";

/** A capsule that is valid. */
export interface GoodCapsule {
  readonly e: Point;
  readonly v: Point;
  readonly parts: CapsuleParts;
}

/**
 * Checks an answer in full, as the challenge manager does: the receipt, the capsule, the form of what the node computed,
 * its key fragment, and the three equations. The first fault in this order is the verdict. Every byte string has one.
 *
 * @throws {VerifierError} `NO_ARRANGEMENT`, `BAD_ARGUMENT`, for what isn't the node's: see {@link liableFor}
 * @throws {ProtocolError} `BAD_ARGUMENT` for terms that can't be encoded
 * @example
 * const verdict = checkAnswer({ terms, index: 0n, domain, capsule, cfrag, receipt });
 * if (verdict.kind === "fault") writeEvidence(makeEvidence(answer, verdict));
 */
export function checkAnswer(answer: Answer): Verdict {
  const { operator, kfragHash: needed } = liableFor(answer);
  const unsigned = checkReceipt(answer, operator);
  if (unsigned) return unsigned;
  const capsule = readCapsule(answer.capsule);
  if (typeof capsule === "string") return refused("BAD_CAPSULE", capsule);
  return checkCfrag(answer, capsule, needed);
}

/**
 * Reads a capsule as the contract does.
 * @returns in words what is wrong with it, if something is
 */
export function readCapsule(bytes: Uint8Array): GoodCapsule | string {
  const parts = splitCapsule(bytes);
  if (!parts) return `the capsule has ${bytes.length} bytes, not ${CAPSULE_LENGTH}`;
  const [e, v, s] = [readPoint(parts.e), readPoint(parts.v), toNumber(parts.s)];
  if (!e) return "the capsule's E is not a point that the contract can check";
  if (!v) return "the capsule's V is not a point that the contract can check";
  if (s === 0n || s >= ORDER) return "the capsule's s is 0, or n or more";
  if (!equationHolds(s, capsuleHash(parts), G, e, v)) return "the capsule's parts don't belong together";
  return { e, v, parts };
}

function checkReceipt(answer: Answer, operator: string): Verdict | undefined {
  const { index, domain, capsule, cfrag, receipt } = answer;
  if (checkBytes("receipt", receipt).length === 0) return refused("NO_RECEIPT", "it has no receipt");
  const message = receiptFor(policyOf(answer), index, capsule, cfrag);
  const signer = signerOf(receiptTypedData(message, domain), hexlify(receipt));
  if (signer === undefined) {
    const detail = "its receipt is not a signature: 65 bytes, s in the lower half, v 27 or 28";
    return refused("NOT_A_SIGNATURE", detail);
  }
  if (same(signer, operator)) return undefined;
  const detail = `its receipt is not one by ${operator} for this policy, arrangement, capsule and cfrag, but leads to ${signer}`;
  return refused("OTHER_SIGNER", detail);
}

/** What the node computed, the key fragment, and the equations. */
function checkCfrag(answer: Answer, { e, v, parts: asked }: GoodCapsule, needed: string): Verdict {
  const parts = splitCfrag(answer.cfrag);
  if (!parts) return fault("Length");
  const [e1, v1, e2, v2, u2] = [parts.e1, parts.v1, parts.e2, parts.v2, parts.u2].map(readPoint);
  if (!e1) return fault("PointE1");
  if (!v1) return fault("PointV1");
  if (!e2) return fault("PointE2");
  if (!v2) return fault("PointV2");
  if (!u2) return fault("PointU2");
  const z = toNumber(parts.z);
  if (z === 0n || z >= ORDER) return fault("ScalarZ");
  if (!same(kfragHashOf(parts), needed)) return fault("Kfrag");

  const h = proofHash(asked, parts);
  if (!equationHolds(z, h, e, e1, e2)) return fault("EquationE");
  if (!equationHolds(z, h, v, v1, v2)) return fault("EquationV");
  const u1 = readPoint(parts.u1);
  if (!u1)
    return refused(
      "BAD_COMMITMENT",
      "the arrangement's U1, which the owner chose, is not a point that the contract can check",
    );
  return equationHolds(z, h, U, u1, u2) ? { kind: "honest" } : fault("EquationU");
}

const kfragHashOf = ({ id, precursor, u1, receiverSignature }: CfragParts): string =>
  kfragHash({ id, precursor, commitment: u1, receiverSignature });

const fault = (name: AnswerFault): Verdict => ({ kind: "fault", fault: name });

const refused = (reason: RefusalReason, detail: string): Verdict => ({ kind: "refused", reason, detail });
