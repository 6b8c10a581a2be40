import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import {
  type ChallengeScene,
  commitTo,
  deployChallenges,
  leakOf,
  openChallengeScene,
  SALT,
} from "../helpers/challenges";
import { MINER_STAKE, policyParameters } from "../helpers/policies";
import { passPeriods } from "../helpers/time";
import { Policies } from "../models/policies";

const PERIODS = 10n;
const RATE = nkms("2");
const FEE = PERIODS * RATE;

const open = async (floorPercent: bigint, collateral: bigint): Promise<ChallengeScene> => {
  const policies = { ...policyParameters.policies, floorPercent };
  return openChallengeScene(await deployChallenges({ ...policyParameters, policies }), { collateral });
};
// loadFixture wants one function per state.
const scenes = {
  "φ = 0, c = f/4": { percent: 0n, collateral: FEE / 4n, scene: () => open(0n, FEE / 4n) },
  "φ = 0, c = f": { percent: 0n, collateral: FEE, scene: () => open(0n, FEE) },
  "φ = 50 %, c = f/4": { percent: 50n, collateral: FEE / 4n, scene: () => open(50n, FEE / 4n) },
  "φ = 50 %, c = f/2": { percent: 50n, collateral: FEE / 2n, scene: () => open(50n, FEE / 2n) },
  "φ = 50 %, c = f": { percent: 50n, collateral: FEE, scene: () => open(50n, FEE) },
};

/** Who has what after a leak. */
interface Split {
  challenger: bigint;
  payer: bigint;
  burned: bigint;
  stake: bigint;
}

async function onChain(s: ChallengeScene, t: bigint, revoked: boolean): Promise<Split> {
  const { challenges, policies, escrow, token, terms, challenger, payer, staff } = s;
  await passPeriods(escrow, t);
  if (revoked) await policies.connect(s.owner).revoke(terms, 0n);
  const leak = leakOf(s, 0);
  await commitTo(s, 0, await challenges.evidenceOfKey(leak.secret));
  await challenges.connect(challenger).revealLeakedKey(terms, 0, leak, SALT);
  const [convicted] = await policies.queryFilter(policies.filters.Convicted);
  if (!convicted || !staff[0]) throw new Error("expected a verdict");
  const { collateral, earned, withheld, toChallenger } = convicted.args.verdict;
  const [, locks] = await escrow.locksOf(staff[0].account);
  const [closed] = await policies.queryFilter(policies.filters.Closed);
  const held = closed ? await policies.heldFor(payer, closed.args.heldUntil) : 0n;
  return {
    challenger: await token.balanceOf(challenger),
    payer: (await policies.refundOf(payer)) + held,
    burned: collateral + earned + withheld - toChallenger,
    stake: MINER_STAKE - locks.reduce((sum, { amount }) => sum + amount, 0n),
  };
}

/** The same by the model. A revocation doesn't change it. */
function inModel(percent: bigint, collateral: bigint, t: bigint, revoked: boolean): Split {
  const { window, leakPercent, finderPercent } = policyParameters.policies;
  const model = new Policies({ window, minCollateral: 1n, floorPercent: percent, leakPercent, finderPercent }, 0n);
  model.create("p", { payer: "payer", periods: PERIODS, rate: RATE, collateral, miners: ["a", "b", "c"] });
  model.toPeriod(t);
  if (revoked) model.close("p", 0);
  const { toChallenger, burned } = model.convict("p", 0, true);
  const held = model.heldFor("payer", t + 1n + window + 1n);
  return {
    challenger: toChallenger,
    payer: model.refundOf("payer") + held,
    burned,
    stake: model.stakeTaken("a"),
  };
}

describe("What a leaked key costs whom", () => {
  for (const [name, { percent, collateral, scene }] of Object.entries(scenes)) {
    it(`is what the model says at every t, ${name}`, async () => {
      for (let t = 0n; t <= PERIODS; t++) {
        const split = await onChain(await loadFixture(scene), t, false);
        expect(split, `t = ${t}`).to.deep.equal(inModel(percent, collateral, t, false));
        expect(split.challenger + split.payer + split.burned, "the parts sum to c + f").to.equal(collateral + FEE);
      }
    });
  }

  it("is the whitepaper's split with φ = 0", async () => {
    for (let t = 0n; t <= PERIODS; t++) {
      const { challenger, payer, burned } = await onChain(await loadFixture(scenes["φ = 0, c = f"].scene), t, false);
      expect(challenger, "α f t/T").to.equal((5n * FEE * t) / (100n * PERIODS));
      expect(payer, "(1 - t/T) f").to.equal(FEE - (FEE * t) / PERIODS);
      expect(burned, "c + (1 - α) f t/T").to.equal(FEE + (95n * FEE * t) / (100n * PERIODS));
    }
  });

  for (const name of ["φ = 0, c = f", "φ = 50 %, c = f"] as const) {
    it(`is the same if the owner revokes before, ${name}`, async () => {
      const { percent, collateral, scene } = scenes[name];
      for (let t = 0n; t < PERIODS; t++) {
        const split = await onChain(await loadFixture(scene), t, true);
        expect(split, `t = ${t}`).to.deep.equal(inModel(percent, collateral, t, false));
        expect(split, `t = ${t}, in the model`).to.deep.equal(inModel(percent, collateral, t, true));
      }
    });
  }
});
