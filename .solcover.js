// Coverage of contracts/: stand-ins and interfaces have nothing of their own to cover. Long histories and statistics (see
// the script `coverage` in package.json) and tests tagged @uninstrumented run without instrumentation, in `npm test`:
// with it they would take long, or more gas than they state. So do whole stories, in test/flows, what pages say and tasks and clients do, and
// deployments, in test/deploy, which compare code on chain with what was compiled.
const { demandReports } = require("./tasks/coverageHits");

module.exports = {
  skipFiles: ["mocks", "interfaces"],
  istanbulReporter: ["json-summary", "text", "html"],
  mocha: { grep: "@uninstrumented", invert: true },
  onPreCompile: (config) => {
    config.typechain.dontOverrideCompile = true; // the types are there, and don't depend on marks
  },
  onTestsComplete: demandReports,
};
