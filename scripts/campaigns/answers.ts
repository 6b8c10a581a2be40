import { secp256k1 } from "@noble/curves/secp256k1.js";
import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { Capsule, encrypt, generateKFrags, reencrypt, SecretKey, Signer, type VerifiedKeyFrag } from "@nkms/umbral";
import { concat, getBytes, hexlify, keccak256, type TypedDataDomain } from "ethers";
import { ethers } from "hardhat";

import {
  type ChallengeNetwork,
  deployChallenges,
  Fault,
  publicPartOf,
  receiptTypes,
  secretOf,
} from "../../test/helpers/challenges";
import { createPolicy, domainOf, type PolicyMiner, termsFor } from "../../test/helpers/policies";
import type { Random } from "../../test/invariants/random";
import {
  challengeOf,
  hashToScalar,
  type Hint,
  hintFor,
  N,
  NO_HINT,
  P,
  type Part,
  partOf,
  toBytes32,
  toNumber,
  U,
  withParts,
  yOf,
} from "../../test/models/evidence";
import { faultsOf, hintsOf } from "../../test/models/faults";
import type { ChallengeManager, UmbralProof__Harness } from "../../typechain-types";
import type { TermsStruct } from "../../typechain-types/contracts/ChallengeManager";

const Point = secp256k1.Point;
type Point = typeof U;

/** A network with the real challenges, and what makes many attempts on them in one call. */
export interface Court extends ChallengeNetwork {
  harness: UmbralProof__Harness;
  domain: TypedDataDomain;
}

/** A policy whose arrangements use real key fragments. */
export interface Case {
  court: Court;
  owner: SecretKey;
  kfrags: VerifiedKeyFrag[];
  staff: PolicyMiner[];
  terms: TermsStruct;
  policy: string;
}

/** What a node was asked and what it signed. */
export interface Signed {
  capsule: Uint8Array;
  cfrag: Uint8Array;
  receipt: string;
  index: number;
  kfragHash: string;
}

/** How often something was tried, and how often it ended otherwise than it must. */
export interface Tally {
  answers: number;
  attempts: number;
  wrong: string[];
}

/** The refusals that say: nothing is proven by this. The last is that of a proof that holds, but was not committed to. */
const REASONS = [
  "UmbralProofNoFault",
  "UmbralProofBadHint",
  "UmbralProofBadCapsule",
  "UmbralProofOtherSecret",
  "ChallengeManagerNotSigned",
  "ChallengeManagerOtherKfrag",
  "ChallengeManagerNoCommitment",
] as const;
type Reason = (typeof REASONS)[number];
/** With this a reveal ends whose evidence is good. */
const PROVEN: Reason = "ChallengeManagerNoCommitment";
const NOTHING_SHOWN: readonly Reason[] = ["UmbralProofNoFault", "UmbralProofBadHint"];

/** Numbers of all faults, those that are none of an answer included. */
const ALL_FAULTS = Object.values(Fault);
/** Of a capsule, a cfrag, a receipt. */
const LENGTHS = [98, 359, 65] as const;
/** So that no call needs more gas than a block has. */
const FLIPS_A_CALL = 64;
const POINT_PARTS = ["E1", "V1", "E2", "V2", "U2"] as const;
const [G, Fp] = [Point.BASE, Point.Fp];

interface Attempt {
  fault: number;
  hint: Hint;
}

export async function openCourt(): Promise<Court> {
  const network = await deployChallenges();
  const harness = await ethers.deployContract("UmbralProof__Harness");
  return { ...network, harness, domain: await domainOf(network.policies) };
}

