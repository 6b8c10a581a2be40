import type { Chance } from "../reports/chance";

/** How members of committees behave, and how they are called in tables. */
export const BEHAVIOURS = {
  honest: "honest",
  healthy: "lazy: always healthy",
  coin: "lazy: tosses coins but for the paused",
  rest: "lazy: names all but the paused",
  chain: "lazy: names who is paused",
  fresh: "lazy: names who was paused since the opening",
  stubborn: "checks and names the paused too",
  copier: "copies a commitment",
  silent: "silent",
  liar: "lies alone",
  colluder: "colludes",
} as const;

export type Behaviour = keyof typeof BEHAVIOURS;

/** What a member does with its commitment: shows its ballot, hides it, or has copied bytes that it can't open. */
export type Conduct = "shows" | "hides" | "copies";

export const conductOf = (behaviour: Behaviour): Conduct =>
  behaviour === "silent" ? "hides" : behaviour === "copier" ? "copies" : "shows";

/** Probabilities that one check of one miner goes wrong. */
export interface Noise {
  /** A healthy miner doesn't answer. */
  falseAlarm: number;
  /** An unhealthy one does. */
  missed: number;
}

/** What a member can know of a target. */
export interface Sight {
  /** Whether its node works at the moment of the check. */
  healthy: boolean;
  /** Whether it was paused when the round opened: then it counts as nobody, and is called healthy unseen. */
  excused: boolean;
  /** Whether the chain says that it is paused, at the moment of the check. */
  paused: boolean;
  /** Whether it belongs to the coalition. */
  colluder: boolean;
}

/** The targets that a member with this behaviour names as unhealthy. */
export function ballotOf(behaviour: Behaviour, sights: readonly Sight[], noise: Noise, chance: Chance): Set<number> {
  const named = new Set<number>();
  for (const [target, sight] of sights.entries()) {
    if (names(behaviour, sight, noise, chance)) named.add(target);
  }
  return named;
}

function names(behaviour: Behaviour, sight: Sight, noise: Noise, chance: Chance): boolean {
  switch (behaviour) {
    case "healthy":
      return false;
    case "coin":
      return !sight.excused && chance.happens(0.5);
    case "rest":
      return !sight.excused;
    case "chain":
      return sight.paused;
    case "fresh":
      return sight.paused && !sight.excused;
    case "stubborn":
      return seems(sight, noise, chance);
    case "colluder":
      return !sight.colluder;
    case "liar":
      return !honestly(sight, noise, chance);
    case "honest":
    case "silent":
    case "copier":
      return honestly(sight, noise, chance);
  }
}

/** Whether a member that does its duty names the target. */
const honestly = (sight: Sight, noise: Noise, chance: Chance): boolean => !sight.excused && seems(sight, noise, chance);

/** Whether a check says unhealthy. */
const seems = ({ healthy }: Sight, noise: Noise, chance: Chance): boolean =>
  chance.happens(healthy ? noise.falseAlarm : 1 - noise.missed);
