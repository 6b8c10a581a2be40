import { Capsule } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { cases } from "../helpers/effort.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

describe("a capsule with one bit flipped", () => {
  const { capsule } = tell("tamper capsule");
  const bytes = capsule.toBytes();
  const simple = capsule.toBytesSimple();

  it("is refused, whichever bit of toBytes", () => {
    for (const bit of cases(bytes.length * 8, 200)) refusal(() => Capsule.fromBytes(flip(bytes, bit)));
  });

  it("is refused, whichever bit of toBytesSimple", () => {
    for (const bit of cases(simple.length * 8, 200)) refusal(() => Capsule.fromBytesSimple(flip(simple, bit)));
  });
});
