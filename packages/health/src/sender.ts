import { join } from "node:path";

import { readFileIfAny, writeSecretFile } from "@nkms/protocol/files";

import type { Call, Fees, HealthChain } from "./chain.js";
import { HealthError } from "./errors.js";
import { Fields, formatJson, parseJson } from "./json.js";
import { most } from "./values.js";

/** How hard a {@link Sender} tries. */
export interface SenderOptions {
  /** After so many blocks without being mined a transaction is sent again for more. */
  readonly bumpBlocks: bigint;
  /** Wei per unit of gas that is never exceeded; undefined: no limit. */
  readonly maxFeePerGas?: bigint | undefined;
}

/** A transaction on its way. */
interface Flight {
  /** What it is for. */
  readonly key: string;
  readonly nonce: number;
  readonly gas: bigint;
  readonly fees: Fees;
  /** The newest block when it was sent last. */
  readonly block: bigint;
  /** The last block in which it does something. */
  readonly until: bigint;
  /** Of all that were sent with this nonce. One may be missing: nobody knows whether it was sent. */
  readonly hashes: readonly string[];
}

const FILE = "sending.json";

/**
 * Sends one transaction at a time, and sends it again with the same nonce and an eighth more for its gas until it is mined
 * or no longer wanted. What it is about to send is on the disk before. Whoever uses it says in each round of questions
 * again what it wants: so nothing is sent that the chain has made pointless.
 */
export class Sender {
  #flight: Flight | undefined;
  #wanted = false;
  #dropped = false;
  #obsolete = false;

  private constructor(
    private readonly chain: HealthChain,
    private readonly folder: string,
    private readonly options: SenderOptions,
    flight: Flight | undefined,
  ) {
    this.#flight = flight;
  }

  /** Goes on from wherever an earlier one ended. @throws {HealthError} `FILE`, `BAD_JSON`, `BAD_FIELD` */
  static async open(chain: HealthChain, folder: string, options: SenderOptions): Promise<Sender> {
    const text = await readFileIfAny(HealthError, join(folder, FILE));
    return new Sender(chain, folder, options, text === undefined ? undefined : parseFlight(text));
  }

  /** What it is busy with; undefined: nothing. */
  get busyWith(): string | undefined {
    return this.#flight?.key;
  }

  /** Begins a round of questions: looks what became of the transaction on its way. */
  async settle(): Promise<void> {
    this.#wanted = false;
    const flight = this.#flight;
    if (!flight) return;
    const { mined, pending } = await this.chain.nonces();
    if (mined > flight.nonce) await this.#note(undefined);
    this.#dropped = pending <= flight.nonce;
  }

  /** Ends a round of questions: a transaction that nobody wants any more gives way to the next. */
  finish(): void {
    this.#obsolete = this.#flight !== undefined && !this.#wanted;
  }

  /**
   * Sends a step, unless that was done and is not old enough to be done again, or another transaction is on its way.
   * @param key what it is for: the same as long as it is the same
   * @param block the newest
   * @param until the last block in which the step does something: nothing is sent that can't be in it
   * @returns the transaction's hash, if one was sent
   * @throws {HealthError} `TRANSACTION_FAILED` if the step would fail
   */
  async offer(key: string, call: Call, block: bigint, until: bigint): Promise<string | undefined> {
    const flight = this.#flight;
    const again = flight?.key === key;
    if (again) this.#wanted = true;
    if (block >= until) return undefined;
    if (flight && !this.#mayReplace(flight, again, block)) return undefined;
    const fees = await this.#feesFor(flight);
    if (!fees) return undefined;
    const gas = again ? flight.gas : await this.chain.gasFor(call);
    const nonce = flight && !this.#dropped ? flight.nonce : (await this.chain.nonces()).pending;
    const next = { key, nonce, gas, fees, block, until, hashes: flight?.hashes ?? [] };
    await this.#note(next);
    this.#wanted = true;
    const hash = await this.chain.send(call, nonce, gas, fees);
    await this.#note({ ...next, hashes: [...next.hashes, hash] });
    return hash;
  }

  #mayReplace(flight: Flight, again: boolean, block: bigint): boolean {
    if (again) return block >= flight.block + this.options.bumpBlocks;
    return this.#dropped || this.#obsolete || block >= flight.until;
  }

  /** What is offered now; undefined: that would be too much. */
  async #feesFor(flight: Flight | undefined): Promise<Fees | undefined> {
    const now = await this.chain.fees();
    const fees = {
      maxFeePerGas: most(now.maxFeePerGas, bumped(flight?.fees.maxFeePerGas)),
      maxPriorityFeePerGas: most(now.maxPriorityFeePerGas, bumped(flight?.fees.maxPriorityFeePerGas)),
    };
    const { maxFeePerGas } = this.options;
    return maxFeePerGas !== undefined && fees.maxFeePerGas > maxFeePerGas ? undefined : fees;
  }

  async #note(flight: Flight | undefined): Promise<void> {
    this.#flight = flight;
    this.#dropped = false;
    this.#obsolete = false;
    await writeSecretFile(HealthError, join(this.folder, FILE), `${formatJson(flight ?? {})}\n`);
  }
}

/** An eighth more, rounded up: nodes want at least a tenth. */
const bumped = (fee = 0n): bigint => fee + (fee + 7n) / 8n;

function parseFlight(text: string): Flight | undefined {
  const value = parseJson("sending", text);
  if (typeof value === "object" && value !== null && Object.keys(value).length === 0) return undefined;
  const fields = new Fields("sending", value, ["key", "nonce", "gas", "fees", "block", "until", "hashes"]);
  const key: unknown = fields.raw("key");
  if (typeof key !== "string") throw new HealthError("BAD_FIELD", "sending.key", "text", typeof key);
  const fees = fields.object("fees", ["maxFeePerGas", "maxPriorityFeePerGas"]);
  return {
    key,
    nonce: fields.count("nonce"),
    gas: fields.uint("gas"),
    fees: { maxFeePerGas: fees.uint("maxFeePerGas"), maxPriorityFeePerGas: fees.uint("maxPriorityFeePerGas") },
    block: fields.uint("block"),
    until: fields.uint("until"),
    hashes: fields.array("hashes", 10_000).map((hash, i) => {
      return new Fields("sending.hashes", { [i]: hash }, [String(i)]).hex(String(i), 32);
    }),
  };
}
