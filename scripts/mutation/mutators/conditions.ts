import { child } from "../syntax";
import { type Mutator, replaced } from "./mutator";

/** The condition of an `if` is negated, and always or never met: without its check, if a `revert` follows. */
export const otherCondition: Mutator = (node, { source }) => {
  const condition = child(node, "condition");
  if (node.nodeType !== "IfStatement" || !condition) return [];
  return [`!(${source.cut(condition)})`, "true", "false"].map((after) => replaced(condition, after));
};

/** A loop does not begin. That it does not end is for the time limit of whoever has the time. */
export const noLoop: Mutator = (node) => {
  const condition = child(node, "condition");
  if (!condition || !["ForStatement", "WhileStatement"].includes(node.nodeType)) return [];
  return [replaced(condition, "false")];
};

/** `a ? b : c` becomes `a ? c : b`, `b`, `c`. */
export const otherBranch: Mutator = (node, { source }) => {
  const [condition, yes, no] = [
    child(node, "condition"),
    child(node, "trueExpression"),
    child(node, "falseExpression"),
  ];
  if (node.nodeType !== "Conditional" || !condition || !yes || !no) return [];
  const [a, b, c] = [condition, yes, no].map((part) => source.cut(part));
  return [`${a} ? ${c} : ${b}`, `(${b})`, `(${c})`].map((after) => replaced(node, after));
};
