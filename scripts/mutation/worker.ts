import { reset } from "@nomicfoundation/hardhat-network-helpers";
import hre from "hardhat";
import Mocha, { type Runnable, type Suite } from "mocha";

import type { Code } from "./compiler";

// A process that has the tests of one subject loaded and runs them again for each mutant: on a new chain, with the mutant's
// code for the contracts that a test deploys by name. Started by {@link HardhatTests}, ends with it.

/** What to run. */
export interface Order {
  /** Of the contracts that are others than in the artifacts. */
  codes: Record<string, Code>;
  /** Whether to stop at the first failure. */
  bail: boolean;
  /** Full titles of tests that are left out, from now on. */
  leaveOut: string[];
}

/** How many tests passed, and which failed. */
export interface Outcome {
  passed: number;
  failures: Failure[];
}

export interface Failure {
  test: string;
  message: string;
  /** It was the fixture that could not be made. */
  atDeployment: boolean;
}

Error.stackTraceLimit = 100; // deep enough to see the fixture

let codes: Record<string, Code> = {};
const { artifacts } = hre;
const read = artifacts.readArtifact.bind(artifacts);
artifacts.readArtifact = async (name) => ({ ...(await read(name)), ...codes[name.split(":").at(-1) ?? name] });

const mocha = new Mocha({ ...hre.config.mocha, reporter: class {} as never });
mocha.cleanReferencesAfterRun(false);
for (const file of process.argv.slice(2)) mocha.addFile(file);

// What a failed test has left running may fail later, which is no failure of the next test.
process.on("unhandledRejection", () => undefined);

process.on("disconnect", () => process.exit());
process.on("message", (order: Order) => {
  void obey(order).then((outcome) => process.send?.(outcome));
});

async function obey(order: Order): Promise<Outcome> {
  codes = order.codes;
  await reset();
  eachSuite(mocha.suite, (suite) => {
    suite.bail(order.bail);
    suite.tests = suite.tests.filter((test) => !order.leaveOut.includes(test.fullTitle()));
  });
  const failures: Failure[] = [];
  let passed = 0;
  await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on("pass", () => (passed += 1))
      .on("fail", (test: Runnable, error: Error) => failures.push(told(test, error)));
  });
  return { passed, failures };
}

const told = (test: Runnable, { message, stack }: Error): Failure => ({
  test: test.fullTitle(),
  message,
  atDeployment: /[\\/]loadFixture\./.test(stack ?? ""),
});

function eachSuite(suite: Suite, act: (suite: Suite) => void): void {
  act(suite);
  for (const inner of suite.suites) eachSuite(inner, act);
}
