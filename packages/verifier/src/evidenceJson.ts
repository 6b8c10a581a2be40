import { isDeepStrictEqual } from "node:util";

import { hexlify } from "ethers";

import { answerToJson, assignmentToJson, formatJson, readAnswer, readAssignment } from "./answerJson.js";
import { VerifierError } from "./errors.js";
import { type Evidence, makeEvidence, makeLeakEvidence } from "./evidence.js";
import { Fields, parseJson } from "./json.js";
import { PUBLIC_KFRAG_LENGTH } from "./layout.js";

const KINDS = ["wrongAnswer", "leakedKey"] as const;

/**
 * Writes evidence to be kept until it is revealed. Whoever reads it can be faster: keep it secret.
 * @returns JSON, indented, with a line break at its end
 */
export function formatEvidence(evidence: Evidence): string {
  const { kind, policy } = evidence;
  if (evidence.kind === "leakedKey") {
    const { assignment, secret, kfrag } = evidence;
    return formatJson({
      kind,
      policy,
      evidence: evidence.evidence,
      secret: String(secret),
      kfrag: hexlify(kfrag),
      ...assignmentToJson(assignment),
    });
  }
  const { fault, capsuleY, hint, fullHints, answer } = evidence;
  return formatJson({
    kind,
    policy,
    evidence: evidence.evidence,
    fault,
    capsuleY: String(capsuleY),
    hint: hint.map(String),
    fullHints: fullHints.map((one) => one.map(String)),
    answer: answerToJson(answer),
  });
}

/**
 * Reads what {@link formatEvidence} wrote, and works all of it out again: a file that was changed is refused.
 * @throws {VerifierError} `BAD_JSON`, `BAD_FIELD`; `OTHER_EVIDENCE` if the file says something else than its own answer
 * shows; as {@link makeEvidence} or {@link makeLeakEvidence}
 */
export function parseEvidence(text: string): Evidence {
  const value = parseJson("evidence", text);
  const evidence = read(value);
  // Compared as values: one that is nested without end is no text.
  if (isDeepStrictEqual(JSON.parse(formatEvidence(evidence)), value)) return evidence;
  throw new VerifierError("OTHER_EVIDENCE", "evidence", "what its own answer or secret shows", "something else");
}

function read(value: unknown): Evidence {
  const isObject = typeof value === "object" && value !== null && "kind" in value;
  const kind = new Fields("evidence", { kind: isObject ? value.kind : undefined }, ["kind"]).word("kind", KINDS);
  if (kind === "wrongAnswer") {
    const names = ["kind", "policy", "evidence", "fault", "capsuleY", "hint", "fullHints", "answer"];
    return makeEvidence(readAnswer("evidence.answer", new Fields("evidence", value, names).raw("answer")));
  }
  const names = ["kind", "policy", "evidence", "secret", "kfrag", "terms", "index", "domain"];
  const fields = new Fields("evidence", value, names, ["tookOver"]);
  return makeLeakEvidence(
    readAssignment(fields),
    fields.secretUint("secret"),
    fields.bytes("kfrag", PUBLIC_KFRAG_LENGTH),
  );
}
