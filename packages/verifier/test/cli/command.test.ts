import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect } from "chai";

import { answerHonestly, cheats } from "../../src/cheats.js";
import { formatAnswer, parseEvidence } from "../../src/index.js";
import { Folder } from "../helpers/folder.js";
import { sceneOf } from "../helpers/scene.js";

const COMMAND = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const scene = sceneOf(0);
let folder: Folder;

/** Starts the command in the folder. */
const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ["--import", TSX, COMMAND, ...args], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "pipe"],
  });

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function ending(child: ChildProcess): Promise<Outcome> {
  let [out, error] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (error += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, error })));
}

const command = (...args: string[]): Promise<Outcome> => ending(start(...args));

describe("the command nkms-verify", () => {
  before(async () => {
    folder = await Folder.make();
    const cheat = cheats["brokenU"];
    if (!cheat) throw new Error("expected a cheat");
    await folder.write("honest.json", await answerHonestly(scene));
    await folder.write("wrong.json", await cheat.answer(scene));
  });

  after(() => folder.remove());

  it("ends with 0 for an honest answer, and says so", async () => {
    expect(await command("honest.json")).to.deep.equal({
      code: 0,
      out: "honest.json: Honest: the operator signed this answer and it is right.\n",
      error: "",
    });
  });

  it("ends with 1 for a wrong answer, and writes the evidence", async () => {
    const { code, out, error } = await command("wrong.json", "--evidence", "evidence.json");
    expect(code).to.equal(1);
    expect(out).to.match(/^wrong\.json: Wrong \(EquationU\)/);
    expect(error).to.match(/^The evidence is in evidence\.json/);
    expect(parseEvidence(await folder.read("evidence.json")).kind).to.equal("wrongAnswer");
  });

  it("ends with 2 for bad input, on the other channel", async () => {
    const { code, out, error } = await command("missing.json");
    expect([code, out]).to.deep.equal([2, ""]);
    expect(error).to.equal("nkms-verify: missing.json: expected a file, got none\n");
  });

  it("asks nobody where nobody is", async () => {
    await folder.write("keystore.json", "{}");
    const chain = ["--rpc", "http://127.0.0.1:1", "--keystore", "keystore.json"];
    const { code, error } = await command("--commit", "evidence.json", ...chain);
    expect(code).to.equal(2);
    expect(error).to.equal("nkms-verify: --password-file: expected a file where nobody can type, got nothing\n");
  });

  it("makes and checks packs", async () => {
    expect((await command("--pack-make", "pack.json", "--capsules", "1")).code).to.equal(0);
    const { code, out } = await command("--pack-check", "pack.json", "honest.json");
    expect(code).to.equal(2);
    expect(out).to.match(/^honest\.json: Not of this pack/);
  });

  it("watches a folder until it is stopped", async () => {
    const child = start("--watch", ".", "--json");
    const end = ending(child);
    const lines: string[] = [];
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk: Buffer) => {
        lines.push(...chunk.toString().trim().split("\n"));
        if (lines.some((line) => line.includes("late.json"))) resolve();
        else void answerHonestly(scene).then((answer) => folder.write("late.json", formatAnswer(answer)));
      });
    });
    child.kill("SIGTERM");
    expect((await end).code).to.equal(0);
    expect(parseEvidence(await folder.read("wrong.evidence.json")).kind).to.equal("wrongAnswer");
  });
});
