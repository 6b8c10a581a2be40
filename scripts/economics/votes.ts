import type { Behaviour } from "../health/behaviours";

/** What happens in a network, as a voter meets it. Probabilities. */
export interface Setting {
  /** N. */
  miners: number;
  /** A node is down. */
  down: number;
  /** A node that is down is also paused. */
  known: number;
  /** A check of a healthy node says unhealthy. */
  falseAlarm: number;
  /** A check of one that is down says healthy. */
  missed: number;
  /** The coalition's share of the stake, if there is one. */
  coalition?: number;
}

/** Failures of `meanLife` and `meanRepair`, found after `meanDetection`, all in the same unit. */
export function settingOf(
  miners: number,
  meanLife: number,
  meanRepair: number,
  meanDetection: number,
  noise: { falseAlarm: number; missed: number },
): Setting {
  const down = meanRepair / (meanLife + meanRepair);
  // Exponential times in a race: a repair comes first with probability d / (r + d), so that part of the down time is unpaused.
  return { miners, down, known: meanRepair / (meanRepair + meanDetection), ...noise };
}

/** The same network with so many more numbers whose holders are down for good, and paused. */
export function withDead(setting: Setting, dead: number): Setting {
  const { miners, down, known } = setting;
  const sick = miners * down;
  return {
    ...setting,
    miners: miners + dead,
    down: (sick + dead) / (miners + dead),
    known: (sick * known + dead) / (sick + dead),
  };
}

/** Rounds save up to so many budgets for one that has something to find. */
const MOST_SAVED = 16;

/**
 * Expected pay of a seat for a round that it takes part in, in parts of B / n, where the verdict is right: of a quiet round
 * B/4 is paid, 3B/4 saved; a telling one pays by J out of B and what was saved.
 */
export function payOfRound(behaviour: Behaviour, setting: Setting): number {
  const targets = Math.ceil(Math.sqrt(setting.miners));
  const quiet = (1 - setting.down) ** targets + setting.down ** targets;
  const saved = savedFor(quiet);
  return quiet * 0.25 * agreement(behaviour, setting, targets) + (1 - quiet) * (1 + saved) * youden(behaviour, setting);
}

/** What a telling round finds saved, on average, in parts of B: 3/4 for each quiet one before it, to the cap. */
function savedFor(quiet: number): number {
  let sum = 0;
  for (let run = 1, chance = quiet; chance > 1e-12 && run < 10_000; run++, chance *= quiet) {
    sum += chance * (Math.min(0.75 * run, MOST_SAVED) - Math.min(0.75 * (run - 1), MOST_SAVED));
  }
  return sum;
}

/** The chance to agree with a quiet round's verdict about every target. */
function agreement(behaviour: Behaviour, { falseAlarm }: Setting, targets: number): number {
  switch (behaviour) {
    case "honest":
      return (1 - falseAlarm) ** targets;
    case "healthy":
    case "chain":
      return 1;
    case "coin":
      return 0.5 ** targets;
    case "liar":
      return falseAlarm ** targets;
    case "copier":
    case "silent":
    case "colluder":
      return 0;
  }
}

/** J, if it is above 0: a loss takes only what is there, and who always loses has nothing. */
function youden(behaviour: Behaviour, { falseAlarm, missed, known, coalition = 0 }: Setting): number {
  switch (behaviour) {
    case "honest":
      return 1 - falseAlarm - missed;
    case "chain":
      return known;
    case "healthy":
    case "coin": // on average; see the simulation for what the floor at zero adds
    case "liar":
    case "copier":
    case "silent":
      return 0;
    // Names all others. Of the well it clears its own, a share s; the one that is down it names with probability 1 - s.
    // Then J = s, else J = s - 1, which is 0 on average: s (1 - s) if it never has anything to lose.
    case "colluder":
      return coalition * (1 - coalition);
  }
}
