import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import fc from "fast-check";

/** The first seed; the next ones count up. */
export const SEED = Number(process.env["NKMS_SEED"] ?? "1");

/** Plays one shortened history again: what a failing test printed. */
const PATH = process.env["NKMS_PATH"];

/** How long to look for a shorter history that fails too. */
const SHRINK_MILLISECONDS = Number(process.env["NKMS_SHRINK_SECONDS"] ?? "120") * 1_000;

/** How many random histories each test plays: its own short number, or NKMS_RUNS. */
export const runs = (short: number): number => Number(process.env["NKMS_RUNS"] ?? (PATH === undefined ? short : 1));

/** The seeds of one test's histories; `offset` makes them other ones than those of other tests. */
export const seedsOf = (offset: number, short: number): number[] =>
  Array.from({ length: runs(short) }, (_, run) => SEED + offset + run);

/** A thing to do, with a number that fixes all its choices: any step can be left out and the others stay. */
export interface Step {
  kind: string;
  /** 64 bits. */
  seed: bigint;
}

/** How often each kind of step comes up, beside the others. */
export type Weights = Readonly<Record<string, number>>;

/** A step of some kind. A step doesn't get simpler, a history does: by leaving steps out. */
function step(weights: Weights): fc.Arbitrary<Step> {
  const kinds = Object.entries(weights).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) }));
  const seed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  return fc.noShrink(fc.noBias(fc.record({ kind: fc.oneof(...kinds), seed })));
}

/** Histories of exactly so many steps. */
export const stepsOf = (weights: Weights, count: number): fc.Arbitrary<Step[]> =>
  fc.array(step(weights), { minLength: count, maxLength: count });

/** The history of a seed. */
export function historyOf(seed: number, steps: fc.Arbitrary<Step[]>): Step[] {
  return fc.sample(steps, { seed, numRuns: 1 }).flat();
}

/** Something that happens step by step, with books beside it. */
export interface Story {
  /** What was done, one line per action. */
  readonly log: readonly string[];
  /** Says that no further step is to be played. */
  readonly over?: boolean;
  play(step: Step): Promise<void>;
  /** Looks for what must always hold. */
  check(): Promise<void>;
  /** Called once, at the end. */
  finish(): Promise<void>;
}

/** Random histories and how to begin one. */
export interface Plan<Scene> {
  /** The test's offset in its seeds: said when a history is to be played again. */
  offset: number;
  /** What happens, and how often. */
  weights: Weights;
  /** All steps. */
  steps: fc.Arbitrary<Step[]>;
  /** Everything is checked once in so many steps. */
  every: number;
  deploy: () => Promise<Scene>;
  begin: (scene: Scene) => Promise<Story>;
}

/** How far a history was played. */
interface Played {
  log: readonly string[];
  /** How many steps were begun. */
  steps: number;
  error?: Error;
}

/**
 * Plays random histories, each from the same beginning. If something is wrong in one, looks for a shorter one in which
 * something is, prints that, and throws what was wrong first. Leaves the chain as it was.
 * @returns what was done in each, one line per action.
 */
export async function tellAll<Scene>(plan: Plan<Scene>, seeds: readonly number[]): Promise<(readonly string[])[]> {
  const clean = await takeSnapshot();
  try {
    const scene = await plan.deploy();
    const start = await takeSnapshot();
    const attempt = async (steps: readonly Step[], stop?: AbortSignal): Promise<Played> => {
      await start.restore();
      return play(plan, await plan.begin(scene), steps, stop);
    };

    const logs: (readonly string[])[] = [];
    for (const seed of seeds) {
      const history = historyOf(seed, plan.steps);
      const { log, steps, error } = await attempt(history);
      if (error && SHRINK_MILLISECONDS > 0) await shorten(plan, seed, history.slice(0, steps), attempt);
      if (error) throw error;
      logs.push(log);
    }
    return logs;
  } finally {
    await clean.restore();
  }
}

/** Plays one random history, as {@link tellAll} does. Returns its log. */
export async function tell<Scene>(plan: Plan<Scene>, seed: number): Promise<readonly string[]> {
  return (await tellAll(plan, [seed])).flat();
}

async function play<Scene>(
  plan: Plan<Scene>,
  story: Story,
  history: readonly Step[],
  stop?: AbortSignal,
): Promise<Played> {
  let steps = 0;
  try {
    for (const one of history) {
      if (story.over || stop?.aborted) break;
      steps++;
      await story.play(one);
      if (steps % plan.every === 0) await story.check();
    }
    if (!stop?.aborted) await story.finish();
  } catch (error) {
    return { log: story.log, steps, error: error as Error };
  }
  return { log: story.log, steps };
}

/** Leaves out steps as long as the rest still fails, and prints what remains. */
async function shorten<Scene>(
  plan: Plan<Scene>,
  seed: number,
  failing: Step[],
  attempt: (steps: readonly Step[], stop: AbortSignal) => Promise<Played>,
): Promise<void> {
  let shortest: Played | undefined;
  let running: Promise<Played> | undefined;
  const stop = new AbortController();
  const fails = fc.asyncProperty(fc.array(step(plan.weights)), async (steps) => {
    const played = await (running = attempt(steps, stop.signal));
    if (played.error === undefined) return;
    shortest = played;
    throw new Error("fails", { cause: played.error });
  });
  const { counterexamplePath } = await fc.check(fails, {
    seed,
    numRuns: 1,
    examples: [[failing]],
    interruptAfterTimeLimit: SHRINK_MILLISECONDS,
    markInterruptAsFailure: true,
    ...(PATH === undefined ? {} : { path: PATH }),
  });
  // When time is up, fast-check doesn't wait for the history that it has begun.
  stop.abort();
  await running;

  const { log, error } = shortest ?? { log: ["none"], error: "no history was short enough to be played in time" };
  const again = `NKMS_SEED=${seed - plan.offset} NKMS_PATH=${counterexamplePath ?? "0"}`;
  process.stderr.write(
    `seed ${seed}, a short history that fails (again: ${again}):\n  ${[...log, String(error)].join("\n  ")}\n`,
  );
}
