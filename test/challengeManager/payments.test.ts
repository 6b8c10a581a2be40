import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import { answerOf, Fault, leakOf } from "../helpers/challenges";
import { instrumented } from "../helpers/instrumented";
import { ALL, type PolicyMiner, takeover } from "../helpers/policies";
import { hintFor } from "../models/evidence";
import { type Policies, type Verdict } from "../models/policies";
import {
  COLLATERAL,
  modelOf,
  PERIODS,
  RATE,
  reach,
  reached,
  TAKEOVER_COLLATERAL,
  WINDOW,
} from "../policyManager/fixtures";
import { closedAsTold, eventsOf, expectAsModel, moved } from "../policyManager/observe";
import {
  accused,
  BOND,
  committed,
  evidenceOfSecret,
  inThird,
  openTrial,
  reveal,
  revealKey,
  toldBy,
  type Trial,
  wrongCfrag,
} from "./fixtures";

type Kind = "leak" | "wrong answer";

/** Proves a fault of `miner`'s arrangement by evidence, and checks all that moves against the model. */
async function proven(
  trial: Trial,
  kind: Kind,
  model: Policies,
  index = 0n,
  miner: PolicyMiner = trial.ann,
): Promise<Verdict> {
  const { policies, challenges, challenger, policy, escrow } = trial;
  const origin = index < 3n ? Number(index) : 0; // whoever has a higher index serves ann's fragment
  const leak = leakOf(trial, origin);
  const cfrag = wrongCfrag(trial, origin);
  const answer = await answerOf(trial, origin, cfrag, { index, operator: miner.operator });
  const hint = hintFor(trial.capsule, cfrag, "U");
  const commitment =
    kind === "leak"
      ? await committed(trial, evidenceOfSecret(leak.secret), { index })
      : await accused(trial, answer, { index });

  const verdict = model.convict(policy, Number(index), kind === "leak");
  const { collateral, earned, withheld, fromFees, fromStake, toChallenger, burned, closing } = verdict;
  expect(toChallenger + burned, "the parts").to.equal(collateral + earned + withheld);
  const now = await escrow.currentPeriod();
  const locked = await escrow.lockedIn(miner.account, now);
  const call = () =>
    kind === "leak" ? revealKey(trial, leak, { index }) : reveal(trial, answer, Fault.EquationU, hint, { index });
  const moves = await moved(trial, async () => {
    const sent = call();
    await expect(sent).to.changeEtherBalance(challenges, 0n);
    const fault = kind === "leak" ? Fault.Leak : Fault.EquationU;
    expect(await toldBy(challenges, sent)).to.deep.equal([
      ["Proven", policy, index, challenger.address, commitment, BigInt(fault), toChallenger],
    ]);
    const told = [kind === "leak", challenger.address, collateral, earned, withheld, fromFees, toChallenger];
    expect(await eventsOf(policies, sent)).to.deep.equal([
      ...(closing ? [closedAsTold(policy, index, miner.account.address, closing)] : []),
      ["Convicted", policy, index, miner.account.address, told],
    ]);
  });
  const expected: Record<string, bigint> = { escrow: -fromStake, supply: -burned };
  if (toChallenger > 0n) expected["challenger"] = toChallenger;
  if (fromFees + withheld > 0n) expected["policies"] = -fromFees - withheld;
  expect(moves).to.deep.equal(expected);
  expect(locked - (await escrow.lockedIn(miner.account, now)), "stake").to.equal(fromStake);
  await expectAsModel(trial, model);
  await expect(challenges.connect(challenger).takeBond(commitment)).to.changeEtherBalance(challenger, BOND);
  return verdict;
}

/** Other floors, and shares that don't come out even. */
const rules: [title: string, Partial<NetworkParameters["policies"]>][] = [
  ["φ = 50 %", {}],
  ["φ = 0", { floorPercent: 0n }],
  ["φ = 33 %, α = 7 %, a finder's share of 13 %", { floorPercent: 33n, leakPercent: 7n, finderPercent: 13n }],
  ["φ = 100 %, α = 20 %, a finder's share of 25 %", { floorPercent: 100n, leakPercent: 20n, finderPercent: 25n }],
];
const opened = rules.map(([title, changes]) => {
  const fixture = (): Promise<Trial> => openTrial({}, changes);
  return { title, fixture };
});

/** Every t of a policy: none of its periods served, up to all. Coverage, which is slow, makes do with three. */
const EVERY = instrumented ? [0n, 3n, PERIODS] : Array.from({ length: Number(PERIODS) + 1 }, (_, t) => BigInt(t));

