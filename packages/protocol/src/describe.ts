import { ZeroAddress } from "ethers";

import { amountOf, withCommas } from "./amounts.js";
import { checkUint } from "./checks.js";
import { ProtocolError } from "./errors.js";
import { policyFee, renewalFee, reservedFor } from "./fees.js";
import { shown } from "./json.js";
import { firstSecondOf, periodAt } from "./periods.js";
import {
  ALL_ARRANGEMENTS,
  type Consent,
  type PolicyDomain,
  policyId,
  type Receipt,
  type Renewal,
  type Revocation,
  type Takeover,
} from "./policyTypes.js";
import { arrangementAt, type Terms } from "./terms.js";

/** What a description needs to know about the network. */
export interface Calendar {
  /** The escrow's PERIOD. */
  readonly secondsPerPeriod: bigint;
  /** W, the policy manager's WINDOW, periods. */
  readonly window: bigint;
}

/**
 * A policy's terms in words.
 * @returns lines
 * @throws {ProtocolError} `BAD_ARGUMENT` for terms that can't be encoded
 * @example console.log(describeTerms(terms, domain, calendar).join("\n"));
 */
export function describeTerms(terms: Terms, domain: PolicyDomain, calendar: Calendar): string[] {
  const count = terms.arrangements.length;
  return [
    `Policy ${policyId(terms, domain)} of contract ${domain.verifyingContract} on chain ${domain.chainId}.`,
    `${terms.owner} owns it and may revoke it at any time.`,
    `${terms.payer} pays ${inNkms(policyFee(terms))} for ${miners(count)} and ${periodsOf(terms.periods, calendar)}: ${inNkms(terms.rate)} per miner and period. What isn't served is paid back.`,
    `Each miner puts ${inNkms(terms.collateral)} at risk besides its fee.`,
    `It must be created until ${dateOf(terms.deadline)}; it is served from the next period on and ends ${latestEnd(terms, calendar)}.`,
    conditionOf(terms),
    terms.handOff
      ? "A miner may hand its fragment to another miner without asking the owner."
      : "A miner may hand its fragment to another miner only with the owner's signature.",
    ...terms.arrangements.map(
      ({ miner, operator, kfragHash }, i) => `${i}: miner ${miner}, signed for by ${operator}, fragment ${kfragHash}.`,
    ),
  ];
}

/**
 * What an operator is asked to sign by {@link policyTypedData}, in words: its miner's part, then the whole terms.
 * @param index of its arrangement
 * @returns lines
 * @throws {ProtocolError} `BAD_ARGUMENT` without such an arrangement, or for terms that can't be encoded
 */
export function describeAcceptance(terms: Terms, index: number, domain: PolicyDomain, calendar: Calendar): string[] {
  const arrangement = arrangementAt(terms, index);
  const whole = describeTerms(terms, domain, calendar);
  const end = latestPeriod(terms, calendar) + terms.periods;
  return [
    `You accept, for miner ${arrangement.miner}, to re-encrypt with the fragment ${arrangement.kfragHash} for ${periodsOf(terms.periods, calendar)}.`,
    `It earns ${inNkms(terms.rate)} per period, ${inNkms(terms.rate * terms.periods)} if nobody ends it before.`,
    `${inNkms(reservedFor(terms))} of its stake are reserved, at the latest through ${periodOf(end + windowOf(calendar), calendar)}: it loses up to that much for a wrong answer or if the fragment leaks, whoever leaked it.`,
    "Leaving early costs it one period's fee.",
    ...whole,
  ];
}

/** What an operator is asked to sign by {@link renewalTypedData}, in words. */
export function describeRenewal({ policy, oldEnd, newEnd }: Renewal, terms: Terms, calendar: Calendar): string[] {
  const more = checkUint("renewal.newEnd", newEnd, 256) - checkUint("renewal.oldEnd", oldEnd, 256);
  return [
    `You accept to serve policy ${policy} for ${periodsOf(more, calendar)} more: until before ${periodOf(newEnd, calendar)} instead of before ${periodOf(oldEnd, calendar)}.`,
    `Your miner earns ${inNkms(terms.rate)} for each, ${inNkms(renewalFee(terms, more, 1n))} in all, and as much more of its stake is reserved, through ${periodOf(newEnd + windowOf(calendar), calendar)}.`,
  ];
}

