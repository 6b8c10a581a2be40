import { ProtocolError } from "@nkms/protocol";
import { UmbralError } from "@nkms/umbral";

import { VerifierError, type VerifierErrorCode } from "../errors.js";
import { runOnChain, showStatus } from "./chainSteps.js";
import { checkFiles } from "./check.js";
import { Exit, type Io, shortMessageOf } from "./io.js";
import { HELP, readOptions } from "./options.js";
import { runPack } from "./packs.js";
import { Watcher } from "./watch.js";

/** Milliseconds between two looks at a folder. */
const WATCH_INTERVAL = 500;

/** What is the chain's, or the moment's, and not the input's. */
const NOT_DONE: readonly VerifierErrorCode[] = [
  "NO_PROVIDER",
  "OTHER_CHAIN",
  "OUT_OF_TURN",
  "TRANSACTION_FAILED",
  "NOTHING_TO_EARN",
];

/**
 * Does what a command line asks for.
 * @returns what the process ends with
 */
export async function run(args: readonly string[], io: Io): Promise<Exit> {
  try {
    return await doTask(args, io);
  } catch (error) {
    io.tell(`nkms-verify: ${shortMessageOf(error)}`);
    if (error instanceof VerifierError) return NOT_DONE.includes(error.code) ? Exit.NotDone : Exit.Refused;
    return error instanceof ProtocolError || error instanceof UmbralError ? Exit.Refused : Exit.NotDone;
  }
}

async function doTask(args: readonly string[], io: Io): Promise<Exit> {
  const task = readOptions(args);
  switch (task.do) {
    case "help":
      io.out(HELP.trimEnd());
      return Exit.Well;
    case "check":
      return checkFiles(task.answers, task.evidence, task.json, io);
    case "watch":
      await new Watcher(task.folder, task.json, io).run(WATCH_INTERVAL);
      return Exit.Well;
    case "pack-make":
    case "pack-check":
      return runPack(task, io);
    case "status":
      return showStatus(task, io);
    default:
      return runOnChain(task, io);
  }
}
