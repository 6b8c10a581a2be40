import { expect } from "chai";
import { inspect } from "node:util";
import { SecretKey, SecretKeyFactory, Signer } from "../../src/index.js";
import { hex, number } from "../helpers/bytes.js";
import { keyFragOffsets } from "../helpers/layouts.js";
import { tell } from "../helpers/story.js";
import { call } from "../helpers/untyped.js";

/** Everything that prints a value without asking it for its bytes. */
function printed(value: object): string {
  return [
    call(value, "toString"),
    JSON.stringify(value),
    inspect(value, { depth: Infinity, showHidden: true, maxArrayLength: Infinity }),
    Object.entries(value).map(String).join(),
    Reflect.ownKeys(value).map(String).join(),
  ].join("\n");
}

/** A secret as it could show: hex, decimal, or the list of its bytes. */
function appearances(secret: Uint8Array): string[] {
  return [
    hex(secret),
    number(secret).toString(),
    number(secret).toString(16),
    [...secret].join(","),
    [...secret].join(", "),
  ];
}

describe("printing, inspecting or serializing as JSON", () => {
  const { vkfrags, kfrag } = tell("secrecy");
  const sk = SecretKey.random();
  const seed = new Uint8Array(32).map((_, i) => i * 7 + 1);
  const rk = kfrag.toBytes().slice(keyFragOffsets.rk, keyFragOffsets.rk + 32);

  for (const [name, value, secret] of [
    ["SecretKey", sk, sk.toBEBytes()],
    ["Signer", new Signer(sk), sk.toBEBytes()],
    ["SecretKeyFactory", SecretKeyFactory.fromSecureRandomness(seed), seed],
    ["KeyFrag", kfrag, rk],
    ["VerifiedKeyFrag", vkfrags[0] ?? expect.fail(), rk],
  ] as const) {
    it(`shows nothing of the secret in a ${name}`, () => {
      const text = printed(value);
      expect(text).to.include(name);
      for (const appearance of appearances(secret)) expect(text).not.to.include(appearance);
    });
  }

  it("would be noticed: the same search finds a secret that is shown", () => {
    const careless = { key: sk.toBEBytes() };
    expect(appearances(sk.toBEBytes()).some((appearance) => printed(careless).includes(appearance))).to.equal(true);
  });
});
