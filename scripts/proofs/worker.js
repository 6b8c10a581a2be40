"use strict";
// A thread that asks the compiler one question and ends. Z3 needs a deep stack, which only threads can be given here.
const { parentPort, workerData } = require("node:worker_threads");
const { compile } = require("solc");

parentPort.postMessage(compile(workerData));
