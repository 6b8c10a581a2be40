/**
 * EIP-712 types of what people sign for the contracts, beside policies, whose types are in `@nkms/protocol`. Each domain
 * is {name, version "1", chainId, verifyingContract: the contract's address}.
 */
import type { TypedDataField } from "ethers";

type Types = Record<string, TypedDataField[]>;

/** Names of the domains, by contract. */
export const DOMAIN_NAMES = {
  NKMSToken: "NKMS",
  MinerRegistry: "NKMS MinerRegistry",
  PolicyManager: "NKMS PolicyManager",
  HealthVote: "NKMS HealthVote",
  CanaryBounty: "NKMS CanaryBounty",
} as const;

/** EIP-2612: an allowance of the token, signed by `owner`. `value` in base units, `deadline` in Unix seconds, included. */
export const PERMIT_TYPES: Types = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** An operator works for a miner, signed by the operator. `nonce` is the registry's `nonces(operator)`. */
export const OPERATOR_BOND_TYPES: Types = {
  OperatorBond: [
    { name: "miner", type: "address" },
    { name: "operator", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** A commitment to a ballot of the health votes for somebody else to send, signed by the voter's operator. */
export const BALLOT_COMMITMENT_TYPES: Types = {
  BallotCommitment: [
    { name: "round", type: "uint256" },
    { name: "voter", type: "address" },
    { name: "commitment", type: "bytes32" },
  ],
};

/** Whoever has opened a canary's key takes its bounty: signed with that key. */
export const CANARY_CLAIM_TYPES: Types = {
  Claim: [
    { name: "bounty", type: "uint256" },
    { name: "recipient", type: "address" },
  ],
};

export {
  policyDomain,
  policyTypedData,
  receiptTypedData,
  renewalTypedData,
  revocationTypedData,
  takeoverTypedData,
  consentTypedData,
} from "@nkms/protocol";
