import type { FaultName } from "@nkms/protocol";

/** What is wrong with an answer, in the order in which it is looked for. */
export type AnswerFault = Exclude<FaultName, "None" | "Leak">;

/** Why nothing can be said against a node, and nothing for it. */
export type RefusalReason =
  /** There is no receipt. */
  | "NO_RECEIPT"
  /** The receipt isn't 65 bytes with r and s in range, s in the lower half, v 27 or 28. */
  | "NOT_A_SIGNATURE"
  /** Somebody else signed, or the operator signed something else. */
  | "OTHER_SIGNER"
  /** The capsule isn't 98 bytes of two points with x < n and a scalar that fit together. */
  | "BAD_CAPSULE"
  /** Everything else is right, but U1, which the owner chose, isn't a point with x < n. */
  | "BAD_COMMITMENT";

/**
 * The result of a check.
 * - `honest`: the operator signed it and it is right.
 * - `fault`: the operator signed it and it is wrong, as anybody can prove on chain.
 * - `refused`: nothing follows from it. Whoever asked treats it as no answer.
 */
export type Verdict =
  | { readonly kind: "honest" }
  | { readonly kind: "fault"; readonly fault: AnswerFault }
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail: string };

const POINT = "is not a point of the curve with x below n in 33 bytes, 02 or 03 first";

const FAULTS: Readonly<Record<AnswerFault, string>> = {
  Length: "it has not 359 bytes",
  PointE1: `E1 ${POINT}`,
  PointV1: `V1 ${POINT}`,
  PointE2: `E2 ${POINT}`,
  PointV2: `V2 ${POINT}`,
  PointU2: `U2 ${POINT}`,
  ScalarZ: "z is 0, or n or more",
  Kfrag: "it was made with another key fragment than the arrangement's, or says so",
  EquationE: "z E is not E2 + h E1: E1 is not E re-encrypted, or the proof is wrong",
  EquationV: "z V is not V2 + h V1: V1 is not V re-encrypted, or the proof is wrong",
  EquationU: "z u is not U2 + h U1: the proof is wrong",
};

/**
 * A verdict in words: one sentence.
 * @example console.log(describeVerdict(checkAnswer(answer)));
 */
export function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case "honest":
      return "Honest: the operator signed this answer and it is right.";
    case "fault":
      return `Wrong (${verdict.fault}): the operator signed this answer and ${FAULTS[verdict.fault]}. That can be proven on chain.`;
    case "refused":
      return `Refused (${verdict.reason}): ${verdict.detail}. Nothing can be proven with it.`;
  }
}
