/** Randomness that a seed fixes: the same seed gives the same numbers on every machine. */
export class Random {
  private state: bigint;

  constructor(seed: bigint) {
    this.state = BigInt.asUintN(64, seed * 0x9e3779b97f4a7c15n + 1n);
  }

  /** 64 random bits (SplitMix64). */
  next(): bigint {
    this.state = BigInt.asUintN(64, this.state + 0x9e3779b97f4a7c15n);
    let z = this.state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  /** One of the numbers least .. most, both included. */
  between(least: bigint, most: bigint): bigint {
    let wide = 0n;
    for (let i = 0; i < 4; i++) wide = (wide << 64n) | this.next();
    return least + (wide % (most - least + 1n));
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    const [chosen] = list.slice(Number(this.next() % BigInt(list.length)));
    if (chosen === undefined) throw new Error("pick: expected a list with something in it, got an empty one");
    return chosen;
  }

  /** True once in `n` times. */
  oneIn(n: bigint): boolean {
    return this.next() % n === 0n;
  }

  /** A key of the table, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let ticket = Number(this.next() % BigInt(entries.reduce((total, [, weight]) => total + weight, 0)));
    for (const [key, weight] of entries) {
      if (ticket < weight) return key;
      ticket -= weight;
    }
    throw new Error("weighted: expected a positive weight, got none");
  }

  /** An amount in least .. most; the ends, small ones and large ones are all likely. Needs least <= most. */
  amount(least: bigint, most: bigint): bigint {
    if (least >= most || this.oneIn(8n)) return least;
    if (this.oneIn(8n)) return most;
    if (this.oneIn(2n)) return this.between(least, most);
    const bits = this.between(0n, BigInt((most - least).toString(2).length) - 1n);
    return least + this.between(0n, (1n << bits) - 1n);
  }
}

/** A list of things to do, each with a seed of its own: any part of the list can be left out and the rest stays. */
export interface Step {
  kind: string;
  seed: bigint;
}

/** Steps of the given kinds, as often as their weights say. */
export function randomSteps<K extends string>(
  seed: bigint,
  count: number,
  weights: Readonly<Record<K, number>>,
): Step[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => ({ kind: random.weighted(weights), seed: random.next() }));
}

/**
 * Leaves out steps as long as the rest still fails: first half the list at a time, then ever smaller parts.
 * @param fails plays the steps from the same start and says whether something was wrong.
 * @param milliseconds stops searching after this long.
 */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
  milliseconds: number,
): Promise<readonly Step[]> {
  const deadline = Date.now() + milliseconds;
  let shortest = steps;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < shortest.length;) {
      if (Date.now() > deadline) return shortest;
      const rest = [...shortest.slice(0, from), ...shortest.slice(from + size)];
      if (await fails(rest)) shortest = rest;
      else from += size;
    }
  }
  return shortest;
}
