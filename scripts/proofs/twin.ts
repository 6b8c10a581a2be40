import { readSource } from "../mutation/compiler";
import type { Change } from "./change";

/** An `unchecked` block of our contracts. */
export interface Block {
  file: string;
  /** The function that it stands in. */
  within: string;
}

const OPENING = "unchecked {";

/** All `unchecked` blocks of a file, in their order. */
export function blocksIn(file: string): Block[] {
  const source = readSource(file);
  return [...source.matchAll(/\bunchecked \{/g)].map(({ index }) => {
    const within = [...source.slice(0, index).matchAll(/\bfunction (\w+)\(/g)].at(-1)?.[1];
    if (!within) throw new Error(`${file}: expected a function around an unchecked block`);
    return { file, within };
  });
}

/** The change that makes a function's one `unchecked` block a checked one: then the checker asks what could go wrong in it. */
export function twinOf({ file, within }: Block): Change {
  const source = readSource(file);
  const start = source.indexOf(`function ${within}(`);
  const block = source.indexOf(OPENING, start);
  const next = source.indexOf("\n    function ", start + 1);
  if (start < 0 || block < 0 || (next >= 0 && block > next)) {
    throw new Error(`${file}: expected an unchecked block in ${within}`);
  }
  const find = source.slice(start, block + OPENING.length);
  return { file, find, replace: `${find.slice(0, -OPENING.length)}{` };
}
