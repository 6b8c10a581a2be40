import fc from "fast-check";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { type Step, stepsOf, type Story, tell } from "./histories";
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
  return tell({
    seed,
    offset,
    weights: everything,
    steps: fc
      .tuple(stepsOf({ lock: 1 }, FIRST_LOCKS), stepsOf(everything, Number(periods * STEPS_PER_PERIOD)))
      .map((parts) => parts.flat()),
    every,
    deploy: () => World.create(parameters, compare),
    begin: (world) => Promise.resolve(new WorldStory(world.twin(), exploration)),
  });
}

/** A world that ends after some periods. */
class WorldStory implements Story {
  private readonly end: bigint;

  constructor(
    private readonly world: World,
    private readonly exploration: Exploration,
  ) {
    this.end = world.model.now + exploration.periods;
  }

  get log(): readonly string[] {
    return this.world.log;
  }

  get over(): boolean {
    return this.world.model.now >= this.end;
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
