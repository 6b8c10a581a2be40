import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { randomSteps, shrink, type Step } from "./random";
import { everything, randomParameters, World } from "./world";

/** The first seed; the next ones count up. */
export const SEED = BigInt(process.env["NKMS_SEED"] ?? "1");

/** How many random histories each test plays: its own short number, or NKMS_RUNS. */
export const runs = (short: number): number => Number(process.env["NKMS_RUNS"] ?? short);

/** How long to look for a shorter history that fails too. */
const SHRINK_MILLISECONDS = Number(process.env["NKMS_SHRINK_SECONDS"] ?? "120") * 1_000;

/** How many steps there are for each period: more than enough, as about one in three lets time pass. */
const STEPS_PER_PERIOD = 4n;

/** Histories begin with some stake. */
const FIRST_LOCKS = 12;

/** A random history and what to look at while it goes on. */
export interface Exploration {
  seed: bigint;
  /** How long it lasts. */
  periods: bigint;
  /** Else the seed chooses them. */
  parameters?: NetworkParameters;
  /** Whether contract and model are compared after each action. */
  compare: boolean;
  /** Looks for what must always hold; called once in `every` steps and at the end. */
  check: (world: World) => Promise<void>;
  every: number;
  /** Called once, at the end. */
  finish?: (world: World) => Promise<void>;
}

/** What went wrong in a history, and in which of its steps. */
interface Failure {
  step: number;
  error: unknown;
  log: readonly string[];
}

/**
 * Plays a random history. If something is wrong it looks for a shorter one in which something is, prints that, and
 * throws. Leaves the chain as it was.
 * @returns what was done, one line per action.
 */
export async function explore(plan: Exploration): Promise<readonly string[]> {
  const clean = await takeSnapshot();
  try {
    const world = await World.create(plan.parameters ?? randomParameters(plan.seed), plan.compare);
    const steps = [
      ...randomSteps(plan.seed + 1n, FIRST_LOCKS, { lock: 1 }),
      ...randomSteps(plan.seed, Number(plan.periods * STEPS_PER_PERIOD), everything),
    ];
    const start = await takeSnapshot();
    const attempt = async (some: readonly Step[]): Promise<Failure | readonly string[]> => {
      await start.restore();
      return play(plan, world.twin(), some);
    };

    const first = await attempt(steps);
    if (!("error" in first)) return first;
    const fails = async (some: readonly Step[]): Promise<boolean> => "error" in (await attempt(some));
    const shortest = await shrink(steps.slice(0, first.step + 1), fails, SHRINK_MILLISECONDS);
    const last = await attempt(shortest);
    const told = "error" in last ? [...last.log, String(last.error)] : ["none"];
    process.stderr.write(`seed ${plan.seed}, a short history that fails:\n  ${told.join("\n  ")}\n`);
    throw first.error;
  } finally {
    await clean.restore();
  }
}

async function play(plan: Exploration, world: World, steps: readonly Step[]): Promise<Failure | readonly string[]> {
  const end = world.model.now + plan.periods;
  let done = 0;
  try {
    for (const step of steps) {
      if (world.model.now >= end) break;
      await world.play(step);
      done++;
      if (done % plan.every === 0) await plan.check(world);
    }
    await plan.check(world);
    await plan.finish?.(world);
  } catch (error) {
    return { step: done, error, log: world.log };
  }
  return world.log;
}
