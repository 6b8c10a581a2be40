import { KeyFrag, Capsule } from "@nkms/umbral";
import { expect } from "chai";
import { encryptKeystoreJson, id, makeError, Wallet } from "ethers";

import { answerHonestly, cheats, reuseRandomness } from "../../src/cheats.js";
import { shortMessageOf } from "../../src/cli/io.js";
import { run } from "../../src/cli/run.js";
import {
  type Answer,
  formatEvidence,
  formatJournal,
  formatPack,
  makeEvidence,
  makePack,
  newJournal,
  parseEvidence,
  parsePack,
} from "../../src/index.js";
import { Folder } from "../helpers/folder.js";
import { FakeIo } from "../helpers/io.js";
import { domain, newMessage, operators, sceneOf, termsFor } from "../helpers/scene.js";

const ADDRESS = "0x0000000000000000000000000000000000000001";
const scene = sceneOf(1);
let folder: Folder;
let io: FakeIo;

async function cheat(name: string): Promise<Answer> {
  const found = cheats[name];
  if (!found) throw new Error(`there is no cheat ${name}`);
  return found.answer(scene);
}

function jsonErrorOf(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("nkms-verify", () => {
  before(async () => {
    folder = await Folder.make();
    await folder.write("honest.json", await answerHonestly(scene));
    await folder.write("wrong.json", await cheat("wrongE1"));
    await folder.write("unsigned.json", await cheat("noReceipt"));
    await folder.write("broken.json", "{");
  });

  after(() => folder.remove());

  beforeEach(() => {
    io = new FakeIo();
  });

  const at = (...names: string[]): string[] => names.map((name) => (name.startsWith("--") ? name : folder.at(name)));

  describe("with answers", () => {
    it("says in words what they are, and ends with the worst", async () => {
      expect(await run(at("honest.json"), io)).to.equal(0);
      expect(await run(at("unsigned.json", "honest.json"), io)).to.equal(2);
      expect(await run(at("honest.json", "unsigned.json", "wrong.json"), io)).to.equal(1);
      expect(io.lines[0]).to.equal(
        `${folder.at("honest.json")}: Honest: the operator signed this answer and it is right.`,
      );
      expect(io.lines[1]).to.match(/unsigned\.json: Refused \(NO_RECEIPT\): it has no receipt\./);
      expect(io.lines[5]).to.match(/wrong\.json: Wrong \(EquationE\): /);
      expect(io.told).to.deep.equal([]);
    });

    it("says it as JSON", async () => {
      expect(await run([...at("honest.json", "unsigned.json", "wrong.json"), "--json"], io)).to.equal(1);
      const lines = io.lines.map((line) => JSON.parse(line) as Record<string, string>);
      expect(lines.map(({ verdict, fault, reason }) => [verdict, fault, reason])).to.deep.equal([
        ["honest", undefined, undefined],
        ["refused", undefined, "NO_RECEIPT"],
        ["fault", "EquationE", undefined],
      ]);
    });

    it("writes the evidence of the first that is wrong, for its owner alone, and replaces nothing", async () => {
      const args = [...at("honest.json", "wrong.json"), "--evidence", folder.at("e.json")];
      expect(await run(args, io)).to.equal(1);
      const evidence = parseEvidence(await folder.read("e.json"));
      expect(evidence.kind === "wrongAnswer" && evidence.fault).to.equal("EquationE");
      expect(await folder.mode("e.json")).to.equal(0o600);
      expect(io.told[0]).to.match(/^The evidence is in .*e\.json\./);
      expect(await run(args, io)).to.equal(2);
      expect(io.told.at(-1)).to.match(/^nkms-verify: .*e\.json: expected no such file, got one$/);
    });

    it("writes nothing if nothing is wrong", async () => {
      expect(await run([...at("honest.json"), "--evidence", folder.at("none.json")], io)).to.equal(0);
      await folder.read("none.json").then(
        () => expect.fail("there is a file"),
        () => undefined,
      );
    });

    it("finds randomness that was used twice, and writes the leak", async () => {
      const [first, second] = await reuseRandomness(scene, newMessage()[0]);
      await folder.write("first.json", first);
      await folder.write("second.json", second);
      const args = at("first.json", "honest.json", "second.json");
      expect(await run([...args, "--evidence", folder.at("leak.json")], io)).to.equal(1);
      expect(io.lines.at(-1)).to.equal(
        `${folder.at("second.json")} and ${folder.at("first.json")} used the same randomness: the key fragment's secret follows from them.`,
      );
      const leak = parseEvidence(await folder.read("leak.json"));
      if (leak.kind !== "leakedKey") throw new Error("expected a leak");
      expect(await run([...args, "--json"], io)).to.equal(1);
      expect(JSON.parse(io.lines.at(-1) ?? "")).to.include({ verdict: "leak", with: folder.at("first.json") });
      expect([...io.lines, ...io.told].join("\n")).to.not.include(String(leak.secret));
    });

    it("ends with 2 for what is no answer, no file, or no command", async () => {
      expect(await run(at("broken.json"), io)).to.equal(2);
      expect(await run(at("missing.json"), io)).to.equal(2);
      expect(await run(["--nonsense"], io)).to.equal(2);
      expect(await run(at("--watch", "missing"), io)).to.equal(2);
      expect(io.told).to.have.length(4);
      expect(io.told[0], "names the file").to.equal(
        `nkms-verify: ${folder.at("broken.json")}: expected JSON, got ${jsonErrorOf("{")}`,
      );
      expect(io.told[3]).to.match(/missing: expected a folder that can be read, got ENOENT$/);
      expect(io.told[1]).to.match(/missing\.json: expected a file, got none$/);
    });

    it("repeats what a node says where ethers has no words of its own", () => {
      const poor = { code: -32_000, message: "Sender doesn't have enough funds" };
      const error = makeError("could not coalesce error", "UNKNOWN_ERROR", { error: poor, payload: "0xsecret" });
      expect(shortMessageOf(error)).to.equal(poor.message);
      expect(shortMessageOf(makeError("could not coalesce error", "UNKNOWN_ERROR"))).to.equal(
        "could not coalesce error",
      );
    });

    it("helps", async () => {
      expect(await run(["--help"], io)).to.equal(0);
      expect(io.lines[0]).to.match(/^Checks what NKMS nodes answered/);
    });
  });

  describe("with packs", () => {
    it("ends with 2 for a pack of fragments that are none", async () => {
      await folder.write("asked.json", await answerHonestly(sceneOf(0)));
      const pack = formatPack(makePack({ capsules: 1, shares: 1, threshold: 1 }));
      await folder.write("broken-pack.json", pack.replace(/"0x95/, '"0x96'));
      expect(await run(["--pack-check", ...at("broken-pack.json", "asked.json")], io)).to.equal(2);
      expect(io.told).to.deep.equal(["nkms-verify: kfrag: expected an array of 5 (95) at offset 0, got 96"]);
    });

    it("makes one, and checks answers to it", async () => {
      const size = ["--capsules", "2", "--shares", "2", "--threshold", "1"];
      expect(await run(["--pack-make", folder.at("pack.json"), ...size], io)).to.equal(0);
      expect(await folder.mode("pack.json")).to.equal(0o600);
      const hashes = io.lines.slice(1).map((line) => line.split(": ")[1] ?? "");
      expect(hashes).to.have.length(2);

      const pack = parsePack(await folder.read("pack.json"));
      const [kfrag, capsule, operator] = [pack.kfrags[0], pack.capsules[1], operators[0]];
      if (!kfrag || !capsule || !operator) throw new Error("expected a pack");
      const asked = {
        terms: termsFor(hashes),
        index: 0n,
        domain,
        kfrag: KeyFrag.fromBytes(kfrag).skipVerification(),
        capsule: Capsule.fromBytesSimple(capsule),
        operator,
      };
      await folder.write("right.json", await answerHonestly(asked));
      await folder.write("bad.json", (await cheats["zeroZ"]?.answer(asked)) ?? "");

      expect(await run(["--pack-check", ...at("pack.json", "right.json")], io)).to.equal(0);
      expect(io.told.at(-1)).to.equal("Questions of the pack without a right answer: 3.");
      expect(await run(["--pack-check", ...at("pack.json", "right.json", "honest.json")], io)).to.equal(2);
      expect(io.lines.at(-1)).to.match(/honest\.json: Not of this pack: its arrangement has no key fragment/);
      const args = ["--pack-check", ...at("pack.json", "right.json", "bad.json"), "--evidence", folder.at("pe.json")];
      expect(await run([...args, "--json"], io)).to.equal(1);
      expect(JSON.parse(io.lines.at(-1) ?? "")).to.include({ verdict: "fault", fault: "ScalarZ" });
      expect(parseEvidence(await folder.read("pe.json")).kind).to.equal("wrongAnswer");
    });

    it("says it as JSON, and replaces no pack", async () => {
      expect(await run(["--pack-make", folder.at("pack2.json"), "--capsules", "1", "--json"], io)).to.equal(0);
      const { kfragHashes, capsules } = JSON.parse(io.lines[0] ?? "") as { kfragHashes: string[]; capsules: number };
      expect([kfragHashes.length, capsules]).to.deep.equal([3, 1]);
      expect(await run(["--pack-make", folder.at("pack2.json")], io)).to.equal(2);
      expect(await run(["--pack-make", folder.at("p3.json"), "--shares", "300"], io)).to.equal(2);
      expect(io.told.at(-1)).to.equal("nkms-verify: shares: expected an integer in 1 .. 255, got 300");
    });
  });

  describe("before it reaches a chain", () => {
    const keystorePassword = "correct horse";

    before(async () => {
      await folder.write("evidence.json", formatEvidence(makeEvidence(await cheat("wrongE1"))));
      const { address, privateKey } = new Wallet(id("the challenger's key"));
      const keystore = await encryptKeystoreJson({ address, privateKey }, keystorePassword, { scrypt: { N: 1024 } });
      await folder.write("keystore.json", keystore);
      await folder.write("password", `${keystorePassword}\n`);
      await folder.write("wrong-password", "battery staple");
    });

    const commit = (...more: string[]): string[] => [
      ...["--commit", folder.at("evidence.json"), "--rpc", "http://127.0.0.1:1/secret-key"],
      ...["--keystore", folder.at("keystore.json"), ...more],
    ];

    it("refuses a password that is wrong, from a file or typed, and doesn't show it", async () => {
      expect(await run(commit("--password-file", folder.at("wrong-password")), io)).to.equal(2);
      const typed = new FakeIo(true, "typed wrongly");
      expect(await run(commit(), typed)).to.equal(2);
      for (const { told } of [io, typed]) {
        expect(told).to.have.length(1);
        expect(told[0]).to.match(/^nkms-verify: .*keystore\.json: expected a keystore, and its password, got another$/);
      }
      expect(typed.questions).to.deep.equal([`Password of ${folder.at("keystore.json")}: `]);
    });

    it("refuses a keystore that is none, and evidence that is none", async () => {
      const other = ["--keystore", folder.at("evidence.json"), "--password-file", folder.at("password")];
      const rpc = ["--rpc", "http://127.0.0.1:1"];
      expect(await run(["--commit", folder.at("evidence.json"), ...rpc, ...other], io)).to.equal(2);
      expect(io.told[0]).to.match(/evidence\.json: expected a keystore, and its password, got something else$/);
      expect(await run(["--reveal", folder.at("honest.json"), ...rpc, ...other], io)).to.equal(2);
      expect(io.told[1]).to.match(/^nkms-verify: evidence\.kind: expected wrongAnswer \| leakedKey, got undefined$/);
    });

    it("ends with 3 if no node answers, and doesn't show its URL", async () => {
      expect(await run(commit("--password-file", folder.at("password"), "--yes"), io)).to.equal(3);
      expect(io.told[0]).to.match(/^nkms-verify: --rpc: expected an Ethereum node that answers, got /);
      expect(io.told[0]).to.not.include("secret-key");
    });

    it("says that nothing is on chain without a journal, and asks no node", async () => {
      const status = ["--status", folder.at("evidence.json"), "--rpc", "http://127.0.0.1:1/secret-key"];
      expect(await run(status, io)).to.equal(0);
      expect(await run([...status, "--json"], io)).to.equal(0);
      expect(io.lines[0]).to.equal("Nothing is on chain.");
      expect(JSON.parse(io.lines[1] ?? "")).to.deep.equal({ status: "new", kind: "new", words: io.lines[0] });
      expect(io.told).to.deep.equal([]);
    });

    it("can't say how things stand without a node, once there is a journal", async () => {
      const evidence = parseEvidence(await folder.read("evidence.json"));
      const place = { chainId: domain.chainId, contract: ADDRESS, challenger: ADDRESS, since: 0n };
      await folder.write("evidence.journal.json", formatJournal(newJournal(evidence, place)));
      const rpc = ["--rpc", "http://127.0.0.1:1/secret-key"];
      expect(await run(["--status", folder.at("evidence.json"), ...rpc], io)).to.equal(3);
      expect(io.told[0]).to.match(/^nkms-verify: --rpc: expected an Ethereum node that answers, got /);
      expect(io.told[0]).to.not.include("secret-key");
      await folder.write("evidence.journal.json", "{}");
      expect(await run(["--status", folder.at("evidence.json"), ...rpc], io)).to.equal(2);
    });
  });
});
