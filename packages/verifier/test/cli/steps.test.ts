import { expect } from "chai";

import { cheats } from "../../src/cheats.js";
import { takeSteps } from "../../src/cli/chainSteps.js";
import { Challenger, type Evidence, makeEvidence } from "../../src/index.js";
import { expectRejection } from "../helpers/errors.js";
import { FakeChain } from "../helpers/fakeChain.js";
import { Folder } from "../helpers/folder.js";
import { FakeIo } from "../helpers/io.js";
import { sceneOf } from "../helpers/scene.js";

const task = { again: false, yes: false, json: false } as const;
let folder: Folder;
let evidence: Evidence;
let chain: FakeChain;
let count = 0;

const open = (): Promise<Challenger> =>
  Challenger.open(chain, evidence, folder.at(`${count}.journal.json`), { sleep: chain.sleep });
const take = async (what: "commit" | "reveal" | "burn", io: FakeIo, more: object = {}): Promise<number> =>
  takeSteps({ ...task, do: what, ...more }, await open(), io);

describe("nkms-verify on a chain", () => {
  before(async () => {
    folder = await Folder.make();
    const cheat = cheats["brokenV"];
    if (!cheat) throw new Error("expected a cheat");
    evidence = makeEvidence(await cheat.answer(sceneOf(0)));
  });

  after(() => folder.remove());

  beforeEach(() => {
    count += 1;
    chain = new FakeChain(evidence);
  });

  it("shows what it will send and may earn, asks, and sends", async () => {
    const io = new FakeIo();
    expect(await take("commit", io)).to.equal(0);
    expect(io.lines[0]).to.match(/^Accused: miner 0x.*; fault EquationV\.$/);
    expect(io.lines).to.include("If nobody is faster: 3 NKMS for you; the miner loses at most 35 NKMS.");
    expect(io.questions).to.deep.equal(["Commit, and deposit the bond?"]);
    expect(io.lines.at(-1)).to.match(/^Committed\. It can be revealed in blocks 104 to 121/);

    expect(await take("reveal", io)).to.equal(0);
    expect(io.questions.at(-1)).to.equal("Reveal, and take the bond back?");
    expect(io.told).to.include("Waiting for block 104.");
    expect(io.lines.slice(-2)[0]).to.match(/^Proven, .* The bond waits/);
    expect(io.lines.at(-1)).to.match(/^Proven, .* The bond is back\.$/);
    expect(await take("reveal", io)).to.equal(0);
    expect(io.questions).to.have.length(2);
  });

  it("sends nothing if it is told no", async () => {
    const no = new FakeIo(false);
    expect(await take("commit", no)).to.equal(3);
    expect(chain.log.filter((what) => what.startsWith("send"))).to.deep.equal([]);
    expect((await open()).journal).to.equal(undefined);
    await take("commit", new FakeIo());
    expect(await take("reveal", no)).to.equal(3);
    chain.mine(30);
    expect(await take("burn", no)).to.equal(3);
    expect(chain.log.filter((what) => what.startsWith("send"))).to.deep.equal(["send commit"]);
  });

  it("doesn't ask if it was told yes beforehand, and speaks JSON", async () => {
    const io = new FakeIo(false);
    expect(await take("commit", io, { yes: true, json: true })).to.equal(0);
    expect(await take("reveal", io, { yes: true, json: true })).to.equal(0);
    expect(io.questions).to.deep.equal([]);
    const lines = io.lines.map((line) => JSON.parse(line) as { status?: string; plan?: { reward: string } });
    expect(lines.map(({ status }) => status)).to.deep.equal([undefined, "young", undefined, "founded", "done"]);
    expect(lines[0]?.plan?.reward).to.equal("3000000000000000000");
  });

  it("takes a bond back that an earlier run left", async () => {
    await take("commit", new FakeIo());
    const challenger = await open();
    await challenger.untilRipe();
    await challenger.reveal();
    const io = new FakeIo();
    expect(await take("reveal", io)).to.equal(0);
    expect(io.lines.at(-1)).to.match(/The bond is back\.$/);
    expect(chain.deposited).to.equal(0n);
  });

  it("says what can be done when it is too late", async () => {
    const io = new FakeIo();
    await take("commit", io);
    chain.mine(30);
    for (const what of ["commit", "reveal"] as const) {
      await expectRejection(take(what, io), {
        code: "OUT_OF_TURN",
        message: /A fresh commitment with another bond may still be made/,
      });
    }
    expect(await take("burn", io)).to.equal(0);
    expect(io.lines.at(-1)).to.match(/^The bond was burned\./);
    expect(await take("commit", io, { again: true })).to.equal(0);
    expect(chain.commits).to.equal(2);
  });
});
