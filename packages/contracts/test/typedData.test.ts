import { expect } from "chai";
import { id, TypedDataEncoder } from "ethers";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  BALLOT_COMMITMENT_TYPES,
  CANARY_CLAIM_TYPES,
  DOMAIN_NAMES,
  OPERATOR_BOND_TYPES,
  PERMIT_TYPES,
} from "../src/index.js";

const contracts = fileURLToPath(new URL("../../../contracts", import.meta.url));

/** What the contracts' sources hash as types. */
const inSources = (): string[] =>
  readdirSync(contracts, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sol") && !file.startsWith("mocks"))
    .flatMap((file) => [...readFileSync(join(contracts, file), "utf8").matchAll(/keccak256\(\s*"(\w+\([^"]*\))"/g)])
    .map(([, type = ""]) => type);

describe("typed data", () => {
  it("has the types that the contracts hash", () => {
    const sources = inSources();
    for (const types of [OPERATOR_BOND_TYPES, BALLOT_COMMITMENT_TYPES, CANARY_CLAIM_TYPES]) {
      const [name = ""] = Object.keys(types);
      expect(sources).to.include(TypedDataEncoder.from(types).encodeType(name));
    }
  });

  it("has EIP-2612's permit", () => {
    // The type hash that the EIP prints.
    const encoded = TypedDataEncoder.from(PERMIT_TYPES).encodeType("Permit");
    expect(id(encoded)).to.equal("0x6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9");
  });

  it("names the domains as the contracts do", () => {
    for (const [contract, name] of Object.entries(DOMAIN_NAMES)) {
      const files = [`${contract}.sol`, "abstracts/BallotBook.sol", "libraries/PolicyTerms.sol"];
      const texts = files.map((file) => readFileSync(join(contracts, file), "utf8")).join("\n");
      expect(texts, contract).to.include(`"${name}"`);
    }
  });
});
