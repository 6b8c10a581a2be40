import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { listener, run, taskFolder, taskNetwork } from "./scene";

describe("stake tasks", () => {
  taskFolder();
  it("tries", async () => {
    const { escrow, accounts } = await loadFixture(taskNetwork);
    const io = listener();
    await run("stake", "lock", { amount: nkms("16000"), periods: 30n, account: 1n }, io);
    await run("stake", "lock", { amount: nkms("160"), periods: 30n, account: 1n, dryRun: true }, io);
    await run("stake", "status", { of: "1" }, io);
    await run("stake", "lock", { amount: nkms("160"), periods: 3n, account: 1n, json: true }, io);
    try {
      await run("stake", "lock", { amount: nkms("1"), periods: 30n, account: 2n }, io);
    } catch (e) {
      console.log(e);
    }
    console.log(io.lines.join("\n"));
    expect(await escrow.lockedIn(accounts[1]!, (await escrow.currentPeriod()) + 1n)).to.equal(nkms("16000"));
  });
});
