import { child, children, type Node, typeOf } from "../syntax";
import { type Change, type Mutator, replaced } from "./mutator";

const REMOVABLE = ["ExpressionStatement", "EmitStatement", "RevertStatement", "Break", "Continue"];

/** Assignments, calls, deletions, events, reverts are left out. */
export const noStatement: Mutator = (node, { source, parents }): Change[] => {
  const parent = parents.at(-1);
  if (!REMOVABLE.includes(node.nodeType) || !parent || parent.nodeType === "ForStatement") return [];
  if (node.nodeType === "RevertStatement" && isAllOfAnIf(node, parents)) return []; // as if the condition was never met
  return [{ ...source.statement(node), after: "{}" }];
};

/** A variable keeps its first value, zero. */
export const noFirstValue: Mutator = (node, { source, parents }) => {
  const [variable, ...others] = children(node, "declarations");
  if (node.nodeType !== "VariableDeclarationStatement" || !child(node, "initialValue") || !variable) return [];
  if (others.length > 0 || parents.at(-1)?.nodeType === "ForStatement") return [];
  return [replaced(node, source.cut(variable))];
};

/** What a function returns is one more, zero, the opposite. */
export const otherReturn: Mutator = (node, { source }) => {
  const value = child(node, "expression");
  if (node.nodeType !== "Return" || !value) return [];
  const type = typeOf(value);
  const [is, was] = [(kind: RegExp) => kind.test(type), source.cut(value)];
  const others = is(/^bool$/)
    ? [`!(${was})`]
    : is(/^u?int\d+$/)
      ? [`(${was}) + 1`, "0"]
      : is(/^(address|bytes\d+)$/)
        ? [`${type}(0)`]
        : [];
  return others.map((after) => replaced(value, after));
};

/** A function runs without one of its modifiers. */
export const noModifier: Mutator = (node) =>
  node.nodeType === "ModifierInvocation" && node["kind"] === "modifierInvocation" ? [replaced(node, "")] : [];

function isAllOfAnIf(node: Node, parents: readonly Node[]): boolean {
  const [outer, inner] = parents.slice(-2);
  if (inner?.nodeType === "IfStatement") return inner["trueBody"] === node && !inner["falseBody"];
  const alone = inner?.nodeType === "Block" && children(inner, "statements").length === 1;
  return alone && outer?.nodeType === "IfStatement" && outer["trueBody"] === inner && !outer["falseBody"];
}
