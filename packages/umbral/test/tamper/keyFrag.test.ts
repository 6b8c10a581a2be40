import fc from "fast-check";
import { KeyFrag } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

const booleans = [true, false];
const stories = booleans.flatMap((signDelegatingKey) =>
  booleans.map((signReceivingKey) => tell("tamper kfrag", { signDelegatingKey, signReceivingKey })),
);

describe("a key fragment with one bit flipped", () => {
  it("is refused by parsing or verifying, whichever bit and whatever its flags", () => {
    const bytes = 310;
    fc.assert(
      fc.property(fc.constantFrom(...stories), fc.nat({ max: bytes * 8 - 1 }), ({ kfrag, keys }, bit) => {
        refusal(() => KeyFrag.fromBytes(flip(kfrag.toBytes(), bit)).verify(...keys));
      }),
      { seed: 310, numRuns: 600 },
    );
  });
});
