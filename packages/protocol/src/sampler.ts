import { keccak256, toBeArray, toBigInt } from "ethers";

import { checkArray, checkUint } from "./checks.js";
import { ProtocolError } from "./errors.js";
import { type Lock, lockedIn } from "./lock.js";
import type { Seat } from "./seat.js";

/** Base units in a grain, the sampler's unit of weight. */
export const GRAIN = 10n ** 9n;

/** How many tiers the sampler has: tier c takes weights of [2^c, 2^(c+1)) s_min. */
export const TIERS = 16;

/** The trials that {@link drawRandomly} allows itself unless told: a fraction of a second of work. */
export const DEFAULT_MAX_TRIALS = 100_000n;

/**
 * All that a draw depends on, of one block. `readSamplerState` reads it from a chain; a simulation can make it up.
 */
export interface SamplerState {
  /** The current period. */
  readonly period: bigint;
  /** The escrow's period of deployment: the seats' `firstEnd` counts from it. */
  readonly genesis: bigint;
  /** s_min, base units: a multiple of {@link GRAIN}. */
  readonly minStake: bigint;
  /** The seats of each of the {@link TIERS} tiers, in the contract's order. */
  readonly tiers: readonly (readonly Seat[])[];
  /** All locks of a miner. Asked only of a miner whose seat alone can't tell what it has locked in `until`. */
  readonly locksOf: (miner: string) => readonly Lock[] | Promise<readonly Lock[]>;
}

/** What is to be drawn. */
export interface DrawRequest {
  /** How many distinct miners. */
  readonly wanted: bigint;
  /** A period after the current one: each miner is drawn by its stake locked in it, and not with less than s_min. */
  readonly until: bigint;
  /** How many candidates to try at most. */
  readonly maxTrials: bigint;
}

/** A draw that anybody can repeat who knows the seed. */
export interface SeededDrawRequest extends DrawRequest {
  /** 256 bits. */
  readonly seed: bigint;
}

/** A draw that nobody can repeat. */
export interface RandomDrawRequest extends Omit<DrawRequest, "maxTrials"> {
  /** How many candidates to try at most, {@link DEFAULT_MAX_TRIALS} by default. */
  readonly maxTrials?: bigint;
}

/** Gives the random number of a trial: 256 bits, independent of those of all other trials. Trials count from 0. */
export type WordSource = (trial: bigint) => bigint;

/**
 * Draws distinct miners, each with probability proportional to its stake locked in `until`, without replacement
 * (whitepaper eqs. 25-29). Every candidate gets a word of its own: a word that hits the stale part of a seat, or a miner
 * drawn already, is thrown away, so neither favours the neighbours of that seat.
 *
 * Bias: a word taken modulo the length of the line, below 2^81, makes a point at most 2^-175 of its chance likelier.
 *
 * @param words e.g. a seeded generator in a simulation; see {@link drawWithSeed} and {@link drawRandomly}
 * @returns checksummed addresses in the order of their drawing
 * @throws {ProtocolError} `DRAW_TOO_EARLY` unless `until` is after the current period, `TOO_FEW_MEMBERS`,
 * `TRIALS_USED_UP`; `BAD_ARGUMENT` for a number that isn't a uint256
 * @example const miners = await drawWithWords(state, { wanted: 3n, until, maxTrials: 100n }, () => random.next256());
 */
export async function drawWithWords(state: SamplerState, request: DrawRequest, words: WordSource): Promise<string[]> {
  const { wanted, until, maxTrials } = request;
  checkRequest(state, request);

  const unit = state.minStake / GRAIN;
  const line = unit * lineLength(state);
  const drawn = new Set<string>();
  for (let trial = 0n; trial < maxTrials && BigInt(drawn.size) < wanted; ++trial) {
    const { seat, offset } = hit(state, checkUint("word", words(trial), 256) % line);
    if (offset < (storedIsLive(state, seat, until) ? seat.weight : await liveWeight(state, seat, until))) {
      drawn.add(seat.miner);
    }
  }
  if (BigInt(drawn.size) < wanted) {
    throw new ProtocolError(
      "TRIALS_USED_UP",
      "maxTrials",
      `enough trials for ${wanted} miners`,
      `${drawn.size} miners in ${maxTrials} trials`,
      { drawn: BigInt(drawn.size), wanted, trials: maxTrials },
    );
  }
  return [...drawn];
}

/**
 * Draws exactly the miners that the stake escrow's view `draw` gives for the same arguments at the same block.
 *
 * Whoever chooses the seed chooses, within what they can grind, the result. A seed that someone else chose proves
 * nothing about randomness: an owner draws with {@link drawRandomly}, or with a random seed of its own.
 *
 * Warning: after `TRIALS_USED_UP` allow more trials and keep the seed. A new seed instead prefers draws that need few
 * trials, and those aren't quite as random.
 *
 * @returns checksummed addresses in the order of their drawing
 * @throws {ProtocolError} like {@link drawWithWords}, where the view reverts; `BAD_ARGUMENT` also for the seed
 * @example
 * const state = await readSamplerState(escrow);
 * const miners = await drawWithSeed(state, { seed: 1n, wanted: 3n, until: state.period + 30n, maxTrials: 76n });
 */
