import {
  ALL_ARRANGEMENTS,
  consentTypedData,
  describeAcceptance,
  describeConsent,
  describeRenewal,
  describeRevocation,
  describeTakeover,
  leastCollateral,
  policyTypedData,
  renewalTypedData,
  revocationTypedData,
  takeoverTypedData,
} from "@nkms/protocol";
import { getAddress } from "ethers";

import { goodUntil } from "../lib/chain";
import { TaskError } from "../lib/errors";
import type { Scene } from "../lib/plan";
import type { Statement } from "../lib/sign";
import { contractTerms } from "./arrangements";
import { type Named, policyNamed } from "./files";
import { openArrangements } from "./open";
import { readTakeover } from "./takeover";
import { checkedTerms } from "./terms";

/** An operator accepts the arrangement of its miner in a policy that is to be created. */
export async function accept(
  { chain, sender }: Scene,
  args: { policy: string; kfragHash?: string | undefined },
): Promise<Statement> {
  const { id, terms, domain } = await policyNamed(chain, args.policy);
  await checkedTerms(chain, terms, domain);
  const index = terms.arrangements.findIndex(({ operator }) => getAddress(operator) === sender.address);
  const arrangement = terms.arrangements[index];
  if (!arrangement) throw notOperator(sender.address, terms.arrangements);
  const { miner, operator, kfragHash } = arrangement;
  if (args.kfragHash !== undefined && args.kfragHash.toLowerCase() !== kfragHash.toLowerCase()) {
    throw new TaskError("BAD_ARGUMENT", `fragment of arrangement ${index}`, args.kfragHash, kfragHash);
  }
  return {
    words: describeAcceptance(terms, index, domain, chain.calendar),
    typedData: policyTypedData(terms, domain),
    fields: { kind: "acceptance", policy: id, miner, operator },
  };
}

/** An operator accepts that a policy ends later. */
export async function acceptRenewal(
  { chain, sender }: Scene,
  args: { policy: string; periods: bigint },
): Promise<Statement> {
  const { id, terms, domain } = await policyNamed(chain, args.policy);
  const open = await openArrangements(chain, { id, terms });
  const own = open.find(({ operator }) => operator === sender.address);
  if (!own) throw notOperator(sender.address, open);
  const { end: oldEnd } = await chain.policies.policyOf(id);
  const renewal = { policy: id, oldEnd, newEnd: oldEnd + args.periods };
  return {
    words: describeRenewal(renewal, terms, chain.calendar),
    typedData: renewalTypedData(renewal, domain),
    fields: { kind: "renewal", policy: id, miner: own.miner, operator: own.operator },
  };
}

/** The operator of another miner offers to take an arrangement over. */
export async function takeOver(
  { chain, sender }: Scene,
  args: { policy: string; index: bigint; collateral?: bigint | undefined; goodFor?: bigint | undefined },
): Promise<Statement> {
  const { id, terms, domain } = await policyNamed(chain, args.policy);
  const miner = await chain.registry.minerOf(sender.address);
  if (BigInt(miner) === 0n) {
    throw new TaskError("NOT_FOUND", "sender", "the operator of a miner", `${sender.address}, which works for nobody`);
  }
  const { start, end, collateral } = await chain.policies.standingOf(contractTerms(terms), args.index);
  const minCollateral = await chain.policies.MIN_COLLATERAL();
  const least = leastCollateral(minCollateral, collateral, end - start, end - (chain.now + 1n));
  const takeover = {
    policy: id,
    index: args.index,
    miner,
    operator: sender.address,
    collateral: args.collateral ?? least,
    end,
    deadline: goodUntil(chain, args.goodFor),
  };
  return {
    words: describeTakeover(takeover, chain.calendar),
    typedData: takeoverTypedData(takeover, domain),
    fields: { kind: "takeover", ...takeover },
  };
}

/** The owner lets an arrangement pass to whoever offered to take it over. */
export async function consent(
  { chain, sender }: Scene,
  args: { takeover: string; policy: string },
): Promise<Statement> {
  const { id, terms, domain }: Named = await policyNamed(chain, args.policy);
  requireOwner(sender.address, terms.owner);
  const { index, miner, deadline } = readTakeover(args.takeover, id);
  const nonce = await chain.policies.nonces(terms.owner);
  const statement = { policy: id, index, miner, nonce, deadline };
  return {
    words: describeConsent(statement),
    typedData: consentTypedData(statement, domain),
    fields: { kind: "consent", ...statement },
  };
}

/** The owner ends a policy, or one arrangement, when somebody brings this to the chain. */
export async function signRevocation(
  { chain, sender }: Scene,
  args: { policy: string; index?: bigint | undefined; goodFor?: bigint | undefined },
): Promise<Statement> {
  const { id, terms, domain } = await policyNamed(chain, args.policy);
  requireOwner(sender.address, terms.owner);
  const nonce = await chain.policies.nonces(terms.owner);
  const deadline = goodUntil(chain, args.goodFor);
  const revocation = { policy: id, index: args.index ?? ALL_ARRANGEMENTS, nonce, deadline };
  return {
    words: describeRevocation(revocation),
    typedData: revocationTypedData(revocation, domain),
    fields: { kind: "revocation", ...revocation },
  };
}

function requireOwner(sender: string, owner: string): void {
  if (getAddress(owner) === sender) return;
  throw new TaskError("NO_SENDER", "sender", `${owner}, the policy's owner`, sender);
}

function notOperator(sender: string, arrangements: readonly { operator: string }[]): TaskError {
  const operators = arrangements.map(({ operator }) => operator).join(", ");
  return new TaskError("NO_SENDER", "sender", `one of the operators ${operators}`, sender);
}
