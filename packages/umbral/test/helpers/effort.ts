import { backend } from "../../src/index.js";

/** How much of something to try: native code has the time for all of it, JavaScript for a sample. */
export const effort = (native: number, noble: number): number => (backend() === "native" ? native : noble);

/** Every one of `count` cases on native code; on noble `sample` of them, evenly spread, the first and last included. */
export function cases(count: number, sample: number): number[] {
  const tried = effort(count, Math.min(count, sample));
  return Array.from({ length: tried }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, tried - 1)));
}
