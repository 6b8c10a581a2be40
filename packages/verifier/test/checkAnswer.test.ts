import { Fault, type FaultName } from "@nkms/protocol";
import { backend, Capsule, CapsuleFrag } from "@nkms/umbral";
import * as oracle from "@nucypher/umbral-pre";
import { expect } from "chai";
import { getBytes, id, toBeHex, Wallet } from "ethers";
import fc from "fast-check";

import {
  answerHonestly,
  answerOtherCapsule,
  cheats,
  pointAboveOrder,
  pointOffCurve,
  reencryptByHand,
  reuseRandomness,
  type Scene,
  sign,
  useOtherFragment,
} from "../src/cheats.js";
import { type Answer, checkAnswer, describeVerdict, type Verdict } from "../src/index.js";
import { capsuleMadeOf, capsuleWith, hashOfBytes } from "./helpers/capsules.js";
import { expectRefusal } from "./helpers/errors.js";
import { domain, hashOf, keys, kfrags, newMessage, operators, sceneOf, terms, termsFor } from "./helpers/scene.js";

const SEED = 61; // of the random cases
const scene = sceneOf(1);
const kfrag = kfrags[1];
const other = kfrags[0];
if (!kfrag || !other) throw new Error("expected key fragments");

const shortOf = (verdict: Verdict): string =>
  verdict.kind === "fault" ? verdict.fault : verdict.kind === "refused" ? verdict.reason : "honest";
const check = (answer: Answer): string => shortOf(checkAnswer(answer));

