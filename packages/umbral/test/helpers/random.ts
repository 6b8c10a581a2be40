import { createHash } from "node:crypto";
import type { RandomBytes } from "../../src/backend.js";

/** The same bytes for the same seed, in every run and on every machine: SHA-256 of the seed and a counter. */
export function seeded(seed: string): RandomBytes {
  let block = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32, block += 1) {
      const digest = createHash("sha256").update(`${seed}/${block}`).digest();
      bytes.set(digest.subarray(0, Math.min(32, length - offset)), offset);
    }
    return bytes;
  };
}
