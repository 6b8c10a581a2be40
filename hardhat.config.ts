import "@nomicfoundation/hardhat-chai-matchers";
import "@nomicfoundation/hardhat-ethers";
import "@nomicfoundation/hardhat-ignition-ethers";
import "@typechain/hardhat";
import "hardhat-contract-sizer";
import "hardhat-gas-reporter";
import "solidity-coverage";

import type { HardhatUserConfig } from "hardhat/config";

import { SOLC_VERSION } from "./tasks/compiler";
import "./tasks/demo";

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
  },
  paths: { ignition: "deploy" },
  typechain: { outDir: "typechain-types", target: "ethers-v6" },
  gasReporter: { enabled: process.env["REPORT_GAS"] === "true", offline: true },
  contractSizer: { runOnCompile: false, except: ["contracts/mocks", "contracts/interfaces", "contracts/abstracts"] },
  mocha: { timeout: 240_000, jobs: 2 }, // jobs: processes with --parallel, each of which takes up to 8 GB
};

export default config;
