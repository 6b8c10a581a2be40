import { createHash } from "node:crypto";

import { otherYul } from "./mutators/assembly";
import { noLoop, otherBranch, otherCondition } from "./mutators/conditions";
import type { Change, Mutator } from "./mutators/mutator";
import { oneSide, otherOperator, otherSign } from "./mutators/operators";
import { swappedArguments, swappedValues } from "./mutators/order";
import { noFirstValue, noModifier, noStatement, otherReturn } from "./mutators/statements";
import { otherConstant, otherLiteral, otherMember, otherName } from "./mutators/values";
import { children, type Node, Source, text, visit } from "./syntax";

const MUTATORS: Record<string, Mutator> = {
  otherOperator,
  oneSide,
  otherSign,
  otherCondition,
  noLoop,
  otherBranch,
  noStatement,
  noFirstValue,
  otherReturn,
  noModifier,
  otherLiteral,
  otherConstant,
  otherMember,
  otherName,
  swappedArguments,
  swappedValues,
  otherYul,
};

/** A contract with one small mistake in it. */
export interface Mutant {
  /** The same as long as the function has the same name and the changed text is the same: it does not count lines. */
  id: string;
  /** Where it begins, in bytes. */
  start: number;
  line: number;
  column: number;
  /** The function that it is in; empty outside of functions. */
  within: string;
  mutator: string;
  before: string;
  after: string;
  /** The whole file. */
  content: string;
}

/**
 * All mutants of a file, by position; of several that come to the same text the first.
 * @param content the file
 * @param ast its syntax tree
 * @param all the trees of all files that it knows names from
 */
export function mutantsOf(content: string, ast: Node, all: readonly Node[] = [ast]): Mutant[] {
  const source = new Source(content);
  const declarations = declarationsIn(all);
  const declared = (id: unknown) => declarations.get(id);
  const found: Mutant[] = [];
  const seen = new Map<string, number>();
  const contents = new Set([content]);
  visit(ast, (node, parents) => {
    for (const [mutator, mutate] of Object.entries(MUTATORS)) {
      for (const change of mutate(node, { source, parents, declared })) {
        const mutant = made(source, mutator, change, functionOf(parents), seen);
        if (!contents.has(mutant.content)) found.push(mutant);
        contents.add(mutant.content);
      }
    }
  });
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

function made(source: Source, mutator: string, change: Change, within: string, seen: Map<string, number>): Mutant {
  const before = source.cut(change);
  const { after } = change;
  const key = [within, mutator, before, after].map(flat).join("|");
  const ordinal = (seen.get(key) ?? 0) + 1;
  seen.set(key, ordinal);
  const id = createHash("sha256").update(`${key}|${ordinal}`).digest("hex").slice(0, 8);
  const content = source.with(change, after);
  const { start } = change;
  return { id, start, ...source.position(start), within, mutator, before: flat(before), after: flat(after), content };
}

/** Text in one line, so that how it is broken into lines is nothing. */
const flat = (code: string): string => code.replace(/\s+/g, " ").trim();

function functionOf(parents: readonly Node[]): string {
  const [nearest] = parents.filter(({ nodeType }) => /^(Function|Modifier)Definition$/.test(nodeType)).slice(-1);
  return nearest ? text(nearest, "name") || text(nearest, "kind") : "";
}

/** Every variable of a contract or a file and every member of an enum, by its id, with those beside it. */
function declarationsIn(all: readonly Node[]): Map<unknown, { own: Node; beside: Node[] }> {
  const found = new Map<unknown, { own: Node; beside: Node[] }>();
  for (const ast of all) {
    visit(ast, (node) => {
      const beside = [...children(node, "nodes"), ...children(node, "members")].filter(({ nodeType }) =>
        ["VariableDeclaration", "EnumValue"].includes(nodeType),
      );
      for (const own of beside) found.set(own["id"], { own, beside });
    });
  }
  return found;
}
