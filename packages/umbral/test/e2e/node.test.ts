import { expect } from "chai";
import { fileURLToPath } from "node:url";
import { runNode } from "../helpers/run.js";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));

const PRINT = `
  const umbral = await import("@nkms/umbral");
  const { createRequire } = await import("node:module");
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  console.log(JSON.stringify({
    backend: umbral.backend(),
    binding: loaded.some((file) => file.endsWith(".node")),
    elliptic: loaded.some((file) => /node_modules.elliptic/.test(file)),
  }));
`;

/** What a process that imports the built package finds. */
function imported(flags: readonly string[], UMBRAL_BACKEND?: string): unknown {
  const { code, out, error } = runNode(PACKAGE, [...flags, "--input-type=module", "--eval", PRINT], { UMBRAL_BACKEND });
  expect(error).to.equal("");
  expect(code).to.equal(0);
  return JSON.parse(out);
}

describe("the built package in Node", () => {
  it("runs on native code, loaded from its binding and not from the fallback", () => {
    expect(imported([])).to.deep.equal({ backend: "native", binding: true, elliptic: false });
  });

  it("runs on noble when the environment asks for it, and loads no native code then", () => {
    expect(imported([], "noble")).to.deep.equal({ backend: "noble", binding: false, elliptic: false });
  });

  it("runs on noble under a bundler's condition for browsers", () => {
    expect(imported(["--conditions=browser"])).to.deep.equal({ backend: "noble", binding: false, elliptic: false });
  });

  it("doesn't load at all when the environment asks for what there isn't", () => {
    const { code, error } = runNode(PACKAGE, ["--input-type=module", "--eval", PRINT], { UMBRAL_BACKEND: "fast" });
    expect(code).to.equal(1);
    expect(error).to.include("UMBRAL_BACKEND: expected native or noble, got fast").and.include("BACKEND_UNAVAILABLE");
  });
});
