import { execFileSync } from "node:child_process";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";

import { expect } from "chai";

import { answerHonestly, cheats, reuseRandomness } from "../../src/cheats.js";
import { Watcher } from "../../src/cli/watch.js";
import { formatAnswer, parseEvidence } from "../../src/index.js";
import { Folder } from "../helpers/folder.js";
import { FakeIo } from "../helpers/io.js";
import { newMessage, sceneOf } from "../helpers/scene.js";

const scene = sceneOf(2);
let folder: Folder;
let io: FakeIo;
let watcher: Watcher;

describe("nkms-verify --watch", () => {
  beforeEach(async () => {
    folder = await Folder.make();
    io = new FakeIo();
    watcher = new Watcher(folder.path, false, io);
  });

  afterEach(() => folder.remove());

  it("checks each answer once, and each that changes again", async () => {
    await folder.write("a.json", await answerHonestly(scene));
    await watcher.poll();
    await watcher.poll();
    expect(io.lines).to.deep.equal(["a.json: Honest: the operator signed this answer and it is right."]);
    const cheat = cheats["noReceipt"];
    if (!cheat) throw new Error("expected a cheat");
    await folder.write("a.json", await cheat.answer(scene));
    await watcher.poll();
    await watcher.poll();
    expect(io.lines).to.have.length(2);
    expect(io.lines[1]).to.match(/^a\.json: Refused \(NO_RECEIPT\)/);
  });

  it("writes evidence beside a wrong one, once, and doesn't take it for an answer", async () => {
    const cheat = cheats["zeroZ"];
    if (!cheat) throw new Error("expected a cheat");
    const answer = await cheat.answer(scene);
    await folder.write("a.json", answer);
    await watcher.poll();
    const text = await folder.read("a.evidence.json");
    expect(parseEvidence(text).kind).to.equal("wrongAnswer");
    expect(await folder.mode("a.evidence.json")).to.equal(0o600);
    await new Watcher(folder.path, false, new FakeIo()).poll();
    await watcher.poll();
    expect(await folder.read("a.evidence.json")).to.equal(text);
    expect((await readdir(folder.path)).sort()).to.deep.equal(["a.evidence.json", "a.json"]);
    expect(io.lines).to.have.length(1);
  });

  it("waits for files that are half-written, and tells only of those that stay so", async () => {
    const text = formatAnswer(await answerHonestly(scene));
    await folder.write("a.json", text.slice(0, 500));
    await folder.write("b.json", "{");
    await watcher.poll();
    expect(io.lines).to.deep.equal([]);
    await folder.write("a.json", text);
    for (let i = 0; i < 3; ++i) await watcher.poll();
    expect(io.lines).to.have.length(2);
    expect(io.lines[0]).to.match(/^a\.json: Honest/);
    expect(io.lines[1]).to.match(/^b\.json: answer: expected JSON/);
    await folder.write("b.json", "[]");
    for (let i = 0; i < 3; ++i) await watcher.poll();
    expect(io.lines[2]).to.equal("b.json: answer: expected an object, got an array");
  });

  it("goes on after anything that is no answer", async () => {
    await folder.write("a.json", "null");
    await folder.write("b.txt", "text");
    await folder.write(".c.json", "{");
    await folder.write("d.json", await answerHonestly(scene));
    const late = { ...(await answerHonestly(scene)), index: 77n };
    await folder.write("e.json", late);
    await folder.write("f.json", " ".repeat(4_000_001));
    for (let i = 0; i < 3; ++i) await watcher.poll();
    expect(io.lines.sort()).to.deep.equal([
      "a.json: answer: expected an object, got null",
      "d.json: Honest: the operator signed this answer and it is right.",
      "e.json: index: expected 0 .. 2, or tookOver for one that took over, got 77",
      "f.json: answer: expected 4000000 bytes or fewer, got 4000001",
    ]);
  });

  it("leaves alone what only looks like a file", async function () {
    if (process.platform === "win32") return this.skip(); // which has no pipes and devices among its files
    await mkdir(folder.at("a.json"));
    execFileSync("mkfifo", [folder.at("b.json")]);
    await symlink("/dev/zero", folder.at("c.json"));
    await symlink("nowhere", folder.at("d.json"));
    await folder.write("e.json", await answerHonestly(scene));
    for (let i = 0; i < 3; ++i) await watcher.poll();
    expect(io.lines.sort()).to.deep.equal([
      "a.json: answer: expected a file, got something else",
      "b.json: answer: expected a file, got something else",
      "c.json: answer: expected a file, got something else",
      "e.json: Honest: the operator signed this answer and it is right.",
    ]);
  });

  it("checks a file anew that was taken away and comes back", async () => {
    await folder.write("a.json", await answerHonestly(scene));
    await watcher.poll();
    await rename(folder.at("a.json"), folder.at("a.tmp"));
    await watcher.poll();
    await rename(folder.at("a.tmp"), folder.at("a.json"));
    await watcher.poll();
    expect(io.lines).to.have.length(2);
    await rm(folder.at("a.json"));
    await watcher.poll();
    expect(io.lines).to.have.length(2);
  });

  it("remembers randomness, and writes the leak when it is used again", async () => {
    const [first, second] = await reuseRandomness(scene, newMessage()[0]);
    await folder.write("a.json", first);
    await folder.write("b.json", await answerHonestly(scene));
    await watcher.poll();
    await folder.write("c.json", second);
    await watcher.poll();
    expect(io.lines.at(-1)).to.match(/^c\.json and a\.json used the same randomness/);
    expect(parseEvidence(await folder.read("c.leak.json")).kind).to.equal("leakedKey");
  });

  it("runs until it is told to stop, and speaks JSON", async () => {
    watcher = new Watcher(folder.path, true, io);
    const running = watcher.run(5);
    await folder.write("a.json", await answerHonestly(scene));
    while (io.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    io.stop();
    await running;
    expect(JSON.parse(io.lines[0] ?? "")).to.include({ file: "a.json", verdict: "honest" });
  });
});
