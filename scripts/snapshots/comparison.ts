import { readFileSync } from "node:fs";
import { join } from "node:path";

import { markdown } from "../reports/files";
import { readSnapshot, type Snapshot } from "./files";
import { type Comparison, COMPARISONS, PEER_STAKE_ESCROW_BYTES } from "./peers";

/** What the page needs of snapshots/umbral.json: medians in microseconds. */
export interface UmbralSnapshot {
  measuredOn: string;
  machine: string;
  packages: string;
  rows: readonly { operation: string; target: number; times: Record<string, { median: number }> }[];
}

const thousands = (n: number): string => n.toLocaleString("en");
const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

function measured(gas: Snapshot, sentence: string): number {
  const value = gas[sentence];
  if (value === undefined) throw new Error(`snapshots/gas.json: expected "${sentence}", got no such line`);
  return value;
}

/** Ours over the least of the others, for each of our numbers. */
function sharesOf(gas: Snapshot, { ours, least }: Comparison): number[] {
  return least === undefined ? [] : ours.map((sentence) => measured(gas, sentence) / least);
}

/** A health round beside one with a vote for each pair of voter and target. */
const roundShare = (gas: Snapshot): number =>
  Math.min(
    ...COMPARISONS.filter(({ action }) => action.startsWith("health round of 32")).flatMap((one) => sharesOf(gas, one)),
  );

