/**
 * Files with evidence, salts and throw-away keys: readable by their owner alone (mode 0600), whole at any moment, and on
 * the disk when the call returns.
 */
import { randomBytes } from "node:crypto";
import { link, open, readFile, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The error of the package that writes: `FILE` can't be read or written, `FILE_EXISTS` is there already. */
export type FileFailure = new (
  code: "FILE" | "FILE_EXISTS",
  argument: string,
  expected: string,
  got: string,
  options?: ErrorOptions,
) => Error;

/**
 * Writes a file, or replaces one: a crash leaves either the old or the new one.
 * @throws `FILE`
 */
export async function writeSecretFile(Failure: FileFailure, path: string, text: string): Promise<void> {
  await writing(Failure, path, async () => {
    const temporary = await writeTemporary(path, text);
    await rename(temporary, path);
    await syncFolder(path);
  });
}

/**
 * Writes a file that isn't there yet.
 * @throws `FILE_EXISTS`, `FILE`
 */
export async function writeNewSecretFile(Failure: FileFailure, path: string, text: string): Promise<void> {
  await writing(Failure, path, async () => {
    const temporary = await writeTemporary(path, text);
    try {
      await link(temporary, path);
    } finally {
      await unlink(temporary);
    }
    await syncFolder(path);
  });
}

/**
 * Reads a file.
 * @returns undefined if there is none
 * @throws `FILE`
 */
export async function readFileIfAny(Failure: FileFailure, path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new Failure("FILE", path, "a file that can be read", String(codeOf(cause)), { cause });
  }
}

/**
 * Reads a file that must be there.
 * @throws `FILE`
 */
export async function readTextFile(Failure: FileFailure, path: string): Promise<string> {
  const text = await readFileIfAny(Failure, path);
  if (text === undefined) throw new Failure("FILE", path, "a file", "none");
  return text;
}

/** The name of a system error: `ENOENT`. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

async function writeTemporary(path: string, text: string): Promise<string> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(text, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

/** The file's name is part of its folder, which is written out for itself. Windows has no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writing(Failure: FileFailure, path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") throw new Failure("FILE_EXISTS", path, "no such file", "one", { cause });
    throw new Failure("FILE", path, "a file that can be written", String(codeOf(cause)), { cause });
  }
}
