import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What docs/errors.md says of one custom error. */
export interface ErrorWords {
  /** `StakeEscrowTooSmall(amount, least)`. */
  readonly signature: string;
  readonly why: string;
  readonly fix: string;
}

const PAGE = join(__dirname, "../../docs/errors.md");
const ROW = /^\| `(\w+)(\([^)]*\))` \| (.*?) \| (.*?) \|$/gm;

let table: ReadonlyMap<string, ErrorWords> | undefined;

/** The tables of docs/errors.md, by the error's name: the page is the one place that has these words. */
export const errorTable = (): ReadonlyMap<string, ErrorWords> => (table ??= readTables(readFileSync(PAGE, "utf8")));

/** The tables of a page like docs/errors.md. */
export function readTables(page: string): ReadonlyMap<string, ErrorWords> {
  const rows = [...page.matchAll(ROW)];
  return new Map(
    rows.map(([, name = "", values = "", why = "", fix = ""]) => [name, { signature: name + values, why, fix }]),
  );
}
