import { randomBytes } from "node:crypto";
import { basename } from "node:path";

import { time } from "@nomicfoundation/hardhat-network-helpers";
import { drawWithSeed, readSamplerState } from "@nkms/protocol";
import { SecretKey } from "@nkms/umbral";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { nkmsModule } from "../../deploy/modules/nkms";
import { local } from "../../deploy/parameters/local";
import { inNkms } from "../../deploy/parameters/units";
import { MinerRegistry__factory, NKMSToken__factory, StakeEscrow__factory } from "../../typechain-types";
import type { MinerRegistry, NKMSToken, StakeEscrow } from "../../typechain-types";
import { DemoError, expectEqual } from "./errors";
import { readShared } from "./file";
import { type Miner, createMiners } from "./miners";
import type { Report } from "./report";
import { grant, read, serve } from "./sharing";
import { closedFormSupply, continuousSupply } from "./supply";

const MINERS = 24;
const SHARES = 5;
const THRESHOLD = 3;
const POLICY_PERIODS = 90n;
const MILESTONES = [30n, 60n, 90n, 120n];

/** What the demo found; amounts in base units as decimal strings, so that it is plain JSON. */
export interface DemoResult {
  file: { name: string; bytes: number; readBack: boolean };
  drawn: { miner: string; stake: string; networkShare: number; rewardClaimed: string }[];
  supply: { period: number; issued: string; closedForm: string; continuous: number }[];
  miners: number;
  rewardsClaimed: string;
  stakeWithdrawn: string;
  burned: string;
  seconds: number;
}

interface Contracts {
  token: NKMSToken;
  escrow: StakeEscrow;
  registry: MinerRegistry;
}

/**
 * Shares a file through miners drawn by stake, on an embedded chain, and lets periods pass.
 * @throws {DemoError} as soon as something isn't as it must be
 */
export async function runDemo(hre: HardhatRuntimeEnvironment, path: string, report: Report): Promise<DemoResult> {
  const started = Date.now();
  if (hre.network.name !== "hardhat") {
    throw new DemoError("NOT_AN_EMBEDDED_CHAIN", "network", "hardhat, whose clock can be moved", hre.network.name);
  }
  const file = readShared(path);

  report.step("Compile, deploy and wire the contracts; from then on nobody has special rights");
  await hre.run("compile", { quiet: true });
  const contracts = await deploy(hre, report);

  report.step(`${MINERS} miners lock stakes of different sizes, for different times, and bond their operators' keys`);
  const miners = await createMiners(MINERS, contracts, hre.ethers.provider);
  report.note(`${inNkms(sum(miners.map((miner) => miner.stake)))} NKMS are locked, to earn from the next period on`);
  await passPeriods(contracts, 1n);

  report.step(`Alice draws ${SHARES} miners by stake for ${POLICY_PERIODS} periods, with randomness of her own`);
  const drawn = await drawMiners(hre, contracts, miners, report);

  report.step(
    `Alice encrypts ${basename(path)} and splits the right to read it: any ${THRESHOLD} of ${SHARES} fragments`,
  );
  const bob = SecretKey.random();
  const given = grant(file, bob.publicKey(), THRESHOLD, SHARES);
  report.note(`${file.length} bytes became ${given.ciphertext.length}; the capsule has ${given.capsule.length} bytes`);

  report.step("The drawn miners check their fragments and re-encrypt, each with a proof");
  const answers = given.kfrags.map((kfrag) => serve(kfrag, given.capsule, given.keys));
  report.note(`${answers.length} answers of ${answers[0]?.length} bytes`);

  report.step(`Bob verifies the proofs and decrypts with ${THRESHOLD} of the answers`);
  const plaintext = read(bob, given, answers.slice(SHARES - THRESHOLD));
  expectEqual("file that Bob reads", Buffer.from(plaintext).toString("hex"), Buffer.from(file).toString("hex"));
  report.note("byte for byte what Alice had");

  report.step(`${MILESTONES.at(-1)} periods pass; nobody has to send anything to stay in`);
  const supply = await passMilestones(contracts, report);

  report.step("Rewards have vested and are claimed; locks have ended and are withdrawn");
  const paid = await payOut(contracts, miners);
  report.note(`${inNkms(sum([...paid.rewards.values()]))} NKMS claimed, ${inNkms(paid.withdrawn)} withdrawn`);
  const burned = await checkBooks(contracts);

  const total = sum(miners.map((miner) => miner.stake));
  const result: DemoResult = {
    file: { name: basename(path), bytes: file.length, readBack: true },
    drawn: drawn.map((miner) => ({
      miner: miner.name,
      stake: miner.stake.toString(),
      networkShare: Number((miner.stake * 1_000_000n) / total) / 1_000_000,
      rewardClaimed: (paid.rewards.get(miner) ?? 0n).toString(),
    })),
    supply,
    miners: MINERS,
    rewardsClaimed: sum([...paid.rewards.values()]).toString(),
    stakeWithdrawn: paid.withdrawn.toString(),
    burned: burned.toString(),
    seconds: (Date.now() - started) / 1000,
  };
  printTables(result, drawn, report);
  return result;
}

