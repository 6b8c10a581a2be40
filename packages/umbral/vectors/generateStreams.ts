/**
 * Writes `streams.json` beside this file from `docs/stream-format.md`, on capsules of `@nucypher/umbral-pre` and with
 * the tests' own reading of that page, never with this package: `npm run vectors:streams`. It refuses to overwrite.
 */
import * as oracle from "@nucypher/umbral-pre";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { header, plan, sealChunks, seedOf } from "../test/helpers/streamModel.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const streams = [
  { chunkLength: 64, length: 0 },
  { chunkLength: 64, length: 1 },
  { chunkLength: 64, length: 64 },
  { chunkLength: 64, length: 65 },
  { chunkLength: 100, length: 1000 },
  { chunkLength: 65_536, length: 2000 },
].map(({ chunkLength, length }) => {
  const sk = oracle.SecretKey.random();
  const [capsule] = oracle.encrypt(sk.publicKey(), new Uint8Array(0));
  const simple = capsule.toBytesSimple();
  const plaintext = randomBytes(length);
  const start = header(chunkLength, randomBytes(32));
  const chunks = sealChunks(seedOf(sk.toBEBytes(), simple), simple, start, plan(plaintext, chunkLength));
  return {
    chunkLength,
    delegatingSk: hex(sk.toBEBytes()),
    capsule: hex(capsule.toBytes()),
    plaintext: hex(plaintext),
    stream: hex(Buffer.concat([start, ...chunks])),
  };
});

const origin = { specification: "docs/stream-format.md", version: 1, bytes: "hex" };
const target = new URL("streams.json", import.meta.url);
writeFileSync(target, `${JSON.stringify({ origin, streams }, null, 2)}\n`, { flag: "wx" });
