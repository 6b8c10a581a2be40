import { expectIterable } from "./byteSource.js";

/**
 * Async chunks as a web stream, for what takes no other: the body of a Response, a pipe. Nothing is read ahead;
 * cancelling it closes the source.
 * @throws {UmbralError} `BAD_TYPE`
 * @example const response = new Response(toReadableStream(decryptOriginalStream(aliceSk, capsule, encrypted.body)));
 */
export function toReadableStream(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = expectIterable("chunks", chunks)[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await iterator.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
