import { withCommas } from "@nkms/protocol";
import Table from "cli-table3";

/** Where the demo tells its story: steps while it runs, tables at its end. */
export interface Report {
  /** A new step begins. */
  step(title: string): void;
  /** Something worth knowing about the step. */
  note(text: string): void;
  /** A table; the first row is its head. */
  table(title: string, rows: string[][]): void;
}

/** For people: plain lines, so that a terminal, a file and a CI log show the same. */
export function printedReport(print: (line: string) => void): Report {
  const started = Date.now();
  let steps = 0;
  return {
    step: (title) => print(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${++steps}. ${title}`),
    note: (text) => print(`            ${text}`),
    table: (title, [head = [], ...rows]) => {
      const table = new Table({ head, style: { head: [], border: [] } });
      table.push(...rows);
      print(`\n${title}\n${table.toString()}`);
    },
  };
}

/** For machines: silent, they get the result. */
export const silentReport: Report = { step: () => {}, note: () => {}, table: () => {} };

/** Base units as people read them: rounded down to two decimals, thousands separated, `1,234.50`. */
export function rounded(amount: bigint): string {
  const cents = amount / 10n ** 16n;
  return `${withCommas(cents / 100n)}.${(cents % 100n).toString().padStart(2, "0")}`;
}
