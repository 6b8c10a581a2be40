import { Capsule } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

describe("a capsule with one bit flipped", () => {
  const { capsule } = tell("tamper capsule");

  for (const [form, bytes, read] of [
    ["toBytes", capsule.toBytes(), Capsule.fromBytes],
    ["toBytesSimple", capsule.toBytesSimple(), Capsule.fromBytesSimple],
  ] as const) {
    it(`is refused, whichever bit of ${form} it is`, () => {
      for (let bit = 0; bit < bytes.length * 8; bit += 1) refusal(() => read(flip(bytes, bit)));
    });
  }
});
