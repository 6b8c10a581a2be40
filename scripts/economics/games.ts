import { majorityChance, binomial } from "../health/chances";
import { DEFAULTS, type Deal, EXAMPLE, feeOf, STAKED } from "./defaults";
import { rewardOf } from "./issuance";
import { cheatingPays, closingAt, deterringCheck, leakAt, wrongAnswerAt } from "./policies";
import { payOfGuess, payOfRound, type Setting, settingOf } from "./votes";

/** One thing that a player can do, and what it expects of it. */
export interface Move {
  move: string;
  payoff: number;
  /** How the payoff comes about. */
  because: string;
}

/** A game of one player against the rules; all others play honestly. */
export interface Game {
  /** Short, without spaces: names rows of reports. */
  name: string;
  title: string;
  /** Of payoffs. */
  unit: string;
  /** The first move is the honest one. */
  moves: readonly [Move, ...Move[]];
  /** What a deviation gains at most, in words with numbers. */
  bound: string;
  /** The heading in docs/limits.md, where honest play is not the best reply. */
  limit?: string;
}

export const bestReply = ({ moves }: Game): Move =>
  moves.reduce((best, move) => (move.payoff > best.payoff ? move : best));

/** What the best reply gains over honest play; 0: nothing. */
export const gainOf = (game: Game): number => bestReply(game).payoff - game.moves[0].payoff;

const FEE = feeOf(EXAMPLE);
const { collateral, rate, periods } = EXAMPLE;
const HALF = periods / 2;

const text = (value: number, digits = 0): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = (value: number, digits = 0): string => `${text(100 * value, digits)} %`;

/* POLICIES */

/** What a node saves by answering anything at all, instead of re-encrypting: a tenth of the fee. */
const SAVED = rate / 10;

export function cheat(q = 0.01): Game {
  const least = deterringCheck(EXAMPLE, SAVED);
  return {
    name: "cheat",
    title: "Answer wrongly, and be found out with probability q a period",
    unit: "NKMS an arrangement",
    moves: [
      { move: "answer rightly", payoff: FEE, because: `f = ${FEE}` },
      ...[0.001, q, 0.05, 0.2].map((chance) => ({
        move: `answer wrongly, q = ${percent(chance, 1)}`,
        payoff: cheatingPays(EXAMPLE, chance, SAVED),
        because: `saves ${SAVED} a period; found, it loses c = ${collateral} and what it has earned`,
      })),
    ],
    bound: `From q = ${percent(least, 2)} a period on, one checked period in ${text(1 / least)}, cheating loses; unchecked it gains what it saves, ${SAVED * periods}.`,
    limit: "Answers that nobody checks",
  };
}

export function leak(bribe = 100, shown = 0.5): Game {
  const loss = collateral + FEE;
  return {
    name: "leak",
    title: "Sell the key fragment",
    unit: "NKMS an arrangement",
    moves: [
      { move: "keep it", payoff: FEE, because: `f = ${FEE}` },
      ...[1, shown, 0.1].map((chance) => ({
        move: `sell it for ${bribe}, shown in the end with probability ${percent(chance)}`,
        payoff: FEE + bribe - chance * loss,
        because: `f + ${bribe} less ${percent(chance)} of c + f = ${loss}`,
      })),
    ],
    bound: `A bribe must be above q (c + f) per fragment, q being the chance that the key is shown: ${loss} if it surely is, ${text(0.1 * loss)} at 10 %. A reader needs the threshold's number of fragments.`,
    limit: "Keys that are sold in secret",
  };
}

function challengeOneself(): Game {
  const split = wrongAnswerAt(EXAMPLE, HALF);
  const days = periods + DEFAULTS.window;
  return {
    name: "challenge-oneself",
    title: "A miner proves its own wrong answer, half-way",
    unit: "NKMS an arrangement",
    moves: [
      { move: "answer rightly", payoff: FEE, because: `f = ${FEE}` },
      {
        move: "report itself",
        payoff: split.challenger - collateral,
        because: `the finder's share of c, ${split.challenger}, less c; no fee`,
      },
      { move: "be found by another", payoff: -collateral, because: "c; no fee" },
    ],
    bound: `Nothing: it loses ${percent(1 - DEFAULTS.finderShare)} of c and its fee. Being first against a hunter saves ${percent(DEFAULTS.finderShare)} of c = ${split.challenger}, for a bond of ${DEFAULTS.bond} ether a day, ${text(days * DEFAULTS.bond, 2)} over ${days} days.`,
  };
}

