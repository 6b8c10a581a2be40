import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { setStorageAt, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { artifacts, ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import type { StakeEscrow__Harness } from "../../typechain-types";
import { type LockState, lockOf } from "../helpers/locks";
import { MIN_STAKE, type Network, deployNetwork, testParameters } from "../helpers/network";
import { toPeriod } from "../helpers/time";
import { Economy } from "../models/economy";
import { healthShare, nextIssue, suppliedAfter } from "../models/issuance";

/** A network with names for its people. */
export interface Scene extends Network {
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  carol: HardhatEthersSigner;
  dave: HardhatEthersSigner;
  /** Where a miner may send its rewards: an account with nothing else to do here. */
  treasury: HardhatEthersSigner;
  /** The period that the scene begins in; every earlier one is closed. */
  now: bigint;
  /** The same scene by the rules alone, where people are their names. Ask {@link modelOf}, this one must not change. */
  economy: Economy;
}

/** A scene with one lock of alice's to talk about. */
export interface SceneWithLock extends Scene {
  held: LockState;
}

/** Seconds in a period. */
export const PERIOD = testParameters.escrow.period;
/** V. */
export const VESTING = testParameters.escrow.vesting;
/** M. */
export const CATCH_UP = testParameters.escrow.maxCatchUp;
export const SHORTEST_LOCK = testParameters.escrow.shortestLock;
export const LONGEST_LOCK = testParameters.escrow.longestLock;
/** The end of a rolling lock: 2^32 - 1, see IStakeEscrow. */
export const ROLLING = 4_294_967_295n;
/** How many locks a miner has at most, and how many of them may be used before a stranger may not add one. */
export const MAX_LOCKS = 32n;
export const MAX_LOCKS_BY_OTHERS = 24n;
/** A miner's stake stays below this. */
export const STAKE_LIMIT = 65_536n * MIN_STAKE;

/** A stake of 100 s_min, far above L_min, that is a whole number of everything. */
export const STAKE = nkms("1,600");
/** How long alice's locks are, periods, unless a test says otherwise. */
export const TERM = 10n;

/** The first second of a period. */
export const startOf = (period: bigint): bigint => period * PERIOD;

/** How many periods fit into one transaction, with plenty of room. */
const CLOSED_AT_ONCE = 500n;

/** A model of the scene that a test may act in. */
export const modelOf = ({ economy }: Scene): Economy => economy.copy();

/**
 * Moves to the first second of `period` and closes every period before it, so that what follows shows only itself.
 * @param model Goes with it.
 */
export async function reach(scene: Scene, period: bigint, model?: Economy): Promise<void> {
  await toPeriod(scene.escrow, period);
  for (let open = await scene.escrow.openPeriod(); open < period; open += CLOSED_AT_ONCE) {
    await scene.escrow.advance(CLOSED_AT_ONCE);
  }
  model?.toPeriod(period);
  model?.advance(period);
}

/** Locks `amount` for `periods` periods and returns the new lock. */
export async function lockAs(
  { escrow }: Scene,
  miner: HardhatEthersSigner,
  amount: bigint,
  periods: bigint,
): Promise<LockState> {
  const number = await escrow.connect(miner).lock.staticCall(amount, periods);
  await escrow.connect(miner).lock(amount, periods);
  return lockOf(escrow, miner.address, Number(number));
}

/** A scene in which nobody has locked anything, with these parameters. */
export async function sceneWith(parameters: NetworkParameters): Promise<Scene> {
  const deployed = await deployNetwork(parameters);
  const [alice, bob, carol, dave] = deployed.miners;
  const treasury = (await ethers.getSigners())[7];
  if (!treasury) throw new Error("expected at least 8 accounts on the test chain");
  await deployed.escrow.advance(ethers.MaxUint256);
  const now = await deployed.escrow.currentPeriod();
  return { ...deployed, alice, bob, carol, dave, treasury, now, economy: new Economy(parameters, now) };
}

/** Nobody has locked anything. */
export const nobodyStakes = (): Promise<Scene> => sceneWith(testParameters);

/** Alice has just locked {@link STAKE} for {@link TERM} periods: it starts in now + 1. */
export async function aliceJustLocked(): Promise<SceneWithLock> {
  const scene = await nobodyStakes();
  const held = await lockAs(scene, scene.alice, STAKE, TERM);
  scene.economy.lock("alice", STAKE, TERM);
  return { ...scene, held };
}

/** The period after {@link aliceJustLocked}: the lock is in its first period and ends in now + {@link TERM}. */
export async function aliceEarns(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  const now = scene.now + 1n;
  await reach(scene, now, scene.economy);
  return { ...scene, now };
}

/** How long alice's rolling lock counts after notice, in {@link aliceRolls}. */
export const NOTICE = 12n;

/** {@link aliceEarns}, and alice has made her lock roll with {@link NOTICE} periods of notice. */
export async function aliceRolls(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  await scene.escrow.connect(scene.alice).roll(scene.held.number, scene.held.end, NOTICE);
  scene.economy.roll("alice", scene.held.number, scene.held.end, NOTICE);
  return { ...scene, held: await lockOf(scene.escrow, scene.alice.address, scene.held.number) };
}

/** The health votes found `miner` unhealthy in the period of the next block. */
export async function pauseNow({ escrow, healthVote }: Scene, miner: HardhatEthersSigner): Promise<void> {
  await healthVote.pause(escrow, miner);
}

/** The policy manager burns `amount` of the stake of `miner`. */
export async function slashNow(scene: Scene, miner: HardhatEthersSigner, amount: bigint): Promise<void> {
  await scene.policyManager.slash(scene.escrow, miner, amount, ethers.ZeroAddress, 0n);
}

/** An EIP-2612 permit for the escrow, as `lockWithPermit` and `topUpWithPermit` take it. */
export interface Permit {
  deadline: bigint;
  v: number;
  r: string;
  s: string;
}

/** What a permit says, when it is not what it should say. */
export interface PermitSlip {
  value?: bigint;
  deadline?: bigint;
  chainId?: bigint;
  signer?: HardhatEthersSigner;
  nonce?: bigint;
}

/** Signs a permit of `owner` over `value` for the escrow, good for a day, with the mistakes that `slip` names. */
export async function signPermit(
  { token, escrow }: Scene,
  owner: HardhatEthersSigner,
  value: bigint,
  slip: PermitSlip = {},
): Promise<Permit> {
  const deadline = slip.deadline ?? BigInt(await time.latest()) + 86_400n;
  const { chainId } = await ethers.provider.getNetwork();
  const signature = await (slip.signer ?? owner).signTypedData(
    {
      name: "NKMS",
      version: "1",
      chainId: slip.chainId ?? chainId,
      verifyingContract: await token.getAddress(),
    },
    {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    {
      owner: owner.address,
      spender: await escrow.getAddress(),
      value: slip.value ?? value,
      nonce: slip.nonce ?? (await token.nonces(owner)),
      deadline,
    },
  );
  const { v, r, s } = ethers.Signature.from(signature);
  return { deadline, v, r, s };
}

/** Nobody stakes, and nobody has approved the escrow for anything: permits are all there is. */
export async function nobodyApproved(): Promise<Scene> {
  const scene = await nobodyStakes();
  for (const miner of scene.miners) await scene.token.connect(miner).approve(scene.escrow, 0n);
  return scene;
}

/** A miner's seat in the sampler, or undefined. Weight in base units, rounded down to grains of 1e9. */
export interface SeatState {
  tier: bigint;
  weight: bigint;
  /** The first period in which one of its fixed locks no longer counts; GENESIS + 65,535 or more: none. */
  firstEnd: bigint;
  /** The shortest notice of its rolling locks; 65,535: none rolls. */
  notice: bigint;
}

/** Where none of a seat's locks rolls, its notice says so by this number. */
export const NO_NOTICE = 65_535n;

/** Reads the seat of `miner`; see Sampler.sol for the layout: miner 160 | weight 64 | first end 16 | notice 16. */
export async function seatOf(escrow: StakeEscrow__Harness, miner: string): Promise<SeatState | undefined> {
  const { seat } = await escrow.minerOf(miner);
  if (seat === 0n) return undefined;
  const place = seat - 1n;
  const [tier, index] = [place >> 16n, place & 0xffffn];
  const [word] = await escrow.seats(tier, index, 1n);
  if (word === undefined || ethers.toBeHex(word >> 96n, 20) !== miner.toLowerCase()) {
    throw new Error(`seat: expected ${miner} at place ${place}, got ${word}`);
  }
  return {
    tier,
    weight: ((word >> 32n) & 0xffff_ffff_ffff_ffffn) * 1_000_000_000n,
    firstEnd: (await escrow.GENESIS()) + ((word >> 16n) & 0xffffn),
    notice: word & 0xffffn,
  };
}

/** How many seats a tier of the sampler has, see Sampler.sol. */
export const TIER_CAPACITY = 65_534n;

/**
 * Makes the sampler look as if so many miners sat in each of its 16 tiers: writes its counters, 16 bits each, which are
 * the first slot of `_pool`, into the escrow's storage.
 */
export async function setSeatCounts({ escrow }: Scene, counts: bigint[]): Promise<void> {
  const source = "contracts/mocks/StakeEscrow__Harness.sol";
  const build = await artifacts.getBuildInfo(`${source}:StakeEscrow__Harness`);
  const { storageLayout } = build?.output.contracts[source]?.["StakeEscrow__Harness"] as unknown as {
    storageLayout: { storage: { label: string; slot: string }[] };
  };
  const pool = storageLayout.storage.find(({ label }) => label === "_pool");
  if (!pool) throw new Error("expected _pool in the storage layout");
  const word = counts.reduce((sum, count, tier) => sum | (count << (16n * BigInt(tier))), 0n);
  await setStorageAt(await escrow.getAddress(), BigInt(pool.slot), word);
  expect(await escrow.seatCounts(), "the counters' slot").to.deep.equal(counts);
}

/** {@link setSeatCounts}: every tier from `first` on is full; those below keep their counts. */
export async function fillTiersFrom(scene: Scene, first: number): Promise<void> {
  const counts = [...(await scene.escrow.seatCounts())];
  await setSeatCounts(scene, counts.fill(TIER_CAPACITY, first));
}

/** Makes `operator` the operator of `miner`, with its consent; it counts from the next period on. */
export async function bond(
  { registry }: Scene,
  miner: HardhatEthersSigner,
  operator: HardhatEthersSigner,
): Promise<void> {
  const deadline = BigInt(await time.latest()) + 86_400n;
  const { chainId } = await ethers.provider.getNetwork();
  const consent = await operator.signTypedData(
    { name: "NKMS MinerRegistry", version: "1", chainId, verifyingContract: await registry.getAddress() },
    {
      OperatorBond: [
        { name: "miner", type: "address" },
        { name: "operator", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    { miner: miner.address, operator: operator.address, nonce: await registry.nonces(operator), deadline },
  );
  await registry.connect(miner).bondOperator(operator, deadline, consent);
}

/** Alice and bob have earned equally for five periods; nothing was claimed. */
export async function twoHaveEarned(): Promise<SceneWithLock> {
  const scene = await aliceJustLocked();
  await lockAs(scene, scene.bob, STAKE, 3n * TERM);
  scene.economy.lock("bob", STAKE, 3n * TERM);
  const now = scene.now + 6n;
  await reach(scene, now, scene.economy);
  return { ...scene, now };
}

/** How the supply grows here. */
export const SCHEDULE = { ...testParameters, firstIssue: testParameters.escrow.firstIssue };

/** The stakers' part of the issue number `i`, counted from 0. */
export function rewardOfIssue(i: bigint): bigint {
  const issue = nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, i));
  return issue - healthShare(issue, testParameters.escrow.healthPpm);
}

export { actingAs } from "../helpers/impersonate";
