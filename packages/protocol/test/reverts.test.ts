import { expect } from "chai";
import { Interface } from "ethers";

import { describeRevert, revertDataOf } from "../src/index.js";

const abi = new Interface(["error StakeEscrowBehind(uint256 open, uint256 period)"]);
const data = abi.encodeErrorResult("StakeEscrowBehind", [3n, 9n]);

describe("reverts", () => {
  it("are found wherever an error carries them", () => {
    expect(revertDataOf({ data })).to.equal(data);
    expect(revertDataOf(new Error("outer", { cause: { data } }))).to.equal(data);
    expect(revertDataOf({ code: "CALL_EXCEPTION" }), "without a reason").to.equal("0x");
    for (const other of [new Error("no network"), undefined, "text", { data: 5 }]) {
      expect(revertDataOf(other)).to.equal(undefined);
    }
  });

  it("are told in words", () => {
    expect(describeRevert(data, abi)).to.equal("StakeEscrowBehind(3, 9)");
    expect(describeRevert("0x", abi)).to.equal("a revert without a reason");
    expect(describeRevert("0x12345678", abi)).to.equal("a revert with 0x12345678");
  });
});
