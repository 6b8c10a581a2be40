import { posix } from "node:path";

import { Compiler, readSource } from "../mutation/compiler";
import { child, children, type Node, type Range, rangeOf, Source, text, visit } from "../mutation/syntax";
import { type Change, changed } from "./change";
import type { Engine, Target } from "./checker";
import type { Block } from "./twin";
import { READINGS } from "./readings";

/** What NatSpec says above a proof. */
export interface Tags {
  /** `@notice`: the property. */
  says: string;
  /** `@custom:rule`: where docs/protocol.md has it. */
  rule: string;
  /** `@custom:loops`: how often loops run at most; they are unrolled as often, and no further. */
  loops: number | undefined;
  /** `@custom:targets`: what is proved, by solc's names; assertions, unless something else is said. */
  targets: Target[];
  /** `@custom:forgets`: expressions that are taken for anything, for the property does not depend on them; with semicolons. */
  forgets: string[];
  /** `@custom:twin`: file and function whose `unchecked` block is checked for the proof; it is about that function alone. */
  twin: Block | undefined;
  /** `@custom:instead`: the test that covers what could not be proved, or empty. */
  instead: string;
  /** `@custom:engine`: solc's name of it; bmc, unless something else is said. `halmos`: solc isn't asked. */
  engine: Engine | "halmos";
}

const compiler = new Compiler({ evmVersion: "cancun" });

/** Syntax trees by path, with their sources. */
export interface Program {
  trees: Record<string, Node>;
  sources: Record<string, string>;
}

/** A proof's file, with all that it imports: as it is read, and with changes in it. */
export function load(file: string, changes: readonly Change[] = []): Program {
  const sources: Record<string, string> = {};
  for (const path of importedBy(file)) {
    const reading = [...READINGS, ...changes].filter((change) => change.file === path);
    sources[path] = opened(path, reading.reduce(changed, readSource(path)));
  }
  for (const { file: path } of changes) if (!(path in sources)) throw new Error(`${file}: expected to import ${path}`);
  return { trees: compiler.treesOf(sources), sources };
}

/** A file and what it imports, and so on, by their paths. */
function importedBy(file: string): Set<string> {
  const found = new Set([file]);
  for (const path of found) {
    for (const [, name = ""] of readSource(path).matchAll(/^import .*?"(.+?)";$/gms)) {
      found.add(name.startsWith(".") ? posix.join(posix.dirname(path), name) : name);
    }
  }
  return found;
}

/** What is private is internal for proofs: who may call a function changes nothing of what it does. */
function opened(path: string, source: string): string {
  return path.startsWith("contracts/") ? source.replace(/\bprivate\b/g, "internal") : source;
}

function functionsOf(trees: Record<string, Node>): Map<Node, string> {
  const found = new Map<Node, string>();
  for (const [path, tree] of Object.entries(trees)) {
    visit(tree, (node) => {
      if (node.nodeType === "FunctionDefinition" || node.nodeType === "ModifierDefinition") found.set(node, path);
    });
  }
  return found;
}

/** The functions and modifiers that `start` can call, itself included; and those that a type has as its own. */
function reachable(start: Node, functions: readonly Node[], trees: readonly Node[]): Set<Node> {
  const byId = new Map(functions.map((node) => [node["id"], node]));
  const overriding = new Map<unknown, Node[]>();
  for (const node of functions) {
    for (const base of basesOf(node)) overriding.set(base, [...(overriding.get(base) ?? []), node]);
  }
  const waiting = [start];
  const follow = (node: Node): void => {
    const called = byId.get(node["referencedDeclaration"]) ?? byId.get(node["function"]);
    if (called) waiting.push(called);
  };
  for (const tree of trees) {
    visit(tree, (node) => {
      const attached =
        node.nodeType === "UsingForDirective" ? ((node["functionList"] ?? []) as Record<string, Node>[]) : [];
      for (const { function: path, definition } of attached) follow(path ?? definition ?? node);
    });
  }
  const reached = new Set<Node>();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    visit(next, follow);
    const bases = basesOf(next).flatMap((id) => byId.get(id) ?? []);
    waiting.push(...bases, ...(overriding.get(next["id"]) ?? []));
  }
  return reached;
}

