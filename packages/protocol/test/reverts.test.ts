import { expect } from "chai";
import { Interface } from "ethers";

import { describeRevert, parseRevert, revertDataOf } from "../src/index.js";

const abi = new Interface(["error StakeEscrowBehind(uint256 open, uint256 period)"]);
const data = abi.encodeErrorResult("StakeEscrowBehind", [3n, 9n]);

describe("reverts", () => {
  it("are found wherever an error carries them", () => {
    expect(revertDataOf({ data })).to.equal(data);
    expect(revertDataOf(new Error("outer", { cause: { data } }))).to.equal(data);
    expect(revertDataOf({ data: { message: "reverted", txHash: "0x12", data } }), "of a development node").to.equal(
      data,
    );
    expect(revertDataOf({ code: "CALL_EXCEPTION", info: { error: { code: 3, data } } }), "of ethers").to.equal(data);
    expect(revertDataOf({ error: { error: { data: "0x" } } })).to.equal("0x");
    expect(revertDataOf({ code: "CALL_EXCEPTION" }), "without a reason").to.equal("0x");
    expect(revertDataOf({ code: "CALL_EXCEPTION", data: null, transaction: { data } })).to.equal("0x");
    const endless: { cause?: object } = {};
    endless.cause = endless;
    for (const other of [new Error("no network"), undefined, "text", { data: 5 }, { data: "0x123" }, endless]) {
      expect(revertDataOf(other)).to.equal(undefined);
    }
  });

  it("are told in words", () => {
    expect(describeRevert(data, abi)).to.equal("StakeEscrowBehind(3, 9)");
    expect(describeRevert("0x", abi)).to.equal("a revert without a reason");
    expect(describeRevert("0x12345678", abi)).to.equal("a revert with 0x12345678");
  });

  it("are told in words when their contract wants to confuse", () => {
    const { selector } = abi.getError("StakeEscrowBehind") ?? expect.fail();
    const reason = (text: string): string => abi.encodeErrorResult("Error(string)", [text]);
    expect(describeRevert(selector, abi), "values that are missing").to.equal(`a revert with ${selector}`);
    const invalid = reason("ab").replace("6162", "ff62");
    expect(describeRevert(invalid, abi), "text that isn't UTF-8").to.equal(`a revert with ${invalid.slice(0, 74)}`);
    expect(describeRevert(reason("\u001b[2Jno\r"), abi)).to.equal("Error(?[2Jno?)");
    expect(describeRevert(reason("x".repeat(10_000)), abi)).to.equal(`Error(${"x".repeat(80)}...)`);
  });

  it("are read, with the names of their values", () => {
    expect(parseRevert(data, abi)?.args.toObject()).to.deep.equal({ open: 3n, period: 9n });
    for (const other of ["0x", "0x12345678", data.slice(0, -2), "text"]) {
      expect(parseRevert(other, abi)).to.equal(undefined);
    }
  });
});