function ownerShows(): Game {
  const show = (t: number): Move => {
    const { payer, challenger } = leakAt(EXAMPLE, t);
    const revoking = closingAt(EXAMPLE, t);
    return {
      move: `show the key in period ${t}`,
      payoff: payer + challenger - revoking.payer - revoking.held,
      because: `gets ${payer} + ${challenger} back instead of ${revoking.payer + revoking.held}; burns ${leakAt(EXAMPLE, t).burned}`,
    };
  };
  return {
    name: "owner-shows",
    title: "An owner that pays shows its miner's key itself, instead of revoking",
    unit: "NKMS more than by revoking",
    moves: [{ move: "revoke", payoff: 0, because: "-" }, show(1), show(HALF - 1), show(HALF), show(periods)],
    bound: `From φT = ${HALF} periods on it gains α of the earned fee, at most ${DEFAULTS.leakShare * FEE}, and burns the miner's c + f; before, it loses more than by revoking.`,
    limit: "An owner that burns its miner's collateral",
  };
}

export function handOff(t = HALF): Game {
  const left = periods - t;
  const passed = (collateral * left) / periods;
  return {
    name: "hand-off",
    title: "Hand off to an account of one's own half-way, then leak, and be shown",
    unit: "NKMS an arrangement",
    moves: [
      { move: "serve to the end", payoff: FEE, because: `f = ${FEE}` },
      { move: "leak without handing off", payoff: -collateral, because: "c; no fee" },
      {
        move: "hand off to itself, leak",
        payoff: -collateral - passed,
        because: `c of the old index, c' = ${passed} of the new one; no fee of either`,
      },
    ],
    bound: `Nothing: a hand-off adds a second collateral and frees none. Handing off to somebody else in period 1 and leaking burns ${text(burnRatio(), 2)} of the other's per unit of one's own.`,
    limit: "A hand-off vouches for the one who hands off",
  };
}

/** What the new holder loses per unit that the old one does, if the old one hands off in period 1 and leaks. */
function burnRatio(): number {
  const passed = (collateral * (periods - 1)) / periods;
  return (passed + rate * (periods - 1)) / (collateral + rate);
}

function withdrawEarly(): Game {
  const loss = -collateral;
  return {
    name: "withdraw-early",
    title: "Answer wrongly in the last period, and withdraw before the verdict",
    unit: "NKMS an arrangement",
    moves: [
      { move: "answer rightly", payoff: FEE, because: `f = ${FEE}` },
      {
        move: "withdraw at once",
        payoff: loss,
        because: `c is reserved through end + ${DEFAULTS.window}; the fee is taken from stake if it was claimed`,
      },
      { move: "wait for the verdict", payoff: loss, because: "c; no fee" },
    ],
    bound: `Nothing: what is reserved can't be withdrawn. Evidence counts in periods up to end + ${DEFAULTS.window}; what is proven later costs nothing.`,
  };
}

function sandwich(purse = 1_000_000): Game {
  const { burned } = wrongAnswerAt(EXAMPLE, HALF);
  const gain = (purse * burned) / DEFAULTS.initialSupply;
  const swap = 0.003; // what a usual exchange takes
  return {
    name: "sandwich",
    title: "Buy NKMS right before a seizure, sell right after",
    unit: "NKMS",
    moves: [
      { move: "do nothing", payoff: 0, because: "-" },
      {
        move: `buy ${text(purse)} and sell`,
        payoff: gain - 2 * swap * purse,
        because: `its part of what burns, ${text(gain, 2)}, less ${percent(swap, 1)} twice`,
      },
      {
        move: "the same without a fee of the exchange",
        payoff: gain,
        because: "what burns raises every unit's part by burned / S",
      },
    ],
    bound: `${text(gain, 2)} NKMS a million held, ${(burned / DEFAULTS.initialSupply).toExponential(1)} of the purse: what is seized burns, nobody is paid for having arrived early.`,
    limit: "Holders gain when others lose",
  };
}

/* STAKE */

/** Expected arrangements of one miner with a share x among equal ones of `each`, in a policy of n: drawn without replacement. */
function drawnWhole(x: number, each: number, n: number): number {
  let missed = 1;
  for (let j = 0; j < n; j++) missed *= 1 - x / (1 - j * each);
  return 1 - missed;
}

function splitUp(x = 0.1, n = 3): Game {
  const each = 0.01;
  const whole = drawnWhole(x, each, n);
  const parts = Math.round(x / each);
  const two = pairChance(parts, 100, n);
  return {
    name: "split",
    title: `Split ${percent(x)} of the stake into ${parts} miners, among others of ${percent(each)}`,
    unit: "arrangements a policy of 3",
    moves: [
      { move: "one miner", payoff: whole, because: "drawn at most once a policy" },
      { move: `${parts} miners`, payoff: n * x, because: "each drawn by its own stake" },
    ],
    bound: `${percent((n * x) / whole - 1, 1)} more arrangements at ${percent(x)} of the stake, ${percent((n * 0.02) / drawnWhole(0.02, each, n) - 1, 1)} at 2 %; rewards and votes are the same. In ${percent(two, 1)} of policies of 3 it then has two fragments.`,
    limit: "One owner behind many miners",
  };
}

