import { getAddress, toBeHex } from "ethers";

import type { StakeEscrow } from "../../typechain-types";

/** Weights are counted in grains of 1e9 base units. */
export const GRAIN = 1_000_000_000n;

/** A field of 16 ones: "not within sight". */
const FAR = 65_535n;

/** A miner's place in the sampler, as it is stored. */
export interface StoredSeat {
  miner: string;
  tier: number;
  /** Grains. */
  weight: bigint;
  /** The first period in which one of the miner's locks no longer counts; a large number: none within sight. */
  firstEnd: bigint;
  /** The shortest notice of the miner's rolling locks, periods; a large number: none rolls. */
  notice: bigint;
}

/** Every seat of the sampler. One word each: miner 160 | weight 64 | first end 16 | notice 16, miner in the high bits. */
export async function readSeats(escrow: Pick<StakeEscrow, "seatCounts" | "seats" | "GENESIS">): Promise<StoredSeat[]> {
  const counts = await escrow.seatCounts();
  const genesis = await escrow.GENESIS();
  const seats: StoredSeat[] = [];
  for (const [tier, count] of counts.entries()) {
    if (count === 0n) continue;
    for (const word of await escrow.seats(tier, 0, count)) {
      const [firstEnd, notice] = [(word >> 16n) & FAR, word & FAR];
      seats.push({
        miner: getAddress(toBeHex(word >> 96n, 20)),
        tier,
        weight: (word >> 32n) & ((1n << 64n) - 1n),
        firstEnd: firstEnd === FAR ? 2n ** 64n : genesis + firstEnd,
        notice: notice === FAR ? 2n ** 64n : notice,
      });
    }
  }
  return seats;
}
