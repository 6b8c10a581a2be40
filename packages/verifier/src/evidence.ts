import { evidenceOfAnswer, evidenceOfKey, kfragHash, type KfragParts, receiptFor } from "@nkms/protocol";
import { concat, getBytes, hexlify } from "ethers";

import { type Answer, type Assignment, liableFor, policyOf, same } from "./answer.js";
import { checkAnswer } from "./checkAnswer.js";
import { type Hint, ORDER, readPoint, U } from "./curve.js";
import { VerifierError } from "./errors.js";
import { type Hints, hintsOf, NO_HINT } from "./hints.js";
import { PUBLIC_KFRAG_LENGTH } from "./layout.js";
import type { AnswerFault, Verdict } from "./verdict.js";

/** A wrong answer that its operator signed, with all that `revealWrongAnswer` takes. */
export interface AnswerEvidence {
  readonly kind: "wrongAnswer";
  readonly answer: Answer;
  /** The policy's id. */
  readonly policy: string;
  readonly fault: AnswerFault;
  /** The y coordinate of the capsule's V. */
  readonly capsuleY: bigint;
  /** Of the equation that fails; zeros for another fault. */
  readonly hint: Hint;
  /** Of all three equations, for the contract's view `checkAnswer`. */
  readonly fullHints: Hints["equations"];
  /** What a commitment binds: 32 bytes, hex. */
  readonly evidence: string;
}

/** The secret of a key fragment, with all that `revealLeakedKey` takes. A secret until it is revealed. */
export interface LeakEvidence {
  readonly kind: "leakedKey";
  readonly assignment: Assignment;
  readonly policy: string;
  /** rk. */
  readonly secret: bigint;
  /** The y coordinate of U1. */
  readonly commitmentY: bigint;
  /** id, precursor, U1, receiver signature: 162 bytes. */
  readonly kfrag: Uint8Array;
  readonly evidence: string;
}

/** What a challenger can bring to the chain. */
export type Evidence = AnswerEvidence | LeakEvidence;

const EQUATIONS: readonly AnswerFault[] = ["EquationE", "EquationV", "EquationU"];

/**
 * Turns a wrong answer into what the chain is shown.
 * @param verdict by default worked out here; it must be the answer's
 * @throws {VerifierError} `NO_FAULT` if the answer isn't wrong, or not in this way; as {@link checkAnswer}
 * @example const evidence = makeEvidence(answer);
 */
export function makeEvidence(answer: Answer, verdict?: Verdict): AnswerEvidence {
  const found = checkAnswer(answer);
  if (found.kind !== "fault") throw new VerifierError("NO_FAULT", "answer", "a wrong answer", found.kind);
  if (verdict && (verdict.kind !== "fault" || verdict.fault !== found.fault)) {
    throw new VerifierError("NO_FAULT", "verdict", `that of the answer, ${found.fault}`, nameOf(verdict));
  }
  const { capsuleY, equations } = hintsOf(answer);
  const { index, domain, capsule, cfrag, receipt } = answer;
  const policy = policyOf(answer);
  return {
    kind: "wrongAnswer",
    answer,
    policy,
    fault: found.fault,
    capsuleY,
    hint: equations[EQUATIONS.indexOf(found.fault)] ?? NO_HINT,
    fullHints: equations,
    evidence: evidenceOfAnswer(receiptFor(policy, index, capsule, cfrag), hexlify(receipt), domain),
  };
}

/**
 * Turns the secret of a key fragment into what the chain is shown.
 * @param secret rk, from wherever it got out
 * @param kfrag the fragment's public parts, or their 162 bytes: they need no verification, the terms name them
 * @throws {VerifierError} `OTHER_KFRAG` if the terms name another fragment for the arrangement; `OTHER_SECRET` if the
 * secret isn't this fragment's; `BAD_ARGUMENT` for bytes of another length, and what isn't a bigint; as {@link liableFor}
 * @example const evidence = makeLeakEvidence({ terms, index, domain }, secret, publicKfragOf(cfrag));
 */
export function makeLeakEvidence(assignment: Assignment, secret: bigint, kfrag: KfragParts | Uint8Array): LeakEvidence {
  if (typeof secret !== "bigint") throw new VerifierError("BAD_ARGUMENT", "secret", "a bigint", "something else");
  const parts = kfrag instanceof Uint8Array ? splitPublicKfrag(kfrag) : kfrag;
  const [hash, needed] = [kfragHash(parts), liableFor(assignment).kfragHash];
  if (!same(hash, needed)) throw new VerifierError("OTHER_KFRAG", "kfrag", `the one with hash ${needed}`, hash);
  const commitment = readPoint(parts.commitment);
  if (secret < 1n || secret >= ORDER || !commitment || !U.multiply(secret).equals(commitment)) {
    throw new VerifierError("OTHER_SECRET", "secret", "the fragment's, with secret u = U1", "another");
  }
  return {
    kind: "leakedKey",
    assignment,
    policy: policyOf(assignment),
    secret,
    commitmentY: commitment.toAffine().y,
    kfrag: getBytes(concat([parts.id, parts.precursor, parts.commitment, parts.receiverSignature])),
    evidence: evidenceOfKey(secret),
  };
}

/** Which arrangement the evidence is against. */
export const assignmentOf = (evidence: Evidence): Assignment =>
  evidence.kind === "wrongAnswer" ? evidence.answer : evidence.assignment;

function splitPublicKfrag(bytes: Uint8Array): KfragParts {
  if (bytes.length !== PUBLIC_KFRAG_LENGTH) {
    throw new VerifierError("BAD_ARGUMENT", "kfrag", `${PUBLIC_KFRAG_LENGTH} bytes`, String(bytes.length));
  }
  return {
    id: bytes.subarray(0, 32),
    precursor: bytes.subarray(32, 65),
    commitment: bytes.subarray(65, 98),
    receiverSignature: bytes.subarray(98),
  };
}

const nameOf = (verdict: Verdict): string => (verdict.kind === "fault" ? verdict.fault : verdict.kind);
