import { draw, type Picture } from "../reports/picture";
import { joined, readReport, type Report, writeDoc, writeReport } from "../reports/files";
import { BEHAVIOURS } from "./behaviours";
import { majorityChance } from "./chances";
import { ContractSystem, newChain } from "./contracts";
import { measureRound } from "./cost";
import { detectionOf, expectedWithin, falseAlarmsOf, foundWithin, payPerSeat, relapsesOf } from "./measures";
import { hashedLottery, ModelSystem, quickLottery } from "./model";
import { expectedDetection, inHours, rhythmOf } from "./pace";
import { page } from "./page";
import { gasPerMinerDay, SIZES, totalOf } from "./prices";
import { type History, play, type Story, verdictDelay } from "./run";
import { coalition, conventions, MIXED, MIXED_MORE, storyOf } from "./stories";
import { SECONDS_PER_BLOCK } from "./system";

/** Mean time to a failure where nearly nothing fails, seconds: 1,000 days. */
const QUIET = 86_400_000;

/** Of the periods in the reports; smaller, to try something out. */
const SCALE = Number(process.env["SCALE"] ?? "1");
if (!(SCALE > 0)) throw new Error(`SCALE: expected a number above 0, got ${process.env["SCALE"]}`);
const scaled = (periods: number): number => Math.max(2, Math.round(periods * SCALE));

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A story that was played, and how. */
interface Played {
  by: "contracts" | "model with its seed" | "fast model" | "fast model of a quiet network";
  history: History;
}

async function onContracts(story: Story): Promise<History> {
  await newChain();
  return play(story, await ContractSystem.deploy(story));
}
const onModel = (story: Story): Promise<History> => play(story, new ModelSystem(story, hashedLottery));
const onFastModel = (story: Story): Promise<History> =>
  play(story, new ModelSystem(story, quickLottery(story.miners, story.parameters.escrow.minStake)));

/** What must be the same wherever a story is played. */
const essenceOf = ({ pauses, rounds, finalPay }: History): string =>
  JSON.stringify([pauses, rounds, finalPay.map(String)]);

async function playOnBoth(story: Story): Promise<Played[]> {
  const [real, model] = [await onContracts(story), await onModel(story)];
  if (essenceOf(real) !== essenceOf(model)) throw new Error(`${story.seed}: expected the model to do as the contracts`);
  say(
    `${story.seed}: ${real.rounds.length} rounds on the contracts, and the model pays and pauses the same to the unit`,
  );
  return [
    { by: "contracts", history: real },
    { by: "model with its seed", history: model },
  ];
}

async function playFast(story: Story): Promise<Played> {
  const history = await onFastModel(story);
  say(`${story.seed}: ${history.rounds.length} rounds by the fast model`);
  return { by: "fast model", history };
}

const rhythmFor = ({ miners, parameters: { escrow, health } }: Story) =>
  rhythmOf(miners.length, Number(escrow.period), Number(health.gap), SECONDS_PER_BLOCK);

/* REPORTS */

function runsReport(all: readonly Played[]): Report {
  return {
    columns: [
      "miners",
      "played by",
      "periods",
      "rounds",
      "void rounds",
      "failures",
      "paused",
      "repaired first",
      "mean detection [h]",
      "expected [h]",
      "false alarms",
      "false alarms per 1000 miner-periods",
    ],
    rows: all.map(({ by, history }) => {
      const { story, rounds } = history;
      const { failures, found, repaired, mean } = detectionOf(history);
      const expected = expectedDetection(rhythmFor(story), story.miners.length, verdictDelay(story.parameters));
      const alarms = falseAlarmsOf(history);
      return [
        story.miners.length,
        by,
        story.periods,
        rounds.length,
        rounds.filter(({ decided }) => !decided).length,
        failures,
        found,
        repaired,
        inHours(mean),
        inHours(expected),
        alarms,
        (1_000 * alarms) / (story.miners.length * story.periods),
      ];
    }),
  };
}

const HOURS = Array.from({ length: 49 }, (_, i) => 3 * i);

function detectionReport(all: readonly Played[]): Report {
  const rows = all.flatMap(({ by, history }) => {
    const detection = detectionOf(history);
    return HOURS.map((hour) => [
      hour,
      `${history.story.miners.length} miners (${by})`,
      foundWithin(detection, hour * 3_600),
    ]);
  });
  const [first] = all;
  if (!first) throw new Error("detectionReport: expected a story, got none");
  const { story } = first.history;
  const expected = HOURS.map((hour) => [
    hour,
    `${story.miners.length} miners (expected)`,
    expectedWithin(rhythmFor(story), story.miners.length, verdictDelay(story.parameters), hour * 3_600),
  ]);
  return { columns: ["hours after the failure", "network", "share paused"], rows: [...rows, ...expected] };
}

function payReport({ history }: Played): Report {
  const rows = Array.from({ length: history.story.periods }, (_, i) =>
    [...payPerSeat(history, i + 1)].map(([behaviour, pay]) => [i + 1, BEHAVIOURS[behaviour], (pay * (i + 1)) / 1e18]),
  );
  return { columns: ["period", "behaviour", "NKMS per voting seat"], rows: rows.flat() };
}

