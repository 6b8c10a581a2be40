import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { MAX_PLAINTEXT_LENGTH } from "@nkms/umbral";

import { DemoError } from "./errors";

/** What is shared when nobody names a file. */
export const SAMPLE_FILE = join(__dirname, "sample.txt");

/**
 * Reads the file that is to be shared.
 * @throws {DemoError} `FILE_UNREADABLE`, `FILE_EMPTY`, or `FILE_TOO_LARGE` above the longest message of Umbral's plain
 * format, which is known before a byte is read
 */
export function readShared(path: string): Uint8Array {
  const { size } = orUnreadable(path, () => statSync(path));
  if (size > MAX_PLAINTEXT_LENGTH) {
    throw new DemoError("FILE_TOO_LARGE", path, `at most ${MAX_PLAINTEXT_LENGTH} bytes`, `${size} bytes`);
  }
  const bytes = orUnreadable(path, () => readFileSync(path));
  if (bytes.length === 0) throw new DemoError("FILE_EMPTY", path, "at least one byte", "none");
  return bytes;
}

function orUnreadable<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    throw new DemoError("FILE_UNREADABLE", path, "a file that can be read", String(cause), { cause });
  }
}
