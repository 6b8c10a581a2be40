/**
 * Mutation testing: `npm run mutation`. It changes the source in every way it knows, one at a time, and runs the tests
 * that reach the change: each must fail. `docs/mutation.md` has the result and what survived.
 */
import { fileURLToPath } from "node:url";

export default {
  // By its path: the plugin may be installed elsewhere than Stryker itself.
  plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/mocha-runner"))],
  testRunner: "mocha",
  testRunnerNodeArgs: ["--import", "tsx"],
  mochaOptions: { config: ".mocharc.mutation.json" },
  coverageAnalysis: "perTest",
  // What only loading the source reaches, constants mostly, takes a new process and all tests each: leave it out with
  // `-- --ignoreStatic`, which takes a fraction of the time.
  // The two entries are tested as built and packed, which is too slow to do for each change.
  mutate: ["src/**/*.ts", "!src/index.ts", "!src/node.ts"],
  ignorePatterns: ["/bench", "/dist", "/docs", "/reports", "/test/e2e"],
  concurrency: 2,
  timeoutMS: 10_000,
  reporters: ["clear-text", "json", "progress-append-only"],
  clearTextReporter: { allowColor: false, logTests: false },
  jsonReporter: { fileName: "reports/mutation.json" },
  tempDirName: ".stryker-tmp",
  thresholds: { high: 95, low: 90, break: 90 },
};
