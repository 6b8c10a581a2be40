import { expect } from "chai";
import { KEY_FRAG_LENGTH, KeyFrag } from "../../src/index.js";
import { be32, join, number, ORDER, replace } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { keyFragHeaders, keyFragOffsets } from "../helpers/layouts.js";
import { badPoints, goodPoint } from "../helpers/points.js";
import { tell } from "../helpers/story.js";

const { kfrag } = tell("kfrag", { signDelegatingKey: true, signReceivingKey: false });
const bytes = kfrag.toBytes();
const at = keyFragOffsets;

describe("KeyFrag.fromBytes", () => {
  it("gives back what toBytes wrote", () => {
    expect(bytes).to.have.length(KEY_FRAG_LENGTH);
    expect(KeyFrag.fromBytes(bytes).toBytes()).to.deep.equal(bytes);
    expect(KeyFrag.fromBytes(bytes).equals(kfrag)).to.equal(true);
    expect(KeyFrag.fromBytes(bytes).equals(tell("another kfrag").kfrag)).to.equal(false);
  });

  it("has its fields where the layout says", () => {
    expect(bytes.slice(at.id, at.id + 32)).to.deep.equal(kfrag.id);
    expect(bytes.slice(at.precursor, at.precursor + 33)).to.deep.equal(kfrag.precursor.toBytes());
    expect(bytes.slice(at.U1, at.U1 + 33)).to.deep.equal(kfrag.proof.commitment.toBytes());
    expect(bytes.slice(at.signatureForProxy, at.signatureForProxy + 64)).to.deep.equal(
      kfrag.proof.signatureForProxy.toBEBytes(),
    );
    expect(bytes.slice(at.signatureForReceiver, at.signatureForReceiver + 64)).to.deep.equal(
      kfrag.proof.signatureForReceiver.toBEBytes(),
    );
    expect([...bytes.slice(at.delegatingKeySigned)]).to.deep.equal([0xc3, 0xc2]);
  });

  it("refuses other lengths, trailing bytes among them", () => {
    for (const wrong of [new Uint8Array(0), bytes.slice(0, -1), join(bytes, [0])]) {
      expectRefusal(
        () => KeyFrag.fromBytes(wrong),
        "BAD_LENGTH",
        `kfrag: expected 310 bytes, got ${wrong.length} bytes`,
      );
    }
  });

  it("refuses any other byte between the fields", () => {
    for (const offset of keyFragHeaders) {
      expectRefusal(
        () => KeyFrag.fromBytes(replace(bytes, offset, [0x7f])),
        "BAD_ENCODING",
        /^kfrag: expected an? .* \([0-9a-f]{2,4}\) at offset \d+, got [0-9a-f]{2,4}$/,
      );
    }
  });

  it("refuses a flag that is neither c2 nor c3", () => {
    for (const offset of [at.delegatingKeySigned, at.receivingKeySigned]) {
      expectRefusal(
        () => KeyFrag.fromBytes(replace(bytes, offset, [1])),
        "BAD_ENCODING",
        `kfrag: expected a boolean (c2) at offset ${offset}, got 01`,
      );
    }
  });

  for (const field of ["precursor", "U1"] as const) {
    for (const [what, point] of badPoints) {
      it(`refuses ${what} as ${field}`, () => {
        expectRefusal(
          () => KeyFrag.fromBytes(replace(bytes, at[field], point)),
          "BAD_POINT",
          new RegExp(`^kfrag.${field}: expected a compressed point of secp256k1, got bytes:`),
        );
      });
    }
  }

  it("refuses rk = 0 and rk = n", () => {
    for (const [rk, got] of [
      [0n, "0"],
      [ORDER, "n or more"],
    ] as const) {
      expectRefusal(
        () => KeyFrag.fromBytes(replace(bytes, at.rk, be32(rk))),
        "BAD_SCALAR",
        `kfrag.rk: expected a scalar in 1..n-1, got ${got}`,
      );
    }
  });

  for (const field of ["signatureForProxy", "signatureForReceiver"] as const) {
    it(`refuses a ${field} out of range or with s above n/2`, () => {
      expectRefusal(
        () => KeyFrag.fromBytes(replace(bytes, at[field], new Uint8Array(32))),
        "BAD_SIGNATURE",
        `kfrag.${field}: expected r and s in 1..n-1, got r:0000000000000000`,
      );
      const s = number(bytes.slice(at[field] + 32, at[field] + 64));
      expectRefusal(
        () => KeyFrag.fromBytes(replace(bytes, at[field] + 32, be32(ORDER - s))),
        "BAD_SIGNATURE",
        new RegExp(`^kfrag.${field}: expected s at most n/2, got s:`),
      );
    });
  }

  it("refuses any u but the constant", () => {
    expectRefusal(
      () => KeyFrag.fromBytes(replace(bytes, at.u, goodPoint)),
      "BAD_PARAMETERS",
      "kfrag.u: expected CurvePoint:03079390d0fbe220, got bytes:0200000000000000",
    );
    // The mirror image of u: the same x, the other y.
    expectRefusal(() => KeyFrag.fromBytes(replace(bytes, at.u, [2])), "BAD_PARAMETERS", /^kfrag.u: /);
  });
});
