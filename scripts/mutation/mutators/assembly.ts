import { child, text } from "../syntax";
import { type Mutator, replaced } from "./mutator";

const TWINS: Record<string, string> = {
  add: "sub",
  sub: "add",
  mul: "div",
  div: "mul",
  lt: "gt",
  gt: "lt",
  shl: "shr",
  shr: "shl",
  and: "or",
  or: "and",
};

/** In assembly, `add` becomes `sub`, a number is one more, a statement is left out. */
export const otherYul: Mutator = (node, { source }) => {
  if (["YulAssignment", "YulExpressionStatement"].includes(node.nodeType)) return [replaced(node, "")];
  if (node.nodeType === "YulLiteral" && node["kind"] === "number")
    return [replaced(node, `add(${source.cut(node)}, 1)`)];
  const name = node.nodeType === "YulFunctionCall" ? child(node, "functionName") : undefined;
  const twin = name && Object.hasOwn(TWINS, text(name, "name")) ? TWINS[text(name, "name")] : undefined;
  return name && twin ? [replaced(name, twin)] : [];
};
