import { expect } from "chai";
import {
  Capsule,
  CapsuleFrag,
  DEFAULT_CHUNK_LENGTH,
  decryptOriginalStream,
  decryptReencryptedStream,
  encryptStream,
  generateKFrags,
  MAX_CHUNK_LENGTH,
  MIN_CHUNK_LENGTH,
  reencrypt,
} from "../../src/index.js";
import { actors } from "../helpers/actors.js";
import { join } from "../helpers/bytes.js";
import { both } from "../helpers/implementations.js";
import { seeded } from "../helpers/random.js";
import { collect, inPieces, joined } from "../helpers/streams.js";

const { alice, aliceSigner, aliceSigning, bob, keys, keyBytes } = actors("stream round trip");
const alicePk = alice.publicKey();
const random = seeded("stream round trip");

describe("a stream, encrypted and decrypted by its owner", () => {
  for (const length of [0, 1, 63, 64, 65, 127, 128, 129, 1000]) {
    for (const pieceLength of [1, 64, 77, 1000]) {
      it(`is the same: ${length} bytes in pieces of ${pieceLength}`, async () => {
        const plaintext = random(length);
        const [capsule, ciphertext] = encryptStream(alicePk, inPieces(plaintext, pieceLength), 64);
        const stream = await joined(ciphertext);
        expect(stream).to.have.length(44 + length + 20 * Math.max(1, Math.ceil(length / 64)));
        const opened = decryptOriginalStream(alice, capsule, inPieces(stream, pieceLength));
        expect(await joined(opened)).to.deep.equal(plaintext);
      });
    }
  }

  it("comes in the documented pieces: the header, then the chunks", async () => {
    const plaintext = random(150);
    const [capsule, ciphertext] = encryptStream(alicePk, inPieces(plaintext), 64);
    const pieces = await collect(ciphertext);
    expect(pieces.map(({ length }) => length)).to.deep.equal([44, 84, 84, 42]);
    const chunks = await collect(decryptOriginalStream(alice, capsule, inPieces(join(...pieces))));
    expect(chunks.map(({ length }) => length)).to.deep.equal([64, 64, 22]);
  });

  it("has chunks of 64 KiB unless told otherwise, and any length in between the limits", async () => {
    expect([MIN_CHUNK_LENGTH, DEFAULT_CHUNK_LENGTH, MAX_CHUNK_LENGTH]).to.deep.equal([64, 65_536, 2 ** 24]);
    const plaintext = random(200_000);
    for (const [chunkLength, count] of [
      [undefined, 4],
      [MAX_CHUNK_LENGTH, 1],
      [77_777, 3],
    ] as const) {
      const [capsule, ciphertext] = encryptStream(alicePk, inPieces(plaintext, 30_000), chunkLength);
      const pieces = await collect(ciphertext);
      expect(pieces).to.have.length(1 + count);
      const stream = Buffer.concat(pieces);
      expect(stream.readUInt32BE(8)).to.equal(chunkLength ?? 65_536);
      const opened = await joined(decryptOriginalStream(alice, capsule, inPieces(stream, 50_000)));
      expect(Buffer.compare(opened, plaintext)).to.equal(0);
    }
  });

  it("is another one each time", async () => {
    const [[c1, s1], [c2, s2]] = [
      encryptStream(alicePk, inPieces(random(9))),
      encryptStream(alicePk, inPieces(random(9))),
    ];
    expect(c1.equals(c2)).to.equal(false);
    expect((await joined(s1)).slice(12, 44)).not.to.deep.equal((await joined(s2)).slice(12, 44));
  });

  it("takes empty pieces, views into larger buffers, and Buffers that are overwritten after use", async () => {
    const plaintext = random(500);
    async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(64);
      for (let offset = 0; offset < bytes.length; offset += 50) {
        yield new Uint8Array(0);
        const part = bytes.subarray(offset, offset + 50);
        buffer.set(part, 7);
        yield await Promise.resolve(buffer.subarray(7, 7 + part.length));
        buffer.fill(0);
      }
    }
    const [capsule, ciphertext] = encryptStream(alicePk, source(plaintext), 64);
    const stream = await joined(ciphertext);
    expect(await joined(decryptOriginalStream(alice, capsule, source(stream)))).to.deep.equal(plaintext);
  });
});

describe("a stream, re-encrypted to a reader", () => {
  const plaintext = random(10_000);

  for (const proxies of both) {
    it(`is the same after re-encryption of its capsule by 2 of 3: proxies ${proxies.name}`, async () => {
      const [capsule, ciphertext] = encryptStream(alicePk, inPieces(plaintext, 999), 1000);
      const kfrags = proxies.generateKFrags(alice.toBEBytes(), keyBytes.receivingPk, aliceSigning.toBEBytes(), {
        threshold: 2,
        shares: 3,
        signDelegatingKey: true,
        signReceivingKey: true,
      });
      const cfrags = kfrags.slice(1).map((kfrag) => proxies.reencrypt(capsule.toBytes(), kfrag, keyBytes));
      const verified = cfrags.map((bytes) => CapsuleFrag.fromBytes(bytes).verify(capsule, ...keys));
      const opened = decryptReencryptedStream(bob, alicePk, capsule, verified, ciphertext);
      expect(Buffer.compare(await joined(opened), plaintext)).to.equal(0);
    });
  }

  it("opens with t fragments and with more, and with t - 1 not", async () => {
    const [capsule, ciphertext] = encryptStream(alicePk, inPieces(plaintext));
    const stream = await joined(ciphertext);
    const parsed = Capsule.fromBytes(capsule.toBytes());
    const cfrags = generateKFrags(alice, bob.publicKey(), aliceSigner, 3, 5, true, true).map((kfrag) =>
      reencrypt(parsed, kfrag),
    );
    for (const used of [cfrags.slice(2), cfrags.slice(0, 4), cfrags]) {
      const opened = decryptReencryptedStream(bob, alicePk, parsed, used, inPieces(stream, 777));
      expect(Buffer.compare(await joined(opened), plaintext)).to.equal(0);
    }
    expect(() => decryptReencryptedStream(bob, alicePk, parsed, cfrags.slice(3), inPieces(stream)))
      .to.throw()
      .with.property("code", "FRAGMENTS_MISMATCH");
  });
});
