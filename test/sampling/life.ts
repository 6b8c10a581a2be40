import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { type LockState, locksOf } from "../helpers/locks";
import { passPeriods } from "../helpers/time";
import { ROLLING, type Sampling } from "./networks";
import type { Words } from "./words";

/** Everything that can happen to a miner's weight. */
const deeds = [
  "lock",
  "topUp",
  "extend",
  "split",
  "roll",
  "giveNotice",
  "withdraw",
  "poke",
  "slash",
  "pause",
  "resume",
  "wait",
] as const;
export type Deed = (typeof deeds)[number];

/** As many locks as a life goes to: more make draws slow, not different. */
const MANY_LOCKS = 8;

/** What one of them does now; undefined: it can't be done now. */
type Plan = (() => Promise<unknown>) | undefined;

/** Does one random thing that is possible, and says what. */
export async function liveOn(network: Sampling, people: readonly HardhatEthersSigner[], words: Words): Promise<Deed> {
  for (;;) {
    const deed = words.pick(deeds);
    const act = await plan(network, words.pick(people), deed, words);
    if (!act) continue;
    await act();
    return deed;
  }
}

async function plan(
  { escrow, policyManager, healthVote }: Sampling,
  person: HardhatEthersSigner,
  deed: Deed,
  words: Words,
): Promise<Plan> {
  const own = escrow.connect(person);
  const now = await escrow.currentPeriod();
  const locks = await locksOf(escrow, person.address);
  const { paused } = await escrow.minerOf(person);
  const withRoom = locks.length < MANY_LOCKS;
  const one = (fits: (lock: LockState) => boolean, act: (lock: LockState) => Promise<unknown>): Plan => {
    const fitting = locks.filter(fits);
    return fitting.length === 0 ? undefined : () => act(words.pick(fitting));
  };

  switch (deed) {
    case "lock":
      return withRoom ? () => own.lock(words.between(nkms("16"), nkms("600")), words.between(2n, 20n)) : undefined;
    case "topUp":
      return one(
        ({ end }) => withRoom && end > now + 1n,
        ({ number, end }) => own.topUp(person, number, end, words.between(1n, nkms("50"))),
      );
    case "extend":
      return one(
        ({ end }) => end > now && end !== ROLLING,
        ({ number, end }) => own.extend(number, end, words.between(1n, 8n)),
      );
    case "split":
      return one(
        ({ end, amount }) => withRoom && end > now + 1n && amount > 1n,
        ({ number, end, amount }) => own.split(number, end, words.between(1n, amount - 1n)),
      );
    case "roll":
      return one(
        ({ end }) => end > now && end !== ROLLING,
        ({ number, end }) => own.roll(number, end, end - now + 1n + words.between(0n, 5n)),
      );
    case "giveNotice":
      return one(
        ({ end }) => end === ROLLING,
        ({ number, end }) => own.giveNotice(number, end),
      );
    case "withdraw": {
      const ended = await escrow.withdrawable(person);
      return ended > 0n ? () => own.withdraw(words.between(1n, ended)) : undefined;
    }
    case "poke":
      return () => escrow.poke(person);
    case "slash": {
      const most = locks.reduce((sum, { amount }) => sum + amount, 0n) / 3n;
      return most > 0n
        ? () => policyManager.slash(escrow, person, words.between(1n, most), ethers.ZeroAddress, 0n)
        : undefined;
    }
    case "pause":
      return paused || words.chance(0.5) ? undefined : () => healthVote.pause(escrow, person);
    case "resume":
      return paused ? () => own.resume(person) : undefined;
    case "wait":
      return () => passPeriods(escrow, words.between(1n, 2n));
  }
}
