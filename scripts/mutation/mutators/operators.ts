import { child, type Node, text } from "../syntax";
import { type Change, type Mutator, replaced } from "./mutator";

/** For each operator those that stand for a likely mistake: another operation, a boundary, the opposite. */
const OTHERS: Record<string, string[]> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
  "<<": [">>"],
  ">>": ["<<"],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-=", "="],
  "-=": ["+=", "="],
  "*=": ["/="],
  "/=": ["*="],
  "|=": ["&=", "="],
  "&=": ["|=", "="],
  "^=": ["&=", "="],
  "<<=": [">>="],
  ">>=": ["<<="],
  "++": ["--"],
  "--": ["++"],
};

/** `a + b` becomes `a - b`, `a < b` becomes `a <= b`, `a += b` becomes `a = b`. */
export const otherOperator: Mutator = (node, { source }) => {
  const sides = sidesOf(node);
  if (!sides) return [];
  const [left, right] = sides.map((side) => source.cut(side));
  return (OTHERS[text(node, "operator")] ?? []).map((other) => replaced(node, `${left} ${other} ${right}`));
};

/** `a && b` becomes `a`, then `b`. */
export const oneSide: Mutator = (node, { source }) => {
  const sides = sidesOf(node);
  if (!sides || !["&&", "||"].includes(text(node, "operator"))) return [];
  return sides.map((side) => replaced(node, source.cut(side)));
};

/** `!a`, `-a` and `~a` become `a`; `++a` becomes `--a`. */
export const otherSign: Mutator = (node, { source }): Change[] => {
  const operand = child(node, "subExpression");
  if (node.nodeType !== "UnaryOperation" || !operand) return [];
  const operator = text(node, "operator");
  if (["!", "-", "~"].includes(operator)) return [replaced(node, source.cut(operand))];
  const operandText = source.cut(operand);
  return (OTHERS[operator] ?? []).map((other) =>
    replaced(node, node["prefix"] === true ? other + operandText : operandText + other),
  );
};

function sidesOf(node: Node): [Node, Node] | undefined {
  const [left, right] =
    node.nodeType === "BinaryOperation"
      ? [child(node, "leftExpression"), child(node, "rightExpression")]
      : node.nodeType === "Assignment"
        ? [child(node, "leftHandSide"), child(node, "rightHandSide")]
        : [];
  return left && right ? [left, right] : undefined;
}
