/**
 * Makes what the package holds from what the compiler and the deployments left behind, so that it can't go stale:
 * `src/generated/` from the repository's `typechain-types/` and `deploy/addresses/`, and `abi/` from its ABIs.
 * Runs before each build.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const types = join(here, "../../typechain-types");
const books = join(here, "../../deploy/addresses");
const generated = join(here, "src/generated");
const abis = join(here, "abi");

/** What integrators meet; libraries, abstract contracts and stand-ins are nobody's business. */
const FOLDERS = ["", "conditions/", "interfaces/"];

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Copies a file of typechain's as a module of Node's: relative imports get their `.js`. */
function copy(file: string): void {
  const text = readFileSync(join(types, file), "utf8");
  write(join(generated, file), text.replaceAll(/(from ")(\.[^"]+)(")/g, "$1$2.js$3"));
}

/** The ABI in a factory of typechain's, as TypeScript. */
function abiIn(factory: string): string {
  const text = readFileSync(join(types, factory), "utf8");
  const [, abi] = /const _abi = (\[[^]*?\n\]) as const;/.exec(text) ?? [];
  if (abi === undefined) throw new Error(`${factory}: expected an ABI, got none`);
  return abi;
}

/** `NKMSToken` is `nkmsToken`, `IStakeEscrow` is `iStakeEscrow`. */
const variable = (name: string): string => name.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase());

function names(folder: string): string[] {
  return readdirSync(join(types, "contracts", folder))
    .filter((file) => file.endsWith(".ts") && file !== "index.ts")
    .map((file) => basename(file, ".ts"))
    .sort();
}

rmSync(generated, { recursive: true, force: true });
rmSync(abis, { recursive: true, force: true });
copy("common.ts");
const index: string[] = [];
for (const folder of FOLDERS) {
  for (const name of names(folder)) {
    const factory = `factories/contracts/${folder}${name}__factory.ts`;
    copy(`contracts/${folder}${name}.ts`);
    copy(factory);
    const abi = abiIn(factory);
    write(
      join(generated, `abi/${name}.ts`),
      `/** ABI of {@link ${name}}. */\nexport const ${variable(name)}Abi = ${abi} as const;\n`,
    );
    // What TypeScript writes is not JSON: names have no quotation marks and lists end in commas.
    const json = abi.replaceAll(/(\w+):/g, '"$1":').replaceAll(/,(\s*[\]}])/g, "$1");
    write(join(abis, `${name}.json`), `${JSON.stringify(JSON.parse(json), undefined, 2)}\n`);
    index.push(
      `export type { ${name} } from "./contracts/${folder}${name}.js";`,
      `export { ${name}__factory } from "./factories/contracts/${folder}${name}__factory.js";`,
      `export { ${variable(name)}Abi } from "./abi/${name}.js";`,
    );
  }
}
write(join(generated, "index.ts"), `${index.join("\n")}\n`);

interface Book {
  chainId: number;
  network: string;
  contracts: Record<string, { address: string; block: number }>;
}

const deployments = existsSync(books) ? readdirSync(books).filter((file) => file.endsWith(".json")) : [];
const known = deployments.map((file): [number, unknown] => {
  const { chainId, network, contracts } = JSON.parse(readFileSync(join(books, file), "utf8")) as Book;
  const addresses = Object.entries(contracts).map(([name, { address, block }]) => [name, { address, block }]);
  return [chainId, { network, contracts: Object.fromEntries(addresses) as unknown }];
});
write(
  join(generated, "deployments.ts"),
  `import type { Deployment } from "../addresses.js";

/** By chain id. */
export const DEPLOYMENTS: Readonly<Record<number, Deployment>> = ${JSON.stringify(Object.fromEntries(known), undefined, 2)};
`,
);
