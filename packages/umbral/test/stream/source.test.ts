import { expect } from "chai";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { decryptOriginalStream, encryptStream, toReadableStream } from "../../src/index.js";
import { actors } from "../helpers/actors.js";
import { expectRefusal, rejection } from "../helpers/errors.js";
import { seeded } from "../helpers/random.js";
import { inPieces, joined } from "../helpers/streams.js";

const { alice } = actors("stream source");
const alicePk = alice.publicKey();
const random = seeded("stream source");

/** A source that counts what was taken from it and whether it was closed. */
function counted(piece: Uint8Array, count: number) {
  const log = { taken: 0, closed: false };
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (let i = 0; i < count; i += 1) {
        log.taken += 1;
        yield await Promise.resolve(piece);
      }
    } finally {
      log.closed = true;
    }
  }
  return { log, source: source() };
}

/** A source that fails after one piece. */
async function* failing(error: Error, first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(first);
  throw error;
}

describe("the source of a stream", () => {
  it("is read as fast as the result is taken: encrypting holds two chunks, decrypting one and a byte", async () => {
    const { log, source } = counted(random(64), 1000);
    const [capsule, ciphertext] = encryptStream(alicePk, source, 64);
    expect(log.taken).to.equal(0);
    const pieces: Uint8Array[] = [];
    for await (const piece of ciphertext) {
      // The header, then the chunk i with the one after it.
      expect(log.taken).to.be.at.most(pieces.length + 1);
      pieces.push(piece);
    }
    expect(log).to.deep.equal({ taken: 1000, closed: true });
    expect(pieces).to.have.length(1001);

    let given = 0;
    async function* sealed(): AsyncGenerator<Uint8Array> {
      for (const piece of pieces) {
        given += 1;
        yield await Promise.resolve(piece);
      }
    }
    let out = 0;
    for await (const chunk of decryptOriginalStream(alice, capsule, sealed())) {
      out += 1;
      expect(chunk).to.have.length(64);
      expect(given).to.be.at.most(1 + out);
    }
    expect(out).to.equal(1000);
  });

  it("is closed when the result is left early", async () => {
    const { log, source } = counted(random(64), 1000);
    let taken = 0;
    for await (const piece of encryptStream(alicePk, source, 64)[1]) {
      taken += piece.length;
      if (taken === 44 + 2 * 84) break;
    }
    expect(log).to.deep.equal({ taken: 3, closed: true });
  });

  it("is closed when what it gives is refused", async () => {
    const { log, source } = counted(new Uint8Array(64), 1000);
    const [capsule] = encryptStream(alicePk, inPieces(random(1)));
    expect((await rejection(joined(decryptOriginalStream(alice, capsule, source)))).code).to.equal("STREAM_HEADER");
    expect(log).to.deep.equal({ taken: 1, closed: true });
  });

  it("may have no return method", async () => {
    const pieces = [random(100)].values();
    const source = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(pieces.next()) }) };
    const [capsule, ciphertext] = encryptStream(alicePk, source);
    expect(await joined(decryptOriginalStream(alice, capsule, ciphertext))).to.have.length(100);
  });

  it("lets its own errors through", async () => {
    const error = new Error("the disk is gone");
    const [capsule, ciphertext] = encryptStream(alicePk, failing(error, random(100)), 64);
    const caught = await joined(ciphertext).catch((reason: unknown) => reason);
    expect(caught).to.equal(error);
    const [, other] = encryptStream(alicePk, inPieces(random(9)));
    const opened = decryptOriginalStream(
      alice,
      capsule,
      failing(error, await joined(other).then((b) => b.slice(0, 9))),
    );
    expect(await joined(opened).catch((reason: unknown) => reason)).to.equal(error);
  });

  it("must give bytes", async () => {
    for (const [piece, got] of [
      ["text", "string"],
      [7, "number"],
      [null, "null"],
      [[1, 2], "an instance of Array"],
    ] as const) {
      async function* source() {
        yield await Promise.resolve(piece);
      }
      const [, ciphertext] = Reflect.apply(encryptStream, undefined, [alicePk, source()]) as ReturnType<
        typeof encryptStream
      >;
      const { code, message } = await rejection(joined(ciphertext));
      expect([code, message]).to.deep.equal(["BAD_TYPE", `plaintext: expected a Uint8Array, got ${got}`]);
    }
  });

  it("must be an AsyncIterable or a ReadableStream", () => {
    const [capsule] = encryptStream(alicePk, inPieces(random(1)));
    for (const [source, got] of [
      [random(10), "an instance of Uint8Array"],
      ["text", "string"],
      [undefined, "undefined"],
      [null, "null"],
      [[random(10)], "an instance of Array"],
    ] as const) {
      const expected = `expected an AsyncIterable or a ReadableStream of Uint8Array, got ${got}`;
      expectRefusal(
        () => Reflect.apply(encryptStream, undefined, [alicePk, source]),
        "BAD_TYPE",
        `plaintext: ${expected}`,
      );
      expectRefusal(
        () => Reflect.apply(decryptOriginalStream, undefined, [alice, capsule, source]),
        "BAD_TYPE",
        `ciphertext: ${expected}`,
      );
    }
  });

  it("can be a file of Node's", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "umbral-"));
    const [plain, sealed, opened] = ["plain", "sealed", "opened"].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    try {
      const content = random(300_000);
      await writeFile(plain, content);
      const [capsule, ciphertext] = encryptStream(alicePk, createReadStream(plain));
      await pipeline(ciphertext, createWriteStream(sealed));
      await pipeline(decryptOriginalStream(alice, capsule, createReadStream(sealed)), createWriteStream(opened));
      expect(Buffer.compare(await readFile(opened), content)).to.equal(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("encryptStream", () => {
  for (const [chunkLength, got] of [
    [63, "63"],
    [2 ** 24 + 1, "16777217"],
    [0, "0"],
    [-64, "-64"],
    [100.5, "100.5"],
    [NaN, "NaN"],
    ["64", "string"],
    [null, "null"],
  ] as const) {
    it(`refuses the chunk length ${JSON.stringify(chunkLength)}`, () => {
      expectRefusal(
        () => Reflect.apply(encryptStream, undefined, [alicePk, inPieces(random(1)), chunkLength]),
        "BAD_CHUNK_LENGTH",
        `chunkLength: expected an integer in 64..16777216, got ${got}`,
      );
    });
  }

  it("refuses what isn't a public key", () => {
    expectRefusal(
      () => Reflect.apply(encryptStream, undefined, [alice, inPieces(random(1))]),
      "BAD_TYPE",
      "delegatingPk: expected an instance of PublicKey, got an instance of SecretKey",
    );
  });
});

describe("web streams", () => {
  const content = random(1000);

  it("go in and come out", async () => {
    const [capsule, ciphertext] = encryptStream(alicePk, toReadableStream(inPieces(content, 300)), 64);
    const sealed = toReadableStream(ciphertext);
    expect(sealed).to.be.instanceOf(ReadableStream);
    const response = new Response(toReadableStream(decryptOriginalStream(alice, capsule, sealed)));
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), content)).to.equal(0);
  });

  it("go in where they can't be iterated, as in some browsers", async () => {
    const stream = toReadableStream(inPieces(content, 300));
    Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
    const [capsule, ciphertext] = encryptStream(alicePk, stream, 64);
    expect(Buffer.compare(await joined(decryptOriginalStream(alice, capsule, ciphertext)), content)).to.equal(0);
    expect(stream.locked).to.equal(false);
  });

  it("read nothing ahead, and close their source when they are cancelled", async () => {
    const { log, source } = counted(random(64), 1000);
    const stream = toReadableStream(source);
    await Promise.resolve();
    expect(log.taken).to.equal(0);
    const reader = stream.getReader();
    await reader.read();
    expect(log.taken).to.equal(1);
    await reader.cancel();
    expect(log).to.deep.equal({ taken: 1, closed: true });
  });

  it("call the return method of a source that is no generator when they are cancelled, and do without one", async () => {
    const piece = random(64);
    let returned = 0;
    const next = () => Promise.resolve({ done: false, value: piece });
    const end = () => Promise.resolve({ done: true, value: undefined } as const).finally(() => (returned += 1));
    for (const iterator of [{ next, return: end }, { next }]) {
      const reader = toReadableStream({ [Symbol.asyncIterator]: () => iterator }).getReader();
      expect((await reader.read()).value).to.deep.equal(piece);
      await reader.cancel();
      expect((await reader.read()).done).to.equal(true);
      expect(returned).to.equal(1);
    }
  });

  it("are cancelled when what is made of them is left early", async () => {
    const { log, source } = counted(random(64), 1000);
    const stream = toReadableStream(source);
    for await (const piece of encryptStream(alicePk, stream, 64)[1]) if (piece.length > 44) break;
    expect(log).to.deep.equal({ taken: 2, closed: true });
    expect(stream.locked).to.equal(false);
  });

  it("fail as their source does", async () => {
    const error = new Error("the line is cut");
    const [, ciphertext] = encryptStream(alicePk, toReadableStream(failing(error, random(10))));
    const caught = await new Response(toReadableStream(ciphertext)).arrayBuffer().catch((reason: unknown) => reason);
    expect(caught).to.equal(error);
  });
});
