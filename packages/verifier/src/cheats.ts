/**
 * What nodes could do instead of re-encrypting, for tests and demonstrations: nothing here is of use to an honest one.
 * Each cheat is given a real, verified key fragment and the operator's key, and returns a signed answer.
 * @module
 */
import { type PolicyDomain, receiptFor, receiptTypedData, type Terms } from "@nkms/protocol";
import { type Capsule, reencrypt, type VerifiedKeyFrag } from "@nkms/umbral";
import { concat, getBytes, hexlify, randomBytes, Signature, type Signer, toBeHex } from "ethers";

import { type Answer, type Assignment, policyOf } from "./answer.js";
import { G, ORDER, type Point, PRIME, readPoint, Scalars, toNumber, U } from "./curve.js";
import { proofHash } from "./hashing.js";
import { type CfragParts, placeOf, splitCapsule, splitCfrag } from "./layout.js";
import { secretOf } from "./pack.js";
import type { AnswerFault, RefusalReason } from "./verdict.js";

/** A node that could answer honestly. */
export interface Scene {
  readonly terms: Terms;
  readonly index: bigint;
  readonly domain: PolicyDomain;
  readonly tookOver?: NonNullable<Assignment["tookOver"]>;
  /** What it was given for this arrangement. */
  readonly kfrag: VerifiedKeyFrag;
  /** What it is asked. */
  readonly capsule: Capsule;
  /** Its key. */
  readonly operator: Pick<Signer, "signTypedData">;
}

/** One way to cheat, and what comes of it. */
export interface Cheat {
  /** What the node does, in a few words. */
  readonly words: string;
  /** The fault that it is guilty of; a reason: a reader refuses the answer, but nothing is proven. */
  readonly leadsTo: AnswerFault | RefusalReason;
  readonly answer: (scene: Scene) => Promise<Answer>;
}

/** The right answer. */
export function answerHonestly(scene: Scene): Promise<Answer> {
  return sign(scene, reencrypt(scene.capsule, scene.kfrag).toBytesSimple());
}

/**
 * Two right answers with the same t, which give the key fragment's secret to whoever has both.
 * @param other a second capsule
 */
export async function reuseRandomness(scene: Scene, other: Capsule): Promise<[Answer, Answer]> {
  const t = randomScalar();
  return [
    await sign(scene, reencryptByHand(scene, { t })),
    await sign({ ...scene, capsule: other }, reencryptByHand({ ...scene, capsule: other }, { t })),
  ];
}

/**
 * The right answer with another key fragment, such as that of another miner of the policy.
 * @param other the fragment
 */
export function useOtherFragment(scene: Scene, other: VerifiedKeyFrag): Promise<Answer> {
  return sign(scene, reencrypt(scene.capsule, other).toBytesSimple());
}

/**
 * The right answer to another capsule.
 * @param other the capsule that is answered
 */
export function answerOtherCapsule(scene: Scene, other: Capsule): Promise<Answer> {
  return sign(scene, reencrypt(other, scene.kfrag).toBytesSimple());
}

/** Signs any bytes as the answer. */
export async function sign(scene: Scene, cfrag: Uint8Array): Promise<Answer> {
  const capsule = scene.capsule.toBytesSimple();
  return { ...assignmentOf(scene), capsule, cfrag, receipt: await receipt(scene, { cfrag }) };
}

/** The answer with one part of the re-encryption replaced, signed. */
export function replace(scene: Scene, part: keyof CfragParts, by: Uint8Array): Promise<Answer> {
  const cfrag = reencrypt(scene.capsule, scene.kfrag).toBytesSimple();
  cfrag.set(by, placeOf(part).offset);
  return sign(scene, cfrag);
}

