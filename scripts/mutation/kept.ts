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

/** Changes with these files of Hardhat's tests, and with all that tests use. */
export function digestOfTests(files: readonly string[]): string {
  const hash = createHash("sha256");
  const names = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const used = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts")).sort();
  for (const name of [...files, ...used.map((name) => join("test", name))]) {
    hash.update(name).update(readFileSync(join(ROOT, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
