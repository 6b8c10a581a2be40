import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import { ReencryptionEvidence } from "../../src/index.js";
import { tell } from "../helpers/story.js";

const toOracle = (pk: { toCompressedBytes(): Uint8Array }) =>
  oracle.PublicKey.fromCompressedBytes(pk.toCompressedBytes());

describe("ReencryptionEvidence, compared with the oracle", () => {
  for (let i = 0; i < 10; i += 1) {
    it(`is the same for re-encryption ${i}`, () => {
      const { capsule, cfrag, keys } = tell(`evidence ${i}`, { threshold: 1, shares: 1 });
      const [verifyingPk, delegatingPk, receivingPk] = keys;
      const evidence = ReencryptionEvidence.of(capsule, cfrag.skipVerification(), ...keys);
      const theirCapsule = oracle.Capsule.fromBytes(capsule.toBytes());
      const theirs = new oracle.ReencryptionEvidence(
        theirCapsule,
        oracle.CapsuleFrag.fromBytes(cfrag.toBytes()).skipVerification(),
        toOracle(verifyingPk),
        toOracle(delegatingPk),
        toOracle(receivingPk),
      );
      expect(evidence.toBytes()).to.deep.equal(theirs.toBytes());
      expect(evidence.kfragSignatureV).to.equal(theirs.kfragSignatureV);
      expect(evidence.kfragValidityMessageHash).to.deep.equal(theirs.kfragValidityMessageHash);
      expect(evidence.points.e1h.coordinates()).to.deep.equal(theirs.e1h.coordinates());
      expect(evidence.points.uz.coordinates()).to.deep.equal(theirs.uz.coordinates());
      expect(ReencryptionEvidence.fromBytes(theirs.toBytes()).equals(evidence)).to.equal(true);
      expect(oracle.ReencryptionEvidence.fromBytes(evidence.toBytes()).toBytes()).to.deep.equal(evidence.toBytes());
    });
  }
});