function behaviourReport(all: readonly Played[]): Report {
  return {
    columns: ["miners", "played by", "behaviour", "NKMS per seat and period", "of an honest one's"],
    rows: all.flatMap(({ by, history }) => {
      const pays = payPerSeat(history);
      const honest = pays.get("honest") ?? 1;
      return [...pays].map(([behaviour, pay]) => [
        history.story.miners.length,
        by,
        BEHAVIOURS[behaviour],
        pay / 1e18,
        pay / honest,
      ]);
    }),
  };
}

const SHARES = [10, 20, 30, 35, 40, 45, 50, 55];

async function coalitionReport(periods: number): Promise<Report> {
  const rows: (string | number)[][] = [];
  for (const percent of SHARES) {
    const { history } = await playFast(storyOf(`coalition of ${percent} %`, 100, periods, coalition(percent)));
    const { story, rounds } = history;
    const seats = story.miners.reduce(
      (sum, { stake }) => sum + Number((16n * stake) / story.parameters.escrow.minStake),
      0,
    );
    const share = seatShare(story);
    // Who is down doesn't vote, nor do its seats.
    const up = story.meanLife / (story.meanLife + story.meanRepair);
    const chance = majorityChance(Number(story.parameters.health.minSeats), seats, share * up, (1 - share) * up);
    const alarms = falseAlarmsOf(history);
    const pays = payPerSeat(history);
    rows.push([
      100 * share,
      rounds.length,
      alarms,
      (1_000 * alarms) / (story.miners.length * periods),
      1_000 * chance * (rhythmFor(story).pace ** 2 / story.miners.length) * (1 - share) * up,
      inHours(detectionOf(history).mean),
      (pays.get("colluder") ?? 0) / 1e18,
      (pays.get("honest") ?? 0) / 1e18,
    ]);
  }
  return {
    columns: [
      "share of the stake [%]",
      "rounds",
      "healthy miners paused",
      "healthy miners paused per 1000 miner-periods",
      "expected per 1000 miner-periods",
      "mean detection [h]",
      "coalition's NKMS per seat and period",
      "honest NKMS per seat and period",
    ],
    rows,
  };
}

/** Per cent of the stake that names paused targets too. */
const STUBBORN = [5, 20, 40, 45, 50, 55, 60, 80, 95];

async function conventionReport(periods: number): Promise<Report> {
  const rows: (string | number)[][] = [];
  for (const percent of STUBBORN) {
    const { history } = await playFast(storyOf(`${percent} % are stubborn`, 100, periods, conventions(percent)));
    const pays = payPerSeat(history);
    rows.push([
      percent,
      history.rounds.length,
      inHours(detectionOf(history).mean),
      ...(["honest", "stubborn", "chain"] as const).map((behaviour) => (pays.get(behaviour) ?? 0) / 1e18),
    ]);
  }
  return {
    columns: [
      "share of the stake that names the paused too [%]",
      "rounds",
      "mean detection [h]",
      "NKMS per seat and period of who follows the convention",
      "NKMS of who names the paused too",
      "NKMS of who only repeats the chain",
    ],
    rows,
  };
}

/** Miners that resume 6 h after a pause, whether they work or not. */
async function relapseReport(periods: number): Promise<Report> {
  const { history } = await playFast(storyOf("hasty", 100, periods, { honest: 1 }, { hasty: true }));
  const { story, rounds } = history;
  const { resumed, paused, repaired, mean } = relapsesOf(history);
  const expected = expectedDetection(rhythmFor(story), story.miners.length, verdictDelay(story.parameters));
  return {
    columns: ["miners", "rounds", "resumed while down", "paused again", "repaired first", "mean [h]", "expected [h]"],
    rows: [[story.miners.length, rounds.length, resumed, paused, repaired, inHours(mean), inHours(expected)]],
  };
}

function seatShare({ miners }: Story): number {
  const sum = (list: Story["miners"]): bigint => list.reduce((total, { stake }) => total + stake, 0n);
  return Number(sum(miners.filter(({ behaviour }) => behaviour === "colluder"))) / Number(sum(miners));
}

function coalitionPicture({ rows }: Report): Report {
  const points = rows.flatMap(([share = 0, , , seen = 0, expected = 0]) => [
    [share, "simulated", seen],
    [share, "one round's chance times rounds", expected],
  ]);
  const shown = points.filter(([, , value]) => Number(value) > 0.01); // the axis is logarithmic
  return { columns: ["share of the stake [%]", "how", "healthy miners paused per 1000 miner-periods"], rows: shown };
}