describe("What a proven fault costs and pays", () => {
  for (const { title, fixture } of opened) {
    it(`for a leak pays α of the earned fee, the payer its part, and burns the rest, at every t, with ${title}`, async () => {
      for (const t of EVERY) {
        const trial = await reached(await loadFixture(fixture), t);
        const { floorPercent, leakPercent } = trial.parameters.policies;
        const { toChallenger, earned, withheld, burned } = await proven(trial, "leak", modelOf(trial));
        const least = (PERIODS * floorPercent + 99n) / 100n; // ceil(φT)
        const floor = t > least ? t : least; // t*
        expect(earned).to.equal(t * RATE);
        expect(toChallenger).to.equal((t * RATE * leakPercent) / 100n);
        expect(withheld).to.equal((floor - t) * RATE);
        expect(burned).to.equal(COLLATERAL + floor * RATE - toChallenger);
        expect(await trial.policies.refundOf(trial.payer)).to.equal((PERIODS - floor) * RATE);
      }
    });

    it(`for a wrong answer pays the finder's share of the collateral, the payer (1 - t/T) f at once, and burns the rest, at every t, with ${title}`, async () => {
      for (const t of EVERY) {
        const trial = await reached(await loadFixture(fixture), t);
        const { finderPercent } = trial.parameters.policies;
        const { toChallenger, burned } = await proven(trial, "wrong answer", modelOf(trial));
        expect(toChallenger).to.equal((COLLATERAL * finderPercent) / 100n);
        expect(burned).to.equal(COLLATERAL + t * RATE - toChallenger);
        expect(await trial.policies.refundOf(trial.payer)).to.equal((PERIODS - t) * RATE);
      }
    });
  }

  for (const kind of ["leak", "wrong answer"] as const) {
    describe(`a ${kind}`, () => {
      it("takes the earned fee from stake when it was claimed, in part from both when in part", async () => {
        for (const later of [0n, 2n]) {
          const trial = await loadFixture(inThird);
          const model = modelOf(trial);
          await trial.policies.connect(trial.ann.account).claimFees();
          model.claim(trial.ann.account.address);
          await reach(trial, trial.now + later, model);
          const { fromFees, fromStake } = await proven(trial, kind, model);
          expect([fromFees, fromStake]).to.deep.equal([later * RATE, COLLATERAL + 3n * RATE]);
        }
      });

      it("counts t at closing for one that was revoked, alone or with the policy", async () => {
        for (const index of [0n, ALL]) {
          const trial = await loadFixture(inThird);
          const { policies, owner, terms, policy, now } = trial;
          const model = modelOf(trial);
          await policies.connect(owner).revoke(terms, index);
          if (index === ALL) model.revoke(policy);
          else model.close(policy, 0);
          await reach(trial, now + 2n, model);
          const { earned, withheld, closing } = await proven(trial, kind, model);
          expect([earned, withheld]).to.deep.equal([3n * RATE, kind === "leak" ? 2n * RATE : 0n]);
          expect(closing).to.equal(undefined);
          const held = await policies.heldFor(trial.payer, now + WINDOW + 2n);
          expect(held).to.equal((index === ALL ? 6n : 2n) * RATE - withheld);
        }
      });

      it("takes what a resignation left of the fees, the rest from stake", async () => {
        const trial = await loadFixture(inThird);
        const { policies, ann, terms, policy } = trial;
        const model = modelOf(trial);
        await policies.connect(ann.account).resign(terms, 0n);
        model.resign(policy, 0);
        const { fromFees, fromStake } = await proven(trial, kind, model);
        // One of the three periods' fees went as the penalty.
        expect([fromFees, fromStake]).to.deep.equal([2n * RATE, COLLATERAL + RATE]);
      });

      it("convicts the old holder of one that was handed off, then the new, each by its own t and collateral", async () => {
        const trial = await loadFixture(inThird);
        const { policies, ann, dan, terms, policy, now } = trial;
        const model = modelOf(trial);
        const signed = await takeover(policies, policy, 0n, dan, TAKEOVER_COLLATERAL);
        await policies.connect(ann.account).handOff(terms, 0n, signed);
        model.handOff(policy, 0, dan.account.address, TAKEOVER_COLLATERAL);
        await reach(trial, now + 1n, model);
        const first = await proven(trial, kind, model);
        expect([first.collateral, first.earned, first.withheld]).to.deep.equal([COLLATERAL, 3n * RATE, 0n]);
        const second = await proven(trial, kind, model, 3n, dan);
        const withheld = kind === "leak" ? 3n * RATE : 0n; // of 7 periods 1 was served; half is 4
        expect([second.collateral, second.earned, second.withheld]).to.deep.equal([
          TAKEOVER_COLLATERAL,
          RATE,
          withheld,
        ]);
      });

      it("takes the whole fee of one that has run out, in the first period after its end and in the last that counts", async () => {
        for (const later of [0n, WINDOW]) {
          const trial = await loadFixture(inThird);
          const model = modelOf(trial);
          await reach(trial, trial.end + later, model);
          const { earned, closing } = await proven(trial, kind, model);
          expect([earned, closing]).to.deep.equal([PERIODS * RATE, undefined]);
        }
      });

      it("convicts every arrangement of a policy, each once", async () => {
        const trial = await loadFixture(inThird);
        const model = modelOf(trial);
        for (const [i, miner] of trial.staff.entries()) await proven(trial, kind, model, BigInt(i), miner);
        expect(await trial.token.balanceOf(trial.policies)).to.equal(await trial.policies.refundOf(trial.payer));
      });
    });
  }

  it("pays the challenger from fees what stake does not reach, if α of the fee is more than the collateral", async () => {
    const thin = (): Promise<Trial> => openTrial({ rate: nkms("100"), collateral: nkms("1") }, { leakPercent: 20n });
    const trial = await reached(await loadFixture(thin), PERIODS);
    const { toChallenger, fromStake } = await proven(trial, "leak", modelOf(trial));
    expect([toChallenger, fromStake]).to.deep.equal([nkms("200"), nkms("1")]);
  });
});
