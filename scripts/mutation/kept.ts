import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "../..");

/** Something that takes long to find out, kept in `cache/` as long as what it depends on, the key, is the same. */
export class Kept<T> {
  readonly #path: string;
  readonly #key: string;

  constructor(name: string, key: string) {
    this.#path = join(ROOT, "cache/mutation", `${name}.json`);
    this.#key = key;
  }

  read(): T | undefined {
    if (!existsSync(this.#path)) return undefined;
    const { key, value } = JSON.parse(readFileSync(this.#path, "utf8")) as { key: string; value: T };
    return key === this.#key ? value : undefined;
  }

  write(value: T): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, JSON.stringify({ key: this.#key, value }));
  }
}

/** Changes with any of Hardhat's tests, and with what they use. */
export function digestOfTests(): string {
  const hash = createHash("sha256");
  const folder = join(ROOT, "test");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (name.endsWith(".ts")) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
