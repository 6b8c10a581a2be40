// Coverage of contracts/: stand-ins and interfaces have nothing of their own to cover.
module.exports = {
  skipFiles: ["mocks", "interfaces"],
  istanbulReporter: ["json-summary", "text", "html"],
  // Tests of large networks and long histories run without instrumentation, in `npm test`.
  mocha: { grep: "@uninstrumented", invert: true },
};
