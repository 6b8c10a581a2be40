import "@nomicfoundation/hardhat-chai-matchers";
import "@nomicfoundation/hardhat-ethers";
import "@nomicfoundation/hardhat-ignition-ethers";
import "@typechain/hardhat";
import "hardhat-contract-sizer";
import "hardhat-gas-reporter";
import "solidity-coverage";

import { existsSync } from "node:fs";
import { join } from "node:path";

import type { HardhatUserConfig } from "hardhat/config";

import { NETWORKS, urlOf } from "./deploy/networks";
import { SOLC_VERSION } from "./tasks/compiler";
import "./tasks/demo";
import "./tasks/history";
import "./tasks/miner";
import "./tasks/network";
import "./tasks/pass";
import "./tasks/policy";
import "./tasks/stake";

// URLs of nodes and paths of keystores, never keys; see .env.example. What the environment says already wins.
const env = join(__dirname, ".env");
if (existsSync(env)) process.loadEnvFile(env);

/** Every network of `deploy/networks.ts` that a node is asked for, without accounts: who needs a key opens a keystore. */
const nodes = Object.fromEntries(
  Object.values(NETWORKS)
    .filter(({ name }) => name !== "hardhat")
    .map((network) => [network.name, { url: urlOf(network) }]),
);

const config: HardhatUserConfig = {
  solidity: {
    version: SOLC_VERSION,
    settings: {
      evmVersion: "cancun", // the youngest rules that a generic L2 has
      optimizer: { enabled: true, runs: 200 },
      viaIR: false, // minutes instead of seconds, for a few per cent
      outputSelection: { "*": { "*": ["storageLayout"] } },
    },
  },
  networks: {
    hardhat: {
      allowUnlimitedContractSize: false,
    },
    ...nodes,
  },
  paths: { ignition: "deploy" },
  typechain: { outDir: "typechain-types", target: "ethers-v6" },
  gasReporter: { enabled: process.env["REPORT_GAS"] === "true", offline: true },
  contractSizer: { runOnCompile: false, except: ["contracts/mocks", "contracts/interfaces", "contracts/abstracts"] },
  mocha: { timeout: 240_000, jobs: 2 }, // jobs: processes with --parallel, each of which takes up to 8 GB
};

export default config;
