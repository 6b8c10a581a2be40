import { Capsule, CapsuleFrag, decryptReencrypted, encrypt, KeyFrag, reencrypt, SecretKey } from "@nkms/umbral";
import { expect } from "chai";
import { hexlify } from "ethers";

import { answerHonestly, cheats, type Scene } from "../src/cheats.js";
import { type Answer, checkPack, formatPack, makePack, type Pack, packKfragHash, parsePack } from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";
import { domain, operators, sceneOf, termsFor } from "./helpers/scene.js";

const pack = makePack({ capsules: 3, shares: 2, threshold: 2 });
const terms = termsFor([0, 1].map((i) => packKfragHash(pack, i)));

function sceneIn(of: Pack, i: number, j: number): Scene {
  const [kfrag, capsule, operator] = [of.kfrags[i], of.capsules[j], operators[i]];
  if (!kfrag || !capsule || !operator) throw new Error("there is no such question");
  const verified = KeyFrag.fromBytes(kfrag).skipVerification();
  return { terms, index: BigInt(i), domain, kfrag: verified, capsule: Capsule.fromBytesSimple(capsule), operator };
}

const answersTo = (of: Pack, questions: [number, number][]): Promise<Answer[]> =>
  Promise.all(questions.map(([i, j]) => answerHonestly(sceneIn(of, i, j))));

describe("makePack", () => {
  it("makes fragments that a miner accepts, and capsules that a reader of its keys could read", () => {
    const key = (bytes: Uint8Array): SecretKey => SecretKey.fromBEBytes(bytes);
    const [delegating, signing, receiving] = [
      key(pack.keys.delegating),
      key(pack.keys.signing),
      key(pack.keys.receiving),
    ];
    const keys = [signing.publicKey(), delegating.publicKey(), receiving.publicKey()] as const;
    const kfrags = pack.kfrags.map((kfrag) => KeyFrag.fromBytes(kfrag).verify(...keys));
    const [capsule, ciphertext] = encrypt(delegating.publicKey(), Uint8Array.of(1, 2, 3));
    const cfrags = kfrags.map((kfrag) => reencrypt(capsule, kfrag));
    expect([...decryptReencrypted(receiving, delegating.publicKey(), capsule, cfrags, ciphertext)]).to.deep.equal([
      1, 2, 3,
    ]);
    for (const bytes of pack.capsules) expect(Capsule.fromBytesSimple(bytes).toBytesSimple().length).to.equal(98);
  });

  it("knows what each node must answer to each capsule", async () => {
    for (const [i, row] of pack.expected.entries()) {
      for (const [j, { e1, v1 }] of row.entries()) {
        const answer = CapsuleFrag.fromBytesSimple((await answerHonestly(sceneIn(pack, i, j))).cfrag);
        expect(hexlify(answer.e1.toBytes())).to.equal(hexlify(e1));
        expect(hexlify(answer.v1.toBytes())).to.equal(hexlify(v1));
      }
    }
  });

  it("refuses sizes that make no sense", () => {
    const size = { capsules: 1, shares: 2, threshold: 2 };
    for (const [change, message] of [
      [{ capsules: 0 }, "capsules: expected an integer in 1 .. 1000, got 0"],
      [{ capsules: 1_001 }, "capsules: expected an integer in 1 .. 1000, got 1001"],
      [{ shares: 256 }, "shares: expected an integer in 1 .. 255, got 256"],
      [{ threshold: 3 }, "threshold: expected an integer in 1 .. 2, got 3"],
      [{ threshold: 0.5 }, "threshold: expected an integer in 1 .. 2, got 0.5"],
    ] as const) {
      expectRefusal(() => makePack({ ...size, ...change }), { code: "BAD_ARGUMENT", message });
    }
    expectRefusal(() => packKfragHash(pack, 2), { code: "BAD_ARGUMENT", message: "i: expected 0 .. 1, got 2" });
  });
});