/** Runs a story in a policy of three miners with fragments of a random grant, and takes all of it back. */
export async function inCase<T>(
  court: Court,
  random: Random,
  story: (it: Case) => Promise<T>,
  makeKfrags: (kfrags: VerifiedKeyFrag[]) => Uint8Array[] = (kfrags) => kfrags.map(publicPartOf),
): Promise<T> {
  const start = await takeSnapshot();
  const [owner, reader, signer] = [SecretKey.random(), SecretKey.random(), new Signer(SecretKey.random())];
  const shares = Number(random.between(1n, 32n));
  const threshold = Number(random.between(1n, BigInt(shares)));
  const [proxyKey, readerKey] = [random.oneIn(2n), random.oneIn(2n)];
  const all = generateKFrags(owner, reader.publicKey(), signer, threshold, shares, proxyKey, readerKey);
  const kfrags = all.slice(0, 3);
  const staff = court.miners.slice(0, kfrags.length);
  const hashes = makeKfrags(kfrags).map((bytes) => keccak256(bytes));
  const arrangements = staff.map(({ account, operator }, i) => ({
    miner: account.address,
    operator: operator.address,
    kfragHash: hashes[i] ?? "",
  }));
  const terms = termsFor(court, staff, { arrangements });
  const policy = await createPolicy(court, terms, staff);
  const result = await story({ court, owner, kfrags, staff, terms, policy });
  await start.restore();
  return result;
}

/** An honest answer to a new capsule. */
export async function honestAnswer(it: Case, index: number): Promise<Signed> {
  const [capsule] = encrypt(it.owner.publicKey(), new Uint8Array(1));
  return sign(it, index, capsule.toBytesSimple(), reencrypt(capsule, kfragOf(it, index)).toBytesSimple());
}

export async function sign(it: Case, index: number, capsule: Uint8Array, cfrag: Uint8Array): Promise<Signed> {
  const operator = it.staff[index]?.operator;
  if (!operator) throw new Error(`expected an arrangement ${index}`);
  const receipt = await operator.signTypedData(it.court.domain, receiptTypes, {
    policy: it.policy,
    index,
    capsuleHash: keccak256(capsule),
    cfragHash: keccak256(cfrag),
  });
  return { capsule, cfrag, receipt, index, kfragHash: String(it.terms.arrangements[index]?.kfragHash) };
}

function kfragOf(it: Case, index: number): VerifiedKeyFrag {
  const kfrag = it.kfrags[index];
  if (!kfrag) throw new Error(`expected a fragment ${index}`);
  return kfrag;
}

/* HONEST ANSWERS */

/** Every attempt to prove something against an honest answer, through the library, the view and reveals. */
export async function attackHonest(
  it: Case,
  answer: Signed,
  random: Random,
  flips: number,
  publicPart = publicPartOf(kfragOf(it, answer.index)),
): Promise<Tally> {
  const { court } = it;
  const tally: Tally = { answers: 1, attempts: 0, wrong: [] };
  if (faultsOf(answer.capsule, answer.cfrag, answer.kfragHash).size !== 0) tally.wrong.push("the model sees a fault");
  const hints = hintsOf(answer.capsule, answer.cfrag);

  const attempts = [...ALL_FAULTS.map((fault) => ({ fault, hint: hintFrom(hints, fault) }))];
  for (const fault of [Fault.EquationE, Fault.EquationV, Fault.EquationU]) {
    for (const hint of forgedHints(answer, hints, random)) attempts.push({ fault, hint });
  }
  const tried = await court.harness.tryFaults.staticCall(answer.capsule, answer.cfrag, answer.kfragHash, attempts);
  expectReasons(tally, tried, NOTHING_SHOWN, (i) => `the library, ${describeAttempt(attempts[i])}`);

  const v = yOf(answer.capsule.subarray(33, 66));
  const few = ALL_FAULTS.map((fault) => ({ fault, hint: hintFrom(hints, fault) }));
  const revealed = await court.harness.tryReveals.staticCall(
    court.challenges,
    it.terms,
    answer.index,
    answerStruct(answer),
    v,
    few,
  );
  expectReasons(tally, revealed, NOTHING_SHOWN, (i) => `a reveal, ${describeAttempt(few[i])}`);

  const found = await court.challenges.checkAnswer(
    it.policy,
    answer.index,
    it.staff[answer.index]?.operator ?? ethers.ZeroAddress,
    answer.kfragHash,
    answerStruct(answer),
    v,
    hints,
  );
  tally.attempts++;
  if (found !== 0n) tally.wrong.push(`the view finds fault ${found}`);

  await attackBytes(it, answer, v, random, flips, tally);
  await attackSecret(it, answer, publicPart, random, tally);
  return tally;
}

