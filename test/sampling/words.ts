/** Pseudo-random numbers that a seed fixes: the same on every machine. Xoshiro128**, 256 bits a word. */
export class Words {
  private a: number;
  private b: number;
  private c = 0x9e3779b9;
  private d = 0x85ebca6b;

  constructor(seed: number) {
    // Any state but zero will do; the first outputs, which still look like the seed, are thrown away.
    this.a = seed | 0;
    this.b = ~seed;
    for (let i = 0; i < 64; ++i) this.next();
  }

  private next(): number {
    const product = Math.imul(this.b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** 256 random bits. */
  word(): bigint {
    let word = 0n;
    for (let i = 0; i < 8; i += 2) {
      word = (word << 64n) | (BigInt(this.next()) << 32n) | BigInt(this.next());
    }
    return word;
  }

  /** One of least .. most, both included. */
  between(least: bigint, most: bigint): bigint {
    return least + (this.word() % (most - least + 1n));
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    const [picked] = list.slice(Number(this.word() % BigInt(list.length)));
    if (picked === undefined) throw new Error("list: expected something to pick from, got nothing");
    return picked;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }
}
