import { expect } from "chai";

import { readOptions } from "../../src/cli/options.js";
import { expectRefusal } from "../helpers/errors.js";

const refuse = (line: string, message: string | RegExp): void =>
  expectRefusal(() => readOptions(line.split(" ").filter(Boolean)), { code: "USAGE", message });

describe("the command line", () => {
  it("names answers, or one task", () => {
    expect(readOptions(["a.json", "b.json"])).to.deep.equal({
      do: "check",
      answers: ["a.json", "b.json"],
      json: false,
    });
    expect(readOptions(["a.json", "--evidence", "e.json", "--json"])).to.deep.equal({
      do: "check",
      answers: ["a.json"],
      evidence: "e.json",
      json: true,
    });
    expect(readOptions(["--watch", "answers"])).to.deep.equal({ do: "watch", folder: "answers", json: false });
    expect(readOptions(["a.json", "--help"])).to.deep.equal({ do: "help" });
  });

  it("names what a step on chain takes", () => {
    const chain = ["--rpc", "http://127.0.0.1:1", "--keystore", "k.json"];
    const given = {
      file: "e.json",
      rpc: "http://127.0.0.1:1",
      keystore: "k.json",
      again: false,
      yes: false,
      json: false,
    };
    for (const task of ["commit", "reveal", "burn"] as const) {
      expect(readOptions([`--${task}`, "e.json", ...chain])).to.deep.equal({ do: task, ...given });
    }
    const all = [
      "--commit",
      "e.json",
      ...chain,
      "--password-file",
      "p",
      "--contract",
      "0x1",
      "--again",
      "--yes",
      "--json",
    ];
    expect(readOptions(all)).to.deep.equal({
      do: "commit",
      ...given,
      passwordFile: "p",
      contract: "0x1",
      again: true,
      yes: true,
      json: true,
    });
  });

  it("names evidence and a node to say how a challenge stands, and no key", () => {
    const asked = ["--status", "e.json", "--rpc", "http://127.0.0.1:1"];
    const task = { do: "status", file: "e.json", rpc: "http://127.0.0.1:1" };
    expect(readOptions(asked)).to.deep.equal({ ...task, json: false });
    expect(readOptions([...asked, "--json"])).to.deep.equal({ ...task, json: true });
    refuse("--status e.json", "--rpc: expected the URL of a node, got none");
    for (const other of ["keystore", "password-file", "contract"]) {
      const message = `--${other}: expected not to be there with --status, got it`;
      refuse(`--status e.json --rpc u --${other} k`, message);
    }
    refuse("--status e.json --rpc u --yes", "--yes: expected not to be there with --status, got it");
    refuse("--status e.json --commit e.json", "--commit and --status: expected one of them, got both");
  });

  it("names the size of a pack", () => {
    const pack = { do: "pack-make", file: "p.json", json: false };
    expect(readOptions(["--pack-make", "p.json"])).to.deep.equal({ ...pack, capsules: 20, shares: 3, threshold: 2 });
    const sized = ["--pack-make", "p.json", "--capsules", "5", "--shares", "1"];
    expect(readOptions(sized)).to.deep.equal({ ...pack, capsules: 5, shares: 1, threshold: 1 });
    expect(readOptions(["--pack-check", "p.json", "a.json"])).to.deep.equal({
      do: "pack-check",
      file: "p.json",
      answers: ["a.json"],
      json: false,
    });
  });

  it("is refused when it makes no sense", () => {
    refuse("", "ANSWER.json: expected a file, got none; see --help");
    refuse("--json", "ANSWER.json: expected a file, got none; see --help");
    refuse("--nonsense", /^options: expected those that --help lists, got Unknown option '--nonsense'/);
    refuse("--commit", /^options: expected those that --help lists, got /);
    refuse("--commit e.json --reveal e.json", "--commit and --reveal: expected one of them, got both");
    refuse("--watch d a.json", "arguments: expected none besides options, got a.json");
    refuse("--watch d --evidence e.json", "--evidence: expected not to be there with --watch, got it");
    refuse("a.json --yes", "--yes: expected not to be there with answers alone, got it");
    refuse("--commit e.json", "--rpc: expected the URL of a node, got none");
    refuse("--commit e.json --rpc u", "--keystore: expected a file, got none");
    refuse("--reveal e.json --rpc u --keystore k --again", "--again: expected not to be there with --reveal, got it");
    refuse("--pack-make p.json --capsules many", "--capsules: expected a number, 1 or more, got many");
    refuse("--pack-check p.json", "ANSWER.json: expected a file, got none; see --help");
  });

  it("has no option for a password itself", () => {
    refuse("--commit e.json --rpc u --keystore k --password secret", /Unknown option '--password'/);
  });
});
