import { artifacts } from "hardhat";

/** Fully qualified names of what can be deployed: neither mocks nor interfaces, abstracts and libraries. */
export async function deployableContracts(): Promise<string[]> {
  const names = await artifacts.getAllFullyQualifiedNames();
  return names.filter((name) => /^contracts\/(conditions\/)?\w+\.sol:/.test(name)).sort();
}