async function deploy(hre: HardhatRuntimeEnvironment, report: Report): Promise<Contracts> {
  const deployed = await hre.ignition.deploy(nkmsModule(local));
  const [deployer] = await hre.ethers.getSigners();
  const address = async (name: "token" | "escrow" | "registry") => deployed[name].getAddress();
  const contracts = {
    token: NKMSToken__factory.connect(await address("token"), deployer),
    escrow: StakeEscrow__factory.connect(await address("escrow"), deployer),
    registry: MinerRegistry__factory.connect(await address("registry"), deployer),
  };
  expectEqual("rights over the token", await contracts.token.deployer(), hre.ethers.ZeroAddress);
  expectEqual("rights over the escrow", await contracts.escrow.deployer(), hre.ethers.ZeroAddress);
  report.note(`stake escrow at ${await contracts.escrow.getAddress()}`);
  return contracts;
}

/** Draws from the public state, as any client would, and checks that the contract's own view draws the same. */
async function drawMiners(
  hre: HardhatRuntimeEnvironment,
  { escrow }: Contracts,
  miners: Miner[],
  report: Report,
): Promise<Miner[]> {
  const seed = BigInt(`0x${randomBytes(32).toString("hex")}`);
  const until = (await escrow.currentPeriod()) + POLICY_PERIODS;
  const maxTrials = 1_000n;
  const state = await readSamplerState(escrow, { blockTag: await hre.ethers.provider.getBlockNumber() });
  const addresses = await drawWithSeed(state, { seed, wanted: BigInt(SHARES), until, maxTrials });
  const onChain = await escrow.draw(seed, SHARES, until, maxTrials);
  expectEqual("draw on chain", onChain.join(), addresses.join());

  const drawn = addresses.map((address) => {
    const miner = miners.find(({ account }) => account.address === address);
    if (!miner) throw new DemoError("DISAGREEMENT", "drawn miner", "one of the network's", address);
    return miner;
  });
  report.note(`${drawn.map(({ name }) => name).join(", ")}; client and contract agree`);
  return drawn;
}

async function passMilestones({ escrow }: Contracts, report: Report): Promise<DemoResult["supply"]> {
  const { initialSupply, maxSupply } = local;
  const { firstIssue } = local.escrow;
  const first = await escrow.openPeriod();
  const supply: DemoResult["supply"] = [];
  for (const milestone of MILESTONES) {
    await toPeriod(escrow, first + milestone);
    await (await escrow.advance(1_000n)).wait();
    const issued = await escrow.issued();
    const closedForm = closedFormSupply(initialSupply, maxSupply, firstIssue, milestone);
    const behind = closedForm - issued;
    if (behind < 0n || behind >= milestone) {
      throw new DemoError(
        "DISAGREEMENT",
        "supply",
        `${closedForm} (eq. 32), less under ${milestone} base units`,
        `${issued}`,
      );
    }
    const continuous = continuousSupply(initialSupply, maxSupply, firstIssue, milestone);
    supply.push({ period: Number(milestone), issued: `${issued}`, closedForm: `${closedForm}`, continuous });
    report.note(`period ${milestone}: ${inNkms(issued)} NKMS issued, ${behind} base units behind eq. 32`);
  }
  return supply;
}

/** Everybody claims; whoever has stake past its lock takes it back. */
async function payOut({ token, escrow }: Contracts, miners: Miner[]) {
  const rewards = new Map<Miner, bigint>();
  let withdrawn = 0n;
  for (const miner of miners) {
    const account = miner.account.address;
    const [claimable, ended] = [await escrow.claimable(account), await escrow.withdrawable(account)];
    const before = await token.balanceOf(account);
    const own = escrow.connect(miner.account);
    await (ended > 0n ? await own.withdraw(ended) : await own.claim()).wait();
    expectEqual(`balance of ${miner.name}`, (await token.balanceOf(account)) - before, claimable + ended);
    rewards.set(miner, claimable);
    withdrawn += ended;
  }
  return { rewards, withdrawn };
}

/** What was minted and not burned is all there is. Returns what was burned, base units. */
async function checkBooks({ token, escrow }: Contracts): Promise<bigint> {
  const burns = await token.queryFilter(token.filters.Transfer(undefined, "0x".padEnd(42, "0")));
  const burned = sum(burns.map(({ args }) => args.value));
  expectEqual("total supply", await token.totalSupply(), (await escrow.issued()) - burned);
  return burned;
}

function printTables(result: DemoResult, drawn: Miner[], report: Report): void {
  report.table("The drawn miners", [
    ["miner", "stake, NKMS", "of the network", "locks", "reward claimed, NKMS"],
    ...result.drawn.map((row, i) => [
      row.miner,
      inNkms(BigInt(row.stake)),
      `${(row.networkShare * 100).toFixed(1)} %`,
      drawn[i]?.locks ?? "",
      inNkms(BigInt(row.rewardClaimed)),
    ]),
  ]);
  report.table("Supply: S(0) and all that was minted, NKMS", [
    ["after periods", "on chain", "eq. 32 in periods", "eq. 31, continuous"],
    ...result.supply.map((row) => [
      String(row.period),
      inNkms(BigInt(row.issued)),
      inNkms(BigInt(row.closedForm)),
      inNkms(BigInt(Math.round(row.continuous))),
    ]),
  ]);
  report.note(`burned: ${inNkms(BigInt(result.burned))} NKMS of health budget that no vote drew`);
  report.note(`done in ${result.seconds.toFixed(1)} s`);
}

async function toPeriod(escrow: StakeEscrow, period: bigint): Promise<void> {
  await time.increaseTo(period * (await escrow.PERIOD()));
}

async function passPeriods({ escrow }: Contracts, count: bigint): Promise<void> {
  await toPeriod(escrow, (await escrow.currentPeriod()) + count);
  await (await escrow.advance(count)).wait();
}

const sum = (amounts: bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
