import { setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { decodeSeat, encodeSeat, SATURATED, type Seat } from "@nkms/protocol";
import { artifacts, ethers } from "hardhat";

import { MIN_STAKE } from "../helpers/network";
import type { Sampling } from "./networks";

type Escrow = Sampling["escrow"];

/** The tiers of the sampler, and how many seats each has at most. */
export const TIERS = 16;
export const CAPACITY = 65_534n;

/** s_min in grains, the weight with which tier 0 begins. */
export const UNIT = MIN_STAKE / 10n ** 9n;

/** Where a member sits. */
export interface Place {
  tier: bigint;
  index: bigint;
}

/** Where a miner sits; undefined: nowhere. */
export async function placeOf(escrow: Escrow, miner: string): Promise<Place | undefined> {
  const { seat } = await escrow.minerOf(miner);
  return seat === 0n ? undefined : { tier: (seat - 1n) >> 16n, index: (seat - 1n) & 0xffffn };
}

/** What a miner's seat says. Throws if it has none. */
export async function seatOf(escrow: Escrow, miner: string): Promise<Seat> {
  const place = await placeOf(escrow, miner);
  const [word] = place ? await escrow.seats(place.tier, place.index, 1n) : [];
  if (word === undefined) throw new Error(`miner: expected one with a seat, got ${miner}`);
  return decodeSeat(word);
}

/** The members of each tier that has any, in the order of their seats. */
export async function membersByTier(escrow: Escrow): Promise<Record<string, string[]>> {
  const counts = await escrow.seatCounts();
  const tiers: Record<string, string[]> = {};
  for (const [tier, count] of counts.entries()) {
    if (count > 0n) tiers[tier] = (await escrow.seats(tier, 0n, count)).map((word) => decodeSeat(word).miner);
  }
  return tiers;
}

/** Where the compiler put the sampler's pool: its counters in this slot, seat i in the slot i + 1 further. */
async function poolSlot(): Promise<bigint> {
  const [file, name] = ["contracts/mocks/StakeEscrow__Harness.sol", "StakeEscrow__Harness"];
  const contract: unknown = (await artifacts.getBuildInfo(`${file}:${name}`))?.output.contracts[file]?.[name];
  const { storageLayout } = contract as { storageLayout: { storage: { label: string; slot: string }[] } };
  const pool = storageLayout.storage.find(({ label }) => label === "_pool");
  if (!pool) throw new Error("storage layout: expected a variable _pool, got none");
  return BigInt(pool.slot);
}

/**
 * Makes tiers look as if they had so many seats. Whoever sits there keeps the seat; the last seat is somebody's who isn't
 * known to the escrow otherwise.
 * @returns the address in the last seat of every tier given
 */
export async function pretendSeats(escrow: Escrow, counts: Readonly<Record<number, bigint>>): Promise<string> {
  const slot = await poolSlot();
  const phantom = ethers.getAddress(ethers.toBeHex(0xfa9703, 20));
  let packed = (await escrow.seatCounts()).reduce((sum, count, tier) => sum | (count << BigInt(16 * tier)), 0n);
  for (const [tier, count] of Object.entries(counts)) {
    const shift = 16n * BigInt(tier);
    packed = (packed & ~(0xffffn << shift)) | (count << shift);
    const last = (BigInt(tier) << 16n) | (count - 1n);
    const word = encodeSeat({ miner: phantom, weight: UNIT << BigInt(tier), firstEnd: 0n, notice: SATURATED });
    await setStorageAt(await escrow.getAddress(), slot + 1n + last, word);
  }
  await setStorageAt(await escrow.getAddress(), slot, packed);
  return phantom;
}

/** {@link pretendSeats} for full tiers, `from` .. `to`, both included. */
export function fillTiers(escrow: Escrow, from: number, to: number): Promise<string> {
  const tiers = Array.from({ length: to - from + 1 }, (_, i) => [from + i, CAPACITY]);
  return pretendSeats(escrow, Object.fromEntries(tiers) as Record<number, bigint>);
}
