import { inNkms } from "../lib/amounts";
import { addressOf } from "../lib/keys";
import { call, type Plan, type Scene } from "../lib/plan";

/** Sends NKMS to another account. */
export async function send({ chain, sender }: Scene, args: { to: string; amount: bigint }): Promise<Plan> {
  const to = await addressOf(chain, args.to);
  const balance = await chain.token.balanceOf(sender.address);
  return {
    calls: [await call(chain.token.transfer.populateTransaction(to, args.amount))],
    words: [`Send ${inNkms(args.amount)} to ${to}; you have ${inNkms(balance)}.`],
  };
}
