import { expect } from "chai";
import { generateKFrags, MAX_SHARES, SecretKey, VerifiedKeyFrag } from "../../src/index.js";
import { generateKFragsWith } from "../../src/generateKFrags.js";
import { actors } from "../helpers/actors.js";
import { expectRefusal } from "../helpers/errors.js";
import { seeded } from "../helpers/random.js";

const { alice, bob, aliceSigner } = actors("generateKFrags");
const bobPk = bob.publicKey();
const generate = (threshold: number, shares: number) =>
  generateKFrags(alice, bobPk, aliceSigner, threshold, shares, true, true);

describe("generateKFrags", () => {
  it("makes as many verified fragments as asked, with one precursor and ids of their own", () => {
    const kfrags = generate(3, 7);
    expect(kfrags).to.have.length(7);
    for (const kfrag of kfrags) expect(kfrag).to.be.instanceOf(VerifiedKeyFrag);
    expect(new Set(kfrags.map((kfrag) => String(kfrag.unverify().id))).size).to.equal(7);
    expect(new Set(kfrags.map((kfrag) => String(kfrag.unverify().precursor))).size).to.equal(1);
  });

  it("makes the most it allows", () => {
    expect(MAX_SHARES).to.equal(255);
    expect(generate(1, 255)).to.have.length(255);
  });

  it("makes other fragments each time, the same with the same randomness", () => {
    const make = (seed: string) =>
      generateKFragsWith(seeded(seed), alice, bobPk, aliceSigner, 2, 2, true, false).map((kfrag) => kfrag.toBytes());
    expect(make("a")).to.deep.equal(make("a"));
    expect(make("a")).not.to.deep.equal(make("b"));
    expect(generate(1, 1)[0]?.toBytes()).not.to.deep.equal(generate(1, 1)[0]?.toBytes());
  });

  it("uses one signature for both, when both cover both keys, and two otherwise", () => {
    for (const [signDelegatingKey, signReceivingKey] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      const [kfrag] = generateKFrags(alice, bobPk, aliceSigner, 1, 1, signDelegatingKey, signReceivingKey);
      const { proof } = kfrag?.unverify() ?? expect.fail();
      expect(proof.signatureForProxy.equals(proof.signatureForReceiver)).to.equal(
        signDelegatingKey && signReceivingKey,
      );
      expect(proof.delegatingKeySigned).to.equal(signDelegatingKey);
      expect(proof.receivingKeySigned).to.equal(signReceivingKey);
    }
  });

  for (const [threshold, shares, message] of [
    [0, 3, "threshold: expected an integer in 1..3, got 0"],
    [4, 3, "threshold: expected an integer in 1..3, got 4"],
    [-1, 3, "threshold: expected an integer in 1..3, got -1"],
    [1.5, 3, "threshold: expected an integer in 1..3, got 1.5"],
    [NaN, 3, "threshold: expected an integer in 1..3, got NaN"],
    [1, 0, "shares: expected an integer in 1..255, got 0"],
    [1, 256, "shares: expected an integer in 1..255, got 256"],
    [1, Infinity, "shares: expected an integer in 1..255, got Infinity"],
  ] as const) {
    it(`refuses ${threshold} of ${shares}`, () => {
      expectRefusal(() => generate(threshold, shares), "BAD_THRESHOLD", message);
    });
  }

  it("refuses arguments of other types", () => {
    const good = [alice, bobPk, aliceSigner, 1, 1, true, true] as const;
    for (const [i, wrong, code, message] of [
      [0, bobPk, "BAD_TYPE", "delegatingSk: expected an instance of SecretKey, got an instance of PublicKey"],
      [1, bob, "BAD_TYPE", "receivingPk: expected an instance of PublicKey, got an instance of SecretKey"],
      [2, SecretKey.random(), "BAD_TYPE", "signer: expected an instance of Signer, got an instance of SecretKey"],
      [3, "1", "BAD_THRESHOLD", "threshold: expected an integer in 1..1, got string"],
      [3, alice.toBEBytes(), "BAD_THRESHOLD", "threshold: expected an integer in 1..1, got an instance of Uint8Array"],
      [4, 1n, "BAD_THRESHOLD", "shares: expected an integer in 1..255, got bigint"],
      [
        4,
        Object.create(null) as object,
        "BAD_THRESHOLD",
        "shares: expected an integer in 1..255, got an instance of no class",
      ],
      [5, 1, "BAD_TYPE", "signDelegatingKey: expected a boolean, got number"],
      [6, undefined, "BAD_TYPE", "signReceivingKey: expected a boolean, got undefined"],
    ] as const) {
      const args = good.map((argument, j) => (i === j ? wrong : argument));
      expectRefusal(() => Reflect.apply(generateKFrags, undefined, args), code, message);
    }
  });
});
