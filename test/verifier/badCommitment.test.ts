import { keccak256 } from "ethers";
import { type Answer, checkAnswer, hintsOf, makeEvidence } from "@nkms/verifier";
import { pointAboveOrder, pointOffCurve, reencryptByHand, type Scene, sign } from "@nkms/verifier/cheats";
import { expect } from "chai";

import { deployChallenges, Fault, makeGrant, publicPartOf } from "../helpers/challenges";
import { createPolicy, termsFor } from "../helpers/policies";
import { NO_HINT } from "../models/evidence";
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

/** What the owner put where U1 should be: arrangement i has the i-th. */
const ODD: [words: string, u1: Uint8Array][] = [
  ["off the curve", pointOffCurve()],
  ["a point with x of n or more", pointAboveOrder()],
  ["a point with a wrong prefix", Uint8Array.of(4, ...new Uint8Array(31), 1)],
];

/** A policy whose fragments are real, but for U1. */
async function oddScene(): Promise<VerifierScene> {
  const network = await deployChallenges();
  const grant = makeGrant();
  const staff = network.miners.slice(0, ODD.length);
  const arrangements = staff.map(({ account, operator }, i) => {
    const [kfrag, odd] = [grant.kfrags[i], ODD[i]];
    if (!kfrag || !odd) throw new Error(`expected a fragment ${i}`);
    const part = Uint8Array.from(publicPartOf(kfrag));
    part.set(odd[1], 65);
    return { miner: account.address, operator: operator.address, kfragHash: keccak256(part) };
  });
  const terms = termsFor(network, staff, { arrangements });
  const policy = await createPolicy(network, terms, staff);
  const s = { ...network, grant, terms, policy, staff };
  return { ...s, nodes: await nodesOf(s), model: await modelOf(s) };
}

/** What the node can answer at best: with the U1 that it was given. */
const answerWith = (node: Scene, u1: Uint8Array): Promise<Answer> =>
  sign(node, reencryptByHand(node, { owner: { u1 } }));

describe("An owner whose U1 is no point that the contract can check", () => {
  for (const [i, [words, u1]] of ODD.entries()) {
    it(`gets nobody convicted who answers as well as it goes: U1 is ${words}`, async () => {
      const s = await load(oddScene);
      const answer = await answerWith(nodeAt(s, i), u1);
      expect(checkAnswer(answer)).to.include({ kind: "refused", reason: "BAD_COMMITMENT" });
      expect(() => makeEvidence(answer)).to.throw("answer: expected a wrong answer, got refused");

      const { capsuleY, equations } = hintsOf(answer);
      const view = viewOf(s, answer, capsuleY, equations);
      await expect(view).to.be.revertedWithCustomError(s.challenges, "UmbralProofBadHint").withArgs(Fault.EquationU);

      await commitToAnswer(s, answer);
      for (const fault of ANSWER_FAULTS) {
        // The right hints of the first two equations show that they hold. The third has none.
        const right = equations[fault - Fault.EquationE] ?? NO_HINT;
        const error = fault === Fault.EquationU ? "UmbralProofBadHint" : "UmbralProofNoFault";
        const attempt = wouldReveal(s, { answer, fault: "EquationU", capsuleY, hint: right }, fault);
        await expect(attempt, `fault ${fault}`).to.be.revertedWithCustomError(s.challenges, error).withArgs(fault);
        for (const hint of [...equations, [1n, 2n, 3n] as const]) {
          const other = wouldReveal(s, { answer, fault: "EquationU", capsuleY, hint: [...hint] }, fault);
          const helps = fault < Fault.EquationE || (hint === right && fault !== Fault.EquationU);
          await expect(other, `fault ${fault} with another hint`)
            .to.be.revertedWithCustomError(s.challenges, helps ? "UmbralProofNoFault" : "UmbralProofBadHint")
            .withArgs(fault);
        }
      }
    });

    it(`still gets who answers wrong convicted: U1 is ${words}`, async () => {
      const s = await load(oddScene);
      const node = nodeAt(s, i);
      const answer = await sign(node, reencryptByHand(node, { owner: { u1 }, wrong: ["v2"] }));
      const evidence = makeEvidence(answer);
      expect(evidence.fault).to.equal("EquationV");
      await commitToAnswer(s, answer);
      await expectPaid(s, answer.index, false, () => reveal(s, evidence));
    });
  }
});