/** Other bytes than those that were signed, and a y that is not the capsule's. */
async function attackBytes(
  it: Case,
  answer: Signed,
  v: bigint,
  random: Random,
  count: number,
  tally: Tally,
): Promise<void> {
  const { harness, challenges } = it.court;
  const bytes = LENGTHS.flatMap((length, part) => Array.from({ length }, (_, offset) => ({ part, offset })));
  const chosen = count >= bytes.length ? bytes : Array.from({ length: count }, () => random.pick(bytes));
  const flips = chosen.map((place) => ({ ...place, by: ethers.toBeHex(random.between(1n, 255n), 1) }));
  // What would be a fault of the changed bytes, where it is easy to say: another key fragment, else an equation.
  const attempt = { fault: random.pick([Fault.Kfrag, Fault.PointE1, Fault.ScalarZ]), hint: NO_HINT };
  const struct = answerStruct(answer);
  const { index } = answer;
  for (let from = 0; from < flips.length; from += FLIPS_A_CALL) {
    const some = flips.slice(from, from + FLIPS_A_CALL);
    const tried = await harness.tryFlips.staticCall(challenges, it.terms, index, struct, v, attempt, some);
    expectReasons(tally, tried, ["ChallengeManagerNotSigned"], (i) => `byte ${Object.values(some[i] ?? {}).join()}`);
  }
  const y = random.pick([P - v, 0n, P, v ^ 2n]);
  const attempts = [{ fault: Fault.EquationE, hint: NO_HINT }];
  const said = await harness.tryReveals.staticCall(challenges, it.terms, index, struct, y, attempts);
  expectReasons(tally, said, ["UmbralProofBadCapsule"], () => `y = ${y}`);
}

/** Secrets that are not the fragment's, and bytes that are not its public part. */
async function attackSecret(it: Case, answer: Signed, kfrag: Uint8Array, random: Random, tally: Tally): Promise<void> {
  const secret = secretOf(kfragOf(it, answer.index));
  const commitmentY = yOf(kfrag.subarray(65, 98));
  const others = [0n, 1n, secret - 1n, secret + 1n, N - secret, N, random.between(1n, N - 1n)];
  const leaks = others.flatMap((other) => [commitmentY, P - commitmentY].map((y) => [other, y] as const));
  const structs = leaks.map(([other, y]) => ({ secret: other, commitmentY: y, kfrag: hexlify(kfrag) }));
  const tried = await it.court.harness.tryLeaks.staticCall(it.court.challenges, it.terms, answer.index, structs);
  expectReasons(tally, tried, ["UmbralProofOtherSecret"], (i) => `secret ${leaks[i]?.[0]}`);

  const changed = Array.from({ length: 4 }, () => {
    const bytes = Uint8Array.from(kfrag);
    const at = Number(random.between(0n, 161n));
    bytes[at] = (bytes[at] ?? 0) ^ Number(random.between(1n, 255n));
    return { secret, commitmentY, kfrag: hexlify(bytes) };
  });
  const said = await it.court.harness.tryLeaks.staticCall(it.court.challenges, it.terms, answer.index, changed);
  expectReasons(tally, said, ["ChallengeManagerOtherKfrag"], () => "another kfrag");
}

function hintFrom(hints: readonly Hint[], fault: number): Hint {
  return hints[fault - Fault.EquationE] ?? NO_HINT;
}

