/** `docs/stream-format.md` read a second time, with node:crypto and noble-curves, without a line of the package. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

const { Point } = secp256k1;

/** What the plan of a stream says about one chunk. An honest stream follows from the plaintext; others are attacks. */
export interface PlannedChunk {
  readonly plaintext: Uint8Array;
  readonly final: boolean;
}

/** The key's seed from the owner's key and a capsule's 98 bytes. */
export function seedOf(delegatingSk: Uint8Array, capsuleSimple: Uint8Array): Uint8Array {
  const [e, v] = [Point.fromBytes(capsuleSimple.slice(0, 33)), Point.fromBytes(capsuleSimple.slice(33, 66))];
  return e
    .add(v)
    .multiply(BigInt(`0x${Buffer.from(delegatingSk).toString("hex")}`))
    .toBytes(true);
}

export function header(chunkLength: number, salt: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(chunkLength);
  return Buffer.concat([Buffer.from("UMBRALS"), Buffer.of(1), length, salt]);
}

const keyOf = (seed: Uint8Array, head: Uint8Array, capsuleSimple: Uint8Array): Buffer =>
  Buffer.from(hkdfSync("sha256", seed, "", Buffer.concat([Buffer.from("UMBRAL_STREAM"), head, capsuleSimple]), 32));

function nonce(index: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(index, 8);
  return bytes;
}

/** The plan of an honest stream. */
export function plan(plaintext: Uint8Array, chunkLength: number): PlannedChunk[] {
  const count = Math.max(1, Math.ceil(plaintext.length / chunkLength));
  return Array.from({ length: count }, (_, i) => ({
    plaintext: plaintext.slice(i * chunkLength, (i + 1) * chunkLength),
    final: i === count - 1,
  }));
}

/** The chunks of a plan, as bytes. */
export function sealChunks(
  seed: Uint8Array,
  capsuleSimple: Uint8Array,
  start: Uint8Array,
  chunks: readonly PlannedChunk[],
): Buffer[] {
  const key = keyOf(seed, start, capsuleSimple);
  return chunks.map(({ plaintext, final }, index) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(plaintext.length + (final ? 2 ** 31 : 0));
    const cipher = createCipheriv("chacha20-poly1305", key, nonce(index), { authTagLength: 16 });
    cipher.setAAD(head, { plaintextLength: plaintext.length });
    return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  });
}

/** The plaintext of an honest stream; throws where a tag fails. */
export function openStream(seed: Uint8Array, capsuleSimple: Uint8Array, stream: Uint8Array): Buffer {
  const bytes = Buffer.from(stream);
  const key = keyOf(seed, bytes.subarray(0, 44), capsuleSimple);
  const chunks: Buffer[] = [];
  for (let offset = 44, index = 0; offset < bytes.length; index += 1) {
    const head = bytes.subarray(offset, offset + 4);
    const end = offset + 4 + (head.readUInt32BE() % 2 ** 31);
    const decipher = createDecipheriv("chacha20-poly1305", key, nonce(index), { authTagLength: 16 });
    decipher.setAAD(head, { plaintextLength: end - offset - 4 });
    decipher.setAuthTag(bytes.subarray(end, end + 16));
    chunks.push(decipher.update(bytes.subarray(offset + 4, end)), decipher.final());
    offset = end + 16;
  }
  return Buffer.concat(chunks);
}
