import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { artifacts } from "hardhat";

/** Of OpenZeppelin's contracts: standard errors, with documents of their own. */
const OPENZEPPELIN =
  /^(ERC20|ERC2612|ECDSA|InvalidAccountNonce|InvalidShortString|StringTooLong|SafeCast|SafeERC20|AddressEmptyCode|FailedCall)/;

describe("docs/errors.md", () => {
  const page = readFileSync(join(__dirname, "../../docs/errors.md"), "utf8");
  const documented = [...page.matchAll(/^\| `(\w+\([^)]*\))`/gm)].map(([, signature]) => signature);

  async function declared(): Promise<string[]> {
    const names = (await artifacts.getAllFullyQualifiedNames()).filter((name) =>
      /^contracts\/(conditions\/)?\w+\.sol:/.test(name),
    );
    const signatures = new Set<string>();
    for (const name of names) {
      const { abi } = await artifacts.readArtifact(name);
      for (const { type, name: error, inputs } of abi as { type: string; name: string; inputs: { name: string }[] }[]) {
        if (type !== "error" || OPENZEPPELIN.test(error)) continue;
        signatures.add(`${error}(${inputs.map((input) => input.name).join(", ")})`);
      }
    }
    return [...signatures];
  }

  it("tells what to do about every error, and about no other", async () => {
    expect(documented.sort()).to.deep.equal((await declared()).sort());
  });
});
