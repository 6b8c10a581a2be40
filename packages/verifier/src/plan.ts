import { amountOf, reservedFor } from "@nkms/protocol";

import { calldataOf } from "./abi.js";
import type { Call, ChainRules, Head, Standing } from "./chain.js";
import { type Evidence, assignmentOf } from "./evidence.js";

/** What bringing evidence to the chain takes and may give. */
export interface Plan {
  readonly contract: string;
  readonly chainId: bigint;
  readonly challenger: string;
  readonly policy: string;
  readonly index: bigint;
  /** Who is accused, and of what. */
  readonly miner: string;
  readonly fault: string;
  /** Wei: deposited with the commitment, returned after the reveal. */
  readonly bond: bigint;
  /** Estimates. */
  readonly gas: { readonly commit: bigint; readonly reveal: bigint; readonly takeBond: bigint };
  /** Wei per unit of gas, now. */
  readonly gasPrice: bigint;
  /** Base units of NKMS, if this is the first verdict and things stay as they are; 0 if there was one. */
  readonly reward: bigint;
  /** What the miner may lose at most, base units of NKMS. */
  readonly atStake: bigint;
  readonly convicted: boolean;
  /** Blocks from the commitment to the first and the last in which it can be revealed. */
  readonly minAge: bigint;
  readonly maxAge: bigint;
  /** The current period, and the last in which the evidence counts. */
  readonly period: bigint;
  readonly lastPeriod: bigint;
}

/** What a transaction costs by itself, and a byte of its data. */
const [BASE_GAS, ZERO_BYTE_GAS, BYTE_GAS] = [21_000n, 4n, 16n];

/**
 * Gas of the steps besides their data, as measured on the contracts of this repository, with some room: for the first
 * verdict of a policy, by somebody without NKMS. Others take up to 50,000 less. If nobody has counted the last periods,
 * the reveal does, for some 35,000 each.
 */
const GAS = { commit: 26_000n, wrongAnswer: 248_000n, leakedKey: 228_000n, takeBond: 12_000n } as const;

/** The longest transaction that nodes pass on, bytes. */
export const MAX_TRANSACTION_LENGTH = 128 * 1024;

/** Works a plan out, without a look at anything but its arguments. */
export function planOf(
  evidence: Evidence,
  place: { readonly contract: string; readonly challenger: string },
  rules: ChainRules,
  { timestamp }: Head,
  standing: Standing,
  gasPrice: bigint,
): Plan {
  const { terms, index } = assignmentOf(evidence);
  const leaked = evidence.kind === "leakedKey";
  const period = timestamp / rules.secondsPerPeriod;
  const { start, stop, end, open, collateral, convicted, handedOff } = standing;
  const served = (open && period + 1n < stop ? period + 1n : stop) - start;
  const share = leaked ? (terms.rate * served * rules.leakPercent) / 100n : (collateral * rules.finderPercent) / 100n;
  return {
    contract: place.contract,
    chainId: rules.chainId,
    challenger: place.challenger,
    policy: evidence.policy,
    index,
    miner: standing.miner,
    fault: leaked ? "Leak" : evidence.fault,
    bond: rules.bond,
    gas: {
      commit: BASE_GAS + GAS.commit,
      reveal: dataGas({ step: "reveal", evidence, salt: `0x${"ff".repeat(32)}` }) + GAS[evidence.kind],
      takeBond: BASE_GAS + GAS.takeBond,
    },
    gasPrice,
    reward: convicted ? 0n : share,
    atStake: convicted ? 0n : reservedFor({ rate: terms.rate, periods: end - start, collateral }),
    convicted,
    minAge: rules.minAge,
    maxAge: rules.maxAge,
    period,
    lastPeriod: rules.window + (handedOff && leaked ? end : stop),
  };
}

/**
 * A plan in words.
 * @returns lines
 */
export function describePlan(plan: Plan): string[] {
  const { gas, gasPrice, bond, reward } = plan;
  const all = gas.commit + gas.reveal + gas.takeBond;
  return [
    `Accused: miner ${plan.miner}, arrangement ${plan.index} of policy ${plan.policy}; fault ${plan.fault}.`,
    `As ${plan.challenger}, at contract ${plan.contract} on chain ${plan.chainId}:`,
    `1. commit, with a bond of ${amountOf(bond)} ETH, ~${gas.commit} gas;`,
    `2. reveal, ${plan.minAge} to ${plan.maxAge} blocks later, ~${gas.reveal} gas: whoever misses that loses the bond;`,
    `3. take the bond back, ~${gas.takeBond} gas.`,
    `Gas for all: ~${amountOf(all * gasPrice)} ETH at ${formatGwei(gasPrice)} gwei.`,
    plan.convicted
      ? "There was a verdict already: a reveal gives the bond back and nothing more."
      : `If nobody is faster: ${amountOf(reward)} NKMS for you; the miner loses at most ${amountOf(plan.atStake)} NKMS.`,
    `The evidence counts through period ${plan.lastPeriod}; it is period ${plan.period}.`,
  ];
}

/** What a step's transaction costs before it does anything. */
function dataGas(call: Call): bigint {
  const bytes = calldataOf(call, "");
  let gas = BASE_GAS;
  for (let i = 2; i < bytes.length; i += 2) gas += bytes.startsWith("00", i) ? ZERO_BYTE_GAS : BYTE_GAS;
  return gas;
}

const formatGwei = (wei: bigint): string => String(Number(wei) / 1e9);
