import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { runs, SEED } from "./explore";
import { policyActions, PolicyStory } from "./policyStory";
import { randomSteps, shrink, type Step } from "./random";

/** Steps per history. */
const STEPS = Number(process.env["NKMS_STEPS"] ?? "180");
/** Everything is checked once in so many steps, and at the end. */
const EVERY = 5;
/** How long to look for a shorter history that fails too. */
const SHRINK_MILLISECONDS = Number(process.env["NKMS_SHRINK_SECONDS"] ?? "60") * 1_000;

describe("A random history of policies", () => {
  /** Everything that was done, or refused with reason. */
  const seen = new Set<string>();

  for (let run = 0; run < runs(2); run++) {
    const seed = SEED + 700n + BigInt(run);
    it(`keeps stake reserved, accounts for every fee and takes no more than was at risk (seed ${seed})`, async function () {
      this.timeout(0);
      for (const line of await explorePolicies(seed)) seen.add(line.split(" to ")[0] ?? line);
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

/** Plays a random history; if something is wrong, throws with a shorter one in which something is. */
async function explorePolicies(seed: bigint): Promise<readonly string[]> {
  const clean = await takeSnapshot();
  try {
    const scene = await PolicyStory.deploy();
    const start = await takeSnapshot();
    const attempt = async (
      steps: readonly Step[],
    ): Promise<{ log: readonly string[]; step: number; error?: Error }> => {
      await start.restore();
      const story = await PolicyStory.begin(scene);
      let step = 0;
      try {
        for (const one of steps) {
          await story.play(one);
          if (++step % EVERY === 0) await story.check();
        }
        await story.finish();
      } catch (error) {
        return { log: story.log, step, error: error as Error };
      }
      return { log: story.log, step };
    };

    const steps = randomSteps(seed, STEPS, policyActions);
    const first = await attempt(steps);
    if (first.error === undefined) return first.log;
    const fails = async (some: readonly Step[]): Promise<boolean> => (await attempt(some)).error !== undefined;
    const last = await attempt(await shrink(steps.slice(0, first.step + 1), fails, SHRINK_MILLISECONDS));
    const told = [...last.log, last.error?.message ?? "none"];
    throw new Error(`seed ${seed}, a short history that fails:\n  ${told.join("\n  ")}`, { cause: first.error });
  } finally {
    await clean.restore();
  }
}
