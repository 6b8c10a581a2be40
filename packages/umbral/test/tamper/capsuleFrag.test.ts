import { CapsuleFrag } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { cases } from "../helpers/effort.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

describe("a capsule fragment with one bit flipped", () => {
  const { cfrag, capsule, keys } = tell("tamper cfrag", { threshold: 1, shares: 1 });
  const bytes = cfrag.toBytes();
  const simple = cfrag.toBytesSimple();

  it("is refused by parsing or verifying, whichever bit of toBytes", () => {
    for (const bit of cases(bytes.length * 8, 200)) {
      refusal(() => CapsuleFrag.fromBytes(flip(bytes, bit)).verify(capsule, ...keys));
    }
  });

  it("is refused by parsing or verifying, whichever bit of toBytesSimple", () => {
    for (const bit of cases(simple.length * 8, 100)) {
      refusal(() => CapsuleFrag.fromBytesSimple(flip(simple, bit)).verify(capsule, ...keys));
    }
  });
});
