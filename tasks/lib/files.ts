import { readFileSync, writeFileSync } from "node:fs";

import { Fields, formatJson, parseJson } from "@nkms/verifier/tools";

import { asError, isComplaint, TaskError } from "./errors";

/**
 * Reads a file.
 * @throws {TaskError} `BAD_FILE`
 */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TaskError("BAD_FILE", path, "a file that can be read", whyNot(cause), asError(cause));
  }
}

/**
 * Reads a JSON file with `read`, whose complaints are about the file then.
 * @throws {TaskError} `BAD_FILE`
 */
export function readJson<Value>(path: string, read: (value: unknown) => Value): Value {
  const text = readText(path);
  try {
    return read(parseJson(path, text));
  } catch (cause) {
    if (!isComplaint(cause) || cause instanceof TaskError) throw cause;
    throw new TaskError("BAD_FILE", cause.argument, cause.expected, cause.got, cause);
  }
}

/** Reads a JSON file that holds one object. */
export const readObject = <Value>(path: string, names: readonly string[], read: (fields: Fields) => Value): Value =>
  readJson(path, (value) => read(new Fields(path, value, names)));

/**
 * Writes a JSON file; bigints as strings of decimal digits.
 * @throws {TaskError} `BAD_FILE`
 */
export function writeJson(path: string, value: object): void {
  writeText(path, formatJson(plain(value)));
}

/**
 * Writes a file, or replaces it.
 * @throws {TaskError} `BAD_FILE`
 */
export function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new TaskError("BAD_FILE", path, "a file that can be written", whyNot(cause), asError(cause));
  }
}

/** A value as JSON has it: bigints are strings of decimal digits. */
export const plain = (value: object): object =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part))) as object;

/** What a file system says, in words. */
const FOUND: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "a folder",
  ENOTDIR: "a file in place of a folder",
  EACCES: "no permission",
};

const whyNot = (cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : asError(cause).message;
  return FOUND[code] ?? code;
};
