import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import { Capsule, CapsuleFrag, KeyFrag } from "../../src/index.js";
import { tell } from "../helpers/story.js";

const seeds = Array.from({ length: 12 }, (_, i) => `interop values ${i}`);

describe("the bytes and short forms of values, compared with the oracle", () => {
  for (const seed of seeds) {
    it(`our capsule and fragments, read there: ${seed}`, () => {
      const { capsule, vkfrags, vcfrags } = tell(seed, { threshold: 1, shares: 1 });
      const theirCapsule = oracle.Capsule.fromBytes(capsule.toBytes());
      expect(theirCapsule.toBytesSimple()).to.deep.equal(capsule.toBytesSimple());
      expect(theirCapsule.toString()).to.equal(String(capsule));
      for (const kfrag of vkfrags) {
        const theirs = oracle.KeyFrag.fromBytes(kfrag.toBytes());
        expect(theirs.toBytes()).to.deep.equal(kfrag.toBytes());
        expect(theirs.toString()).to.equal(String(kfrag.unverify()));
        expect(theirs.skipVerification().toString()).to.equal(String(kfrag));
      }
      for (const cfrag of vcfrags) {
        const theirs = oracle.CapsuleFrag.fromBytes(cfrag.toBytes());
        expect(theirs.toBytesSimple()).to.deep.equal(cfrag.toBytesSimple());
        expect(theirs.toString()).to.equal(String(cfrag.unverify()));
        expect(theirs.skipVerification().toString()).to.equal(String(cfrag));
      }
    });

    it(`their capsule and fragments, read here: ${seed}`, () => {
      const [alice, bob] = [oracle.SecretKey.random(), oracle.SecretKey.random()];
      const [capsule] = oracle.encrypt(alice.publicKey(), new Uint8Array(1));
      const ours = Capsule.fromBytes(capsule.toBytes());
      expect(ours.toBytes()).to.deep.equal(capsule.toBytes());
      expect(ours.equals(Capsule.fromBytesSimple(capsule.toBytesSimple()))).to.equal(true);
      expect(String(ours)).to.equal(capsule.toString());

      const signer = new oracle.Signer(oracle.SecretKey.random());
      const kfrags = oracle.generateKFrags(alice, bob.publicKey(), signer, 1, 1, true, false);
      for (const vkfrag of kfrags) {
        const kfrag = KeyFrag.fromBytes(vkfrag.toBytes());
        expect(kfrag.toBytes()).to.deep.equal(vkfrag.toBytes());
        const vcfrag = oracle.reencrypt(capsule, vkfrag);
        const cfrag = CapsuleFrag.fromBytes(vcfrag.toBytes());
        expect(cfrag.toBytes()).to.deep.equal(vcfrag.toBytes());
        expect(cfrag.equals(CapsuleFrag.fromBytesSimple(vcfrag.toBytesSimple()))).to.equal(true);
      }
    });
  }
});
