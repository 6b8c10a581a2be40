import { isContractFuture, isRuntimeValue } from "@nomicfoundation/ignition-core";
import { type Interface, ZeroAddress, dataSlice, getAddress, keccak256 } from "ethers";

import {
  type AddressBook,
  type BookEntry,
  CONTRACTS,
  type ContractName,
  type Json,
  entryOf,
  toJson,
} from "./addressBook";
import type { Compilations, Compiled } from "./compiled";
import { type Expectation, type Expectations, expectationsOf } from "./expectations";
import { nkmsModule } from "./modules/nkms";
import type { NetworkDefinition } from "./networks";
import { valueInWords } from "./parameters/words";
import type { Chain } from "./provider";

/** Something that isn't what it should be. */
export interface Difference {
  /** `StakeEscrow.MIN_STAKE` */
  what: string;
  expected: string;
  found: string;
}

/** What a check came to. */
export interface Findings {
  differences: Difference[];
  /** Accounts with special rights, in words; none is how it must be. */
  admins: string[];
  /** How many values were compared. */
  compared: number;
}

/**
 * Reads a deployment from the chain and compares all that was fixed with it: who deployed what with which arguments, the
 * code and what constructors wrote into it, every constant, every neighbour, every right.
 * @throws {DeployError} `UNKNOWN_CONTRACT` when the address book lacks a contract
 */
export async function checkDeployment(
  compilations: Compilations,
  network: NetworkDefinition,
  chain: Chain,
  book: AddressBook,
): Promise<Findings> {
  const notes = new Notes(network);
  notes.compare("address book: network", network.name, book.network);
  const { deployer, escrowDeployedAt } = await readOrigin(chain, book);
  const expectations = expectationsOf(network, book, escrowDeployedAt);
  const constructorArguments = argumentsOf(network, book, deployer);
  for (const name of CONTRACTS) {
    const entry = entryOf(book, name);
    const compiled = await compilations.of(name);
    compareJson(
      notes,
      `address book: ${name} constructor argument`,
      constructorArguments[name],
      entry.constructorArguments,
    );
    await checkTransaction(notes, chain, name, entry, compiled);
    if (await checkCode(notes, chain, name, entry, compiled, expectations[name])) {
      await checkViews(notes, chain, name, entry.address, compiled, expectations[name]);
    }
  }
  return notes;
}

/** Collects differences. */
class Notes implements Findings {
  readonly differences: Difference[] = [];
  readonly admins: string[] = [];
  compared = 0;

  constructor(private readonly network: NetworkDefinition) {}

  /** @param inWords what people read of a value that differs */
  compare(what: string, expected: string, found: string, inWords = (value: string): string => value): void {
    ++this.compared;
    if (expected === found) return;
    // What a view shows also stands in the code: once is enough.
    if (this.differences.some((difference) => difference.what === what)) return;
    this.differences.push({ what, expected: inWords(expected), found: inWords(found) });
  }

  /** Compares a number, and says it in words if it differs. */
  compareValue(what: string, { value, unit }: Expectation, found: string): void {
    this.compare(what, String(value), found, (answer) =>
      unit !== undefined && /^\d+$/.test(answer) ? valueInWords(BigInt(answer), unit, this.times) : answer,
    );
  }

  private get times() {
    return { period: this.network.parameters.escrow.period, block: this.network.blockSeconds };
  }
}

/** Who deployed, and when, by the transactions that the book names. */
async function readOrigin(chain: Chain, book: AddressBook): Promise<{ deployer: string; escrowDeployedAt: bigint }> {
  const from = (await chain.transaction(entryOf(book, "NKMSToken").transaction))?.from;
  const receipt = await chain.receipt(entryOf(book, "StakeEscrow").transaction);
  const deployer = from === undefined ? ZeroAddress : getAddress(from);
  return { deployer, escrowDeployedAt: receipt ? (await chain.block(receipt.block)).timestamp : 0n };
}

/** Constructor arguments by the module and the parameter file, with the book's addresses. */
function argumentsOf(network: NetworkDefinition, book: AddressBook, deployer: string): Record<string, Json> {
  const resolve = (value: unknown): Json => {
    if (isRuntimeValue(value)) return deployer;
    if (typeof value === "object" && value !== null && "contractName" in value) {
      return entryOf(book, String(value.contractName)).address;
    }
    return toJson(value);
  };
  const contracts = [...nkmsModule(network.parameters).futures].filter(isContractFuture);
  return Object.fromEntries(
    contracts.flatMap((future) =>
      "constructorArgs" in future ? [[future.contractName, future.constructorArgs.map(resolve)]] : [],
    ),
  );
}

