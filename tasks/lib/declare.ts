import type { ConfigurableTaskDefinition, HardhatRuntimeEnvironment } from "hardhat/types";

import { address, count, file } from "./arguments";
import type { SendOptions } from "./carryOut";
import { asTaskError, isComplaint, RefusedError } from "./errors";
import type { LookOptions, Looker } from "./look";
import type { Planner } from "./plan";
import type { Signature, SignOptions } from "./sign";

/**
 * A task that sends. What does the work is loaded when the task runs: it needs the generated types, and Hardhat reads the
 * declarations before it has written them.
 * @param load gives what makes the task's plan
 */
export const sends = <Args>(task: ConfigurableTaskDefinition, load: () => Planner<Args>): ConfigurableTaskDefinition =>
  withKey(task)
    .addOptionalParam(
      "from",
      "instead: an account whose key isn't here; with --unsigned or --dry-run",
      undefined,
      address,
    )
    .addFlag("dryRun", "say what would happen, send nothing")
    .addOptionalParam("unsigned", "write the transactions into this file, for another wallet", undefined, file)
    .setAction((args: Args & SendOptions, hre: HardhatRuntimeEnvironment) => {
      const { carryOut } = require("./carryOut") as typeof import("./carryOut");
      return complaining(carryOut(hre, args, load()));
    });

/** A task that signs something, for another to bring to the chain. */
export const signs = <Args>(
  task: ConfigurableTaskDefinition,
  load: () => Signature<Args>,
): ConfigurableTaskDefinition =>
  withKey(task)
    .addParam("out", "where to write what was signed", undefined, file)
    .setAction((args: Args & SignOptions, hre: HardhatRuntimeEnvironment) => {
      const { sign } = require("./sign") as typeof import("./sign");
      return complaining(sign(hre, args, load()));
    });

/** A task that only looks. */
export const looks = <Args>(task: ConfigurableTaskDefinition, load: () => Looker<Args>): ConfigurableTaskDefinition =>
  task
    .addFlag("json", "print JSON and nothing else")
    .setAction((args: Args & LookOptions, hre: HardhatRuntimeEnvironment) => {
      const { look } = require("./look") as typeof import("./look");
      return complaining(look(hre, args, load()));
    });

const withKey = (task: ConfigurableTaskDefinition): ConfigurableTaskDefinition =>
  task
    .addOptionalParam("account", "who acts, on a local chain: the number of one of its accounts", undefined, count)
    .addOptionalParam("keystore", "who acts: an encrypted JSON keystore", undefined, file)
    .addOptionalParam(
      "passwordFile",
      "its password; else NKMS_PASSWORD or NKMS_PASSWORD_FILE, else it is asked for",
      undefined,
      file,
    )
    .addFlag("yes", "don't ask")
    .addFlag("json", "print JSON and nothing else");

/** Lets Hardhat print in words what NKMS's packages complain about, and what a contract refuses to tell. */
const complaining = <Result>(work: Promise<Result>): Promise<Result> =>
  work.catch((thrown: unknown) => {
    const { refusalOf } = require("./refusals") as typeof import("./refusals");
    throw isComplaint(thrown) || thrown instanceof RefusedError ? asTaskError(thrown) : refusalOf(thrown);
  });
