import { Kept } from "./kept";
import type { Mutant } from "./mutants";

/** Which tests have killed how many mutants of one file, by function: these are asked first. */
export class Killers {
  readonly #kept: Kept<Record<string, Record<string, number>>>;
  readonly #kills: Record<string, Record<string, number>>;

  constructor(name: string) {
    this.#kept = new Kept(`${name}.killers`, "");
    this.#kills = this.#kept.read() ?? {};
  }

  note({ within }: Mutant, test: string): void {
    const kills = (this.#kills[within] ??= {});
    kills[test] = (kills[test] ?? 0) + 1;
    this.#kept.write(this.#kills);
  }

  /** All that have killed. */
  all(): string[] {
    return [...new Set(Object.values(this.#kills).flatMap((kills) => Object.keys(kills)))];
  }

  /** Those that have killed most of the same function's mutants first, then those that have killed others. */
  inOrder(tests: readonly string[], { within }: Mutant): string[] {
    const own = this.#kills[within] ?? {};
    const all: Record<string, number> = {};
    for (const kills of Object.values(this.#kills)) {
      for (const [test, count] of Object.entries(kills)) all[test] = (all[test] ?? 0) + count;
    }
    const weight = (test: string): number => 1_000 * (own[test] ?? 0) + (all[test] ?? 0);
    return [...tests].sort((a, b) => weight(b) - weight(a));
  }
}
