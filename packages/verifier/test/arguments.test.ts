import { ProtocolError } from "@nkms/protocol";
import { expect } from "chai";

import { answerHonestly } from "../src/cheats.js";
import {
  type Answer,
  checkAnswer,
  checkPack,
  hintsOf,
  liableFor,
  makeEvidence,
  makeLeakEvidence,
  makePack,
  packKfragHash,
  parseAnswer,
  parseEvidence,
  parseJournal,
  parsePack,
  publicKfragOf,
  recoverReusedKey,
  VerifierError,
} from "../src/index.js";
import { sceneOf } from "./helpers/scene.js";

const scene = sceneOf(0);
const size = { capsules: 1, shares: 1, threshold: 1 };
const pack = makePack(size);

/** A call as a program without types makes it: what errors call the argument, and the call with something else there. */
const calls: readonly (readonly [name: string, argument: string, call: (answer: Answer, wrong: never) => unknown])[] = [
  ["liableFor", "index", (answer, index) => liableFor({ ...answer, index })],
  ["checkAnswer", "index", (answer, index) => checkAnswer({ ...answer, index })],
  ["checkAnswer", "receipt", (answer, receipt) => checkAnswer({ ...answer, receipt })],
  ["checkAnswer", "capsule", (answer, capsule) => checkAnswer({ ...answer, capsule })],
  ["checkAnswer", "cfrag", (answer, cfrag) => checkAnswer({ ...answer, cfrag })],
  ["makeEvidence", "receipt", (answer, receipt) => makeEvidence({ ...answer, receipt })],
  ["makeLeakEvidence", "secret", (answer, wrong) => makeLeakEvidence(answer, wrong, new Uint8Array(162))],
  ["hintsOf", "capsule", (answer, capsule) => hintsOf({ ...answer, capsule })],
  ["hintsOf", "cfrag", (answer, cfrag) => hintsOf({ ...answer, cfrag })],
  ["publicKfragOf", "cfrag", (_, wrong) => publicKfragOf(wrong)],
  ["recoverReusedKey", "capsule", (answer, capsule) => recoverReusedKey({ ...answer, capsule }, answer)],
  ["recoverReusedKey", "cfrag", (answer, cfrag) => recoverReusedKey(answer, { ...answer, cfrag })],
  ["makePack", "capsules", (_, capsules) => makePack({ ...size, capsules })],
  ["makePack", "shares", (_, shares) => makePack({ ...size, shares })],
  ["makePack", "threshold", (_, threshold) => makePack({ ...size, threshold })],
  ["packKfragHash", "i", (_, wrong) => packKfragHash(pack, wrong)],
  ["checkPack", "receipt", (answer, receipt) => checkPack(pack, [{ ...answer, receipt }])],
  ["parseAnswer", "answer", (_, wrong) => parseAnswer(wrong)],
  ["parseEvidence", "evidence", (_, wrong) => parseEvidence(wrong)],
  ["parseJournal", "journal", (_, wrong) => parseJournal(wrong)],
  ["parsePack", "pack", (_, wrong) => parsePack(wrong)],
];

const wrongValues: readonly unknown[] = [
  NaN,
  -1,
  1.5,
  "",
  "x",
  null,
  {},
  Object.create(null),
  Symbol("s"),
  [undefined],
];

describe("an error calls the argument by its name", () => {
  for (const [name, argument, call] of calls) {
    it(`${argument} of ${name}`, async () => {
      const answer = await answerHonestly(scene);
      for (const wrong of [...wrongValues, "y".repeat(100_000)]) {
        let thrown: unknown;
        try {
          call(answer, wrong as never);
        } catch (error) {
          thrown = error;
        }
        if (!(thrown instanceof VerifierError || thrown instanceof ProtocolError)) {
          return expect.fail(`${String(thrown)} for ${typeof wrong}`);
        }
        expect(thrown.argument, thrown.message).to.equal(argument);
        expect(thrown.code).to.be.oneOf(["BAD_ARGUMENT", "BAD_JSON"]);
        expect(thrown.got.length, thrown.message).to.be.below(120);
      }
    });
  }
});
