import { inNkms } from "../lib/amounts";
import { TaskError } from "../lib/errors";
import { dayOf } from "../lib/dates";
import { call, type Plan, type Scene } from "../lib/plan";
import type { Chain } from "../lib/chain";

/** Pays the vested reward out. */
export async function claim({ chain, sender }: Scene): Promise<Plan> {
  const [amount, payout] = await Promise.all([
    chain.escrow.claimable(sender.address),
    chain.escrow.payoutOf(sender.address),
  ]);
  return {
    calls: [await call(chain.escrow.claim.populateTransaction())],
    words: [`Pay your vested reward, ${inNkms(amount)} now, to ${payout}.`],
  };
}

/** Pays ended stake back, and the vested reward out. */
export async function withdraw({ chain, sender }: Scene, args: { amount?: bigint | undefined }): Promise<Plan> {
  const [withdrawable, claimable, payout] = await Promise.all([
    chain.escrow.withdrawable(sender.address),
    chain.escrow.claimable(sender.address),
    chain.escrow.payoutOf(sender.address),
  ]);
  if (args.amount === undefined && withdrawable === 0n) {
    throw new TaskError("NOT_FOUND", "withdrawable stake", "some", `none${await nextInWords(chain, sender.address)}`);
  }
  const amount = args.amount ?? withdrawable;
  return {
    calls: [await call(chain.escrow.withdraw.populateTransaction(amount))],
    words: [
      `Pay ${inNkms(amount)} of ended stake back to you; ${inNkms(withdrawable)} could be.`,
      `Pay your vested reward, ${inNkms(claimable)} now, to ${payout}.`,
    ],
  };
}

/** When there is more to withdraw, to stand behind something else. */
async function nextInWords(chain: Chain, miner: string): Promise<string> {
  const { timestamp, amount } = await chain.escrow.nextUnlock(miner);
  return timestamp === 0n ? "" : `; ${inNkms(amount)} can be withdrawn from ${dayOf(timestamp)}`;
}

/** Closes periods that nobody has closed yet. */
export async function advance({ chain }: Scene, args: { periods?: bigint | undefined }): Promise<Plan> {
  const waiting = chain.now - (await chain.escrow.openPeriod());
  const most = waiting < MOST_AT_ONCE ? waiting : MOST_AT_ONCE;
  const periods = args.periods ?? most;
  return {
    calls: [await call(chain.escrow.advance.populateTransaction(periods))],
    words: [`Close ${periods} of the ${waiting} periods that wait: what they issue is minted. Anybody may do this.`],
  };
}

/** Closing takes below 24,000 gas a period, and a transaction has at most 16,777,216. */
const MOST_AT_ONCE = 600n;
