import { expect } from "chai";

import { runs, SEED, seedsOf, tell } from "./histories";
import { healthPlan } from "./healthStory";

/** Steps per history. */
const STEPS = Number(process.env["NKMS_STEPS"] ?? "100");
/** Where this test's seeds begin, after the first. */
const OFFSET = 900;

describe("A random history of health votes", () => {
  /** Everything that was done, or refused with reason. */
  const seen = new Set<string>();

  for (const seed of seedsOf(OFFSET, 2)) {
    it(`holds what it owes, pays what votes earned and pauses only by verdicts (seed ${seed})`, async function () {
      this.timeout(0);
      for (const line of await tell({ ...healthPlan(STEPS), offset: OFFSET }, seed))
        seen.add(line.startsWith("!") ? line : (line.split(" ")[0] ?? line));
    });
  }

  // What comes up is fixed by the seeds.
  if (SEED === 1 && runs(2) >= 2 && STEPS >= 100)
    it("did everything, and was refused what the rules refuse", () => {
      const done = "round decide void enforce again silence claim resume pass slash".split(" ");
      const errors = "TooSoon WrongPhase TooLate NotUnhealthy NotCommitted NothingToPay UnknownRound".split(" ");
      const refused = errors.map((error) => `! HealthVote${error}`);
      expect([...done, ...refused].filter((name) => !seen.has(name))).to.deep.equal([]);
    });
});