/** Hints that are nearly right, right for something else, or nothing at all. */
function forgedHints({ capsule, cfrag }: Signed, [e, v, u]: readonly [Hint, Hint, Hint], random: Random): Hint[] {
  const any = (): bigint => random.between(0n, 2n ** 256n - 1n);
  const [x, y, slope] = random.pick([e, v, u]);
  const wrap = (value: bigint): bigint => BigInt.asUintN(256, value);
  // With another U2 there is another h, with another W.
  const elsewhere = withParts(cfrag, { U2: multiple(U, random.between(2n, N - 1n)).toBytes() });
  return [
    random.pick([e, v, u]),
    [x, Fp.neg(y), slope],
    [x, y, Fp.neg(slope)],
    [x, y, Fp.add(slope, 1n)],
    [x, y, any()],
    [wrap(x + P), y, slope],
    [x, wrap(y + P), slope],
    [y, x, slope],
    [any(), any(), any()],
    [0n, 0n, any()],
    hintFor(capsule, elsewhere, random.pick(["E", "V"])),
    secondSum(cfrag, x, y),
  ];
}

/** The slope of the line through W and -X2: it leads to a point of the curve that is another sum. */
function secondSum(cfrag: Uint8Array, x: bigint, y: bigint): Hint {
  const x2 = toNumber(partOf(cfrag, "E2").subarray(1));
  const y2 = P - yOf(partOf(cfrag, "E2"));
  return [x, y, Fp.mul(Fp.sub(y2, y), Fp.inv(Fp.sub(x2, x)))];
}

/* WRONG ANSWERS */

/** Bytes that are no right answer to the capsule, of many kinds. */
export function wrongCfrag(it: Case, index: number, capsule: Capsule, random: Random): [kind: string, Uint8Array] {
  const simple = capsule.toBytesSimple();
  const honest = reencrypt(capsule, kfragOf(it, index)).toBytesSimple();
  const anyBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => Number(random.between(0n, 255n)));
  const anyPoint = (): Uint8Array => multiple(G, random.between(1n, N - 1n)).toBytes();
  const kinds = {
    "random bytes of any length": () => anyBytes(Number(random.between(0n, 400n))),
    "359 random bytes": () => anyBytes(359),
    "359 equal bytes": () => new Uint8Array(359).fill(Number(random.between(0n, 255n))),
    "an honest answer cut": () => honest.subarray(0, Number(random.between(0n, 358n))),
    "an honest answer and more": () => Buffer.concat([honest, anyBytes(Number(random.between(1n, 41n)))]),
    "changed bytes": () => {
      const copy = Uint8Array.from(honest);
      for (let i = random.between(1n, 4n); i > 0n; i--) {
        const at = Number(random.between(0n, 358n));
        copy[at] = (copy[at] ?? 0) ^ Number(random.between(1n, 255n));
      }
      return equal(copy, honest) ? copy.fill(0) : copy;
    },
    "a changed bit": () => {
      const copy = Uint8Array.from(honest);
      const at = Number(random.between(0n, 358n));
      copy[at] = (copy[at] ?? 0) ^ (1 << Number(random.between(0n, 7n)));
      return copy;
    },
    "another point": () => withParts(honest, { [random.pick(POINT_PARTS)]: anyPoint() }),
    "a point's negative": () => {
      const name = random.pick(POINT_PARTS);
      const bytes = Uint8Array.from(partOf(honest, name));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return withParts(honest, { [name]: bytes });
    },
    "a point that is not on the curve or too large": () => {
      const x = random.pick([0n, 5n, N, N + 2n, P - 1n, P, P + 1n, 2n ** 256n - 1n]);
      const bytes = Buffer.concat([Buffer.of(Number(random.between(0n, 4n))), toBytes32(x)]);
      return withParts(honest, { [random.pick(POINT_PARTS)]: bytes });
    },
    "another z": () => {
      const z = toNumber(partOf(honest, "z"));
      const others = [0n, 1n, z + 1n, N - z, N, N - 1n, 2n ** 256n - 1n, random.between(1n, N - 1n)];
      return withParts(honest, { z: toBytes32(random.pick(others)) });
    },
    "the answer of another node": () => {
      const strangers = it.kfrags.filter((_, i) => i !== index);
      if (strangers.length === 0) return anyBytes(359);
      return reencrypt(capsule, random.pick(strangers)).toBytesSimple();
    },
    "the answer to another capsule": () => {
      const [other] = encrypt(it.owner.publicKey(), new Uint8Array(1));
      return reencrypt(other, kfragOf(it, index)).toBytesSimple();
    },
    "parts of another right answer": () => {
      const again = reencrypt(capsule, kfragOf(it, index)).toBytesSimple();
      const name = random.pick(["E2", "V2", "U2", "z"] as const);
      return withParts(honest, { [name]: partOf(again, name) });
    },
    "a proof with another secret": () => prove(it, index, simple, random, { E: true, V: true, U: true }),
    "a proof of one equation": () => {
      const right = random.pick(["E", "V", "U"] as const);
      return prove(it, index, simple, random, { E: right !== "E", V: right !== "V", U: right !== "U" });
    },
    "a proof of two equations": () => {
      const wrong = random.pick(["E", "V", "U"] as const);
      return prove(it, index, simple, random, { E: wrong === "E", V: wrong === "V", U: wrong === "U" });
    },
    "X2 = X1": () => {
      const equation = random.pick(["E", "V", "U"] as const);
      return withParts(honest, { [`${equation}2`]: partOf(honest, `${equation}1` as Part) });
    },
  };
  const kind = random.pick(Object.keys(kinds) as (keyof typeof kinds)[]);
  return [kind, kinds[kind]()];
}

