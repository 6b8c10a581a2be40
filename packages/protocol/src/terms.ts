import { getAddress, ZeroAddress } from "ethers";

import { checkAddress, checkArray, checkBytes32, checkUint } from "./checks.js";
import { ProtocolError } from "./errors.js";
import { shown } from "./json.js";
import { GRAIN } from "./sampler.js";

/** One key fragment at one miner. */
export interface Arrangement {
  /** Its stake is at risk; fees are its. */
  readonly miner: string;
  /** The miner's hot key: it accepts the policy and signs receipts. */
  readonly operator: string;
  /** See {@link kfragHash}. 32 bytes, hex. */
  readonly kfragHash: string;
}

/** A policy in full, as the contract takes it. */
export interface Terms {
  /** May revoke. */
  readonly owner: string;
  /** Pays, and gets refunds. */
  readonly payer: string;
  /** T, 1 to {@link MAX_POLICY_PERIODS}: it is served for so many, from the period after its creation on. */
  readonly periods: bigint;
  /** Unix time in seconds, included: it must be created until then. */
  readonly deadline: bigint;
  /** Base units per arrangement and period, a multiple of 10^9. */
  readonly rate: bigint;
  /** c, base units per arrangement, a multiple of 10^9: what each miner can lose beyond its fee. */
  readonly collateral: bigint;
  /** The contract that nodes ask before they re-encrypt; the zero address: none. */
  readonly condition: string;
  /** Whether a miner may hand off its arrangement without the owner's signature. */
  readonly handOff: boolean;
  /** 32 bytes, hex: makes two policies with equal terms two. */
  readonly salt: string;
  /** 1 to {@link MAX_ARRANGEMENTS}, in rising order of miner: see {@link sortArrangements}. */
  readonly arrangements: Arrangement[];
}

/** What the policy manager at hand allows. */
export interface TermLimits {
  /** Unix time in seconds that the deadline is compared with; by default the clock of this machine. */
  readonly timestamp?: bigint;
  /** The contract's MIN_COLLATERAL, base units; 10^9 by default, which every contract asks for. */
  readonly minCollateral?: bigint;
  /** The token's cap, base units; 2^96 - 1 by default, which no cap reaches. */
  readonly maxAmount?: bigint;
}

/** The longest policy, renewals included. */
export const MAX_POLICY_PERIODS = 3_650n;

/** The most arrangements of a policy. */
export const MAX_ARRANGEMENTS = 160;

/**
 * Refuses terms that the contract would refuse whoever the miners are, and a fragment that is given out twice: that one
 * only clients and nodes check. What a miner itself allows is in the registry, what it has free in the escrow.
 * @throws {ProtocolError} `BAD_ARGUMENT` for what isn't an address, 32 bytes or a number at all; `NO_OWNER`, `EXPIRED`,
 * `TERM_OUT_OF_BOUNDS`, `TERM_NOT_WHOLE`, `MINER_TWICE`, `OUT_OF_ORDER`, `KFRAG_TWICE`
 * @example checkTerms(terms, { minCollateral: await policyManager.MIN_COLLATERAL() });
 */
export function checkTerms(terms: Terms, limits: TermLimits = {}): void {
  const { minCollateral = GRAIN, maxAmount = 2n ** 96n - 1n } = limits;
  const { timestamp = BigInt(Math.floor(Date.now() / 1000)) } = limits;
  for (const name of ["owner", "payer", "condition"] as const) checkAddress(`terms.${name}`, terms[name]);
  checkBytes32("terms.salt", terms.salt);
  if (getAddress(terms.owner) === ZeroAddress) {
    throw new ProtocolError("NO_OWNER", "terms.owner", "an account that may revoke", "the zero address");
  }
  checkDeadline(checkUint("terms.deadline", terms.deadline, 256), timestamp);
  checkTerm("periods", terms.periods, 1n, MAX_POLICY_PERIODS);
  checkTerm(
    "arrangements",
    BigInt(checkArray("terms.arrangements", terms.arrangements).length),
    1n,
    BigInt(MAX_ARRANGEMENTS),
  );
  checkAmount("rate", terms.rate, GRAIN, maxAmount);
  checkAmount("collateral", terms.collateral, minCollateral, maxAmount);
  checkArrangements(terms.arrangements);
}

