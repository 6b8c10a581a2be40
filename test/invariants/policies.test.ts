import { expect } from "chai";

import { runs, SEED } from "./explore";
import { policyActions, PolicyStory } from "./policyStory";
import { tell } from "./stories";

/** Steps per history. */
const STEPS = Number(process.env["NKMS_STEPS"] ?? "180");
/** Everything is checked once in so many steps, and at the end. */
const EVERY = 5;

const plan = {
  steps: STEPS,
  actions: policyActions,
  every: EVERY,
  deploy: () => PolicyStory.deploy(),
  begin: (scene: Parameters<typeof PolicyStory.begin>[0]) => PolicyStory.begin(scene),
};

describe("A random history of policies", () => {
  /** Everything that was done, or refused with reason. */
  const seen = new Set<string>();

  for (let run = 0; run < runs(2); run++) {
    const seed = SEED + 700n + BigInt(run);
    it(`keeps stake reserved, accounts for every fee and takes no more than was at risk (seed ${seed})`, async function () {
      this.timeout(0);
      for (const line of await tell({ ...plan, seed })) seen.add(line.split(" to ")[0] ?? line);
    });
  }

  // What comes up is fixed by the seeds.
  if (SEED === 1n && runs(2) >= 2 && STEPS >= 180)
    it("did everything, and was refused what the rules refuse", () => {
      const done =
        "create renew revoke revokeAll revokeBySignature resign handOff leak wrong claimFees settle takeRefund";
      const rest = "takeHeldRefund lock extend donate";
      const refused = ["! create", "! renew", "! handOff", "! leak", "! wrong", "! claimFees"];
      const missing = [...`${done} ${rest}`.split(" "), ...refused].filter((name) => !seen.has(name));
      expect(missing).to.deep.equal([]);
    });
});
