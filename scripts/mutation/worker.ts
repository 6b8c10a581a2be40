import { relative } from "node:path";

import { reset } from "@nomicfoundation/hardhat-network-helpers";
import hre from "hardhat";
import Mocha, { type Runnable, type Suite, type Test } from "mocha";

import { listenToMarks } from "../../tasks/marks";
import type { Code } from "./compiler";
import { type Failure, MARKED, type Order, type Outcome, type Ran } from "./order";

// A process that has the tests of one subject loaded and runs them again for each mutant: on a new chain, with the mutant's
// code for the contracts that a test deploys by name. Started by {@link HardhatTests}, ends with it.

Error.stackTraceLimit = 100; // deep enough to see the fixture

let codes: Record<string, Code> = {};
const { artifacts } = hre;
const read = artifacts.readArtifact.bind(artifacts);
artifacts.readArtifact = async (name) => ({ ...(await read(name)), ...codes[name.split(":").at(-1) ?? name] });

/** Tests that are loaded before the first run. */
class LoadedMocha extends Mocha {
  constructor(files: string[]) {
    super({ ...hre.config.mocha, reporter: class {} as never });
    this.cleanReferencesAfterRun(false);
    for (const file of files) this.addFile(file);
    this.loadFiles();
  }
}

const given = process.argv.slice(2);
const mocha = new LoadedMocha(given.filter((argument) => argument !== MARKED));

const reached = new Map<string, Set<string>>();
let current = "";
if (given.includes(MARKED)) {
  Object.assign(hre.network.config, { allowUnlimitedContractSize: true });
  listenToMarks((tags) => tags.forEach((tag) => reached.set(tag, (reached.get(tag) ?? new Set()).add(current))));
  mocha.suite.beforeEach(() => reset());
}

// What a failed test has left running may fail later, which is no failure of the next test.
process.on("unhandledRejection", () => undefined);

process.on("disconnect", () => process.exit());
process.on("message", (order: Order) => {
  void obey(order).then((outcome) => process.send?.(outcome));
});

/** All suites with their own tests and suites, as they were loaded. */
const loaded = new Map<Suite, { tests: Test[]; suites: Suite[] }>();
eachSuite(mocha.suite, (suite) => loaded.set(suite, { tests: [...suite.tests], suites: [...suite.suites] }));

async function obey(order: Order): Promise<Outcome> {
  codes = order.codes;
  await reset();
  arrange(order.tests);
  for (const suite of loaded.keys()) suite.bail(order.bail);
  const failures: Failure[] = [];
  const passed: Ran[] = [];
  await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on("test", (test: Runnable) => (current = test.fullTitle()))
      .on("test end", () => (current = ""))
      .on("pass", (test: Runnable) => passed.push(ran(test)))
      .on("fail", (test: Runnable, error: Error) => failures.push(told(test, error)));
  });
  return { passed, failures, reached: Object.fromEntries([...reached].map(([tag, tests]) => [tag, [...tests]])) };
}

/** Leaves the asked tests in their suites, in the asked order as far as tests of a suite stay together. */
function arrange(asked: string[] | undefined): void {
  const places = asked && new Map(asked.map((title, i) => [title, i] as const));
  const placeOf = (test: Test): number | undefined => (places ? places.get(test.fullTitle()) : 0);
  place(mocha.suite, placeOf);
}

/** Returns the first place of any test in the suite; infinity if there is none. */
function place(suite: Suite, placeOf: (test: Test) => number | undefined): number {
  const { tests, suites } = loaded.get(suite) ?? { tests: [], suites: [] };
  const placed = tests.map((test) => [test, placeOf(test) ?? Infinity] as const);
  const below = suites.map((inner) => [inner, place(inner, placeOf)] as const);
  suite.tests = inOrder(placed);
  suite.suites = inOrder(below);
  return Math.min(...placed.map(([, at]) => at), ...below.map(([, at]) => at));
}

const inOrder = <T>(placed: (readonly [T, number])[]): T[] =>
  placed
    .filter(([, at]) => at < Infinity)
    .sort(([, a], [, b]) => a - b)
    .map(([what]) => what);

const ran = (test: Runnable): Ran => ({
  test: test.fullTitle(),
  file: relative(hre.config.paths.root, test.file ?? ""),
  milliseconds: test.duration ?? 0,
});

const told = (test: Runnable, { message, stack }: Error): Failure => ({
  ...ran(test),
  message,
  atDeployment: /[\\/]loadFixture\./.test(stack ?? ""),
});

function eachSuite(suite: Suite, act: (suite: Suite) => void): void {
  act(suite);
  for (const inner of suite.suites) eachSuite(inner, act);
}
