import fc from "fast-check";
import { Capsule } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

describe("a capsule with one bit flipped", () => {
  const { capsule } = tell("tamper capsule");
  const bytes = capsule.toBytes();
  const simple = capsule.toBytesSimple();

  it("is refused, whichever bit of toBytesSimple: all of them tried", () => {
    for (let bit = 0; bit < simple.length * 8; bit += 1) refusal(() => Capsule.fromBytesSimple(flip(simple, bit)));
  });

  it("is refused, whichever bit of toBytes", () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        refusal(() => Capsule.fromBytes(flip(bytes, bit)));
      }),
      { seed: 105, numRuns: 200 },
    );
  });
});
