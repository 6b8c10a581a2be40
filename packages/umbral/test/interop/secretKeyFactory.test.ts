import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import { SecretKeyFactory } from "../../src/index.js";
import { utf8 } from "../helpers/bytes.js";
import { seeded } from "../helpers/random.js";

const random = seeded("interop factories");
const labels = [utf8(""), utf8("photos"), utf8("é/日本"), random(32), random(300), random(3000)];
const seeds = [new Uint8Array(32), ...Array.from({ length: 9 }, () => random(32))];

describe("SecretKeyFactory, compared with the oracle", () => {
  for (const [i, seed] of seeds.entries()) {
    for (const [j, label] of labels.entries()) {
      it(`derives the same from seed ${i} and label ${j}`, () => {
        const ours = SecretKeyFactory.fromSecureRandomness(seed);
        const theirs = oracle.SecretKeyFactory.fromSecureRandomness(seed);
        expect(ours.makeSecret(label)).to.deep.equal(theirs.makeSecret(label));
        expect(ours.makeKey(label).toBEBytes()).to.deep.equal(theirs.makeKey(label).toBEBytes());
        const [child, theirChild] = [ours.makeFactory(label), theirs.makeFactory(label)];
        expect(child.makeSecret(label)).to.deep.equal(theirChild.makeSecret(label));
        expect(child.makeKey(label).toBEBytes()).to.deep.equal(theirChild.makeKey(label).toBEBytes());
      });
    }
  }

  it("has seeds of the same size and the same short form", () => {
    expect(SecretKeyFactory.seedSize()).to.equal(oracle.SecretKeyFactory.seedSize());
    expect(String(SecretKeyFactory.random())).to.equal(oracle.SecretKeyFactory.random().toString());
  });
});
