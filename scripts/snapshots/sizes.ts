import { artifacts } from "hardhat";

import { writeSnapshot } from "./files";

/** Bytes of every deployable contract's code on chain; the limit is 24,576 (EIP-170). */
async function main(): Promise<void> {
  const names = (await artifacts.getAllFullyQualifiedNames())
    .filter((name) => /^contracts\/(conditions\/)?\w+\.sol:/.test(name)) // neither mocks nor interfaces, abstracts and libraries
    .sort();
  const sizes: Record<string, number> = {};
  for (const name of names) {
    const { contractName, deployedBytecode } = await artifacts.readArtifact(name);
    sizes[contractName] = (deployedBytecode.length - 2) / 2;
  }
  writeSnapshot("sizes", sizes);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
