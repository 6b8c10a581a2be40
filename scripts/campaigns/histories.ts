import { countFromEnvironment } from "../../deploy/environment";
import { worldPlan } from "../../test/invariants/explore";
import { healthPlan } from "../../test/invariants/healthStory";
import { tellAll } from "../../test/invariants/histories";
import { policyPlan } from "../../test/invariants/policyStory";
import { randomParameters } from "../../test/invariants/world";
import { Recorder, seedsLeft } from "./record";

// Random histories for hours, in slices of twenty: 12 of stakes, in a network whose parameters the slice's seed chooses,
// 6 of policies and 2 of health votes. What is recorded already isn't played again, so a campaign can be stopped at any time and
// started again. NKMS_SEED: the first slice, else 1000. NKMS_RUNS: how many histories, else 5,000. NKMS_STEPS: actions of
// each, else 100. A history that fails is made shorter and printed, and ends the campaign.

const SLICE = 20;
/** Everything is checked once in so many actions, and at the end of a history. */
const EVERY = 50;

interface Part {
  what: string;
  histories: number;
  /** Plays the histories of these seeds, in the network of a slice. */
  tell: (slice: number, seeds: readonly number[]) => Promise<(readonly string[])[]>;
}

const STEPS = countFromEnvironment("NKMS_STEPS", 100);
/** A third of all steps of a history of policies find nothing to do. */
const POLICY_STEPS = Math.ceil(1.5 * STEPS);

const PARTS: readonly Part[] = [
  {
    what: "stakes",
    histories: 12,
    tell: (slice, seeds) => tellAll({ ...worldPlan(randomParameters(BigInt(slice)), STEPS, EVERY), offset: 0 }, seeds),
  },
  {
    what: "policies",
    histories: 6,
    tell: (_, seeds) => tellAll({ ...policyPlan(POLICY_STEPS, EVERY), offset: 0 }, seeds),
  },
  {
    what: "health votes",
    histories: 2,
    tell: (_, seeds) => tellAll({ ...healthPlan(STEPS, EVERY), offset: 0 }, seeds),
  },
];

/** No two slices have a history in common. */
const seedsOfSlice = (slice: number, histories: number): number[] =>
  Array.from({ length: histories }, (_, i) => slice * SLICE + i);

/** Plays a part of a slice and records it; throws what was wrong in it. */
async function play({ what, histories, tell }: Part, slice: number, recorder: Recorder): Promise<void> {
  const began = Date.now();
  let logs: string[] = [];
  let failure: unknown;
  try {
    logs = (await tell(slice, seedsOfSlice(slice, histories))).flat();
  } catch (error) {
    failure = error;
  }
  const count = (mark: string): number => logs.filter((line) => line.startsWith(mark)).length;
  const [refused, discards] = [count("! "), count("- ")];
  const [calls, seconds] = [logs.length - discards, Math.round((Date.now() - began) / 1_000)];
  const failures = failure === undefined ? 0 : 1;
  recorder.add(what, slice, STEPS, { runs: histories, calls, refused, discards, failures, seconds });
  process.stdout.write(
    `slice ${slice}: ${histories} histories of ${what}, ${calls} actions, ${refused} of them refused, ${seconds} s\n`,
  );
  if (failure === undefined) return;
  process.stderr.write(`slice ${slice} again: NKMS_SEED=${slice} NKMS_RUNS=${SLICE}, and the NKMS_PATH above\n`);
  throw failure as Error;
}

async function main(): Promise<void> {
  const [first, runs] = [countFromEnvironment("NKMS_SEED", 1_000), countFromEnvironment("NKMS_RUNS", 5_000)];
  const recorder = new Recorder("histories");
  const left = PARTS.map(({ what }) => new Set(seedsLeft("histories", what, first, Math.ceil(runs / SLICE))));
  for (let slice = first; slice < first + Math.ceil(runs / SLICE); slice++) {
    for (const [i, part] of PARTS.entries()) {
      if (left[i]?.has(slice)) await play(part, slice, recorder);
    }
  }
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
