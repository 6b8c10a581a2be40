import { type Arrangement, kfragHash } from "@nkms/protocol";
import { shown } from "@nkms/protocol/json";
import {
  type Capsule,
  encrypt,
  generateKFrags,
  KeyFrag,
  MAX_SHARES,
  SecretKey,
  Signer,
  type VerifiedKeyFrag,
} from "@nkms/umbral";
import { hexlify } from "ethers";

import { type Answer, liableFor, same } from "./answer.js";
import { checkAnswer, readCapsule } from "./checkAnswer.js";
import { Scalars, toNumber } from "./curve.js";
import { VerifierError } from "./errors.js";
import { type AnswerEvidence, makeEvidence } from "./evidence.js";
import { splitCfrag } from "./layout.js";
import type { Verdict } from "./verdict.js";

/** The most capsules that one pack holds. */
export const MAX_PACK_CAPSULES = 1_000;

/** How large a pack is to be. */
export interface PackSize {
  /** Capsules to ask for, 1 to {@link MAX_PACK_CAPSULES}. */
  readonly capsules: number;
  /** Key fragments, one for each miner, 1 to 255. */
  readonly shares: number;
  /** As of any policy, 1 to `shares`: it makes the fragments look like others. */
  readonly threshold: number;
}

/** What a node must answer to a capsule with a key fragment. Compressed points. */
export interface Expected {
  /** E1 = rk E. */
  readonly e1: Uint8Array;
  /** V1 = rk V. */
  readonly v1: Uint8Array;
}

/**
 * The keys of a policy that nobody's data depends on, with capsules whose answers are known. To miners and on chain it
 * looks like any other. Its keys are throw-away: they protect nothing. It is a secret all the same until it has been
 * used: who has it can tell its questions from a reader's, and its fragments can be shown as leaked keys.
 */
export interface Pack {
  /** The keys of the owner who encrypts, of the one who signs, and of the reader; 32 bytes each. */
  readonly keys: { readonly delegating: Uint8Array; readonly signing: Uint8Array; readonly receiving: Uint8Array };
  readonly threshold: number;
  /** To be given to miners, 310 bytes each: `KeyFrag.fromBytes` of @nkms/umbral. */
  readonly kfrags: readonly Uint8Array[];
  /** To be asked, 98 bytes each. */
  readonly capsules: readonly Uint8Array[];
  /** `expected[i][j]`: the answer to capsule j with fragment i. */
  readonly expected: readonly (readonly Expected[])[];
}

/** What came of one answer to a pack. */
export type PackVerdict = Verdict | { readonly kind: "foreign"; readonly detail: string };

/** What came of a pack. */
export interface PackResult {
  /** In the order of the answers. */
  readonly verdicts: readonly PackVerdict[];
  /** The first answer that is wrong: its place, and the evidence. */
  readonly wrong?: { readonly position: number; readonly evidence: AnswerEvidence };
  /** Questions without a right answer: fragment i, capsule j. */
  readonly unanswered: readonly (readonly [kfrag: number, capsule: number])[];
}

/**
 * Makes a pack, with new keys.
 * @throws {VerifierError} `BAD_ARGUMENT`
 * @example writeNewSecretFile("pack.json", formatPack(makePack({ capsules: 20, shares: 3, threshold: 2 })));
 */
export function makePack({ capsules: count, shares, threshold }: PackSize): Pack {
  checkCount("capsules", count, MAX_PACK_CAPSULES);
  checkCount("shares", shares, MAX_SHARES);
  checkCount("threshold", threshold, shares);
  const [delegating, signing, receiving] = [SecretKey.random(), SecretKey.random(), SecretKey.random()];
  const owner = new Signer(signing);
  const kfrags = generateKFrags(delegating, receiving.publicKey(), owner, threshold, shares, true, true);
  const capsules = Array.from({ length: count }, () => encrypt(delegating.publicKey(), new Uint8Array())[0]);
  return {
    keys: {
      delegating: delegating.toBEBytes(),
      signing: signing.toBEBytes(),
      receiving: receiving.toBEBytes(),
    },
    threshold,
    kfrags: kfrags.map((kfrag) => kfrag.toBytes()),
    capsules: capsules.map((capsule) => capsule.toBytesSimple()),
    expected: kfrags.map((kfrag) => capsules.map((capsule) => expectedOf(kfrag, capsule))),
  };
}

