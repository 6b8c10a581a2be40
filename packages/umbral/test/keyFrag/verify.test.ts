import { expect } from "chai";
import { KeyFrag, SecretKey, Signer, VerifiedKeyFrag } from "../../src/index.js";
import { multiplyU } from "../../src/curvePoint.js";
import { checked } from "../../src/internal.js";
import { keyFragMessage } from "../../src/keyFrag.js";
import { be32, replace } from "../helpers/bytes.js";
import { expectRefusal } from "../helpers/errors.js";
import { keyFragOffsets } from "../helpers/layouts.js";
import { goodPoint } from "../helpers/points.js";
import { tell } from "../helpers/story.js";
import { call } from "../helpers/untyped.js";

const booleans = [true, false];

describe("KeyFrag.verify", () => {
  const { kfrag, keys, alice, bob, aliceSigner, vkfrags } = tell("kfrag verify");
  const [verifyingPk, delegatingPk, receivingPk] = keys;
  const stranger = SecretKey.fromBEBytes(be32(77n)).publicKey();

  for (const signDelegatingKey of booleans) {
    for (const signReceivingKey of booleans) {
      it(`accepts a fragment with signed keys ${signDelegatingKey}, ${signReceivingKey}`, () => {
        const told = tell("kfrag flags", { signDelegatingKey, signReceivingKey });
        for (const vkfrag of told.vkfrags) {
          const verified = KeyFrag.fromBytes(vkfrag.toBytes()).verify(...told.keys);
          expect(verified).to.be.instanceOf(VerifiedKeyFrag);
          expect(verified.equals(vkfrag)).to.equal(true);
        }
      });

      it(`accepts no other key in any place, signed keys ${signDelegatingKey}, ${signReceivingKey}`, () => {
        const told = tell("kfrag flags", { signDelegatingKey, signReceivingKey });
        const [v, d, r] = told.keys;
        for (const wrong of [
          [stranger, d, r],
          [v, stranger, r],
          [v, d, stranger],
          [v, r, d],
        ] as const) {
          expectRefusal(() => told.kfrag.verify(...wrong), "KEYFRAG_RECEIVER_SIGNATURE", /^kfrag.signatureForReceiver/);
        }
      });
    }
  }

  it("refuses a secret that isn't the committed one", () => {
    expectRefusal(
      () => KeyFrag.fromBytes(replace(kfrag.toBytes(), keyFragOffsets.rk, be32(5n))).verify(...keys),
      "KEYFRAG_COMMITMENT",
      `kfrag.U1: expected rk·u, got ${String(kfrag.proof.commitment)}`,
    );
  });

  it("refuses a broken signature for the receiver, though the one for the proxy holds", () => {
    const other = vkfrags[1]?.unverify() ?? expect.fail();
    const mixed = replace(
      kfrag.toBytes(),
      keyFragOffsets.signatureForReceiver,
      other.proof.signatureForReceiver.toBEBytes(),
    );
    expectRefusal(
      () => KeyFrag.fromBytes(mixed).verify(...keys),
      "KEYFRAG_RECEIVER_SIGNATURE",
      "kfrag.signatureForReceiver: expected a signature of this fragment and both keys by the delegator, got " +
        String(other.proof.signatureForReceiver),
    );
  });

  it("refuses a broken signature for the proxy, though the one for the receiver holds", () => {
    const other = vkfrags[1]?.unverify() ?? expect.fail();
    const mixed = replace(kfrag.toBytes(), keyFragOffsets.signatureForProxy, other.proof.signatureForProxy.toBEBytes());
    expectRefusal(
      () => KeyFrag.fromBytes(mixed).verify(...keys),
      "KEYFRAG_PROXY_SIGNATURE",
      "kfrag.signatureForProxy: expected a signature of this fragment and the keys it names by the delegator, got " +
        String(other.proof.signatureForProxy),
    );
  });

  it("refuses flags that aren't those of the signature for the proxy", () => {
    for (const offset of [keyFragOffsets.delegatingKeySigned, keyFragOffsets.receivingKeySigned]) {
      expectRefusal(
        () => KeyFrag.fromBytes(replace(kfrag.toBytes(), offset, [0xc2])).verify(...keys),
        "KEYFRAG_PROXY_SIGNATURE",
        /^kfrag.signatureForProxy/,
      );
    }
  });

  it("refuses another id or precursor, which the signatures cover", () => {
    for (const changed of [
      replace(kfrag.toBytes(), keyFragOffsets.id, new Uint8Array(32)),
      replace(kfrag.toBytes(), keyFragOffsets.precursor, goodPoint),
    ]) {
      expectRefusal(() => KeyFrag.fromBytes(changed).verify(...keys), "KEYFRAG_RECEIVER_SIGNATURE", /^kfrag/);
    }
  });

  it("accepts two different signatures of the same message", () => {
    const { commitment } = kfrag.proof;
    const message = keyFragMessage(kfrag.id, commitment, kfrag.precursor, delegatingPk, receivingPk);
    const again = replace(kfrag.toBytes(), keyFragOffsets.signatureForProxy, aliceSigner.sign(message).toBEBytes());
    expect(again).not.to.deep.equal(kfrag.toBytes());
    expect(KeyFrag.fromBytes(again).verify(...keys)).to.be.instanceOf(VerifiedKeyFrag);
  });

  it("accepts a fragment that anyone signed, if they are who is asked for", () => {
    const signer = new Signer(bob);
    const message = keyFragMessage(kfrag.id, multiplyU(9n), kfrag.precursor, delegatingPk, receivingPk);
    const signature = signer.sign(message);
    const forged = new KeyFrag(checked, kfrag.id, 9n, kfrag.precursor, {
      ...kfrag.proof,
      commitment: multiplyU(9n),
      signatureForProxy: signature,
      signatureForReceiver: signature,
    });
    expect(forged.verify(bob.publicKey(), delegatingPk, receivingPk)).to.be.instanceOf(VerifiedKeyFrag);
    expectRefusal(() => forged.verify(...keys), "KEYFRAG_RECEIVER_SIGNATURE", /^kfrag/);
  });

  it("asks for all three keys, whatever the flags say", () => {
    const { kfrag: unsigned } = tell("kfrag unsigned", { signDelegatingKey: false, signReceivingKey: false });
    for (const [name, args] of [
      ["verifyingPk", [null, delegatingPk, receivingPk]],
      ["delegatingPk", [verifyingPk, null, receivingPk]],
      ["receivingPk", [verifyingPk, delegatingPk, undefined]],
      ["delegatingPk", [verifyingPk, alice, receivingPk]],
      ["receivingPk", [verifyingPk, delegatingPk, receivingPk.toCompressedBytes()]],
    ] as const) {
      expectRefusal(
        () => call(unsigned, "verify", ...args),
        "BAD_TYPE",
        new RegExp(`^${name}: expected an instance of PublicKey, got `),
      );
    }
  });

  it("tells what it got instead of a key, without its content", () => {
    for (const [value, got] of [
      [null, "null"],
      [undefined, "undefined"],
      ["0x02", "string"],
      [7n, "bigint"],
      [alice, "an instance of SecretKey"],
      [Object.create(null), "an instance of no class"],
    ] as const) {
      expectRefusal(
        () => call(kfrag, "verify", value),
        "BAD_TYPE",
        `verifyingPk: expected an instance of PublicKey, got ${got}`,
      );
    }
  });
});

describe("KeyFrag.skipVerification", () => {
  it("gives a verified fragment that can be taken back", () => {
    const { kfrag } = tell("kfrag skip");
    expect(kfrag.skipVerification()).to.be.instanceOf(VerifiedKeyFrag);
    expect(kfrag.skipVerification().unverify()).to.equal(kfrag);
    expect(String(kfrag.skipVerification())).to.equal(`Verified${String(kfrag)}`);
  });
});