/** Everything a node could try alone, by name. */
export const cheats: Readonly<Record<string, Cheat>> = {
  randomPoints: {
    words: "sends random points and a random z",
    leadsTo: "EquationE",
    answer: (scene) => {
      const points = Object.fromEntries(NODE_POINTS.map((name) => [name, randomPoint().toBytes()]));
      return sign(scene, assemble({ ...honestParts(scene), ...points, z: wordBytes(randomScalar()) }));
    },
  },
  wrongE1: single("EquationE", "re-encrypts E with another secret", "e1"),
  wrongV1: single("EquationV", "re-encrypts V with another secret", "v1"),
  brokenE: single("EquationE", "breaks the proof for E alone", "e2"),
  brokenV: single("EquationV", "breaks the proof for V alone", "v2"),
  brokenU: single("EquationU", "breaks the proof for u alone", "u2"),
  otherSecret: {
    words: "re-encrypts with a secret of its own and proves that well",
    leadsTo: "EquationU",
    answer: (scene) => sign(scene, reencryptByHand(scene, { secret: randomScalar() })),
  },
  otherZ: {
    words: "sends another z",
    leadsTo: "EquationE",
    answer: (scene) => replace(scene, "z", wordBytes(randomScalar())),
  },
  zeroZ: { words: "sends z = 0", leadsTo: "ScalarZ", answer: (scene) => replace(scene, "z", new Uint8Array(32)) },
  orderZ: { words: "sends z = n", leadsTo: "ScalarZ", answer: (scene) => replace(scene, "z", wordBytes(ORDER)) },
  largeZ: {
    words: "sends z = 2^256 - 1",
    leadsTo: "ScalarZ",
    answer: (scene) => replace(scene, "z", wordBytes(2n ** 256n - 1n)),
  },
  ...malformed("PointE1", "e1"),
  ...malformed("PointV1", "v1"),
  ...malformed("PointE2", "e2"),
  ...malformed("PointV2", "v2"),
  ...malformed("PointU2", "u2"),
  noBytes: {
    words: "sends nothing, and signs that",
    leadsTo: "Length",
    answer: (scene) => sign(scene, new Uint8Array()),
  },
  shortBytes: {
    words: "leaves out the last byte",
    leadsTo: "Length",
    answer: (scene) => sign(scene, assemble(honestParts(scene)).slice(0, -1)),
  },
  longBytes: {
    words: "appends a byte",
    leadsTo: "Length",
    answer: (scene) => sign(scene, getBytes(concat([assemble(honestParts(scene)), "0x00"]))),
  },
  flippedId: flipped("id", "flips a bit of the fragment's id"),
  flippedPrecursor: flipped("precursor", "flips a bit of the precursor"),
  flippedCommitment: flipped("u1", "flips a bit of U1"),
  flippedSignature: flipped("receiverSignature", "flips a bit of the owner's signature"),
  noReceipt: {
    words: "answers well and signs nothing",
    leadsTo: "NO_RECEIPT",
    answer: async (scene) => ({ ...(await answerHonestly(scene)), receipt: new Uint8Array() }),
  },
  otherPolicy: {
    words: "signs a receipt for another policy",
    leadsTo: "OTHER_SIGNER",
    answer: (scene) => withReceipt(scene, { policy: toBeHex(1, 32) }),
  },
  otherIndex: {
    words: "signs a receipt for another arrangement",
    leadsTo: "OTHER_SIGNER",
    answer: (scene) => withReceipt(scene, { index: scene.index + 1n }),
  },
  otherAnswer: {
    words: "signs a receipt for other bytes than it sends",
    leadsTo: "OTHER_SIGNER",
    answer: (scene) => withReceipt(scene, { cfrag: new Uint8Array(359) }),
  },
  otherQuestion: {
    words: "signs a receipt for another capsule",
    leadsTo: "OTHER_SIGNER",
    answer: (scene) => withReceipt(scene, { capsule: new Uint8Array(98) }),
  },
  highS: {
    words: "signs with s in the upper half",
    leadsTo: "NOT_A_SIGNATURE",
    answer: (scene) =>
      reshapeReceipt(scene, ({ r, s, v }) => concat([r, toBeHex(ORDER - BigInt(s), 32), toBeHex(55 - v, 1)])),
  },
  compactReceipt: {
    words: "signs in 64 bytes",
    leadsTo: "NOT_A_SIGNATURE",
    answer: (scene) => reshapeReceipt(scene, ({ compactSerialized }) => compactSerialized),
  },
  bareParity: {
    words: "signs with v = 0 or 1",
    leadsTo: "NOT_A_SIGNATURE",
    answer: (scene) => reshapeReceipt(scene, ({ r, s, yParity }) => concat([r, s, toBeHex(yParity, 1)])),
  },
};

/** The parts of a re-encryption that are points and the node's. */
const NODE_POINTS = ["e1", "v1", "e2", "v2", "u2"] as const;

type NodePoint = (typeof NODE_POINTS)[number];

/** A point of the curve whose x is n or more: `ecrecover` can't work with it. The first one from n on. */
export function pointAboveOrder(): Uint8Array {
  for (let x = ORDER; x < PRIME; ++x) {
    const bytes = getBytes(concat(["0x02", toBeHex(x, 32)]));
    if (isOnCurve(x)) return bytes;
  }
  throw new Error("the curve has no such point");
}

/** 33 bytes that look like a point and are off the curve. */
export function pointOffCurve(): Uint8Array {
  let x = 1n;
  while (isOnCurve(x)) ++x;
  return getBytes(concat(["0x02", toBeHex(x, 32)]));
}

