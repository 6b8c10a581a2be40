import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { expectComplaint } from "./refusals";
import { listener, run } from "./run";
import { load, taskFolder, taskNetwork } from "./scene";

/** Reads CSV by RFC 4180, written here once more: a quoted field may hold commas, doubled quotes and line breaks. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === ",") continue;
    if (end === "\r\n") rows.push(row);
    row = [];
  }
  return rows;
}

describe("network history", () => {
  const folder = taskFolder();
  const out = join(folder, "history.csv");

  async function scene() {
    const network = await load(taskNetwork);
    await run("stake", "lock", { account: 1n, amount: nkms("1000"), periods: 30n });
    await run("miner", "set-endpoint", { account: 1n, url: 'https://node.example/"a",b' });
    await run("stake", "lock", { account: 2n, amount: nkms("50"), periods: 9n });
    return network;
  }

  it("has every event of an account, with its words and values", async () => {
    const { accounts, escrow } = await scene();
    const io = listener();
    await run("network", "history", { of: "1", out }, io);
    const [head, ...rows] = rowsOf(readFileSync(out, "utf8"));
    expect(head).to.deep.equal(["block", "time", "transaction", "contract", "event", "words", "values"]);
    expect(rows.map((row) => row[4])).to.deep.equal([
      "Transfer", // of its purse
      "Approval",
      "NumberGiven",
      "LockOpened",
      "Transfer",
      "EndpointSet",
    ]);
    expect(io.lines).to.deep.equal([`6 events with ${accounts[1]?.address} are in ${out}.`]);

    const opened = rows[3] ?? [];
    const logs = await escrow.queryFilter(escrow.filters.LockOpened(accounts[1]));
    expect([opened[0], opened[2]]).to.deep.equal([String(logs[0]?.blockNumber), logs[0]?.transactionHash]);
    const block = await logs[0]?.getBlock();
    expect(Date.parse(opened[1] ?? "") / 1_000).to.equal(block?.timestamp);
    expect(opened[5]).to.match(/^lock 0 opened with 1,000 NKMS: it counts from /);
    expect(JSON.parse(opened[6] ?? "")).to.include({ amount: String(nkms("1000")), lock: "0" });
    expect(rows[5]?.[5]).to.include('answers at https://node.example/"a",b');
  });

  it("has everybody's without an account, from the block that was named", async () => {
    const { escrow } = await scene();
    const found = await run<{ events: number }>("network", "history", { out });
    const rows = rowsOf(readFileSync(out, "utf8"));
    expect(found.events).to.equal(rows.length - 1);
    expect(rows.filter((row) => row[4] === "LockOpened")).to.have.lengthOf(2);
    expect(rows.map((row) => row[4])).to.include("Wired");

    const [, second] = await escrow.queryFilter(escrow.filters.LockOpened());
    await run("network", "history", { fromBlock: BigInt(second?.blockNumber ?? 0), out });
    const late = rowsOf(readFileSync(out, "utf8")).slice(1);
    expect(late.map((row) => row[4])).to.deep.equal(["Approval", "NumberGiven", "LockOpened", "Transfer"]);
  });

  it("complains about an account and a file that can't be", async () => {
    await scene();
    await expectComplaint(run("network", "history", { of: "x", out }), "BAD_ARGUMENT", "of");
    await expectComplaint(run("network", "history", { out: join(folder, "no/x.csv") }), "BAD_FILE", /x\.csv$/);
  });
});

describe("network pass", () => {
  taskFolder();

  it("moves the clock to the start of a later period, and never back", async () => {
    const { escrow } = await load(taskNetwork);
    const now = await escrow.currentPeriod();
    const { period } = await run<{ period: bigint }>("network", "pass", { periods: 3n });
    expect([period, await escrow.currentPeriod()]).to.deep.equal([now + 3n, now + 3n]);
    await run("network", "pass", { periods: 0n });
    expect(await escrow.currentPeriod()).to.equal(now + 3n);
  });
});
