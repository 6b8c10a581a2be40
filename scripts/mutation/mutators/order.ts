import { child, children, type Node, type Source, text, typeOf } from "../syntax";
import { type Change, type Mutator, replaced } from "./mutator";

/** Functions for which the order of the first two arguments is nothing. */
const EITHER_WAY = ["addmod", "mulmod", "min", "max"];

/** Two arguments of a call, an event or an error that have the same type change places. */
export const swappedArguments: Mutator = (node, { source }) => {
  if (node.nodeType !== "FunctionCall" || node["kind"] === "typeConversion") return [];
  const called = child(node, "expression");
  const name = called ? text(called, "name") || text(called, "memberName") : "";
  const swaps = swapped(node, children(node, "arguments"), source);
  return EITHER_WAY.includes(name) ? swaps.slice(1) : swaps;
};

/** Two values of a tuple that have the same type change places. */
export const swappedValues: Mutator = (node, { source, parents }) => {
  if (node.nodeType !== "TupleExpression" || parents.at(-1)?.["leftHandSide"] === node) return [];
  return swapped(node, children(node, "components"), source);
};

/** The whole node with each item and the next of its type exchanged. */
function swapped(node: Node, items: readonly Node[], source: Source): Change[] {
  return items.flatMap((item, i): Change[] => {
    const next = items.slice(i + 1).find((other) => kindOf(other) === kindOf(item));
    if (!next || source.cut(next) === source.cut(item)) return [];
    const whole = replaced(node, "");
    const [a, b] = [replaced(item, source.cut(next)), replaced(next, source.cut(item))];
    const parts = [
      { start: whole.start, end: a.start },
      { start: a.end, end: b.start },
      { start: b.end, end: whole.end },
    ];
    const [head, middle, tail] = parts.map((part) => source.cut(part));
    return [{ ...whole, after: `${head}${a.after}${middle}${b.after}${tail}` }];
  });
}

/** Types between which solc converts by itself are one. */
const kindOf = (item: Node): string => typeOf(item).replace(/ (memory|calldata|storage.*|slice)$/, "");
