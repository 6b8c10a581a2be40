import { inNkms } from "../lib/amounts";
import { addressOf } from "../lib/keys";
import { call, type Plan, type Scene } from "../lib/plan";

/** Pays the fees of all policies out. */
export async function claimFees({ chain, sender }: Scene): Promise<Plan> {
  const amount = await chain.policies.claimableFees(sender.address);
  return {
    calls: [await call(chain.policies.claimFees.populateTransaction())],
    words: [`Pay ${inNkms(amount)} of fees to you: those of all policies, ${chain.dates.through(chain.now)}.`],
  };
}

/** Pays the vested health pay out. */
export async function claimHealthPay({ chain, sender }: Scene): Promise<Plan> {
  const { vested, unvested } = await chain.health.payOf(sender.address);
  return {
    calls: [await call(chain.health.claimPay.populateTransaction())],
    words: [`Pay ${inNkms(vested)} of health pay to you; ${inNkms(unvested)} are vesting.`],
  };
}

/** Lets a paused miner earn again. */
export async function resume({ chain, sender }: Scene, args: { miner?: string | undefined }): Promise<Plan> {
  const miner = await addressOf(chain, args.miner ?? sender.address);
  return {
    calls: [await call(chain.escrow.resume.populateTransaction(miner))],
    words: [`Let ${miner} earn again: its locks count ${chain.dates.from(chain.now + 1n)}.`],
  };
}

/** Counts periods of a miner's policies that have passed: brings what is reserved up to date. */
export async function settle(
  { chain, sender }: Scene,
  args: { miner?: string | undefined; periods?: bigint | undefined },
): Promise<Plan> {
  const miner = await addressOf(chain, args.miner ?? sender.address);
  const [before, after] = await Promise.all([chain.policies.reserved(miner), chain.policies.reservedNow(miner)]);
  const periods = args.periods ?? MOST_AT_ONCE;
  return {
    calls: [await call(chain.policies.settle.populateTransaction(miner, periods))],
    words: [
      `Count what ${miner} still has reserved: ${inNkms(after)} instead of ${inNkms(before)}. Anybody may do this.`,
    ],
  };
}

/** A period takes about 3,100 gas, and a transaction has at most 16,777,216. */
const MOST_AT_ONCE = 5_000n;
