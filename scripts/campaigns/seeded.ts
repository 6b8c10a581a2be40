import { sha256 } from "@noble/hashes/sha2.js";

/**
 * Makes the process's `crypto.getRandomValues` give bytes that the seed fixes, as long as `story` runs: with it all of
 * Umbral's keys, fragments and proofs. For campaigns that can be repeated; whatever is made so is no secret.
 */
export async function withSeededRandomness<T>(seed: bigint, story: () => Promise<T>): Promise<T> {
  let drawn = 0;
  const getRandomValues = <A extends ArrayBufferView>(array: A): A => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at += 32) {
      bytes.set(sha256(Buffer.from(`${seed} ${drawn++}`)).subarray(0, bytes.length - at), at);
    }
    return array;
  };
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value: getRandomValues, configurable: true });
  try {
    return await story();
  } finally {
    Reflect.deleteProperty(globalThis.crypto, "getRandomValues"); // the prototype's is there again
  }
}
