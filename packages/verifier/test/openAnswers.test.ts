import { decryptReencrypted, generateKFrags, SecretKey, Signer } from "@nkms/umbral";
import { expect } from "chai";
import { hexlify } from "ethers";

import { answerHonestly, answerOtherCapsule, cheats, sign, useOtherFragment } from "../src/cheats.js";
import { type Answer, openAnswers } from "../src/index.js";
import { hashOf, keys, kfrags, newMessage, people, plaintext, sceneOf, termsFor } from "./helpers/scene.js";

const [capsule, ciphertext] = newMessage();
const scene = sceneOf(0, capsule);

const reasons = (answers: Answer[]): [number, string][] =>
  openAnswers(capsule, answers, keys).unused.map(({ position, reason }) => [position, reason]);

describe("openAnswers", () => {
  it("gives what decryption takes, from honest answers", async () => {
    const answers = await Promise.all([0, 2].map((i) => answerHonestly(sceneOf(i, capsule))));
    const { cfrags, unused } = openAnswers(capsule, answers, keys);
    expect(unused).to.deep.equal([]);
    expect(decryptReencrypted(people.bob, keys.delegatingPk, capsule, cfrags, ciphertext)).to.deep.equal(plaintext);
  });

  it("leaves out every cheat, with a reason, and reads with the others", async () => {
    const wrong = await Promise.all(Object.values(cheats).map(({ answer }) => answer(scene)));
    const honest = await Promise.all([1, 2].map((i) => answerHonestly(sceneOf(i, capsule))));
    const { cfrags, unused } = openAnswers(capsule, [...wrong, ...honest], keys);
    expect(unused.map(({ position }) => position)).to.deep.equal(wrong.map((_, i) => i));
    for (const { reason, verdict, answer, words, position } of unused) {
      expect(reason).to.equal(verdict.kind === "fault" ? "FAULT" : "REFUSED");
      expect(answer).to.equal(wrong[position]);
      expect(words).to.match(/^(Wrong|Refused) \(/);
    }
    expect(decryptReencrypted(people.bob, keys.delegatingPk, capsule, cfrags, ciphertext)).to.deep.equal(plaintext);
  });

  it("refuses an answer without a valid receipt, however right it is", async () => {
    const right = await answerHonestly(scene);
    expect(
      reasons([
        { ...right, receipt: new Uint8Array() },
        { ...right, receipt: new Uint8Array(65) },
      ]),
    ).to.deep.equal([
      [0, "REFUSED"],
      [1, "REFUSED"],
    ]);
  });

  it("leaves out answers to another question, and a second one of the same fragment", async () => {
    const answers = [await answerHonestly(sceneOf(0)), await answerHonestly(scene), await answerHonestly(scene)];
    expect(reasons(answers)).to.deep.equal([
      [0, "OTHER_CAPSULE"],
      [2, "DUPLICATE"],
    ]);
  });

  it("doesn't blame the node if the key fragment isn't for these keys, or can't be read", async () => {
    const mallory = SecretKey.random();
    const [foreign] = generateKFrags(people.alice, people.bob.publicKey(), new Signer(mallory), 1, 1, true, true);
    if (!foreign) throw new Error("expected a key fragment");
    const terms = termsFor([hashOf(foreign)]);
    const unsigned = await answerHonestly({ ...scene, terms, kfrag: foreign });
    const { unused } = openAnswers(capsule, [unsigned], keys);
    expect(unused[0]?.reason).to.equal("OWNER");
    expect(unused[0]?.words).to.match(
      /^The node is honest, its key fragment is not: cfrag.signatureForReceiver: expected/,
    );
    expect(unused[0]?.verdict.kind).to.equal("honest");
  });

  it("gives nothing of nothing", () => {
    expect(openAnswers(capsule, [], keys)).to.deep.equal({ cfrags: [], unused: [] });
  });

  it("keeps one answer's bytes as they came", async () => {
    const answer = await useOtherFragment(scene, kfrags[1] ?? scene.kfrag);
    const before = hexlify(answer.cfrag);
    openAnswers(
      capsule,
      [answer, await answerOtherCapsule(scene, newMessage()[0]), await sign(scene, new Uint8Array())],
      keys,
    );
    expect(hexlify(answer.cfrag)).to.equal(before);
  });
});
