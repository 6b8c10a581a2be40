import { recoverAddress, Signature, TypedDataEncoder, type TypedDataField } from "ethers";

import { checkArray } from "./checks.js";
import { ProtocolError } from "./errors.js";
import { shown } from "./json.js";
import { arrangementAt, type Terms } from "./terms.js";

/** Which policy manager a signature is for. */
export interface PolicyDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint;
  readonly verifyingContract: string;
}

/** All open arrangements of a policy go on until `newEnd`: signed by each one's operator. */
export interface Renewal {
  /** The policy's id. */
  readonly policy: string;
  /** The first period no longer served, as it is. */
  readonly oldEnd: bigint;
  /** And as it will be. */
  readonly newEnd: bigint;
}

/** An arrangement passes to another miner: signed by that miner's operator. */
export interface Takeover {
  readonly policy: string;
  /** Of the arrangement that is handed off. */
  readonly index: bigint;
  /** Who takes it over. */
  readonly miner: string;
  readonly operator: string;
  /** What it puts up, base units. */
  readonly collateral: bigint;
  /** The policy's end: the first period no longer served. If it is renewed in between, this is void. */
  readonly end: bigint;
  /** Unix time in seconds, included. */
  readonly deadline: bigint;
}

/** The owner lets an arrangement pass to `miner`; needed if the terms don't allow hand-off by themselves. */
export interface Consent {
  readonly policy: string;
  readonly index: bigint;
  readonly miner: string;
  /** The contract's `nonces(owner)`. */
  readonly nonce: bigint;
  /** Unix time in seconds, included; the same as the takeover's. */
  readonly deadline: bigint;
}

/** The owner ends one arrangement or, with {@link ALL_ARRANGEMENTS}, the policy; anybody may bring it to the chain. */
export interface Revocation {
  readonly policy: string;
  readonly index: bigint;
  /** The contract's `nonces(owner)`. */
  readonly nonce: bigint;
  /** Unix time in seconds, included. */
  readonly deadline: bigint;
}

/** A node says which capsule it was asked to re-encrypt and what it answered: with every answer, signed by its operator. */
export interface Receipt {
  readonly policy: string;
  readonly index: bigint;
  /** keccak256 of the capsule's 98 bytes. */
  readonly capsuleHash: string;
  /** keccak256 of the bytes that the node sent: 359, or else that is a fault. */
  readonly cfragHash: string;
}

/** The index that means all arrangements, in a revocation. */
export const ALL_ARRANGEMENTS = 2n ** 256n - 1n;

/** What ethers' `signTypedData` takes: `signer.signTypedData(...data)`. */
export type TypedData<Message> = [domain: PolicyDomain, types: Record<string, TypedDataField[]>, message: Message];

/** What is signed about policies: name and type of each field, in the order of the contract's type hashes. */
const FIELDS = {
  Policy: [
    "address owner",
    "address payer",
    "uint256 periods",
    "uint256 deadline",
    "uint256 rate",
    "uint256 collateral",
    "address condition",
    "bool handOff",
    "bytes32 salt",
    "Arrangement[] arrangements",
  ],
  Arrangement: ["address miner", "address operator", "bytes32 kfragHash"],
  Renewal: ["bytes32 policy", "uint256 oldEnd", "uint256 newEnd"],
  Takeover: [
    "bytes32 policy",
    "uint256 index",
    "address miner",
    "address operator",
    "uint256 collateral",
    "uint256 end",
    "uint256 deadline",
  ],
  Consent: ["bytes32 policy", "uint256 index", "address miner", "uint256 nonce", "uint256 deadline"],
  Revocation: ["bytes32 policy", "uint256 index", "uint256 nonce", "uint256 deadline"],
  Receipt: ["bytes32 policy", "uint256 index", "bytes32 capsuleHash", "bytes32 cfragHash"],
} as const;

/**
 * The domain of the policy manager at an address: a signature for one chain and contract is worth nothing on another.
 * @example const domain = policyDomain(1n, policyManagerAddress);
 */
export const policyDomain = (chainId: bigint, verifyingContract: string): PolicyDomain => ({
  name: "NKMS PolicyManager",
  version: "1",
  chainId,
  verifyingContract,
});

/**
 * An acceptance: what each operator signs before the policy can be created. {@link describeAcceptance} says it in words.
 * @example const acceptance = await operator.signTypedData(...policyTypedData(terms, domain));
 */
export const policyTypedData = (terms: Terms, domain: PolicyDomain): TypedData<Terms> =>
  typedData(["Policy", "Arrangement"], terms, domain);

/** What the operator of each open arrangement signs so that the policy can end later. */
export const renewalTypedData = (renewal: Renewal, domain: PolicyDomain): TypedData<Renewal> =>
  typedData(["Renewal"], renewal, domain);

