import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { TopLevelSpec } from "vega-lite";

import { campaignSection } from "../campaigns/page";
import { readSnapshot } from "./files";

const ROOT = join(__dirname, "../..");
const CODE_LIMIT = 24_576;
const SIZES = [1, 10, 100, 1_000, 10_000];
/** What is shown over the number of miners: the sentence in the snapshot, "#" for the size, and a short name. */
const GROWTH = [
  { name: "draw 1", sentence: "draw 1 of #, mean of 16 seeds" },
  { name: "draw 10", sentence: "draw 10 of #, mean of 16 seeds" },
  { name: "draw 32", sentence: "draw 32 of #, mean of 16 seeds" },
  { name: "update a weight", sentence: "update a sampling weight that was too large, of #" },
  { name: "claim", sentence: "claim: two locks, of #" },
  { name: "top up", sentence: "top up, of #" },
];

/** What a transaction may use (EIP-7825). */
const GAS_LIMIT = 16_777_216;
/** Every loop at its bound: what bounds it, the sentence in the snapshot, and who can make it so long. */
const WORST = [
  { loop: "locks of a miner, locking one more", bound: "32", sentence: "lock: the 32nd of a miner", who: "the miner; others fill 24 at s_min each" },
  { loop: "locks, claiming", bound: "32", sentence: "claim: 32 locks", who: "the same" },
  { loop: "locks, pausing", bound: "32", sentence: "pause: 32 locks", who: "the same" },
  { loop: "locks, resuming", bound: "32", sentence: "resume: 32 locks", who: "the same" },
  { loop: "locks, seizing all of them", bound: "32", sentence: "slash: all of 32 locks", who: "the same" },
  { loop: "periods that nobody closed", bound: "M = 64 by the way; any number of calls of `advance`, here 500", sentence: "advance: close 500 waiting periods", who: "time" },
  { loop: "miners of a policy, creating", bound: "160", sentence: "create a policy: 160 miners, 96 of them new to policies, a new end", who: "the payer, for itself" },
  { loop: "periods since the last claim of fees", bound: "as many as the caller says, here 30", sentence: "claim fees: 30 periods, with 1,000 policies", who: "the miner" },
  { loop: "draws by an owner", bound: "32 of 100 with Zipf stakes, as a transaction; a view otherwise", sentence: "draw 32 of 100 miners, mean of 16 seeds", who: "the owner, for itself" },
  { loop: "voters and targets of a health round, finalizing; in steps", bound: "64 voters here, resumable", sentence: "health round of 64 voters and 32 targets: finalize it", who: "nobody: the committee is drawn" },
] as const;

const gas = readSnapshot("gas");
const sizes = readSnapshot("sizes");

const thousands = (n: number): string => n.toLocaleString("en");
const row = (...cells: string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(...head), row(...head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map((cells) => row(...cells))].join("\n");

function measured(sentence: string): number {
  const value = gas[sentence];
  if (value === undefined) throw new Error(`snapshots/gas.json: expected "${sentence}", got no such line`);
  return value;
}

/** Undefined where the network is too small for the action. */
function grown(sentence: string, size: number): number | undefined {
  return gas[sentence.replace("#", `${thousands(size)} miner${size === 1 ? "" : "s"}`)];
}

function growthTable(): string {
  return table(
    ["miners", ...GROWTH.map(({ name }) => name)],
    SIZES.map((size) => [
      thousands(size),
      ...GROWTH.map(({ sentence }) => {
        const value = grown(sentence, size);
        return value === undefined ? "-" : thousands(value);
      }),
    ]),
  );
}

function page(): string {
  return `# Measurements

Redrawn by \`npm run snapshot\`; CI redraws it and wants no difference. Gas is \`gasUsed\` of whole transactions on Hardhat's
chain, contracts compiled for Cancun with 200 optimizer runs. The numbers are \`snapshots/gas.json\` and
\`snapshots/sizes.json\`; a change of gas shows in the diff of the commit that makes it.

What known systems need for the same: [comparison.md](comparison.md).

Closing a period by the way, in somebody's claim, costs
${thousands(measured("claim: one lock, and one period waits, an even one") - measured("claim: one lock"))} or
${thousands(measured("claim: one lock, and one period waits, an odd one") - measured("claim: one lock"))} gas, in turns:
two periods share a slot. On its own, as a transaction of nothing else, it is
${thousands(measured("advance: close 1 waiting period"))}.

## Growth with the number of miners

Nothing grows with it. Stakes are Zipf-distributed; a draw of all of a small network has to wait for its smallest member.

${growthTable()}

![Gas of six actions in networks of 1 to 10,000 miners; the lines are flat](../reports/gas-growth.svg)

## Worst cases

Every loop on chain at its bound, against the ${thousands(GAS_LIMIT)} gas that a transaction may use.

${table(
  ["loop", "bound", "gas", "of the limit", "who can make it so long"],
  WORST.map(({ loop, bound, sentence, who }) => [
    loop,
    bound,
    thousands(measured(sentence)),
    `${((100 * measured(sentence)) / GAS_LIMIT).toFixed(1)} %`,
    who,
  ]),
)}

A policy of more than about 110 miners that all have 32 locks can pass the limit when it is created: [trust.md](trust.md).
What the largest health rounds need, transaction by transaction: [health-votes.md](health-votes.md).

## Code sizes

${table(
  ["contract", "bytes", `left of ${thousands(CODE_LIMIT)}`],
  Object.entries(sizes).map(([name, size]) => [name, thousands(size), thousands(CODE_LIMIT - size)]),
)}

![Code sizes of all contracts beside the limit](../reports/code-sizes.svg)

## Every action

${table(
  ["action", "gas"],
  Object.entries(gas).map(([sentence, value]) => [sentence, thousands(value)]),
)}

## Long campaigns

What has been played so far, from reports/campaigns; a campaign goes on where it was stopped. Seconds are of one process, on a
machine that was often busy with other things. "Same code" says whether the contracts that it plays are still as they were then. How
campaigns are played: [invariants.md](invariants.md), "Long campaigns".

${campaignSection()}
`;
}

interface GrowthPoint {
  miners: number;
  action: string;
  gas: number;
}

function growthPoints(): GrowthPoint[] {
  return GROWTH.flatMap(({ name, sentence }) =>
    SIZES.flatMap((miners) => {
      const value = grown(sentence, miners);
      // A draw of the whole network measures its smallest member, not its size.
      const isDrawOfAll = name === `draw ${miners}` && miners > 1;
      return value === undefined || isDrawOfAll ? [] : [{ miners, action: name, gas: value }];
    }),
  );
}

async function drawGrowth(points: GrowthPoint[]): Promise<string> {
  const spec: TopLevelSpec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: "Gas does not grow with the number of miners",
    width: 560,
    height: 300,
    background: "white",
    data: { values: points.map((point) => ({ ...point })) },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "miners", type: "quantitative", scale: { type: "log" }, title: "miners in the network" },
      y: { field: "gas", type: "quantitative", title: "gas of the transaction" },
      color: { field: "action", type: "nominal", title: "action" },
    },
  };
  // Imported when they are used: these are modules that can't be required.
  const [{ parse, View }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}

async function main(): Promise<void> {
  const points = growthPoints();
  const csv = ["miners,action,gas", ...points.map(({ miners, action, gas: value }) => `${miners},${action},${value}`)];
  writeFileSync(join(ROOT, "docs/measurements.md"), page());
  writeFileSync(join(ROOT, "reports/gas-growth.csv"), `${csv.join("\n")}\n`);
  writeFileSync(join(ROOT, "reports/gas-growth.svg"), `${await drawGrowth(points)}\n`);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