function gasTable(gas: Snapshot): string {
  return markdown(
    ["action", "NKMS", "NuCypher", "others", "of the least"],
    COMPARISONS.map((comparison) => [
      comparison.action,
      comparison.ours.map((sentence) => thousands(measured(gas, sentence))).join(" to "),
      comparison.nucypher,
      comparison.others,
      sharesOf(gas, comparison).map(percent).join(" to ") || "-",
    ]),
  );
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

/** Everything in which we need more than a known system. */
function dearer(gas: Snapshot): string {
  const lines = COMPARISONS.flatMap((comparison) => {
    const more = sharesOf(gas, comparison).filter((share) => share > 1);
    return more.length === 0 ? [] : [`${comparison.action}: ${more.map(percent).join(" to ")} of theirs`];
  });
  return list(lines);
}

function unlike(): string {
  const notes = new Map<string, string[]>();
  let last = "";
  for (const { action, unlike: note } of COMPARISONS) {
    if (note === undefined) continue;
    if (note !== "the same") last = note;
    notes.set(last, [...(notes.get(last) ?? []), action]);
  }
  return list([...notes].map(([note, actions]) => `${actions.join("; ")}: ${note}.`));
}

const faster = ({ times }: UmbralSnapshot["rows"][number], name: string): number =>
  (times["umbral-pre"]?.median ?? NaN) / (times[name]?.median ?? NaN);

const time = (us: number | undefined): string => {
  if (us === undefined) return "-";
  return us < 1_000 ? `${us.toPrecision(3)} µs` : `${(us / 1_000).toPrecision(3)} ms`;
};

const SHOWN = [
  "encrypt 1 KiB",
  "encrypt 1 MiB",
  "generateKFrags 2 of 3",
  "reencrypt",
  "CapsuleFrag.fromBytes and verify",
  "decryptReencrypted, t = 2",
  "decryptReencrypted, t = 32",
];

function umbralSection({ measuredOn, machine, packages, rows }: UmbralSnapshot): string {
  const native = rows.map((row) => ({ ...row, factor: faster(row, "native") }));
  const slowest = native.reduce((least, row) => (row.factor < least.factor ? row : least));
  const fastest = native.reduce((most, row) => (row.factor > most.factor ? row : most));
  const short = native.filter(({ factor, target }) => Number(factor.toPrecision(2)) < target);
  const noble = rows.filter((row) => faster(row, "noble") > 1).length;
  const table = markdown(
    ["operation", "umbral-pre", "@nkms/umbral", "times faster", "in JavaScript alone"],
    native
      .filter(({ operation }) => SHOWN.includes(operation))
      .map(({ operation, times, factor }) => [
        operation,
        time(times["umbral-pre"]?.median),
        time(times["native"]?.median),
        factor.toPrecision(2),
        time(times["noble"]?.median),
      ]),
  );
  return `\`@nucypher/umbral-pre\` is Rust, compiled to WebAssembly; \`@nkms/umbral\` is TypeScript over libsecp256k1 and Node's
own ciphers, and reads and writes the same bytes. Of ${rows.length} operations measured in one process, taking turns, it is
faster in ${native.filter(({ factor }) => factor > 1).length}: from ${slowest.factor.toPrecision(2)} times (${slowest.operation}) to ${fastest.factor.toPrecision(2)} times (${fastest.operation}).

${table}

Short of the factor that was aimed at: ${short.map(({ operation, factor, target }) => `${operation} (${factor.toPrecision(2)} of ${target})`).join("; ") || "none"}. In JavaScript
alone, where no native code can be loaded, it is slower than umbral-pre in all but ${noble} operations. Measured on ${measuredOn}:
${machine}; ${packages}. All rows with their spread: [packages/umbral](../packages/umbral/README.md#speed).`;
}

/** The page docs/comparison.md. */
function comparisonPage(gas: Snapshot, sizes: Snapshot, umbral: UmbralSnapshot): string {
  return `# Beside known systems

The same actions on our contracts and on systems that others have built and run. Our numbers are \`snapshots/\`;
\`npm run reports\` writes this page, and a test compares. Others' were measured once: NuCypher's richest release, compiled and
run on the same kind of chain; Keep's sortition pool and Kleros's tree; votes in the manner of UMA, estimated. Gas is \`gasUsed\`
of whole transactions. Where two of ours stand, the first is the common case (another lock ends in the same period; nothing
is left to pay). *Of the least*: our gas over the least that any of them needs.

${gasTable(gas)}

What stays the same at any number of miners is in [measurements.md](measurements.md), with every other action.

## What is better here

- Staying in costs nothing: no transaction a period. A miner's reward runs whether anybody calls or not.
- Drawing and weighing cost the same at any number of miners, and stake that ends by itself needs no transaction.
- There is collateral behind every grant of access: a wrong answer or a leaked key is proven on chain and costs
  stake. NuCypher's contract punishes wrong answers alone, by an older proof.
- Somebody looks whether miners are there: votes by committee for ${percent(roundShare(gas))} of the gas of a vote for each pair.
- No account can change, stop or upgrade anything: [trust.md](trust.md).

## What is not

More gas than theirs:

${dearer(gas)}

And without a number:

- Nobody has audited these contracts, and no miner has ever run on them. The others have held value for years.
- They can't be upgraded: a mistake stays until everybody moves to another deployment.
- A policy costs its miners' acceptance, off chain, before it can be made; and it has at most 160 miners.
- \`HealthVote\` has ${thousands(24_576 - measured(sizes, "HealthVote"))} bytes left of what a contract may have, \`PolicyManager\` ${thousands(24_576 - measured(sizes, "PolicyManager"))}. The stake escrow with its
  sampler has ${thousands(measured(sizes, "StakeEscrow"))}, beside ${PEER_STAKE_ESCROW_BYTES}.

## Where it is unfair

${unlike()}

Ether for gas is not all that an action costs: our challengers lay down a bond, our owners leave half of a fee in the
contract for the window after an early revocation. See [economics.md](economics.md).

## Umbral

${umbralSection(umbral)}
`;
}

/** With what is committed. */
export function currentComparison(): string {
  const file = join(__dirname, "../../snapshots/umbral.json");
  const umbral = JSON.parse(readFileSync(file, "utf8")) as UmbralSnapshot;
  return comparisonPage(readSnapshot("gas"), readSnapshot("sizes"), umbral);
}
