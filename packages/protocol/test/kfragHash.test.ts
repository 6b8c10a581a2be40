import { expect } from "chai";
import { concat, hexlify, keccak256 } from "ethers";

import { kfragHash, type KfragParts } from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

const kfrag: KfragParts = {
  id: bytes(32, 1),
  precursor: bytes(33, 2),
  commitment: bytes(33, 3),
  receiverSignature: bytes(64, 4),
};

describe("kfragHash", () => {
  it("is the hash of id, precursor, U1 and receiver signature, 162 bytes", () => {
    const joined = `0x${"01".repeat(32)}${"02".repeat(33)}${"03".repeat(33)}${"04".repeat(64)}`;
    expect((joined.length - 2) / 2).to.equal(162);
    expect(kfragHash(kfrag)).to.equal(keccak256(joined));
  });

  it("changes with every byte", () => {
    const seen = new Set([kfragHash(kfrag)]);
    for (const part of Object.keys(kfrag) as (keyof KfragParts)[]) {
      for (let i = 0; i < kfrag[part].length; ++i) {
        const changed = kfrag[part].slice();
        changed[i] = 0xff;
        seen.add(kfragHash({ ...kfrag, [part]: changed }));
      }
    }
    expect(seen.size).to.equal(163);
  });

  it("refuses parts that are a byte too short or too long, also if the sum is right", () => {
    const needed = { id: 32, precursor: 33, commitment: 33, receiverSignature: 64 };
    for (const part of Object.keys(needed) as (keyof KfragParts)[]) {
      for (const length of [0, needed[part] - 1, needed[part] + 1]) {
        expectRefusal(() => kfragHash({ ...kfrag, [part]: bytes(length, 1) }), {
          code: "BAD_LENGTH",
          message: `kfrag.${part}: expected ${needed[part]} bytes, got ${length}`,
          values: { length: BigInt(length), needed: BigInt(needed[part]) },
        });
      }
    }
    expectRefusal(() => kfragHash({ ...kfrag, id: bytes(33, 1), precursor: bytes(32, 2) }), {
      code: "BAD_LENGTH",
      message: "kfrag.id: expected 32 bytes, got 33",
      values: { length: 33n, needed: 32n },
    });
  });

  it("refuses hex, as a caller without types would pass it", () => {
    const untyped = { id: hexlify(concat([kfrag.id])) } as unknown as KfragParts;
    expectRefusal(() => kfragHash({ ...kfrag, ...untyped }), {
      code: "BAD_ARGUMENT",
      message: "kfrag.id: expected a Uint8Array, got string",
    });
  });
});
