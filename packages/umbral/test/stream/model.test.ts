import { expect } from "chai";
import { Capsule, decryptOriginalStream, SecretKey } from "../../src/index.js";
import { encryptStreamWith } from "../../src/encryptStream.js";
import { randomSecretKey } from "../../src/keys.js";
import vectors from "../../vectors/streams.json" with { type: "json" };
import { fromHex, hex, join } from "../helpers/bytes.js";
import { seeded } from "../helpers/random.js";
import { header, openStream, plan, sealChunks, seedOf } from "../helpers/streamModel.js";
import { inPieces, joined } from "../helpers/streams.js";

describe("the stream format, compared with a second reading of its page", () => {
  for (const [length, chunkLength] of [
    [0, 64],
    [1, 64],
    [64, 64],
    [65, 64],
    [128, 64],
    [1000, 100],
    [70_000, 65_536],
  ] as const) {
    it(`gives the same bytes: ${length} in chunks of ${chunkLength}`, async () => {
      const random = seeded(`stream model ${length}`);
      const sk = randomSecretKey(random);
      const plaintext = random(length);
      const [capsule, ciphertext] = encryptStreamWith(random, sk.publicKey(), inPieces(plaintext, 90), chunkLength);
      const stream = await joined(ciphertext);
      const simple = capsule.toBytesSimple();
      const seed = seedOf(sk.toBEBytes(), simple);

      const start = header(chunkLength, stream.subarray(12, 44));
      const model = join(start, ...sealChunks(seed, simple, start, plan(plaintext, chunkLength)));
      expect(Buffer.compare(stream, model)).to.equal(0);
      expect(Buffer.compare(openStream(seed, simple, stream), plaintext)).to.equal(0);
      expect(Buffer.compare(await joined(decryptOriginalStream(sk, capsule, inPieces(model, 91))), plaintext)).to.equal(
        0,
      );
    });
  }
});

describe("vectors of streams", () => {
  it("say where they come from", () => {
    expect(vectors.origin).to.deep.equal({ specification: "docs/stream-format.md", version: 1, bytes: "hex" });
  });

  for (const [i, vector] of vectors.streams.entries()) {
    it(`stream ${i}: ${vector.plaintext.length / 2} bytes in chunks of ${vector.chunkLength}`, async () => {
      const sk = SecretKey.fromBEBytes(fromHex(vector.delegatingSk));
      const capsule = Capsule.fromBytes(fromHex(vector.capsule));
      const opened = decryptOriginalStream(sk, capsule, inPieces(fromHex(vector.stream), 50));
      expect(hex(await joined(opened))).to.equal(vector.plaintext);
    });
  }
});
