#!/usr/bin/env node
// Lets forge compile with the `solc` npm package: answers the two ways in which forge calls a solc binary.
"use strict";
const { readFileSync } = require("node:fs");
const solc = require("solc");

if (process.argv.includes("--version")) {
  // Forge wants the name of a native platform.
  const version = solc.version().replace("Emscripten.clang", "Linux.g++");
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else {
  const readSource = (path) => {
    try {
      return { contents: readFileSync(path, "utf8") };
    } catch (cause) {
      return { error: `${path}: ${cause.message}` };
    }
  };
  process.stdout.write(solc.compile(readFileSync(0, "utf8"), { import: readSource }));
}
