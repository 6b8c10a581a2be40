import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import type { SamplerTally__Harness } from "../../typechain-types";
import { deployNetwork, type Network, PURSE } from "../helpers/network";
import { passPeriods, toPeriod } from "../helpers/time";
import type { Staker } from "../models/sampling";

/** The end of a rolling lock. */
export const ROLLING = 2n ** 32n - 1n;

/** A lock that ends long after everything that tests here look at. */
export const LONG = 200n;

/** A network and a contract that draws from it many times in one call. */
export interface Sampling extends Network {
  tally: SamplerTally__Harness;
}

/** A network whose members have names. */
export interface Peopled<Name extends string> extends Sampling {
  /** Each holds {@link PURSE} and has approved the escrow for all of it. */
  people: Record<Name, HardhatEthersSigner>;
  /** What each has staked, by the protocol's words. */
  stakers: Staker[];
  /** The current period. */
  now: bigint;
}

/** Nobody has locked anything yet. */
export async function emptyNetwork(parameters?: NetworkParameters): Promise<Sampling> {
  return { ...(await deployNetwork(parameters)), tally: await ethers.deployContract("SamplerTally__Harness") };
}

/** Gives each name an account with tokens to lock. */
export async function populate<Name extends string>(
  { token, escrow, distributor, stranger, operator }: Network,
  names: readonly Name[],
): Promise<Record<Name, HardhatEthersSigner>> {
  const taken = new Set([distributor, stranger, operator].map(({ address }) => address));
  const free = (await ethers.getSigners()).filter(({ address }) => !taken.has(address));
  const people = names.map((name, i): [Name, HardhatEthersSigner] => {
    const person = free[i];
    if (!person) throw new Error(`names: expected at most ${free.length}, got ${names.length}`);
    return [name, person];
  });
  for (const [, person] of people) {
    await token.transfer(person, PURSE);
    await token.connect(person).approve(escrow, ethers.MaxUint256);
  }
  return Object.fromEntries(people) as Record<Name, HardhatEthersSigner>;
}

/** Who lives in {@link agedNetwork}. */
const agedNames = ["ada", "bob", "cy", "dee", "eve", "fay", "gus", "hal", "ivy", "jon", "kim"] as const;
export type AgedName = (typeof agedNames)[number];

/**
 * A network five periods old in which every reason for a stored weight to be too large occurs. b is the period in which
 * all locks were made, now is b + 5. Nobody was poked.
 *
 *   ada   100 through b + 200
 *   bob   60 through b + 8, 40 through b + 200
 *   cy    80 through b + 3: over, still seated
 *   dee   50 rolling with a notice of 10: through now + 10 = b + 15 at least; 30 through b + 200
 *   eve   20.5 through b + 23
 *   fay   17 through b + 200
 *   gus   300 through b + 200, of which 120 were slashed in b + 4
 *   hal   200 through b + 200, paused in b + 4
 *   ivy   21 through b + 8, 15 through b + 200: less than s_min from b + 9 on
 *   jon   500 through b + 8
 *   kim   1 grain less than 32, where the next tier begins, through b + 200
 */
export async function agedNetwork(): Promise<Peopled<AgedName>> {
  const network = await emptyNetwork();
  const { escrow, policyManager, healthVote } = network;
  const people = await populate(network, agedNames);
  const base = await escrow.currentPeriod();
  const belowTier1 = nkms("32") - 10n ** 9n;
  const locks: [AgedName, amount: bigint, periods: bigint][] = [
    ["ada", nkms("100"), LONG],
    ["bob", nkms("60"), 8n],
    ["bob", nkms("40"), LONG],
    ["cy", nkms("80"), 3n],
    ["dee", nkms("50"), 3n],
    ["dee", nkms("30"), LONG],
    ["eve", nkms("20.5"), 23n],
    ["fay", nkms("17"), LONG],
    ["gus", nkms("300"), LONG],
    ["hal", nkms("200"), LONG],
    ["ivy", nkms("21"), 8n],
    ["ivy", nkms("15"), LONG],
    ["jon", nkms("500"), 8n],
    ["kim", belowTier1, LONG],
  ];
  for (const [name, amount, periods] of locks) await escrow.connect(people[name]).lock(amount, periods);
  await escrow.connect(people.dee).roll(0n, base + 4n, 10n);
  await toPeriod(escrow, base + 4n);
  await policyManager.slash(escrow, people.gus.address, nkms("120"), ethers.ZeroAddress, 0n);
  await healthVote.pause(escrow, people.hal.address);
  const now = base + 5n;
  await toPeriod(escrow, now);

  const first = base + 1n;
  const staker = (name: AgedName, stakes: Staker["stakes"], paused = false): Staker => ({
    miner: people[name].address,
    stakes,
    paused,
  });
  const through = (amount: bigint, periods: bigint): Staker["stakes"][number] => ({
    amount,
    first,
    last: base + periods,
  });
  return {
    ...network,
    people,
    now,
    stakers: [
      staker("ada", [through(nkms("100"), LONG)]),
      staker("bob", [through(nkms("60"), 8n), through(nkms("40"), LONG)]),
      staker("cy", [through(nkms("80"), 3n)]),
      staker("dee", [{ amount: nkms("50"), first, notice: 10n }, through(nkms("30"), LONG)]),
      staker("eve", [through(nkms("20.5"), 23n)]),
      staker("fay", [through(nkms("17"), LONG)]),
      staker("gus", [through(nkms("180"), LONG)]),
      staker("hal", [through(nkms("200"), LONG)], true),
      staker("ivy", [through(nkms("21"), 8n), through(nkms("15"), LONG)]),
      staker("jon", [through(nkms("500"), 8n)]),
      staker("kim", [through(belowTier1, LONG)]),
    ],
  };
}

