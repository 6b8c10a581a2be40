import { evidenceOfAnswer, evidenceOfKey, policyId, receiptFor } from "@nkms/protocol";
import { expect } from "chai";
import { concat, hexlify } from "ethers";

import { answerHonestly, cheats, reuseRandomness } from "../src/cheats.js";
import {
  type AnswerEvidence,
  assignmentOf,
  checkAnswer,
  formatEvidence,
  leakOfReuse,
  makeEvidence,
  makeLeakEvidence,
  parseEvidence,
  publicKfragOf,
  recoverReusedKey,
} from "../src/index.js";
import { secretOf } from "../src/pack.js";
import { expectRefusal } from "./helpers/errors.js";
import { domain, kfrags, newMessage, sceneOf, terms } from "./helpers/scene.js";

const scene = sceneOf(1);
const policy = policyId(terms, domain);
const secret = secretOf(scene.kfrag.toBytes());

async function evidenceBy(name: string): Promise<AnswerEvidence> {
  const cheat = cheats[name];
  if (!cheat) throw new Error(`there is no cheat ${name}`);
  return makeEvidence(await cheat.answer(scene));
}

describe("makeEvidence", () => {
  it("has all that the contract takes, for every cheat that is a fault", async () => {
    for (const [name, { leadsTo, answer }] of Object.entries(cheats)) {
      const wrong = await answer(scene);
      if (checkAnswer(wrong).kind !== "fault") continue;
      const evidence = makeEvidence(wrong, checkAnswer(wrong));
      expect(evidence.fault, name).to.equal(leadsTo);
      expect(evidence.policy).to.equal(policy);
      const receipt = receiptFor(policy, 1n, wrong.capsule, wrong.cfrag);
      expect(evidence.evidence).to.equal(evidenceOfAnswer(receipt, hexlify(wrong.receipt), domain));
      const place = { EquationE: 0, EquationV: 1, EquationU: 2 }[leadsTo as string];
      const zeros = [0n, 0n, 0n];
      expect(evidence.hint).to.deep.equal(place === undefined ? zeros : evidence.fullHints[place]);
      expect(assignmentOf(evidence)).to.equal(wrong);
    }
  });

  it("refuses an answer that isn't wrong, and a verdict that isn't the answer's", async () => {
    const honest = await answerHonestly(scene);
    expectRefusal(() => makeEvidence(honest), {
      code: "NO_FAULT",
      message: "answer: expected a wrong answer, got honest",
    });
    expectRefusal(() => makeEvidence({ ...honest, receipt: new Uint8Array() }), {
      code: "NO_FAULT",
      message: "answer: expected a wrong answer, got refused",
    });
    const { answer } = await evidenceBy("zeroZ");
    for (const verdict of [{ kind: "fault", fault: "Kfrag" }, { kind: "honest" }] as const) {
      expectRefusal(() => makeEvidence(answer, verdict), {
        code: "NO_FAULT",
        message: `verdict: expected that of the answer, ScalarZ, got ${verdict.kind === "fault" ? verdict.fault : "honest"}`,
      });
    }
  });
});

describe("makeLeakEvidence", () => {
  it("has all that the contract takes, from the parts or from their 162 bytes", async () => {
    const kfrag = publicKfragOf((await answerHonestly(scene)).cfrag);
    if (!kfrag) throw new Error("expected a key fragment");
    const evidence = makeLeakEvidence(scene, secret, kfrag);
    const bytes = concat([kfrag.id, kfrag.precursor, kfrag.commitment, kfrag.receiverSignature]);
    expect(hexlify(evidence.kfrag)).to.equal(bytes);
    expect(evidence.kfrag.length).to.equal(162);
    const [, y] = scene.kfrag.unverify().proof.commitment.coordinates();
    expect(evidence.commitmentY).to.equal(BigInt(hexlify(y)));
    expect(evidence.evidence).to.equal(evidenceOfKey(secret));
    expect(evidence.policy).to.equal(policy);
    expect(makeLeakEvidence(scene, secret, evidence.kfrag)).to.deep.equal(evidence);
    expect(assignmentOf(evidence)).to.equal(scene);
  });

  it("refuses another secret, another arrangement's fragment, and bytes that are none", async () => {
    const kfrag = publicKfragOf((await answerHonestly(scene)).cfrag);
    if (!kfrag) throw new Error("expected a key fragment");
    for (const wrong of [0n, -1n, secret + 1n, 2n ** 256n]) {
      expectRefusal(() => makeLeakEvidence(scene, wrong, kfrag), {
        code: "OTHER_SECRET",
        message: "secret: expected the fragment's, with secret u = U1, got another",
      });
    }
    expectRefusal(() => makeLeakEvidence({ ...scene, index: 0n }, secret, kfrag), {
      code: "OTHER_KFRAG",
      message: /^kfrag: expected the one with hash 0x/,
    });
    expectRefusal(() => makeLeakEvidence(scene, secret, new Uint8Array(161)), {
      code: "BAD_ARGUMENT",
      message: "kfrag: expected 162 bytes, got 161",
    });
  });
});