/** What the operator of the miner that takes an arrangement over signs. */
export const takeoverTypedData = (takeover: Takeover, domain: PolicyDomain): TypedData<Takeover> =>
  typedData(["Takeover"], takeover, domain);

/** What the owner signs to let an arrangement be handed off. */
export const consentTypedData = (consent: Consent, domain: PolicyDomain): TypedData<Consent> =>
  typedData(["Consent"], consent, domain);

/** What the owner signs to let anybody revoke for her. */
export const revocationTypedData = (revocation: Revocation, domain: PolicyDomain): TypedData<Revocation> =>
  typedData(["Revocation"], revocation, domain);

/** What an operator signs with each answer of its node; {@link receiptFor} makes the message. */
export const receiptTypedData = (receipt: Receipt, domain: PolicyDomain): TypedData<Receipt> =>
  typedData(["Receipt"], receipt, domain);

/**
 * The id of a policy with these terms: the EIP-712 digest that its operators sign.
 * @returns 32 bytes, hex
 * @throws {ProtocolError} `BAD_ARGUMENT` for terms that can't be encoded
 * @example const id = policyId(terms, policyDomain(1n, policyManagerAddress));
 */
export const policyId = (terms: Terms, domain: PolicyDomain): string => digestOf(policyTypedData(terms, domain));

/**
 * The digest that a wallet signs.
 * @returns 32 bytes, hex
 * @throws {ProtocolError} `BAD_ARGUMENT` for a message that can't be encoded
 */
export function digestOf<Message extends object>([domain, types, message]: TypedData<Message>): string {
  try {
    return TypedDataEncoder.hash(domain, types, message);
  } catch (cause) {
    const expected = `one that can be encoded as ${Object.keys(types)[0]}`;
    throw new ProtocolError("BAD_ARGUMENT", "message", expected, shown(String(cause)), {}, { cause });
  }
}

/**
 * Who signed this, by the contract's rules: 65 bytes, s in the lower half, v 27 or 28.
 * @returns a checksummed address; undefined: the bytes are no signature at all
 * @throws {ProtocolError} `BAD_ARGUMENT` for a message that can't be encoded
 */
export function signerOf<Message extends object>(data: TypedData<Message>, signature: string): string | undefined {
  const digest = digestOf(data);
  if (!/^0x[0-9a-f]{128}(1b|1c)$/i.test(signature)) return undefined;
  try {
    const parsed = Signature.from(signature);
    return parsed.isValid() ? recoverAddress(digest, parsed) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Checks that the operator of an arrangement accepted the policy.
 * @param index the arrangement's
 * @throws {ProtocolError} `BAD_ARGUMENT` without such an arrangement; `WRONG_SIGNER`
 * @example verifyAcceptance(terms, 0, received, domain);
 */
export function verifyAcceptance(terms: Terms, index: number, acceptance: string, domain: PolicyDomain): void {
  const arrangement = arrangementAt(terms, index);
  const signer = signerOf(policyTypedData(terms, domain), acceptance);
  if (signer?.toLowerCase() === arrangement.operator.toLowerCase()) return;
  const got = signer === undefined ? "no signature" : `that of ${signer}`;
  throw new ProtocolError("WRONG_SIGNER", `acceptances[${index}]`, `the signature of ${arrangement.operator}`, got);
}

/**
 * Checks all acceptances of a policy, in the order of its arrangements, before a transaction is paid for.
 * @throws {ProtocolError} `ACCEPTANCES` unless there is one for each arrangement; `WRONG_SIGNER`
 * @example verifyAcceptances(terms, acceptances, domain);
 */
export function verifyAcceptances(terms: Terms, acceptances: readonly string[], domain: PolicyDomain): void {
  const [given, needed] = [checkArray("acceptances", acceptances).length, terms.arrangements.length];
  if (given !== needed) {
    const values = { given: BigInt(given), needed: BigInt(needed) };
    throw new ProtocolError("ACCEPTANCES", "acceptances", `one for each of ${needed}`, String(given), values);
  }
  for (const [index, acceptance] of acceptances.entries()) verifyAcceptance(terms, index, acceptance, domain);
}

/** The first name is what is signed, the others are parts of it. */
function typedData<Message>(
  names: readonly (keyof typeof FIELDS)[],
  message: Message,
  domain: PolicyDomain,
): TypedData<Message> {
  return [domain, Object.fromEntries(names.map((name) => [name, FIELDS[name].map(fieldOf)])), message];
}

function fieldOf(field: string): TypedDataField {
  const [type = "", name = ""] = field.split(" ");
  return { name, type };
}
