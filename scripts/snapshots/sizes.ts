import { artifacts } from "hardhat";

import { deployableContracts } from "./contracts";
import { writeSnapshot } from "./files";

/** Bytes of every deployable contract's code on chain; the limit is 24,576 (EIP-170). */
async function main(): Promise<void> {
  const sizes: Record<string, number> = {};
  for (const name of await deployableContracts()) {
    const { contractName, deployedBytecode } = await artifacts.readArtifact(name);
    sizes[contractName] = (deployedBytecode.length - 2) / 2;
  }
  writeSnapshot("sizes", sizes);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
