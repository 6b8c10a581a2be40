import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SCENES, sceneName, strategies } from "./ballots";
import { COALITIONS, named, ORDINARY, readRows, type Row, TURNOUTS } from "./committee";
import { blindBound, convictsAgainstAll, convictsInSilence, convictsTogether, decides } from "./odds";

const PAGE = join(__dirname, "../../docs/health-votes.md");

const percent = (value: number, digits = 1): string => `${(100 * value).toFixed(digits)} %`;
const chance = (value: number): string =>
  value > 0 && value < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
const whole = (value: number): string => value.toLocaleString("en");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

function found(rows: readonly Row[], what: string, name: string, method: Row["method"] = "drawn"): Row {
  const row = rows.find((one) => one.what === what && one.case === name && one.method === method);
  if (!row) throw new Error(`report: expected "${what}" of "${name}", ${method}; found none`);
  return row;
}

/** How many seats vote. */
function seatsTable(rows: readonly Row[]): string {
  const line = (miners: number, method: Row["method"]): string[] => {
    const of = (what: string): Row => found(rows, `seats: ${what}`, `${miners} miners`, method);
    const { rounds, expected, measured } = of("mean");
    const spread = rounds < 100 ? ["-", "-"] : [both(of("variance")), quantiles(of)];
    const mean = `${measured.toFixed(1)} (${percent(measured / expected - 1, 2)})`;
    return [whole(miners), method, whole(rounds), String(expected), mean, ...spread];
  };
  return table(
    ["miners", "ids", "rounds", "n", "mean (off by)", "variance, binomial", "1 %, 50 %, 99 % of rounds, binomial"],
    [4, 100, 10_000, 100_000].flatMap((miners) => [line(miners, "drawn"), line(miners, "hashed")]),
  );
}

const both = ({ measured, expected }: Row): string => `${measured.toFixed(1)}, ${expected.toFixed(1)}`;

function quantiles(of: (what: string) => Row): string {
  const all = [1, 50, 99].map((share) => of(`${share} % quantile`));
  const list = (key: "measured" | "expected"): string => all.map((row) => row[key]).join(" ");
  return `${list("measured")}, ${list("expected")}`;
}

function coalitionTable(rows: readonly Row[]): string {
  return table(
    ["stake of the coalition", "convicts, others silent", "measured", "convicts, others against", "measured"],
    COALITIONS.map((share) => [
      percent(share, 0),
      chance(convictsInSilence(ORDINARY, share)),
      chance(found(rows, "convicts; others silent", named(share)).measured),
      chance(convictsAgainstAll(ORDINARY, share)),
      chance(found(rows, "convicts; others against", named(share)).measured),
    ]),
  );
}

function turnoutTable(rows: readonly Row[]): string {
  return table(
    ["seats that vote", "round is decided", "measured", "it convicts whom all name", "measured"],
    TURNOUTS.map((share) => [
      percent(share, 0),
      percent(decides(ORDINARY, share), 2),
      percent(found(rows, "round is decided", named(share)).measured, 2),
      percent(convictsTogether(ORDINARY, share), 2),
      percent(found(rows, "round convicts whom all name", named(share)).measured, 2),
    ]),
  );
}

function splitTable(rows: readonly Row[]): string {
  return table(
    ["a third of the seats, at", "mean seats", "expected", "convicts, others silent", "expected"],
    [1, 3, 21].map((miners) => {
      const of = (what: string): Row =>
        found(rows, `split: ${what}`, `336 of 1008 seats at ${miners} miners`, "hashed");
      const [mean, convicts] = [of("mean seats"), of("convicts; others silent")];
      return [
        miners === 1 ? "1 miner" : `${miners} miners`,
        mean.measured.toFixed(2),
        mean.expected.toFixed(2),
        percent(convicts.measured, 2),
        percent(convicts.expected, 2),
      ];
    }),
  );
}

/** The most that who doesn't look gets of an honest one's pay in a round. */
function boundTable(): string {
  const targets = [2, 3, 4, 10, 32, 100, 317];
  return table(["targets", ...targets.map(String)], [["bound", ...targets.map((k) => percent(blindBound(k)))]]);
}

function payTable(rows: readonly Row[]): string {
  return table(
    ["ballot", ...SCENES.map((scene) => sceneName(scene))],
    strategies.map((strategy) => [
      strategy,
      ...SCENES.map((scene) => percent(found(rows, `pay: ${strategy.replace(",", ";")}`, sceneName(scene)).measured)),
    ]),
  );
}

/** The tables of docs/health-votes.md, by the name that stands above each of them in a comment. */
export function tablesOf(rows: readonly Row[]): Record<string, string> {
  return {
    seats: seatsTable(rows),
    coalitions: coalitionTable(rows),
    turnout: turnoutTable(rows),
    splits: splitTable(rows),
    bound: boundTable(),
    pay: payTable(rows),
  };
}

const markOf = (name: string): string => `<!-- table: ${name} -->\n\n`;

/** The table that stands in a page under its name. */
export function tableIn(page: string, name: string): string {
  const from = page.indexOf(markOf(name));
  if (from < 0) throw new Error(`page: expected a table "${name}", found none`);
  const start = from + markOf(name).length;
  const end = page.indexOf("\n\n", start);
  return page.slice(start, end < 0 ? undefined : end).trimEnd();
}

export const readPage = (): string => readFileSync(PAGE, "utf8");

/** Spaces aside, by which a formatter may have aligned it. */
export const plain = (text: string): string => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");

function main(): void {
  let page = readPage();
  for (const [name, text] of Object.entries(tablesOf(readRows()))) {
    page = page.replace(`${markOf(name)}${tableIn(page, name)}`, () => `${markOf(name)}${text}`);
  }
  writeFileSync(PAGE, page);
}

if (require.main === module) main();
