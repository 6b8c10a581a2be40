import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Answer, formatAnswer } from "../../src/index.js";

/** A folder for one test. */
export class Folder {
  private constructor(readonly path: string) {}

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), "nkms-verifier-")));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: Answer | string): Promise<string> {
    await writeFile(this.at(name), typeof content === "string" ? content : formatAnswer(content));
    return this.at(name);
  }

  read(name: string): Promise<string> {
    return readFile(this.at(name), "utf8");
  }

  /** The permissions of a file, as in `chmod`. */
  async mode(name: string): Promise<number> {
    return (await stat(this.at(name))).mode & 0o777;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }
}
