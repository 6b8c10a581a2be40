import { expect } from "chai";

import { addressOf, ContractsError, type Deployment } from "../src/index.js";

const ESCROW = "0x00000000000000000000000000000000000000E5";
const deployments: Record<number, Deployment> = {
  5: { network: "test", contracts: { StakeEscrow: { address: ESCROW, block: 7 } } },
};

function refusal(look: () => unknown): ContractsError {
  try {
    look();
  } catch (error) {
    if (error instanceof ContractsError) return error;
    throw error;
  }
  return expect.fail("expected a refusal");
}

describe("addressOf", () => {
  it("finds a contract by chain and name", () => {
    expect(addressOf(5, "StakeEscrow", deployments)).to.equal(ESCROW);
    expect(addressOf(5n, "StakeEscrow", deployments)).to.equal(ESCROW);
  });

  it("names the chains there are if it doesn't know one", () => {
    const { code, message } = refusal(() => addressOf(6, "StakeEscrow", deployments));
    expect([code, message]).to.deep.equal(["UNKNOWN_CHAIN", "chainId: expected one of 5, got 6"]);
    expect(refusal(() => addressOf(6, "StakeEscrow", {})).message).to.equal("chainId: expected none yet, got 6");
  });

  it("names the contracts there are if it doesn't know one", () => {
    const { code, message } = refusal(() => addressOf(5, "Escrow", deployments));
    expect([code, message]).to.deep.equal(["UNKNOWN_CONTRACT", "name: expected one of StakeEscrow, got Escrow"]);
    for (const name of ["constructor", "toString", "__proto__"]) {
      expect(refusal(() => addressOf(5, name, deployments)).code).to.equal("UNKNOWN_CONTRACT");
    }
  });
});
