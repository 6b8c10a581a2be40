import { inNkms } from "../lib/amounts";
import { TaskError } from "../lib/errors";
import { ROLLING } from "../lib/events";
import { call, type Plan, type Scene } from "../lib/plan";
import { endInWords, isRolling, lockOf, type NumberedLock } from "./locks";

/** Moves a lock's end later. */
export async function extend({ chain, sender }: Scene, args: { lock: bigint; periods: bigint }): Promise<Plan> {
  const { number, amount, end } = await lockOf(chain, sender.address, args.lock);
  return {
    calls: [await call(chain.escrow.extend.populateTransaction(number, end, args.periods))],
    words: [
      `Extend lock ${number} with ${inNkms(amount)} by ${chain.dates.count(args.periods)}.`,
      `It counts and earns ${endInWords(chain, { end: end + args.periods, notice: 0n })}.`,
    ],
  };
}

/** Splits an amount off a lock. */
export async function split({ chain, sender }: Scene, args: { lock: bigint; amount: bigint }): Promise<Plan> {
  const found = await lockOf(chain, sender.address, args.lock);
  return {
    calls: [await call(chain.escrow.split.populateTransaction(found.number, found.end, args.amount))],
    words: [
      `Move ${inNkms(args.amount)} of lock ${found.number}, which has ${inNkms(found.amount)}, into a new lock.`,
      `Both count and earn ${endInWords(chain, found)}.`,
    ],
  };
}

/** Joins two locks. */
export async function merge({ chain, sender }: Scene, args: { lock: bigint; other: bigint }): Promise<Plan> {
  const one = await lockOf(chain, sender.address, args.lock);
  const other = await lockOf(chain, sender.address, args.other);
  if (one.end !== other.end) {
    const named = (lock: NumberedLock): string =>
      `lock ${lock.number}, ${isRolling(lock) ? "which rolls" : chain.dates.through(lock.end - 1n)}`;
    throw new TaskError("BAD_ARGUMENT", "other", `a lock that ends with ${named(one)}`, named(other));
  }
  const kept = one.number < other.number ? one.number : other.number;
  return {
    calls: [await call(chain.escrow.merge.populateTransaction(one.number, other.number, one.end))],
    words: [
      `Join lock ${one.number} with ${inNkms(one.amount)} and lock ${other.number} with ${inNkms(other.amount)} to lock ${kept}.`,
      `It counts and earns ${endInWords(chain, one)}.`,
    ],
  };
}

/** Makes a lock roll, or a rolling lock's notice longer. */
export async function roll({ chain, sender }: Scene, args: { lock: bigint; notice: bigint }): Promise<Plan> {
  const { number, amount, end } = await lockOf(chain, sender.address, args.lock);
  return {
    calls: [await call(chain.escrow.roll.populateTransaction(number, end, args.notice))],
    words: [
      `Let lock ${number} with ${inNkms(amount)} roll: it has no end until you give notice.`,
      `It counts and earns ${endInWords(chain, { end: ROLLING, notice: args.notice })}.`,
    ],
  };
}

/** Gives notice of a rolling lock. */
export async function notice({ chain, sender }: Scene, args: { lock: bigint }): Promise<Plan> {
  const found = await lockOf(chain, sender.address, args.lock);
  const end = chain.now + 1n + found.notice;
  return {
    calls: [await call(chain.escrow.giveNotice.populateTransaction(found.number, found.end))],
    words: [
      `Give notice of lock ${found.number} with ${inNkms(found.amount)}.`,
      `It counts and earns ${endInWords(chain, { end, notice: 0n })}.`,
    ],
  };
}
