import { seatsFor } from "../../test/models/health";
import type { Behaviour } from "./behaviours";
import type { Rhythm } from "./pace";
import type { History } from "./run";

/** How soon failures are found. Times are seconds. */
export interface Detection {
  failures: number;
  /** That ended in a pause. */
  found: number;
  /** Repaired before a round found them. */
  repaired: number;
  /** All time that failures lasted without a pause, over `found`: the mean, repaired ones allowed for. */
  mean: number;
  /** From failure to pause, in rising order. */
  times: number[];
  /** How long the others lasted: until a repair, or the end of the story. */
  unfound: number[];
}

export function detectionOf({ failures, pauses, story }: History): Detection {
  const end = story.periods * Number(story.parameters.escrow.period);
  const key = ({ miner, from }: { miner: number; from: number }): string => `${miner} ${from}`;
  const pausedAt = new Map(pauses.flatMap(({ at, failure }) => (failure ? [[key(failure), at] as const] : [])));
  const times: number[] = [];
  const unfound: number[] = [];
  for (const failure of failures) {
    const at = pausedAt.get(key(failure));
    if (at === undefined) unfound.push(Math.min(failure.until, end) - failure.from);
    else times.push(at - failure.from);
  }
  times.sort((a, b) => a - b);
  const exposed = [...times, ...unfound].reduce((sum, time) => sum + time, 0);
  const repaired = failures.filter((failure) => failure.until <= end && !pausedAt.has(key(failure))).length;
  return { failures: failures.length, found: times.length, repaired, mean: exposed / times.length, times, unfound };
}

/** What became of miners that resumed while they were down. Times are seconds. */
export interface Relapses {
  resumed: number;
  /** Again before they were repaired. */
  paused: number;
  repaired: number;
  /** All time from resumptions to a pause, a repair or the end, over `paused`. */
  mean: number;
}

export function relapsesOf({ resumptions, pauses, story }: History): Relapses {
  const end = story.periods * Number(story.parameters.escrow.period);
  let [resumed, paused, repaired, exposed] = [0, 0, 0, 0];
  for (const { miner, at, failure } of resumptions) {
    if (!failure) continue;
    const next = pauses.find((pause) => pause.miner === miner && pause.at > at);
    const again = next?.failure?.from === failure.from ? next.at : undefined;
    resumed++;
    if (again !== undefined) paused++;
    else if (failure.until <= end) repaired++;
    exposed += (again ?? Math.min(failure.until, end)) - at;
  }
  return { resumed, paused, repaired, mean: exposed / paused };
}

/** The share of failures that a pause would follow within `time`, if none were repaired: Kaplan and Meier's estimate. */
export function foundWithin({ times, unfound }: Detection, time: number): number {
  const ends = [...times.map((at) => ({ at, found: true })), ...unfound.map((at) => ({ at, found: false }))];
  ends.sort((a, b) => a.at - b.at);
  let left = 1;
  for (const [i, { at, found }] of ends.entries()) {
    if (at > time) break;
    if (found) left *= 1 - 1 / (ends.length - i);
  }
  return 1 - left;
}

/** The same if every check finds a failure: the chance that a target is drawn in one of the checks in that time. */
export function expectedWithin({ gap, pace }: Rhythm, miners: number, delay: number, time: number): number {
  if (time <= delay) return 0;
  const checks = (time - delay) / gap; // so many, or one more
  const [sure, more] = [Math.floor(checks), checks - Math.floor(checks)];
  const missed = 1 - pace / miners;
  return 1 - missed ** sure * (1 - more * (1 - missed));
}

/** Pauses of miners that worked when they were checked. */
export const falseAlarmsOf = ({ pauses }: History): number => pauses.filter(({ failure }) => !failure).length;

/** Health pay per voting seat and period, base units, by behaviour. */
export function payPerSeat({ story, pay }: History, period = story.periods): Map<Behaviour, number> {
  const seats = new Map<Behaviour, bigint>();
  for (const { stake, behaviour } of story.miners) {
    const own = seatsFor(stake, story.parameters.escrow.minStake);
    seats.set(behaviour, (seats.get(behaviour) ?? 0n) + own);
  }
  const at = pay.filter((record) => record.period === period);
  return new Map(
    at.map((record) => [record.behaviour, Number(record.pay) / Number(seats.get(record.behaviour) ?? 1n) / period]),
  );
}