describe("checkAnswer", () => {
  it("runs on the backend that these tests are for", () => {
    expect(backend()).to.equal(process.env["UMBRAL_BACKEND"]);
  });

  describe("of honest nodes", () => {
    it("finds every answer honest", async () => {
      for (let i = 0; i < 3; ++i) {
        for (let j = 0; j < 8; ++j)
          expect(checkAnswer(await answerHonestly(sceneOf(i)))).to.deep.equal({ kind: "honest" });
      }
    });

    it("finds answers of umbral-pre honest", async () => {
      const verified = oracle.KeyFrag.fromBytes(kfrag.toBytes()).verify(
        oracle.PublicKey.fromCompressedBytes(keys.verifyingPk.toCompressedBytes()),
        oracle.PublicKey.fromCompressedBytes(keys.delegatingPk.toCompressedBytes()),
        oracle.PublicKey.fromCompressedBytes(keys.receivingPk.toCompressedBytes()),
      );
      for (let j = 0; j < 8; ++j) {
        const [capsule] = newMessage();
        const cfrag = oracle.reencrypt(oracle.Capsule.fromBytes(capsule.toBytes()), verified).toBytes();
        const answer = await sign({ ...scene, capsule }, CapsuleFrag.fromBytes(cfrag).toBytesSimple());
        expect(check(answer)).to.equal("honest");
      }
    });

    it("finds two answers with the same t honest: what leaks is the key", async () => {
      for (const answer of await reuseRandomness(scene, newMessage()[0])) expect(check(answer)).to.equal("honest");
    });

    it("does not blame a node for what the owner chose, if the terms name it", async () => {
      const answer = await answerHonestly(scene);
      const ownersBytes: [offset: number, bytes: Uint8Array][] = [
        [66, new Uint8Array(32)], // id
        [98, pointAboveOrder()], // precursor
        [98, pointOffCurve()],
        [98, new Uint8Array(33)],
        [295, new Uint8Array(64)], // receiver signature
      ];
      for (const [offset, bytes] of ownersBytes) {
        const cfrag = answer.cfrag.slice();
        cfrag.set(bytes, offset);
        const odd = termsFor([hashOf(other), hashOfBytes(cfrag)]);
        expect(check(await sign({ ...scene, terms: odd }, cfrag)), `at ${offset}`).to.equal("honest");
      }
    });

    it("has nothing to say if U1, which the owner chose, is no point that the contract can check", async () => {
      for (const bytes of [pointAboveOrder(), pointOffCurve(), new Uint8Array(33)]) {
        const cfrag = withBytes((await answerHonestly(scene)).cfrag, 197, bytes);
        const odd = termsFor([hashOf(other), hashOfBytes(cfrag)]);
        // U1 is hashed, so that E and V fail for a node that took such a fragment and did not look at it.
        expect(check(await sign({ ...scene, terms: odd }, cfrag))).to.equal("EquationE");
        const proven = reencryptByHand(scene, { owner: { u1: bytes } });
        expect(check(await sign({ ...scene, terms: termsFor([hashOf(other), hashOfBytes(proven)]) }, proven))).to.equal(
          "BAD_COMMITMENT",
        );
      }
    });
  });

  describe("of cheats", () => {
    for (const [name, { words, leadsTo, answer }] of Object.entries(cheats)) {
      it(`says ${leadsTo} when a node ${words} (${name})`, async () => {
        const verdict = checkAnswer(await answer(scene));
        expect(shortOf(verdict)).to.equal(leadsTo);
        expect(verdict.kind).to.equal(leadsTo in Fault ? "fault" : "refused");
      });
    }

    it("says Kfrag for the answer of another fragment of the policy", async () => {
      expect(check(await useOtherFragment(scene, other))).to.equal("Kfrag");
    });

    it("says EquationE for the right answer to another capsule", async () => {
      expect(check(await answerOtherCapsule(scene, newMessage()[0]))).to.equal("EquationE");
    });

    it("knows a cheat for each fault of an answer, and for each reason to refuse but two", () => {
      const faults = Object.keys(Fault).filter((name) => name !== "None" && name !== "Leak");
      const reasons = ["NO_RECEIPT", "NOT_A_SIGNATURE", "OTHER_SIGNER"];
      expect(new Set(Object.values(cheats).map(({ leadsTo }) => leadsTo))).to.deep.equal(
        new Set([...faults, ...reasons]),
      );
    });

    it("names the first fault in the order of the contract", async () => {
      const cfrag = (await answerHonestly(scene)).cfrag;
      // A changed U2 changes the hash: all three equations fail, and E is the first.
      const spoil: [FaultName, number, Uint8Array][] = [
        ["EquationE", 230, kfrag.unverify().precursor.toBytes()],
        ["Kfrag", 66, new Uint8Array(32)],
        ["ScalarZ", 263, new Uint8Array(32)],
        ["PointU2", 230, new Uint8Array(33)],
        ["PointV2", 164, new Uint8Array(33)],
        ["PointE2", 131, new Uint8Array(33)],
        ["PointV1", 33, new Uint8Array(33)],
        ["PointE1", 0, new Uint8Array(33)],
      ];
      for (const [fault, offset, bytes] of spoil) {
        cfrag.set(bytes, offset);
        expect(check(await sign(scene, cfrag))).to.equal(fault);
      }
      expect(check(await sign(scene, cfrag.slice(1)))).to.equal("Length");
    });
  });

  describe("of capsules that nobody need answer", () => {
    const capsule = scene.capsule.toBytesSimple();
    const wrong: [string, Uint8Array][] = [
      ["no bytes", new Uint8Array()],
      ["97 bytes", capsule.slice(1)],
      ["99 bytes", Uint8Array.of(...capsule, 0)],
      ["an E off the curve", withBytes(capsule, 0, pointOffCurve())],
      ["an E with x of n or more", withBytes(capsule, 0, pointAboveOrder())],
      ["an E with a wrong prefix", withBytes(capsule, 0, Uint8Array.of(4))],
      ["a V off the curve", withBytes(capsule, 33, pointOffCurve())],
      ["a V with x of n or more", withBytes(capsule, 33, pointAboveOrder())],
      ["another s", withBytes(capsule, 66, getBytes(toBeHex(7, 32)))],
      ["s = 0", withBytes(capsule, 66, new Uint8Array(32))],
      ["s of n or more", withBytes(capsule, 66, new Uint8Array(32).fill(255))],
      ["E and V exchanged", Uint8Array.of(...capsule.slice(33, 66), ...capsule.slice(0, 33), ...capsule.slice(66))],
    ];
    for (const [name, bytes] of wrong) {
      it(`refuses ${name}, whatever the answer`, async () => {
        const asked = { ...scene, capsule: capsuleWith(bytes) };
        for (const cfrag of [new Uint8Array(), (await answerHonestly(scene)).cfrag]) {
          expect(check(await sign(asked, cfrag))).to.equal("BAD_CAPSULE");
        }
      });
    }

    it("takes a valid capsule that locks its key with the point at infinity, V = -E: an answer to it can be wrong", async () => {
      const bytes = capsuleMadeOf(5n, -5n);
      expect(() => Capsule.fromBytesSimple(bytes)).to.throw(/^capsule.E \+ capsule.V/);
      expect(check(await sign({ ...scene, capsule: capsuleWith(bytes) }, new Uint8Array()))).to.equal("Length");
    });
  });

  describe("of receipts", () => {
    it("takes those of the arrangement's operator alone, however its address is written", async () => {
      const lower = terms.arrangements.map((one) => ({ ...one, operator: one.operator.toLowerCase() }));
      expect(check(await answerHonestly({ ...scene, terms: { ...terms, arrangements: lower } }))).to.equal("honest");
      for (const operator of [operators[0], new Wallet(id("a stranger's key"))]) {
        if (!operator) throw new Error("expected an operator");
        expect(check(await answerHonestly({ ...scene, operator }))).to.equal("OTHER_SIGNER");
      }
    });

    it("refuses one for another chain or contract", async () => {
      const answer = await answerHonestly(scene);
      expect(check({ ...answer, domain: { ...domain, chainId: 1n } })).to.equal("OTHER_SIGNER");
      expect(check({ ...answer, domain: { ...domain, verifyingContract: toBeHex(1, 20) } })).to.equal("OTHER_SIGNER");
    });

    it("refuses a receipt with any bit flipped", async () => {
      const answer = await answerHonestly(scene);
      for (let i = 0; i < 65 * 8; ++i) {
        const receipt = answer.receipt.slice();
        receipt[i >> 3] = (receipt[i >> 3] ?? 0) ^ (1 << (i & 7));
        expect(["OTHER_SIGNER", "NOT_A_SIGNATURE"], `bit ${i}`).to.include(check({ ...answer, receipt }));
      }
    });
  });

  describe("of an arrangement that took over", () => {
    const operator = new Wallet(id("the successor's key"));
    const tookOver = { operator: operator.address, kfragHash: hashOf(kfrag) };
    const later: Scene = { ...scene, index: 3n, operator, tookOver };

    it("asks who it is", async () => {
      const answer = await answerHonestly(later);
      expect(check(answer)).to.equal("honest");
      expect(check(await useOtherFragment(later, other))).to.equal("Kfrag");
      expect(check({ ...answer, tookOver: { ...tookOver, operator: toBeHex(9, 20) } })).to.equal("OTHER_SIGNER");
    });

    it("refuses an index that nothing is known of, and what contradicts the terms", async () => {
      const answer = await answerHonestly(later);
      expectRefusal(() => checkAnswer(withoutTakeover(answer)), {
        code: "NO_ARRANGEMENT",
        message: "index: expected 0 .. 2, or tookOver for one that took over, got 3",
      });
      expectRefusal(() => checkAnswer({ ...answer, index: 1n }), {
        code: "BAD_ARGUMENT",
        message: "tookOver: expected what the terms say of arrangement 1, got something else",
      });
      const [, own] = terms.arrangements;
      if (!own) throw new Error("expected an arrangement");
      expect(check({ ...(await answerHonestly(scene)), tookOver: own })).to.equal("honest");
    });
  });

  describe("of any bytes", () => {
    it("gives a fault or a refusal for a mutated answer that is signed again, and never crashes", async () => {
      const [honest] = await Promise.all([answerHonestly(scene)]);
      const mutation = fc.record({
        where: fc.nat({ max: 358 }),
        bits: fc.integer({ min: 1, max: 255 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
          const cfrag = honest.cfrag.slice();
          for (const { where, bits } of mutations) cfrag[where] = (cfrag[where] ?? 0) ^ bits;
          fc.pre(!cfrag.every((byte, i) => byte === honest.cfrag[i]));
          expect(checkAnswer(await sign(scene, cfrag)).kind).to.equal("fault");
        }),
        { seed: SEED, numRuns: 400 },
      );
    });

    it("refuses a mutated answer under the old receipt, and a mutated capsule", async () => {
      const honest = await answerHonestly(scene);
      const part = fc.constantFrom("cfrag", "capsule", "receipt");
      const bytes = fc.record({ part, where: fc.nat({ max: 358 }), bits: fc.integer({ min: 1, max: 255 }) });
      fc.assert(
        fc.property(bytes, ({ part, where, bits }) => {
          const changed = honest[part].slice();
          const at = where % changed.length;
          changed[at] = (changed[at] ?? 0) ^ bits;
          expect(checkAnswer({ ...honest, [part]: changed }).kind).to.equal("refused");
        }),
        { seed: SEED, numRuns: 400 },
      );
    });

    it("has a verdict for bytes of any length, signed or not", async () => {
      const honest = await answerHonestly(scene);
      const any = fc.uint8Array({ maxLength: 400 });
      await fc.assert(
        fc.asyncProperty(any, any, any, async (capsule, cfrag, receipt) => {
          expect(checkAnswer({ ...honest, capsule, cfrag, receipt }).kind).to.equal("refused");
          expect(check(await sign(scene, cfrag))).to.equal(cfrag.length === 359 ? "PointE1" : "Length");
        }),
        { seed: SEED, numRuns: 200 },
      );
    });
  });
});

describe("describeVerdict", () => {
  it("has a sentence for every fault and every refusal", async () => {
    expect(describeVerdict({ kind: "honest" })).to.equal("Honest: the operator signed this answer and it is right.");
    expect(describeVerdict(checkAnswer(await sign(scene, new Uint8Array())))).to.equal(
      "Wrong (Length): the operator signed this answer and it has not 359 bytes. That can be proven on chain.",
    );
    const unsigned = { ...(await answerHonestly(scene)), receipt: new Uint8Array() };
    expect(describeVerdict(checkAnswer(unsigned))).to.equal(
      "Refused (NO_RECEIPT): it has no receipt. Nothing can be proven with it.",
    );
  });
});

function withBytes(bytes: Uint8Array, offset: number, part: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed.set(part, offset);
  return changed;
}

function withoutTakeover({ terms, index, domain, capsule, cfrag, receipt }: Answer): Answer {
  return { terms, index, domain, capsule, cfrag, receipt };
}