/** Whether there is a point with this x: x^3 + 7 is a square. */
function isOnCurve(x: bigint): boolean {
  const square = (x * x * x + 7n) % PRIME;
  let [result, base] = [1n, square];
  for (let exponent = (PRIME - 1n) / 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result <= 1n;
}

/** How a re-encryption by hand departs from the right one. */
export interface Choices {
  /** In place of a random one. */
  readonly t?: bigint;
  /** In place of rk. */
  readonly secret?: bigint;
  /** In place of what the owner gave. */
  readonly owner?: Partial<OwnersParts>;
  /** Points that are made with a random scalar in place of t or the secret. */
  readonly wrong?: readonly NodePoint[];
}

/** The parts of a re-encryption that are the owner's. */
export type OwnersParts = Pick<CfragParts, "id" | "precursor" | "u1" | "receiverSignature">;

/** A re-encryption by hand. The hash is of what is sent, so that nothing else breaks than what was chosen. */
export function reencryptByHand(
  { capsule, kfrag }: Scene,
  { t = randomScalar(), secret = secretOf(kfrag.toBytes()), owner = {}, wrong = [] }: Choices,
): Uint8Array {
  const asked = splitCapsule(capsule.toBytesSimple());
  if (!asked) throw new Error("expected a capsule");
  const [e, v] = [mustRead(asked.e), mustRead(asked.v)];
  const times = (name: NodePoint, point: Point, scalar: bigint): Uint8Array =>
    point.multiply(wrong.includes(name) ? randomScalar() : scalar).toBytes();
  const parts = {
    ...ownersParts(kfrag),
    ...owner,
    e1: times("e1", e, secret),
    v1: times("v1", v, secret),
    e2: times("e2", e, t),
    v2: times("v2", v, t),
    u2: times("u2", U, t),
    z: new Uint8Array(32),
  };
  const z = Scalars.create(secret * proofHash(asked, parts) + t);
  return assemble({ ...parts, z: wordBytes(z) });
}

function single(leadsTo: AnswerFault, words: string, wrong: NodePoint): Cheat {
  return { words, leadsTo, answer: (scene) => sign(scene, reencryptByHand(scene, { wrong: [wrong] })) };
}

/** All ways to send something else than a point. */
function malformed(leadsTo: AnswerFault, part: NodePoint): Record<string, Cheat> {
  const name = part.toUpperCase();
  const cheat = (words: string, bytes: (honest: Uint8Array) => Uint8Array): Cheat => ({
    words: `sends ${words} as ${name}`,
    leadsTo,
    answer: (scene) => replace(scene, part, bytes(honestParts(scene)[part])),
  });
  const prefixed =
    (prefix: number) =>
    (honest: Uint8Array): Uint8Array =>
      Uint8Array.of(prefix, ...honest.subarray(1));
  return {
    [`largeX${name}`]: cheat("a point with x of n or more", pointAboveOrder),
    [`offCurve${name}`]: cheat("a point off the curve", pointOffCurve),
    [`badPrefix${name}`]: cheat("a point with a wrong prefix", prefixed(4)),
    [`zeros${name}`]: cheat("33 zeros", () => new Uint8Array(33)),
  };
}

function flipped(part: "id" | "precursor" | "u1" | "receiverSignature", words: string): Cheat {
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
  return { words, leadsTo: "Kfrag", answer: (scene) => replace(scene, part, flip(honestParts(scene)[part])) };
}

interface Signed {
  readonly policy?: string;
  readonly index?: bigint;
  readonly capsule?: Uint8Array;
  readonly cfrag: Uint8Array;
}

async function receipt(scene: Scene, { policy, index = scene.index, capsule, cfrag }: Signed): Promise<Uint8Array> {
  const asked = capsule ?? scene.capsule.toBytesSimple();
  const message = receiptFor(policy ?? policyOf(scene), index, asked, cfrag);
  return getBytes(await scene.operator.signTypedData(...receiptTypedData(message, scene.domain)));
}

async function withReceipt(scene: Scene, signed: Partial<Signed>): Promise<Answer> {
  const answer = await answerHonestly(scene);
  return { ...answer, receipt: await receipt(scene, { cfrag: answer.cfrag, ...signed }) };
}

async function reshapeReceipt(scene: Scene, reshape: (signature: Signature) => string): Promise<Answer> {
  const answer = await answerHonestly(scene);
  const signature = Signature.from(hexlify(answer.receipt));
  return { ...answer, receipt: getBytes(reshape(signature)) };
}

const assignmentOf = ({ terms, index, domain, tookOver }: Scene): Assignment => ({
  terms,
  index,
  domain,
  ...(tookOver && { tookOver }),
});

function honestParts({ capsule, kfrag }: Scene): CfragParts {
  const parts = splitCfrag(reencrypt(capsule, kfrag).toBytesSimple());
  if (!parts) throw new Error("expected a re-encryption");
  return parts;
}

function ownersParts(kfrag: VerifiedKeyFrag): OwnersParts {
  const { id, precursor, proof } = kfrag.unverify();
  return {
    id,
    precursor: precursor.toBytes(),
    u1: proof.commitment.toBytes(),
    receiverSignature: proof.signatureForReceiver.toBEBytes(),
  };
}

const assemble = ({ e1, v1, id, precursor, e2, v2, u1, u2, z, receiverSignature }: CfragParts): Uint8Array =>
  getBytes(concat([e1, v1, id, precursor, e2, v2, u1, u2, z, receiverSignature]));

function mustRead(bytes: Uint8Array): Point {
  const point = readPoint(bytes);
  if (!point) throw new Error("expected a point");
  return point;
}

const randomScalar = (): bigint => Scalars.create(toNumber(randomBytes(32))) || 1n;
const randomPoint = (): Point => G.multiply(randomScalar());
const wordBytes = (word: bigint): Uint8Array => getBytes(toBeHex(word, 32));
