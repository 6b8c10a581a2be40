import { checkTerms, describeTerms, type PolicyDomain, policyId, type Terms } from "@nkms/protocol";

import type { Chain } from "../lib/chain";

/**
 * Terms that the contract would take, whoever the miners are, and what they mean.
 * @throws {ProtocolError} for terms that it would refuse
 */
export async function checkedTerms(
  chain: Chain,
  terms: Terms,
  domain: PolicyDomain,
): Promise<{ id: string; words: string[] }> {
  const [minCollateral, maxAmount] = await Promise.all([chain.policies.MIN_COLLATERAL(), chain.token.cap()]);
  checkTerms(terms, { timestamp: chain.timestamp, minCollateral, maxAmount });
  return { id: policyId(terms, domain), words: describeTerms(terms, domain, chain.calendar) };
}
