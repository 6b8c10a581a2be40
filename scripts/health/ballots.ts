import type { Row } from "./committee";
import { blindBound } from "./odds";
import { uniform } from "./uniform";

/** A round as a voter meets it: `targets` (k), one of which is unhealthy; the one of the round before. */
interface Met {
  targets: number;
  sick: number;
  before: number;
  random: () => number;
}

/** Whom a ballot names; undefined: it can't be shown. */
type Ballot = ReadonlySet<number> | undefined;

const targetsOf = ({ targets }: Met): number[] => Array.from({ length: targets }, (_, i) => i);

/**
 * What ballots earn, round after round, as a part of what an honest voter with as many seats earns. Each round has one
 * unhealthy target, drawn anew, and the same pot; what is lost comes from pay that has not vested, down to zero.
 */
const STRATEGIES = {
  "always healthy": (): Ballot => new Set(),
  "always unhealthy": (met: Met): Ballot => new Set(targetsOf(met)),
  "a coin for each target": (met: Met): Ballot => new Set(targetsOf(met).filter(() => met.random() < 0.5)),
  "half of the targets": (met: Met): Ballot => half(met),
  "the verdict of the round before": (met: Met): Ballot => new Set([met.before]),
  "a copied commitment, reported": (): Ballot => undefined,
  "the truth with 2 % noise": (met: Met): Ballot =>
    new Set(targetsOf(met).filter((target) => (target === met.sick) !== met.random() < 0.02)),
  "the truth": (met: Met): Ballot => new Set([met.sick]),
} as const;

export type Strategy = keyof typeof STRATEGIES;

/** The best ballot of who doesn't look: see {@link blindBound}. */
function half({ targets, random }: Met): Ballot {
  const named = new Set<number>();
  while (named.size < Math.floor(targets / 2)) named.add(Math.floor(random() * targets));
  return named;
}

/** Sensitivity + specificity - 1; -1 for a ballot that can't be shown. */
export function scoreOf({ targets, sick }: Met, ballot: Ballot): number {
  if (ballot === undefined) return -1;
  const found = ballot.has(sick) ? 1 : 0;
  return found - (ballot.size - found) / (targets - 1);
}

/** V of the parameters. */
const VESTING = 2;

/** Pay per round, of 1 for an honest voter, over `rounds` rounds of which `perPeriod` are in a period. */
export function payOf(strategy: Strategy, targets: number, perPeriod: number, rounds: number, seed: number): number {
  const random = uniform(seed);
  const unvested = new Float64Array(VESTING + 1); // by period, in a ring
  let [total, before, period] = [0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    while (period < Math.floor(round / perPeriod)) unvested[++period % unvested.length] = 0;
    const met = { targets, sick: Math.floor(random() * targets), before, random };
    const score = scoreOf(met, STRATEGIES[strategy](met));
    before = met.sick;
    const change = score < 0 ? -takeBack(unvested, period, -score) : score;
    if (change > 0) unvested[period % unvested.length] = (unvested[period % unvested.length] ?? 0) + change;
    total += change;
  }
  return total / rounds;
}

/** Takes up to `most`, the newest first. */
function takeBack(unvested: Float64Array, period: number, most: number): number {
  let taken = 0;
  for (let age = 0; age <= VESTING; age++) {
    const place = (period + unvested.length - age) % unvested.length;
    const part = Math.min(most - taken, unvested[place] ?? 0);
    unvested[place] = (unvested[place] ?? 0) - part;
    taken += part;
  }
  return taken;
}

/** The most that a ballot may earn on average; for honest ones, what it earns. */
export function boundOf(strategy: Strategy, targets: number): number {
  if (strategy === "the truth") return 1;
  if (strategy === "the truth with 2 % noise") return 0.98 - 0.02;
  if (strategy.startsWith("always") || strategy.startsWith("a copied")) return 0;
  return blindBound(targets);
}

/** Targets of a round, and rounds a period in which the voter has seats. */
export const SCENES = [
  { targets: 2, perPeriod: 2 },
  { targets: 10, perPeriod: 10 },
  { targets: 10, perPeriod: 1 },
  { targets: 100, perPeriod: 100 },
  { targets: 100, perPeriod: 1 },
  { targets: 317, perPeriod: 0.1 },
] as const;

export const sceneName = ({ targets, perPeriod }: (typeof SCENES)[number]): string =>
  `${targets} targets; ${perPeriod} rounds a period`;

export const strategies = Object.keys(STRATEGIES) as Strategy[];

export function payRows(rounds: number, seed = 20_260_101): Row[] {
  return SCENES.flatMap((scene, i) =>
    strategies.map((strategy, j): Row => ({
      what: `pay: ${strategy.replace(",", ";")}`,
      case: sceneName(scene),
      method: "drawn",
      rounds,
      expected: boundOf(strategy, scene.targets),
      measured: payOf(strategy, scene.targets, scene.perPeriod, rounds, seed + 100 * i + j),
    })),
  );
}
