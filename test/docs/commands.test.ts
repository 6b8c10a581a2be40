import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import hre from "hardhat";

const PAGES = ["staker.md", "data-owner.md", "challenger.md"];

/** A task as a page writes it: `stake lock --amount 5`. */
interface Command {
  readonly text: string;
  readonly scope: string;
  readonly task: string;
  readonly options: readonly string[];
  readonly positionals: readonly string[];
}

/** The tasks of all command lines and of all first columns of tables. */
function commandsIn(page: string): Command[] {
  const lines = [...page.matchAll(/^\s*npx hardhat (\S+ .*)$/gm)].map(([, text = ""]) => text);
  const rows = [...page.matchAll(/^\| `((?:stake|miner|policy|network) [^`]+)` \|/gm)].map(([, text = ""]) => text);
  return [...lines, ...rows].map((text) => {
    const [scope = "", task = "", ...words] = text.split(/\s+/);
    const isValue = (i: number): boolean => /^--/.test(words[i - 1] ?? "") && !isFlag(scope, task, words[i - 1] ?? "");
    return {
      text,
      scope,
      task,
      options: words.filter((word) => word.startsWith("--")),
      positionals: words.filter((word, i) => !word.startsWith("--") && !isValue(i)),
    };
  });
}

const camelCase = (option: string): string =>
  option.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const definitionOf = (scope: string, task: string) => hre.scopes[scope]?.tasks[task];

const isFlag = (scope: string, task: string, option: string): boolean =>
  definitionOf(scope, task)?.paramDefinitions[camelCase(option)]?.isFlag ?? false;

describe("The commands in docs", () => {
  for (const name of PAGES) {
    it(`of ${name} are tasks with these options, and have all that these need`, () => {
      const commands = commandsIn(readFileSync(join(__dirname, "../../docs", name), "utf8"));
      for (const { text, scope, task, options, positionals } of commands) {
        if (scope === "node" || scope === "help") continue;
        const definition = definitionOf(scope, task);
        expect(definition, text).not.to.equal(undefined);
        if (!definition) continue;
        const known = Object.keys(definition.paramDefinitions);
        expect(known, text).to.include.members(options.map(camelCase));
        const wanted = Object.values(definition.paramDefinitions).filter(({ isOptional }) => !isOptional);
        expect(options.map(camelCase), text).to.include.members(wanted.map((one) => one.name));
        const places = definition.positionalParamDefinitions;
        const least = places.filter(({ isOptional }) => !isOptional).length;
        const most = places.some(({ isVariadic }) => isVariadic) ? Infinity : places.length;
        expect(positionals.length, text).to.be.within(least, most);
      }
    });
  }

  it("are explained by Hardhat's help, option by option", async () => {
    const { console } = globalThis;
    for (const scope of ["stake", "miner", "policy", "network"]) {
      for (const [task, definition] of Object.entries(hre.scopes[scope]?.tasks ?? {})) {
        const lines: unknown[] = [];
        globalThis.console = { ...console, log: (...words: unknown[]) => void lines.push(...words) };
        try {
          await hre.run("help", { scopeOrTask: scope, task });
        } finally {
          globalThis.console = console;
        }
        for (const { description } of Object.values(definition.paramDefinitions)) {
          expect(description, `${scope} ${task}`).not.to.equal("");
          expect(lines.join("\n"), `${scope} ${task}`).to.include(description);
        }
      }
    }
  });

  it("name every task that stakers, miners and owners have", () => {
    const pages = PAGES.map((name) => readFileSync(join(__dirname, "../../docs", name), "utf8")).join("\n");
    for (const scope of ["stake", "miner", "policy"]) {
      for (const task of Object.keys(hre.scopes[scope]?.tasks ?? {})) expect(pages).to.include(`${scope} ${task}`);
    }
  });
});
