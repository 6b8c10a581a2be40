import { secp256k1_hasher } from "@noble/curves/secp256k1.js";
import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import { multiplyPoint, multiplyU, U } from "../../src/curvePoint.js";
import { Parameters } from "../../src/index.js";
import { utf8 } from "../helpers/bytes.js";

describe("the parameter u", () => {
  it("is what RFC 9380 hashes POINT_U to, so that nobody chose it", () => {
    const hashed = secp256k1_hasher.hashToCurve(utf8("POINT_U"), { DST: "PARAMETERS" });
    expect(U.toBytes()).to.deep.equal(Uint8Array.from(hashed.toBytes(true)));
  });

  it("is the oracle's", () => {
    expect(U.coordinates()).to.deep.equal(new oracle.Parameters().u.coordinates());
    expect(new Parameters().u).to.equal(U);
    expect(Object.isFrozen(new Parameters())).to.equal(true);
  });

  it("is multiplied by its table as by the general method", () => {
    for (const k of [1n, 2n, 2n ** 255n + 12345n]) expect(multiplyU(k).equals(multiplyPoint(k, U))).to.equal(true);
  });
});
