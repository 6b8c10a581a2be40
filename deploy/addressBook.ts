import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { fromEnvironment } from "./environment";
import { DeployError } from "./errors";

/** The contracts of a deployment, in the order in which they are deployed. */
export const CONTRACTS = [
  "NKMSToken",
  "StakeEscrow",
  "MinerRegistry",
  "PolicyManager",
  "ChallengeManager",
  "HealthVote",
  "CanaryBounty",
] as const;

export type ContractName = (typeof CONTRACTS)[number];

/** What JSON can say; amounts are decimal strings. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What is known of one deployed contract. */
export interface BookEntry {
  /** With checksum. */
  address: string;
  /** In the constructor's order, structs as objects by field; integers as decimal strings. */
  constructorArguments: Json[];
  /** Hash of the transaction that deployed it. */
  transaction: string;
  /** Number of its block. */
  block: number;
  /** keccak256 of the code at the address. */
  codeHash: string;
  /** What each explorer said when it was shown the source; absent: not verified there yet. */
  verified: { etherscan?: string; sourcify?: string };
}

/** The deployment on one chain, `deploy/addresses/<chainId>.json`. */
export interface AddressBook {
  chainId: number;
  /** Name of the parameter file. */
  network: string;
  /** Time of the last contract's block, ISO 8601. */
  deployedAt?: string;
  contracts: Record<string, BookEntry>;
}

/** Where address books lie: `NKMS_ADDRESSES`, else beside this file. */
export function addressesFolder(): string {
  return fromEnvironment("NKMS_ADDRESSES") ?? join(__dirname, "addresses");
}

/** Where the address book of a chain lies. */
export const bookFile = (chainId: number): string => join(addressesFolder(), `${chainId}.json`);

/**
 * Reads the address book of a chain.
 * @throws {DeployError} `NO_BOOK`, or `BAD_BOOK` when the file is none
 * @example const escrow = entryOf(readAddressBook(11155111), "StakeEscrow").address;
 */
export function readAddressBook(chainId: number): AddressBook {
  const book = findAddressBook(chainId);
  if (book) return book;
  throw new DeployError(
    "NO_BOOK",
    `chain ${chainId}`,
    `a deployment in ${bookFile(chainId)}; \`network deploy\` makes one`,
    "no such file",
  );
}

/** The address book of a chain, if there is one. */
export function findAddressBook(chainId: number): AddressBook | undefined {
  const file = bookFile(chainId);
  if (!existsSync(file)) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new DeployError("BAD_BOOK", file, "JSON", String(cause), { cause });
  }
  checkBook(content, file, chainId);
  return content;
}

/** Writes an address book, through to the disk: all of it or, if that fails, nothing. */
export function writeAddressBook(book: AddressBook): void {
  const file = bookFile(book.chainId);
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(book, undefined, 2)}\n`, { flush: true });
  renameSync(draft, file);
}

/** For a chain that is no more. */
export function forgetAddressBook(chainId: number): void {
  rmSync(bookFile(chainId), { force: true });
}

/**
 * The entry of a contract.
 * @throws {DeployError} `UNKNOWN_CONTRACT`
 */
export function entryOf(book: AddressBook, name: string): BookEntry {
  const entry = Object.hasOwn(book.contracts, name) ? book.contracts[name] : undefined;
  if (entry) return entry;
  const known = Object.keys(book.contracts).join(", ");
  throw new DeployError("UNKNOWN_CONTRACT", `chain ${book.chainId}`, `one of ${known}`, name);
}

/** Turns what a module passes to a constructor into what an address book can hold. */
export function toJson(value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toJson(part)]));
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new DeployError("BAD_PARAMETER", "constructor argument", "what JSON can say", typeof value);
}

function checkBook(content: unknown, file: string, chainId: number): asserts content is AddressBook {
  const fail = (field: string, expected: string, got: unknown): never => {
    throw new DeployError("BAD_BOOK", `${file}: ${field}`, expected, JSON.stringify(got) ?? "nothing");
  };
  const book = fieldsOf(content) ?? fail("content", "an object", content);
  if (book["chainId"] !== chainId) fail("chainId", String(chainId), book["chainId"]);
  if (typeof book["network"] !== "string") fail("network", "a name", book["network"]);
  const contracts = fieldsOf(book["contracts"]) ?? fail("contracts", "an object", book["contracts"]);
  for (const [name, given] of Object.entries(contracts)) {
    const entry = fieldsOf(given) ?? fail(name, "an object", given);
    const hex = (field: string, bytes: number): void => {
      const value = entry[field];
      const isHex = typeof value === "string" && /^0x[0-9a-fA-F]*$/.test(value) && value.length === 2 + 2 * bytes;
      if (!isHex) fail(`${name}.${field}`, `${bytes} bytes in hex`, value);
    };
    hex("address", 20);
    hex("transaction", 32);
    hex("codeHash", 32);
    if (!Number.isSafeInteger(entry["block"])) fail(`${name}.block`, "a block's number", entry["block"]);
    const values = entry["constructorArguments"];
    if (!Array.isArray(values)) fail(`${name}.constructorArguments`, "a list", values);
    if (!fieldsOf(entry["verified"])) fail(`${name}.verified`, "an object", entry["verified"]);
  }
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
