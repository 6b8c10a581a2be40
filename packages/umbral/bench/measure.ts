/**
 * Times operations against each other: the contenders take turns in one process, a short sample each, so that whatever
 * else the machine does falls on all of them alike. It can't show what each would do on a machine of its own, nor what
 * many processes at once do to one another.
 */

/** Microseconds for one run: the median of the samples, and their first and third quartile. */
export interface Timing {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  readonly samples: number;
}

export interface Contender {
  readonly prepare: () => void;
  readonly run: () => unknown;
}

/** A sample lasts about as long, by as many runs as that takes. */
const SAMPLE_US = 4000;
const SAMPLES = 61;
/** One operation gets about as long with each contender; slow ones make do with fewer samples, but not below these. */
const BUDGET_US = 6_000_000;
const FEWEST_SAMPLES = 7;

const now = (): number => Number(process.hrtime.bigint()) / 1000;

async function sample({ prepare, run }: Contender, runs: number): Promise<number> {
  prepare();
  const start = now();
  for (let i = 0; i < runs; i += 1) {
    const result = run();
    if (result instanceof Promise) await result;
  }
  return (now() - start) / runs;
}

/** The value that a share of the sorted samples stays below. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [below = 0, above = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}

/** The timings of one operation, in the order of its contenders. */
export async function measure(contenders: readonly Contender[]): Promise<Timing[]> {
  const plans = [];
  for (const contender of contenders) {
    await sample(contender, 1); // warms up
    const once = Math.min(await sample(contender, 1), await sample(contender, 1));
    const runs = Math.max(1, Math.round(SAMPLE_US / once));
    await sample(contender, runs);
    const samples = Math.min(SAMPLES, Math.max(FEWEST_SAMPLES, Math.floor(BUDGET_US / (once * runs))));
    plans.push({ contender, runs, samples, times: Array<number>() });
  }
  for (let round = 0; round < SAMPLES; round += 1) {
    // Each round starts with another contender: none always runs behind the same one.
    for (const i of plans.keys()) {
      const plan = plans[(round + i) % plans.length];
      if (plan && round < plan.samples) plan.times.push(await sample(plan.contender, plan.runs));
    }
  }
  return plans.map(({ times }) => {
    const sorted = times.toSorted((a, b) => a - b);
    return {
      median: quantile(sorted, 0.5),
      q1: quantile(sorted, 0.25),
      q3: quantile(sorted, 0.75),
      samples: sorted.length,
    };
  });
}
