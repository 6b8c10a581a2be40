import { KeyFrag } from "../../src/index.js";
import { flip } from "../helpers/bytes.js";
import { cases } from "../helpers/effort.js";
import { refusal } from "../helpers/errors.js";
import { tell } from "../helpers/story.js";

describe("a key fragment with one bit flipped", () => {
  for (const signDelegatingKey of [true, false]) {
    for (const signReceivingKey of [true, false]) {
      it(`is refused by parsing or verifying, whichever bit: signed keys ${signDelegatingKey}, ${signReceivingKey}`, () => {
        const { kfrag, keys } = tell("tamper kfrag", { signDelegatingKey, signReceivingKey });
        const bytes = kfrag.toBytes();
        for (const bit of cases(bytes.length * 8, 90)) {
          refusal(() => KeyFrag.fromBytes(flip(bytes, bit)).verify(...keys));
        }
      });
    }
  }
});
