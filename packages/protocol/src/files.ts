/**
 * Files with evidence, salts and throw-away keys: readable by their owner alone (mode 0600), whole at any moment, and on
 * the disk when the call returns.
 */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The error of the package that writes: `FILE` can't be read or written, `FILE_EXISTS` is there already. */
export type FileFailure = new (
  code: "FILE" | "FILE_EXISTS",
  argument: string,
  expected: string,
  got: string,
  options?: ErrorOptions,
) => Error;

/** The most bytes of a file that is read: as many as the longest JSON that is read, `MAX_JSON_LENGTH`, can have. */
export const MAX_FILE_LENGTH = 12_000_000;

/**
 * Writes a file, or replaces one: a crash leaves either the old or the new one.
 * @throws `FILE`
 */
export async function writeSecretFile(Failure: FileFailure, path: string, text: string): Promise<void> {
  await write(Failure, path, text, rename);
}

/**
 * Writes a file that isn't there yet.
 * @throws `FILE_EXISTS`, `FILE`
 */
export async function writeNewSecretFile(Failure: FileFailure, path: string, text: string): Promise<void> {
  await write(Failure, path, text, link);
}

/**
 * Reads a file, of at most {@link MAX_FILE_LENGTH} bytes; it may be a pipe.
 * @returns undefined if there is none
 * @throws `FILE`
 */
export async function readFileIfAny(Failure: FileFailure, path: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: MAX_FILE_LENGTH })) chunks.push(chunk as Buffer);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new Failure("FILE", path, "a file that can be read", String(codeOf(cause)), { cause });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= MAX_FILE_LENGTH) return bytes.toString("utf8");
  throw new Failure("FILE", path, `${MAX_FILE_LENGTH} bytes or fewer`, "more");
}

/**
 * Reads a file that must be there, as {@link readFileIfAny}.
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

/** @param put gives a file that is whole its name; whatever comes of that, nothing stays beside it */
async function write(
  Failure: FileFailure,
  path: string,
  text: string,
  put: (temporary: string, path: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    try {
      await writeSynced(temporary, text);
      await put(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(path);
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") throw new Failure("FILE_EXISTS", path, "no such file", "one", { cause });
    throw new Failure("FILE", path, "a file that can be written", String(codeOf(cause)), { cause });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
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
