/** SHA-256 and HKDF on Node's OpenSSL. */
import { type BinaryToTextEncoding, hash } from "node:crypto";
import type { Expand } from "./backend.js";

const HASH_LENGTH = 32;
const BLOCK_LENGTH = 64;

/** What Node takes for an encoding of bytes, though its types leave it out: two bytes a letter, the low one first. */
const UTF16 = "utf16le" as BinaryToTextEncoding;

/** Writes SHA-256 to `output`. As a string of 16 letters a hash crosses over in a third of the time of a Buffer. */
function writeHash(message: Uint8Array, output: Uint8Array, offset: number): void {
  const letters = hash("sha256", message, UTF16);
  for (let i = 0; i < HASH_LENGTH / 2; i += 1) {
    const letter = letters.charCodeAt(i);
    output[offset + 2 * i] = letter;
    output[offset + 2 * i + 1] = letter >> 8;
  }
}

export function sha256(message: Uint8Array): Uint8Array {
  const digest = new Uint8Array(HASH_LENGTH);
  writeHash(message, digest, 0);
  return digest;
}

/** What HMAC by RFC 2104 puts before its inner and its outer message for a key of 32 bytes: a block each. */
interface Pads {
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

function padsOf(key: Uint8Array): Pads {
  const inner = new Uint8Array(BLOCK_LENGTH).fill(0x36);
  const outer = new Uint8Array(BLOCK_LENGTH).fill(0x5c);
  for (let i = 0; i < HASH_LENGTH; i += 1) {
    const byte = key[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  return { inner, outer };
}

/** The outer message while an HMAC is made: new memory of that size would take as long as a hash. */
const outerMessage = new Uint8Array(BLOCK_LENGTH + HASH_LENGTH);

/**
 * HMAC on two hashes in one call each: a fifth of the time of Node's own.
 * @param message room for a block, then the message
 */
function writeHmac({ inner, outer }: Pads, message: Uint8Array, output: Uint8Array, offset: number): void {
  message.set(inner);
  outerMessage.set(outer);
  writeHash(message, outerMessage, BLOCK_LENGTH);
  writeHash(outerMessage, output, offset);
  outerMessage.fill(0);
}

/** Room for a block, a hash, an info and its number, from the start and from the hash on: the messages of HKDF. */
type Messages = readonly [next: Uint8Array, first: Uint8Array];

const LONGEST_IN_SCRATCH = 512;
const scratch = new Uint8Array(LONGEST_IN_SCRATCH);
/** By their length. Parts of memory cost nearly as much as a hash, too, and are kept; long ones get new memory. */
const scratchMessages: Messages[] = [];

const split = (next: Uint8Array): Messages => [next, next.subarray(HASH_LENGTH)];

function messagesOf(length: number): Messages {
  if (length > LONGEST_IN_SCRATCH) return split(new Uint8Array(length));
  return (scratchMessages[length] ??= split(scratch.subarray(0, length)));
}

/** Each block is the HMAC of the one before it, the info and its number. */
function expand(pads: Pads, length: number, info: readonly Uint8Array[]): Uint8Array {
  const blocks = Math.ceil(length / HASH_LENGTH);
  const output = new Uint8Array(blocks * HASH_LENGTH);
  let last = BLOCK_LENGTH + HASH_LENGTH;
  for (const part of info) last += part.length;
  const [next, first] = messagesOf(last + 1);
  let offset = BLOCK_LENGTH + HASH_LENGTH;
  for (const part of info) {
    next.set(part, offset);
    offset += part.length;
  }
  for (let i = 0; i < blocks; i += 1) {
    next[last] = i + 1;
    const start = i * HASH_LENGTH;
    // The first has none before it.
    writeHmac(pads, i === 0 ? first : next, output, start);
    for (let j = 0; j < HASH_LENGTH; j += 1) next[BLOCK_LENGTH + j] = output[start + j] ?? 0;
  }
  next.fill(0);
  return output.length === length ? output : output.slice(0, length);
}

/** No salt is a key of zeros. */
const NO_SALT = padsOf(new Uint8Array(HASH_LENGTH));

/** HKDF by RFC 5869 without a salt. */
export function hkdf(key: Uint8Array): Expand {
  const message = new Uint8Array(BLOCK_LENGTH + key.length);
  message.set(key, BLOCK_LENGTH);
  const extracted = new Uint8Array(HASH_LENGTH);
  writeHmac(NO_SALT, message, extracted, 0);
  message.fill(0);
  const pads = padsOf(extracted);
  extracted.fill(0);
  return (length, ...info) => expand(pads, length, info);
}
