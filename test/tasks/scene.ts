import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import hre, { ethers } from "hardhat";

import { type AddressBook, writeAddressBook } from "../../deploy/addressBook";
import { nkmsModule } from "../../deploy/modules/nkms";
import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import type { HealthVote, MinerRegistry, NKMSToken, PolicyManager, StakeEscrow } from "../../typechain-types";
import { testParameters } from "../helpers/network";
import { toPeriod } from "../helpers/time";

/** A network for tasks, deployed as any network is, with its address book in a folder of its own. */
export interface TaskNetwork {
  book: AddressBook;
  parameters: NetworkParameters;
  token: NKMSToken;
  escrow: StakeEscrow;
  registry: MinerRegistry;
  policies: PolicyManager;
  health: HealthVote;
  /** The period in which the escrow was wired. */
  wiredIn: bigint;
  /** By number; each of 1 to 9 holds {@link PURSE}. */
  accounts: HardhatEthersSigner[];
}

export const PURSE = nkms("100,000");

/** What tests of tasks use: {@link testParameters}, with a window of 3 periods. */
export const taskParameters: NetworkParameters = {
  ...testParameters,
  policies: { window: 3n, minCollateral: nkms("1"), floorPercent: 50n, leakPercent: 5n, finderPercent: 20n },
};

/** A folder for what tasks write; address books lie there too. It is gone after the tests of the file. */
export function taskFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nkms-tasks-"));
  const before = process.env["NKMS_ADDRESSES"];
  process.env["NKMS_ADDRESSES"] = folder;
  after(() => {
    if (before === undefined) delete process.env["NKMS_ADDRESSES"];
    else process.env["NKMS_ADDRESSES"] = before;
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** {@link loadFixture}, and the address book of what it loaded: another fixture may have written its own. */
export async function load(fixture: () => Promise<TaskNetwork>): Promise<TaskNetwork> {
  const network = await loadFixture(fixture);
  writeAddressBook(network.book);
  return network;
}

/** Deploys with Ignition, at the start of a fresh period. Use it through {@link load}. */
export async function taskNetwork(): Promise<TaskNetwork> {
  const deployed = await hre.ignition.deploy(nkmsModule(taskParameters));
  const at = async (name: keyof typeof deployed): Promise<string> => deployed[name].getAddress();
  const addresses = {
    NKMSToken: await at("token"),
    StakeEscrow: await at("escrow"),
    MinerRegistry: await at("registry"),
    PolicyManager: await at("policyManager"),
    ChallengeManager: await at("challengeManager"),
    HealthVote: await at("healthVote"),
  };
  const book = bookOf(addresses);
  writeAddressBook(book);
  const accounts = await ethers.getSigners();
  const token = await ethers.getContractAt("NKMSToken", addresses.NKMSToken);
  const escrow = await ethers.getContractAt("StakeEscrow", addresses.StakeEscrow);
  for (const account of accounts.slice(1, 10)) await token.transfer(account, PURSE);
  const wiredIn = await escrow.openPeriod();
  await toPeriod(escrow, (await escrow.currentPeriod()) + 1n);
  return {
    book,
    parameters: taskParameters,
    wiredIn,
    token,
    escrow,
    registry: await ethers.getContractAt("MinerRegistry", addresses.MinerRegistry),
    policies: await ethers.getContractAt("PolicyManager", addresses.PolicyManager),
    health: await ethers.getContractAt("HealthVote", addresses.HealthVote),
    accounts,
  };
}

function bookOf(addresses: Record<string, string>): AddressBook {
  const rest = {
    constructorArguments: [],
    transaction: ethers.ZeroHash,
    block: 0,
    codeHash: ethers.ZeroHash,
    verified: {},
  };
  const contracts = Object.entries(addresses).map(([name, address]) => [name, { address, ...rest }] as const);
  return { chainId: 31_337, network: "test", contracts: Object.fromEntries(contracts) };
}
