import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { policyDomain, sortArrangements, type Terms } from "@nkms/protocol";
import { checkAnswer, parseAnswer } from "@nkms/verifier";
import { domainToJson, termsToJson } from "@nkms/verifier/tools";
import { expect } from "chai";
import { id, parseEther, toQuantity, ZeroAddress } from "ethers";
import { ethers } from "hardhat";
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

describe("The scripts of docs/examples", () => {
  const folder = mkdtempSync(join(tmpdir(), "nkms-examples-"));
  after(() => rmSync(folder, { recursive: true }));

  const at = (name: string): string => join(folder, name);
  const play = (script: string, ...args: string[]): string =>
    execFileSync(process.execPath, [join(__dirname, "../../docs/examples", script), ...args], { encoding: "utf8" });

  it("split the right to read a file, and answer for an operator of a local chain: wrong, signed, and provable", async () => {
    play("fragments.mjs", __filename, "2", "2", at("grant"));
    const hashes = JSON.parse(readFileSync(at("grant/kfrags.json"), "utf8")) as string[];
    const accounts = (await ethers.getSigners()).map(({ address }) => address);
    const [owner = "", payer = ""] = accounts;
    const terms: Terms = {
      ...{ owner, payer, periods: 1n, deadline: 1n, rate: 10n, collateral: 10n },
      ...{ condition: ZeroAddress, handOff: false, salt: id("salt") },
      arrangements: sortArrangements(
        hashes.map((kfragHash, i) => ({ miner: accounts[2 + i] ?? "", operator: accounts[12 + i] ?? "", kfragHash })),
      ),
    };
    const domain = domainToJson(policyDomain(31_337n, payer));
    writeFileSync(at("terms.json"), JSON.stringify({ terms: termsToJson(terms), domain }));
    for (const number of [12, 13]) {
      play("wrong-answer.mjs", at("terms.json"), at("grant"), String(number), at("answer.json"));
      const answer = parseAnswer(readFileSync(at("answer.json"), "utf8"));
      expect(terms.arrangements[Number(answer.index)]?.operator).to.equal(accounts[number]);
      expect(checkAnswer(answer)).to.include({ kind: "fault", fault: "EquationE" });
    }
  });

  it("give ether and make blocks on a chain of one's own, and say what its node refuses", async () => {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      request.on("data", (body: Buffer) => {
        const { method, params } = JSON.parse(body.toString()) as { method: string; params: unknown[] };
        asked.push([method, ...params]);
        response.end(
          JSON.stringify(method === "hardhat_mine" ? { error: { message: "no such method" } } : { result: 1 }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const local = (...args: string[]) =>
      promisify(execFile)(process.execPath, [join(__dirname, "../../docs/examples/local-chain.mjs"), ...args], {
        env: { ...process.env, NKMS_LOCALHOST_RPC_URL: url },
      });
    const refused = (error: unknown): string => String((error as { stderr: string }).stderr);
    try {
      const [account] = await ethers.getSigners();
      expect((await local("ether", account?.address ?? "")).stdout).to.equal("Done.\n");
      expect(await local("blocks", "5").catch(refused)).to.include("no such method");
      expect(await local("block", "5").catch(refused)).to.include("expected ether ADDRESS or blocks NUMBER");
      expect(asked).to.deep.equal([
        ["hardhat_setBalance", account?.address, toQuantity(parseEther("10"))],
        ["hardhat_mine", "0x5"],
      ]);
    } finally {
      server.close();
    }
  });
});
