import { expect } from "chai";
import {
  type Capsule,
  decryptOriginal,
  decryptOriginalStream,
  encrypt,
  type UmbralErrorCode,
} from "../../src/index.js";
import { encryptStreamWith } from "../../src/encryptStream.js";
import { actors } from "../helpers/actors.js";
import { flip, join, replace, utf8 } from "../helpers/bytes.js";
import { cases } from "../helpers/effort.js";
import { refusal, rejection } from "../helpers/errors.js";
import { seeded } from "../helpers/random.js";
import { header, type PlannedChunk, sealChunks, seedOf } from "../helpers/streamModel.js";
import { inPieces, joined } from "../helpers/streams.js";

const CHUNK = 64;
const FULL = CHUNK + 20;

const { alice } = actors("stream tamper");
const random = seeded("stream tamper");

interface Made {
  readonly capsule: Capsule;
  readonly plaintext: Uint8Array;
  readonly stream: Uint8Array;
  readonly start: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}

async function make(length: number): Promise<Made> {
  const plaintext = random(length);
  const [capsule, ciphertext] = encryptStreamWith(random, alice.publicKey(), inPieces(plaintext), CHUNK);
  const stream = await joined(ciphertext);
  const chunks = Array.from({ length: Math.max(1, Math.ceil(length / CHUNK)) }, (_, i) =>
    stream.slice(44 + i * FULL, 44 + (i + 1) * FULL),
  );
  return { capsule, plaintext, stream, start: stream.slice(0, 44), chunks };
}

/** What comes out of a changed stream before the error: only ever the beginning of the plaintext. */
async function expectRefused(
  { capsule, plaintext }: Made,
  stream: Uint8Array,
): Promise<{ code: UmbralErrorCode; message: string; chunks: number }> {
  const out: Uint8Array[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of decryptOriginalStream(alice, capsule, inPieces(stream))) out.push(chunk);
  };
  const { code, message } = await rejection(read());
  const bytes = join(...out);
  expect(bytes).to.deep.equal(plaintext.slice(0, bytes.length));
  return { code, message, chunks: out.length };
}

describe("a stream with one bit flipped", () => {
  it("is refused, whichever bit, and gives out nothing that wasn't encrypted", async () => {
    const made = await make(2 * CHUNK + 10);
    const codes = new Set<string>();
    for (const bit of cases(made.stream.length * 8, 250)) {
      const { code, chunks } = await expectRefused(made, flip(made.stream, bit));
      codes.add(code);
      const chunk = Math.floor((bit / 8 - 44) / FULL);
      expect(chunks).to.equal(Math.max(0, chunk));
      if (bit < 64) expect(code).to.equal("STREAM_HEADER");
      else if (bit >= 96 && chunk < 2) expect(code).to.equal("STREAM_CHUNK");
    }
    expect([...codes].sort()).to.deep.equal(["STREAM_CHUNK", "STREAM_HEADER", "STREAM_TRUNCATED"]);
  });
});

describe("a stream that is cut off", () => {
  it("is refused as truncated, wherever", async () => {
    const made = await make(2 * CHUNK + 10);
    for (const length of cases(made.stream.length, 80)) {
      const { code, chunks } = await expectRefused(made, made.stream.slice(0, length));
      expect(code, `cut to ${length}`).to.equal("STREAM_TRUNCATED");
      expect(chunks).to.equal(Math.max(0, Math.floor((length - 44) / FULL)));
    }
  });

  it("says where", async () => {
    const made = await make(CHUNK + 10);
    const cut = async (length: number) => (await expectRefused(made, made.stream.slice(0, length))).message;
    expect(await cut(0)).to.equal("ciphertext.header: expected 44 bytes, got 0 bytes");
    expect(await cut(43)).to.equal("ciphertext.header: expected 44 bytes, got 43 bytes");
    expect(await cut(44)).to.equal("ciphertext.chunk[0]: expected 4 bytes, got 0 bytes");
    expect(await cut(44 + 4)).to.equal("ciphertext.chunk[0]: expected 80 bytes, got 0 bytes");
    expect(await cut(44 + FULL + 29)).to.equal("ciphertext.chunk[1]: expected 26 bytes, got 25 bytes");
  });
});

