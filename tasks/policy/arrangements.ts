import { getAddress, type Log, type LogDescription } from "ethers";

import type { Terms } from "@nkms/protocol";

import { type Chain, firstBlock, targetOf } from "../lib/chain";
import { logsOf } from "../lib/logs";

/** A policy that was created, as its event told it. */
export interface KnownPolicy {
  readonly policy: string;
  readonly terms: Terms;
  readonly start: bigint;
  /** As it was created; renewals move it. */
  readonly end: bigint;
  readonly fee: bigint;
}

/** An arrangement of a miner, as it stands. Amounts in base units, times in periods. */
export interface MinersArrangement {
  readonly policy: string;
  readonly index: bigint;
  readonly start: bigint;
  /** The first period no longer served. */
  readonly stop: bigint;
  readonly collateral: bigint;
  readonly rate: bigint;
  /** In words. */
  readonly standing: string;
}

/** All policies that were ever created, the oldest first; of one id, one. */
export async function knownPolicies(chain: Chain, id?: string): Promise<KnownPolicy[]> {
  const { policies } = chain;
  const topics = await policies.filters.Created(id).getTopicFilter();
  const logs = await logsOf(chain, { address: targetOf(policies), topics }, firstBlock(chain));
  return logs.map((log) => policyIn(described(chain, log)));
}

/** All arrangements of a miner, by the events of the policy manager. */
export async function arrangementsOf(chain: Chain, miner: string): Promise<MinersArrangement[]> {
  const found: MinersArrangement[] = [];
  for (const known of await knownPolicies(chain)) {
    for (const index of await indicesOf(chain, known, miner)) found.push(await standing(chain, known, index));
  }
  return found;
}

/** The indices of a policy that are a miner's, those that it took over too. */
async function indicesOf(chain: Chain, { policy, terms }: KnownPolicy, miner: string): Promise<bigint[]> {
  const own = terms.arrangements.flatMap((one, i) => (getAddress(one.miner) === miner ? [BigInt(i)] : []));
  const taken = (await takeovers(chain, policy)).flatMap((one) => (one.miner === miner ? [one.newIndex] : []));
  return [...own, ...taken];
}

/** Who took over what in a policy, in order. */
export async function takeovers(
  chain: Chain,
  policy: string,
): Promise<{ index: bigint; newIndex: bigint; miner: string }[]> {
  const { policies } = chain;
  const topics = await policies.filters.HandedOff(policy).getTopicFilter();
  const logs = await logsOf(chain, { address: targetOf(policies), topics }, firstBlock(chain));
  return logs.map((log) => {
    const { args } = described(chain, log);
    return { index: args["index"] as bigint, newIndex: args["newIndex"] as bigint, miner: String(args["miner"]) };
  });
}

async function standing(chain: Chain, { policy, terms }: KnownPolicy, index: bigint): Promise<MinersArrangement> {
  const now = await chain.policies.standingOf(contractTerms(terms), index);
  const { start, stop, collateral } = now;
  return { policy, index, start, stop, collateral, rate: terms.rate, standing: standingInWords(chain, now) };
}

/** How an arrangement stands. */
export function standingInWords(
  chain: Chain,
  now: { open: boolean; stop: bigint; handedOff: boolean; convicted: boolean },
): string {
  if (now.convicted) return "convicted";
  if (now.handedOff) return "handed off";
  if (chain.now >= now.stop) return now.open ? "ran out" : "closed";
  return now.open ? "open" : "closed, served through this period";
}

/** Terms as the contract takes them. */
export const contractTerms = (terms: Terms) => ({ ...terms, arrangements: [...terms.arrangements] });

function described(chain: Chain, log: Log): LogDescription {
  const parsed = chain.policies.interface.parseLog(log);
  if (!parsed) throw new Error(`log ${log.index} of ${log.transactionHash}: expected an event of the policy manager`);
  return parsed;
}

function policyIn({ args }: LogDescription): KnownPolicy {
  const terms = (args["terms"] as { toObject(deep: boolean): Terms }).toObject(true);
  return {
    policy: String(args["policy"]),
    terms,
    start: args["start"] as bigint,
    end: args["end"] as bigint,
    fee: args["fee"] as bigint,
  };
}