/** The chance that two or more of n drawn of `all` are among `own`. */
function pairChance(own: number, all: number, n: number): number {
  const choose = (a: number, b: number): number => {
    let ways = 1;
    for (let i = 0; i < b; i++) ways *= (a - i) / (i + 1);
    return ways;
  };
  let chance = 0;
  for (let k = 2; k <= n; k++) chance += (choose(own, k) * choose(all - own, n - k)) / choose(all, n);
  return chance;
}

export function grind(share = 0.1): Game {
  const seats = 10_000;
  const chances = binomial(seats * share, DEFAULTS.minSeats / seats);
  const mean = DEFAULTS.minSeats * share;
  const best = chances.reduce((sum, p, a) => sum + chances.reduce((all, q, b) => all + p * q * Math.max(a, b), 0), 0);
  return {
    name: "grind",
    title: `Grind addresses, or the randomness, with ${percent(share)} of the stake`,
    unit: "seats of a committee of 64",
    moves: [
      { move: "neither", payoff: mean, because: `${percent(share)} of ${DEFAULTS.minSeats}` },
      {
        move: "grind addresses",
        payoff: mean,
        because:
          "a seat's hash has the round's randomness in it, known only when the stake counts already; draws use the owner's seed",
      },
      {
        move: "propose the opening block, and choose between two values",
        payoff: best,
        because: "the better of two committees; a proposal is given up for it",
      },
    ],
    bound: `Addresses: nothing. A proposer: ${percent(best / mean - 1)} more seats in rounds whose opening block it proposes, for a block's reward.`,
    limit: "Randomness that a proposer can refuse",
  };
}

function borrow(interest = 0.2): Game {
  const days = DEFAULTS.shortestLock + DEFAULTS.vesting;
  const borrowed = STAKED; // then half of all that earns
  const cost = (borrowed * interest * days) / 365;
  const shared = rewardOf(borrowed, 0, DEFAULTS.shortestLock, STAKED + borrowed);
  const alone = rewardOf(borrowed, 0, DEFAULTS.shortestLock, borrowed);
  return {
    name: "borrow",
    title: `Borrow as much as is staked (${text(borrowed / 1e6)} M NKMS, ${percent(interest)} a year) for the shortest lock, and vote with it`,
    unit: "million NKMS, the price unchanged",
    moves: [
      {
        move: "stake it and vote honestly",
        payoff: (shared - cost) / 1e6,
        because: `rewards ${text(shared / 1e6, 1)} less interest of ${days} days, ${text(cost / 1e6, 1)}`,
      },
      {
        move: "pause everybody else",
        payoff: (alone - cost) / 1e6,
        because: `all rewards, ${text(alone / 1e6, 1)}, less the interest`,
      },
      {
        move: "borrow for one block",
        payoff: 0,
        because: "stake counts from the next period on, and is locked: no vote",
      },
    ],
    bound: `${text((alone - shared) / 1e6, 1)} M NKMS, ${percent((alone - shared) / borrowed, 1)} of what was borrowed: it loses if the price falls by more than that while locked (WP VII-B).`,
    limit: "A majority of the stake",
  };
}

/* VOTES */

const NOISE = { falseAlarm: 0.005, missed: 0.02 };
/** As docs/health-network.md simulates it: fails after so many days, repaired after 2, found after one. */
export const networkOf = (miners: number, meanLife: number): Setting => settingOf(miners, meanLife, 2, 0.97, NOISE);
const ORDINARY = networkOf(100, 20);
const QUIET = networkOf(100, 1_000);

/** The moves of who looks at no node. */
function unseen(setting: Setting): Move[] {
  return [
    {
      move: "always healthy",
      payoff: payOfRound("healthy", setting),
      because: "right in quiet rounds, J = 0 in the others",
    },
    {
      move: "name who is paused",
      payoff: payOfRound("chain", setting),
      because: "a false alarm each: who was paused when the round opened counts as nobody",
    },
    {
      move: "name who was paused since the opening",
      payoff: payOfRound("fresh", setting),
      because: "is never a target too in a network of 100, whose rounds don't overlap",
    },
    {
      move: "name all but the paused",
      payoff: payOfRound("rest", setting),
      because: "right about the paused alone: J is their part of the healthy",
    },
    {
      move: "name the best number of those that aren't paused",
      payoff: payOfGuess(setting),
      because: "at most: as if it never had anything to lose",
    },
    { move: "copy a commitment", payoff: payOfRound("copier", setting), because: "can't be opened: silence" },
    { move: "be silent", payoff: payOfRound("silent", setting), because: "reported: J = -1" },
  ];
}

