import { type Node, type Range, rangeOf, type Source } from "../syntax";

/** A stretch of a source and what stands there instead. */
export interface Change extends Range {
  after: string;
}

/** What a mutator can look up. */
export interface Context {
  source: Source;
  /** The nodes around the one that it is asked about, the nearest last. */
  parents: readonly Node[];
  /** The declaration with this id, of a variable or an enum's member, and those that stand beside it. */
  declared: (id: unknown) => { own: Node; beside: Node[] } | undefined;
}

/** All ways in which one kind of mistake can be made at a node. */
export type Mutator = (node: Node, context: Context) => Change[];

/** Puts text in the place of a node. */
export const replaced = (node: Node, after: string): Change => ({ ...rangeOf(node), after });
