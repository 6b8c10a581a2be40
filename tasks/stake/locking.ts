import { inNkms } from "../lib/amounts";
import { targetOf } from "../lib/chain";
import { addressOf } from "../lib/keys";
import { pay } from "../lib/payment";
import { call, type Plan, type Scene } from "../lib/plan";
import { endInWords, lockOf, type NumberedLock } from "./locks";

/** Locks NKMS from the next period on. */
export async function lock(scene: Scene, { amount, periods }: { amount: bigint; periods: bigint }): Promise<Plan> {
  const { escrow, now, dates } = scene.chain;
  const payment = await pay(scene, {
    spender: targetOf(escrow),
    amount,
    plain: () => call(escrow.lock.populateTransaction(amount, periods)),
    withPermit: ({ deadline, v, r, s }) =>
      call(escrow.lockWithPermit.populateTransaction(amount, periods, deadline, v, r, s)),
  });
  const end = now + 1n + periods;
  return {
    calls: payment.calls,
    words: [
      `Lock ${inNkms(amount)} for ${dates.count(periods)}.`,
      `They count and earn ${dates.from(now + 1n)}, ${endInWords(scene.chain, { end, notice: 0n })}.`,
      ...payment.words,
    ],
  };
}

/** Adds NKMS to a lock, one's own or another miner's. */
export async function topUp(
  scene: Scene,
  args: { lock: bigint; amount: bigint; miner?: string | undefined },
): Promise<Plan> {
  const { escrow, now, dates } = scene.chain;
  const { amount } = args;
  const miner = await addressOf(scene.chain, args.miner ?? scene.sender.address);
  const found = await lockOf(scene.chain, miner, args.lock);
  const payment = await pay(scene, {
    spender: targetOf(escrow),
    amount,
    plain: () => call(escrow.topUp.populateTransaction(miner, found.number, found.end, amount)),
    withPermit: ({ deadline, v, r, s }) =>
      call(escrow.topUpWithPermit.populateTransaction(miner, found.number, found.end, amount, deadline, v, r, s)),
  });
  return {
    calls: payment.calls,
    words: [
      `Add ${inNkms(amount)} ${whereTo(scene.chain, found)} of ${miner === scene.sender.address ? "yours" : miner}.`,
      `They count and earn ${dates.from(now + 1n)}, ${endInWords(scene.chain, found)}.`,
      ...(miner === scene.sender.address ? [] : [`They are a gift: the stake and its rewards are ${miner}'s.`]),
      ...payment.words,
    ],
  };
}

/** Turns the whole vested reward into stake. */
export async function compound({ chain, sender }: Scene, args: { lock: bigint }): Promise<Plan> {
  const { escrow, now, dates } = chain;
  const found = await lockOf(chain, sender.address, args.lock);
  const amount = await escrow.claimable(sender.address);
  return {
    calls: [await call(escrow.compound.populateTransaction(found.number, found.end))],
    words: [
      `Add your vested reward, ${inNkms(amount)} now, ${whereTo(chain, found)}.`,
      `It counts and earns ${dates.from(now + 1n)}, ${endInWords(chain, found)}.`,
    ],
  };
}

/** A lock that counts already stays as it is: what is added gets a lock of its own. */
const whereTo = ({ now }: Scene["chain"], { number, start }: NumberedLock): string =>
  start > now ? `to lock ${number}` : `in a lock of its own, which ends with lock ${number}`;
