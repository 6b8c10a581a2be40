import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { setBalance, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import type { EIP1193Provider, RequestArguments } from "@nomicfoundation/ignition-core";
import { Wallet, id, parseEther } from "ethers";
import hre from "hardhat";

import { type AddressBook, CONTRACTS } from "../../deploy/addressBook";
import { type Deployer, carryOut } from "../../deploy/deployment";
import { type NetworkDefinition, networkNamed } from "../../deploy/networks";
import { Chain } from "../../deploy/provider";

/** Development parameters on the embedded chain, under the name whose deployments are written down. */
export const network: NetworkDefinition = networkNamed("localhost");

export const node: EIP1193Provider = hre.network.provider;
export const chain = new Chain(node);

/** A key of ours, that the node doesn't know. */
export const wallet = new Wallet(id("a deployer for tests"));

/** For the `describe` around: each test has an empty folder of address books, and a chain on which nothing happened. */
export function cleanSlate(): void {
  let folder: string;
  let snapshot: Awaited<ReturnType<typeof takeSnapshot>>;
  let before: string | undefined;

  beforeEach(async () => {
    before = process.env["NKMS_ADDRESSES"];
    folder = mkdtempSync(join(tmpdir(), "nkms-addresses-"));
    process.env["NKMS_ADDRESSES"] = folder;
    snapshot = await takeSnapshot();
    await setBalance(wallet.address, parseEther("100"));
  });

  afterEach(async () => {
    await snapshot.restore();
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env["NKMS_ADDRESSES"];
    else process.env["NKMS_ADDRESSES"] = before;
  });
}

/** Deploys without interruption. */
export const deployed = (deployer: Deployer = { wallet }, on = network): Promise<AddressBook> =>
  carryOut(hre, on, node, deployer);

/** The addresses in a book, in the order of {@link CONTRACTS}. */
export const addressesIn = (book: AddressBook): (string | undefined)[] =>
  CONTRACTS.map((name) => book.contracts[name]?.address);

/** Where the line to the node breaks: before the node gets the n-th transaction, or after, before we hear of it. */
export interface Break {
  at: number;
  when: "before" | "after";
}

/** A node that nothing is heard of any more once the line broke. For us that is as if our process were killed. */
export class BreakingLine implements EIP1193Provider {
  private sent = 0;
  private broken = false;

  /** @param onBreak called just before the last transaction goes through or doesn't */
  constructor(
    private readonly where: Break,
    private readonly onBreak: () => Promise<unknown> = () => Promise.resolve(),
  ) {}

  async request(request: RequestArguments): Promise<unknown> {
    if (this.broken) throw new Error("the line is broken");
    if (!/^eth_send(Raw)?Transaction$/.test(request.method) || ++this.sent < this.where.at)
      return node.request(request);
    this.broken = true;
    await this.onBreak();
    if (this.where.when === "after") await node.request(request);
    throw new Error("the line broke");
  }
}
