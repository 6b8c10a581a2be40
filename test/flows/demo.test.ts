import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MAX_PLAINTEXT_LENGTH } from "@nkms/umbral";
import { expect } from "chai";
import hre from "hardhat";

import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import { DemoError } from "../../scripts/demo/errors";
import { SAMPLE_FILE, readShared } from "../../scripts/demo/file";
import { silentReport } from "../../scripts/demo/report";
import { runDemo } from "../../scripts/demo/run";
import { suppliedAfter } from "../models/issuance";

describe("The demo", () => {
  it("shares a file through drawn miners, pays them, convicts cheats, revokes, and pays 120 periods of rewards", async () => {
    const result = await runDemo(hre, SAMPLE_FILE, silentReport);

    expect(result.file.readBack).to.equal(true);
    expect(new Set(result.drawn.map(({ miner }) => miner))).to.have.lengthOf(5);
    for (const { rewardClaimed } of result.drawn) expect(BigInt(rewardClaimed) > 0n).to.equal(true);
    const schedule = { ...local, ...local.escrow };
    for (const { period, issued } of result.supply) {
      expect(BigInt(issued), `supply after ${period} periods`).to.equal(suppliedAfter(schedule, BigInt(period)));
    }
    expect(result.supply.map(({ period }) => period)).to.deep.equal([30, 60, 90, 120]);

    // By hand: five miners at 10 NKMS for 90 days. Three serve 45 days; one 20, and its successor 25 of 70; one resigns
    // after 30. Of what isn't served, days up to half of each length are held back: 15 of who resigned, 10 of the successor.
    const { policy, parties, balances } = result;
    const inWhole = (amount: string): number => Number(BigInt(amount) / nkms("1"));
    expect(inWhole(policy.fee)).to.equal(4_500);
    expect(inWhole(policy.claimed)).to.equal(3 * 450 + 200 + 250 + 300 - 10);
    expect(inWhole(policy.refunded)).to.equal(3 * 450 + 350 + 450);
    expect(inWhole(policy.held)).to.equal(100 + 150);
    expect(inWhole(policy.penalty)).to.equal(10);
    expect(parties).to.have.lengthOf(8);
    expect(balances.map(({ moment }) => moment)).to.deep.equal([
      "before",
      "policy created",
      "day 30",
      "day 45, revoked",
      "day 54",
    ]);
    const columns = balances.map(({ amounts }) => amounts.map(inWhole));
    expect(columns).to.deep.equal([
      [10_000, 0, 0, 0, 0, 0, 0, 0],
      [5_500, 0, 0, 0, 0, 0, 0, 4_500],
      [5_500, 200, 290, 300, 300, 300, 100, 3_010],
      [7_660, 200, 290, 300, 300, 300, 100, 850],
      [7_910, 200, 290, 450, 450, 450, 250, 0],
    ]);
    expect(new Set(balances.map(({ sum }) => sum)).size).to.equal(1);

    // By hand: five of ten days at 10 NKMS are served and half of the fee is the floor; c is 100. A wrong answer gives its
    // finder 20 of c, a leak 5 % of the 50 that were earned; the other 50 go back, the rest is burned.
    const [wrong, leak, none] = [
      [20, 50, 130],
      [2.5, 50, 147.5],
      [0, 0, 0],
    ];
    const exactly = (amount: string): number => Number(BigInt(amount) / 10n ** 17n) / 10;
    expect(
      result.cheats.map(({ verdict, toChallenger, backToPayer, burned }) => [
        verdict,
        [toChallenger, backToPayer, burned].map(exactly),
      ]),
    ).to.deep.equal([
      ["honest", none],
      ["EquationE", wrong],
      ["Kfrag", wrong],
      ["Leak", leak],
      ["ScalarZ", wrong],
      ["PointE1", wrong],
      ["PointV2", wrong],
      ["Length", wrong],
      ["EquationE", wrong],
      ["Kfrag", wrong],
      ["OTHER_SIGNER", none],
    ]);
  });
});

describe("The file that the demo shares", () => {
  let folder: string;
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  /** The error that reading `path` ends with. */
  const refusal = (path: string): DemoError => {
    try {
      readShared(path);
    } catch (error) {
      if (error instanceof DemoError) return error;
      throw error;
    }
    throw new Error(`${path}: expected a refusal, got bytes`);
  };

  before(() => void (folder = mkdtempSync(join(tmpdir(), "nkms-demo-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("is read byte for byte", () => {
    expect(Buffer.from(readShared(file("one", "a\u0000\u00ff"))).toString("hex")).to.equal("6100c3bf");
  });

  it("may not be missing", () => {
    const path = join(folder, "missing");
    expect(refusal(path)).to.include({ code: "FILE_UNREADABLE" });
    expect(refusal(path).message).to.match(/^.*missing: expected a file that can be read, got Error: ENOENT/);
  });

  it("may not be a folder", () => {
    expect(refusal(folder)).to.include({ code: "FILE_UNREADABLE" });
  });

  it("may not be empty", () => {
    const path = file("empty", "");
    expect(refusal(path)).to.include({ code: "FILE_EMPTY", message: `${path}: expected at least one byte, got none` });
  });

  it("may not be longer than Umbral's longest message, and is not read then", () => {
    const path = file("long", "x");
    truncateSync(path, 2 ** 30); // one GiB that takes no room on the disk
    expect(refusal(path)).to.include({
      code: "FILE_TOO_LARGE",
      message: `${path}: expected at most ${MAX_PLAINTEXT_LENGTH} bytes, got ${2 ** 30} bytes`,
    });
  });
});
