// Coverage of contracts/: stand-ins and interfaces have nothing of their own to cover. Long histories and statistics (see
// the script `coverage` in package.json) and tests tagged @uninstrumented run without instrumentation, in `npm test`:
// with it they would take an hour, or more gas than a transaction has. So do whole stories, in test/flows, and deployments, in
// test/deploy, which compare code on chain with what was compiled.
module.exports = {
  skipFiles: ["mocks", "interfaces"],
  istanbulReporter: ["json-summary", "text", "html"],
  mocha: { grep: "@uninstrumented", invert: true },
};
