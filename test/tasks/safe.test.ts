import { expect } from "chai";

import { type SafeBatch, withChecksum } from "../../tasks/lib/safe";

/** Exported by the Safe app's Transaction Builder 1.18.2. */
const EXPORTED = {
  version: "1.0",
  chainId: "1",
  createdAt: 1761326849944,
  meta: {
    name: "Transactions Batch",
    description: "",
    txBuilderVersion: "1.18.2",
    createdFromSafeAddress: "0xA77DE01e157f9f57C7c4A326eeE9C4874D0598b6",
    createdFromOwnerAddress: "",
    checksum: "0x8b5032f716845c8b08bab3d63dbd9ba92e056f3557793cd041e59b84e16aa989",
  },
  transactions: [
    {
      to: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
      value: "0",
      data: null,
      contractMethod: {
        inputs: [
          { internalType: "address", name: "spender", type: "address" },
          { internalType: "uint256", name: "value", type: "uint256" },
        ],
        name: "approve",
        payable: false,
      },
      contractInputsValues: { spender: "0x474e5Ded6b5D078163BFB8F6dBa355C3aA5478C8", value: "100000000000" },
    },
  ],
} as const satisfies SafeBatch;

describe("A batch for a Safe", () => {
  it("has the checksum that the Safe app gives it", () => {
    expect(withChecksum({ ...EXPORTED, meta: { ...EXPORTED.meta, checksum: "" } })).to.deep.equal(EXPORTED);
  });

  it("has another one if anything but its name differs", () => {
    const renamed = withChecksum({ ...EXPORTED, meta: { ...EXPORTED.meta, name: "Another" } });
    expect(renamed.meta.checksum).to.equal(EXPORTED.meta.checksum);
    for (const other of [
      { ...EXPORTED, chainId: "2" },
      { ...EXPORTED, createdAt: 0 },
      { ...EXPORTED, meta: { ...EXPORTED.meta, description: "x" } },
      { ...EXPORTED, transactions: [] },
      { ...EXPORTED, transactions: [{ ...EXPORTED.transactions[0], value: "1" }] },
    ]) {
      expect(withChecksum(other).meta.checksum).not.to.equal(EXPORTED.meta.checksum);
    }
  });
});
