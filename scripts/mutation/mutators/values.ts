import { text, typeOf } from "../syntax";
import { type Mutator, replaced } from "./mutator";

/** A number is one more or one less; `true` is `false`; a text or bytes are others. */
export const otherLiteral: Mutator = (node, { source }) => {
  if (node.nodeType !== "Literal") return [];
  const was = source.cut(node);
  const others = {
    bool: () => [String(was !== "true")],
    number: () => (/^[0.x]+$/.test(was) ? [`(${was} + 1)`] : [`(${was} + 1)`, `(${was} - 1)`]),
    string: () => [was.length > 2 ? was.slice(0, -2) + was.slice(-1) : '"x"'],
    hexString: () => [/1"$/.test(was) ? `${was.slice(0, -2)}2"` : `${was.slice(0, -2)}1"`],
  }[text(node, "kind")];
  return (others?.() ?? []).map((after) => replaced(node, after));
};

/** A constant or immutable is mistaken for the next of its type, in the order of declaration. */
export const otherConstant: Mutator = (node, { declared }) => {
  const found = node.nodeType === "Identifier" ? declared(node["referencedDeclaration"]) : undefined;
  if (!found || !["constant", "immutable"].includes(text(found.own, "mutability"))) return [];
  const alike = found.beside.filter(
    (other) => typeOf(other) === typeOf(found.own) && other["mutability"] === found.own["mutability"],
  );
  const next = alike[(alike.indexOf(found.own) + 1) % alike.length];
  return next && next !== found.own ? [replaced(node, text(next, "name"))] : [];
};

/** An enum's member is mistaken for the next. */
export const otherMember: Mutator = (node, { source, declared }) => {
  const found = node.nodeType === "MemberAccess" ? declared(node["referencedDeclaration"]) : undefined;
  if (found?.own.nodeType !== "EnumValue") return [];
  const next = found.beside[(found.beside.indexOf(found.own) + 1) % found.beside.length];
  const before = source.cut(node).slice(0, -text(node, "memberName").length);
  return next && next !== found.own ? [replaced(node, before + text(next, "name"))] : [];
};

/** Names that are easily confused. */
const TWINS: Record<string, string> = {
  min: "max",
  max: "min",
  Floor: "Ceil",
  Ceil: "Floor",
  addmod: "mulmod",
  mulmod: "addmod",
};

/** `Math.min` becomes `Math.max`, `Rounding.Floor` becomes `Rounding.Ceil`, `addmod` becomes `mulmod`. */
export const otherName: Mutator = (node, { source }) => {
  if (node.nodeType !== "MemberAccess" && node.nodeType !== "Identifier") return [];
  const name = text(node, node.nodeType === "Identifier" ? "name" : "memberName");
  const twin = Object.hasOwn(TWINS, name) ? TWINS[name] : undefined;
  return twin ? [replaced(node, source.cut(node).slice(0, -name.length) + twin)] : [];
};
