import { kfragHash } from "@nkms/protocol";
import { Capsule, KeyFrag, SecretKey, Signer } from "@nkms/umbral";
import { type Answer, checkAnswer, hintsOf, makeEvidence, publicKfragOf } from "@nkms/verifier";
import { sign } from "@nkms/verifier/cheats";
// A test oracle, GPL-3.0: nothing that is shipped depends on it.
import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";

import { deployChallenges, Fault, type Grant } from "../helpers/challenges";
import { createPolicy, termsFor } from "../helpers/policies";
import { CFRAG, NO_HINT, type Part, partOf, withParts } from "../models/evidence";
import {
  ANSWER_FAULTS,
  commitToAnswer,
  expectPaid,
  load,
  modelOf,
  nodeAt,
  nodesOf,
  reveal,
  type VerifierScene,
  viewOf,
  wouldReveal,
} from "./fixtures";

/** What umbral-pre made: keys, fragments and questions. */
interface Theirs {
  capsules: [oracle.Capsule, oracle.Capsule];
  /** One for each arrangement, and one that no node of the policy has. */
  kfrags: oracle.VerifiedKeyFrag[];
}

type TheirScene = VerifierScene & { theirs: Theirs };

/** Their things as ours, from their bytes. */
function grantOf({ capsules: [capsule], kfrags }: Theirs, [owner, reader, signer]: oracle.SecretKey[]): Grant {
  const own = (key: oracle.SecretKey | undefined): SecretKey => SecretKey.fromBEBytes(key?.toBEBytes() ?? Buffer.of());
  const keys = { owner: own(owner), reader: own(reader), signer: new Signer(own(signer)) };
  const [verifying, delegating] = [keys.signer.verifyingKey(), keys.owner.publicKey()];
  return {
    ...keys,
    capsule: Capsule.fromBytesSimple(capsule.toBytesSimple()),
    ciphertext: Buffer.of(),
    kfrags: kfrags.map((kfrag) =>
      KeyFrag.fromBytes(kfrag.toBytes()).verify(verifying, delegating, keys.reader.publicKey()),
    ),
  };
}

/** A policy whose terms name umbral-pre's fragments. */
async function theirScene(): Promise<TheirScene> {
  const [owner, reader, signer] = [oracle.SecretKey.random(), oracle.SecretKey.random(), oracle.SecretKey.random()];
  const ask = (): oracle.Capsule => oracle.encrypt(owner.publicKey(), Buffer.from("a secret"))[0];
  const [readerKey, signing] = [reader.publicKey(), new oracle.Signer(signer)];
  const theirs: Theirs = {
    capsules: [ask(), ask()],
    kfrags: oracle.generateKFrags(owner, readerKey, signing, 2, 4, true, true),
  };
  const network = await deployChallenges();
  const staff = network.miners.slice(0, 3);
  const arrangements = staff.map(({ account, operator }, i) => {
    const parts = publicKfragOf(theirCfrag(theirs, i));
    if (!parts) throw new Error("expected a cfrag");
    return { miner: account.address, operator: operator.address, kfragHash: kfragHash(parts) };
  });
  const terms = termsFor(network, staff, { arrangements });
  const policy = await createPolicy(network, terms, staff);
  const s = { ...network, grant: grantOf(theirs, [owner, reader, signer]), terms, policy, staff, theirs };
  return { ...s, nodes: await nodesOf(s), model: await modelOf(s) };
}

/** What umbral-pre answers with a fragment. */
function theirCfrag({ capsules, kfrags }: Theirs, fragment: number, question: 0 | 1 = 0): Uint8Array {
  const kfrag = kfrags[fragment];
  if (!kfrag) throw new Error(`expected a fragment ${fragment}`);
  return oracle.reencrypt(capsules[question], kfrag).toBytesSimple();
}

const flipLast = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));

/** Wrong answers of node `index`, all made of bytes of umbral-pre. */
const WRONG: [words: string, make: (theirs: Theirs, index: number) => Uint8Array][] = [
  ...(Object.keys(CFRAG) as Part[]).map((part): [string, (theirs: Theirs, index: number) => Uint8Array] => [
    `a bit of ${part} is another`,
    (theirs, index) => {
      const cfrag = theirCfrag(theirs, index);
      return withParts(cfrag, { [part]: flipLast(partOf(cfrag, part)) });
    },
  ]),
  ["it is one to another question", (theirs, index) => theirCfrag(theirs, index, 1)],
  ["it is made with a fragment that no node has", (theirs) => theirCfrag(theirs, 3)],
  ["it is made with another node's fragment", (theirs, index) => theirCfrag(theirs, (index + 1) % 3)],
  ["its z is that of another right answer", (t, i) => withPartsOf(t, i, "z")],
  ["its E1 and V1 are those of another fragment", (t, i) => withPartsOf(t, i, "E1", "V1")],
  ["its proof is another right answer's", (t, i) => withPartsOf(t, i, "E2", "V2", "U2")],
  [
    "it is in umbral-pre's long form",
    ({ capsules: [capsule], kfrags }, index) => {
      const kfrag = kfrags[index];
      if (!kfrag) throw new Error(`expected a fragment ${index}`);
      return oracle.reencrypt(capsule, kfrag).toBytes();
    },
  ],
];

/** The right answer with parts of what another fragment gives. */
function withPartsOf(theirs: Theirs, index: number, ...parts: Part[]): Uint8Array {
  const other = theirCfrag(theirs, 3);
  return withParts(theirCfrag(theirs, index), Object.fromEntries(parts.map((part) => [part, partOf(other, part)])));
}

const answerWith = (s: TheirScene, index: number, cfrag: Uint8Array): Promise<Answer> => sign(nodeAt(s, index), cfrag);

describe("Answers of umbral-pre", () => {
  for (const [i, [words, make]] of WRONG.entries()) {
    it(`get a node convicted that signs a wrong one: ${words}`, async () => {
      const s = await load(theirScene, i % 12);
      const answer = await answerWith(s, i % 3, make(s.theirs, i % 3));
      const evidence = makeEvidence(answer);
      const named = await viewOf(s, answer, evidence.capsuleY, evidence.fullHints);
      if (named !== evidence.fault) expect(evidence.fault, `where the contract names ${named}`).to.match(/^Point/);
      await commitToAnswer(s, answer);
      await expectPaid(s, answer.index, false, () => reveal(s, evidence));
    });
  }

  it("are honest to the verifier and the contract if they are right, and no fault of them can be shown", async () => {
    const s = await load(theirScene);
    for (let run = 0; run < 12; run++) {
      const answer = await answerWith(s, run % 3, theirCfrag(s.theirs, run % 3));
      expect(checkAnswer(answer)).to.deep.equal({ kind: "honest" });
      expect(() => makeEvidence(answer)).to.throw("answer: expected a wrong answer, got honest");
      const { capsuleY, equations } = hintsOf(answer);
      expect(await viewOf(s, answer, capsuleY, equations)).to.equal("None");
      await commitToAnswer(s, answer);
      for (const fault of [Fault.None, ...ANSWER_FAULTS, Fault.Leak]) {
        const hint = equations[fault - Fault.EquationE] ?? NO_HINT;
        const attempt = wouldReveal(s, { answer, fault: "Length", capsuleY, hint }, fault);
        await expect(attempt, `fault ${fault}`)
          .to.be.revertedWithCustomError(s.challenges, "UmbralProofNoFault")
          .withArgs(fault);
      }
    }
  });
});