/** A proof with the node's U1 in which some of the equations are made with another secret than rk. */
function prove(
  it: Case,
  index: number,
  capsule: Uint8Array,
  random: Random,
  wrong: Record<"E" | "V" | "U", boolean>,
): Uint8Array {
  const rk = secretOf(kfragOf(it, index));
  const [other, t] = [random.between(1n, N - 1n), random.between(1n, N - 1n)];
  const [e, v] = [pointAt(capsule, 0), pointAt(capsule, 33)];
  const fake = wrong.E && wrong.V && wrong.U;
  const secretFor = (equation: "E" | "V"): bigint => (wrong[equation] ? other : rk);
  const base = withParts(reencrypt(Capsule.fromBytesSimple(capsule), kfragOf(it, index)).toBytesSimple(), {
    E1: multiple(e, secretFor("E")).toBytes(),
    V1: multiple(v, secretFor("V")).toBytes(),
    E2: multiple(e, t).toBytes(),
    V2: multiple(v, t).toBytes(),
    U2: multiple(U, !fake && wrong.U ? t + 1n : t).toBytes(),
  });
  return withParts(base, { z: toBytes32(((fake ? other : rk) * challengeOf(capsule, base) + t) % N) });
}

/** Wants that something is provable against what a node signed, and nothing but what the model says. */
export async function convictWrong(it: Case, kind: string, answer: Signed): Promise<Tally> {
  const { court } = it;
  const tally: Tally = { answers: 1, attempts: 0, wrong: [] };
  const faults = faultsOf(answer.capsule, answer.cfrag, answer.kfragHash);
  if (faults.size === 0) tally.wrong.push(`${kind}: the model sees no fault in ${hexlify(answer.cfrag)}`);
  const hints = answer.cfrag.length === 359 ? hintsOf(answer.capsule, answer.cfrag) : [NO_HINT, NO_HINT, NO_HINT];
  const named = [...faults].map(([name, hint]) => ({ fault: Fault[name], hint }));
  const guilty = new Set<number>(named.map(({ fault }) => fault));
  const others = ALL_FAULTS.filter((fault) => !guilty.has(fault)).map((fault) => ({
    fault,
    hint: hintFrom(hints, fault),
  }));
  const revealed = await court.harness.tryReveals.staticCall(
    court.challenges,
    it.terms,
    answer.index,
    answerStruct(answer),
    yOf(answer.capsule.subarray(33, 66)),
    [...named, ...others],
  );
  const name = (i: number): string => `${kind}: ${describeAttempt([...named, ...others][i])} ${hexlify(answer.cfrag)}`;
  expectReasons(tally, revealed.slice(0, named.length), [PROVEN], name);
  expectReasons(tally, revealed.slice(named.length), NOTHING_SHOWN, (i) => name(i + named.length));
  return tally;
}

