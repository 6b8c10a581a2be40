import { getAddress, toBeHex } from "ethers";

import { GRAIN, type Lock, SATURATED, type SamplerState, type Seat, TIERS } from "../../src/index.js";

/** s_min of the made-up networks here, grains. */
export const UNIT = 16n;

/** The current period of the made-up networks, and the one in which they began. */
export const NOW = 1_000n;
export const GENESIS = 900n;

/** The `i`-th made-up miner. */
export const miner = (i: number): string => getAddress(toBeHex(0x1000 + i, 20));

/** A seat whose locks reach beyond everything, unless told otherwise. */
export const seat = (i: number, weight: bigint, { firstEnd = SATURATED, notice = SATURATED } = {}): Seat => ({
  miner: miner(i),
  weight,
  firstEnd,
  notice,
});

/** Puts each seat into the tier of its weight, in the order given. */
export function tiersOf(seats: readonly Seat[]): Seat[][] {
  return Array.from({ length: TIERS }, (_, tier) =>
    seats.filter(({ weight }) => (weight / UNIT) >> BigInt(tier) === 1n),
  );
}

/** A network of these seats. Asking for locks that aren't given is an error of the test. */
export function stateOf(seats: readonly Seat[], locks: Readonly<Record<string, readonly Lock[]>> = {}): SamplerState {
  return {
    period: NOW,
    genesis: GENESIS,
    minStake: UNIT * GRAIN,
    tiers: tiersOf(seats),
    locksOf: (address) => {
      const known = locks[address];
      if (!known) throw new Error(`locks of ${address} were asked for`);
      return known;
    },
  };
}

/** A lock of so many grains that has begun. */
export const lock = (grains: bigint, end: bigint, notice = 0n): Lock => ({
  amount: grains * GRAIN,
  start: GENESIS,
  end,
  notice,
});
