import { readFileSync } from "node:fs";
import { join } from "node:path";

import { amountOf, durationOf, withCommas } from "@nkms/protocol";
import { expect } from "chai";
import hre from "hardhat";

import { CONTRACTS } from "../../deploy/addressBook";
import { type NetworkDefinition, networkNamed } from "../../deploy/networks";
import { rehearse } from "../../deploy/rehearsal";

const COLUMNS = ["localhost", "sepolia", "hoodi", "l2"];

describe("docs/deploying.md", () => {
  const page = readFileSync(join(__dirname, "../../docs/deploying.md"), "utf8");

  /** The cells of a table's row, without its head. */
  function row(head: string): string[] {
    const line = page.split("\n").find((each) => each.startsWith(`| ${head} |`));
    if (line === undefined) throw new Error(`expected a row ${head}, got none`);
    return line
      .split("|")
      .slice(2, -1)
      .map((cell) => cell.trim());
  }

  it("tells within 2 % what a deployment costs", async () => {
    const steps = await rehearse(hre, networkNamed("sepolia"), "0x00000000000000000000000000000000000000d1", 0);
    const gasOf = (some: typeof steps): number => Number(some.reduce((sum, { gas }) => sum + gas, 0n));
    const told = (head: string): number => Number(row(head)[0]?.replaceAll(",", ""));
    const near = (head: string, gas: number): void => {
      expect(told(head), head).to.be.within(gas * 0.98, gas * 1.02);
    };
    for (const name of CONTRACTS)
      near(name, gasOf(steps.filter(({ contract, deploys }) => deploys && contract === name)));
    near("the three calls of `wire`", gasOf(steps.filter(({ deploys }) => !deploys)));
    near("all", gasOf(steps));
    const ether = (gwei: number): string => ((gasOf(steps) * gwei) / 1e9).toFixed(2);
    expect(page).to.include(`${ether(1)} ether at 1 gwei, ${ether(20)} at 20`);
  });

  it("tells how the parameters of the networks differ", () => {
    const expectRow = (head: string, cell: (network: NetworkDefinition) => string): void => {
      expect(row(head), head).to.deep.equal(COLUMNS.map((name) => cell(networkNamed(name))));
    };
    expectRow("chain", ({ chainId, name }) => `${chainId}${name === "l2" ? ", Base Sepolia" : ""}`);
    expectRow("a block every", ({ blockSeconds }) => `${blockSeconds} s`);
    expectRow("period", ({ parameters }) => durationOf(parameters.escrow.period));
    expectRow("first issue, NKMS a period", ({ parameters }) => amountOf(parameters.escrow.firstIssue));
    expectRow("least that must earn, NKMS", ({ parameters }) => amountOf(parameters.escrow.minEarning));
    expectRow("locks, periods", ({ parameters: { escrow } }) =>
      [escrow.shortestLock, escrow.longestLock].map(withCommas).join(" to "),
    );
    expectRow("bond of a challenger, ether", ({ parameters }) => amountOf(parameters.challenges.bond));
    expectRow("age of a commitment, blocks", ({ parameters: { challenges } }) =>
      [challenges.minAge, challenges.maxAge].map(withCommas).join(" to "),
    );
    expectRow("blocks from a health round to the next", ({ parameters }) => String(parameters.health.gap));
    expectRow("phases of a health round, blocks", ({ parameters: { health } }) =>
      [health.seedBlocks, health.commitBlocks, health.revealBlocks].join(", "),
    );
  });

  it("lists every variable of .env.example", () => {
    const example = readFileSync(join(__dirname, "../../.env.example"), "utf8");
    const variables = [...example.matchAll(/^(NKMS_\w+)=/gm)].map(([, name]) => name);
    expect(variables.length).to.be.greaterThan(5);
    for (const variable of variables) expect(page).to.include(`\`${variable}\``);
  });

  it("names networks that deploy with their parameters", async () => {
    for (const name of COLUMNS) {
      const steps = await rehearse(hre, networkNamed(name), "0x00000000000000000000000000000000000000d1", 7);
      expect(steps, name).to.have.length(10);
    }
  });
});
