import { expect } from "chai";

import { answerHonestly } from "../src/cheats.js";
import { type Answer, checkAnswer, formatAnswer, parseAnswer } from "../src/index.js";
import { expectRefusal, type Refusal } from "./helpers/errors.js";
import { hashOf, kfrags, operators, sceneOf } from "./helpers/scene.js";

type Json = Record<string, unknown>;

let answer: Answer;
let json: Json;

const refuse = (value: unknown, refusal: Refusal): void =>
  expectRefusal(() => parseAnswer(JSON.stringify(value)), refusal);

describe("answers as JSON", () => {
  before(async () => {
    answer = await answerHonestly(sceneOf(1));
    json = JSON.parse(formatAnswer(answer)) as Json;
  });

  it("are read as they were written", () => {
    const read = parseAnswer(formatAnswer(answer));
    expect(read).to.deep.equal(answer);
    expect(checkAnswer(read)).to.deep.equal({ kind: "honest" });
    expect(Object.keys(json)).to.deep.equal(["terms", "index", "domain", "capsule", "cfrag", "receipt"]);
    expect(json["index"]).to.equal("1");
  });

  it("may say who took over", () => {
    const [kfrag, operator] = [kfrags[0], operators[0]];
    if (!kfrag || !operator) throw new Error("expected a key fragment and an operator");
    const later = { ...answer, index: 3n, tookOver: { operator: operator.address, kfragHash: hashOf(kfrag) } };
    expect(parseAnswer(formatAnswer(later))).to.deep.equal(later);
  });

  it("may have bytes of any length, in any case", () => {
    const read = parseAnswer(JSON.stringify({ ...json, capsule: "0x", cfrag: "0xABcd", receipt: "0x00" }));
    expect([read.capsule.length, [...read.cfrag], [...read.receipt]]).to.deep.equal([0, [0xab, 0xcd], [0]]);
  });

  it("are refused when they aren't JSON, or too long", () => {
    for (const text of ["", "{", "{,}", "<html>", '{"a":1']) {
      expectRefusal(() => parseAnswer(text), { code: "BAD_JSON", message: /^answer: expected JSON, got / });
    }
    expectRefusal(() => parseAnswer(" ".repeat(4_000_001)), {
      code: "BAD_JSON",
      message: "answer: expected 4000000 characters or fewer, got 4000001",
    });
  });

  it("are refused when they aren't objects", () => {
    for (const [value, got] of [
      [null, "null"],
      [[], "an array"],
      ["text", "text"],
      [1, "1"],
    ]) {
      refuse(value, { code: "BAD_FIELD", message: `answer: expected an object, got ${String(got)}` });
    }
  });

  it("are refused when a field is missing or unknown, at any depth", () => {
    for (const name of Object.keys(json)) {
      const { [name]: _left, ...rest } = json;
      expect(_left).to.not.equal(undefined);
      refuse(rest, { code: "BAD_FIELD", message: `answer.${name}: expected a value, got no such field` });
    }
    refuse({ ...json, extra: 1 }, { code: "BAD_FIELD", message: "answer.extra: expected no such field, got one" });
    const terms = json["terms"] as Json;
    refuse(
      { ...json, terms: { ...terms, extra: 1 } },
      { code: "BAD_FIELD", message: "answer.terms.extra: expected no such field, got one" },
    );
    const [first, ...others] = terms["arrangements"] as Json[];
    refuse(
      { ...json, terms: { ...terms, arrangements: [{ ...first, extra: 1 }, ...others] } },
      { code: "BAD_FIELD", message: "answer.terms.arrangements[0].extra: expected no such field, got one" },
    );
    refuse(
      { ...json, domain: { ...(json["domain"] as Json), name: "NKMS" } },
      { code: "BAD_FIELD", message: "answer.domain.name: expected no such field, got one" },
    );
    // `__proto__` in JSON is a field like any other.
    const text = JSON.stringify(json).replace("{", '{"__proto__":1,');
    expectRefusal(() => parseAnswer(text), { code: "BAD_FIELD", message: /^answer.__proto__: expected no such field/ });
  });

  it("are refused when a number isn't a string of decimal digits below 2^256", () => {
    for (const wrong of [
      1,
      null,
      "",
      "01",
      "-1",
      "+1",
      "1.0",
      "1e3",
      "0x1",
      " 1",
      String(2n ** 256n),
      "9".repeat(80),
    ]) {
      const got = wrong === null ? "null" : wrong;
      refuse(
        { ...json, index: wrong },
        {
          code: "BAD_FIELD",
          message: `answer.index: expected a string of decimal digits, below 2^256, got ${got}`,
        },
      );
    }
    const most = String(2n ** 256n - 1n);
    expect(parseAnswer(JSON.stringify({ ...json, index: most })).index).to.equal(2n ** 256n - 1n);
  });

  it("are refused when bytes aren't hex", () => {
    for (const name of ["capsule", "cfrag", "receipt"]) {
      for (const wrong of ["", "12", "0x1", "0xzz", "0X12", "0x12 ", 12, null, ["0x12"]]) {
        const got = wrong === null ? "null" : Array.isArray(wrong) ? "an array" : String(wrong);
        refuse(
          { ...json, [name]: wrong },
          { code: "BAD_FIELD", message: `answer.${name}: expected bytes as hex, got ${got}` },
        );
      }
    }
  });

  it("are refused when the terms have something else than they must", () => {
    const terms = json["terms"] as Json;
    const [first] = terms["arrangements"] as Json[];
    const wrong: [Json, string][] = [
      [{ owner: "alice.eth" }, "owner: expected an address, got alice.eth"],
      [
        { owner: "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed" },
        "owner: expected an address, got 0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
      ],
      [{ payer: 1 }, "payer: expected an address, got 1"],
      [{ handOff: "true" }, "handOff: expected true or false, got true"],
      [{ salt: "0x12" }, "salt: expected 32 bytes as hex, got 0x12"],
      [{ arrangements: {} }, "arrangements: expected an array, got an object"],
      [{ arrangements: Array(161).fill(first) }, "arrangements: expected 160 items or fewer, got 161"],
      [{ arrangements: [1] }, "arrangements[0]: expected an object, got 1"],
    ];
    for (const [change, message] of wrong) {
      refuse({ ...json, terms: { ...terms, ...change } }, { code: "BAD_FIELD", message: `answer.terms.${message}` });
    }
  });

  it("show little of a long value in an error", () => {
    refuse({ ...json, index: "x".repeat(1_000) }, { code: "BAD_FIELD", message: new RegExp(`got x{80}\\.\\.\\.$`) });
  });
});
