import { VerifierError } from "./errors.js";
import type { Answer } from "./answer.js";
import { readCapsule } from "./checkAnswer.js";
import { type Hint, hintFor, readPoint } from "./curve.js";
import { proofHash } from "./hashing.js";
import { splitCfrag } from "./layout.js";

/** What the contract is told besides the answer, because it can't work it out cheaply. */
export interface Hints {
  /** The y coordinate of the capsule's V. */
  readonly capsuleY: bigint;
  /** For the equations E, V and U; zeros where a point is malformed, so that another fault comes first. */
  readonly equations: readonly [e: Hint, v: Hint, u: Hint];
}

/** Where no hint is needed. */
export const NO_HINT: Hint = [0n, 0n, 0n];

/**
 * The hints for the contract's `checkAnswer`, for right and wrong answers alike.
 * @throws {VerifierError} `BAD_ARGUMENT` for a capsule that isn't valid: the contract refuses it whatever the hints;
 * `NO_HINT` for an answer that breaks the hash
 */
export function hintsOf({ capsule, cfrag }: Pick<Answer, "capsule" | "cfrag">): Hints {
  const asked = readCapsule(capsule);
  if (typeof asked === "string") throw new VerifierError("BAD_ARGUMENT", "capsule", "a valid one", asked);
  const capsuleY = asked.v.toAffine().y;
  const parts = splitCfrag(cfrag);
  if (!parts) return { capsuleY, equations: [NO_HINT, NO_HINT, NO_HINT] };

  const h = proofHash(asked.parts, parts);
  const hint = (first: Uint8Array, second: Uint8Array): Hint => {
    const [x1, x2] = [readPoint(first), readPoint(second)];
    return x1 && x2 ? hintFor(h, x1, x2) : NO_HINT;
  };
  return { capsuleY, equations: [hint(parts.e1, parts.e2), hint(parts.v1, parts.v2), hint(parts.u1, parts.u2)] };
}
