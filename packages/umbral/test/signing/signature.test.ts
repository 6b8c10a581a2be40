import { expect } from "chai";
import { RecoverableSignature, Signature } from "../../src/index.js";
import { be32, fromHex, join, ORDER } from "../helpers/bytes.js";
import { expectRefusal, refusal } from "../helpers/errors.js";

const half = ORDER / 2n;

describe("Signature.fromBEBytes", () => {
  it("reads the smallest and the largest r and s", () => {
    for (const [r, s] of [
      [1n, 1n],
      [ORDER - 1n, half],
    ] as const) {
      const bytes = join(be32(r), be32(s));
      expect(Signature.fromBEBytes(bytes).toBEBytes()).to.deep.equal(bytes);
    }
  });

  it("keeps its bytes when those it was read from are overwritten", () => {
    const bytes = join(be32(1n), be32(2n));
    const signature = Signature.fromBEBytes(bytes);
    bytes.fill(3);
    expect(signature.toBEBytes()).to.deep.equal(join(be32(1n), be32(2n)));
  });

  it("refuses s above n/2, the other form of the same signature", () => {
    expectRefusal(
      () => Signature.fromBEBytes(join(be32(1n), be32(half + 1n))),
      "BAD_SIGNATURE",
      "signature: expected s at most n/2, got s:7fffffffffffffff",
    );
    expectRefusal(() => Signature.fromBEBytes(join(be32(1n), be32(ORDER - 1n))), "BAD_SIGNATURE", /s at most n\/2/);
  });

  for (const [what, r, s] of [
    ["r = 0", 0n, 1n],
    ["r = n", ORDER, 1n],
    ["s = 0", 1n, 0n],
    ["s = n", 1n, ORDER],
  ] as const) {
    it(`refuses ${what} and says so in the cause`, () => {
      const error = refusal(() => Signature.fromBEBytes(join(be32(r), be32(s))));
      expect(error.code).to.equal("BAD_SIGNATURE");
      expect(error.expected).to.equal("r and s in 1..n-1");
      expect(String(error.cause)).to.include(`${what[0] ?? ""}: expected a scalar in 1..n-1`);
    });
  }

  it("refuses other lengths", () => {
    for (const length of [0, 63, 65]) {
      expectRefusal(
        () => Signature.fromBEBytes(new Uint8Array(length).fill(1)),
        "BAD_LENGTH",
        `signature: expected 64 bytes, got ${length} bytes`,
      );
    }
  });
});

describe("Signature.fromDerBytes", () => {
  it("writes and reads integers of every width, with a zero before a high bit", () => {
    for (const [r, s, der] of [
      [1n, 2n, "3006020101020102"],
      [0x80n, 0x7fn, "30070202008002017f"],
      [0xff00n, 0x100n, "3009020300ff0002020100"],
      [ORDER - 1n, 1n, `3026022100${(ORDER - 1n).toString(16)}020101`],
    ] as const) {
      const signature = Signature.fromBEBytes(join(be32(r), be32(s)));
      expect(signature.toDerBytes()).to.deep.equal(fromHex(der));
      expect(Signature.fromDerBytes(fromHex(der)).equals(signature)).to.equal(true);
    }
  });

  for (const [what, der] of [
    ["nothing", ""],
    ["a wrong outer type", "3106020101020102"],
    ["a wrong inner type", "3006030101020102"],
    ["a length that is too large", "3007020101020102"],
    ["a length that is too small", "3005020101020102"],
    ["a length in the long form", "308106020101020102"],
    ["trailing bytes", "300602010102010200"],
    ["a leading zero that is not needed", "300702020001020102"],
    ["a negative integer", "3006020181020102"],
    ["an empty integer", "30050200020102"],
    ["an integer of 33 bytes", `302702220100${"00".repeat(32)}020102`],
    ["an r that runs past the end", "30060220010201"],
  ] as const) {
    it(`refuses ${what}`, () => {
      expectRefusal(
        () => Signature.fromDerBytes(fromHex(der)),
        "BAD_ENCODING",
        /^signature: expected a signature in DER, got bytes:[0-9a-f]{0,16}$/,
      );
    });
  }

  it("refuses a signature in DER that is out of range", () => {
    expectRefusal(() => Signature.fromDerBytes(fromHex("3006020100020101")), "BAD_SIGNATURE", /r and s in 1..n-1/);
  });
});

describe("RecoverableSignature.fromBEBytes", () => {
  const compact = join(be32(3n), be32(4n));

  it("reads each recovery id", () => {
    for (const id of [0, 1, 2, 3]) {
      const signature = RecoverableSignature.fromBEBytes(join(compact, [id]));
      expect(signature.recoveryId).to.equal(id);
      expect(signature.toBEBytes()).to.deep.equal(join(compact, [id]));
      expect(String(signature)).to.equal("RecoverableSignature:0000000000000000");
    }
  });

  it("refuses a recovery id above 3, Ethereum's 27 among them", () => {
    for (const id of [4, 27, 255]) {
      expectRefusal(
        () => RecoverableSignature.fromBEBytes(join(compact, [id])),
        "BAD_SIGNATURE",
        `signature: expected a recovery id of 0..3, got ${id}`,
      );
    }
  });

  it("refuses 64 and 66 bytes", () => {
    for (const length of [64, 66]) {
      expectRefusal(
        () => RecoverableSignature.fromBEBytes(new Uint8Array(length).fill(1)),
        "BAD_LENGTH",
        `signature: expected 65 bytes, got ${length} bytes`,
      );
    }
  });

  it("equals one with the same recovery id only", () => {
    const [even, odd] = [0, 1].map((id) => RecoverableSignature.fromBEBytes(join(compact, [id])));
    if (!even || !odd) throw new Error("two signatures");
    expect(even.equals(RecoverableSignature.fromBEBytes(even.toBEBytes()))).to.equal(true);
    expect(even.equals(odd)).to.equal(false);
  });
});
