import { getAddress, ZeroAddress } from "ethers";

import { inNkms, sum } from "../lib/amounts";
import { type Chain, firstBlock, targetOf } from "../lib/chain";
import { endpointOf } from "../lib/endpoint";
import { addressOf } from "../lib/keys";
import type { Finding } from "../lib/look";
import { logsOf } from "../lib/logs";
import { listOf, tableOf } from "../lib/table";
import { arrangementsOf, type MinersArrangement } from "../policy/arrangements";
import { endInWords, isRolling, locksOf, type NumberedLock } from "./locks";

/** Everything that a staker asks about an account. */
export async function status(chain: Chain, args: { account: string }): Promise<Finding> {
  const account = await addressOf(chain, args.account);
  const result = await stakeOf(chain, account);
  return { words: inWords(chain, result), result };
}

type Stake = Awaited<ReturnType<typeof stakeOf>>;

async function stakeOf(chain: Chain, account: string) {
  const { registry, token, now, timestamp } = chain;
  const [locks, balance, bond, terms, endpoint] = await Promise.all([
    locksOf(chain, account),
    token.balanceOf(account),
    registry.bondOf(account),
    registry.termsOf(account),
    endpointOf(chain, account),
  ]);
  const { pledgeLimit, maxCollateralPercent, minFeePerPeriod, maxPolicyPeriods } = terms;
  return {
    account,
    period: now,
    timestamp,
    balance,
    locks,
    stake: { total: sum(locks.map(({ amount }) => amount)), ...(await countsOf(chain, account)) },
    rewards: await rewardsOf(chain, account),
    health: await healthOf(chain, account),
    policies: { ...(await servedBy(chain, account)), pledgeLimit, maxCollateralPercent },
    operator: { address: bond.operator, since: bond.since },
    advice: { minFeePerPeriod, maxPolicyPeriods },
    endpoint,
  };
}

/** What the locks come to, now and next. */
async function countsOf({ escrow, now }: Chain, account: string) {
  const [lockedNextPeriod, earningNow, withdrawable, next] = await Promise.all([
    escrow.lockedIn(account, now + 1n),
    escrow.earningOf(account, now),
    escrow.withdrawable(account),
    escrow.nextUnlock(account),
  ]);
  const nextUnlock = { timestamp: next.timestamp, amount: next.amount };
  return { lockedNextPeriod, earningNow, withdrawable, nextUnlock };
}

async function rewardsOf({ escrow, now, vesting: v }: Chain, account: string) {
  const [claimable, vesting, payout] = await Promise.all([
    escrow.claimable(account),
    escrow.vesting(account),
    escrow.payoutOf(account),
  ]);
  return { claimable, vesting, allVestedIn: now + v, payout };
}

async function healthOf(chain: Chain, account: string) {
  const [{ number, paused }, pay] = await Promise.all([chain.escrow.minerOf(account), chain.health.payOf(account)]);
  const pausedInBlock = paused ? await pausedIn(chain, account) : undefined;
  return { number, paused, pausedInBlock, payVested: pay.vested, payUnvested: pay.unvested };
}

/** What the miner serves, what it may claim for that, and what is at stake. */
async function servedBy(chain: Chain, account: string) {
  const [fees, reserved] = await Promise.all([
    chain.policies.claimableFees(account),
    chain.policies.reservedNow(account),
  ]);
  return { fees, reserved, arrangements: await arrangementsOf(chain, account) };
}

/** The block of the last verdict that paused the miner. */
async function pausedIn(chain: Chain, miner: string): Promise<number | undefined> {
  const topics = await chain.escrow.filters.Paused(miner).getTopicFilter();
  const logs = await logsOf(chain, { address: targetOf(chain.escrow), topics }, firstBlock(chain));
  return logs.at(-1)?.blockNumber;
}

function inWords(chain: Chain, found: Stake): string[] {
  const { dates } = chain;
  const { stake, rewards, policies, health, operator } = found;
  return [
    `${found.account} on ${chain.network}, ${dates.startOf(found.period)}, period ${found.period}. Dates are UTC.`,
    found.locks.length === 0 ? "It has no locks." : lockTable(chain, found.locks),
    listOf([
      ["NKMS that it holds", inNkms(found.balance)],
      ["stake in all", inNkms(stake.total)],
      ["  locked in the next period", inNkms(stake.lockedNextPeriod)],
      ["  earning now", inNkms(stake.earningNow)],
      ["  withdrawable now", inNkms(stake.withdrawable)],
      ["  next unlock", unlockInWords(chain, found)],
      ["rewards: claimable now", inNkms(rewards.claimable)],
      ["  vesting", vestingInWords(chain, found)],
      ["  paid to", rewards.payout === found.account ? "itself" : rewards.payout],
      ["policies: fees to claim", inNkms(policies.fees)],
      ["  stake reserved", `${inNkms(policies.reserved)} of the ${inNkms(policies.pledgeLimit)} that it pledges`],
      ["  largest collateral", `${policies.maxCollateralPercent} % of a fee`],
      ["operator", operatorInWords(chain, operator)],
      ["endpoint", found.endpoint || "none"],
      ["health", healthInWords(found)],
      ["  pay", `${inNkms(health.payVested)} to claim, ${inNkms(health.payUnvested)} vesting`],
    ]),
    policies.arrangements.length === 0 ? "It is in no policy." : arrangementTable(chain, policies.arrangements),
  ];
}

const lockTable = (chain: Chain, locks: readonly NumberedLock[]): string =>
  tableOf(
    ["lock", "amount", "counts from", "kind", "until"],
    locks.map((lock) => [
      String(lock.number),
      inNkms(lock.amount),
      `${chain.dates.startOf(lock.start)}, period ${lock.start}`,
      isRolling(lock) ? "rolling" : "fixed",
      endInWords(chain, lock).replace("; ", ";\n"),
    ]),
  );

const arrangementTable = (chain: Chain, arrangements: readonly MinersArrangement[]): string =>
  tableOf(
    ["policy", "index", "served", "collateral", "fee a period", "how it stands"],
    arrangements.map(({ policy, index, start, stop, collateral, rate, standing }) => [
      policy,
      String(index),
      stop > start ? `${chain.dates.startOf(start)} to ${chain.dates.endOf(stop - 1n)}` : "never",
      inNkms(collateral),
      inNkms(rate),
      standing,
    ]),
  );

function unlockInWords({ dates, calendar }: Chain, { stake }: Stake): string {
  const { timestamp, amount } = stake.nextUnlock;
  return timestamp === 0n ? "none" : `${inNkms(amount)} ${dates.from(timestamp / calendar.secondsPerPeriod)}`;
}

function vestingInWords({ dates, vesting, now }: Chain, { rewards }: Stake): string {
  if (rewards.vesting === 0n) return inNkms(0n);
  const last = dates.startOf(rewards.allVestedIn);
  const when =
    vesting === 1n ? `claimable from ${last}` : `claimable from ${dates.startOf(now + 1n)} on, all from ${last}`;
  return `${inNkms(rewards.vesting)}, ${when}`;
}

function operatorInWords({ dates, now }: Chain, { address, since }: Stake["operator"]): string {
  if (address === ZeroAddress) return "none";
  return since > now ? `${getAddress(address)}, ${dates.from(since)}` : getAddress(address);
}

function healthInWords({ health }: Stake): string {
  if (health.paused) return `paused by the health votes in block ${health.pausedInBlock}: \`miner resume\` ends that`;
  return health.number === 0n ? "not a miner" : `healthy, miner number ${health.number}`;
}
