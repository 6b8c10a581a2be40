import { concat, keccak256, toBeHex } from "ethers";

import type { Turn } from "./chain.js";
import { ceilSqrt, checkBytes32, checkCount, checkRange, encodedHash, MAX_UINT256, same } from "./values.js";

/** Numbers that the escrow can give: 24 bits. */
const MAX_NUMBERS = 2n ** 24n - 1n;
const FEISTEL_ROUNDS = 4n;

/** What tells a round's targets to those who know the seed. */
export interface Deal {
  readonly seed: string;
  /** Of the round, once the commit phase was opened. */
  readonly mix: string;
  /** N: how many numbers there were when the round opened. */
  readonly numbers: bigint;
}

/** k = ceil(sqrt N): how many targets a round has. */
export const targetCount = (numbers: bigint): number =>
  Number(ceilSqrt(checkRange("numbers", numbers, 1n, MAX_NUMBERS)));

/** The permutation's key: keccak256(abi.encode(seed, mix)). */
export const permutationKey = (seed: string, mix: string): string =>
  encodedHash(["bytes32", "bytes32"], [checkBytes32("seed", seed, true), checkBytes32("mix", mix)]);

/**
 * The number of target `target`: 1 .. N. Whose it is, the escrow's `holderOf` tells.
 * @throws {HealthError} `BAD_ARGUMENT` for a target that the round doesn't have
 * @example numberOf({ seed, mix, numbers: 100n }, 0);
 */
export function numberOf({ seed, mix, numbers }: Deal, target: number): bigint {
  checkCount("target", target, 0, targetCount(numbers) - 1);
  return 1n + permute(permutationKey(seed, mix), numbers, BigInt(target));
}

/** The numbers of all targets, in their order; all different. */
export function targetNumbers({ seed, mix, numbers }: Deal): bigint[] {
  const key = permutationKey(seed, mix);
  return Array.from({ length: targetCount(numbers) }, (_, i) => 1n + permute(key, numbers, BigInt(i)));
}

/** Which target a number is; undefined: none. */
export function targetOfNumber({ seed, mix, numbers }: Deal, number: bigint): number | undefined {
  if (checkRange("number", number, 0n, MAX_UINT256) === 0n || number > numbers) return undefined;
  const target = Number(invert(permutationKey(seed, mix), numbers, number - 1n));
  return target < targetCount(numbers) ? target : undefined;
}

/**
 * Whether a miner was paused when a block was over. Voters ask it of the block that opened the round: such a target counts as
 * nobody. All find the same, whenever they look, and a node without old states can tell.
 * @param paused whether the miner is paused now; to be asked before `turns`
 * @param turns who was paused, or resumed, since that block, in order: the miner's first turn tells what it was before
 */
export const wasPaused = (miner: string, paused: boolean, turns: readonly Turn[]): boolean => {
  const first = turns.find((turn) => same(turn.miner, miner));
  return first ? !first.paused : paused;
};

/**
 * Where a permutation of 0 .. size - 1 takes `index`: a Feistel network of four rounds over the next power of four, walked
 * on while it leaves the range.
 */
export function permute(key: string, size: bigint, index: bigint): bigint {
  checkBytes32("key", key, true);
  const { bits, mask } = halfOf(size, "index", index);
  let value = index;
  do {
    let [left, right] = [value >> bits, value & mask];
    for (let i = 0n; i < FEISTEL_ROUNDS; ++i) [left, right] = [right, left ^ (mixed(key, i, right) & mask)];
    value = (left << bits) | right;
  } while (value >= size);
  return value;
}

/** The index that {@link permute} takes to `value`. */
export function invert(key: string, size: bigint, value: bigint): bigint {
  checkBytes32("key", key, true);
  const { bits, mask } = halfOf(size, "value", value);
  let index = value;
  do {
    let [left, right] = [index >> bits, index & mask];
    for (let i = FEISTEL_ROUNDS; i > 0n; --i) [left, right] = [right ^ (mixed(key, i - 1n, left) & mask), left];
    index = (left << bits) | right;
  } while (index >= size);
  return index;
}

const mixed = (key: string, round: bigint, half: bigint): bigint =>
  BigInt(keccak256(concat([key, toBeHex(round, 32), toBeHex(half, 32)])));

/** The least b with 4^b >= size, and 2^b - 1. */
function halfOf(size: bigint, argument: string, value: bigint): { bits: bigint; mask: bigint } {
  checkRange("size", size, 1n, 2n ** 64n);
  checkRange(argument, value, 0n, size - 1n);
  let bits = 0n;
  while (1n << (2n * bits) < size) ++bits;
  return { bits, mask: (1n << bits) - 1n };
}
