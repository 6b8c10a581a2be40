import { backend, type RandomBytes } from "./backend.js";
import { ByteReader, type ByteSource, expectSource } from "./byteSource.js";
import type { Capsule } from "./capsule.js";
import { encapsulate } from "./kem.js";
import type { PublicKey } from "./keys.js";
import {
  chunkNonce,
  DEFAULT_CHUNK_LENGTH,
  encodeHead,
  encodeHeader,
  expectChunkLength,
  HEAD_LENGTH,
  SALT_LENGTH,
  streamKey,
  TAG_LENGTH,
} from "./streamFormat.js";

/**
 * Encrypts bytes of any length to a public key, chunk by chunk: two chunks are in memory, however many there are. The
 * capsule is as that of {@link encrypt}, and is re-encrypted as that one.
 * @param delegatingPk the owner's public key
 * @param plaintext read as the ciphertext is read, and not before
 * @param chunkLength how many bytes of plaintext a chunk has, {@link MIN_CHUNK_LENGTH}..{@link MAX_CHUNK_LENGTH}
 * @returns the capsule, and the ciphertext: a header of 44 bytes, then the chunks, each with 20 bytes more than its
 * plaintext. Iterating throws what the source throws, or `BAD_TYPE` when a piece isn't a Uint8Array.
 * @throws {UmbralError} `BAD_TYPE` or `BAD_CHUNK_LENGTH`
 * @example
 * const [capsule, ciphertext] = encryptStream(alicePk, createReadStream("film.mp4"));
 * await pipeline(ciphertext, createWriteStream("film.umbral"));
 */
export function encryptStream(
  delegatingPk: PublicKey,
  plaintext: ByteSource,
  chunkLength: number = DEFAULT_CHUNK_LENGTH,
): [capsule: Capsule, ciphertext: AsyncGenerator<Uint8Array, void>] {
  return encryptStreamWith(backend.randomBytes, delegatingPk, plaintext, chunkLength);
}

/** {@link encryptStream} with any source of randomness. */
export function encryptStreamWith(
  random: RandomBytes,
  delegatingPk: PublicKey,
  plaintext: ByteSource,
  chunkLength: number,
): [Capsule, AsyncGenerator<Uint8Array, void>] {
  const source = expectSource("plaintext", plaintext);
  const header = encodeHeader(expectChunkLength(chunkLength), random(SALT_LENGTH));
  const [capsule, seed] = encapsulate(random, delegatingPk);
  return [capsule, sealChunks(header, streamKey(seed, header, capsule), source, chunkLength)];
}

async function* sealChunks(
  header: Uint8Array,
  key: Uint8Array,
  source: ByteSource,
  chunkLength: number,
): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader("plaintext", source);
  try {
    yield header;
    let chunk = await reader.read(chunkLength);
    for (let index = 0, final = false; !final; index += 1) {
      const next = await reader.read(chunkLength);
      final = next.length === 0;
      const head = encodeHead(chunk.length, final);
      const bytes = new Uint8Array(HEAD_LENGTH + chunk.length + TAG_LENGTH);
      bytes.set(head);
      backend.seal(key, chunkNonce(index), head, chunk, bytes.subarray(HEAD_LENGTH));
      yield bytes;
      chunk = next;
    }
  } finally {
    await reader.close();
  }
}