/** Compares part by part, so that what differs has a name. */
function compareJson(notes: Notes, what: string, expected: Json | undefined, found: Json | undefined): void {
  if (typeof expected !== "object" || expected === null) {
    notes.compare(what, text(expected), text(found));
    return;
  }
  const given = typeof found === "object" && found !== null ? (found as Record<string, Json>) : {};
  const keys = new Set([...Object.keys(expected), ...Object.keys(given)]);
  for (const key of keys) {
    const name = Array.isArray(expected) ? `${what} ${Number(key) + 1}` : `${what}, ${key}`;
    compareJson(notes, name, (expected as Record<string, Json>)[key], given[key]);
  }
}

const text = (value: Json | undefined): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");

/** The transaction of the book deployed this code with these arguments at this address. */
async function checkTransaction(
  notes: Notes,
  chain: Chain,
  name: ContractName,
  { transaction: hash, address, block, constructorArguments }: BookEntry,
  { creation, contract }: Compiled,
): Promise<void> {
  const [transaction, receipt] = [await chain.transaction(hash), await chain.receipt(hash)];
  if (!transaction || !receipt) {
    notes.compare(`${name} transaction`, hash, "no such transaction");
    return;
  }
  notes.compare(`${name} address`, address, receipt.contractAddress ? getAddress(receipt.contractAddress) : "none");
  notes.compare(`${name} block`, String(block), String(receipt.block));
  notes.compare(`${name} creation code`, keccak256(creation), hashOfStart(transaction.input, creation.length));
  const encoded = encodeArguments(contract, constructorArguments);
  notes.compare(`${name} constructor arguments as sent`, encoded, `0x${transaction.input.slice(creation.length)}`);
}

function encodeArguments(contract: Interface, values: Json[]): string {
  try {
    return contract.encodeDeploy(values);
  } catch {
    return `an encoding of ${JSON.stringify(values)}`;
  }
}

/** @param length in hex digits, with 0x */
const hashOfStart = (input: string, length: number): string => keccak256(input.slice(0, length));

/** @returns whether there is any code */
async function checkCode(
  notes: Notes,
  chain: Chain,
  name: ContractName,
  { address, codeHash }: BookEntry,
  { runtime, immutables }: Compiled,
  { views, hidden }: Expectations,
): Promise<boolean> {
  const code = await chain.code(address);
  if (code === "0x") {
    notes.compare(`${name} code`, `a contract at ${address}`, "none");
    return false;
  }
  notes.compare(`${name} code hash in the address book`, keccak256(code), codeHash);
  let masked = code;
  for (const { name: immutable, places } of immutables) {
    for (const place of places) {
      if (2 + 2 * (place + 32) > code.length) continue;
      const found = dataSlice(code, place, place + 32);
      masked = masked.slice(0, 2 + 2 * place) + "0".repeat(64) + masked.slice(2 + 2 * (place + 32));
      const shown = views[immutable];
      if (shown) notes.compareValue(`${name}.${immutable}`, shown, fromWord(found, shown));
      else notes.compare(`${name}.${immutable}`, hidden[immutable] ?? "a value that somebody expects", found);
    }
  }
  if (masked !== runtime) {
    const at = firstDifference(masked, runtime);
    notes.compare(`${name} code`, `${runtime.length / 2 - 1} bytes as compiled`, `another byte at ${at}`);
  } else {
    notes.compare(`${name} code`, "", "");
  }
  return true;
}

/** A word of the code, as the view of that name would answer. */
const fromWord = (found: string, { value }: Expectation): string =>
  typeof value === "bigint" ? BigInt(found).toString() : getAddress(dataSlice(found, 12));

/** @returns bytes from the start */
function firstDifference(one: string, other: string): number {
  let at = 2;
  while (one[at] === other[at]) ++at;
  return Math.floor((at - 2) / 2);
}

async function checkViews(
  notes: Notes,
  chain: Chain,
  name: ContractName,
  address: string,
  { contract }: Compiled,
  { views }: Expectations,
): Promise<void> {
  for (const [view, expected] of Object.entries(views)) {
    const found = await answer(chain, address, contract, view);
    notes.compareValue(`${name}.${view}`, expected, found);
    if (view === "deployer" && found !== ZeroAddress) notes.admins.push(`${found} may still wire ${name}`);
  }
}

async function answer(chain: Chain, address: string, contract: Interface, view: string): Promise<string> {
  try {
    const result = contract.decodeFunctionResult(view, await chain.call(address, contract.encodeFunctionData(view)));
    return result.toArray().join(", ");
  } catch {
    return "no answer";
  }
}

/** What people read of it, a line each. */
export function findingsInWords({ differences, admins, compared }: Findings): string[] {
  const rights = admins.length === 0 ? ["No account holds admin rights."] : admins.map((who) => `Admin: ${who}.`);
  if (differences.length === 0) return [`${compared} values compared: all as they should be.`, ...rights];
  return [
    `${differences.length} of ${compared} values differ:`,
    ...differences.map(({ what, expected, found }) => `  ${what}: expected ${expected}, found ${found}`),
    ...rights,
  ];
}
