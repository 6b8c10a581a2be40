import { expect } from "chai";
import fc from "fast-check";
import {
  Capsule,
  CapsuleFrag,
  KeyFrag,
  PublicKey,
  RecoverableSignature,
  ReencryptionEvidence,
  SecretKey,
  Signature,
  UmbralError,
} from "../../src/index.js";
import { expectRefusal } from "../helpers/errors.js";
import { call } from "../helpers/untyped.js";

/** Every function that reads bytes, the lengths it takes, and what its errors call them. */
const readers = [
  [SecretKey, "fromBEBytes", 32, "secretKey"],
  [PublicKey, "fromCompressedBytes", 33, "publicKey"],
  [Signature, "fromBEBytes", 64, "signature"],
  [Signature, "fromDerBytes", 70, "signature"],
  [RecoverableSignature, "fromBEBytes", 65, "signature"],
  [Capsule, "fromBytes", 105, "capsule"],
  [Capsule, "fromBytesSimple", 98, "capsule"],
  [KeyFrag, "fromBytes", 310, "kfrag"],
  [CapsuleFrag, "fromBytes", 381, "cfrag"],
  [CapsuleFrag, "fromBytesSimple", 359, "cfrag"],
  [ReencryptionEvidence, "fromBytes", 528, "evidence"],
] as const;

describe("reading bytes from anybody", () => {
  for (const [type, name, length, argument] of readers) {
    const read = (bytes: unknown): unknown => call(type, name, bytes);

    it(`${type.name}.${name} throws an UmbralError or reads them`, () => {
      const random = fc.oneof(
        fc.uint8Array({ maxLength: 600 }),
        fc.uint8Array({ minLength: length, maxLength: length }),
      );
      fc.assert(
        fc.property(random, (bytes) => {
          try {
            read(bytes);
          } catch (error) {
            expect(error).to.be.instanceOf(UmbralError);
          }
        }),
        { seed: length, numRuns: 200 },
      );
    });

    it(`${type.name}.${name} refuses what isn't bytes`, () => {
      for (const [value, got] of [
        [undefined, "undefined"],
        [null, "null"],
        ["00".repeat(length), "string"],
        [new Array(length).fill(0), "an instance of Array"],
        [new ArrayBuffer(length), "an instance of ArrayBuffer"],
        [new Uint16Array(length), "an instance of Uint16Array"],
      ] as const) {
        expectRefusal(() => read(value), "BAD_TYPE", `${argument}: expected a Uint8Array, got ${got}`);
      }
    });
  }
});
