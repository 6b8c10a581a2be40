import { type Answer, type AnswerFault, checkAnswer, hintsOf, makeEvidence, type RefusalReason } from "@nkms/verifier";
import { answerHonestly, cheats, sign } from "@nkms/verifier/cheats";
import { expect } from "chai";

import { Fault } from "../helpers/challenges";
import { NO_HINT } from "../models/evidence";
import { Random } from "../invariants/random";
import {
  ANSWER_FAULTS,
  commitToAnswer,
  faultName,
  expectPaid,
  load,
  nodeAt,
  reveal,
  type Shown,
  verifierScene,
  type VerifierScene,
  viewOf,
  wouldReveal,
} from "./fixtures";

/** The first seed of random answers, and how many there are. */
const SEED = BigInt(process.env["NKMS_SEED"] ?? 20_261_120);
const RUNS = Number(process.env["NKMS_RUNS"] ?? 300);

/** In so many periods, from its creation on, a policy of ten periods with W = 3 can be judged. */
const PERIODS = 15;

/** What the contract says where the verifier refuses. */
const ERRORS: Partial<Record<RefusalReason, string>> = {
  NO_RECEIPT: "ChallengeManagerNotSigned",
  NOT_A_SIGNATURE: "ChallengeManagerNotSigned",
  OTHER_SIGNER: "ChallengeManagerNotSigned",
  BAD_CAPSULE: "UmbralProofBadCapsule",
};

const errorOf = (reason: RefusalReason): string => {
  const error = ERRORS[reason];
  if (error === undefined) throw new Error(`expected a reason that the contract knows, got ${reason}`);
  return error;
};

/** What shows that an answer has this fault, which need not be the one that the verifier names. */
function shownAs(answer: Answer, fault: AnswerFault): Shown {
  const { capsuleY, equations } = hintsOf(answer);
  return { answer, fault, capsuleY, hint: equations[Fault[fault] - Fault.EquationE] ?? NO_HINT };
}

/** The view's verdict about an answer to a valid capsule. */
function viewFor(s: VerifierScene, answer: Answer): Promise<keyof typeof Fault> {
  const { capsuleY, equations } = hintsOf(answer);
  return viewOf(s, answer, capsuleY, equations);
}

/** The view names the fault, or another one that is there as well if this one is a point's. Commit before. */
async function expectFault(s: VerifierScene, answer: Answer, fault: AnswerFault): Promise<void> {
  await wouldReveal(s, shownAs(answer, fault));
  const named = await viewFor(s, answer);
  if (named === fault) return;
  expect(fault, `where the contract names ${named}`).to.match(/^Point/);
  await wouldReveal(s, shownAs(answer, named as AnswerFault));
}

/** Neither the view nor any reveal says anything about the answer but this. */
async function expectRefused(s: VerifierScene, answer: Answer, reason: RefusalReason): Promise<void> {
  const { capsuleY, equations } = hintsOf(nodeAnswer(s, answer));
  const shown: Shown = { answer, fault: "Length", capsuleY, hint: NO_HINT };
  const view = viewOf(s, answer, capsuleY, equations);
  await expect(view).to.be.revertedWithCustomError(s.challenges, errorOf(reason));
  for (const fault of ANSWER_FAULTS) {
    const attempt = wouldReveal(s, shown, fault);
    await expect(attempt, `fault ${fault}`).to.be.revertedWithCustomError(s.challenges, errorOf(reason));
  }
}

/** The answer, as if it were one to the scene's capsule: that has hints. */
const nodeAnswer = ({ grant }: VerifierScene, answer: Answer): Answer => ({
  ...answer,
  capsule: grant.capsule.toBytesSimple(),
});