export async function drawWithSeed(state: SamplerState, request: SeededDrawRequest): Promise<string[]> {
  return drawWithWords(state, request, wordsOf(request.seed));
}

/**
 * Draws with the cryptographic random number generator of the platform (Web Crypto): what an owner should use.
 *
 * @returns checksummed addresses in the order of their drawing
 * @throws {ProtocolError} like {@link drawWithWords}
 * @example
 * const state = await readSamplerState(escrow);
 * const miners = await drawRandomly(state, { wanted: 3n, until: state.period + 30n });
 */
export async function drawRandomly(state: SamplerState, request: RandomDrawRequest): Promise<string[]> {
  const { wanted, until, maxTrials = DEFAULT_MAX_TRIALS } = request;
  return drawWithWords(state, { wanted, until, maxTrials }, randomWord);
}

/**
 * The probability of a miner to be the first one drawn is its live weight over the sum of all: this is that weight.
 * @param until a period after the current one
 * @returns grains; 0 with less than s_min locked in `until`
 * @example const weights = await Promise.all(state.tiers.flat().map((seat) => liveWeight(state, seat, until)));
 */
export async function liveWeight(state: SamplerState, seat: Seat, until: bigint): Promise<bigint> {
  if (storedIsLive(state, seat, until)) return seat.weight;
  const locked = lockedIn(await state.locksOf(seat.miner), until, state.period);
  return locked < state.minStake ? 0n : locked / GRAIN;
}

/** Whether all locks of a seat reach beyond `until`, as far as the seat itself can tell. */
function storedIsLive(state: SamplerState, seat: Seat, until: bigint): boolean {
  return until < state.genesis + seat.firstEnd && until <= state.period + seat.notice;
}

/** The length of all segments together, in units of s_min. */
function lineLength(state: SamplerState): bigint {
  return state.tiers.reduce((length, seats, tier) => length + (BigInt(seats.length) << BigInt(tier + 1)), 0n);
}

/** The seat that a point of the line hits, and how far into its segment the point is; both in grains. */
function hit(state: SamplerState, point: bigint): { seat: Seat; offset: bigint } {
  let rest = point;
  let segment = (state.minStake / GRAIN) << 1n;
  for (const seats of state.tiers) {
    const seat = seats[Number(rest / segment)];
    if (seat) return { seat, offset: rest % segment };
    rest -= BigInt(seats.length) * segment;
    segment <<= 1n;
  }
  throw new ProtocolError("BAD_ARGUMENT", "point", "one below the length of the line", String(point), { value: point });
}

function checkRequest(state: SamplerState, { wanted, until, maxTrials }: DrawRequest): void {
  checkUint("wanted", wanted, 256);
  checkUint("until", until, 256);
  checkUint("maxTrials", maxTrials, 256);
  checkUint("state.period", state.period, 256);
  if (checkUint("state.minStake", state.minStake, 256) < GRAIN) {
    throw new ProtocolError("BAD_ARGUMENT", "state.minStake", `${GRAIN} or more`, String(state.minStake));
  }
  if (checkArray("state.tiers", state.tiers).length !== TIERS) {
    throw new ProtocolError("BAD_ARGUMENT", "state.tiers", `${TIERS} tiers`, String(state.tiers.length));
  }
  const least = state.period + 1n;
  if (until < least) {
    throw new ProtocolError("DRAW_TOO_EARLY", "until", `period ${least} or later`, String(until), { until, least });
  }
  const members = state.tiers.reduce((sum, seats) => sum + BigInt(seats.length), 0n);
  if (members < wanted) {
    throw new ProtocolError("TOO_FEW_MEMBERS", "wanted", `at most ${members} members`, String(wanted), {
      members,
      wanted,
    });
  }
}

/** The contract's words: keccak256(seed ‖ trial), both 32 bytes, big-endian. */
function wordsOf(seed: bigint): WordSource {
  const preimage = new Uint8Array(64);
  writeWord(preimage, 0, checkUint("seed", seed, 256));
  return (trial) => {
    writeWord(preimage, 32, trial);
    return BigInt(keccak256(preimage));
  };
}

function writeWord(target: Uint8Array, offset: number, word: bigint): void {
  const bytes = toBeArray(word);
  target.fill(0, offset, offset + 32);
  target.set(bytes, offset + 32 - bytes.length);
}

function randomWord(): bigint {
  return toBigInt(globalThis.crypto.getRandomValues(new Uint8Array(32)));
}