describe("recoverReusedKey", () => {
  it("gives the secret of a fragment that was used twice with the same t", async () => {
    const [first, second] = await reuseRandomness(scene, newMessage()[0]);
    expect(recoverReusedKey(first, second)).to.equal(secret);
    expect(recoverReusedKey(second, first)).to.equal(secret);
    expect(leakOfReuse(first, second)?.secret).to.equal(secret);
  });

  it("gives nothing for answers that are honest, the same, of two fragments, or malformed", async () => {
    const [first, second] = await reuseRandomness(scene, newMessage()[0]);
    const other = sceneOf(0);
    const nothing = [
      [await answerHonestly(scene), await answerHonestly(scene)],
      [first, first],
      [first, await answerHonestly(scene)],
      [first, await answerHonestly(other)],
      [first, { ...second, cfrag: second.cfrag.slice(1) }],
      [{ ...first, capsule: new Uint8Array() }, second],
      [first, { ...second, cfrag: second.cfrag.map((byte, i) => (i === 294 ? byte ^ 1 : byte)) }], // z
    ] as const;
    for (const [a, b] of nothing) {
      expect(recoverReusedKey(a, b)).to.equal(undefined);
      expect(leakOfReuse(a, b)).to.equal(undefined);
    }
    expect(publicKfragOf(new Uint8Array(358))).to.equal(undefined);
    expect(kfrags.length).to.equal(3);
  });
});

describe("evidence as JSON", () => {
  it("is read as it was written, of both kinds", async () => {
    const [first, second] = await reuseRandomness(scene, newMessage()[0]);
    const leak = leakOfReuse(first, second);
    if (!leak) throw new Error("expected a leak");
    for (const evidence of [await evidenceBy("wrongE1"), await evidenceBy("noBytes"), leak]) {
      const read = parseEvidence(formatEvidence(evidence));
      expect(formatEvidence(read)).to.equal(formatEvidence(evidence));
      expect(read.evidence).to.equal(evidence.evidence);
    }
  });

  it("is refused when it was changed", async () => {
    const text = formatEvidence(await evidenceBy("wrongE1"));
    const changes: [string, unknown][] = [
      ["fault", "EquationV"],
      ["capsuleY", "1"],
      ["evidence", `0x${"00".repeat(32)}`],
      ["policy", `0x${"00".repeat(32)}`],
      ["hint", ["1", "2", "3"]],
      ["fullHints", []],
    ];
    for (const [name, value] of changes) {
      const changed = { ...(JSON.parse(text) as object), [name]: value };
      expectRefusal(() => parseEvidence(JSON.stringify(changed)), {
        code: "OTHER_EVIDENCE",
        message: "evidence: expected what its own answer or secret shows, got something else",
      });
    }
  });

  it("is refused when it is nested without end where nothing reads it", async () => {
    const text = formatEvidence(await evidenceBy("wrongE1"));
    const deep = `${"[".repeat(500_000)}${"]".repeat(500_000)}`;
    for (const name of ["hint", "fullHints", "fault"]) {
      const changed = JSON.stringify({ ...(JSON.parse(text) as object), [name]: "deep" }).replace('"deep"', deep);
      expectRefusal(() => parseEvidence(changed), {
        code: "OTHER_EVIDENCE",
        message: "evidence: expected what its own answer or secret shows, got something else",
      });
    }
  });

  it("is refused when it is of no kind, or shows nothing", async () => {
    const kinds = "evidence.kind: expected wrongAnswer | leakedKey, got";
    expectRefusal(() => parseEvidence("{}"), { code: "BAD_FIELD", message: `${kinds} undefined` });
    expectRefusal(() => parseEvidence("[]"), { code: "BAD_FIELD", message: `${kinds} undefined` });
    expectRefusal(() => parseEvidence("null"), { code: "BAD_FIELD", message: `${kinds} undefined` });
    const evidence = JSON.parse(formatEvidence(await evidenceBy("wrongE1"))) as { answer: { receipt: string } };
    evidence.answer.receipt = "0x";
    expectRefusal(() => parseEvidence(JSON.stringify(evidence)), {
      code: "NO_FAULT",
      message: /^answer: expected a wrong/,
    });
  });

  it("never shows a secret in an error", async () => {
    const [first, second] = await reuseRandomness(scene, newMessage()[0]);
    const leak = leakOfReuse(first, second);
    if (!leak) throw new Error("expected a leak");
    const text = formatEvidence(leak).replace(`"${secret}"`, `"x${secret}"`);
    expectRefusal(() => parseEvidence(text), {
      code: "BAD_FIELD",
      message: "evidence.secret: expected decimal digits, below 2^256, got something else",
    });
    const kfrag = publicKfragOf(first.cfrag) ?? expect.fail();
    expectRefusal(() => makeLeakEvidence(first, String(secret) as never, kfrag), {
      code: "BAD_ARGUMENT",
      message: "secret: expected a bigint, got something else",
    });
  });
});
