import { checkTerms, describeTerms, type PolicyDomain, policyId, type Terms } from "@nkms/protocol";

import type { Chain } from "../lib/chain";
import { momentOf } from "../lib/dates";
import { TaskError } from "../lib/errors";

/**
 * Terms that the contract would take, whoever the miners are, and what they mean.
 * @throws {ProtocolError} for terms that it would refuse; {TaskError} `EXPIRED` for terms whose time is over
 */
export async function checkedTerms(
  chain: Chain,
  terms: Terms,
  domain: PolicyDomain,
): Promise<{ id: string; words: string[] }> {
  const [minCollateral, maxAmount] = await Promise.all([chain.policies.MIN_COLLATERAL(), chain.token.cap()]);
  if (terms.deadline < chain.timestamp) {
    const expected = `${momentOf(chain.timestamp)} or later; draft the policy anew`;
    throw new TaskError("EXPIRED", "terms.deadline", expected, momentOf(terms.deadline));
  }
  checkTerms(terms, { timestamp: chain.timestamp, minCollateral, maxAmount });
  return { id: policyId(terms, domain), words: describeTerms(terms, domain, chain.calendar) };
}
