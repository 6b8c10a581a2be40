import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** A cell of a report. */
export type Cell = string | number;

/** A table as its CSV file has it: names of columns, with units, and rows. */
export interface Report {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

const pathOf = (name: string, ending: string): string => join(ROOT, "reports", `${name}.${ending}`);

/** Numbers as reports print them: six digits that count. */
const printed = (cell: Cell): string => (typeof cell === "number" ? String(Number(cell.toPrecision(6))) : cell);

/** @throws if a text has a comma. */
export function csvOf({ columns, rows }: Report): string {
  const broken = [columns, ...rows].flat().find((cell) => String(cell).includes(","));
  if (broken !== undefined) throw new Error(`cell: expected no comma, got "${broken}"`);
  const lines = [columns, ...rows].map((row) => row.map(printed).join(","));
  return `${lines.join("\n")}\n`;
}

export const writeReport = (name: string, report: Report): void => writeFileSync(pathOf(name, "csv"), csvOf(report));

/** Reads what {@link writeReport} wrote. */
export function readReport(name: string): Report {
  const [head, ...lines] = readFileSync(pathOf(name, "csv"), "utf8").trimEnd().split("\n");
  const cell = (text: string): Cell => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
  return { columns: (head ?? "").split(","), rows: lines.map((line) => line.split(",").map(cell)) };
}

/** The rows of reports with the same columns. */
export const joined = (first: Report, ...others: readonly Report[]): Report => ({
  columns: first.columns,
  rows: [...first.rows, ...others.flatMap(({ rows }) => rows)],
});

export const writePicture = (name: string, svg: string, png: Uint8Array): void => {
  writeFileSync(pathOf(name, "svg"), `${svg}\n`);
  writeFileSync(pathOf(name, "png"), png);
};

export const readDoc = (name: string): string => readFileSync(join(ROOT, "docs", name), "utf8");

export const writeDoc = (name: string, text: string): void => writeFileSync(join(ROOT, "docs", name), text);

/** A table in Markdown: texts to the left, numbers to the right. */
export function markdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const isNumber = (column: number): boolean => rows.every((row) => /^-?[\d.,e-]*( %)?$/.test(row[column] ?? ""));
  const rule = columns.map((_, i) => (i > 0 && isNumber(i) ? "---:" : "---"));
  return [line(columns), line(rule), ...rows.map(line)].join("\n");
}
