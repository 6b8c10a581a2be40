import { concat, getBytes, keccak256, toBeHex, zeroPadValue } from "ethers";

import { ceilSqrt, checkAddress, checkBytes32, checkRange, least, MAX_UINT256, most } from "./values.js";

/** Bits of a seat's id. */
const BITS = 256n;
const ONE = 1n << 64n;
/** A miner with s_min has so many seats. */
const SEATS_PER_MIN_STAKE = 16n;
/** More than any network has: 65,536 s_min a miner, 2^24 miners. */
const MAX_SEATS = 2n ** 64n - 1n;
/** And so many fewer a miner has: its stake stays below 65,536 s_min. */
const MAX_MINERS_SEATS = SEATS_PER_MIN_STAKE * 65_536n - 1n;

/** Which seats win: all whose distance is below `distance`, and of those at it the part `rim` / 2^64. */
export interface Threshold {
  /** 0 .. 257; above 256: every seat wins. */
  readonly distance: bigint;
  readonly rim: bigint;
}

/** What a seat must be asked about: the round's randomness r, and the threshold it stored. */
export interface Drawing extends Threshold {
  readonly randomness: string;
}

/**
 * A miner's seats, winning or not: one for each sixteenth of s_min that earns in the round's period.
 * @param earning stake, base units
 * @param minStake s_min, base units; a multiple of 16
 * @throws {HealthError} `BAD_ARGUMENT`, as all functions here
 */
export function seatsFor(earning: bigint, minStake: bigint): bigint {
  checkRange("minStake", minStake, SEATS_PER_MIN_STAKE, MAX_UINT256);
  return checkRange("earning", earning, 0n, MAX_UINT256) < minStake ? 0n : earning / (minStake / SEATS_PER_MIN_STAKE);
}

/**
 * n: how many of the seats vote, on average.
 * @param numbers N @param seatsTotal W @param minSeats n_min
 */
export const committeeSize = (numbers: bigint, seatsTotal: bigint, minSeats: bigint): bigint =>
  least(
    checkRange("seatsTotal", seatsTotal, 0n, MAX_UINT256),
    most(ceilSqrt(checkRange("numbers", numbers, 1n, MAX_UINT256)), checkRange("minSeats", minSeats, 0n, MAX_UINT256)),
  );

/** 2^64 P(X <= d), rounded down, for d = 0 .. 127, X being the ones among 256 fair bits: sums of binomials over 2^256. */
const below = (() => {
  const shares: bigint[] = [];
  let [choices, ways] = [1n, 0n];
  for (let d = 0n; d < BITS / 2n; ++d) {
    ways += choices;
    shares.push(ways >> (BITS - 64n));
    choices = (choices * (BITS - d)) / (d + 1n);
  }
  return shares;
})();

/** 2^64 P(X <= d). Above the middle it follows by symmetry, and is rounded up. */
function within(d: bigint): bigint {
  if (d < 0n) return 0n;
  return d < BITS / 2n ? (below[Number(d)] ?? 0n) : ONE - within(BITS - 1n - d);
}

/**
 * The threshold with which `wanted` of `seats` random ids win on average: what the contract works out when a round opens.
 * @param wanted n, at most `seats` @param seats W, above 0
 * @throws {HealthError} `BAD_ARGUMENT`
 * @example threshold(64n, 100_000n); // { distance: 101n, rim: ... }
 */
export function threshold(wanted: bigint, seats: bigint): Threshold {
  checkRange("seats", seats, 1n, MAX_SEATS);
  const share = (checkRange("wanted", wanted, 0n, seats) << 64n) / seats;
  if (share >= ONE) return { distance: BITS + 1n, rim: 0n };
  let distance = 0n;
  while (within(distance) <= share) ++distance;
  const inner = within(distance - 1n);
  return { distance, rim: ((share - inner) << 64n) / (within(distance) - inner) };
}

/** A seat's id: keccak256(abi.encode(r, miner, seat)). */
export const seatId = (randomness: string, miner: string, seat: bigint): string =>
  idOf(checkBytes32("randomness", randomness), checkAddress("miner", miner), checkRange("seat", seat, 0n, MAX_UINT256));

/** {@link seatId} of what was checked. */
const idOf = (randomness: string, miner: string, seat: bigint): string =>
  keccak256(concat([randomness, zeroPadValue(miner, 32), toBeHex(seat, 32)]));

/** Whether a seat is one of the committee's. That the miner has it must be asked elsewhere: {@link seatsFor}. */
export function isWinner(drawing: Drawing, miner: string, seat: bigint): boolean {
  checkDrawing(drawing, miner);
  return wins(drawing, miner, checkRange("seat", seat, 0n, MAX_UINT256));
}

function checkDrawing({ randomness, distance, rim }: Drawing, miner: string): void {
  checkBytes32("randomness", randomness);
  checkRange("distance", distance, 0n, BITS + 1n);
  checkRange("rim", rim, 0n, ONE);
  checkAddress("miner", miner);
}

/** {@link isWinner} of what was checked. */
function wins({ randomness, distance, rim }: Drawing, miner: string, seat: bigint): boolean {
  const id = idOf(randomness, miner, seat);
  const found = BigInt(differingBits(getBytes(id), getBytes(randomness)));
  if (found !== distance) return found < distance;
  return BigInt(keccak256(id)) >> (BITS - 64n) < rim;
}

/**
 * The seats of a miner that vote in a round, in rising order. Takes some microseconds a seat.
 * @param seats how many it has, winning or not
 * @example const mine = winningSeats(round, miner, await chain.seatsOf(round.number, miner));
 */
export function winningSeats(drawing: Drawing, miner: string, seats: bigint): bigint[] {
  checkDrawing(drawing, miner);
  checkRange("seats", seats, 0n, MAX_MINERS_SEATS);
  const won: bigint[] = [];
  for (let seat = 0n; seat < seats; ++seat) if (wins(drawing, miner, seat)) won.push(seat);
  return won;
}

/** Whether a miner is in a round's committee: as {@link winningSeats}, but ends with the first seat that wins. */
export function isMember(drawing: Drawing, miner: string, seats: bigint): boolean {
  checkDrawing(drawing, miner);
  checkRange("seats", seats, 0n, MAX_MINERS_SEATS);
  for (let seat = 0n; seat < seats; ++seat) if (wins(drawing, miner, seat)) return true;
  return false;
}

function differingBits(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (const [i, byte] of a.entries()) for (let left = byte ^ (b[i] ?? 0); left !== 0; left &= left - 1) ++count;
  return count;
}
