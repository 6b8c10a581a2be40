import { join } from "./bytes.js";

/** The bytes in pieces of one length, the last one shorter. */
export async function* inPieces(bytes: Uint8Array, length = bytes.length): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += length) {
    yield await Promise.resolve(bytes.subarray(offset, offset + length));
  }
}

/** All pieces in one array each. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}

/** All pieces as one. */
export async function joined(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return join(...(await collect(source)));
}