async function gasReport(): Promise<Report> {
  const rows: (string | number)[][] = [];
  for (const { miners, measured } of SIZES) {
    const committee = Math.max(64, Math.ceil(Math.sqrt(miners)));
    for (const { voters, seats, together, gas } of await measureRound(measured, committee)) {
      const round = totalOf(gas);
      const { open, seed, mix, commit, reveal, finalize } = gas;
      const way = together ? "together" : "alone";
      rows.push([
        miners,
        way,
        voters,
        seats,
        open,
        seed,
        mix,
        commit,
        reveal,
        finalize,
        round,
        gasPerMinerDay(round, miners),
      ]);
    }
    say(`gas of rounds with ${miners} miners measured`);
  }
  const parts = ["open", "seed", "mix", "commit", "reveal", "finalize"].map((part) => `${part} [gas]`);
  return { columns: ["miners", "vote", "voters", "seats", ...parts, "round [gas]", "gas per miner and day"], rows };
}

function gasPicture({ rows }: Report): Report {
  const points = rows.map((row) => [row[0] ?? 0, row[1] ?? "", row[11] ?? 0]);
  return { columns: ["miners", "votes", "gas per miner and day"], rows: points };
}

/* STEPS */

/** What stories of one step say; the pages and pictures put steps together. */
function writeStories(step: "contracts" | "model", all: readonly Played[]): void {
  writeReport(`health-runs-${step}`, runsReport(all));
  writeReport(`health-behaviours-${step}`, behaviourReport(all.filter(({ by }) => by !== "model with its seed")));
}

async function playContracts(): Promise<void> {
  const both: Played[] = [];
  for (const [miners, periods] of [
    [16, 30],
    [36, 30],
    [100, 40],
  ] as const) {
    both.push(...(await playOnBoth(storyOf(`${miners} miners`, miners, scaled(periods), MIXED))));
  }
  const [, , , , longest] = both;
  if (!longest) throw new Error("playContracts: expected three stories");
  const attack = storyOf("36 miners and a coalition", 36, scaled(20), coalition(20));
  writeStories("contracts", [...both, ...(await playOnBoth(attack))]);
  writeReport("health-detection-contracts", detectionReport([longest]));
  writeReport("health-pay", payReport(longest));
}

async function playModel(): Promise<void> {
  const fast: Played[] = [];
  for (const [miners, periods] of [
    [100, 400],
    [1_000, 60],
    [10_000, 8],
  ] as const) {
    fast.push(await playFast(storyOf(`${miners} miners fast`, miners, scaled(periods), MIXED_MORE)));
  }
  writeReport("health-detection-model", detectionReport(fast));
  const quiet = await playFast(storyOf("100 miners quiet", 100, scaled(400), MIXED_MORE, { meanLife: QUIET }));
  writeStories("model", [...fast, { ...quiet, by: "fast model of a quiet network" }]);
}

const PICTURES: readonly Omit<Picture, "report">[] = [
  {
    name: "health-detection",
    says: "A failed miner is paused after about a day, whatever the size of the network",
    x: "hours after the failure",
    y: "share paused",
    series: "network",
  },
  {
    name: "health-pay",
    says: "Who checks and says what it saw earns most (100 miners on the contracts)",
    x: "period",
    y: "NKMS per voting seat",
    series: "behaviour",
  },
  {
    name: "health-false-alarms",
    says: "Healthy miners paused by a coalition: none below a quarter of the stake (100 miners)",
    x: "share of the stake [%]",
    y: "healthy miners paused per 1000 miner-periods",
    series: "how",
    mark: "line and points",
    logY: true,
  },
  {
    name: "health-gas-per-day",
    says: "Gas of a miner's health duty, when members vote alone and when they vote together",
    x: "miners",
    y: "gas per miner and day",
    series: "votes",
    mark: "line and points",
    logX: true,
  },
];

/** Draws what the steps before have written, and the page. */
async function drawAll(): Promise<void> {
  const reports: Record<string, Report> = {
    "health-detection": joined(readReport("health-detection-contracts"), readReport("health-detection-model")),
    "health-pay": readReport("health-pay"),
    "health-false-alarms": coalitionPicture(readReport("health-coalitions")),
    "health-gas-per-day": gasPicture(readReport("health-gas")),
  };
  for (const picture of PICTURES)
    await draw({ ...picture, report: reports[picture.name] ?? { columns: [], rows: [] } });
  writeDoc("health-network.md", page(readReport));
}

/** Each takes a minute or two. */
const STEPS: Record<string, () => Promise<void>> = {
  contracts: playContracts,
  model: playModel,
  coalitions: async () => writeReport("health-coalitions", await coalitionReport(scaled(100))),
  conventions: async () => {
    writeReport("health-conventions", await conventionReport(scaled(200)));
    writeReport("health-relapses", await relapseReport(scaled(200)));
  },
  cost: async () => writeReport("health-gas", await gasReport()),
  pictures: drawAll,
};

/** @param only a step; empty: all of them, in order. */
async function main(only: string): Promise<void> {
  if (only !== "" && !Object.hasOwn(STEPS, only)) {
    throw new Error(`STEP: expected one of ${Object.keys(STEPS).join(", ")}, got ${only}`);
  }
  for (const [name, step] of Object.entries(STEPS)) {
    if (only !== "" && only !== name) continue;
    await step();
    say(`${name}: done`);
  }
}

main(process.env["STEP"] ?? "").catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
