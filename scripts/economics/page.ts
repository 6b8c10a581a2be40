import { markdown, type Report } from "../reports/files";
import { DEFAULTS, EXAMPLE, feeOf, STAKED } from "./defaults";
import { bestReply, bestUnseen, type Game, gainOf, GAMES, flowOf, networkOf } from "./games";
import { CLAIM_EVERY } from "./life";
import { issueAt, mintedSupply, rewardOf, supplyAt } from "./issuance";
import { deterringCheck, leakAt, wrongAnswerAt } from "./policies";
import { payOfRound } from "./votes";

const YEAR = 365;

const fixed = (value: number, digits: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
/** Four digits that count, in full; what is next to nothing is 0. */
const short = (value: number): string =>
  Math.abs(value) < 1e-6 ? "0" : Number(value.toPrecision(4)).toLocaleString("en", { maximumSignificantDigits: 4 });
const percent = (value: number, digits = 1): string => `${fixed(100 * value, digits)} %`;

const YEARS = [0, 1, 2, 3, 5, 10, 20];

function issuanceTable(): string {
  return markdown(
    [
      "years",
      "S(t), eq 32 [M NKMS]",
      "minted by the chain [M NKMS]",
      "issue a day, eq 31 [NKMS]",
      "of supply a year",
      "a staker's yield a year",
    ],
    YEARS.map((year) => {
      const t = year * YEAR;
      return [
        String(year),
        fixed(supplyAt(t) / 1e6, 2),
        fixed(mintedSupply(t) / 1e6, 2),
        fixed(issueAt(t), 0),
        percent((supplyAt(t + YEAR) - supplyAt(t)) / supplyAt(t)),
        percent(rewardOf(1, t, YEAR)),
      ];
    }),
  );
}

const LOCKS = [DEFAULTS.shortestLock, 90, YEAR, DEFAULTS.longestLock];

function rewardTable(): string {
  return markdown(
    ["lock [days]", "10 % staked", "30 % staked", "60 % staked", "a day, 30 % staked"],
    LOCKS.map((days) => {
      const at = (share: number): number => rewardOf(DEFAULTS.minStake, 0, days, share * DEFAULTS.initialSupply);
      return [fixed(days, 0), ...[0.1, 0.3, 0.6].map((share) => fixed(at(share), 0)), fixed(at(0.3) / days, 1)];
    }),
  );
}

const TIMES = [0, 1, 5, 10, 15, 20, 25, 30];

function splitTable(): string {
  const parts = ({ challenger, payer, burned }: ReturnType<typeof leakAt>): string[] =>
    [challenger, payer, burned].map(short);
  return markdown(
    [
      "t",
      "closed: miner",
      "payer at once",
      "payer after W",
      "wrong answer: finder",
      "payer",
      "burned",
      "leak: challenger",
      "payer",
      "burned",
    ],
    flowOf(EXAMPLE)
      .filter(({ t }) => TIMES.includes(t))
      .map(({ t, miner, payer, held }) => [
        String(t),
        ...[miner, payer, held].map(short),
        ...parts(wrongAnswerAt(EXAMPLE, t)),
        ...parts(leakAt(EXAMPLE, t)),
      ]),
  );
}

function gameSection(game: Game): string {
  const best = bestReply(game);
  const rows = game.moves.map(({ move, payoff, because }) => [
    move === best.move ? `**${move}**` : move,
    short(payoff),
    because,
  ]);
  const limit = game.limit ? ` Limit: "${game.limit}" in [limits.md](limits.md).` : "";
  return `### ${game.title}

Payoffs: ${game.unit}; the best reply is bold.

${markdown(["move", "payoff", "how"], rows)}

Gain by deviating: ${game.bound}${limit}
`;
}

function summary(): string {
  return markdown(
    ["game", "unit", "honest", "best reply", "its payoff", "gain"],
    GAMES.map((game) => [
      game.name,
      game.unit,
      short(game.moves[0].payoff),
      bestReply(game) === game.moves[0] ? "honest" : bestReply(game).move,
      short(bestReply(game).payoff),
      short(gainOf(game)),
    ]),
  );
}

const LIVES = [5, 20, 100, 1_000];

/** What there is for who looks at no node; and what is paid out at all. */
function unseenTable(): string {
  return markdown(
    ["miners", ...LIVES.map((life) => `${fixed(life, 0)} days`)],
    [16, 100, 1_000, 10_000].map((miners) => [
      fixed(miners, 0),
      ...LIVES.map((life) => {
        const network = networkOf(miners, life);
        return `${percent(bestUnseen(network).share, 0)} (${percent(payOfRound("honest", network), 0)})`;
      }),
    ]),
  );
}

function agentTable({ rows }: Report): string {
  return markdown(
    ["agent", "periods", "cases", "contracts", "model", "difference", "stated error"],
    rows.map(([agent, periods, cases, real, model, error]) => [
      String(agent),
      fixed(Number(periods), 0),
      fixed(Number(cases), 0),
      short(Number(real)),
      short(Number(model)),
      short(Number(real) - Number(model)),
      short(Number(error)),
    ]),
  );
}

function samplingTable({ rows }: Report): string {
  return markdown(
    ["draws", "chi-square", "degrees of freedom", "p", "rejects a right sampler", "sees a skew of", "with probability"],
    rows.map(([draws, statistic, freedom, p, falseAlarms, skew, seen]) => [
      fixed(Number(draws), 0),
      fixed(Number(statistic), 1),
      String(freedom),
      fixed(Number(p), 2),
      percent(Number(falseAlarms)),
      percent(Number(skew) / 100),
      String(seen),
    ]),
  );
}

/** The page docs/economics.md. @param read gives a report of reports/ by its name. */
export function page(read: (name: string) => Report): string {
  const { periods, rate, collateral } = EXAMPLE;
  return `# Economics

What the rules of [protocol.md](protocol.md) are worth to who keeps and to who breaks them, in numbers at the default
parameters (deploy/parameters/local.ts). \`npm run reports\` writes the tables and pictures from one typed table of games,
\`scripts/economics/games.ts\`, which looks at no contract; \`npm run simulate:economy\` lets agents play on the real
contracts and compares. Amounts are NKMS, a period is a day.

## Issuance (whitepaper eqs 31 and 32)

S(t) = S_max - (S_max - S(0)) e^(-t/τ), τ = (S_max - S(0))/s0 = ${fixed((DEFAULTS.maxSupply - DEFAULTS.initialSupply) / DEFAULTS.firstIssue, 0)} days, falls by half in ${fixed((Math.LN2 * (DEFAULTS.maxSupply - DEFAULTS.initialSupply)) / DEFAULTS.firstIssue, 0)}. The chain mints whole
periods, so it is ahead of the curve by less than s0/2. Yield: of stake that is locked for the year, not compounded, ${percent(STAKED / DEFAULTS.initialSupply, 0)} of S(0)
staked; ${percent(DEFAULTS.healthShare, 0)} of each issue goes to the health votes.

${issuanceTable()}

![Supply over 20 years, by the curve and as minted](../reports/economy-issuance.svg)

Reward of s_min = ${fixed(DEFAULTS.minStake, 0)} NKMS from the start. A longer lock earns no more a day, only longer, while the issue falls:

${rewardTable()}

![Rewards by days locked, for five stakes; parallel lines](../reports/economy-rewards-by-lock.svg)

## A policy's money

An arrangement of T = ${periods} periods at ${rate}: f = ${feeOf(EXAMPLE)}, c = ${collateral}, φ = ${percent(DEFAULTS.floor, 0)}, α = ${percent(DEFAULTS.leakShare, 0)}, a finder's share of ${percent(DEFAULTS.finderShare, 0)}. Closed in its t-th period the
fee goes to miner and payer; a verdict splits c + f:

${splitTable()}

![Who has the fee of an arrangement that closes after t periods](../reports/economy-fee.svg)

The same by who gets it, for every t, and period by period through six lives of an arrangement, whose miner claims every
${CLAIM_EVERY} periods:

![Who gets what of c + f, by fault and period](../reports/economy-slash-splits.svg)

![Where collateral and fee are, period by period](../reports/economy-policy-life.svg)

## The games

One player against the rules, all others honest. "Gain" is what the best reply has over honest play; where it isn't 0 the
limit is named with its number in [limits.md](limits.md).

${summary()}

${GAMES.map(gameSection).join("\n")}
What who looks at no node can expect at most, in per cent of what an honest seat gets, where a node fails after so many days
on average; in brackets what an honest committee gets of the budget. Nodes are repaired after 2 days and found after one:

${unseenTable()}

The games of votes take rounds as independent; [health-network.md](health-network.md) has what was simulated. Where hardly
anything fails, always saying "healthy" is nearly always right: no rule about ballots changes that.

How often a node must be checked, so that answering wrongly doesn't pay, by what it saves of its fee:

${markdown(
  ["saves", "q a period", "one checked period in"],
  [0.01, 0.05, 0.1, 0.25, 0.5].map((share) => {
    const q = deterringCheck(EXAMPLE, share * rate);
    return [percent(share, 0), percent(q, 2), fixed(1 / q, 0)];
  }),
)}

![What a node expects that answers wrongly, by how often it is checked](../reports/economy-cheating.svg)

## Agents on the contracts

\`npm run simulate:economy\` plays some of these on the real contracts, day after day, and compares with the model above;
seeded. Cases are arrangements, rounds or draws. The stated error of cheats is three standard errors of the mean of so many
arrangements; where the agent's fate is certain it is 0. Of an honest voter it is 15 % (who happens to be down, and failures
come in runs of rounds); of a liar's part 5 %; of a coalition's s (1 - s), what it gets if it never has anything to lose.

${agentTable(read("economy-agents"))}

Payoffs of cheats and reporters are NKMS an arrangement (T = 10, f = c = 100, nothing saved). The last row is sampling by
stake: the contract's \`draw\` of one of 16 miners with Zipf-distributed stakes, compared with d_i / D by a chi-square test: the
statistic, its expectation (degrees of freedom), and by how much one in 1,000 right samplers exceeds that. The same off
chain, with more miners and draws, and a third of all miners with stake that is over before the period they are drawn for:

![How much more or less often each of 20 miners is drawn than by its stake](../reports/sampling-fairness.svg)

${samplingTable(read("sampling-test"))}
`;
}
