import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runNode } from "../helpers/run.js";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const TYPES_OF_NODE = path.dirname(path.dirname(createRequire(import.meta.url).resolve("@types/node/package.json")));

/** Where the tarball of secp256k1 brings a binding. */
const hasBinding = ["linux-x64", "darwin-arm64", "win32-x64"].includes(`${process.platform}-${process.arch}`);

/** Runs npm as this process was run, or as the shell finds it. */
function npm(folder: string, ...args: string[]): string {
  const cli = process.env["npm_execpath"];
  const [command, ...first] = cli ? [process.execPath, cli] : ["npm"];
  const run = spawnSync(command, [...first, ...args], { cwd: folder, encoding: "utf8", shell: !cli });
  if (run.status !== 0) throw new Error(`npm ${args.join(" ")}: ${run.stderr}`);
  return run.stdout;
}

/** The same program in either module system: its types, and what it prints. */
const program = (load: string): string => `
${load}
const text: string = "peace at dawn";
const alice: umbral.SecretKey = umbral.SecretKey.random();
const [capsule, ciphertext]: [umbral.Capsule, Uint8Array] = umbral.encrypt(
  alice.publicKey(),
  new TextEncoder().encode(text),
);
const signer = new umbral.Signer(umbral.SecretKey.random());
const bob = umbral.SecretKey.random();
const keys = [signer.verifyingKey(), alice.publicKey(), bob.publicKey()] as const;
const cfrags: umbral.VerifiedCapsuleFrag[] = umbral
  .generateKFrags(alice, bob.publicKey(), signer, 1, 1, true, true)
  .map((kfrag) => umbral.reencrypt(capsule, kfrag));
const parsed: umbral.CapsuleFrag[] = cfrags.map((cfrag) => umbral.CapsuleFrag.fromBytes(cfrag.toBytes()));
// @ts-expect-error Only verified fragments can be opened.
const misuse = () => umbral.decryptReencrypted(bob, alice.publicKey(), capsule, parsed, ciphertext);
const verified = parsed.map((cfrag) => cfrag.verify(capsule, ...keys));
const read = umbral.decryptReencrypted(bob, alice.publicKey(), capsule, verified, ciphertext);
const name: umbral.BackendName = umbral.backend();
const stream: ReadableStream<Uint8Array> = umbral.toReadableStream(
  umbral.decryptOriginalStream(alice, ...umbral.encryptStream(alice.publicKey(), new Response(text).body!)),
);
async function main(): Promise<void> {
  const streamed = await new Response(stream).text();
  console.log(JSON.stringify({ name, read: new TextDecoder().decode(read), streamed, misuse: typeof misuse }));
}
void main();
`;

describe("the packed package", () => {
  let folder: string;
  let tarball: string;
  let contents: string[];

  /** A new project with the tarball installed. */
  function project(
    name: string,
    type: "module" | "commonjs",
    source: string,
    compilerOptions: object,
    flags: string[],
  ) {
    const home = path.join(folder, name);
    mkdirSync(home);
    const write = (file: string, text: string) => writeFileSync(path.join(home, file), text);
    write("package.json", JSON.stringify({ name, version: "1.0.0", private: true, type }));
    write("main.ts", source);
    const options = { strict: true, module: "nodenext", target: "es2023", skipLibCheck: false, ...compilerOptions };
    write("tsconfig.json", JSON.stringify({ compilerOptions: options, files: ["main.ts"] }));
    npm(home, "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", ...flags, tarball);
    return home;
  }

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "umbral-pack-"));
    const [packed] = JSON.parse(npm(PACKAGE, "pack", "--json", "--pack-destination", folder)) as [
      { filename: string; files: { path: string }[] },
    ];
    tarball = path.join(folder, packed.filename);
    contents = packed.files.map((file) => file.path);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("holds the code, its sources and types, the documents and the license, and nothing else", () => {
    expect(new Set(contents.map((file) => file.split("/")[0]))).to.deep.equal(
      new Set(["LICENSE", "README.md", "dist", "docs", "package.json", "src"]),
    );
    const modules = readdirSync(path.join(PACKAGE, "src")).map((file) => path.basename(file, ".ts"));
    for (const name of modules) {
      expect(contents).to.include.members([`src/${name}.ts`, `dist/${name}.js`, `dist/${name}.d.ts`]);
    }
    expect(contents.filter((file) => file.startsWith("dist/"))).to.have.length(3 * modules.length);
  });

  it("runs and type-checks in a fresh ESM project, on native code where there is a binding", () => {
    const home = project(
      "esm",
      "module",
      program('import * as umbral from "@nkms/umbral";'),
      { lib: ["es2023", "dom"], types: [] },
      [],
    );
    expect(runNode(home, [TSC, "-p", "."])).to.include({ code: 0, out: "" });
    const { out, error } = runNode(home, ["main.js"]);
    expect(error).to.equal("");
    expect(JSON.parse(out)).to.deep.equal({
      name: hasBinding ? "native" : "noble",
      read: "peace at dawn",
      streamed: "peace at dawn",
      misuse: "function",
    });
  });

  it("runs and type-checks in a fresh CommonJS project, on noble where secp256k1 isn't installed", () => {
    const home = project(
      "cjs",
      "commonjs",
      program('import umbral = require("@nkms/umbral");'),
      { lib: ["es2023"], types: ["node"], typeRoots: [TYPES_OF_NODE] },
      ["--omit=optional"],
    );
    expect(runNode(home, [TSC, "-p", "."])).to.include({ code: 0, out: "" });
    const { out, error } = runNode(home, ["main.js"]);
    expect(error).to.equal("");
    expect(JSON.parse(out)).to.deep.equal({
      name: "noble",
      read: "peace at dawn",
      streamed: "peace at dawn",
      misuse: "function",
    });
    const forced = runNode(home, ["main.js"], { UMBRAL_BACKEND: "native" });
    expect(forced.code).to.equal(1);
    expect(forced.error).to.include("BACKEND_UNAVAILABLE").and.include("Cannot find module 'secp256k1/bindings.js'");
  });
});