describe("checkPack", () => {
  it("finds right answers right, and says what has not been answered", async () => {
    const answers = await answersTo(pack, [
      [0, 0],
      [0, 2],
      [1, 1],
    ]);
    expect(checkPack(pack, answers)).to.deep.equal({
      verdicts: [{ kind: "honest" }, { kind: "honest" }, { kind: "honest" }],
      unanswered: [
        [0, 1],
        [1, 0],
        [1, 2],
      ],
    });
  });

  it("gives the evidence of the first wrong answer", async () => {
    const [right] = await answersTo(pack, [[0, 0]]);
    const [zeroZ, wrongE1] = [cheats["zeroZ"], cheats["wrongE1"]];
    if (!right || !zeroZ || !wrongE1) throw new Error("expected cheats");
    const answers = [right, await wrongE1.answer(sceneIn(pack, 1, 0)), await zeroZ.answer(sceneIn(pack, 0, 1))];
    const { verdicts, wrong } = checkPack(pack, answers);
    expect(verdicts.map(({ kind }) => kind)).to.deep.equal(["honest", "fault", "fault"]);
    expect([wrong?.position, wrong?.evidence.fault]).to.deep.equal([1, "EquationE"]);
    expect(wrong?.evidence.answer).to.equal(answers[1]);
  });

  it("has nothing to say of other policies and other capsules, and refuses what has no receipt", async () => {
    const other = await answerHonestly(sceneOf(0));
    const [right] = await answersTo(pack, [[0, 0]]);
    if (!right) throw new Error("expected an answer");
    const elsewhere = await answerHonestly({ ...sceneIn(pack, 0, 0), capsule: sceneOf(0).capsule });
    const { verdicts } = checkPack(pack, [other, elsewhere, { ...right, receipt: new Uint8Array() }]);
    expect(verdicts).to.deep.equal([
      { kind: "foreign", detail: "its arrangement has no key fragment of this pack" },
      { kind: "foreign", detail: "its capsule is not of this pack" },
      { kind: "refused", reason: "NO_RECEIPT", detail: "it has no receipt" },
    ]);
  });

  it("says so if a right answer isn't the expected one: somebody changed the pack", async () => {
    const answers = await answersTo(pack, [[0, 0]]);
    const exchanged = { ...pack, expected: [...pack.expected].reverse() };
    expectRefusal(() => checkPack(exchanged, answers), {
      code: "IMPOSSIBLE",
      message: "answers[0]: expected the pack's E1 and V1, as all equations hold, got others",
    });
  });
});

describe("packs as JSON", () => {
  it("are read as they were written, and say what they are", () => {
    const text = formatPack(pack);
    expect(parsePack(text)).to.deep.equal(pack);
    expect((JSON.parse(text) as { note: string }).note).to.match(/^Throw-away keys: nobody's data depends on them\./);
  });

  it("are refused when they aren't whole, and errors show no key", () => {
    const json = JSON.parse(formatPack(pack)) as Record<string, unknown> & { keys: object };
    const wrong: [object, string][] = [
      [{ keys: { ...json.keys, signing: "0x12" } }, "pack.keys.signing: expected 32 bytes as hex, got something else"],
      [{ kfrags: ["0x12"] }, "pack.kfrags[0]: expected 310 bytes as hex, got something else"],
      [{ capsules: ["0x12"] }, "pack.capsules[0]: expected 98 bytes as hex, got 0x12"],
      [{ expected: [] }, "pack.expected: expected 2 items, got 0"],
      [{ expected: [[], []] }, "pack.expected[0]: expected 3 items, got 0"],
      [{ threshold: "2" }, "pack.threshold: expected an integer in 0 .. 255, got 2"],
    ];
    for (const [change, message] of wrong) {
      expectRefusal(() => parsePack(JSON.stringify({ ...json, ...change })), { code: "BAD_FIELD", message });
    }
  });
});
