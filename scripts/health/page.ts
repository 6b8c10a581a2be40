import { local } from "../../deploy/parameters/local";
import { joined, markdown, type Report } from "../reports/files";
import { majorityChance } from "./chances";
import { earningsPerDay, GAS_PRICE_GWEI, inEther } from "./prices";
import { expectedDetection, inHours, paceFor, paperRhythm, rhythmOf } from "./pace";
import { verdictDelay } from "./run";
import { ORDINARY, profilesOf } from "./stories";
import { SECONDS_PER_BLOCK } from "./system";

const [HOUR, DAY] = [3_600, 86_400];
const PERIOD = Number(local.escrow.period);
const GAP = Number(local.health.gap);
const DELAY = verdictDelay(local);

const fixed = (value: number, digits: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const short = (value: number): string =>
  value !== 0 && value < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
const thousands = (value: number): string => Math.round(value).toLocaleString("en");
const percent = (value: number): string => `${fixed(100 * value, 0)} %`;

/** The whitepaper's sum and ours, from the same rule. */
function rhythmTable(): string {
  const rows = [100, 1_000, 10_000, 100_000].map((miners) => {
    const [paper, ours] = [paperRhythm(miners, GAP, 24), rhythmOf(miners, PERIOD, GAP, SECONDS_PER_BLOCK)];
    return [
      thousands(miners),
      thousands(paceFor(miners)),
      fixed(inHours(paper.betweenChecks), 1),
      fixed(ours.gap, 0),
      fixed(inHours(ours.betweenChecks), 1),
      fixed(inHours(expectedDetection(ours, miners, DELAY)), 1),
    ];
  });
  return markdown(
    [
      "N",
      "k, rounds a day",
      "WP: between checks [h]",
      "NKMS: between rounds [s]",
      "between checks [h]",
      "expected detection [h]",
    ],
    rows,
  );
}

/** Who can decide a round: of 64 seats of 10,000. */
function majorityTable(): string {
  const rows = [0.1, 0.2, 0.3, 1 / 3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((share) => [
    `${fixed(100 * share, 0)} %`,
    short(majorityChance(64, 10_000, share, 1 - share)),
    short(majorityChance(64, 10_000, share, 0)),
  ]);
  return markdown(["share of the stake", "decides, all others against it", "decides, all others silent"], rows);
}

function runsTable({ rows }: Report): string {
  return markdown(
    [
      "miners",
      "played by",
      "periods",
      "rounds",
      "void",
      "failures",
      "paused",
      "repaired first",
      "mean detection [h]",
      "expected [h]",
      "false alarms",
    ],
    rows.map(([miners, by, periods, rounds, lost, failures, paused, repaired, mean, expected, alarms]) => [
      thousands(Number(miners)),
      String(by),
      ...[periods, rounds, lost, failures, paused, repaired].map((value) => thousands(Number(value))),
      fixed(Number(mean), 1),
      fixed(Number(expected), 1),
      thousands(Number(alarms)),
    ]),
  );
}

function behaviourTable({ rows }: Report): string {
  const networks = [...new Set(rows.map(([miners, by]) => `${thousands(Number(miners))}, ${by}`))];
  const behaviours = [...new Set(rows.map((row) => String(row[2])))];
  const shares = new Map(
    rows.map(([miners, by, behaviour, , share]) => [`${thousands(Number(miners))}, ${by} ${behaviour}`, Number(share)]),
  );
  return markdown(
    ["behaviour", ...networks],
    behaviours.map((behaviour) => [
      behaviour,
      ...networks.map((network) => {
        const share = shares.get(`${network} ${behaviour}`);
        return share === undefined ? "-" : percent(share);
      }),
    ]),
  );
}

function coalitionTable({ rows }: Report): string {
  return markdown(
    [
      "share of the stake",
      "rounds",
      "healthy miners paused",
      "per 1,000 miner-periods",
      "expected",
      "mean detection [h]",
      "its pay per seat and period",
      "an honest one's",
    ],
    rows.map(([share, rounds, paused, rate, expected, detection, own, honest]) => [
      `${fixed(Number(share), 0)} %`,
      thousands(Number(rounds)),
      thousands(Number(paused)),
      short(Number(rate)),
      short(Number(expected)),
      fixed(Number(detection), 1),
      short(Number(own)),
      short(Number(honest)),
    ]),
  );
}

function costTable({ rows }: Report): string {
  const [ROUND, DAY_OF_MINER] = [10, 11]; // columns
  const cell = (miners: number, way: string, column: number): number =>
    Number(rows.find((row) => row[0] === miners && row[1] === way)?.[column] ?? Number.NaN);
  const perDay = (miners: number, way: string): number => cell(miners, way, DAY_OF_MINER);
  return markdown(
    [
      "N",
      "round alone [gas]",
      "round together [gas]",
      "alone [gas/day]",
      "together [gas/day]",
      "alone [ETH/day]",
      "together [ETH/day]",
      "health pay, at most [NKMS/day]",
      "stake's reward [NKMS/day]",
    ],
    [10, 100, 1_000, 10_000].map((miners) => {
      const [alone, together] = [perDay(miners, "alone"), perDay(miners, "together")];
      const { health, stake } = earningsPerDay(miners);
      return [
        thousands(miners),
        thousands(cell(miners, "alone", ROUND)),
        thousands(cell(miners, "together", ROUND)),
        thousands(alone),
        thousands(together),
        fixed(inEther(alone), 4),
        fixed(inEther(together), 4),
        fixed(health, 0),
        fixed(stake, 0),
      ];
    }),
  );
}

/** What was simulated of who looks at no node: a sentence for docs/limits.md. */
export function lazyText(read: (name: string) => Report): string {
  const { rows } = joined(read("health-behaviours-contracts"), read("health-behaviours-model"));
  const best = (miners: number, by: string): string => {
    const lazy = rows.filter(
      ([count, how, behaviour]) => count === miners && how === by && String(behaviour).startsWith("lazy"),
    );
    return percent(Math.max(...lazy.map((row) => Number(row[4]))));
  };
  const [small, ...large] = [best(16, "contracts"), ...[100, 1_000, 10_000].map((count) => best(count, "fast model"))];
  const quiet = best(100, "fast model of a quiet network");
  return `In the simulation the best of who checks nothing got ${small} of an honest seat's pay at 16 miners, ${large.join(", ")} at 100, 1,000 and 10,000, and ${quiet} at 100 that fail once in 1,000 days.`;
}

function conventionTable({ rows }: Report): string {
  return markdown(
    [
      "share that names the paused too",
      "rounds",
      "mean detection [h]",
      "who keeps the convention",
      "who names the paused too",
      "who only repeats the chain",
    ],
    rows.map(([share, rounds, detection, honest, stubborn, chain]) => [
      `${fixed(Number(share), 0)} %`,
      thousands(Number(rounds)),
      ...[detection, honest, stubborn, chain].map((value) => fixed(Number(value), 1)),
    ]),
  );
}

/** What becomes of who resumes without being up. */
function relapseText({ rows: [row = []] }: Report): string {
  const [miners, rounds, resumed, paused, repaired, mean, expected] = row.map(Number);
  return `A miner that resumes while its node is still down counts from the next round on, and is found like any other: where all ${thousands(miners ?? 0)}
miners resume ${fixed(ORDINARY.notice / HOUR, 0)} h after a pause, working or not, ${thousands(resumed ?? 0)} of them were down, in ${thousands(rounds ?? 0)} rounds. ${thousands(paused ?? 0)} of these were paused
again and ${thousands(repaired ?? 0)} repaired first, after ${fixed(mean ?? 0, 1)} h in the mean (reckoned as above; expected ${fixed(expected ?? 0, 1)} h). A period's reward needs V = ${local.escrow.vesting}
more to vest, and a pause burns what has not.`;
}

/** The page docs/health-network.md. @param read gives a report of reports/ by its name. */
export function page(read: (name: string) => Report): string {
  const stakes = profilesOf(100, { honest: 1 }).map(({ stake }) => thousands(Number(stake) / 1e18));
  const paper = paperRhythm(100_000, 10, 24);
  return `# The health of a network over time

What the health votes (protocol.md, section 8) do to a whole network, day after day. \`npm run simulate:health\` writes
this page, \`reports/health-*.csv\` and the pictures; everything is seeded, so it writes the same again.

## How often a miner is checked

A round checks k = ceil(sqrt N) miners. The whitepaper (section VI) has one every h = 10 blocks of 24 s: at N = 100,000
k = ${paceFor(100_000)} (rounded down: 316), so a miner is checked every N / k rounds of ${paper.gap} s, **every ${fixed(inHours(paper.betweenChecks), 1)} h**. NKMS has
ceil(sqrt N) rounds a period instead, never closer than h blocks (here of ${SECONDS_PER_BLOCK} s): so it is about once a day at every N, and a
small network doesn't pay for more rounds than it needs. A failure is found in the first round that draws its miner; the
pause follows the check by ${fixed(DELAY / 60, 0)} min.

${rhythmTable()}

## What is simulated

The real HealthVote, StakeEscrow, MinerRegistry, PolicyManager and ChallengeManager, deployed as in deploy/, with the
parameters of deploy/parameters/local.ts; no stand-in. Blocks take ${SECONDS_PER_BLOCK} s. Nodes fail and are repaired after exponential
times, ${fixed(ORDINARY.meanLife / DAY, 0)} and ${fixed(ORDINARY.meanRepair / DAY, 0)} days on average; who is down doesn't vote. A paused miner resumes when it is repaired; one that was
paused for no reason, after ${fixed(ORDINARY.notice / HOUR, 0)} h. A member's check goes wrong with probability ${100 * ORDINARY.noise.falseAlarm} % for a healthy target and ${100 * ORDINARY.noise.missed} % for
another. Stakes fall with the square root of the rank: of 100 miners the largest has ${stakes[0]}, the smallest
${stakes.at(-1)} NKMS. Commitments and ballots go to the chain in one transaction each, as members that work
together send them.

Honest members call targets healthy that were paused when the round opened
([health-votes.md](health-votes.md#who-was-paused-counts-as-nobody)). In each network 76 % of the stake is honest, and 4 % each:
says that all are healthy; tosses coins for those that aren't paused; names whom the chain shows as paused; copies the bytes of
another's commitment; commits and is silent; says the opposite of an honest ballot. The fast model has 73 % honest, and 3 % each
of these and of: names all that aren't paused; names who was paused since the round opened; checks, and names the paused too.

The model (\`scripts/health/model.ts\`, on test/models/health.ts) plays the same seeds: it pauses the same miners in the same
blocks and pays everybody the same, to the base unit, or the command fails. The fast model draws committees and
targets from a quick generator instead of hashes, for more rounds and larger networks.

${runsTable(joined(read("health-runs-contracts"), read("health-runs-model")))}

A period is 24 h. Mean detection allows for failures that were repaired first: all time that failures lasted unpaused, over those paused.
The last two rows of 36 miners have a coalition of 20 % of the stake that names everybody else, instead of the mixture. In
small networks one miner weighs much: of 16 the largest has 15 % of all seats, and while it is down, beside 24 % that don't
vote as they should, some rounds find nothing. Their few failures say little about the mean.

![Share of failures that were paused within so many hours, for networks of 100 to 10,000 miners and as expected](../reports/health-detection.svg)

## What behaviours earn

Health pay per voting seat, in per cent of what an honest one gets in the same network:

${behaviourTable(joined(read("health-behaviours-contracts"), read("health-behaviours-model")))}

- Who says that all are healthy is right in quiet rounds, and gets its part of B/4 there; what was saved for a round with
  something to find it doesn't get. It loses nothing: the more quiet a network, the more being lazy earns (last column: a
  node fails once in 1,000 days). See [limits.md](limits.md).
- Tossing coins has a mean near 0 as long as there is pay to lose. What it wins first and can't be taken back once vested is
  left: a loss never goes below zero. See [limits.md](limits.md).
- Who names whom the chain shows as paused raises a false alarm each time: it agrees only with quiet rounds in which nobody was
  paused.
- Who names all others is right about the paused alone: the more of them, the more it earns.
- Whoever was paused since the round opened is voted by its check, so naming it is right. But hardly any target was: rounds
  overlap only in large networks, and two rounds share 1 target in sqrt N.
- Who checks, but names the paused too, loses a part: the convention is worth keeping where others keep it, see below. (The
  10,000 miners all begin unpaused, eight days before the end.)
- Copied commitments can't be opened: they are silence, and are reported.

![Health pay per voting seat over time, by behaviour](../reports/health-pay.svg)

## The convention

That paused targets count as nobody is no rule of the contracts; it holds because most keep it. The fast model with 100
miners, where some of the stake checks but names the paused too, 4 % repeat the chain, and the others keep the convention;
NKMS per seat and period:

${conventionTable(read("health-conventions"))}

What more than half of a committee does pays more, and who repeats the chain sides with those that name the paused; at a tie
the convention wins, for a target is healthy unless more than half say otherwise. On chain nothing changes: failures are found as
soon, and a verdict on who was paused when the round opened does nothing. What such a majority gains is to be idle: repeating
the chain pays again.

${relapseText(read("health-relapses"))}

## Coalitions

The chance that a share of all stake has more than half of a committee of 64 seats, which is more than half of max(64,
seats shown), in one round (10,000 seats in all):

${majorityTable()}

Read from below: as many honest seats must vote, so that a failed target is found in the round that draws it. The
simulation of 100 miners (fast model), where a coalition names everybody but its own, who are never named by it:

${coalitionTable(read("health-coalitions"))}

Expected is the chance of one round, times rounds and targets. It comes to more: miners that are paused have no seats
until the day after they resume, so a coalition that has won a round has a larger part of the next committees.

![Healthy miners paused, by the coalition's share; simulated and as one round's chance says](../reports/health-false-alarms.svg)

## What the duty costs and earns

Measured on the contracts, in places of the ring that have been used before: each round opened, seeded, committed to,
revealed and finalized, everybody voting; all of a day's rounds by the number of miners, so the mean of a miner with an
equal part of the stake. Ether at ${GAS_PRICE_GWEI} gwei. NKMS in the first period; what is issued falls by half in 2,079 days. Rounds of 10,000
miners are measured with a committee of 100 among 1,000: a round's gas is its voters'.

${costTable(read("health-gas"))}

The smallest networks pay most: a committee has 64 seats whoever holds them. A transaction a day to stay in, as NuCypher's
miners sent, cost each 146,767 gas or more at every size ([comparison.md](comparison.md)).

![Gas per miner and day, alone and together](../reports/health-gas-per-day.svg)
`;
}
