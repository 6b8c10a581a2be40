import { expect } from "chai";
import { Capsule, CAPSULE_LENGTH, CAPSULE_SIMPLE_LENGTH } from "../../src/index.js";
import { add, multiply, negate, scalarToBytes } from "../../src/scalar.js";
import { multiplyBase } from "../../src/curvePoint.js";
import { hashCapsulePoints } from "../../src/hashing.js";
import { be32, join, number, ORDER, replace } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { capsuleHeaders, capsuleOffsets } from "../helpers/layouts.js";
import { badPoints, goodPoint } from "../helpers/points.js";
import { tell } from "../helpers/story.js";

const { capsule } = tell("capsule");
const bytes = capsule.toBytes();
const simple = capsule.toBytesSimple();

describe("Capsule.fromBytes", () => {
  it("gives back what toBytes wrote", () => {
    expect(bytes).to.have.length(CAPSULE_LENGTH);
    expect(Capsule.fromBytes(bytes).toBytes()).to.deep.equal(bytes);
    expect(Capsule.fromBytes(bytes).equals(capsule)).to.equal(true);
    expect(Capsule.fromBytes(bytes).equals(tell("another capsule").capsule)).to.equal(false);
  });

  it("has E, V and s where the layout says", () => {
    expect(bytes.slice(capsuleOffsets.E, capsuleOffsets.E + 33)).to.deep.equal(capsule.e.toBytes());
    expect(bytes.slice(capsuleOffsets.V, capsuleOffsets.V + 33)).to.deep.equal(capsule.v.toBytes());
    expect(number(bytes.slice(capsuleOffsets.s))).to.equal(capsule.s);
  });

  it("refuses other lengths, trailing bytes among them", () => {
    for (const wrong of [new Uint8Array(0), bytes.slice(0, -1), join(bytes, [0]), simple]) {
      expectRefusal(
        () => Capsule.fromBytes(wrong),
        "BAD_LENGTH",
        `capsule: expected 105 bytes, got ${wrong.length} bytes`,
      );
    }
  });

  it("refuses any other byte between the fields", () => {
    for (const offset of capsuleHeaders) {
      expectRefusal(
        () => Capsule.fromBytes(replace(bytes, offset, [0x7f])),
        "BAD_ENCODING",
        /^capsule: expected (an array of 3 \(93\)|a byte string of 3[23] \(c42[01]\)) at offset \d+, got [0-9a-f]{2,4}$/,
      );
    }
  });

  for (const field of ["E", "V"] as const) {
    for (const [what, point] of badPoints) {
      it(`refuses ${what} as ${field}`, () => {
        expectRefusal(
          () => Capsule.fromBytes(replace(bytes, capsuleOffsets[field], point)),
          "BAD_POINT",
          new RegExp(`^capsule.${field}: expected a compressed point of secp256k1, got bytes:`),
        );
      });
    }

    it(`refuses another point as ${field}`, () => {
      expectRefusal(
        () => Capsule.fromBytes(replace(bytes, capsuleOffsets[field], goodPoint)),
        "CAPSULE_INVALID",
        "capsule: expected s·G = h·E + V, got another point",
      );
    });
  }

  it("refuses s = 0 and s = n", () => {
    for (const [s, got] of [
      [0n, "0"],
      [ORDER, "n or more"],
    ] as const) {
      expectRefusal(
        () => Capsule.fromBytes(replace(bytes, capsuleOffsets.s, be32(s))),
        "BAD_SCALAR",
        `capsule.s: expected a scalar in 1..n-1, got ${got}`,
      );
    }
  });

  it("refuses s + 1", () => {
    const wrong = replace(bytes, capsuleOffsets.s, scalarToBytes(add(capsule.s, 1n)));
    expectRefusal(() => Capsule.fromBytes(wrong), "CAPSULE_INVALID", /^capsule: expected s·G = h·E \+ V/);
  });

  it("refuses a capsule that locks its key with the point at infinity, V = -E, though its proof holds", () => {
    const r = 1234567n;
    const [e, v] = [multiplyBase(r), multiplyBase(negate(r))];
    const s = add(negate(r), multiply(r, hashCapsulePoints(e, v)));
    expectRefusal(
      () => Capsule.fromBytesSimple(join(e.toBytes(), v.toBytes(), scalarToBytes(s))),
      "POINT_AT_INFINITY",
      "capsule.E + capsule.V: expected a point, got the point at infinity",
    );
  });
});

describe("Capsule.fromBytesSimple", () => {
  it("gives back what toBytesSimple wrote, E | V | s", () => {
    expect(simple).to.have.length(CAPSULE_SIMPLE_LENGTH);
    expect(simple).to.deep.equal(join(capsule.e.toBytes(), capsule.v.toBytes(), be32(capsule.s)));
    expect(Capsule.fromBytesSimple(simple).equals(capsule)).to.equal(true);
  });

  it("refuses other lengths", () => {
    for (const wrong of [simple.slice(1), join(simple, [0]), bytes]) {
      expectRefusal(
        () => Capsule.fromBytesSimple(wrong),
        "BAD_LENGTH",
        `capsule: expected 98 bytes, got ${wrong.length} bytes`,
      );
    }
  });

  it("checks the capsule as fromBytes does", () => {
    expectRefusal(() => Capsule.fromBytesSimple(replace(simple, 33, goodPoint)), "CAPSULE_INVALID", /^capsule: /);
    expectRefusal(() => Capsule.fromBytesSimple(replace(simple, 0, [0])), "BAD_POINT", /^capsule.E: /);
  });
});
