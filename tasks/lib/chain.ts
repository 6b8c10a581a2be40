import type { Calendar } from "@nkms/protocol";
import { type BaseContract, type BlockTag, type ContractRunner, getAddress, Interface } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { type AddressBook, entryOf, findAddressBook, readAddressBook } from "../../deploy/addressBook";
import { networkNamed } from "../../deploy/networks";
import { Chain as Node, checkChain } from "../../deploy/provider";
import {
  ChallengeManager__factory,
  HealthVote__factory,
  MinerRegistry__factory,
  NKMSToken__factory,
  PolicyManager__factory,
  StakeEscrow__factory,
} from "../../typechain-types";
import type {
  ChallengeManager,
  HealthVote,
  MinerRegistry,
  NKMSToken,
  PolicyManager,
  StakeEscrow,
} from "../../typechain-types";
import { Dates } from "./dates";
import { TaskError } from "./errors";

export type Provider = HardhatRuntimeEnvironment["ethers"]["provider"];

/** NKMS on the chain that a task is about, as of one moment. */
export interface Chain {
  /** `localhost`, `sepolia`. */
  readonly network: string;
  readonly chainId: bigint;
  readonly provider: Provider;
  /** A chain for trying things out: its accounts are unlocked, and its clock may stand still between blocks. */
  readonly local: boolean;
  /** The block that views are asked of. */
  readonly blockTag: BlockTag;
  readonly book: AddressBook;

  readonly token: NKMSToken;
  readonly escrow: StakeEscrow;
  readonly registry: MinerRegistry;
  readonly policies: PolicyManager;
  readonly challenges: ChallengeManager;
  readonly health: HealthVote;

  /** Unix time in seconds of the next block, or of the last one on a public chain. */
  readonly timestamp: bigint;
  /** The period then. */
  readonly now: bigint;
  /** V, periods. */
  readonly vesting: bigint;
  readonly calendar: Calendar;
  readonly dates: Dates;
}

const LOCAL = ["hardhat", "localhost"];

/**
 * NKMS on the network that Hardhat is connected to.
 * @throws {DeployError} `NO_NETWORK`, `OTHER_CHAIN` for a node that doesn't answer, or is of another chain; `NO_BOOK` if NKMS
 * isn't deployed there; {TaskError} `NOT_ON_CHAIN` if it was, and the chain is new
 */
export async function openChain(hre: HardhatRuntimeEnvironment): Promise<Chain> {
  const { provider } = hre.ethers;
  await checkChain(new Node(hre.network.provider), networkNamed(hre.network.name));
  const { chainId } = await provider.getNetwork();
  if (hre.network.name === "hardhat") await requireDeployment(provider, findAddressBook(Number(chainId)));
  const book = readAddressBook(Number(chainId));
  const local = LOCAL.includes(hre.network.name);
  // On a local chain time goes on without blocks: what is sent now is of the pending block's time.
  const blockTag = local ? "pending" : "latest";
  const runner: ContractRunner = { provider, call: (tx) => provider.call({ blockTag, ...tx }) };
  const at = (name: string): string => entryOf(book, name).address;

  await requireCode(provider, at("StakeEscrow"), hre.network.name);

  const escrow = StakeEscrow__factory.connect(at("StakeEscrow"), runner);
  const policies = PolicyManager__factory.connect(at("PolicyManager"), runner);
  const [timestamp, secondsPerPeriod, vesting, window] = await Promise.all([
    timeOf(provider, blockTag),
    escrow.PERIOD(),
    escrow.VESTING(),
    policies.WINDOW(),
  ]);
  return {
    network: hre.network.name,
    chainId,
    provider,
    local,
    blockTag,
    book,
    token: NKMSToken__factory.connect(at("NKMSToken"), runner),
    escrow,
    registry: MinerRegistry__factory.connect(at("MinerRegistry"), runner),
    policies,
    challenges: ChallengeManager__factory.connect(at("ChallengeManager"), runner),
    health: HealthVote__factory.connect(at("HealthVote"), runner),
    timestamp,
    now: timestamp / secondsPerPeriod,
    vesting,
    calendar: { secondsPerPeriod, window },
    dates: new Dates(secondsPerPeriod),
  };
}

/** Without `--network` Hardhat runs a chain that begins and ends with the command: only tests deploy there. */
async function requireDeployment(provider: Provider, book: AddressBook | undefined): Promise<void> {
  if (book && (await provider.getCode(entryOf(book, "StakeEscrow").address)) !== "0x") return;
  const expected =
    "one where NKMS is deployed, such as --network localhost, or HARDHAT_NETWORK=localhost for all commands";
  throw new TaskError("OTHER_CHAIN", "network", expected, "hardhat, a chain that ends with this command");
}

/** A local chain that was started anew has forgotten what its address book remembers. */
async function requireCode(provider: Provider, address: string, network: string): Promise<void> {
  if ((await provider.getCode(address)) !== "0x") return;
  const expected = "the contract that the address book names; `network deploy` deploys one";
  throw new TaskError("NOT_ON_CHAIN", `${address} on ${network}`, expected, "no contract");
}

/** A block's Unix time, seconds. Asked for as it is: a pending block has no number, which ethers wants. */
async function timeOf(provider: Provider, blockTag: string): Promise<bigint> {
  const block = (await provider.send("eth_getBlockByNumber", [blockTag, false])) as { timestamp: string };
  return BigInt(block.timestamp);
}

/** The contracts by the names that people use. */
export const contractsOf = (chain: Chain): Record<string, BaseContract> => ({
  token: chain.token,
  "stake escrow": chain.escrow,
  "miner registry": chain.registry,
  "policy manager": chain.policies,
  "challenge manager": chain.challenges,
  "health votes": chain.health,
});

/** The address of a contract. */
export const targetOf = ({ target }: BaseContract): string => target as string;

/** The name and the interface of the contract at an address, if it is one of NKMS. */
export function contractAt(chain: Chain, address: string): { name: string; contract: BaseContract } | undefined {
  for (const [name, contract] of Object.entries(contractsOf(chain))) {
    if (targetOf(contract) === getAddress(address)) return { name, contract };
  }
  return undefined;
}

/** Every custom error that a call to NKMS can end with. */
export const ERRORS = new Interface(
  [
    NKMSToken__factory,
    StakeEscrow__factory,
    MinerRegistry__factory,
    PolicyManager__factory,
    ChallengeManager__factory,
    HealthVote__factory,
  ].flatMap((factory) => factory.createInterface().fragments.filter(({ type }) => type === "error")),
);

/** Until when what is signed now is good: Unix time, seconds. */
export const goodUntil = ({ timestamp }: Chain, days = 7n): bigint => timestamp + days * 86_400n;

/** The first block that can have an event of NKMS. */
export const firstBlock = ({ book }: Chain): number =>
  Math.min(...Object.values(book.contracts).map(({ block }) => block));