describe("a stream that goes on behind its last chunk", () => {
  it("is refused as extended, and its last chunk doesn't come out", async () => {
    const made = await make(2 * CHUNK + 10);
    const other = await make(CHUNK);
    for (const extension of [
      [0],
      made.chunks[2] ?? [],
      made.chunks[0] ?? [],
      made.stream,
      other.stream,
      other.chunks[0] ?? [],
    ]) {
      const { code, message, chunks } = await expectRefused(made, join(made.stream, extension));
      expect(code).to.equal("STREAM_EXTENDED");
      expect(message).to.equal("ciphertext: expected the end behind chunk[2], got more bytes");
      expect(chunks).to.equal(2);
    }
  });
});

describe("a stream of other chunks", () => {
  const wrongAt = (index: number) =>
    `ciphertext.chunk[${index}]: expected the one of this place, stream, capsule and key, got another`;

  it("is refused where a chunk was moved, repeated or left out", async () => {
    const made = await make(4 * CHUNK + 10);
    const [a, b, c, d, e] = made.chunks;
    if (!a || !b || !c || !d || !e) throw new Error("five chunks");
    for (const [what, at, chunks] of [
      ["the first two exchanged", 0, [b, a, c, d, e]],
      ["two in the middle exchanged", 1, [a, c, b, d, e]],
      ["one repeated", 2, [a, b, b, c, d, e]],
      ["the first left out", 0, [b, c, d, e]],
      ["one in the middle left out", 1, [a, c, d, e]],
      ["the one before the last left out", 3, [a, b, c, e]],
      ["the last alone", 0, [e]],
      ["the last one first", 0, [e, a, b, c, d]],
    ] as const) {
      const { code, message } = await expectRefused(made, join(made.start, ...chunks));
      expect([code, message], what).to.deep.equal(["STREAM_CHUNK", wrongAt(at)]);
    }
  });

  it("is refused where a chunk or the header is another stream's, of the same length and owner", async () => {
    const [made, other] = [await make(2 * CHUNK + 10), await make(2 * CHUNK + 10)];
    for (const [index, foreign] of other.chunks.entries()) {
      const { code, message } = await expectRefused(
        made,
        join(made.start, ...made.chunks.toSpliced(index, 1, foreign)),
      );
      expect([code, message]).to.deep.equal(["STREAM_CHUNK", wrongAt(index)]);
    }
    expect((await expectRefused(made, join(other.start, ...made.chunks))).code).to.equal("STREAM_CHUNK");
    expect((await expectRefused(made, other.stream)).code).to.equal("STREAM_CHUNK");
  });

  it("is refused with the capsule or the key of another", async () => {
    const [made, other] = [await make(100), await make(100)];
    expect((await expectRefused({ ...made, capsule: other.capsule }, made.stream)).code).to.equal("STREAM_CHUNK");
    const { bob } = actors("stream tamper");
    const error = await rejection(joined(decryptOriginalStream(bob, made.capsule, inPieces(made.stream))));
    expect(error.code).to.equal("STREAM_CHUNK");
  });

  it("is refused where the final mark is set too early or taken from the last", async () => {
    const made = await make(2 * CHUNK);
    const [a, b] = made.chunks;
    if (!a || !b) throw new Error("two chunks");
    const marked = flip(a, 0);
    for (const [what, chunks] of [
      ["the first alone, marked", [marked]],
      ["the first marked", [marked, b]],
      ["the last not marked", [a, flip(b, 0)]],
      ["the last not marked, and another behind it", [a, flip(b, 0), b]],
    ] as const) {
      expect((await expectRefused(made, join(made.start, ...chunks))).code, what).to.equal("STREAM_CHUNK");
    }
  });
});

