import { type AddressBook, type ContractName, entryOf } from "../addressBook";
import type { Compilations, Compiled } from "../compiled";
import { DeployError } from "../errors";

/** The compiler's standard JSON input, as far as we look into it. */
export interface StandardJson {
  language: string;
  sources: Record<string, { content: string }>;
  settings: object;
}

/** What an explorer needs to compile a contract again and find it on chain. */
export interface Submission {
  chainId: number;
  name: ContractName;
  address: string;
  /** Hash of the transaction that deployed it. */
  transaction: string;
  /** Only the sources that the contract is made of. */
  input: StandardJson;
  /** `0.8.37+commit.…`, without v. */
  compilerVersion: string;
  /** `contracts/StakeEscrow.sol:StakeEscrow` */
  identifier: string;
  /** ABI-encoded, hex without 0x. */
  constructorArguments: string;
}

/** What to show an explorer of a contract in the address book. */
export async function submissionOf(
  compilations: Compilations,
  book: AddressBook,
  name: ContractName,
): Promise<Submission> {
  const { address, transaction, constructorArguments } = entryOf(book, name);
  const compiled = await compilations.of(name);
  return {
    chainId: book.chainId,
    name,
    address,
    transaction,
    input: inputOf(compiled),
    compilerVersion: compiled.buildInfo.solcLongVersion,
    identifier: `${compiled.source}:${name}`,
    constructorArguments: compiled.contract.encodeDeploy(constructorArguments).slice(2),
  };
}

/** The input of Hardhat's compilation, without the sources that the contract doesn't need. */
function inputOf({ source, buildInfo }: Compiled): StandardJson {
  const { language, sources, settings } = buildInfo.input;
  const needed = new Set<string>();
  const visit = (file: string): void => {
    if (needed.has(file)) return;
    needed.add(file);
    importsOf(buildInfo.output.sources[file]?.ast).forEach(visit);
  };
  visit(source);
  const chosen = [...needed].sort().map((file) => {
    const content = sources[file];
    if (content) return [file, content] as const;
    throw new DeployError("BAD_ARTIFACT", source, `the source of ${file}`, "none");
  });
  // Explorers ask the compiler for what they want themselves.
  return {
    language,
    sources: Object.fromEntries(chosen),
    settings: {
      ...settings,
      outputSelection: { "*": { "*": ["abi", "evm.bytecode", "evm.deployedBytecode", "metadata"] } },
    },
  };
}

function importsOf(ast: unknown): string[] {
  const { nodes } = ast as { nodes: { nodeType: string; absolutePath?: string }[] };
  return nodes.flatMap(({ nodeType, absolutePath }) => (nodeType === "ImportDirective" ? (absolutePath ?? []) : []));
}
