import { inspect } from "node:util";

import { expect } from "chai";
import type { CLIArgumentType } from "hardhat/types";

import { nkms } from "../../deploy/parameters/units";
import { account, address, amount, count, hash, positive, seed } from "../../tasks/lib/arguments";
import { inEther, inGwei, inNkms } from "../../tasks/lib/amounts";
import { Dates, dayOf, momentOf } from "../../tasks/lib/dates";
import { RefusedError, TaskError } from "../../tasks/lib/errors";

const read = <Value>(type: CLIArgumentType<Value>, text: string): Value => {
  const value = type.parse("dryRun", text);
  type.validate("dryRun", value);
  return value;
};

function refusal(type: CLIArgumentType<unknown>, text: string): Pick<TaskError, "code" | "argument" | "got"> {
  try {
    read(type, text);
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    const { code, argument, expected, got } = error;
    expect(error.message).to.equal(`${argument}: expected ${expected}, got ${got}`);
    return { code, argument, got };
  }
  throw new Error(`${text}: expected a refusal, got none`);
}

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("Arguments of tasks", () => {
  it("reads amounts as people write them", () => {
    expect(read(amount, "16000")).to.equal(nkms("16000"));
    expect(read(amount, "16,000.5")).to.equal(nkms("16000.5"));
    expect(read(amount, "1,234,567")).to.equal(nkms("1234567"));
    expect(read(amount, "0.000000000000000001")).to.equal(1n);
    expect(read(amount, "0")).to.equal(0n);
  });

  it("refuses amounts that could mean something else", () => {
    for (const text of [
      "",
      "-1",
      "1e5",
      "16.000,5",
      "1,00",
      ",5",
      "1,0000",
      "1.",
      ".5",
      "1.0000000000000000001",
      "1 NKMS",
      "0x10",
    ]) {
      expect(refusal(amount, text), text).to.deep.equal({
        code: "BAD_ARGUMENT",
        argument: "dry-run",
        got: text || "nothing",
      });
    }
  });

  it("reads and refuses whole numbers", () => {
    expect(read(count, "30")).to.equal(30n);
    for (const text of ["", "-1", "1.5", "30 days", "0x1f", "9".repeat(16)]) {
      refusal(count, text);
      refusal(positive, text);
    }
    expect([read(count, "0"), read(positive, "1")]).to.deep.equal([0n, 1n]);
    refusal(positive, "0");
    expect(() => positive.validate("miners", 0n)).to.throw(
      TaskError,
      "miners: expected a whole number, 1 or more, got 0",
    );
  });

  it("reads addresses with a right checksum or in one case, and on a local chain numbers of accounts", () => {
    expect(read(address, ADDRESS)).to.equal(ADDRESS);
    expect(read(address, ADDRESS.toLowerCase())).to.equal(ADDRESS.toLowerCase());
    expect(read(account, "3")).to.equal("3");
    for (const text of ["", "3", ADDRESS.replace("C5", "c5"), ADDRESS.slice(0, -1), ADDRESS.slice(2)])
      refusal(address, text);
    for (const text of ["", "-1", "1234", "alice", ADDRESS.slice(0, -1)]) refusal(account, text);
    expect(() => read(address, ADDRESS.replace("C5", "c5"))).to.throw(TaskError, "as its checksum says");
  });

  it("reads seeds and hashes", () => {
    expect(read(seed, "7")).to.equal(7n);
    expect(read(seed, `0x${"f".repeat(64)}`)).to.equal(2n ** 256n - 1n);
    for (const text of ["", `0x${"f".repeat(65)}`, String(2n ** 256n), "abc"]) refusal(seed, text);
    expect(read(hash, `0x${"ab".repeat(32)}`)).to.equal(`0x${"ab".repeat(32)}`);
    for (const text of ["", "0x", `0x${"ab".repeat(31)}`]) refusal(hash, text);
  });

  it("refuses values of other types than theirs, as programs may give them", () => {
    expect(() => amount.validate("amount", "16000")).to.throw(TaskError, "amount: expected NKMS");
    expect(() => count.validate("periods", -1n)).to.throw(TaskError, "periods: expected a whole number, got -1");
  });
});

describe("Errors of tasks", () => {
  it("have no stack, which Hardhat would print on servers, unless it is asked for", () => {
    const errors = () => [
      new TaskError("BAD_ARGUMENT", "amount", "NKMS", "euros", new Error("a cause")),
      new RefusedError("StakeEscrowTooSmall", {}, ["The contract refuses this."]),
    ];
    expect(errors().map((error) => inspect(error))).to.deep.equal(["", ""]);
    process.argv.push("--show-stack-traces");
    try {
      for (const error of errors()) expect(inspect(error)).to.include(error.message).and.include("\n    at ");
    } finally {
      process.argv.pop();
    }
  });
});

describe("Words of tasks", () => {
  it("are exact about NKMS, and round ether and gas prices up", () => {
    expect(inNkms(1_234_567_890_123_456_789_012n)).to.equal("1,234.567890123456789012 NKMS");
    expect(inNkms(nkms("16000"))).to.equal("16,000 NKMS");
    expect(inEther(1n)).to.equal("0.000001 ETH");
    expect(inEther(1_234_567_000_000_001n)).to.equal("0.001235 ETH");
    expect(inGwei(1_769_821_606n)).to.equal("1.77 gwei");
  });

  it("name days in UTC where periods are whole days", () => {
    const dates = new Dates(86_400n);
    // 20,892 days after 1 January 1970.
    expect(dates.from(20_892n)).to.equal("from 15 March 2027, period 20892");
    expect(dates.through(20_892n)).to.equal("through 15 March 2027, period 20892");
    expect(dates.count(1n)).to.equal("1 period of 1 day");
    expect(new Dates(604_800n).through(0n)).to.equal("through 7 January 1970, period 0");
    expect(new Dates(604_800n).count(3n)).to.equal("3 periods of 7 days");
  });

  it("name minutes where they are not", () => {
    const dates = new Dates(3_600n);
    expect(dates.from(1n)).to.equal("from 1 January 1970 01:00 UTC, period 1");
    expect(dates.through(1n)).to.equal("through 1 January 1970 01:59 UTC, period 1");
  });

  it("don't stumble over times beyond the calendar", () => {
    expect(dayOf(2n ** 256n - 1n)).to.equal("the end of time");
    expect(momentOf(253_402_300_799n)).to.equal("31 December 9999 23:59 UTC");
    expect(new Dates(86_400n).from(2n ** 32n)).to.include("the end of time");
  });
});
