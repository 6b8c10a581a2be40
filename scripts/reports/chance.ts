import { id } from "ethers";

/** Random numbers that a name fixes, a fast generator (sfc32) for simulations; no secret is ever made of them. */
export class Chance {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param name the same name gives the same numbers on every machine. */
  constructor(name: string) {
    const hash = id(name);
    const word = (at: number): number => Number.parseInt(hash.slice(2 + 8 * at, 10 + 8 * at), 16) | 0;
    [this.a, this.b, this.c] = [word(0), word(1), word(2)];
    for (let i = 0; i < 12; i++) this.bits();
  }

  private bits(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in (0, 1). */
  unit(): number {
    return (this.bits() + 0.5) / 2 ** 32;
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Exponential with this mean. */
  wait(mean: number): number {
    return -mean * Math.log(this.unit());
  }

  /** One of 0 .. count - 1. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** Which of `trials` independent trials succeed, in rising order; the time it takes is that of the successes. */
  successes(trials: number, probability: number): number[] {
    const found: number[] = [];
    if (probability >= 1) return Array.from({ length: trials }, (_, i) => i);
    if (probability <= 0) return found;
    const scale = 1 / Math.log1p(-probability);
    for (let i = -1; ;) {
      i += 1 + Math.floor(Math.log(this.unit()) * scale);
      if (i >= trials) return found;
      found.push(i);
    }
  }

  /** `wanted` different ones of 0 .. count - 1, in random order. */
  distinct(wanted: number, count: number): number[] {
    const moved = new Map<number, number>(); // a shuffle of which only what moved is kept
    return Array.from({ length: wanted }, (_, i) => {
      const other = i + this.below(count - i);
      const chosen = moved.get(other) ?? other;
      moved.set(other, moved.get(i) ?? i);
      return chosen;
    });
  }
}
