import type { Log, LogDescription } from "ethers";

import { inNkms } from "./amounts";
import { type Chain, contractAt } from "./chain";
import { textIn } from "./endpoint";
import { plain } from "./files";

/** The end of a rolling lock. */
export const ROLLING = 2n ** 32n - 1n;

/** An event of one of NKMS's contracts. */
export interface Happened {
  /** `stake escrow`. */
  readonly contract: string;
  /** `LockOpened`. */
  readonly event: string;
  /** By the names that the contract's interface has. */
  readonly values: Readonly<Record<string, unknown>>;
  /** One sentence. */
  readonly words: string;
}

/** What a log says, if it is of one of NKMS's contracts. */
export function eventIn(chain: Chain, log: Pick<Log, "address" | "topics" | "data">): Happened | undefined {
  const known = contractAt(chain, log.address);
  const parsed = known?.contract.interface.parseLog(log);
  if (!known || !parsed) return undefined;
  const values = valuesOf(parsed, log.data);
  const words = WORDS[parsed.name]?.(new Values(values, chain)) ?? fallback(parsed.name, values);
  return { contract: known.name, event: parsed.name, values, words };
}

function valuesOf({ fragment, args }: LogDescription, data: string): Record<string, unknown> {
  return Object.fromEntries(
    fragment.inputs.map((input, i) => {
      // The only text in an event is all of its data.
      if (input.baseType === "string") return [input.name, textIn(data)];
      const value: unknown = args[i];
      return [
        input.name,
        input.baseType === "tuple" ? (args[i] as { toObject(deep: boolean): unknown }).toObject(true) : value,
      ];
    }),
  );
}

/** An event's values in the forms in which sentences need them. */
class Values {
  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly chain: Chain,
  ) {}

  text = (name: string): string => String(this.values[name]);
  number = (name: string): bigint => BigInt(this.text(name));
  nkms = (name: string): string => inNkms(this.number(name));
  from = (name: string): string => this.chain.dates.from(this.number(name));

  before = (name: string): string => this.chain.dates.through(this.number(name) - 1n);

  /** `counts from 5 June 2026, period 20610, through 4 July 2026, period 20639`. */
  life(): string {
    return `counts ${this.from("start")}, ${this.end()}`;
  }

  /** `through ...`, or what ends a rolling lock. */
  end(): string {
    const { dates, vesting } = this.chain;
    const end = this.number("end");
    if (end === ROLLING) return `and rolls with a notice of ${dates.count(this.number("notice"))}`;
    return `${dates.through(end - 1n)}; withdrawable ${dates.from(end + vesting)}`;
  }
}

const fallback = (event: string, values: object): string => `${event} ${JSON.stringify(plain(values))}`;

const short = (id: string): string => `${id.slice(0, 10)}…`;

/** A sentence for each event that its parties look for; what is not here is shown as it is. */
const WORDS: Readonly<Record<string, (v: Values) => string>> = {
  Transfer: (v) => `${v.nkms("value")} went from ${v.text("from")} to ${v.text("to")}`,
  Approval: (v) => `${v.text("spender")} may take ${v.nkms("value")} of ${v.text("owner")}`,

  PeriodClosed: (v) => `period ${v.text("period")} closed: ${v.nkms("stakerReward")} for ${v.nkms("earning")} of stake`,
  NumberGiven: (v) => `${v.text("miner")} is miner number ${v.text("number")} ${v.from("period")}`,
  NumberReleased: (v) => `${v.text("miner")} is no longer number ${v.text("number")}`,
  LockOpened: (v) => `lock ${v.text("lock")} opened with ${v.nkms("amount")}: it ${v.life()}`,
  LockRaised: (v) => `lock ${v.text("lock")} grew by ${v.nkms("amount")}`,
  LockChanged: (v) => `lock ${v.text("lock")} now counts ${v.end()}`,
  LockSplit: (v) => `${v.nkms("amount")} moved from lock ${v.text("lock")} into a new one, lock ${v.text("part")}`,
  LocksMerged: (v) => `lock ${v.text("gone")} with ${v.nkms("amount")} is now part of lock ${v.text("kept")}`,
  LockLowered: (v) => `${v.nkms("amount")} left lock ${v.text("lock")}; ${v.nkms("left")} stay in it`,
  Withdrawn: (v) => `${v.nkms("amount")} of stake went back to ${v.text("miner")}`,
  RewardPaid: (v) => `${v.nkms("amount")} of reward went to ${v.text("payout")}`,
  RewardCompounded: (v) => `${v.nkms("amount")} of reward became stake`,
  PayoutSet: (v) => `rewards of ${v.text("miner")} go to ${v.text("payout")} (zero: to itself)`,
  Slashed: (v) =>
    `${v.nkms("seized")} of stake of ${v.text("miner")} were seized, ${v.nkms("paid")} of them for ${v.text("recipient")}`,
  Paused: (v) =>
    `${v.text("miner")} was found unhealthy: ${v.nkms("forfeited")} burned, nothing earned until it resumes`,
  Resumed: (v) => `${v.text("miner")} earns again ${v.from("period")}`,

  OperatorBonded: (v) => `${v.text("operator")} works for ${v.text("miner")} ${v.from("since")}`,
  OperatorUnbonded: (v) => `${v.text("operator")} no longer works for ${v.text("miner")}`,
  PledgeSet: (v) =>
    `${v.text("miner")} lets ${v.nkms("pledgeLimit")} be reserved, and ${v.text("maxCollateralPercent")} % of a fee as collateral`,
  AdviceSet: (v) =>
    `${v.text("miner")} asks for ${v.nkms("minFeePerPeriod")} per period, for ${v.text("maxPolicyPeriods")} periods at most (0: any)`,
  EndpointSet: (v) => `the node of ${v.text("miner")} answers ${v.text("url") ? `at ${v.text("url")}` : "nowhere"}`,

  Created: (v) =>
    `policy ${v.text("policy")} is paid with ${v.nkms("fee")}: it is served ${v.from("start")}, ${v.before("end")}`,
  Closed: (v) =>
    `arrangement ${v.text("index")} of policy ${short(v.text("policy"))} ends: ${v.nkms("earned")} earned by ${v.text("miner")}, ` +
    `${v.nkms("refunded")} back to the payer at once, ${v.nkms("held")} later`,
  Revoked: (v) => `policy ${short(v.text("policy"))} is revoked: not served ${v.from("stop")}`,
  Renewed: (v) =>
    `policy ${short(v.text("policy"))} is served ${v.before("newEnd")} instead of ${v.before("oldEnd")}, for ${v.nkms("fee")}`,
  Resigned: (v) =>
    `${v.text("miner")} left arrangement ${v.text("index")} of policy ${short(v.text("policy"))} and paid ${v.nkms("penalty")}`,
  HandedOff: (v) =>
    `${v.text("miner")} takes over arrangement ${v.text("index")} of policy ${short(v.text("policy"))} as ${v.text("newIndex")}, ` +
    `${v.from("start")}, for ${v.nkms("fee")}`,
  FeesClaimed: (v) => `${v.nkms("amount")} of fees went to ${v.text("miner")}`,
  RefundTaken: (v) => `${v.nkms("amount")} of refunds went to ${v.text("account")}`,
  PayClaimed: (v) => `${v.nkms("amount")} of health pay went to ${v.text("miner")}`,
};