/** The bytes with one changed; nothing can be done about none. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const at = Number(random.between(0n, BigInt(bytes.length - 1)));
  const by = Number(random.between(1n, 255n));
  return bytes.map((byte, i) => (i === at ? byte ^ by : byte));
}

describe("The verifier and the contract", () => {
  for (const [i, [name, { words, leadsTo, answer }]] of Object.entries(cheats).entries()) {
    it(`agree about a node that ${words}: ${name}, ${leadsTo}`, async () => {
      const s = await load(verifierScene, i % PERIODS);
      const answered = await answer(nodeAt(s, i % s.nodes.length));
      const verdict = checkAnswer(answered);
      await commitToAnswer(s, answered);
      if (verdict.kind === "fault") {
        expect(verdict.fault).to.equal(leadsTo);
        await expectFault(s, answered, verdict.fault);
        const evidence = makeEvidence(answered, verdict);
        await expectPaid(s, answered.index, false, () => reveal(s, evidence));
      } else {
        if (verdict.kind === "honest") throw new Error(`expected ${leadsTo}, got an honest answer`);
        expect(verdict.reason).to.equal(leadsTo);
        await expectRefused(s, answered, verdict.reason);
      }
    });
  }

  it("agree about every honest node, and no fault of it can be shown", async () => {
    const s = await load(verifierScene);
    for (const node of s.nodes) {
      const answer = await answerHonestly(node);
      expect(checkAnswer(answer)).to.deep.equal({ kind: "honest" });
      expect(await viewFor(s, answer)).to.equal("None");
      await commitToAnswer(s, answer);
      for (const fault of ANSWER_FAULTS) {
        const attempt = wouldReveal(s, shownAs(answer, faultName(fault) as AnswerFault));
        await expect(attempt, `fault ${fault}`)
          .to.be.revertedWithCustomError(s.challenges, "UmbralProofNoFault")
          .withArgs(fault);
      }
    }
  });

  it(`agree about ${RUNS} honest answers with a byte changed, signed like that`, async () => {
    const s = await load(verifierScene);
    const random = new Random(SEED);
    const seen = new Set<string>();
    for (let run = 0; run < RUNS; run++) {
      const node = nodeAt(s, run % s.nodes.length);
      const answer = await sign(node, mutate((await answerHonestly(node)).cfrag, random));
      const verdict = checkAnswer(answer);
      if (verdict.kind !== "fault") throw new Error(`run ${run}: expected a fault, got ${verdict.kind}`);
      seen.add(verdict.fault);
      const named = await viewFor(s, answer);
      if (named === verdict.fault) continue;
      expect(verdict.fault, `run ${run}, where the contract names ${named}`).to.match(/^Point/);
      await commitToAnswer(s, answer);
      await expectFault(s, answer, verdict.fault);
    }
    if (RUNS >= 300) expect([...seen]).to.include.members(["PointE1", "PointU2", "Kfrag", "EquationE"]);
  });

  it("agree about honest answers with a byte of question, answer or receipt changed after they were signed", async () => {
    const s = await load(verifierScene);
    const random = new Random(SEED + 1n);
    for (let run = 0; run < RUNS / 3; run++) {
      const honest = await answerHonestly(nodeAt(s, run % s.nodes.length));
      const part = random.pick(["capsule", "cfrag", "receipt"] as const);
      const answer = { ...honest, [part]: mutate(honest[part], random) };
      const verdict = checkAnswer(answer);
      if (verdict.kind !== "refused") throw new Error(`run ${run}: expected a refusal, got ${verdict.kind}`);
      const { capsuleY, equations } = hintsOf(honest);
      const view = viewOf(s, answer, capsuleY, equations);
      await expect(view, `run ${run}`).to.be.revertedWithCustomError(s.challenges, errorOf(verdict.reason));
    }
  });

  it("agree about signed answers to something that is no capsule", async () => {
    const s = await load(verifierScene);
    const random = new Random(SEED + 2n);
    const node = nodeAt(s, 0);
    const honest = await answerHonestly(node);
    for (let run = 0; run < 12; run++) {
      const capsule = run === 0 ? new Uint8Array() : mutate(honest.capsule, random);
      const asked = { ...node, capsule: { toBytesSimple: () => capsule } as typeof node.capsule };
      const answer = await sign(asked, honest.cfrag);
      expect(checkAnswer(answer)).to.include({ kind: "refused", reason: "BAD_CAPSULE" });
      const { capsuleY, equations } = hintsOf(honest);
      const view = viewOf(s, answer, capsuleY, equations);
      await expect(view, `run ${run}`)
        .to.be.revertedWithCustomError(s.challenges, "UmbralProofBadCapsule")
        .withArgs(capsuleY);
    }
  });
});
