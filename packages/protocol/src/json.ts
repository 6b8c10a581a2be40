/**
 * Reading JSON that may come from anybody: every field is there, is what it must be, and no other is. What is wrong is
 * thrown as an error of the package that reads.
 */
import { getAddress, getBytes, isAddress } from "ethers";

/** The error of the package that reads: `BAD_JSON` is text that isn't JSON, `BAD_FIELD` a field that isn't what it must be. */
export type JsonFailure = new (
  code: "BAD_JSON" | "BAD_FIELD",
  argument: string,
  expected: string,
  got: string,
  options?: ErrorOptions,
) => Error;

/** The most characters of a file that is read; terms with 160 arrangements take 45,000. */
export const MAX_JSON_LENGTH = 4_000_000;

/**
 * Reads JSON. Its text may hold secrets: errors say what is wrong with it, and quote at most a character.
 * @param argument what errors call the text
 * @throws `BAD_JSON`
 */
export function parseJson(Failure: JsonFailure, argument: string, text: string): unknown {
  if (typeof text !== "string") throw new Failure("BAD_JSON", argument, "JSON", shown(text));
  if (text.length > MAX_JSON_LENGTH) {
    throw new Failure("BAD_JSON", argument, `${MAX_JSON_LENGTH} characters or fewer`, String(text.length));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const got = cause instanceof Error ? cause.message.replace(/, (\.\.\.)?".*/s, "") : "something else";
    throw new Failure("BAD_JSON", argument, "JSON", shown(got)); // without the cause, which quotes more
  }
}

/** One object. Its methods throw `BAD_FIELD` with the path of the field. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;

  /**
   * @param Failure the error that is thrown
   * @param path what errors call the object
   * @param required the names of fields that must be there
   * @param optional and of those that may
   * @throws `BAD_FIELD` for what isn't an object, a field that is missing, and one that is unknown
   */
  constructor(
    private readonly Failure: JsonFailure,
    readonly path: string,
    value: unknown,
    required: readonly string[],
    optional: readonly string[] = [],
  ) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) this.#fail(path, "an object", value);
    this.#values = new Map(Object.entries(value));
    for (const name of required)
      if (!this.#values.has(name)) throw new Failure("BAD_FIELD", `${path}.${name}`, "a value", "no such field");
    for (const name of this.#values.keys()) {
      if (required.includes(name) || optional.includes(name)) continue;
      throw new Failure("BAD_FIELD", `${path}.${shown(name)}`, "no such field", "one");
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value as it is, for what reads it to check. */
  raw(name: string): unknown {
    return this.#values.get(name);
  }

  /** An object with these fields and no others. */
  object(name: string, required: readonly string[], optional: readonly string[] = []): Fields {
    return new Fields(this.Failure, this.#pathOf(name), this.raw(name), required, optional);
  }

  array(name: string, most: number): unknown[] {
    const value = this.raw(name);
    if (!Array.isArray(value)) this.#fail(this.#pathOf(name), "an array", value);
    if (value.length > most) this.#fail(this.#pathOf(name), `${most} items or fewer`, value.length);
    return value as unknown[];
  }

  /** One of some words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.raw(name);
    const found = words.find((word) => word === value);
    return found ?? this.#fail(this.#pathOf(name), words.join(" | "), value);
  }

  boolean(name: string): boolean {
    const value = this.raw(name);
    return typeof value === "boolean" ? value : this.#fail(this.#pathOf(name), "true or false", value);
  }

  /** A count, written as a number. */
  count(name: string, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.raw(name);
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
    return this.#fail(this.#pathOf(name), `an integer in 0 .. ${most}`, value);
  }

  /** A number of at most 256 bits, written as a string of decimal digits: JSON's own numbers lose digits. */
  uint(name: string): bigint {
    return readUint(this.Failure, this.#pathOf(name), this.raw(name));
  }

  /** A number that errors don't show. */
  secretUint(name: string): bigint {
    const value = this.raw(name);
    if (isDecimal(value)) return BigInt(value);
    throw new this.Failure("BAD_FIELD", this.#pathOf(name), "decimal digits, below 2^256", "something else");
  }

  /** An address, checksummed or all in one case. */
  address(name: string): string {
    const value = this.raw(name);
    if (typeof value === "string" && /^0x/.test(value) && isAddress(value)) return getAddress(value);
    return this.#fail(this.#pathOf(name), "an address", value);
  }

  /** As {@link hex}, of bytes that errors don't show. */
  secretHex(name: string, length: number): string {
    const value = this.raw(name);
    if (isHex(value, length)) return value.toLowerCase();
    throw new this.Failure("BAD_FIELD", this.#pathOf(name), `${length} bytes as hex`, "something else");
  }

  /** As {@link bytes}, of bytes that errors don't show. */
  secretBytes(name: string, length: number): Uint8Array {
    return getBytes(this.secretHex(name, length));
  }

  /** Bytes as hex, `0x` first. @param length of the bytes; undefined: any */
  bytes(name: string, length?: number): Uint8Array {
    return getBytes(this.hex(name, length));
  }

  /** As {@link bytes}, in lower case. */
  hex(name: string, length?: number): string {
    const value = this.raw(name);
    if (isHex(value, length)) return value.toLowerCase();
    const expected = length === undefined ? "bytes as hex" : `${length} bytes as hex`;
    return this.#fail(this.#pathOf(name), expected, value);
  }

  #pathOf(name: string): string {
    return `${this.path}.${name}`;
  }

  #fail(path: string, expected: string, value: unknown): never {
    throw new this.Failure("BAD_FIELD", path, expected, shown(value));
  }
}

/** As {@link Fields.uint}, of a value that stands in an array. */
export function readUint(Failure: JsonFailure, path: string, value: unknown): bigint {
  if (isDecimal(value)) return BigInt(value);
  throw new Failure("BAD_FIELD", path, "a string of decimal digits, below 2^256", shown(value));
}

const isHex = (value: unknown, length?: number): value is string =>
  typeof value === "string" &&
  /^0x(?:[0-9a-fA-F]{2})*$/.test(value) &&
  (length === undefined || value.length === 2 + 2 * length);

const isDecimal = (value: unknown): value is string =>
  typeof value === "string" && /^(?:0|[1-9][0-9]{0,77})$/.test(value) && BigInt(value) >> 256n === 0n;

/** What an error shows of a value that may be anything: not much, and nothing that a terminal would act upon. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  const text = String(value);
  return (text.length > 80 ? `${text.slice(0, 80)}...` : text).replace(/\p{C}/gu, "?");
}