/** The ids of the functions that a function overrides. */
const basesOf = (node: Node): unknown[] => (node["baseFunctions"] ?? []) as unknown[];

function tagsOf(proof: Node): Tags {
  const documentation = text(child(proof, "documentation") ?? proof, "text");
  const tag = (tagName: string): string =>
    (new RegExp(`@${tagName} ([\\s\\S]+?)(?=\\n\\s*@|$)`).exec(documentation)?.[1] ?? "").replace(/\s+/g, " ").trim();
  const [says, rule, loops, twin] = [tag("notice"), tag("custom:rule"), tag("custom:loops"), tag("custom:twin")];
  if (!says || !rule) throw new Error(`${text(proof, "name")}: expected @notice and @custom:rule above the proof`);
  return {
    says,
    rule,
    loops: loops === "" ? undefined : Number(loops),
    twin: twin === "" ? undefined : { file: twin.split(" ")[0] ?? "", within: twin.split(" ")[1] ?? "" },
    instead: tag("custom:instead"),
    forgets: tag("custom:forgets")
      .split(";")
      .map((expression) => expression.trim())
      .filter(Boolean),
    targets: (tag("custom:targets") || (twin ? "overflow underflow divByZero" : "assert")).split(" ") as Target[],
    engine: (tag("custom:engine") || "bmc") as Tags["engine"],
  };
}

/** A contract's proofs: its external functions, in their order. */
export function proofsIn({ trees }: Program, file: string, contract: string): { name: string; tags: Tags }[] {
  return proofNodes(trees, file, contract).map((node) => ({ name: text(node, "name"), tags: tagsOf(node) }));
}

function proofNodes(trees: Record<string, Node>, file: string, contract: string): Node[] {
  const tree = trees[file];
  const found = tree && children(tree, "nodes").find((node) => text(node, "name") === contract);
  if (!found) throw new Error(`${file}: expected a contract ${contract}`);
  return children(found, "nodes").filter(
    (node) => node.nodeType === "FunctionDefinition" && text(node, "visibility") === "external",
  );
}

/**
 * Leaves out all functions that one proof does not reach, and all constructors: the model checker looks at every function of
 * a contract, and a large one would keep it busy for ever. What is called is never left out, or nothing would compile.
 */
export function slice(
  { trees, sources }: Program,
  file: string,
  contract: string,
  name: string,
): Record<string, string> {
  const proof = proofNodes(trees, file, contract).find((node) => text(node, "name") === name);
  if (!proof) throw new Error(`${file}: expected a function ${name} in ${contract}`);
  const functions = functionsOf(trees);
  const kept = reachable(proof, [...functions.keys()], Object.values(trees));
  const sliced: Record<string, string> = {};
  for (const [path, source] of Object.entries(sources)) {
    const left = [...functions].flatMap(([node, where]) => (where === path && !kept.has(node) ? [rangeOf(node)] : []));
    sliced[path] = without(source, [...left, ...documentationOf(trees[path])]);
  }
  sliced[file] = (sliced[file] ?? "").replace(`abstract contract ${contract}`, `contract ${contract}`);
  return sliced;
}

function documentationOf(tree: Node | undefined): Range[] {
  const found: Range[] = [];
  if (tree) visit(tree, (node) => void (node.nodeType === "StructuredDocumentation" && found.push(rangeOf(node))));
  return found;
}

/** The source without these ranges; none overlap. */
function without(source: string, ranges: readonly Range[]): string {
  const last = [...ranges].sort((a, b) => b.start - a.start);
  return last.reduce((rest, range) => new Source(rest).with(range, ""), source);
}
