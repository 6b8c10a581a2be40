import { id } from "ethers";

import { local } from "../../deploy/parameters/local";
import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import { seatsFor } from "../../test/models/health";
import { ContractSystem, newChain } from "./contracts";
import { hashedLottery } from "./model";
import { settledFrom } from "./pace";
import { BEGINS } from "./stories";
import { blockAt, type Cast, type Gas, type Member, type Profile } from "./system";

/** So many places in the ring: all but the first rounds of a network write over old ones. */
const RING = 4;

/** A measured round. */
export interface RoundCost {
  voters: number;
  seats: number;
  together: boolean;
  /** All that its members pay for, without verdicts. */
  gas: Gas;
}

/** Gas of a round in which everybody votes and says that one target is unhealthy, alone and together. */
export async function measureRound(miners: number, committee: number): Promise<RoundCost[]> {
  const profiles = Array.from({ length: miners }, (): Profile => ({
    stake:
      local.escrow.minStake *
      BigInt(Math.max(1, Math.ceil(Number(nkms("2,000,000") / local.escrow.minStake) / miners))),
    behaviour: "honest",
  }));
  const parameters: NetworkParameters = {
    ...local,
    health: { ...local.health, minSeats: BigInt(committee), ring: BigInt(RING), gap: 100n },
  };
  const randomness = meanRandomness(profiles, committee);
  await newChain();
  const system = await ContractSystem.deploy({ begins: BEGINS, miners: profiles, parameters });
  for (let i = 0; i < RING; i++) await oneRound(system, i, randomness);
  const together = await oneRound(system, RING, randomness);
  system.manner = { together: false };
  return [together, await oneRound(system, RING + 1, randomness)];
}

/** A randomness whose committee has just as many seats as committees have on average. */
function meanRandomness(profiles: readonly Profile[], wanted: number): string {
  const seats = profiles.map(({ stake }) => seatsFor(stake, local.escrow.minStake));
  const all = seats.reduce((sum, count) => sum + count, 0n);
  for (let i = 0; ; i++) {
    const randomness = id(`randomness ${i}`);
    const members = hashedLottery.committee(randomness, BigInt(wanted), all, seats);
    if (seatsOf(members) === wanted) return randomness;
  }
}

const seatsOf = (members: readonly Member[]): number => members.reduce((sum, { seats }) => sum + seats.length, 0);

/** Every round has the same randomness, so the same committee. */
async function oneRound(system: ContractSystem, index: number, randomness: string): Promise<RoundCost> {
  const before = { ...system.gas };
  const period = Number(local.escrow.period);
  const opened = blockAt(settledFrom(index * period, period));
  const seeds = Number(local.health.seedBlocks);
  const commits = seeds + Number(local.health.commitBlocks);
  const { number, members } = await system.open(opened, randomness);
  const [first] = members;
  if (!first) throw new Error("committee: expected a member, got none");
  await system.post(opened + 1, number, first, id("seed"));
  await system.mix(opened + seeds + 1, number, id("seed"), id("mix"));
  const casts = members.map((member): Cast => ({ ...member, unhealthy: new Set([0]), conduct: "shows" }));
  await system.commit(opened + seeds + 2, number, casts);
  await system.reveal(opened + commits + 1, number);
  await system.finalize(opened + commits + Number(local.health.revealBlocks) + 1, number);
  const gas = { ...system.gas };
  for (const kind of Object.keys(gas) as (keyof Gas)[]) gas[kind] -= before[kind];
  return {
    voters: members.length,
    seats: seatsOf(members),
    together: system.manner.together,
    gas,
  };
}
