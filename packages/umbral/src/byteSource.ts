import { describe, expectBytes } from "./bytes.js";
import { UmbralError } from "./errors.js";

/** Bytes in pieces of any length: a file opened for reading, the body of a response, an async generator. */
export type ByteSource = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

const has = (value: unknown, key: PropertyKey): boolean => typeof value === "object" && value !== null && key in value;
const isWebStream = (source: unknown): source is ReadableStream<Uint8Array> => has(source, "getReader");

const isIterable = (source: unknown): source is AsyncIterable<Uint8Array> => has(source, Symbol.asyncIterator);

/** @throws {UmbralError} `BAD_TYPE` */
export function expectIterable(argument: string, chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (isIterable(chunks)) return chunks;
  throw new UmbralError("BAD_TYPE", argument, "an AsyncIterable of Uint8Array", describe(chunks));
}

/** @throws {UmbralError} `BAD_TYPE` */
export function expectSource(argument: string, source: ByteSource): ByteSource {
  if (!isWebStream(source) && !isIterable(source)) {
    const expected = "an AsyncIterable or a ReadableStream of Uint8Array";
    throw new UmbralError("BAD_TYPE", argument, expected, describe(source));
  }
  return source;
}

/** The pieces of a web stream. Not every browser's can be iterated. */
async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel(); // frees what the stream holds when it is left early, and does nothing at its end
    reader.releaseLock();
  }
}

/** Reads pieces of any length as runs of the lengths that are asked for. */
export class ByteReader {
  readonly #argument: string;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  /** @param argument what errors call the source */
  constructor(argument: string, source: ByteSource) {
    this.#argument = argument;
    this.#pieces = (isWebStream(source) ? piecesOf(source) : source)[Symbol.asyncIterator]();
  }

  /**
   * So many bytes, copied; fewer only at the end of the source.
   * @throws {UmbralError} `BAD_TYPE` when a piece isn't bytes, and whatever the source throws
   */
  async read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#piece.length === 0) {
        const next = await this.#pieces.next();
        if (next.done) return bytes.subarray(0, filled);
        this.#piece = expectBytes(this.#argument, next.value);
      }
      const part = this.#piece.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#piece = this.#piece.subarray(part.length);
    }
    return bytes;
  }

  /** Lets the source close what it holds. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
