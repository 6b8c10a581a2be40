import { ceilSqrt } from "../../test/models/health";

/** Seconds per hour. */
const HOUR = 3_600;

/**
 * How often a miner is checked: the one rule that the contracts, the simulation and the whitepaper's sum share. Times are
 * seconds unless a name says otherwise.
 */
export interface Rhythm {
  /** Rounds in a period; also k, the targets of each. */
  pace: number;
  /** Between two rounds. */
  gap: number;
  /** Between two checks of one miner, on average: each round has it with probability k / N. */
  betweenChecks: number;
}

/** Rounds in a period and targets in a round: ceil(sqrt N), as the health votes count them. */
export const paceFor = (miners: number): number => Number(ceilSqrt(BigInt(miners)));

/** The rhythm of the health votes: pace rounds in equal parts of a period, at least `gapBlocks` apart. */
export function rhythmOf(miners: number, period: number, gapBlocks: number, secondsPerBlock: number): Rhythm {
  const pace = paceFor(miners);
  const gap = Math.max(Math.floor(period / pace), gapBlocks * secondsPerBlock);
  return { pace, gap, betweenChecks: (gap * miners) / pace };
}

/** The first second from `time` on, Unix time, that is not in the first 64th of a period: there no round opens. */
export const settledFrom = (time: number, period: number): number =>
  Math.max(time, time - (time % period) + Math.floor(period / 64));

/** The whitepaper's rhythm (section VI): a round every `gapBlocks` blocks, of k targets. */
export function paperRhythm(miners: number, gapBlocks: number, secondsPerBlock: number): Rhythm {
  const pace = paceFor(miners);
  const gap = gapBlocks * secondsPerBlock;
  return { pace, gap, betweenChecks: (gap * miners) / pace };
}

export const inHours = (seconds: number): number => seconds / HOUR;

/**
 * Mean time from a failure to the pause, if each check finds it: until the next round's check half a gap, a gap for each
 * further round until one has the miner as a target, and `delay` from the check to the pause.
 */
export function expectedDetection({ gap, pace }: Rhythm, miners: number, delay: number): number {
  return gap * (miners / pace - 0.5) + delay;
}
