import { backend } from "./backend.js";
import { ByteReader, type ByteSource, expectSource } from "./byteSource.js";
import type { Capsule } from "./capsule.js";
import type { VerifiedCapsuleFrag } from "./capsuleFrag.js";
import type { CurvePoint } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { openOriginal, openReencrypted } from "./kem.js";
import type { PublicKey, SecretKey } from "./keys.js";
import {
  chunkNonce,
  HEAD_LENGTH,
  HEADER_LENGTH,
  parseHead,
  parseHeader,
  streamKey,
  TAG_LENGTH,
} from "./streamFormat.js";

/**
 * Decrypts what {@link encryptStream} gave with the key it was encrypted to, chunk by chunk.
 *
 * Warning: each chunk that comes out is what was encrypted at this place, but only when the iteration ends without an
 * error is it all of it. Keep what came out apart until then.
 * @returns the plaintext, a chunk at a time, read as it is iterated. Iterating throws `STREAM_HEADER`, `STREAM_CHUNK`,
 * `STREAM_TRUNCATED`, `STREAM_EXTENDED`, `BAD_TYPE` when a piece isn't a Uint8Array, or what the source throws.
 * @throws {UmbralError} `BAD_TYPE`
 * @example for await (const chunk of decryptOriginalStream(aliceSk, capsule, createReadStream("film.umbral"))) use(chunk);
 */
export function decryptOriginalStream(
  delegatingSk: SecretKey,
  capsule: Capsule,
  ciphertext: ByteSource,
): AsyncGenerator<Uint8Array, void> {
  const source = expectSource("ciphertext", ciphertext);
  return openChunks(openOriginal(delegatingSk, capsule), capsule, source);
}

/**
 * Decrypts what {@link encryptStream} gave with the fragments of at least `threshold` proxies, chunk by chunk.
 *
 * Warning: as with {@link decryptOriginalStream}.
 * @returns as {@link decryptOriginalStream}
 * @throws {UmbralError} `BAD_TYPE`, `NOT_VERIFIED`, `FRAGMENTS_MISSING`, `FRAGMENTS_DUPLICATE`, `FRAGMENTS_MIXED` or
 * `FRAGMENTS_MISMATCH`, as `decryptReencrypted`
 */
export function decryptReencryptedStream(
  receivingSk: SecretKey,
  delegatingPk: PublicKey,
  capsule: Capsule,
  cfrags: readonly VerifiedCapsuleFrag[],
  ciphertext: ByteSource,
): AsyncGenerator<Uint8Array, void> {
  const source = expectSource("ciphertext", ciphertext);
  return openChunks(openReencrypted(receivingSk, delegatingPk, capsule, cfrags), capsule, source);
}

async function* openChunks(seed: CurvePoint, capsule: Capsule, source: ByteSource): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader("ciphertext", source);
  const read = async (part: string, length: number): Promise<Uint8Array> => {
    const bytes = await reader.read(length);
    if (bytes.length < length)
      throw new UmbralError("STREAM_TRUNCATED", part, `${length} bytes`, `${bytes.length} bytes`);
    return bytes;
  };
  try {
    const header = await read("ciphertext.header", HEADER_LENGTH);
    const chunkLength = parseHeader(header);
    const key = streamKey(seed, header, capsule);
    for (let index = 0, last = false; !last; index += 1) {
      const part = `ciphertext.chunk[${index}]`;
      const head = await read(part, HEAD_LENGTH);
      const { length, final } = parseHead(head, index, chunkLength);
      const chunk = backend.open(key, chunkNonce(index), head, await read(part, length + TAG_LENGTH));
      if (!chunk) {
        throw new UmbralError("STREAM_CHUNK", part, "the one of this place, stream, capsule and key", "another");
      }
      if (final && (await reader.read(1)).length > 0) {
        throw new UmbralError("STREAM_EXTENDED", "ciphertext", `the end behind chunk[${index}]`, "more bytes");
      }
      yield chunk;
      last = final;
    }
  } finally {
    await reader.close();
  }
}
