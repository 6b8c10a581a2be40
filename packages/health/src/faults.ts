import {
  type Choice,
  type Commitment,
  type HealthDomain,
  type Opening,
  type SignedMessage,
  signerOfMessage,
  valueCommitment,
} from "./messages.js";

/** What a member did wrong in an exchange. All but `withheld` is proven by signatures: {@link guiltyOf}. */
export type Fault =
  /** It told members different things. */
  | { readonly kind: "equivocation"; readonly first: Commitment | Choice; readonly second: Commitment | Choice }
  /** It opened what it didn't commit to. */
  | { readonly kind: "wrongOpening"; readonly commitment: Commitment; readonly opening: Opening }
  /** It committed and didn't open in time. Nobody can prove that: an opening may have been lost. */
  | { readonly kind: "withheld"; readonly commitment: Commitment };

/**
 * The operator that a fault proves guilty, whoever shows it; undefined: it proves nothing. That the operator worked for
 * the voter then must be asked of the registry.
 */
export function guiltyOf(fault: Fault, domain: HealthDomain): string | undefined {
  switch (fault.kind) {
    case "withheld":
      return undefined;
    case "equivocation":
      return contradict(fault.first, fault.second) ? commonSigner(fault.first, fault.second, domain) : undefined;
    case "wrongOpening":
      return belongTogether(fault.commitment, fault.opening) &&
        valueCommitment(domain, fault.opening) !== fault.commitment.commitment
        ? commonSigner(fault.commitment, fault.opening, domain)
        : undefined;
  }
}

/** Whether two messages say different things where a member may say only one. */
export function contradict(a: Commitment | Choice, b: Commitment | Choice): boolean {
  if (!belongTogether(a, b)) return false;
  if (a.kind === "choice") return b.kind === "choice" && a.seedHash !== b.seedHash;
  return b.kind === "commitment" && (a.seat !== b.seat || a.commitment !== b.commitment);
}

/** Whether two messages are of one voter and round. */
export const belongTogether = (a: Commitment | Opening | Choice, b: Commitment | Opening | Choice): boolean =>
  a.round === b.round && a.randomness === b.randomness && a.voter === b.voter;

function commonSigner(a: SignedMessage, b: SignedMessage, domain: HealthDomain): string | undefined {
  const signer = signerOfMessage(a, domain);
  return signer === signerOfMessage(b, domain) ? signer : undefined;
}
