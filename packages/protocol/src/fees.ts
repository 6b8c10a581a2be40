import { checkArray, checkUint } from "./checks.js";
import { ProtocolError } from "./errors.js";
import { GRAIN } from "./sampler.js";
import type { Terms } from "./terms.js";

/** An arrangement's part in the time and money of its policy. */
export interface Share {
  /** Base units per period. */
  readonly rate: bigint;
  /** T: periods from its start to the policy's end. */
  readonly periods: bigint;
}

/** The fee of an arrangement that closes early; the three sum to the whole, base units. */
export interface Split {
  /** The miner's. */
  readonly earned: bigint;
  /** The payer's, at once. */
  readonly refunded: bigint;
  /** The payer's after the window, unless a leak is shown before. */
  readonly held: bigint;
}

/**
 * What the payer pays for a policy: rate · T for each arrangement.
 * @returns base units
 * @throws {ProtocolError} `BAD_ARGUMENT`, as all functions here, for what isn't a uint256
 * @example const fee = policyFee(terms);
 */
export const policyFee = ({ rate, periods, arrangements }: Pick<Terms, "rate" | "periods" | "arrangements">): bigint =>
  checkUint("terms.rate", rate, 256) *
  checkUint("terms.periods", periods, 256) *
  BigInt(checkArray("terms.arrangements", arrangements).length);

/**
 * What the payer pays to let a policy end later.
 * @param periods how many more
 * @param open how many of its arrangements are open
 * @returns base units
 */
export const renewalFee = (terms: Pick<Terms, "rate">, periods: bigint, open: bigint): bigint =>
  checkUint("terms.rate", terms.rate, 256) * checkUint("periods", periods, 256) * checkUint("open", open, 256);

/**
 * How much of a miner's stake an arrangement reserves: what a verdict can take at most, c + rate · T.
 * @returns base units
 */
export const reservedFor = ({ rate, periods, collateral }: Share & { readonly collateral: bigint }): bigint =>
  checkUint("collateral", collateral, 256) + feeOf({ rate, periods });

/**
 * What becomes of an arrangement's fee when it closes. The period of closing counts as served; a closing before the
 * start leaves t = 0. Of what isn't earned, the periods from φT on come back at once.
 * @param served t, 0 to T
 * @param floorPercent φ, the contract's FLOOR_PERCENT
 * @throws {ProtocolError} `BAD_ARGUMENT` for t above T or φ above 100 %
 * @example splitFee({ rate: 2n * GRAIN, periods: 10n }, 3n, 50n); // 6, 10 and 4 · 10^9
 */
export function splitFee({ rate, periods }: Share, served: bigint, floorPercent: bigint): Split {
  checkUint("rate", rate, 256);
  checkUint("periods", periods, 256);
  checkAtMost("served", served, periods);
  checkAtMost("floorPercent", floorPercent, 100n);
  const floor = ceilDiv(periods * floorPercent, 100n);
  const free = served > floor ? served : floor;
  return { earned: rate * served, refunded: rate * (periods - free), held: rate * (free - served) };
}

/**
 * The first period in which the payer can fetch what a closing held back.
 * @param stop the first period not served
 * @param window W, the contract's WINDOW
 */
export const heldUntil = (stop: bigint, window: bigint): bigint =>
  checkUint("stop", stop, 256) + checkUint("window", window, 256) + 1n;

/**
 * The least collateral with which an arrangement can be taken over: ceil(c T'/T), in whole 10^9 base units, but c_min.
 * @param minCollateral c_min: `MIN_COLLATERAL` of the policy manager, base units
 * @param collateral c of the one that hands off
 * @param periods T, from its start to the policy's end
 * @param left T', from the period after the hand-off to the policy's end
 * @throws {ProtocolError} `BAD_ARGUMENT` for T' above T, or T = 0
 */
export function leastCollateral(minCollateral: bigint, collateral: bigint, periods: bigint, left: bigint): bigint {
  checkUint("minCollateral", minCollateral, 256);
  checkUint("collateral", collateral, 256);
  checkAtMost("left", left, checkUint("periods", periods, 256));
  if (periods === 0n) throw new ProtocolError("BAD_ARGUMENT", "periods", "1 or more", "0", { value: 0n });
  const share = ceilDiv((collateral / GRAIN) * left, periods) * GRAIN;
  return share > minCollateral ? share : minCollateral;
}

const feeOf = ({ rate, periods }: Share): bigint => checkUint("rate", rate, 256) * checkUint("periods", periods, 256);

function checkAtMost(argument: string, value: bigint, most: bigint): void {
  if (checkUint(argument, value, 256) <= most) return;
  throw new ProtocolError("BAD_ARGUMENT", argument, `0 .. ${most}`, String(value), { value });
}

/** Rounded up; the divisor is above 0. */
const ceilDiv = (value: bigint, divisor: bigint): bigint => (value + divisor - 1n) / divisor;
