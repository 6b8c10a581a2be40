import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { getCreateAddress } from "ethers";
import hre from "hardhat";

import { addressesFolder, readAddressBook } from "../../deploy/addressBook";
import { type Deployer, addressOf, carryOut } from "../../deploy/deployment";
import { DeployError } from "../../deploy/errors";
import { Journal } from "../../deploy/journal";
import type { Signed } from "../../deploy/outbox";
import { plan } from "../../deploy/plan";
import { nkms } from "../../deploy/parameters/units";
import { type Break, BreakingLine, addressesIn, chain, cleanSlate, deployed, network, node, wallet } from "./fixtures";

/** Seven contracts, three calls of `wire`. */
const STEPS = 10;

describe("deploy, interrupted", () => {
  cleanSlate();

  async function interrupted(
    where: Break,
    deployer: Deployer = { wallet },
    onBreak?: () => Promise<unknown>,
  ): Promise<DeployError> {
    try {
      await carryOut(hre, network, new BreakingLine(where, onBreak), deployer);
    } catch (error) {
      if (error instanceof DeployError) return error;
      throw error;
    }
    throw new Error("expected the deployment to stop, it did not");
  }

  /** Contracts come first, in order, each with the deployer's next nonce. */
  const expectedAddresses = (from: string, nonce: number): string[] =>
    [0, 1, 2, 3, 4, 5, 6].map((i) => getCreateAddress({ from, nonce: nonce + i }));

  async function expectToGoOn(where: Break, deployer: Deployer): Promise<void> {
    const from = addressOf(deployer);
    const nonce = await chain.nonce(from, "latest");
    expect((await interrupted(where, deployer)).code).to.equal("STOPPED");

    const book = await deployed(deployer);
    expect(addressesIn(book)).to.deep.equal(expectedAddresses(from, nonce));
    expect(await chain.nonce(from, "latest")).to.equal(nonce + STEPS);
    expect(readAddressBook(network.chainId)).to.deep.equal(book);
  }

  for (const when of ["before", "after"] as const) {
    for (let at = 1; at <= STEPS; ++at) {
      it(`goes on when it dies just ${when} the node gets transaction ${at}`, () =>
        expectToGoOn({ at, when }, { wallet }));
    }

    it(`goes on with an account of the node's when it dies just ${when} the node gets transaction 5`, async () => {
      const [account] = await chain.accounts();
      if (account === undefined) throw new Error("expected an account, got none");
      await expectToGoOn({ at: 5, when }, { account });
    });
  }

  it("goes on when it dies before every single transaction, or after it", async () => {
    for (let i = 0; i < STEPS; ++i) {
      for (const when of ["before", "after"] as const) await interrupted({ at: 1, when });
    }
    const book = await deployed();
    expect(addressesIn(book)).to.deep.equal(expectedAddresses(wallet.address, 0));
    expect(await chain.nonce(wallet.address, "latest")).to.equal(STEPS);
  });

  it("goes on when a transaction that it hadn't heard of waits to be mined", async () => {
    const mineAtOnce = (at: boolean): Promise<unknown> => node.request({ method: "evm_setAutomine", params: [at] });
    await interrupted({ at: 4, when: "after" }, { wallet }, () => mineAtOnce(false));
    expect(await chain.nonce(wallet.address, "latest")).to.equal(3);
    expect(await chain.nonce(wallet.address, "pending")).to.equal(4);
    const resumed = deployed();
    while (!readFileSync(join(new Journal(network.chainId).folder, "journal.jsonl"), "utf8").includes(signedHash(3))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await mineAtOnce(true);
    await mine();
    expect(addressesIn(await resumed)).to.deep.equal(expectedAddresses(wallet.address, 0));
    expect(await chain.nonce(wallet.address, "latest")).to.equal(STEPS);
  });

  /** Of the transaction with this nonce, as our list of signed ones has it. */
  function signedHash(nonce: number): string {
    const lines = readFileSync(new Journal(network.chainId).signedFile, "utf8").trim().split("\n");
    const signed = lines.map((line) => JSON.parse(line) as Signed).find((each) => each.nonce === nonce);
    if (!signed) throw new Error(`expected a signed transaction ${nonce}, got none`);
    return signed.hash;
  }

  it("plans what is left, with the addresses that it would have had", async () => {
    await interrupted({ at: 4, when: "before" });
    const { steps, gas } = await plan(hre, network, chain, wallet.address, new Journal(network.chainId));
    expect(steps.map((step) => step.done)).to.deep.equal(Array.from({ length: STEPS }, (_, i) => i < 3));
    expect(steps.map((step) => step.nonce)).to.deep.equal(Array.from({ length: STEPS }, (_, i) => i));
    expect(steps.flatMap(({ address }) => address ?? [])).to.deep.equal(expectedAddresses(wallet.address, 0));
    const last = await chain.blockNumber();
    await deployed();
    let used = 0n;
    for (let block = last + 1; block <= (await chain.blockNumber()); ++block) {
      for (const { hash } of (await chain.block(block)).transactions)
        used += (await chain.receipt(hash))?.gasUsed ?? 0n;
    }
    expect(gas, "to the unit: the rehearsal is the same code with the same parameters").to.equal(used);
  });

  it("goes on when it died while it wrote a line", async () => {
    await interrupted({ at: 4, when: "after" });
    const { folder, signedFile } = new Journal(network.chainId);
    appendFileSync(join(folder, "journal.jsonl"), '\n{"futureId":"NKMS#Poli');
    appendFileSync(signedFile, '{"nonce":4,"ha');
    expect(addressesIn(await deployed())).to.deep.equal(expectedAddresses(wallet.address, 0));
  });

  it("refuses to go on with other parameters", async () => {
    await interrupted({ at: 4, when: "before" });
    const other = { ...network, parameters: { ...network.parameters, initialSupply: nkms("5") } };
    const refusal = await carryOut(hre, other, node, { wallet }).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(DeployError).with.property("code", "BAD_PARAMETER");
    expect(refusal)
      .to.have.property("message")
      .that.matches(
        /^parameters and contracts: expected what they were when .*NKMS#NKMSToken: Argument at index 1 has been changed/,
      );
    expect(addressesIn(await deployed()), "with the old ones").to.deep.equal(expectedAddresses(wallet.address, 0));
  });

  it("writes the address book if that is all that is left", async () => {
    const book = await deployed();
    const file = join(addressesFolder(), `${network.chainId}.json`);
    const text = readFileSync(file, "utf8");
    rmSync(file);
    expect(await deployed()).to.deep.equal(book);
    expect(readFileSync(file, "utf8")).to.equal(text);
    expect(await chain.nonce(wallet.address, "latest")).to.equal(STEPS);
  });
});
