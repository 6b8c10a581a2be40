import { getAddress, toBeHex } from "ethers";

import { checkAddress, checkUint } from "./checks.js";

/**
 * A member's seat in the sampler. The contract stores it in one 256-bit word, from the high bits to the low ones:
 *
 * | miner | weight | firstEnd | notice |
 * |-------|--------|----------|--------|
 * | 160   | 64     | 16       | 16     |
 */
export interface Seat {
  /** The miner's address, checksummed. */
  readonly miner: string;
  /** Its stored weight, grains of 10^9 base units. At least its live weight in any period to come. */
  readonly weight: bigint;
  /** The first period, counted from the escrow's GENESIS, in which one of its locks is over. {@link SATURATED}: then or later. */
  readonly firstEnd: bigint;
  /** The shortest notice of its rolling locks, periods. {@link SATURATED}: none rolls. */
  readonly notice: bigint;
}

/** The largest value of a seat's `firstEnd` and `notice`: it stands for "this or more". */
export const SATURATED = 0xffffn;

/**
 * Reads a seat word, as `seats()` of the stake escrow returns it.
 * @param word 256 bits; every word is a seat
 * @throws {ProtocolError} `BAD_ARGUMENT` if `word` isn't a bigint in 0 .. 2^256 - 1
 * @example const [seat] = (await escrow.seats(0, 0, 1)).map(decodeSeat);
 */
export function decodeSeat(word: bigint): Seat {
  checkUint("word", word, 256);
  return {
    miner: getAddress(toBeHex(word >> 96n, 20)),
    weight: BigInt.asUintN(64, word >> 32n),
    firstEnd: BigInt.asUintN(16, word >> 16n),
    notice: BigInt.asUintN(16, word),
  };
}

/**
 * Writes a seat as the contract stores it; the inverse of {@link decodeSeat}.
 * @returns 256 bits
 * @throws {ProtocolError} `BAD_ARGUMENT` for a miner that isn't an address, or a number that is too large for its field
 * @example encodeSeat({ miner, weight: 16n * 10n ** 9n, firstEnd: 30n, notice: SATURATED });
 */
export function encodeSeat(seat: Seat): bigint {
  return (
    (BigInt(checkAddress("seat.miner", seat.miner)) << 96n) |
    (checkUint("seat.weight", seat.weight, 64) << 32n) |
    (checkUint("seat.firstEnd", seat.firstEnd, 16) << 16n) |
    checkUint("seat.notice", seat.notice, 16)
  );
}
