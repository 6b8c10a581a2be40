import { readFileSync, writeFileSync } from "node:fs";

/** Between these marks stands what a script made, and nothing that people wrote. */
const START = "<!-- made by a script: start -->";
const END = "<!-- made by a script: end -->";

/** A document of this package with another text between its marks. */
function exchange(file: URL, text: string): { before: string; after: string } {
  const before = readFileSync(file, "utf8");
  const [start, end] = [before.indexOf(START), before.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${file.pathname} has no marks`);
  return { before, after: `${before.slice(0, start + START.length)}\n\n${text}\n\n${before.slice(end)}` };
}

export function writeSection(file: URL, text: string): void {
  writeFileSync(file, exchange(file, text).after);
}

/** Whether that text is what stands between the marks. */
export function hasSection(file: URL, text: string): boolean {
  const { before, after } = exchange(file, text);
  return before === after;
}

/** A table in Markdown; all columns but the first hold numbers. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
