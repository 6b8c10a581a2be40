import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { copyTree, run } from "../scratchTree";
import { readSource } from "./compiler";

/** Forge's tests of one subject, in a copy of the tree. */
export class ForgeTests {
  readonly #file: string;
  readonly #contracts: string;
  #scratch: string | undefined;

  /**
   * @param file that the mutants are of
   * @param contracts in test/forge, as a regular expression
   */
  constructor(file: string, contracts: string) {
    this.#file = file;
    this.#contracts = contracts;
  }

  /** The first test that fails with another content of the file, or undefined. */
  try(content: string): string | undefined {
    const scratch = (this.#scratch ??= this.#open());
    writeFileSync(join(scratch, this.#file), content);
    return this.#failure(scratch);
  }

  close(): void {
    if (this.#scratch) rmSync(this.#scratch, { recursive: true, force: true });
    this.#scratch = undefined;
  }

  /** Without a mistake all tests must pass, or their failing says nothing. */
  #open(): string {
    const scratch = copyTree("nkms-mutation-");
    writeFileSync(join(scratch, this.#file), readSource(this.#file));
    const failure = this.#failure(scratch);
    if (failure) throw new Error(`expected forge's tests to pass without a mistake, got ${failure}`);
    return scratch;
  }

  #failure(scratch: string): string | undefined {
    // Forge would begin with what failed the last time, that is with another mutant.
    for (const kept of ["invariant", "fuzz"]) rmSync(join(scratch, "cache", kept), { recursive: true, force: true });
    const { status, output } = run(scratch, "npx", "forge", "test", "--match-contract", `^(${this.#contracts})$`);
    if (status === 0) return undefined;
    const failed = /^\[FAIL.*/m.exec(output)?.[0];
    if (!failed) throw new Error(`expected forge to run its tests, got ${output.trim().slice(-2_000)}`);
    return failed;
  }
}
