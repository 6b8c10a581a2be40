import { expect } from "chai";

import { Fields, MAX_JSON_LENGTH, parseJson } from "../src/json.js";
import { Failure } from "./helpers/failure.js";

function failureOf(call: () => unknown): Failure {
  try {
    call();
  } catch (error) {
    return error instanceof Failure ? error : expect.fail(String(error));
  }
  return expect.fail("accepted");
}

const fieldsOf = (value: object): Fields => new Fields(Failure, "file", value, Object.keys(value));

describe("JSON", () => {
  it("is refused where it isn't any, whatever stands in its place", () => {
    for (const [text, got] of [
      ["", "Unexpected end of JSON input"],
      ["[1,", "Unexpected end of JSON input"],
      ["{]", "Expected property name or '}' in JSON at position 1"],
      ['"\u001b[2J"', "Bad control character in string literal in JSON at position 1"],
      [undefined, "undefined"],
      [Object.create(null), "an object"],
      ["9".repeat(MAX_JSON_LENGTH + 1), String(MAX_JSON_LENGTH + 1)],
    ] as const) {
      const { code, message } = failureOf(() => parseJson(Failure, "file", text as string));
      expect(code).to.equal("BAD_JSON");
      expect(message).to.match(/^file: expected (JSON|4000000 characters or fewer), got /);
      expect(message.replace(/ \(line.*/, "")).to.satisfy((whole: string) => whole.endsWith(`got ${got}`), message);
    }
  });

  it("is not quoted, for it may be a file of secrets that has been damaged", () => {
    const failure = failureOf(() => parseJson(Failure, "file", '{"note": "", "salt": c0ffeec0ffeec0ffee'));
    expect(failure.message).to.equal("file: expected JSON, got Unexpected token 'c'");
    expect(failure.cause).to.equal(undefined);
  });

  it("has no fields but its own", () => {
    const value = parseJson(Failure, "file", '{"__proto__": {"chainId": "1"}}');
    expect(failureOf(() => new Fields(Failure, "file", value, [], ["toString"])).message).to.equal(
      "file.__proto__: expected no such field, got one",
    );
    expect(failureOf(() => new Fields(Failure, "file", {}, ["toString"])).message).to.equal(
      "file.toString: expected a value, got no such field",
    );
    expect(new Fields(Failure, "file", {}, [], ["toString"]).has("toString")).to.equal(false);
  });

  it("sends nothing to the terminal but what can be read there", () => {
    const hidden = "\u001b]0;a title\u0007 \u202ereversed\n".padEnd(100, "x");
    const shown = `?]0;a title? ?reversed?${"x".repeat(57)}...`;
    expect(failureOf(() => fieldsOf({ a: hidden }).uint("a")).message).to.equal(
      `file.a: expected a string of decimal digits, below 2^256, got ${shown}`,
    );
    expect(failureOf(() => new Fields(Failure, "file", { [hidden]: 1 }, [])).message).to.equal(
      `file.${shown}: expected no such field, got one`,
    );
  });

  it("has secrets, which errors don't show", () => {
    const bytes = `0x${"Ab".repeat(32)}`;
    expect(fieldsOf({ a: bytes }).secretHex("a", 32)).to.equal(bytes.toLowerCase());
    expect(fieldsOf({ a: bytes }).secretBytes("a", 32)).to.deep.equal(new Uint8Array(32).fill(0xab));
    expect(fieldsOf({ a: "7" }).secretUint("a")).to.equal(7n);
    for (const wrong of [`${bytes}cd`, bytes.slice(2), 7, null]) {
      const fields = fieldsOf({ a: wrong });
      for (const read of [() => fields.secretHex("a", 32), () => fields.secretBytes("a", 32)]) {
        expect(failureOf(read).message).to.equal("file.a: expected 32 bytes as hex, got something else");
      }
      expect(failureOf(() => fields.secretUint("a")).message).to.equal(
        "file.a: expected decimal digits, below 2^256, got something else",
      );
    }
  });
});
