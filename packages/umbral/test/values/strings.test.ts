import { expect } from "chai";
import {
  CurvePoint,
  PublicKey,
  RecoverableSignature,
  SecretKey,
  SecretKeyFactory,
  Signature,
  VerifiedCapsuleFrag,
  VerifiedKeyFrag,
} from "../../src/index.js";
import { hex, join, utf8 } from "../helpers/bytes.js";
import { tell } from "../helpers/story.js";

const { alice, aliceSigner, capsule, kfrag, vkfrags, cfrag, vcfrags, keys } = tell("strings");
const signature = aliceSigner.sign(utf8("strings"));

describe("toString", () => {
  it("of a secret value is its class and nothing else", () => {
    expect(String(alice)).to.equal("SecretKey:...");
    expect(String(SecretKey.random())).to.equal("SecretKey:...");
    expect(String(aliceSigner)).to.equal("Signer:...");
    expect(String(SecretKeyFactory.random())).to.equal("SecretKeyFactory:...");
  });

  it("of a public value is its class and 8 bytes as hex", () => {
    const start = (bytes: Uint8Array): string => hex(bytes.slice(0, 8));
    const [pk] = keys;
    expect(String(pk)).to.equal(`PublicKey:${start(pk.toCompressedBytes())}`);
    expect(String(pk.point)).to.equal(`CurvePoint:${start(pk.toCompressedBytes())}`);
    expect(String(signature)).to.equal(`Signature:${start(signature.toBEBytes())}`);
    const recoverable = RecoverableSignature.fromBEBytes(join(signature.toBEBytes(), [1]));
    expect(String(recoverable)).to.equal(`RecoverableSignature:${start(signature.toBEBytes())}`);
    expect(String(capsule)).to.equal(`Capsule:${start(capsule.toBytesSimple().slice(66))}`);
    expect(String(kfrag)).to.equal(`KeyFrag:${start(kfrag.id)}`);
    expect(String(vkfrags[0])).to.equal(`VerifiedKeyFrag:${start(kfrag.id)}`);
    expect(String(cfrag)).to.equal(`CapsuleFrag:${start(cfrag.id)}`);
    expect(String(vcfrags[0])).to.equal(`VerifiedCapsuleFrag:${start(cfrag.id)}`);
  });
});

describe("instanceof", () => {
  it("of the verified fragments is false for whatever is no object", () => {
    for (const value of [null, undefined, 0, 1n, "", "text", true, Symbol("value")] as unknown[]) {
      expect(value instanceof VerifiedKeyFrag).to.equal(false);
      expect(value instanceof VerifiedCapsuleFrag).to.equal(false);
    }
  });
});

describe("toDerBytes", () => {
  it("starts with the headers of a sequence and of its first integer", () => {
    const der = signature.toDerBytes();
    expect([der[0], der[1], der[2]]).to.deep.equal([0x30, der.length - 2, 0x02]);
    expect(Signature.fromDerBytes(der).equals(signature)).to.equal(true);
  });
});

describe("CurvePoint.fromBytes", () => {
  it("reads what toBytes wrote", () => {
    const { point } = PublicKey.fromCompressedBytes(keys[0].toCompressedBytes());
    expect(CurvePoint.fromBytes(point.toBytes()).equals(point)).to.equal(true);
  });
});