/** A capsule for {@link wrongCfrag}. */
export const newCapsule = (it: Case): Capsule => encrypt(it.owner.publicKey(), new Uint8Array(1))[0];

/* WHAT THE OWNER CHOSE */

/** Public parts as no honest owner makes them: any id, any 33 bytes for a precursor, any signature. */
export function oddPublicPart(kfrag: VerifiedKeyFrag, random: Random): Uint8Array {
  const bytes = publicPartOf(kfrag);
  const any = (length: number): Uint8Array => Uint8Array.from({ length }, () => Number(random.between(0n, 255n)));
  const x = random.pick([0n, 5n, N, P - 1n, P, 2n ** 256n - 1n, toNumber(any(32))]);
  const precursors = [Buffer.concat([Buffer.of(Number(random.between(0n, 255n))), toBytes32(x)]), any(33), U.toBytes()];
  const part = [any(32), random.pick(precursors), bytes.subarray(65, 98), any(64)];
  return getBytes(concat(part));
}

/** A valid capsule with numbers that an honest encryptor never draws: V = E, E = G, E = -G, ... */
export function oddCapsule(random: Random): Uint8Array {
  const few = [1n, 2n, 3n, N - 1n, N - 2n, random.between(1n, N - 1n)];
  const r = random.pick(few);
  const u = random.oneIn(3n) ? r : random.pick(few);
  const [e, v] = [multiple(G, r).toBytes(), multiple(G, r + u === N ? r : u).toBytes()];
  const s = ((r + u === N ? r : u) + r * hashToScalar("CAPSULE_POINTS", e, v)) % N;
  return getBytes(concat([e, v, toBytes32(s)]));
}

/** What an honest node answers whatever its owner chose. */
export function answerTo(capsule: Uint8Array, kfrag: VerifiedKeyFrag, publicPart: Uint8Array): Uint8Array {
  const honest = reencrypt(Capsule.fromBytesSimple(capsule), kfrag).toBytesSimple();
  return withParts(honest, {
    id: publicPart.subarray(0, 32),
    precursor: publicPart.subarray(32, 65),
    U1: publicPart.subarray(65, 98),
    signature: publicPart.subarray(98),
  });
}

/* SMALL THINGS */

function answerStruct({ capsule, cfrag, receipt }: Signed): { capsule: string; cfrag: string; receipt: string } {
  return { capsule: hexlify(capsule), cfrag: hexlify(cfrag), receipt };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const multiple = (point: Point, k: bigint): Point => point.multiplyUnsafe(k % N);
const pointAt = (bytes: Uint8Array, at: number): Point => Point.fromBytes(bytes.subarray(at, at + 33));

function describeAttempt(attempt: Attempt | undefined): string {
  const name = Object.entries(Fault).find(([, number]) => number === attempt?.fault)?.[0];
  return `${name} by hint ${attempt?.hint.join(", ")}`;
}

const selectors = new Map<string, string>();

function expectReasons(
  tally: Tally,
  got: readonly string[],
  allowed: readonly Reason[],
  what: (i: number) => string,
): void {
  got.forEach((selector, i) => {
    tally.attempts++;
    const reason = selectors.get(selector) ?? selector;
    if (!allowed.some((name) => name === reason)) tally.wrong.push(`${what(i)}: ${reason}`);
  });
}

/** Learns what the first four bytes of a refusal mean. */
export function learnReasons(challenges: ChallengeManager): void {
  for (const name of REASONS) {
    const error = challenges.interface.getError(name);
    if (!error) throw new Error(`expected the challenges to know ${name}`);
    selectors.set(error.selector, name);
  }
}

export function add(sum: Tally, { answers, attempts, wrong }: Tally): void {
  sum.answers += answers;
  sum.attempts += attempts;
  sum.wrong.push(...wrong);
}
