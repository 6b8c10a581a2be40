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

  /** An amount in least .. most; the ends, small ones and large ones are all likely. Needs least <= most. */
  amount(least: bigint, most: bigint): bigint {
    if (least >= most || this.oneIn(8n)) return least;
    if (this.oneIn(8n)) return most;
    if (this.oneIn(2n)) return this.between(least, most);
    const bits = this.between(0n, BigInt((most - least).toString(2).length) - 1n);
    return least + this.between(0n, (1n << bits) - 1n);
  }
}
