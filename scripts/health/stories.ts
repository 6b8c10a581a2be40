import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import { type Behaviour } from "./behaviours";
import type { Story } from "./run";
import type { Profile } from "./system";

const [HOUR, DAY] = [3_600, 86_400];
/** Enough for issuance, also while some are paused: twice L_min. */
const LEAST_TOTAL = nkms("2,000,000");

/** 1 January 2030. */
export const BEGINS = 1_893_456_000;

/** What all stories share, where they don't say otherwise. */
export const ORDINARY = {
  begins: BEGINS,
  parameters: local,
  meanLife: 20 * DAY,
  meanRepair: 2 * DAY,
  noise: { falseAlarm: 0.005, missed: 0.02 },
  notice: 6 * HOUR,
} satisfies Partial<Story>;

/** How many of a hundred miners behave how. */
export type Mix = Partial<Record<Behaviour, number>>;

/** One of each kind of deviation, few enough that the honest have more than half of nearly every committee. */
export const MIXED: Mix = { honest: 76, healthy: 4, coin: 4, chain: 4, copier: 4, silent: 4, liar: 4 };

/** The same, with three more that have to do with paused targets; for networks of a hundred miners and more. */
export const MIXED_MORE: Mix = {
  honest: 73,
  healthy: 3,
  coin: 3,
  rest: 3,
  chain: 3,
  fresh: 3,
  stubborn: 3,
  copier: 3,
  silent: 3,
  liar: 3,
};

/** A coalition with this share of the stake, in per cent, among honest miners. */
export const coalition = (percent: number): Mix => ({ honest: 100 - percent, colluder: percent });

/** So much of the stake, in per cent, names paused targets too; 4 % only repeat the chain. */
export const conventions = (percent: number): Mix => ({ honest: 96 - percent, stubborn: percent, chain: 4 });

/**
 * A network of miners whose stakes fall with the square root of their rank: the smallest has s_min, or more where the
 * whole would be too little for issuance. Behaviours get shares of the stake, as near as whole miners allow.
 */
export function profilesOf(count: number, mix: Mix): Profile[] {
  const shape = Array.from({ length: count }, (_, i) => Math.sqrt(count / (i + 1)));
  const total = shape.reduce((sum, weight) => sum + weight, 0);
  const least = Number(local.escrow.minStake / nkms("1"));
  const unit = Math.max(least, Number(LEAST_TOTAL / nkms("1")) / total);
  const entries = Object.entries(mix) as [Behaviour, number][];
  const whole = entries.reduce((sum, [, share]) => sum + share, 0);
  const given = new Map<Behaviour, number>();
  let dealt = 0;
  return shape.map((weight): Profile => {
    // Each goes to who is furthest behind its share: so every behaviour has large and small miners.
    dealt += weight;
    const behind = ([behaviour, share]: [Behaviour, number]): number =>
      (dealt * share) / whole - (given.get(behaviour) ?? 0);
    const [behaviour] = entries.reduce((a, b) => (behind(b) > behind(a) ? b : a));
    given.set(behaviour, (given.get(behaviour) ?? 0) + weight);
    return { stake: BigInt(Math.round(unit * weight)) * nkms("1"), behaviour };
  });
}

/** A story of so many miners and periods. */
export const storyOf = (seed: string, miners: number, periods: number, mix: Mix, more: Partial<Story> = {}): Story => ({
  ...ORDINARY,
  ...more,
  seed,
  periods,
  miners: profilesOf(miners, mix),
});
