import { readFileSync } from "node:fs";
import { join } from "node:path";

import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id } from "ethers";
import { artifacts } from "hardhat";

import { CONTRACTS } from "../../deploy/addressBook";
import { MIN_STAKE, network } from "../helpers/network";
import { passPeriods } from "../helpers/time";

describe("docs/incidents.md", () => {
  const page = readFileSync(join(__dirname, "../../docs/incidents.md"), "utf8");

  it("is right that a draw's first miners don't depend on how many are wanted", async () => {
    const { escrow, miners } = await loadFixture(network);
    for (const [i, miner] of miners.entries()) await escrow.connect(miner).lock(MIN_STAKE * BigInt(i + 1), 50n);
    await passPeriods(escrow, 1n);
    const until = (await escrow.currentPeriod()) + 10n;
    for (let i = 0; i < 20; ++i) {
      const seed = BigInt(id(`draw ${i}`));
      const all = [...(await escrow.draw(seed, 4n, until, 1_000n))];
      for (let wanted = 1; wanted < 4; ++wanted) {
        expect([...(await escrow.draw(seed, wanted, until, 1_000n))]).to.deep.equal(all.slice(0, wanted));
      }
    }
  });

  it("names functions and errors that there are", async () => {
    const known = new Set<string>();
    for (const name of CONTRACTS) {
      const { abi } = await artifacts.readArtifact(name);
      for (const { name: part } of abi as { name?: string }[]) if (part !== undefined) known.add(part);
    }
    const words = [...page.matchAll(/`([a-z]+[A-Z]\w*|(?:StakeEscrow|PolicyManager)\w+)(?:\([^`]*\))?`/g)];
    const named = words.map(([, word]) => word ?? "").filter((word) => word !== "blockTag");
    expect(named.length).to.be.greaterThan(15);
    expect(named.filter((word) => !known.has(word))).to.deep.equal([]);
  });
});
