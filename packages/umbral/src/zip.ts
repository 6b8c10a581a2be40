/** Pairs the items of two arrays, as far as the shorter one goes. */
export function zip<A, B>(a: readonly A[], b: readonly B[]): [A, B][] {
  const others = b.values();
  const pairs: [A, B][] = [];
  for (const item of a) {
    const other = others.next();
    if (other.done) break;
    pairs.push([item, other.value]);
  }
  return pairs;
}
