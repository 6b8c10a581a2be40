import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import * as ts from "typescript";

const PACKAGES = join(__dirname, "../../packages");

/** Names that a reader has to put in: "cannot find name", "no value for the shorthand property", and what follows from it. */
const LEFT_OPEN = [2304, 2552, 18004, 7031];

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: ["node"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

/** The examples of all READMEs of packages, by the name of a file that could hold each. */
function examples(): ReadonlyMap<string, string> {
  const found = readdirSync(PACKAGES).flatMap((name) => {
    const page = readFileSync(join(PACKAGES, name, "README.md"), "utf8");
    const blocks = [...page.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code = ""]) => `${code}\nexport {};\n`);
    return blocks.map((code, i): [string, string] => [join(PACKAGES, name, `README.${i + 1}.mts`), code]);
  });
  return new Map(found);
}

/** A compiler that sees the examples as files beside their READMEs. */
function compilerOf(sources: ReadonlyMap<string, string>): ts.Program {
  const host = ts.createCompilerHost(OPTIONS);
  const [readFile, fileExists] = [host.readFile.bind(host), host.fileExists.bind(host)];
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  return ts.createProgram([...sources.keys()], OPTIONS, host);
}

/** Names that an example imports and doesn't use. */
function unusedImports(code: string): string[] {
  const imported = [...code.matchAll(/^import (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) => names.split(","));
  const names = imported.map((name) => name.trim().replace(/^type /, "")).filter((name) => name !== "");
  return names.filter((name) => (code.match(new RegExp(`\\b${name}\\b`, "g")) ?? []).length < 2);
}

describe("The examples in READMEs of packages", () => {
  const sources = examples();

  it("compile, but for names that a reader puts in", () => {
    expect(sources.size).to.be.at.least(9);
    const wrong = ts
      .getPreEmitDiagnostics(compilerOf(sources))
      .filter(({ code }) => !LEFT_OPEN.includes(code))
      .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
    expect(wrong).to.deep.equal([]);
  });

  it("use all that they import", () => {
    for (const [file, code] of sources) expect(unusedImports(code), file).to.deep.equal([]);
  });
});