const neighbourNames = ["one", "two", "stale", "neighbour", "five", "six", "seven"] as const;

/**
 * Seven members of tier 0 in this order, one of which has had no stake for a period. Its neighbour has 27.6 of the 160.4
 * that are live, 17.2 %; with what the stale one left, 55.6 of the 188.4 that are stored, it would have 29.5 %.
 */
export async function neighboursNetwork(): Promise<Peopled<(typeof neighbourNames)[number]>> {
  const network = await emptyNetwork();
  const { escrow } = network;
  const people = await populate(network, neighbourNames);
  const base = await escrow.currentPeriod();
  const amounts = { stale: nkms("28"), neighbour: nkms("27.6") };
  const stakers: Staker[] = [];
  for (const name of neighbourNames) {
    const amount = name === "stale" || name === "neighbour" ? amounts[name] : nkms("26.56");
    const periods = name === "stale" ? 2n : LONG;
    await escrow.connect(people[name]).lock(amount, periods);
    stakers.push({ miner: people[name].address, stakes: [{ amount, first: base + 1n, last: base + periods }] });
  }
  return { ...network, people, stakers, now: await passPeriods(escrow, 3n) };
}

/** How many made-up miners {@link crowdedNetwork} has. */
export const CROWD = 400;

/**
 * {@link CROWD} made-up miners with 16 to 16,000 NKMS each, in all tiers between; a third of their locks are over, a
 * third end in now + 4, the rest last.
 */
export async function crowdedNetwork(): Promise<Sampling & { now: bigint }> {
  const network = await emptyNetwork();
  const { escrow, token } = network;
  const miners = Array.from({ length: CROWD }, (_, i) => ethers.toBeHex(0xc40d0000 + i, 20));
  const amounts = miners.map((_, i) => nkms("16") + (nkms("15,984") * BigInt(i) ** 3n) / BigInt(CROWD - 1) ** 3n);
  await token.transfer(
    escrow,
    amounts.reduce((sum, amount) => sum + amount, 0n),
  );
  const batch = 50; // as many first locks as fit into a transaction
  for (let from = 0; from < CROWD; from += batch) {
    const periods = [2n, 7n, LONG][(from / batch) % 3] ?? LONG;
    await escrow.lockForMany(miners.slice(from, from + batch), amounts.slice(from, from + batch), periods);
  }
  return { ...network, now: await passPeriods(escrow, 3n) };
}

/** The first period whose distance from GENESIS doesn't fit a seat's 16 bits. */
export const SATURATION = 65_535n;

/**
 * A network that was deployed long before it was wired, so that GENESIS lies `age` periods back and no period waits to
 * be closed.
 */
export async function lateNetwork(age: bigint): Promise<Sampling> {
  const [distributor] = await ethers.getSigners();
  if (!distributor) throw new Error("expected an account on the test chain");
  const fresh = await emptyNetwork();
  const { parameters } = fresh;
  const token = await ethers.deployContract("NKMSToken", [
    distributor.address,
    parameters.initialSupply,
    parameters.maxSupply,
  ]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [await token.getAddress(), parameters.escrow]);
  await token.wire(escrow);
  await time.increaseTo(((await escrow.GENESIS()) + age) * parameters.escrow.period);
  await escrow.wire(fresh.registry, fresh.policyManager, fresh.healthVote);
  return { ...fresh, token, escrow };
}