function votes(setting: Setting): [Move, ...Move[]] {
  return [
    {
      move: "check and say it",
      payoff: payOfRound("honest", setting),
      because: "J near 1 where there is something to find, its part of B/4 else",
    },
    ...unseen(setting),
    {
      move: "check, and name the paused too",
      payoff: payOfRound("stubborn", setting),
      because: "finds what there is; a false alarm for each that was paused when the round opened",
    },
    { move: "lie alone", payoff: payOfRound("liar", setting), because: "J near -1: loses what it has" },
    {
      move: "name all others, in a coalition of 10 %",
      payoff: payOfRound("colluder", { ...setting, coalition: 0.1 }),
      because: "as long as it has no majority J is 0 on average; at most this, for it loses no more than it has",
    },
  ];
}

/** What the best of who looks at no node gets, as a part of what an honest voter gets. */
export function bestUnseen(setting: Setting): { move: string; share: number } {
  const { move, payoff } = unseen(setting).reduce((best, one) => (one.payoff > best.payoff + 1e-9 ? one : best));
  return { move, share: payoff / payOfRound("honest", setting) };
}

const worthOfChecks = (setting: Setting): string => {
  const { move, share } = bestUnseen(setting);
  return `Nothing, as long as checking costs less than ${percent(1 - share)} of the pay. Who checks nothing can expect ${percent(share)} of it at most, by "${move}"`;
};

export function vote(): Game {
  return {
    name: "vote",
    title: "Vote in a network of 100 miners that fail every 20 days",
    unit: "parts of B / n, for a seat and round",
    moves: votes(ORDINARY),
    bound: `${worthOfChecks(ORDINARY)}.`,
    limit: "Votes without a check",
  };
}

function voteInQuiet(): Game {
  const [honest, ...others] = votes(QUIET);
  return {
    name: "vote-quiet",
    title: "Vote in a network where nearly nothing fails (every 1,000 days)",
    unit: "parts of B / n, for a seat and round",
    moves: [honest, ...others],
    bound: `${worthOfChecks(QUIET)}; an honest committee gets ${percent(honest.payoff)} of the budget here.`,
    limit: "Votes without a check",
  };
}

/** Reward that a coalition takes from those it pauses: a share s of the stake that wins a round with its chance p(s). */
export function coalition(share = 0.3): Game {
  const [miners, seats] = [100, 10_000];
  const pace = Math.ceil(Math.sqrt(miners));
  const chance = majorityChance(DEFAULTS.minSeats, seats, share, 1 - share);
  const daily = rewardOf(STAKED * share, 0, 1);
  // A won round pauses its targets for about a day: their part of the rewards goes to the others.
  const paused = (pace / miners) * (1 - share);
  const gained = pace * chance * daily * (paused / (1 - paused));
  const budget = DEFAULTS.firstIssue * DEFAULTS.healthShare * share;
  const pay = budget * payOfRound("honest", ORDINARY);
  const left = budget * payOfRound("colluder", { ...ORDINARY, coalition: share });
  return {
    name: "coalition",
    title: `Name all others as unhealthy, with ${percent(share)} of the stake of 100 miners`,
    unit: "NKMS a day",
    moves: [
      { move: "vote honestly", payoff: daily + pay, because: `rewards ${text(daily)}, health pay ${text(pay)}` },
      {
        move: "name all others",
        payoff: daily + gained + left,
        because: `health pay of at most ${text(left)}; it wins ${chance.toExponential(1)} of all rounds, and gets ${text(gained, 1)} of others' rewards`,
      },
    ],
    bound: `Nothing below a third: it gives up ${text(pay - left)} to gain ${text(gained, 1)}. At half of the stake it wins ${percent(majorityChance(DEFAULTS.minSeats, seats, 0.5, 0.5))} of all rounds, see health-network.md.`,
  };
}

/** Every game, at the default parameters. */
export const GAMES: readonly Game[] = [
  cheat(),
  leak(),
  challengeOneself(),
  ownerShows(),
  handOff(),
  withdrawEarly(),
  splitUp(),
  grind(),
  sandwich(),
  borrow(),
  vote(),
  voteInQuiet(),
  coalition(),
];

/** A deal's fee in its t-th period, for the pictures. */
export const flowOf = (deal: Deal): { t: number; miner: number; payer: number; held: number }[] =>
  Array.from({ length: deal.periods + 1 }, (_, t) => ({ t, ...closingAt(deal, t) }));
