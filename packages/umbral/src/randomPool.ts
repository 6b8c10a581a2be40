import type { RandomBytes } from "./backend.js";

/** Sixteen scalars. A call of the system's source takes about as long for them as for one. */
export const POOL_LENGTH = 512;

/**
 * Random bytes from a source that is asked for many at a time. Each is given out once, and overwritten in the pool as it
 * is. What is left is overwritten behind the running job, by its first microtask: the memory of a process that waits for
 * something holds no bytes of secrets to come, and no copy of it can give them out again.
 * @param fill writes random bytes over all of its argument
 */
export function pooled(fill: (bytes: Uint8Array) => void): RandomBytes {
  const pool = new Uint8Array(POOL_LENGTH);
  let left = 0;
  let willDrop = false;

  function drop(): void {
    pool.fill(0);
    left = 0;
    willDrop = false;
  }

  return (length) => {
    if (length > POOL_LENGTH) {
      const bytes = new Uint8Array(length);
      fill(bytes);
      return bytes;
    }
    if (length > left) {
      left = 0; // should the source fail, there is nothing to give out
      fill(pool);
      left = POOL_LENGTH;
      if (!willDrop) queueMicrotask(drop);
      willDrop = true;
    }
    const start = POOL_LENGTH - left;
    const bytes = pool.slice(start, start + length);
    pool.fill(0, start, start + length);
    left -= length;
    return bytes;
  };
}
