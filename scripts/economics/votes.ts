import type { Behaviour } from "../health/behaviours";
import { binomial } from "../health/chances";
import { blindGain } from "../health/odds";

/** What happens in a network, as a voter meets it. Probabilities. */
export interface Setting {
  /** N. */
  miners: number;
  /** A node is down and not paused: what rounds are there to find. */
  sick: number;
  /** A node is paused, and was when the round opened; it is down. */
  excused: number;
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
  const paused = meanRepair / (meanRepair + meanDetection);
  return { miners, sick: down * (1 - paused), excused: down * paused, ...noise };
}

/** The same network with so many more numbers whose holders are down for good, and paused. */
export function withDead(setting: Setting, dead: number): Setting {
  const { sick, excused } = setting;
  const miners = setting.miners + dead;
  const part = setting.miners / miners;
  return { ...setting, miners, sick: part * sick, excused: part * excused + (1 - part) };
}

/** Rounds save up to so many budgets for one that has something to find. */
const MOST_SAVED = 16;

/**
 * Expected pay of a seat for a round that it takes part in, in parts of B / n, where the verdict is right: of a quiet round
 * B/4 is paid, 3B/4 saved; a telling one pays by J out of B and what was saved, or takes as much. Not below 0: a loss takes
 * only what is there.
 */
export function payOfRound(behaviour: Behaviour, setting: Setting): number {
  const { targets, quiet, pot } = roundsOf(setting);
  const pay = quiet * 0.25 * agreement(behaviour, setting) ** targets;
  return Math.max(0, pay + (1 - quiet) * pot * youden(behaviour, setting));
}

interface Rounds {
  /** k. */
  targets: number;
  /** The chance that a round finds nothing. */
  quiet: number;
  /** What the others pay out, in parts of B. */
  pot: number;
}

function roundsOf({ miners, sick }: Setting): Rounds {
  const targets = Math.ceil(Math.sqrt(miners));
  const quiet = (1 - sick) ** targets + sick ** targets;
  return { targets, quiet, pot: 1 + savedFor(quiet) };
}

/**
 * The most that a ballot can expect that comes from looking at no node: it names the best number of those that weren't paused
 * when the round opened, and never has anything to lose. In parts of B / n.
 */
export function payOfGuess(setting: Setting): number {
  const { targets, pot } = roundsOf(setting);
  const chance = setting.sick / (1 - setting.excused); // of one that wasn't paused
  return binomial(targets, setting.excused).reduce((sum, p, excused) => {
    const open = targets - excused;
    const sick = binomial(open, chance);
    const payOf = (named: number): number =>
      sick.reduce((pay, q, m) => {
        if (m === 0 || m === targets) return pay + (named === m ? q / 4 : 0);
        return pay + q * pot * blindGain(targets, m, named, excused).gain;
      }, 0);
    return sum + p * Math.max(...Array.from({ length: open + 1 }, (_, named) => payOf(named)));
  }, 0);
}

/**
 * Pay, in parts of B / n, where a voter owns `off` more miners that don't work and come back whenever they are paused: of that
 * voter, if it looks at nobody and names those alone, and of who checks.
 */
export function payWithOff(setting: Setting, off: number): { owner: number; honest: number } {
  const miners = setting.miners + off;
  const [part, own] = [setting.miners / miners, off / miners];
  const sick = part * setting.sick;
  const all = { ...setting, miners, sick: sick + own, excused: part * setting.excused };
  const { targets, quiet, pot } = roundsOf(all);
  const owner = binomial(targets, own).reduce((sum, p, named) => {
    const others = binomial(targets - named, sick / (1 - own));
    const score = others.reduce((mean, q, m) => mean + (named + m < targets ? (q * named) / (named + m) : 0), 0);
    return named === 0 ? sum : sum + p * pot * score;
  }, quiet / 4);
  return { owner, honest: payOfRound("honest", all) };
}

/** What a telling round finds saved, on average, in parts of B: 3/4 for each quiet one before it, to the cap. */
function savedFor(quiet: number): number {
  let sum = 0;
  for (let run = 1, chance = quiet; chance > 1e-12 && run < 10_000; run++, chance *= quiet) {
    sum += chance * (Math.min(0.75 * run, MOST_SAVED) - Math.min(0.75 * (run - 1), MOST_SAVED));
  }
  return sum;
}

/** Of the targets that a verdict calls healthy: the part that was paused when the round opened. */
const excusedOf = ({ sick, excused }: Setting): number => excused / (1 - sick);

/** The chance to agree with a quiet round's verdict about one target. */
function agreement(behaviour: Behaviour, setting: Setting): number {
  const { falseAlarm, missed } = setting;
  const excused = excusedOf(setting);
  switch (behaviour) {
    case "honest":
      return excused + (1 - excused) * (1 - falseAlarm);
    case "healthy":
    case "fresh":
      return 1;
    case "chain":
      return 1 - excused;
    case "stubborn":
      return excused * missed + (1 - excused) * (1 - falseAlarm);
    case "coin":
      return excused + (1 - excused) / 2;
    case "rest":
      return excused;
    case "liar":
      return (1 - excused) * falseAlarm;
    case "copier":
    case "silent":
    case "colluder":
      return 0;
  }
}

/** J on average. Of who always loses it is 0 here: it has nothing that could be taken. */
function youden(behaviour: Behaviour, setting: Setting): number {
  const { falseAlarm, missed, coalition = 0 } = setting;
  const excused = excusedOf(setting);
  switch (behaviour) {
    case "honest":
      return 1 - missed - (1 - excused) * falseAlarm;
    case "stubborn":
      return 1 - missed - (1 - excused) * falseAlarm - excused * (1 - missed);
    case "chain":
      return -excused;
    case "rest":
      return excused;
    case "coin": // see the simulation for what the floor at zero adds
      return excused / 2;
    case "fresh": // who was paused since is hardly ever a target too; see the simulation
    case "healthy":
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
