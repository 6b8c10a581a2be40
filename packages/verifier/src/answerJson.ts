import { MAX_ARRANGEMENTS, type PolicyDomain, policyDomain, type Terms } from "@nkms/protocol";
import { getAddress, hexlify } from "ethers";

import type { Answer, Assignment, Liable } from "./answer.js";
import { Fields, parseJson } from "./json.js";

const ASSIGNMENT = ["terms", "index", "domain"] as const;
const ANSWER = [...ASSIGNMENT, "capsule", "cfrag", "receipt"] as const;
const TERMS = [
  "owner",
  "payer",
  "periods",
  "deadline",
  "rate",
  "collateral",
  "condition",
  "handOff",
  "salt",
  "arrangements",
] as const;

/**
 * Reads an answer: `{terms, index, domain: {chainId, verifyingContract}, capsule, cfrag, receipt}`, and `tookOver:
 * {operator, kfragHash}` for an arrangement that took over. Bytes are hex, numbers strings of decimal digits. Whatever
 * the bytes are, they pass: judging them is {@link checkAnswer}'s part.
 * @throws {VerifierError} `BAD_JSON` or `BAD_FIELD`
 * @example const verdict = checkAnswer(parseAnswer(readFileSync("answer.json", "utf8")));
 */
export function parseAnswer(text: string): Answer {
  return readAnswer("answer", parseJson("answer", text));
}

/**
 * Writes an answer as {@link parseAnswer} reads it.
 * @returns JSON, indented, with a line break at its end
 */
export const formatAnswer = (answer: Answer): string => formatJson(answerToJson(answer));

/** {@link parseAnswer} of a value that stands in another file. */
export function readAnswer(path: string, value: unknown): Answer {
  const fields = new Fields(path, value, ANSWER, ["tookOver"]);
  return {
    ...readAssignment(fields),
    capsule: fields.bytes("capsule"),
    cfrag: fields.bytes("cfrag"),
    receipt: fields.bytes("receipt"),
  };
}

/** The fields of an answer that say who was asked. */
export function readAssignment(fields: Fields): Assignment {
  const assignment = { terms: readTerms(fields), index: fields.uint("index"), domain: readDomain(fields) };
  return fields.has("tookOver") ? { ...assignment, tookOver: readLiable(fields) } : assignment;
}

/** An answer as a value of JSON. */
export const answerToJson = (answer: Answer): object => ({
  ...assignmentToJson(answer),
  capsule: hexlify(answer.capsule),
  cfrag: hexlify(answer.cfrag),
  receipt: hexlify(answer.receipt),
});

/** Who was asked, as a value of JSON: addresses checksummed, hex in lower case, so that there is one way to write it. */
export function assignmentToJson({ terms, index, domain, tookOver }: Assignment): object {
  return {
    terms: termsToJson(terms),
    index: String(index),
    domain: domainToJson(domain),
    ...(tookOver && { tookOver: liableToJson(tookOver) }),
  };
}

/** A policy's terms as a value of JSON. */
export const termsToJson = (terms: Terms): object => ({
  owner: getAddress(terms.owner),
  payer: getAddress(terms.payer),
  periods: String(terms.periods),
  deadline: String(terms.deadline),
  rate: String(terms.rate),
  collateral: String(terms.collateral),
  condition: getAddress(terms.condition),
  handOff: terms.handOff,
  salt: terms.salt.toLowerCase(),
  arrangements: terms.arrangements.map((one) => ({ miner: getAddress(one.miner), ...liableToJson(one) })),
});

/** Which policy manager is meant, as a value of JSON. */
export const domainToJson = ({ chainId, verifyingContract }: PolicyDomain): object => ({
  chainId: String(chainId),
  verifyingContract: getAddress(verifyingContract),
});

const liableToJson = ({ operator, kfragHash }: Liable): object => ({
  operator: getAddress(operator),
  kfragHash: kfragHash.toLowerCase(),
});

/** JSON as the files of this package are written. */
export const formatJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** The field `terms`: a policy in full. */
export function readTerms(fields: Fields): Terms {
  const terms = fields.object("terms", TERMS);
  return {
    owner: terms.address("owner"),
    payer: terms.address("payer"),
    periods: terms.uint("periods"),
    deadline: terms.uint("deadline"),
    rate: terms.uint("rate"),
    collateral: terms.uint("collateral"),
    condition: terms.address("condition"),
    handOff: terms.boolean("handOff"),
    salt: terms.hex("salt", 32),
    arrangements: terms.array("arrangements", MAX_ARRANGEMENTS).map((value, i) => {
      const path = `${terms.path}.arrangements[${i}]`;
      const one = new Fields(path, value, ["miner", "operator", "kfragHash"]);
      return { miner: one.address("miner"), operator: one.address("operator"), kfragHash: one.hex("kfragHash", 32) };
    }),
  };
}

/** The field `domain`: which policy manager is meant. */
export function readDomain(fields: Fields): PolicyDomain {
  const domain = fields.object("domain", ["chainId", "verifyingContract"]);
  return policyDomain(domain.uint("chainId"), domain.address("verifyingContract"));
}

function readLiable(fields: Fields): Liable {
  const liable = fields.object("tookOver", ["operator", "kfragHash"]);
  return { operator: liable.address("operator"), kfragHash: liable.hex("kfragHash", 32) };
}
