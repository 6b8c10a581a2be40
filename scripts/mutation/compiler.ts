import { readFileSync } from "node:fs";
import { join } from "node:path";

import solc from "solc";

import type { Node } from "./syntax";

const ROOT = join(__dirname, "../..");

/** What a contract is deployed with. */
export interface Code {
  bytecode: string;
  deployedBytecode: string;
}

interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  sources?: Record<string, { ast: Node }>;
  contracts?: Record<string, Record<string, { evm: Record<"bytecode" | "deployedBytecode", { object: string }> }>>;
}

type Imported = { contents: string } | { error: string };

const { compile } = solc as { compile: (input: string, callbacks: { import: (path: string) => Imported }) => string };

/** The project's compiler with the project's settings, for sources that are in no file. */
export class Compiler {
  readonly #settings: Record<string, unknown>;

  /** @param settings of the compiler, without `outputSelection` */
  constructor(settings: Record<string, unknown>) {
    // The hash of the source that is in the bytecode would make all mutants differ.
    this.#settings = { ...settings, metadata: { appendCBOR: false, bytecodeHash: "none" } };
  }

  /** The syntax trees of a file and of all that it imports, by path. */
  trees(file: string, content: string): Record<string, Node> {
    return this.treesOf({ [file]: content });
  }

  /** The same of several files, by path. */
  treesOf(contents: Record<string, string>): Record<string, Node> {
    const output = this.#compile(contents, { "*": { "": ["ast"] } });
    fail(output);
    return Object.fromEntries(Object.entries(output.sources ?? {}).map(([path, { ast }]) => [path, ast]));
  }

  /**
   * The code of some contracts, by name, with other contents of some files. Undefined if it does not compile.
   * @param contents by path
   * @param contracts paths of their files, by name
   */
  codes(contents: Record<string, string>, contracts: Record<string, string>): Record<string, Code> | undefined {
    const others = Object.values(contracts).filter((path) => !(path in contents));
    const sources = Object.fromEntries(others.map((path) => [path, readSource(path)]));
    const selection: Record<string, Record<string, string[]>> = {};
    for (const [name, path] of Object.entries(contracts)) {
      selection[path] = { ...selection[path], [name]: ["evm.bytecode.object", "evm.deployedBytecode.object"] };
    }
    const output = this.#compile({ ...sources, ...contents }, selection);
    if (output.errors?.some(({ severity }) => severity === "error")) return undefined;
    return Object.fromEntries(
      Object.entries(contracts).map(([name, path]) => {
        const evm = output.contracts?.[path]?.[name]?.evm;
        if (!evm) throw new Error(`expected code of ${name} in ${path}, got none`);
        return [name, { bytecode: `0x${evm.bytecode.object}`, deployedBytecode: `0x${evm.deployedBytecode.object}` }];
      }),
    );
  }

  #compile(sources: Record<string, string>, outputSelection: unknown): Output {
    const contents = Object.entries(sources).map(([path, content]) => [path, { content }] as const);
    const settings = { ...this.#settings, outputSelection };
    const input = { language: "Solidity", sources: Object.fromEntries(contents), settings };
    return JSON.parse(compile(JSON.stringify(input), { import: imported })) as Output;
  }
}

/** A file of ours by its path in the repository, or a package's by its name. */
export function readSource(path: string): string {
  return readFileSync(join(ROOT, path.startsWith("@") ? "node_modules" : "", path), "utf8");
}

function imported(path: string): Imported {
  try {
    return { contents: readSource(path) };
  } catch (cause) {
    return { error: `${path}: ${String(cause)}` };
  }
}

function fail({ errors = [] }: Output): void {
  const [first] = errors.filter(({ severity }) => severity === "error");
  if (first) throw new Error(`expected sources that compile, got ${first.formattedMessage}`);
}