describe("a stream whose encryptor breaks a rule", () => {
  /** A stream with the right key and tags, by plan. */
  async function planned(chunks: readonly PlannedChunk[]): Promise<[Made, Uint8Array]> {
    const made = await make(0);
    const simple = made.capsule.toBytesSimple();
    const start = header(CHUNK, random(32));
    const seed = seedOf(alice.toBEBytes(), simple);
    const plaintext = join(...chunks.map((chunk) => chunk.plaintext));
    return [{ ...made, plaintext }, join(start, ...sealChunks(seed, simple, start, chunks))];
  }
  const chunk = (length: number, final = false): PlannedChunk => ({ plaintext: random(length), final });

  it("is accepted where none is broken", async () => {
    const [made, stream] = await planned([chunk(CHUNK), chunk(3, true)]);
    expect(await joined(decryptOriginalStream(alice, made.capsule, inPieces(stream)))).to.deep.equal(made.plaintext);
  });

  for (const [what, chunks, message] of [
    [
      "a chunk that isn't full",
      [chunk(63), chunk(3, true)],
      "ciphertext.chunk[0]: expected a chunk of 64 bytes, got 63 bytes",
    ],
    [
      "an empty chunk",
      [chunk(CHUNK), chunk(0), chunk(3, true)],
      "ciphertext.chunk[1]: expected a chunk of 64 bytes, got 0 bytes",
    ],
    [
      "a chunk that is too long",
      [chunk(65), chunk(3, true)],
      "ciphertext.chunk[0]: expected a chunk of 64 bytes, got 65 bytes",
    ],
    [
      "an empty last chunk",
      [chunk(CHUNK), chunk(0, true)],
      "ciphertext.chunk[1]: expected a last chunk of 1..64 bytes, got 0 bytes",
    ],
    [
      "a last chunk that is too long",
      [chunk(65, true)],
      "ciphertext.chunk[0]: expected a last chunk of 0..64 bytes, got 65 bytes",
    ],
  ] as const) {
    it(`is refused: ${what}`, async () => {
      const [made, stream] = await planned(chunks);
      const refused = await expectRefused(made, stream);
      expect([refused.code, refused.message]).to.deep.equal(["STREAM_CHUNK", message]);
    });
  }

  it("is refused as truncated where no chunk is marked as the last", async () => {
    const [made, stream] = await planned([chunk(CHUNK), chunk(CHUNK)]);
    const { code, message, chunks } = await expectRefused(made, stream);
    expect([code, chunks]).to.deep.equal(["STREAM_TRUNCATED", 2]);
    expect(message).to.equal("ciphertext.chunk[2]: expected 4 bytes, got 0 bytes");
  });
});

describe("the header of a stream", () => {
  it("is refused with another magic or version", async () => {
    const made = await make(10);
    for (const [offset, part, got] of [
      [0, utf8("umbrals"), "756d6272616c7301"],
      [7, [0], "554d4252414c5300"],
      [7, [2], "554d4252414c5302"],
    ] as const) {
      const { code, message } = await expectRefused(made, replace(made.stream, offset, part));
      expect([code, message]).to.deep.equal([
        "STREAM_HEADER",
        `ciphertext.header: expected bytes:554d4252414c5301, got bytes:${got}`,
      ]);
    }
  });

  it("is refused with a chunk length out of range, and no memory is taken for it", async () => {
    const made = await make(10);
    for (const length of [0, 63, 2 ** 24 + 1, 2 ** 32 - 1]) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      const { code, message } = await expectRefused(made, replace(made.stream, 8, bytes));
      expect([code, message]).to.deep.equal([
        "STREAM_HEADER",
        `ciphertext.header: expected a chunk length in 64..16777216, got ${length}`,
      ]);
    }
  });

  it("is bound into the key: another allowed chunk length opens nothing", async () => {
    const made = await make(10);
    for (const length of [65, 2 ** 16, 2 ** 24]) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      expect((await expectRefused(made, replace(made.stream, 8, bytes))).code).to.equal("STREAM_CHUNK");
    }
  });
});

describe("the two formats", () => {
  it("are nothing to each other", async () => {
    const made = await make(100);
    expect(refusal(() => decryptOriginal(alice, made.capsule, made.stream)).code).to.equal("DECRYPTION_FAILED");
    const [capsule, ciphertext] = encrypt(alice.publicKey(), random(100));
    const error = await rejection(joined(decryptOriginalStream(alice, capsule, inPieces(ciphertext))));
    expect(error.code).to.equal("STREAM_HEADER");
  });
});
