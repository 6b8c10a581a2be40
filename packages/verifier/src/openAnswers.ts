import { type Capsule, CapsuleFrag, type PublicKey, UmbralError, type VerifiedCapsuleFrag } from "@nkms/umbral";
import { hexlify } from "ethers";

import type { Answer } from "./answer.js";
import { checkAnswer } from "./checkAnswer.js";
import { describeVerdict, type Verdict } from "./verdict.js";

/** The keys that a reader knows from the owner. */
export interface ReaderKeys {
  /** The owner signs key fragments with it. */
  readonly verifyingPk: PublicKey;
  /** Messages are encrypted to it. */
  readonly delegatingPk: PublicKey;
  /** The reader's own. */
  readonly receivingPk: PublicKey;
}

/** Why a reader can't use an answer. */
export type UnusedReason =
  /** The node is at fault: `makeEvidence` makes the evidence. */
  | "FAULT"
  /** The answer has no valid receipt, or can't be judged. */
  | "REFUSED"
  /** It answers another question. */
  | "OTHER_CAPSULE"
  /** There is one of the same key fragment already. */
  | "DUPLICATE"
  /** The node did what it was told, but what the owner gave it is not a key fragment for these keys. */
  | "OWNER";

/** An answer that a reader can't use. */
export interface UnusedAnswer {
  readonly answer: Answer;
  /** Its place in what was given. */
  readonly position: number;
  readonly reason: UnusedReason;
  /** One sentence. */
  readonly words: string;
  readonly verdict: Verdict;
}

/** What a reader gets of answers. */
export interface OpenedAnswers {
  /** For `decryptReencrypted` of @nkms/umbral. */
  readonly cfrags: VerifiedCapsuleFrag[];
  readonly unused: UnusedAnswer[];
}

/**
 * Sorts answers: those that a reader can decrypt with, and the others with the reason. An answer without a valid receipt
 * is no answer, however right it is: a node that gets away without one could lie without risk the next time.
 * @param capsule that was asked
 * @throws {VerifierError} as {@link checkAnswer}
 * @example
 * const { cfrags, unused } = openAnswers(capsule, answers, { verifyingPk, delegatingPk, receivingPk });
 * const plaintext = decryptReencrypted(receivingSk, delegatingPk, capsule, cfrags, ciphertext);
 */
export function openAnswers(capsule: Capsule, answers: readonly Answer[], keys: ReaderKeys): OpenedAnswers {
  const opened: OpenedAnswers = { cfrags: [], unused: [] };
  const asked = hexlify(capsule.toBytesSimple());
  const ids = new Set<string>();
  for (const [position, answer] of answers.entries()) {
    const verdict = checkAnswer(answer);
    const leaveOut = (reason: UnusedReason, words: string): number =>
      opened.unused.push({ answer, position, reason, words, verdict });

    if (verdict.kind === "fault") leaveOut("FAULT", describeVerdict(verdict));
    else if (verdict.kind === "refused") leaveOut("REFUSED", describeVerdict(verdict));
    else if (hexlify(answer.capsule) !== asked) leaveOut("OTHER_CAPSULE", "It is right, for another capsule.");
    else {
      const cfrag = verified(answer.cfrag, capsule, keys);
      if (typeof cfrag === "string") leaveOut("OWNER", `The node is honest, its key fragment is not: ${cfrag}.`);
      else if (ids.has(hexlify(cfrag.unverify().id))) leaveOut("DUPLICATE", "It is there already.");
      else {
        ids.add(hexlify(cfrag.unverify().id));
        opened.cfrags.push(cfrag);
      }
    }
  }
  return opened;
}

/** @returns or, in words, what the owner did wrong */
function verified(bytes: Uint8Array, capsule: Capsule, keys: ReaderKeys): VerifiedCapsuleFrag | string {
  try {
    const cfrag = CapsuleFrag.fromBytesSimple(bytes);
    return cfrag.verify(capsule, keys.verifyingPk, keys.delegatingPk, keys.receivingPk);
  } catch (error) {
    if (error instanceof UmbralError && error.code !== "BAD_TYPE") return error.message;
    throw error;
  }
}
