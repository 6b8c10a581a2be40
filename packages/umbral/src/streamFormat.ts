/**
 * The bytes of a stream: a header, then chunks, the last of which is marked. `docs/stream-format.md` is the page on it.
 */
import { concat, describeNumber, equalBytes, label } from "./bytes.js";
import type { Capsule } from "./capsule.js";
import type { CurvePoint } from "./curvePoint.js";
import { UmbralError } from "./errors.js";
import { hkdf } from "./hashing.js";

/** What a stream starts with: `UMBRALS` and the version, 1. */
const MAGIC = concat(new TextEncoder().encode("UMBRALS"), Uint8Array.of(1));

/** What the key is derived with, beside header and capsule. The format for messages in one piece has no such text. */
const KEY_INFO = new TextEncoder().encode("UMBRAL_STREAM");

const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const FINAL = 0x8000_0000;

/** magic and version, 8 bytes | chunk length, 4 bytes | salt, 32 bytes. */
export const HEADER_LENGTH = 44;
export const SALT_LENGTH = 32;

/** final mark, 1 bit | length of the chunk's plaintext, 31 bits. */
export const HEAD_LENGTH = 4;
export const TAG_LENGTH = 16;

/** The fewest bytes of plaintext in a chunk that isn't the last one. */
export const MIN_CHUNK_LENGTH = 64;
/** The most bytes of plaintext in a chunk: 16 MiB. Whoever decrypts holds one chunk in memory. */
export const MAX_CHUNK_LENGTH = 2 ** 24;
/** How many bytes of plaintext a chunk has when the caller doesn't say: 64 KiB. */
export const DEFAULT_CHUNK_LENGTH = 2 ** 16;

const isChunkLength = (length: number): boolean => length >= MIN_CHUNK_LENGTH && length <= MAX_CHUNK_LENGTH;

/** @throws {UmbralError} `BAD_CHUNK_LENGTH` */
export function expectChunkLength(length: unknown): number {
  if (typeof length !== "number" || !Number.isInteger(length) || !isChunkLength(length)) {
    const expected = `an integer in ${MIN_CHUNK_LENGTH}..${MAX_CHUNK_LENGTH}`;
    throw new UmbralError("BAD_CHUNK_LENGTH", "chunkLength", expected, describeNumber(length));
  }
  return length;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

const readU32 = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

export const encodeHeader = (chunkLength: number, salt: Uint8Array): Uint8Array =>
  concat(MAGIC, u32(chunkLength), salt);

/**
 * The chunk length that a header of 44 bytes names.
 * @throws {UmbralError} `STREAM_HEADER`
 */
export function parseHeader(header: Uint8Array): number {
  const magic = header.subarray(0, MAGIC.length);
  if (!equalBytes(magic, MAGIC)) {
    throw new UmbralError("STREAM_HEADER", "ciphertext.header", label("bytes", MAGIC), label("bytes", magic));
  }
  const chunkLength = readU32(header.subarray(MAGIC.length));
  if (!isChunkLength(chunkLength)) {
    const expected = `a chunk length in ${MIN_CHUNK_LENGTH}..${MAX_CHUNK_LENGTH}`;
    throw new UmbralError("STREAM_HEADER", "ciphertext.header", expected, String(chunkLength));
  }
  return chunkLength;
}

/** The head of a chunk, which is authenticated with it. */
export const encodeHead = (length: number, final: boolean): Uint8Array => u32(length + (final ? FINAL : 0));

/**
 * Reads the head of a chunk. Every chunk but the last is full, and the last is empty in an empty stream only: one
 * plaintext has one sequence of lengths.
 * @throws {UmbralError} `STREAM_CHUNK`
 */
export function parseHead(head: Uint8Array, index: number, chunkLength: number): { length: number; final: boolean } {
  const value = readU32(head);
  const final = value >= FINAL;
  const length = final ? value - FINAL : value;
  const least = final ? Math.min(index, 1) : chunkLength;
  if (length < least || length > chunkLength) {
    const expected = final ? `a last chunk of ${least}..${chunkLength} bytes` : `a chunk of ${chunkLength} bytes`;
    throw new UmbralError("STREAM_CHUNK", `ciphertext.chunk[${index}]`, expected, `${length} bytes`);
  }
  return { length, final };
}

/** The key of one stream: header and capsule are bound into it, so that neither can be exchanged. */
export const streamKey = (seed: CurvePoint, header: Uint8Array, capsule: Capsule): Uint8Array =>
  hkdf(seed.toBytes(), concat(KEY_INFO, header, capsule.toBytesSimple()), KEY_LENGTH);

/** The index of the chunk, 12 bytes big-endian. Under a key of one stream no nonce comes twice. */
export function chunkNonce(index: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_LENGTH);
  new DataView(nonce.buffer).setBigUint64(NONCE_LENGTH - 8, BigInt(index));
  return nonce;
}
