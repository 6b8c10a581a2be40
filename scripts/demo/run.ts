import { randomBytes } from "node:crypto";
import { basename } from "node:path";

import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { drawWithSeed, readSamplerState } from "@nkms/protocol";
import { SecretKey } from "@nkms/umbral";
import type { HDNodeWallet } from "ethers";
import { Wallet, parseEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { nkmsModule } from "../../deploy/modules/nkms";
import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import {
  ChallengeManager__factory,
  MinerRegistry__factory,
  NKMSToken__factory,
  PolicyManager__factory,
  StakeEscrow__factory,
} from "../../typechain-types";
import type { ChallengeManager, MinerRegistry, NKMSToken, PolicyManager, StakeEscrow } from "../../typechain-types";
import { type CheatOutcome, CHALLENGED_MINERS, challengeCheats } from "./challenges";
import { Days, type SupplyOnDay } from "./days";
import { DemoError, expectEqual } from "./errors";
import { readShared } from "./file";
import { Ledger } from "./ledger";
import { type Miner, createMiners } from "./miners";
import { type Holder, POLICY_PERIODS, PaidPolicy } from "./policy";
import { type Outcome, livePolicy } from "./policyLife";
import { type Report, rounded } from "./report";
import { grant, read, serve } from "./sharing";

const MINERS = 24;
const SHARES = 5;
const THRESHOLD = 3;
const PURSE = nkms("10,000"); // Alice's

/** What the demo found; amounts in base units as decimal strings, so that it is plain JSON. */
export interface DemoResult {
  file: { name: string; bytes: number; readBack: boolean };
  drawn: { miner: string; stake: string; networkShare: number; rewardClaimed: string }[];
  /** What Alice paid, and what became of it. */
  policy: { id: string; fee: string } & Record<keyof Outcome, string>;
  /** What each of the challenged miners sent, and what came of it. */
  cheats: CheatOutcome[];
  /** What everybody had, in the order of the parties; each moment has the same sum. */
  parties: string[];
  balances: { moment: string; amounts: string[]; sum: string }[];
  supply: SupplyOnDay[];
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
  policies: PolicyManager;
  challenges: ChallengeManager;
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
  report.note(`${rounded(sum(miners.map((miner) => miner.stake)))} NKMS are locked, to earn from the next period on`);
  const days = new Days(contracts.escrow, (await contracts.escrow.currentPeriod()) + 1n, report);
  await days.passTo(0n);

  report.step(`Alice draws ${SHARES} miners by stake for ${POLICY_PERIODS} periods, with randomness of her own`);
  const drawn = await drawMiners(hre, contracts, miners, report);

  report.step(
    `Alice encrypts ${basename(path)} and splits the right to read it: any ${THRESHOLD} of ${SHARES} fragments`,
  );
  const bob = SecretKey.random();
  const given = grant(file, bob.publicKey(), THRESHOLD, SHARES);
  const holders = drawn.map((miner, i): Holder => ({ miner, kfrag: given.kfrags[i] ?? new Uint8Array() }));
  report.note(`${file.length} bytes became ${given.ciphertext.length}; the capsule has ${given.capsule.length} bytes`);

  report.step("The drawn miners check their fragments and accept the policy; Alice pays for all its periods");
  const alice = await purse(hre, contracts.token);
  const successor = await findSuccessor(contracts, miners, drawn);
  const ledger = new Ledger(contracts.token, [
    { name: "Alice", address: alice.address },
    ...[...drawn, successor].map(({ name, account }) => ({ name, address: account.address })),
    { name: "policy manager", address: await contracts.policies.getAddress() },
  ]);
  await ledger.note("before");
  const { chainId } = await hre.ethers.provider.getNetwork();
  const policy = await PaidPolicy.create(contracts, alice, holders, given.keys, chainId);
  await ledger.note("policy created");
  report.note(`policy ${policy.id.slice(0, 10)}… for ${rounded(policy.fee)} NKMS, served from the next period on`);
  report.note("what each operator read before it signed:");
  for (const line of await policy.shownToOperators()) report.note(`  ${line}`);

  await days.passTo(1n);
  report.step("The miners re-encrypt, each with a proof");
  const answers = holders.map(({ kfrag }) => serve(kfrag, given.capsule, given.keys));
  report.note(`${answers.length} answers of ${answers[0]?.length} bytes`);

  report.step(`Bob verifies the proofs and decrypts with ${THRESHOLD} of the answers`);
  const plaintext = read(bob, given, answers.slice(SHARES - THRESHOLD));
  expectEqual("file that Bob reads", Buffer.from(plaintext).toString("hex"), Buffer.from(file).toString("hex"));
  report.note("byte for byte what Alice had");

  const others = miners.filter((miner) => ![...drawn, successor].includes(miner)).slice(0, CHALLENGED_MINERS);
  const challenged = await challengeCheats(hre, contracts, others, days, report);

  const outcome = await livePolicy(policy, contracts, { holders, successor }, { days, ledger, report });

  report.step(`Day ${Days.last}: nobody has had to send anything to stay in`);
  await days.passTo(Days.last);

  report.step("Rewards have vested and are claimed; locks have ended and are withdrawn");
  const paid = await payOut(contracts, miners);
  report.note(`${rounded(sum([...paid.rewards.values()]))} NKMS claimed, ${rounded(paid.withdrawn)} withdrawn`);
  const burned = await checkBooks(contracts);

  const result = resultOf({
    file: { name: basename(path), bytes: file.length, readBack: true },
    miners,
    drawn,
    policy,
    outcome,
    challenged,
    ledger,
    days,
    paid,
    burned,
    seconds: (Date.now() - started) / 1000,
  });
  printTables(result, drawn, report);
  return result;
}

/** What the demo saw and did. */
interface Story {
  file: DemoResult["file"];
  miners: Miner[];
  drawn: Miner[];
  policy: PaidPolicy;
  outcome: Outcome;
  challenged: CheatOutcome[];
  ledger: Ledger;
  days: Days;
  paid: { rewards: ReadonlyMap<Miner, bigint>; withdrawn: bigint };
  burned: bigint;
  seconds: number;
}

function resultOf({
  file,
  miners,
  drawn,
  policy,
  outcome,
  challenged,
  ledger,
  days,
  paid,
  burned,
  seconds,
}: Story): DemoResult {
  const total = sum(miners.map((miner) => miner.stake));
  return {
    file,
    drawn: drawn.map((miner) => ({
      miner: miner.name,
      stake: `${miner.stake}`,
      networkShare: Number((miner.stake * 1_000_000n) / total) / 1_000_000,
      rewardClaimed: `${paid.rewards.get(miner) ?? 0n}`,
    })),
    policy: {
      id: policy.id,
      fee: `${policy.fee}`,
      claimed: `${outcome.claimed}`,
      refunded: `${outcome.refunded}`,
      held: `${outcome.held}`,
      penalty: `${outcome.penalty}`,
    },
    cheats: challenged,
    parties: ledger.parties.map(({ name }) => name),
    balances: ledger.history.map(({ moment, amounts }) => ({
      moment,
      amounts: amounts.map(String),
      sum: `${sum(amounts)}`,
    })),
    supply: days.supply,
    miners: miners.length,
    rewardsClaimed: `${sum([...paid.rewards.values()])}`,
    stakeWithdrawn: `${paid.withdrawn}`,
    burned: `${burned}`,
    seconds,
  };
}

async function deploy(hre: HardhatRuntimeEnvironment, report: Report): Promise<Contracts> {
  const deployed = await hre.ignition.deploy(nkmsModule(local));
  const [deployer] = await hre.ethers.getSigners();
  const address = async (name: "token" | "escrow" | "registry" | "policyManager" | "challengeManager") =>
    deployed[name].getAddress();
  const contracts = {
    token: NKMSToken__factory.connect(await address("token"), deployer),
    escrow: StakeEscrow__factory.connect(await address("escrow"), deployer),
    registry: MinerRegistry__factory.connect(await address("registry"), deployer),
    policies: PolicyManager__factory.connect(await address("policyManager"), deployer),
    challenges: ChallengeManager__factory.connect(await address("challengeManager"), deployer),
  };
  expectEqual("rights over the token", await contracts.token.deployer(), hre.ethers.ZeroAddress);
  expectEqual("rights over the escrow", await contracts.escrow.deployer(), hre.ethers.ZeroAddress);
  expectEqual("rights over the policies", await contracts.policies.deployer(), hre.ethers.ZeroAddress);
  report.note(`stake escrow at ${await contracts.escrow.getAddress()}`);
  return contracts;
}

/** Draws from the public state, as any client would, and checks that the contract's own view draws the same. */
async function drawMiners(
  hre: HardhatRuntimeEnvironment,
  { escrow, policies }: Contracts,
  miners: Miner[],
  report: Report,
): Promise<Miner[]> {
  const seed = BigInt(`0x${randomBytes(32).toString("hex")}`);
  const until = await lastAtStake(escrow, policies);
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

/** The last period in which the stake behind a policy that is created now must be locked: its end and the window. */
async function lastAtStake(escrow: StakeEscrow, policies: PolicyManager): Promise<bigint> {
  return (await escrow.currentPeriod()) + 1n + POLICY_PERIODS + (await policies.WINDOW());
}

/** A miner that wasn't drawn and is locked long enough to take an arrangement over. */
async function findSuccessor({ escrow, policies }: Contracts, miners: Miner[], drawn: Miner[]): Promise<Miner> {
  const until = await lastAtStake(escrow, policies);
  for (const miner of miners) {
    if (!drawn.includes(miner) && (await escrow.lockedIn(miner.account, until)) > 0n) return miner;
  }
  throw new DemoError("DISAGREEMENT", "successor", `a miner that is locked through ${until}`, "none");
}

/** Alice, with ether and {@link PURSE}. */
async function purse(hre: HardhatRuntimeEnvironment, token: NKMSToken): Promise<HDNodeWallet> {
  const alice = Wallet.createRandom(hre.ethers.provider);
  await setBalance(alice.address, parseEther("10"));
  await (await token.transfer(alice, PURSE)).wait();
  return alice;
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
      rounded(BigInt(row.stake)),
      `${(row.networkShare * 100).toFixed(1)} %`,
      drawn[i]?.locks ?? "",
      rounded(BigInt(row.rewardClaimed)),
    ]),
  ]);
  report.table("The challenges: who did what, and who got how much of it, NKMS", [
    ["miner", "what it did", "verdict", "challenger", "back to payer", "burned"],
    ...result.cheats.map(({ miner, sent, verdict, toChallenger, backToPayer, burned }) => [
      miner,
      sent,
      verdict,
      ...[toChallenger, backToPayer, burned].map((amount) => rounded(BigInt(amount))),
    ]),
  ]);
  const { parties, balances } = result;
  report.table("The policy: what everybody has, NKMS; stake not counted", [
    ["", ...balances.map(({ moment }) => moment)],
    ...parties.map((name, i) => [name, ...balances.map(({ amounts }) => rounded(BigInt(amounts[i] ?? "0")))]),
    ["sum", ...balances.map((column) => rounded(BigInt(column.sum)))],
  ]);
  report.table("Supply: S(0) and all that was minted, NKMS", [
    ["after periods", "on chain", "eq. 32 in periods", "eq. 31, continuous"],
    ...result.supply.map((row) => [
      String(row.period),
      rounded(BigInt(row.issued)),
      rounded(BigInt(row.closedForm)),
      rounded(BigInt(Math.round(row.continuous))),
    ]),
  ]);
  report.note(
    `burned: ${rounded(BigInt(result.burned))} NKMS: health budget that no vote drew, and what verdicts seized`,
  );
  report.note(`done in ${result.seconds.toFixed(1)} s`);
}

const sum = (amounts: bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