/**
 * The arrangements in the order that the contract wants: by rising address of the miner.
 * @returns a new array
 * @throws {ProtocolError} `BAD_ARGUMENT` for a miner that isn't an address
 * @example const terms = { ...others, arrangements: sortArrangements(arrangements) };
 */
export function sortArrangements(arrangements: readonly Arrangement[]): Arrangement[] {
  const number = checkArray("arrangements", arrangements).map((arrangement, i) => ({
    arrangement,
    miner: BigInt(checkAddress(`arrangements[${i}].miner`, arrangement.miner)),
  }));
  return number.sort((a, b) => (a.miner < b.miner ? -1 : a.miner > b.miner ? 1 : 0)).map((one) => one.arrangement);
}

/**
 * One of a policy's arrangements.
 * @throws {ProtocolError} `BAD_ARGUMENT` without such an arrangement
 */
export function arrangementAt({ arrangements }: Pick<Terms, "arrangements">, index: number): Arrangement {
  const arrangement = Number.isInteger(index) ? arrangements[index] : undefined;
  if (arrangement) return arrangement;
  throw new ProtocolError("BAD_ARGUMENT", "index", `0 .. ${arrangements.length - 1}`, shown(index));
}

function checkArrangements(arrangements: readonly Arrangement[]): void {
  const miners = new Map<bigint, number>();
  const kfrags = new Map<string, number>();
  let previous = -1n;
  for (const [i, { miner, operator, kfragHash }] of arrangements.entries()) {
    const name = `terms.arrangements[${i}]`;
    const number = BigInt(checkAddress(`${name}.miner`, miner));
    checkAddress(`${name}.operator`, operator);
    const hash = checkBytes32(`${name}.kfragHash`, kfragHash).toLowerCase();
    refuseTwice("MINER_TWICE", `${name}.miner`, miner, i, miners.get(number));
    if (number < previous) {
      const expected = "miners in rising order of address";
      throw new ProtocolError("OUT_OF_ORDER", `${name}.miner`, expected, miner, { index: BigInt(i) });
    }
    refuseTwice("KFRAG_TWICE", `${name}.kfragHash`, kfragHash, i, kfrags.get(hash));
    miners.set(number, i);
    kfrags.set(hash, i);
    previous = number;
  }
}

function refuseTwice(
  code: "MINER_TWICE" | "KFRAG_TWICE",
  argument: string,
  got: string,
  index: number,
  first: number | undefined,
): void {
  if (first === undefined) return;
  const values = { index: BigInt(index), first: BigInt(first) };
  throw new ProtocolError(code, argument, `one that arrangement ${first} doesn't have`, got, values);
}

function checkDeadline(deadline: bigint, timestamp: bigint): void {
  if (timestamp <= deadline) return;
  const expected = `${timestamp} or later`;
  throw new ProtocolError("EXPIRED", "terms.deadline", expected, String(deadline), { deadline, timestamp });
}

function checkAmount(term: string, value: bigint, least: bigint, most: bigint): void {
  checkTerm(term, value, least, most);
  if (value % GRAIN === 0n) return;
  const expected = `a multiple of ${GRAIN} base units`;
  throw new ProtocolError("TERM_NOT_WHOLE", `terms.${term}`, expected, String(value), { value, unit: GRAIN });
}

function checkTerm(term: string, value: bigint, least: bigint, most: bigint): void {
  checkUint(`terms.${term}`, value, 256);
  if (least <= value && value <= most) return;
  const values = { value, least, most };
  throw new ProtocolError("TERM_OUT_OF_BOUNDS", `terms.${term}`, `${least} .. ${most}`, String(value), values);
}
