// Coverage of contracts/: stand-ins and interfaces have nothing of their own to cover. Long histories and statistics (see
// the script `coverage` in package.json) run without instrumentation, in `npm test`: they would take an hour.
module.exports = {
  skipFiles: ["mocks", "interfaces"],
  istanbulReporter: ["json-summary", "text", "html"],
};
