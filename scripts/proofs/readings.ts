import type { Change } from "./change";

/** What the model checker can't read as it is, and what stands in its place. */
export interface Reading extends Change {
  name: string;
  why: string;
}

export const READINGS: readonly Reading[] = [
  {
    name: "`Math.ternary`, and by it `min` and `max`",
    file: "@openzeppelin/contracts/utils/math/Math.sol",
    find: "return b ^ ((a ^ b) * SafeCast.toUint(condition));",
    replace: "return condition ? a : b;",
    why: "an exclusive or of 256-bit integers keeps Z3 busy for ever; b ^ (a ^ b) = a",
  },
  {
    name: "`SafeCast.toUint(bool)`, and by it `ceilDiv`",
    file: "@openzeppelin/contracts/utils/math/SafeCast.sol",
    find: `        assembly ("memory-safe") {
            u := iszero(iszero(b))
        }`,
    replace: "        u = b ? 1 : 0;",
    why: "assembly is not read at all: what it assigns could be anything",
  },
  {
    name: "`Issuance`: a shift to the left by 64 bits",
    file: "contracts/abstracts/Issuance.sol",
    find: "(stakerReward << 64)",
    replace: "(stakerReward * 2 ** 64)",
    why: "Z3 mixes shifts and products badly; a reward is below 2^96, so nothing is shifted out",
  },
  {
    name: "`LockBook`: a shift to the right by 64 bits",
    file: "contracts/abstracts/LockBook.sol",
    find: "(held.amount * (accUntil - accFrom)) >> 64",
    replace: "(held.amount * (accUntil - accFrom)) / 2 ** 64",
    why: "the same; both round down",
  },
  {
    name: "`Committee`: a shift to the left by 64 bits",
    file: "contracts/libraries/Committee.sol",
    find: "(wanted << 64) / seats",
    replace: "(wanted * 2 ** 64) / seats",
    why: "the same; a number of seats is below 2^64, so nothing is shifted out",
  },
];