/** What an operator is asked to sign by {@link takeoverTypedData}, in words. */
export function describeTakeover(takeover: Takeover, calendar: Calendar): string[] {
  const collateral = checkUint("takeover.collateral", takeover.collateral, 256);
  const end = checkUint("takeover.end", takeover.end, 256);
  return [
    `You accept, for miner ${takeover.miner}, to take over arrangement ${takeover.index} of policy ${takeover.policy}, from the next period until before ${periodOf(end, calendar)}, the policy's end.`,
    `It puts ${inNkms(collateral)} at risk besides its fee, through ${periodOf(end + windowOf(calendar), calendar)}, also if the fragment leaks from the miner that had it before.`,
    `This is good until ${dateOf(takeover.deadline)}.`,
  ];
}

/** What an owner is asked to sign by {@link consentTypedData}, in words. */
export const describeConsent = (consent: Consent): string[] => [
  `You let arrangement ${consent.index} of your policy ${consent.policy} pass to miner ${consent.miner}, on the same terms.`,
  `This is good once, until ${dateOf(consent.deadline)}.`,
];

/** What an owner is asked to sign by {@link revocationTypedData}, in words. */
export const describeRevocation = (revocation: Revocation): string[] => [
  revocation.index === ALL_ARRANGEMENTS
    ? `You end your policy ${revocation.policy}: nobody re-encrypts for it after the current period.`
    : `You end arrangement ${revocation.index} of your policy ${revocation.policy} with the current period; the others go on.`,
  `What isn't served is paid back to the policy's payer. Anybody may bring this to the chain, once, until ${dateOf(revocation.deadline)}.`,
];

/** What an operator is asked to sign by {@link receiptTypedData}, in words. */
export const describeReceipt = (receipt: Receipt): string[] => [
  `You say that for arrangement ${receipt.index} of policy ${receipt.policy} your node re-encrypted the capsule with hash ${receipt.capsuleHash} and answered with the bytes with hash ${receipt.cfragHash}.`,
  "If that answer is wrong, whoever has it can prove it: your miner loses the arrangement's collateral and its earned fee.",
];

const inNkms = (baseUnits: bigint): string => `${amountOf(baseUnits)} NKMS`;

const miners = (count: number): string => (count === 1 ? "1 miner" : `${count} miners`);

const windowOf = ({ window }: Calendar): bigint => checkUint("window", window, 256);

/**
 * A length of time: `30 periods of 1 day`.
 * @throws {ProtocolError} `BAD_ARGUMENT` for what isn't a uint256
 * @example periodsOf(terms.periods, calendar);
 */
export function periodsOf(count: bigint, { secondsPerPeriod }: Pick<Calendar, "secondsPerPeriod">): string {
  const length = durationOf(checkUint("secondsPerPeriod", secondsPerPeriod, 256));
  return `${checkUint("count", count, 256) === 1n ? "1 period" : `${count} periods`} of ${length}`;
}

/**
 * A time in the largest unit that leaves no rest: `7 days`, `90 minutes`.
 * @throws {ProtocolError} `BAD_ARGUMENT` for what isn't a bigint, and a negative one
 */
export function durationOf(seconds: bigint): string {
  if (typeof seconds !== "bigint" || seconds < 0n) {
    throw new ProtocolError("BAD_ARGUMENT", "seconds", "a bigint, 0 or more", shown(seconds));
  }
  const units = [
    ["day", 86_400n],
    ["hour", 3_600n],
    ["minute", 60n],
  ] as const;
  const fits = units.find(([, length]) => seconds !== 0n && seconds % length === 0n);
  const [unit, length] = fits ?? (["second", 1n] as const);
  return seconds === length ? `1 ${unit}` : `${withCommas(seconds / length)} ${unit}s`;
}

const periodOf = (period: bigint, { secondsPerPeriod }: Calendar): string =>
  `period ${period} (${dateOf(firstSecondOf(period, secondsPerPeriod))})`;

const LAST_DATE = 253_402_300_799n; // of the year 9999

/** A Unix time as a date in UTC: `2026-11-20 16:00:00 UTC`. */
function dateOf(timestamp: bigint): string {
  if (typeof timestamp === "bigint" && timestamp > LAST_DATE) return "the end of time";
  return `${new Date(Number(checkUint("timestamp", timestamp, 256)) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The period in which a policy begins that is created at its deadline. */
const latestPeriod = (terms: Terms, { secondsPerPeriod }: Calendar): bigint =>
  periodAt(terms.deadline, secondsPerPeriod) + 1n;

const latestEnd = (terms: Terms, calendar: Calendar): string =>
  `before ${periodOf(latestPeriod(terms, calendar) + terms.periods, calendar)} at the latest`;

const conditionOf = ({ condition }: Terms): string =>
  condition === ZeroAddress
    ? "No condition: nodes answer the reader as long as it lasts."
    : `Nodes ask the contract ${condition} before each answer.`;
