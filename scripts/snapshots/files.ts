import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "../../snapshots");

/** A committed measurement: what was measured, in a sentence, and the number. */
export type Snapshot = Record<string, number>;

/** Writes `snapshots/<name>.json`, one line a measurement, in the order they were taken. */
export const writeSnapshot = (name: string, snapshot: Snapshot): void => writeJson(name, snapshot);

/** Writes anything else there. */
export function writeJson(name: string, content: object): void {
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(content, undefined, 2)}\n`);
}

/** Reads `snapshots/<name>.json`. */
export function readSnapshot(name: string): Snapshot {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as Snapshot;
}
