/** The committed result of a benchmark, and the section of the README that is made of it. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Timing } from "./measure.js";
import { table } from "./section.js";

export const contenderNames = ["umbral-pre", "native", "noble"] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface Row {
  readonly operation: string;
  /** How many times faster than umbral-pre the native backend is meant to be; none for what is mostly the crossing. */
  readonly target: number | null;
  /** Microseconds. */
  readonly times: Readonly<Record<ContenderName, Timing>>;
}

/** What this package does and umbral-pre doesn't. */
export interface StreamRow {
  readonly operation: string;
  readonly times: Readonly<Record<"native" | "noble", Timing>>;
}

export interface Snapshot {
  readonly measuredOn: string;
  readonly machine: string;
  readonly packages: string;
  /** The load average of one minute before and after: how busy the machine was, with this benchmark as 1. */
  readonly load: readonly [before: number, after: number];
  readonly rows: readonly Row[];
  readonly streams: readonly StreamRow[];
}

const SNAPSHOT = new URL("../../../snapshots/umbral.json", import.meta.url);
export const README = new URL("../README.md", import.meta.url);

export const readSnapshot = (): Snapshot => JSON.parse(readFileSync(SNAPSHOT, "utf8")) as Snapshot;

export function writeSnapshot(snapshot: Snapshot): void {
  writeFileSync(SNAPSHOT, `${JSON.stringify(snapshot, null, 2)}\n`);
}

/** Three significant digits of microseconds, in the unit that suits them. */
function time(us: number): string {
  const [value, unit] = us < 1000 ? [us, "µs"] : us < 1_000_000 ? [us / 1000, "ms"] : [us / 1_000_000, "s"];
  return `${value.toPrecision(3).replace(/^(\d{3})\.$/, "$1")} ${unit}`;
}

/** A median with half the distance between the quartiles as its spread. */
const timing = ({ median, q1, q3 }: Timing): string => `${time(median)} ± ${Math.round((50 * (q3 - q1)) / median)} %`;

/** How many times faster than umbral-pre. */
export const factor = ({ times }: Row, name: ContenderName): number => times["umbral-pre"].median / times[name].median;

const formatFactor = (value: number): string => `x${value.toPrecision(2)}`;

/** The section of the README. */
export function render({ measuredOn, machine, packages, load, rows, streams }: Snapshot): string {
  const samples = rows.map(({ times }) => times["umbral-pre"].samples);
  return [
    `Measured on ${measuredOn}: ${machine}; ${packages}. Load average ${load[0]} before, ${load[1]} after, this process ` +
      "included.",
    `Medians of ${Math.min(...samples)} to ${Math.max(...samples)} samples a row, ± half the distance between their ` +
      "quartiles; xN: umbral-pre's median over ours. All in one process, taking turns.",
    table(
      ["operation", "umbral-pre", "native", "", "target", "noble", ""],
      rows.map((row) => [
        row.operation,
        timing(row.times["umbral-pre"]),
        timing(row.times.native),
        `**${formatFactor(factor(row, "native"))}**`,
        row.target === null ? "-" : `x${row.target}`,
        timing(row.times.noble),
        formatFactor(factor(row, "noble")),
      ]),
    ),
    "Streams, which umbral-pre doesn't have:",
    table(
      ["operation", "native", "noble"],
      streams.map(({ operation, times }) => [operation, timing(times.native), timing(times.noble)]),
    ),
  ].join("\n\n");
}
