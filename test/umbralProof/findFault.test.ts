import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { cfragOf } from "../challengeManager/fixtures";
import { equations, foreign, lengths, points, scalars } from "../challengeManager/lies";
import { Fault, makeGrant } from "../helpers/challenges";
import {
  EQUATIONS,
  type Hints,
  hintsFor,
  N,
  nextX,
  NO_HINT,
  NO_HINTS,
  P,
  toBytes32,
  withParts,
} from "../models/evidence";
import { type Proofs, proofs, refused } from "./fixtures";

const find = ({ harness, capsule, kfragHash }: Proofs, cfrag: Uint8Array, hints: Hints): Promise<bigint> =>
  harness.findFault(capsule, cfrag, kfragHash, hints);

describe("UmbralProof.findFault", () => {
  it("says None of a right answer with right hints, for several capsules", async () => {
    const asked = await loadFixture(proofs);
    for (let i = 0; i < 4; i++) {
      const own = { ...asked, capsule: makeGrant(1, 1).capsule.toBytesSimple() };
      const cfrag = cfragOf(own, {}, 0, own.capsule);
      expect(await find(own, cfrag, hintsFor(own.capsule, cfrag))).to.equal(Fault.None);
    }
  });

  it("finds every fault; hints are only needed for equations", async () => {
    const asked = await loadFixture(proofs);
    for (const lie of [...lengths, ...points, ...scalars, ...foreign]) {
      expect(await find(asked, lie.cfrag(asked), NO_HINTS), lie.title).to.equal(Fault[lie.fault]);
    }
    for (const lie of equations) {
      const cfrag = lie.cfrag(asked);
      expect(await find(asked, cfrag, hintsFor(asked.capsule, cfrag)), lie.title).to.equal(Fault[lie.fault]);
    }
  });

  it("names the first of several", async () => {
    const asked = await loadFixture(proofs);
    const bad = Uint8Array.of(0, ...new Uint8Array(32));
    const zero = new Uint8Array(32);
    const parts = { E1: bad, V1: bad, E2: bad, V2: bad, U2: bad, z: zero, id: zero };
    const order = ["E1", "V1", "E2", "V2", "U2", "z", "id"] as const;
    const names = ["PointE1", "PointV1", "PointE2", "PointV2", "PointU2", "ScalarZ", "Kfrag"] as const;
    for (const [i, name] of names.entries()) {
      const rest = Object.fromEntries(order.slice(i).map((part) => [part, parts[part]]));
      expect(await find(asked, withParts(cfragOf(asked), rest), NO_HINTS)).to.equal(Fault[name]);
    }
    const cfrag = cfragOf(asked, { V2: 5n, U2: 7n });
    const [e, v] = hintsFor(asked.capsule, cfrag);
    expect(await find(asked, cfrag, [e, v, NO_HINT])).to.equal(Fault.EquationV);
  });

  it("names a point with x >= n before z and the fragment", async () => {
    const asked = await loadFixture(proofs);
    const zero = new Uint8Array(32);
    for (const part of ["E1", "V1", "E2", "V2", "U2"] as const) {
      for (const x of [N, nextX(N, true), P, 2n ** 256n - 1n]) {
        const cfrag = withParts(cfragOf(asked), { [part]: Uint8Array.of(2, ...toBytes32(x)), z: zero, id: zero });
        expect(await find(asked, cfrag, NO_HINTS), `${part}: ${x}`).to.equal(Fault[`Point${part}`]);
      }
    }
  });

  describe("when a hint is wrong", () => {
    it("reverts with UmbralProofBadHint(fault) of its equation, for a right answer", async () => {
      const asked = await loadFixture(proofs);
      const cfrag = cfragOf(asked);
      for (const [i, equation] of EQUATIONS.entries()) {
        const hints = hintsFor(asked.capsule, cfrag);
        hints[i] = NO_HINT;
        const fault = Fault[`Equation${equation}`];
        await refused(asked, find(asked, cfrag, hints), equation, "UmbralProofBadHint", fault);
      }
    });

    it("names the point instead if one is off the curve, the first of several", async () => {
      const asked = await loadFixture(proofs);
      const off = Uint8Array.of(2, ...toBytes32(nextX(1n, false)));
      const order = ["E1", "V1", "E2", "V2", "U2"] as const;
      for (const [i, part] of order.entries()) {
        const rest = Object.fromEntries(order.slice(i).map((name) => [name, off]));
        const cfrag = withParts(cfragOf(asked), rest);
        expect(await find(asked, cfrag, NO_HINTS), part).to.equal(Fault[`Point${part}`]);
      }
    });
  });
});
