import { existsSync } from "node:fs";

import { type PolicyDomain, policyDomain, policyId, type Terms } from "@nkms/protocol";
import { domainToJson, type Fields, readDomain, readTerms, termsToJson } from "@nkms/verifier/tools";
import { getAddress } from "ethers";

import { isPolicyId } from "../lib/arguments";
import { type Chain, targetOf } from "../lib/chain";
import { TaskError } from "../lib/errors";
import { readObject, writeJson } from "../lib/files";
import { knownPolicies } from "./arrangements";

/** A policy by its terms; whether it was created is another question. */
export interface Named {
  readonly id: string;
  readonly terms: Terms;
  readonly domain: PolicyDomain;
}

/** What is signed about policies, and with which file it travels. */
export type SignedKind = "acceptance" | "renewal" | "revocation" | "takeover" | "consent";

/** The domain of signatures about this chain's policies. */
export const domainOf = ({ chainId, policies }: Chain): PolicyDomain => policyDomain(chainId, targetOf(policies));

/** Writes a policy's terms, with the chain and contract that they are for. */
export const writeTerms = (chain: Chain, path: string, terms: Terms): void =>
  writeJson(path, { terms: termsToJson(terms), domain: domainToJson(domainOf(chain)) });

/**
 * The policy that an argument names: by a file with its terms, or by its id, which the chain's events know.
 * @throws {TaskError} `BAD_FILE`, `OTHER_CHAIN` for terms that are for another one, `NOT_FOUND` for an unknown id
 */
export async function policyNamed(chain: Chain, name: string): Promise<Named> {
  if (!isPolicyId(name)) {
    if (existsSync(name)) return termsIn(chain, name);
    throw new TaskError("BAD_FILE", "policy", "its id, 32 bytes as hex, or a file with its terms that is there", name);
  }
  const [known] = await knownPolicies(chain, name);
  if (known) return { id: name, terms: known.terms, domain: domainOf(chain) };
  throw new TaskError("NOT_FOUND", "policy", `one that was created on chain ${chain.chainId}`, name);
}

function termsIn(chain: Chain, path: string): Named {
  const { terms, domain } = readObject(path, ["terms", "domain"], (fields) => ({
    terms: readTerms(fields),
    domain: readDomain(fields),
  }));
  const here = domainOf(chain);
  requireSame("OTHER_CHAIN", `${path}.domain.chainId`, here.chainId, domain.chainId);
  requireSame("OTHER_CHAIN", `${path}.domain.verifyingContract`, here.verifyingContract, domain.verifyingContract);
  return { id: policyId(terms, domain), terms, domain };
}

/**
 * Reads a file that `policy accept` and its like wrote.
 * @param names of the fields besides `kind`, `policy` and `signature`
 * @throws {TaskError} `BAD_FILE`; `OTHER_SIGNATURE` if it is about another policy
 */
export function readSigned<Value>(
  path: string,
  kind: SignedKind,
  policy: string,
  names: readonly string[],
  read: (fields: Fields) => Value,
): Value & { signature: string } {
  return readObject(path, ["kind", "policy", "signature", ...names], (fields) => {
    fields.word("kind", [kind]);
    requireSame("OTHER_SIGNATURE", `${path}.policy`, policy, fields.hex("policy", 32));
    return { ...read(fields), signature: fields.hex("signature", 65) };
  });
}

/** The signatures of some operators, in the order of `wanted`. */
export function signaturesOf(
  paths: readonly string[],
  kind: "acceptance" | "renewal",
  policy: string,
  wanted: readonly { miner: string; operator: string }[],
): string[] {
  const found = new Map(
    paths.map((path) => {
      const { miner, signature } = readSigned(path, kind, policy, ["miner", "operator"], (fields) => {
        fields.address("operator");
        return { miner: fields.address("miner") };
      });
      return [miner, signature];
    }),
  );
  return wanted.map(({ miner, operator }) => {
    const signature = found.get(getAddress(miner));
    if (signature !== undefined) return signature;
    const expected = `a file with the signature of ${operator} for miner ${miner}`;
    throw new TaskError("NOT_FOUND", `${kind}s`, expected, paths.length === 0 ? "none" : paths.join(", "));
  });
}

function requireSame(
  code: "OTHER_CHAIN" | "OTHER_SIGNATURE",
  argument: string,
  expected: bigint | string,
  got: bigint | string,
): void {
  if (String(expected).toLowerCase() === String(got).toLowerCase()) return;
  throw new TaskError(code, argument, String(expected), String(got));
}
