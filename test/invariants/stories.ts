import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";

import { randomSteps, shrink, type Step } from "./random";

/** How long to look for a shorter history that fails too. */
const SHRINK_MILLISECONDS = Number(process.env["NKMS_SHRINK_SECONDS"] ?? "60") * 1_000;

/** Something that happens step by step, with books beside it. */
export interface Story {
  /** What was done, one line per action. */
  readonly log: readonly string[];
  play(step: Step): Promise<void>;
  /** Looks for what must always hold. */
  check(): Promise<void>;
  /** Called once, at the end. */
  finish(): Promise<void>;
}

/** A random story and how to begin it. */
export interface Plan<Scene, Kind extends string> {
  seed: bigint;
  steps: number;
  /** What happens, and how often. */
  actions: Readonly<Record<Kind, number>>;
  /** Everything is checked once in so many steps. */
  every: number;
  deploy: () => Promise<Scene>;
  begin: (scene: Scene) => Promise<Story>;
}

/** Plays a random story; if something is wrong, throws with a shorter one in which something is. Returns its log. */
export async function tell<Scene, Kind extends string>(plan: Plan<Scene, Kind>): Promise<readonly string[]> {
  const clean = await takeSnapshot();
  try {
    const scene = await plan.deploy();
    const start = await takeSnapshot();
    const attempt = async (
      steps: readonly Step[],
    ): Promise<{ log: readonly string[]; step: number; error?: Error }> => {
      await start.restore();
      const story = await plan.begin(scene);
      let step = 0;
      try {
        for (const one of steps) {
          await story.play(one);
          if (++step % plan.every === 0) await story.check();
        }
        await story.finish();
      } catch (error) {
        return { log: story.log, step, error: error as Error };
      }
      return { log: story.log, step };
    };

    const steps = randomSteps(plan.seed, plan.steps, plan.actions);
    const first = await attempt(steps);
    if (first.error === undefined) return first.log;
    const fails = async (some: readonly Step[]): Promise<boolean> => (await attempt(some)).error !== undefined;
    const last = await attempt(await shrink(steps.slice(0, first.step + 1), fails, SHRINK_MILLISECONDS));
    const told = [...last.log, last.error?.message ?? "none"];
    throw new Error(`seed ${plan.seed}, a short history that fails:\n  ${told.join("\n  ")}`, { cause: first.error });
  } finally {
    await clean.restore();
  }
}
