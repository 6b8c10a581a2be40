import { expect } from "chai";
import { CAPSULE_FRAG_LENGTH, CAPSULE_FRAG_SIMPLE_LENGTH, CapsuleFrag } from "../../src/index.js";
import { be32, join, number, ORDER, replace } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { capsuleFragHeaders, capsuleFragOffsets } from "../helpers/layouts.js";
import { badPoints } from "../helpers/points.js";
import { tell } from "../helpers/story.js";

const { cfrag } = tell("cfrag");
const bytes = cfrag.toBytes();
const simple = cfrag.toBytesSimple();
const at = capsuleFragOffsets;

describe("CapsuleFrag.fromBytes", () => {
  it("gives back what toBytes wrote", () => {
    expect(bytes).to.have.length(CAPSULE_FRAG_LENGTH);
    expect(CapsuleFrag.fromBytes(bytes).toBytes()).to.deep.equal(bytes);
    expect(CapsuleFrag.fromBytes(bytes).equals(cfrag)).to.equal(true);
    expect(CapsuleFrag.fromBytes(bytes).equals(tell("another cfrag").cfrag)).to.equal(false);
  });

  it("has its fields where the layout says", () => {
    const { e2, v2, commitment, u2, z, signatureForReceiver } = cfrag.proof;
    for (const [offset, field] of [
      [at.E1, cfrag.e1.toBytes()],
      [at.V1, cfrag.v1.toBytes()],
      [at.id, cfrag.id],
      [at.precursor, cfrag.precursor.toBytes()],
      [at.E2, e2.toBytes()],
      [at.V2, v2.toBytes()],
      [at.U1, commitment.toBytes()],
      [at.U2, u2.toBytes()],
      [at.z, be32(z)],
      [at.signatureForReceiver, signatureForReceiver.toBEBytes()],
    ] as const) {
      expect(bytes.slice(offset, offset + field.length)).to.deep.equal(field);
    }
  });

  it("refuses other lengths, trailing bytes among them", () => {
    for (const wrong of [new Uint8Array(0), bytes.slice(0, -1), join(bytes, [0]), simple]) {
      expectRefusal(
        () => CapsuleFrag.fromBytes(wrong),
        "BAD_LENGTH",
        `cfrag: expected 381 bytes, got ${wrong.length} bytes`,
      );
    }
  });

  it("refuses any other byte between the fields", () => {
    for (const offset of capsuleFragHeaders) {
      expectRefusal(
        () => CapsuleFrag.fromBytes(replace(bytes, offset, [0x7f])),
        "BAD_ENCODING",
        /^cfrag: expected an? .* \([0-9a-f]{2,4}\) at offset \d+, got [0-9a-f]{2,4}$/,
      );
    }
  });

  for (const field of ["E1", "V1", "precursor", "E2", "V2", "U1", "U2"] as const) {
    it(`refuses bytes that are no point as ${field}`, () => {
      for (const [, point] of badPoints) {
        expectRefusal(
          () => CapsuleFrag.fromBytes(replace(bytes, at[field], point)),
          "BAD_POINT",
          new RegExp(`^cfrag.${field}: expected a compressed point of secp256k1, got bytes:`),
        );
      }
    });
  }

  it("refuses z = 0 and z = n", () => {
    for (const [z, got] of [
      [0n, "0"],
      [ORDER, "n or more"],
    ] as const) {
      expectRefusal(
        () => CapsuleFrag.fromBytes(replace(bytes, at.z, be32(z))),
        "BAD_SCALAR",
        `cfrag.z: expected a scalar in 1..n-1, got ${got}`,
      );
    }
  });

  it("refuses a signature for the receiver out of range or with s above n/2", () => {
    const field = at.signatureForReceiver;
    expectRefusal(
      () => CapsuleFrag.fromBytes(replace(bytes, field, be32(ORDER))),
      "BAD_SIGNATURE",
      "cfrag.signatureForReceiver: expected r and s in 1..n-1, got r:ffffffffffffffff",
    );
    const s = number(bytes.slice(field + 32));
    expectRefusal(
      () => CapsuleFrag.fromBytes(replace(bytes, field + 32, be32(ORDER - s))),
      "BAD_SIGNATURE",
      /^cfrag.signatureForReceiver: expected s at most n\/2, got s:/,
    );
  });
});

describe("CapsuleFrag.fromBytesSimple", () => {
  it("gives back what toBytesSimple wrote: the fields with nothing between", () => {
    expect(simple).to.have.length(CAPSULE_FRAG_SIMPLE_LENGTH);
    expect(simple).to.deep.equal(bytes.filter((_, offset) => !capsuleFragHeaders.includes(offset)));
    expect(CapsuleFrag.fromBytesSimple(simple).equals(cfrag)).to.equal(true);
  });

  it("refuses other lengths", () => {
    for (const wrong of [simple.slice(1), join(simple, [0]), bytes]) {
      expectRefusal(
        () => CapsuleFrag.fromBytesSimple(wrong),
        "BAD_LENGTH",
        `cfrag: expected 359 bytes, got ${wrong.length} bytes`,
      );
    }
  });
});
