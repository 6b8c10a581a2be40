/** A node of solc's syntax tree (compact JSON), Yul's nodes too; what is in it depends on its type. */
export interface Node {
  nodeType: string;
  /** Where it stands in its file: "start:length:file", in bytes. */
  src: string;
  [part: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "nodeType" in value;

/** A node's part that is a node, or undefined. */
export function child(node: Node, part: string): Node | undefined {
  const value = node[part];
  return isNode(value) ? value : undefined;
}

/** A node's part that is a list of nodes; gaps, as in `(, a) = f()`, are left out. */
export function children(node: Node, part: string): Node[] {
  const value = node[part];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A node's part that is a text, or an empty one. */
export function text(node: Node, part: string): string {
  const value = node[part];
  return typeof value === "string" ? value : "";
}

/** The type of an expression as solc writes it, like `uint256`, or an empty text. */
export function typeOf(node: Node): string {
  const described = node["typeDescriptions"] as { typeString?: string } | undefined;
  return described?.typeString ?? "";
}

/** Visits a node and all below it, each after its parents, with these, the nearest last. */
export function visit(node: Node, see: (node: Node, parents: readonly Node[]) => void, parents: Node[] = []): void {
  see(node, parents);
  const below = [...parents, node];
  for (const value of Object.values(node)) {
    for (const part of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(part)) visit(part, see, below);
    }
  }
}

/** A stretch of a source, in bytes: from `start` to before `end`. */
export interface Range {
  start: number;
  end: number;
}

export function rangeOf({ src }: Node): Range {
  const [start, length] = src.split(":").map(Number);
  if (start === undefined || length === undefined) throw new Error(`src: expected start:length:file, got ${src}`);
  return { start, end: start + length };
}

/** A source file, cut by bytes, as solc counts. */
export class Source {
  readonly #bytes: Buffer;

  constructor(content: string) {
    this.#bytes = Buffer.from(content);
  }

  /** The text of a range or a node. */
  cut(what: Range | Node): string {
    const { start, end } = "nodeType" in what ? rangeOf(what) : what;
    return this.#bytes.subarray(start, end).toString();
  }

  /** The whole source with other text in place of a range. */
  with({ start, end }: Range, replacement: string): string {
    return this.cut({ start: 0, end: start }) + replacement + this.cut({ start: end, end: this.#bytes.length });
  }

  /** A node that ends before its semicolon, and the semicolon. */
  statement(node: Node): Range {
    const { start, end } = rangeOf(node);
    const semicolon = this.#bytes.indexOf(";", end);
    return { start, end: /^\s*;$/.test(this.cut({ start: end, end: semicolon + 1 })) ? semicolon + 1 : end };
  }

  /** Line and column, from 1 on. */
  position(offset: number): { line: number; column: number } {
    const before = this.cut({ start: 0, end: offset }).split("\n");
    return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
  }
}
