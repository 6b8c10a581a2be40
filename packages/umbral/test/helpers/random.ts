import { createHash } from "node:crypto";
import type { RandomBytes } from "../../src/backend.js";

/** The same bytes for the same seed, in every run and on every machine: SHA-256 of the seed and a counter. */
export function seeded(seed: string): RandomBytes {
  let block = 0;
  let pool = Buffer.alloc(0);
  return (length) => {
    while (pool.length < length) {
      pool = Buffer.concat([pool, createHash("sha256").update(`${seed}/${block++}`).digest()]);
    }
    const bytes = Uint8Array.from(pool.subarray(0, length));
    pool = pool.subarray(length);
    return bytes;
  };
}
