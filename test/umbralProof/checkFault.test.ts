import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";

import { cfragOf, wrongCfrag } from "../challengeManager/fixtures";
import { equations, foreign, lengths, type Lie, points, scalars } from "../challengeManager/lies";
import { wrongHints } from "../challengeManager/wrongHints";
import { Fault } from "../helpers/challenges";
import { EQUATIONS, hintFor, NO_HINT } from "../models/evidence";
import { type Proofs, proofs, refused } from "./fixtures";

const lies = [...lengths, ...points, ...scalars, ...foreign, ...equations];
const unhinted = Object.values(Fault).filter((fault) => fault < Fault.EquationE);

const check = ({ harness, capsule, kfragHash }: Proofs, cfrag: Uint8Array, fault: number, hint = NO_HINT) =>
  harness.checkFault(capsule, cfrag, kfragHash, fault, hint);

const hintOf = (asked: Proofs, { hint }: Lie, cfrag: Uint8Array) => hint?.(asked, cfrag) ?? NO_HINT;

describe("UmbralProof.checkFault", () => {
  describe("when the fault is there", () => {
    it("goes through for every length, point, scalar and byte of another fragment that is wrong, and each equation", async () => {
      const asked = await loadFixture(proofs);
      for (const lie of lies) {
        const cfrag = lie.cfrag(asked);
        await check(asked, cfrag, Fault[lie.fault], hintOf(asked, lie, cfrag));
      }
    });

    it("reverts with UmbralProofNoFault(fault) for every other fault that needs no hint", async () => {
      const asked = await loadFixture(proofs);
      for (const lie of [
        lengths[2],
        lengths[3],
        points[0],
        points[25],
        points[90],
        scalars[1],
        foreign[0],
        equations[4],
      ]) {
        if (!lie) throw new Error("expected a lie");
        for (const fault of unhinted) {
          if (fault === Fault[lie.fault]) continue;
          await refused(asked, check(asked, lie.cfrag(asked), fault), lie.title, "UmbralProofNoFault", fault);
        }
      }
    });
  });

  describe("when the answer is right", () => {
    it("reverts with UmbralProofNoFault(fault) for every fault, with right hints", async () => {
      const asked = await loadFixture(proofs);
      const cfrag = cfragOf(asked);
      for (const fault of unhinted) await refused(asked, check(asked, cfrag, fault), "", "UmbralProofNoFault", fault);
      for (const equation of EQUATIONS) {
        const [fault, hint] = [Fault[`Equation${equation}`], hintFor(asked.capsule, cfrag, equation)];
        await refused(asked, check(asked, cfrag, fault, hint), equation, "UmbralProofNoFault", fault);
      }
    });

    it("reverts so for None and Leak, of a wrong answer too", async () => {
      const asked = await loadFixture(proofs);
      const wrong = wrongCfrag(asked);
      for (const [cfrag, hint] of [
        [cfragOf(asked), NO_HINT],
        [wrong, hintFor(asked.capsule, wrong, "U")],
        [wrong.slice(1), NO_HINT],
      ] as const) {
        for (const fault of [Fault.None, Fault.Leak]) {
          await refused(asked, check(asked, cfrag, fault, hint), "", "UmbralProofNoFault", fault);
        }
      }
    });
  });

  describe("when a hint is wrong", () => {
    it("reverts with UmbralProofBadHint(fault), of a right and of a wrong answer", async () => {
      const asked = await loadFixture(proofs);
      for (const cfrag of [cfragOf(asked), cfragOf(asked, { E2: 77n, V2: 78n, U2: 79n })]) {
        for (const equation of EQUATIONS) {
          const fault = Fault[`Equation${equation}`];
          for (const [title, hint] of wrongHints(asked.capsule, cfrag, equation)) {
            await refused(asked, check(asked, cfrag, fault, hint), title, "UmbralProofBadHint", fault);
          }
        }
      }
    });

    it("reverts so for an equation about a point that is not valid, and for z = 0 mod n", async () => {
      const asked = await loadFixture(proofs);
      const honest = cfragOf(asked);
      for (const lie of [...points, ...scalars.slice(0, 2)]) {
        const cfrag = lie.cfrag(asked);
        for (const equation of EQUATIONS) {
          if (lie.fault !== "ScalarZ" && !lie.fault.includes(equation)) continue;
          const hint = hintFor(asked.capsule, lie.fault === "ScalarZ" ? cfrag : honest, equation);
          const fault = Fault[`Equation${equation}`];
          await refused(asked, check(asked, cfrag, fault, hint), lie.title, "UmbralProofBadHint", fault);
        }
      }
    });
  });
});
