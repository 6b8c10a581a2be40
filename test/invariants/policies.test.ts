import { expect } from "chai";

import { runs, SEED, seedsOf, tell } from "./histories";
import { policyPlan } from "./policyStory";

/** Steps per history. */
const STEPS = Number(process.env["NKMS_STEPS"] ?? "180");
/** Where this test's seeds begin, after the first. */
const OFFSET = 710;

describe("A random history of policies", () => {
  /** Everything that was done, or refused with reason. */
  const seen = new Set<string>();

  for (const seed of seedsOf(OFFSET, 2)) {
    it(`keeps stake reserved, accounts for every fee and takes no more than was at risk (seed ${seed})`, async function () {
      this.timeout(0);
      for (const line of await tell({ ...policyPlan(STEPS), offset: OFFSET }, seed))
        seen.add(line.split(" to ")[0] ?? line);
    });
  }

  // What comes up is fixed by the seeds.
  if (SEED === 1 && runs(2) >= 2 && STEPS >= 180)
    it("did everything, and was refused what the rules refuse", () => {
      const done =
        "create renew revoke revokeAll revokeBySignature resign handOff leak wrong claimFees settle takeRefund";
      const rest = "takeHeldRefund lock extend donate";
      const refused = ["! create", "! renew", "! handOff", "! leak", "! wrong", "! claimFees"];
      const missing = [...`${done} ${rest}`.split(" "), ...refused].filter((name) => !seen.has(name));
      expect(missing).to.deep.equal([]);
    });
});