/**
 * The hash under which fragment `i` of a pack stands in a policy's terms.
 * @throws {VerifierError} `BAD_ARGUMENT` without such a fragment
 */
export function packKfragHash(pack: Pack, i: number): Arrangement["kfragHash"] {
  const bytes = Number.isInteger(i) ? pack.kfrags[i] : undefined;
  if (!bytes) throw new VerifierError("BAD_ARGUMENT", "i", `0 .. ${pack.kfrags.length - 1}`, shown(i));
  return hashOf(KeyFrag.fromBytes(bytes));
}

/**
 * Checks answers to a pack: each as any other, and the right ones against what is expected.
 * @throws {VerifierError} `IMPOSSIBLE` if an answer satisfies all equations and is not the expected one: the pack was
 * changed, or discrete logarithms are no longer hard; as {@link checkAnswer}
 */
export function checkPack(pack: Pack, answers: readonly Answer[]): PackResult {
  const kfrags = pack.kfrags.map((_, i) => packKfragHash(pack, i));
  const capsules = pack.capsules.map((capsule) => hexlify(capsule));
  const open = new Set(kfrags.flatMap((_, i) => capsules.map((__, j) => `${i} ${j}`)));
  let wrong: PackResult["wrong"];
  const verdicts = answers.map((answer, position): PackVerdict => {
    const verdict = checkAnswer(answer);
    const i = kfrags.findIndex((hash) => same(hash, liableFor(answer).kfragHash));
    const j = capsules.indexOf(hexlify(answer.capsule));
    if (i < 0) return { kind: "foreign", detail: "its arrangement has no key fragment of this pack" };
    if (j < 0) return { kind: "foreign", detail: "its capsule is not of this pack" };
    if (verdict.kind === "fault") wrong ??= { position, evidence: makeEvidence(answer, verdict) };
    if (verdict.kind === "honest") {
      compare(`answers[${position}]`, answer.cfrag, pack.expected[i]?.[j]);
      open.delete(`${i} ${j}`);
    }
    return verdict;
  });
  const unanswered = [...open].map((key) => key.split(" ").map(Number) as unknown as readonly [number, number]);
  return { verdicts, unanswered, ...(wrong && { wrong }) };
}

function compare(argument: string, cfrag: Uint8Array, expected: Expected | undefined): void {
  const parts = splitCfrag(cfrag);
  const equal =
    parts && expected && hexlify(parts.e1) === hexlify(expected.e1) && hexlify(parts.v1) === hexlify(expected.v1);
  if (equal) return;
  throw new VerifierError("IMPOSSIBLE", argument, "the pack's E1 and V1, as all equations hold", "others");
}

/** rk times E and V. */
function expectedOf(kfrag: VerifiedKeyFrag, capsule: Capsule): Expected {
  const points = readCapsule(capsule.toBytesSimple());
  if (typeof points === "string") throw new VerifierError("IMPOSSIBLE", "capsule", "a valid one", points);
  const secret = secretOf(kfrag.toBytes());
  return { e1: points.e.multiply(secret).toBytes(), v1: points.v.multiply(secret).toBytes() };
}

/** rk, from the 310 bytes of a key fragment: see `KeyFrag.fromBytes` of @nkms/umbral for where it stands. */
export function secretOf(kfrag: Uint8Array): bigint {
  return Scalars.create(toNumber(kfrag.subarray(SECRET_OFFSET, SECRET_OFFSET + 32)));
}

/** Behind `95 91 c4 21 u c4 20 id c4 20`. */
const SECRET_OFFSET = 4 + 33 + 2 + 32 + 2;

function hashOf({ id, precursor, proof }: KeyFrag): string {
  const [commitment, receiverSignature] = [proof.commitment.toBytes(), proof.signatureForReceiver.toBEBytes()];
  return kfragHash({ id, precursor: precursor.toBytes(), commitment, receiverSignature });
}

function checkCount(argument: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new VerifierError("BAD_ARGUMENT", argument, `an integer in 1 .. ${most}`, shown(value));
}
