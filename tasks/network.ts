import { scope, types } from "hardhat/config";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import type { NetworkDefinition } from "../deploy/networks";

// What tasks do is loaded when they run: Hardhat reads this file before it knows the network.
const load = {
  environment: () => require("../deploy/environment") as typeof import("../deploy/environment"),
  session: () => require("../deploy/session") as typeof import("../deploy/session"),
  networks: () => require("../deploy/networks") as typeof import("../deploy/networks"),
  errors: () => require("../deploy/errors") as typeof import("../deploy/errors"),
  replay: () => require("../scripts/replay/report") as typeof import("../scripts/replay/report"),
  keystore: () => require("../deploy/keystore") as typeof import("../deploy/keystore"),
};

const network = scope(
  "network",
  "Deploys a whole NKMS network, checks it, shows its source to explorers; keys, clock and history of a chain",
);

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Says what went wrong without a stack, if it is something that can go wrong. */
async function tell(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    if (!(cause instanceof load.errors().DeployError)) throw cause;
    process.stderr.write(`network: ${cause.message}\n`);
    process.exitCode = 1;
  }
}

/** Of most tasks. */
interface Common {
  noCompile: boolean;
}
const NO_COMPILE = ["noCompile", "take the contracts as they were compiled last"] as const;

/** Compiles, and does something to the network that `--network` names. */
const inNetwork = (
  hre: HardhatRuntimeEnvironment,
  { noCompile }: Common,
  action: (network: NetworkDefinition) => Promise<void>,
): Promise<void> =>
  tell(async () => {
    if (!noCompile) await hre.run("compile", { quiet: true });
    await action(load.networks().networkNamed(hre.network.name));
  });

/** The same, to a network where NKMS is deployed: not the chain that begins and ends with the command. */
const inDeployed: typeof inNetwork = (hre, common, action) =>
  inNetwork(hre, common, async (network) => {
    if (network.name !== "hardhat") return action(network);
    const expected = "a network where NKMS is deployed, such as localhost or sepolia";
    throw new (load.errors().DeployError)("NO_NETWORK", "--network", expected, "none");
  });

network
  .task("deploy", "Shows the plan, asks, deploys and wires every contract; goes on where an earlier run stopped")
  .addFlag("dryRun", "plan and rehearse on an embedded chain with the same parameters and chain id; send nothing")
  .addFlag("yes", "don't ask")
  .addOptionalParam(
    "keystore",
    "file with the deployer's encrypted key; default: NKMS_KEYSTORE, else the node's own account",
    undefined,
    types.string,
  )
  .addFlag(...NO_COMPILE)
  .setAction(async (wishes: Common & { dryRun: boolean; yes: boolean; keystore?: string }, hre) => {
    await inNetwork(hre, wishes, async (definition) => {
      const keystore = wishes.keystore ?? load.environment().fromEnvironment("NKMS_KEYSTORE");
      await load.session().runDeployment(hre, definition, hre.network.provider, { ...wishes, keystore }, print);
    });
  });

network
  .task("check", "Compares the chain with address book, parameter file and compiled code; fails if anything differs")
  .addFlag(...NO_COMPILE)
  .setAction(async (common: Common, hre) => {
    await inDeployed(hre, common, async (definition) => {
      const good = await load.session().runCheck(hre.artifacts, definition, hre.network.provider, print);
      if (!good) process.exitCode = 1;
    });
  });

network
  .task("verify", "Shows the source to Etherscan and Sourcify, which compile it again, and notes what they say")
  .addOptionalParam("only", "one contract's name; default: all", undefined, types.string)
  .addFlag(...NO_COMPILE)
  .setAction(async ({ only, ...common }: Common & { only?: string }, hre) => {
    await inDeployed(hre, common, async (definition) => {
      await load.session().runVerification(hre.artifacts, definition, only, print);
    });
  });

network
  .task("replay", "Rebuilds balances and what contracts owe from events alone, and compares that with the chain")
  .addFlag(...NO_COMPILE)
  .setAction(async (common: Common, hre) => {
    await inDeployed(hre, common, async (definition) => {
      const good = await load.replay().runReplay(hre, definition, print);
      if (!good) process.exitCode = 1;
    });
  });

network
  .task("keystore", "Makes a new key and writes it to a file, encrypted")
  .addPositionalParam("file", "a file that isn't there yet", undefined, types.string)
  .setAction(async ({ file }: { file: string }) => {
    await tell(async () => print(`The key of ${await load.keystore().makeKeystore(file)} is in ${file}.`));
  });
