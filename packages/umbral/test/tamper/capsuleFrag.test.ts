import fc from "fast-check";
import { CapsuleFrag } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

const stories = Array.from({ length: 4 }, (_, i) => tell(`tamper cfrag ${i}`, { threshold: 1, shares: 1 }));

describe("a capsule fragment with one bit flipped", () => {
  for (const [form, length] of [
    ["toBytes", 381],
    ["toBytesSimple", 359],
  ] as const) {
    it(`is refused by parsing or verifying, whichever bit of ${form}`, () => {
      const read = (bytes: Uint8Array): CapsuleFrag =>
        form === "toBytes" ? CapsuleFrag.fromBytes(bytes) : CapsuleFrag.fromBytesSimple(bytes);
      fc.assert(
        fc.property(fc.constantFrom(...stories), fc.nat({ max: length * 8 - 1 }), ({ cfrag, capsule, keys }, bit) => {
          refusal(() => read(flip(cfrag[form](), bit)).verify(capsule, ...keys));
        }),
        { seed: length, numRuns: 250 },
      );
    });
  }
});
