import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { artifacts } from "hardhat";

import { ERRORS } from "../../tasks/lib/chain";
import { readTables } from "../../tasks/lib/errorTable";

describe("docs/errors.md", () => {
  const page = readFileSync(join(__dirname, "../../docs/errors.md"), "utf8");
  const table = readTables(page);

  /** Every custom error of every contract that is deployed, those of OpenZeppelin's contracts too. */
  async function declared(): Promise<string[]> {
    const names = (await artifacts.getAllFullyQualifiedNames()).filter((name) =>
      /^contracts\/(conditions\/)?\w+\.sol:/.test(name),
    );
    const signatures = new Set<string>();
    for (const name of names) {
      const { abi } = await artifacts.readArtifact(name);
      for (const { type, name: error, inputs } of abi as { type: string; name: string; inputs: { name: string }[] }[]) {
        if (type === "error") signatures.add(`${error}(${inputs.map((input) => input.name).join(", ")})`);
      }
    }
    return [...signatures];
  }

  it("tells what to do about every error, and about no other", async () => {
    const documented = [...page.matchAll(/^\| `(\w+\([^)]*\))`/gm)].map(([, signature]) => signature);
    expect(documented.sort()).to.deep.equal((await declared()).sort());
  });

  it("has a row that tasks can read for each of them, with a why and a what to do", async () => {
    expect([...table.values()].map(({ signature }) => signature).sort()).to.deep.equal((await declared()).sort());
    for (const { signature, why, fix } of table.values()) {
      expect(why, signature).not.to.match(/^\s*$|[.|]$/);
      expect(fix, signature).not.to.match(/^\s*$|[.|]$/);
    }
  });

  it("knows every error that a call of a task can end with", () => {
    const names = ERRORS.fragments.map((fragment) => ("name" in fragment ? String(fragment.name) : ""));
    expect(names).to.have.length.above(50);
    for (const name of names) expect(table.has(name), name).to.equal(true);
  });
});
