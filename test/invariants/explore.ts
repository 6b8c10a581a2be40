import fc from "fast-check";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { type Plan, type Step, stepsOf, type Story, tell } from "./histories";
import { everything, randomParameters, World } from "./world";

/** How many steps there are for each period: more than enough, as about one in three lets time pass. */
const STEPS_PER_PERIOD = 4n;

/** Histories begin with some stake. */
const FIRST_LOCKS = 12;

/** A random history of stakes and what to look at while it goes on. */
export interface Exploration {
  seed: number;
  /** The test's offset in its seeds. */
  offset: number;
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

/** Plays a random history, as {@link tell} does. Returns its log. */
export async function explore(exploration: Exploration): Promise<readonly string[]> {
  const { seed, offset, periods, compare, every } = exploration;
  const parameters = exploration.parameters ?? randomParameters(BigInt(seed));
  const plan: Plan<World> = {
    offset,
    weights: everything,
    steps: worldSteps(Number(periods * STEPS_PER_PERIOD)),
    every,
    deploy: () => World.create(parameters, compare),
    begin: (world) => Promise.resolve(new WorldStory(world.twin(), exploration)),
  };
  return tell(plan, seed);
}

/** So many steps of everything, after some locks. */
const worldSteps = (count: number): fc.Arbitrary<Step[]> =>
  fc.tuple(stepsOf({ lock: 1 }, FIRST_LOCKS), stepsOf(everything, count)).map((parts) => parts.flat());

/** Histories of stakes, of so many steps, in one world; everything is compared once in `every` steps and at the end. */
export const worldPlan = (
  parameters: NetworkParameters,
  count: number,
  every: number,
): Omit<Plan<World>, "offset"> => ({
  weights: everything,
  steps: worldSteps(count),
  every,
  deploy: () => World.create(parameters, false),
  begin: (world) => Promise.resolve(new WorldStory(world.twin(), { check: (played) => played.checkAll() })),
});

/** A world that may end after some periods. */
class WorldStory implements Story {
  private readonly end?: bigint;

  constructor(
    private readonly world: World,
    private readonly exploration: Pick<Exploration, "check" | "finish"> & Partial<Pick<Exploration, "periods">>,
  ) {
    if (exploration.periods !== undefined) this.end = world.model.now + exploration.periods;
  }

  get log(): readonly string[] {
    return this.world.log;
  }

  get over(): boolean {
    return this.end !== undefined && this.world.model.now >= this.end;
  }

  play(step: Step): Promise<void> {
    return this.world.play(step);
  }

  check(): Promise<void> {
    return this.exploration.check(this.world);
  }

  async finish(): Promise<void> {
    await this.check();
    await this.exploration.finish?.(this.world);
  }
}
