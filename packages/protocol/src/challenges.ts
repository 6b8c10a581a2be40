import { AbiCoder, isHexString, keccak256 } from "ethers";

import { checkAddress, checkBytes, checkBytes32, checkUint } from "./checks.js";
import { ProtocolError } from "./errors.js";
import { shown } from "./json.js";
import { digestOf, type PolicyDomain, type Receipt, receiptTypedData } from "./policyTypes.js";

/**
 * What can be wrong: the names and numbers of the contract's enum. `None` is no fault, `Leak` none of an answer; the
 * others stand in the order in which an answer is checked, and the first that is found counts.
 */
export const Fault = {
  /** Nothing is wrong. */
  None: 0,
  /** Not 359 bytes. */
  Length: 1,
  /** A point with a wrong prefix, off the curve, or with x >= n. */
  PointE1: 2,
  PointV1: 3,
  PointE2: 4,
  PointV2: 5,
  PointU2: 6,
  /** z = 0 or z >= n. */
  ScalarZ: 7,
  /** kfragId, precursor, U1 or receiver signature of another key fragment than the terms name. */
  Kfrag: 8,
  /** z E != E2 + h E1. */
  EquationE: 9,
  /** z V != V2 + h V1. */
  EquationV: 10,
  /** z u != U2 + h U1. */
  EquationU: 11,
  /** The secret of the key fragment is known. */
  Leak: 12,
} as const;

/** The name of a fault. */
export type FaultName = keyof typeof Fault;

/** The number of a fault, as the contract takes it. */
export type Fault = (typeof Fault)[FaultName];

/** What a commitment hides and binds. */
export interface CommitmentParts {
  readonly chainId: bigint;
  /** The challenge manager's address. */
  readonly contract: string;
  /** Who commits and will reveal. */
  readonly challenger: string;
  /** The policy's id. */
  readonly policy: string;
  /** Of the arrangement. */
  readonly index: bigint;
  /** {@link evidenceOfAnswer} or {@link evidenceOfKey}. */
  readonly evidence: string;
  /** 256 random bits, kept secret until the reveal. */
  readonly salt: string;
}

/**
 * The name of the fault with this number.
 * @throws {ProtocolError} `BAD_ARGUMENT` for a number that no fault has
 * @example faultName(9); // "EquationE"
 */
export function faultName(fault: number | bigint): FaultName {
  const wanted = typeof fault === "bigint" ? Number(fault) : fault;
  for (const [name, number] of Object.entries(Fault)) if (number === wanted) return name as FaultName;
  throw new ProtocolError("BAD_ARGUMENT", "fault", `0 .. ${Fault.Leak}`, shown(fault));
}

/**
 * The receipt of an answer: what the node's operator signs by {@link receiptTypedData}.
 * @param policy its id
 * @param index of the arrangement
 * @param capsule what was asked, 98 bytes: E, V, s
 * @param cfrag what was sent, of any length: 359 bytes if it is right
 * @throws {ProtocolError} `BAD_ARGUMENT` for an id that isn't 32 bytes, a negative index, and what isn't a Uint8Array
 * @example
 * const receipt = receiptFor(policy, index, capsule.toBytesSimple(), cfrag.toBytesSimple());
 * const signature = await operator.signTypedData(...receiptTypedData(receipt, domain));
 */
export function receiptFor(policy: string, index: bigint, capsule: Uint8Array, cfrag: Uint8Array): Receipt {
  return {
    policy: checkBytes32("policy", policy),
    index: checkUint("index", index, 256),
    capsuleHash: keccak256(checkBytes("capsule", capsule)),
    cfragHash: keccak256(checkBytes("cfrag", cfrag)),
  };
}

/**
 * The evidence that a signed answer is: keccak256(abi.encode(digest of the receipt, keccak256(signature))).
 * @param signature the operator's over the receipt, hex; what isn't a signature has a hash, too
 * @returns 32 bytes, hex
 * @throws {ProtocolError} `BAD_ARGUMENT` for a receipt that can't be encoded, or a signature that isn't hex
 */
export function evidenceOfAnswer(receipt: Receipt, signature: string, domain: PolicyDomain): string {
  if (!isHexString(signature) || signature.length % 2 !== 0) {
    throw new ProtocolError("BAD_ARGUMENT", "signature", "bytes as hex", shown(signature));
  }
  return encodedHash(["bytes32", "bytes32"], [digestOf(receiptTypedData(receipt, domain)), keccak256(signature)]);
}

/**
 * The evidence that a key fragment's secret is: keccak256(abi.encode(secret)).
 * @param secret rk
 * @returns 32 bytes, hex
 * @throws {ProtocolError} `BAD_ARGUMENT` for more than 256 bits; the message doesn't show the secret
 */
export function evidenceOfKey(secret: bigint): string {
  if (typeof secret !== "bigint" || secret < 0n || secret >> 256n !== 0n) {
    throw new ProtocolError("BAD_ARGUMENT", "secret", "a bigint in 0 .. 2^256 - 1", "something else");
  }
  return encodedHash(["uint256"], [secret]);
}

/**
 * What a challenger commits to: keccak256(abi.encode(chain id, contract, challenger, policy, index, evidence, salt)).
 * @returns 32 bytes, hex
 * @throws {ProtocolError} `BAD_ARGUMENT`; the message never shows the salt
 * @example const salt = hexlify(randomBytes(32)); // written down before the commitment is sent: without it the bond is lost
 */
export function commitmentFor(parts: CommitmentParts): string {
  const { chainId, contract, challenger, policy, index, evidence, salt } = parts;
  return encodedHash(
    ["uint256", "address", "address", "bytes32", "uint256", "bytes32", "bytes32"],
    [
      checkUint("chainId", chainId, 256),
      checkAddress("contract", contract),
      checkAddress("challenger", challenger),
      checkBytes32("policy", policy),
      checkUint("index", index, 256),
      checkBytes32("evidence", evidence),
      checkSalt(salt),
    ],
  );
}

const encodedHash = (types: readonly string[], values: readonly unknown[]): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

function checkSalt(salt: string): string {
  if (isHexString(salt, 32)) return salt;
  throw new ProtocolError("BAD_ARGUMENT", "salt", "32 bytes as hex", "something else");
}
