import { Interface } from "ethers";
import type { Artifact, Artifacts, BuildInfo } from "hardhat/types";

import { DeployError } from "./errors";

/** Where a value that a constructor sets stands in the code on chain. */
export interface Immutable {
  name: string;
  /** Bytes from the code's start. Each is 32 bytes long. */
  places: number[];
}

/** What the compiler made of a contract. */
export interface Compiled {
  /** `contracts/StakeEscrow.sol` */
  source: string;
  contract: Interface;
  /** Code of the deploying transaction, without constructor arguments; hex with 0x. */
  creation: string;
  /** Code on chain, with zeros for immutables; hex with 0x. */
  runtime: string;
  immutables: Immutable[];
  buildInfo: BuildInfo;
}

/** Hardhat's artifacts, and beside them what it keeps in build-infos only. */
export class Compilations {
  private readonly compiled = new Map<string, Promise<Compiled>>();
  /** One build-info has many contracts, and many megabytes. */
  private kept: { buildInfo: BuildInfo; names: Map<string, string> } | undefined;

  constructor(private readonly artifacts: Artifacts) {}

  /**
   * What the compiler made of a contract.
   * @throws {DeployError} `BAD_ARTIFACT` when it wasn't compiled here
   */
  of(name: string): Promise<Compiled> {
    const compiled = this.compiled.get(name) ?? this.read(name);
    this.compiled.set(name, compiled);
    return compiled;
  }

  private async read(name: string): Promise<Compiled> {
    const artifact = await this.artifacts.readArtifact(name);
    const { sourceName: source, abi, bytecode: creation, deployedBytecode: runtime } = artifact;
    const { buildInfo, names } = await this.buildInfoOf(artifact);
    const references = buildInfo.output.contracts[source]?.[name]?.evm.deployedBytecode.immutableReferences ?? {};
    const immutables = Object.entries(references).map(([id, places]) => {
      const immutable = names.get(id);
      if (immutable === undefined) throw new DeployError("BAD_ARTIFACT", name, `a name for immutable ${id}`, "none");
      return { name: immutable, places: places.map(({ start }) => start) };
    });
    return { source, contract: new Interface(abi), creation, runtime, immutables, buildInfo };
  }

  private async buildInfoOf(artifact: Artifact): Promise<{ buildInfo: BuildInfo; names: Map<string, string> }> {
    const { sourceName, contractName } = artifact;
    if (this.kept && isFrom(artifact, this.kept.buildInfo)) return this.kept;
    const buildInfo = await this.artifacts.getBuildInfo(`${sourceName}:${contractName}`);
    if (!buildInfo)
      throw new DeployError("BAD_ARTIFACT", contractName, "its compilation in artifacts/build-info", "none");
    this.kept = { buildInfo, names: namesOfImmutables(buildInfo) };
    return this.kept;
  }
}

const isFrom = ({ sourceName, contractName, bytecode }: Artifact, { output }: BuildInfo): boolean =>
  bytecode === `0x${output.contracts[sourceName]?.[contractName]?.evm.bytecode.object}`;

/** The compiler knows immutables by the ids of their declarations in the syntax tree. */
function namesOfImmutables({ output }: BuildInfo): Map<string, string> {
  const names = new Map<string, string>();
  const isNode = (value: unknown): value is { id?: number; name?: string; mutability?: string } =>
    typeof value === "object" && value !== null;
  const walk = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.mutability === "immutable" && node.name !== undefined) names.set(String(node.id), node.name);
    // Immutables are declared in contracts: what is in functions needn't be looked at.
    for (const [key, part] of Object.entries(node)) if (key === "nodes" || !Number.isNaN(Number(key))) walk(part);
  };
  for (const { ast } of Object.values(output.sources)) walk(ast);
  return names;
}
