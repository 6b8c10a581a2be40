import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";

import { randomSteps, shrink, type Step } from "./random";
import { everything, randomParameters, World } from "./world";

/** The first history's seed; the next ones count up. */
const SEED = BigInt(process.env["NKMS_SEED"] ?? "1");
const RUNS = Number(process.env["NKMS_RUNS"] ?? "3");

/** Periods per history. */
const PERIODS = BigInt(process.env["NKMS_PERIODS"] ?? "200");

/** Everything is compared once in so many steps, and at the end. */
const FULL_CHECK = 100;

/** How long to look for a shorter history that fails too. */
const SHRINK_MILLISECONDS = Number(process.env["NKMS_SHRINK_SECONDS"] ?? "120") * 1_000;

/** Plays steps until the history is long enough; throws at the first difference between contract and model. */
async function play(world: World, steps: readonly Step[]): Promise<void> {
  const end = world.model.now + PERIODS;
  for (const [i, step] of steps.entries()) {
    if (world.model.now >= end) break;
    await world.play(step);
    if (i % FULL_CHECK === FULL_CHECK - 1) await world.checkAll();
  }
  await world.checkAll();
}

/** How often each action was done (by name), and refused (by error). */
const seen = new Map<string, number>();

function count(log: readonly string[]): void {
  for (const line of log) {
    const name = /^! .*: (\w+)\(/.exec(line)?.[1] ?? /^(?:\w+\.)?(\w+)/.exec(line)?.[1] ?? line;
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
}

describe("A random history of 20 miners", () => {
  for (let run = 0; run < RUNS; run++) {
    const seed = SEED + BigInt(run);
    it(`leaves the escrow and the model with the same books, seed ${seed}`, async function () {
      this.timeout(0);
      const clean = await takeSnapshot();
      const world = await World.create(randomParameters(seed));
      const steps = randomSteps(seed, Number(PERIODS) * 4, everything);
      const start = await takeSnapshot();

      const player = world.twin();
      try {
        await play(player, steps);
        count(player.log);
      } catch (error) {
        const attempt = async (some: readonly Step[]): Promise<string | undefined> => {
          await start.restore();
          const twin = world.twin();
          try {
            await play(twin, some);
          } catch (difference) {
            return [...twin.log, String(difference)].join("\n  ");
          }
          return undefined;
        };
        const shortest = await shrink(steps, async (some) => (await attempt(some)) !== undefined, SHRINK_MILLISECONDS);
        console.log(`seed ${seed}, shortest history that fails:\n  ${await attempt(shortest)}`);
        throw error;
      } finally {
        await clean.restore();
      }
    });
  }

  after(() =>
    console.log(
      [...seen]
        .map(([n, c]) => `${n} ${c}`)
        .sort()
        .join("\n"),
    ),
  );
});
