import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import { Compiler } from "../../scripts/mutation/compiler";
import { type Mutant, mutantsOf } from "../../scripts/mutation/mutants";
import { marked, statementAt, tagOf } from "../../scripts/mutation/reach";
import { SUBJECTS } from "../../scripts/mutation/subjects";

const FILE = "contracts/Sample.sol";
const DEPLOYED = { Sample: FILE };
const SAMPLE = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

enum Mood { Good, Bad }

contract Sample {
    error SampleTooMuch(uint256 amount, uint256 most);
    event Paid(address indexed from, uint256 amount);

    uint256 internal constant MOST = 10;
    uint256 internal constant LEAST = 2;
    uint256 public total;
    Mood public mood;

    modifier settled() {
        total += 1;
        _;
    }

    function pay(uint256 amount) external settled returns (bool) {
        if (amount > MOST) revert SampleTooMuch(amount, MOST);
        total = amount == LEAST ? amount : amount * 2; // twice
        mood = Mood.Bad;
        emit Paid(msg.sender, amount);
        return amount != 0 && total >= LEAST;
    }

    function word(bytes calldata data) external pure returns (uint256 value) {
        assembly {
            value := calldataload(add(data.offset, 1))
        }
    }
}
`;

const compiler = new Compiler({ evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } });

function mutantsIn(content: string): Mutant[] {
  const trees = compiler.trees(FILE, content);
  const own = trees[FILE];
  if (!own) throw new Error(`expected a tree of ${FILE}`);
  return mutantsOf(content, own, Object.values(trees));
}

function markedIn(content: string) {
  const own = compiler.trees(FILE, content)[FILE];
  if (!own) throw new Error(`expected a tree of ${FILE}`);
  return marked(FILE, content, own);
}

const changes = (mutants: readonly Mutant[]): string[] =>
  mutants.map(({ within, before, after }) => `${within}: ${before} -> ${after}`);

describe("Mutants of contracts", () => {
  it("are all small mistakes that can be made in a sample, each once", () => {
    expect(changes(mutantsIn(SAMPLE)).sort()).to.deep.equal(
      [
        ": 10 -> (10 + 1)",
        ": 10 -> (10 - 1)",
        ": 2 -> (2 + 1)",
        ": 2 -> (2 - 1)",
        "settled: total += 1 -> total -= 1",
        "settled: total += 1 -> total = 1",
        "settled: total += 1; -> {}",
        "settled: 1 -> (1 + 1)",
        "settled: 1 -> (1 - 1)",
        "pay: settled -> ",
        "pay: amount > MOST -> amount >= MOST",
        "pay: amount > MOST -> amount <= MOST",
        "pay: amount > MOST -> !(amount > MOST)",
        "pay: amount > MOST -> true",
        "pay: amount > MOST -> false",
        "pay: MOST -> LEAST",
        "pay: MOST -> LEAST",
        "pay: SampleTooMuch(amount, MOST) -> SampleTooMuch(MOST, amount)",
        "pay: total = amount == LEAST ? amount : amount * 2; -> {}",
        "pay: amount == LEAST -> amount != LEAST",
        "pay: LEAST -> MOST",
        "pay: amount == LEAST ? amount : amount * 2 -> amount == LEAST ? amount * 2 : amount",
        "pay: amount == LEAST ? amount : amount * 2 -> (amount)",
        "pay: amount == LEAST ? amount : amount * 2 -> (amount * 2)",
        "pay: amount * 2 -> amount / 2",
        "pay: 2 -> (2 + 1)",
        "pay: 2 -> (2 - 1)",
        "pay: mood = Mood.Bad; -> {}",
        "pay: Mood.Bad -> Mood.Good",
        "pay: emit Paid(msg.sender, amount); -> {}",
        "pay: amount != 0 && total >= LEAST -> !(amount != 0 && total >= LEAST)",
        "pay: amount != 0 && total >= LEAST -> amount != 0 || total >= LEAST",
        "pay: amount != 0 && total >= LEAST -> amount != 0",
        "pay: amount != 0 && total >= LEAST -> total >= LEAST",
        "pay: amount != 0 -> amount == 0",
        "pay: 0 -> (0 + 1)",
        "pay: total >= LEAST -> total > LEAST",
        "pay: total >= LEAST -> total < LEAST",
        "pay: LEAST -> MOST",
        "word: value := calldataload(add(data.offset, 1)) -> ",
        "word: add -> sub",
        "word: 1 -> add(1, 1)",
      ].sort(),
    );
  });

  it("have ids that are theirs alone, and stay when lines move or another function changes", () => {
    const ids = mutantsIn(SAMPLE).map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    const moved = SAMPLE.replace("enum Mood", "\n// moved\nenum Mood").replace("add(data.offset, 1)", "data.offset");
    const others = new Set(mutantsIn(moved).map(({ id }) => id));
    const gone = mutantsIn(SAMPLE).filter(({ id }) => !others.has(id));
    expect(gone.map(({ within }) => within)).to.deep.equal(["word", "word", "word"]);
  });

  it("say where they are, and differ from the contract there alone", () => {
    const boundary = mutantsIn(SAMPLE).find(({ after }) => after === "amount >= MOST");
    expect(boundary).to.include({ line: 21, column: 13, within: "pay", mutator: "otherOperator" });
    expect(boundary?.content).to.equal(SAMPLE.replace("amount > MOST", "amount >= MOST"));
  });

  it("are in the smallest statement around them, or in none", () => {
    const { statements } = markedIn(SAMPLE);
    const textAt = (change: string) => {
      const mutant = mutantsIn(SAMPLE).find(({ before, after }) => `${before} -> ${after}` === change);
      const at = mutant && statementAt(statements, mutant.start);
      const { start, end } = (at === undefined ? undefined : statements[at]) ?? { start: 0, end: 0 };
      return SAMPLE.slice(start, end);
    };
    expect(textAt("amount > MOST -> true")).to.equal("if (amount > MOST) revert SampleTooMuch(amount, MOST)");
    expect(textAt("amount * 2 -> amount / 2")).to.equal("total = amount == LEAST ? amount : amount * 2");
    expect(textAt("settled -> ")).to.equal("");
    expect(textAt("10 -> (10 + 1)")).to.equal("");
  });

  it("have statements that can be marked: each gets a call with its own tag", () => {
    const { content, statements } = markedIn(SAMPLE);
    const tags = statements.map((_, i) => tagOf(FILE, i));
    expect(statements.length).to.equal(8);
    for (const tag of tags) expect(content.split(`(bytes8(${tag}));`).length, tag).to.equal(2);
    expect(compiler.codes({ [FILE]: content }, DEPLOYED)).to.have.property("Sample");
    expect(tagOf("contracts/Other.sol", 0)).to.not.equal(tags[0]);
  });

  it("do not compile, or are told from the contract by their code, or are the same program", () => {
    const codeOf = (content: string) => compiler.codes({ [FILE]: content }, DEPLOYED)?.["Sample"]?.bytecode;
    const original = codeOf(SAMPLE);
    expect(codeOf(SAMPLE.replace("// twice", "// 2 times"))).to.equal(original);
    expect(codeOf(SAMPLE.replace("amount * 2", "2 * amount"))).to.not.equal(undefined);
    expect(codeOf(SAMPLE.replace("amount > MOST", "amount >= MOST"))).to.not.equal(original);
    expect(codeOf(SAMPLE.replace("Mood.Bad", "Mood.Ugly"))).to.equal(undefined);
  });

  it("are tried in contracts that there are, by tests that there are", async () => {
    for (const { name, file: own, stage } of SUBJECTS) {
      expect(existsSync(join(hre.config.paths.root, own)), own).to.equal(true);
      for (const [contract, file] of Object.entries(stage.deployed)) {
        expect(await hre.artifacts.artifactExists(`${file}:${contract}`), `${name}: ${contract}`).to.equal(true);
      }
      for (const test of stage.hardhat) expect(existsSync(join(hre.config.paths.root, test)), test).to.equal(true);
    }
  });
});
