import { createHash } from "node:crypto";

import { markFunction } from "../../tasks/marks";
import { children, type Node, type Range, rangeOf, Source, visit } from "./syntax";

/** What the mark before a file's statement reports: which file and which statement it is. */
export function tagOf(file: string, index: number): string {
  const digest = createHash("sha256").update(file).digest("hex").slice(0, 8);
  return `0x${digest}${index.toString(16).padStart(8, "0")}`;
}

const MARK = "_passedMark";

/** A file with a mark before each statement, to learn which tests reach it, and the statements. */
export function marked(file: string, content: string, ast: Node): { content: string; statements: Range[] } {
  const source = new Source(content);
  const statements: Range[] = [];
  visit(ast, (node) => {
    if (/^(Unchecked)?Block$/.test(node.nodeType)) statements.push(...children(node, "statements").map(rangeOf));
  });
  statements.sort((a, b) => a.start - b.start || b.end - a.end);
  let text = "";
  let from = 0;
  statements.forEach(({ start }, i) => {
    text += `${source.cut({ start: from, end: start })}${MARK}(bytes8(${tagOf(file, i)})); `;
    from = start;
  });
  text += source.cut({ start: from, end: Buffer.byteLength(content) }) + markFunction(MARK, "");
  return { content: text, statements };
}

/** The smallest statement that a place is in; undefined if it is in none, as in a constant or in a function's head. */
export function statementAt(statements: readonly Range[], place: number): number | undefined {
  const around = statements.flatMap(({ start, end }, i) => (start <= place && place < end ? [i] : []));
  return around.at(-1);
}
