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
 * Reads JSON.
 * @param argument what errors call the text
 * @throws `BAD_JSON`
 */
export function parseJson(Failure: JsonFailure, argument: string, text: string): unknown {
  if (text.length > MAX_JSON_LENGTH) {
    throw new Failure("BAD_JSON", argument, `${MAX_JSON_LENGTH} characters or fewer`, String(text.length));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : "something else";
    throw new Failure("BAD_JSON", argument, "JSON", got, { cause });
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
      throw new Failure("BAD_FIELD", `${path}.${shorten(name)}`, "no such field", "one");
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

  /** Bytes as hex, `0x` first. @param length of the bytes; undefined: any */
  bytes(name: string, length?: number): Uint8Array {
    return getBytes(this.hex(name, length));
  }

  /** As {@link bytes}, in lower case. */
  hex(name: string, length?: number): string {
    const value = this.raw(name);
    const expected = length === undefined ? "bytes as hex" : `${length} bytes as hex`;
    if (typeof value !== "string" || !/^0x(?:[0-9a-fA-F]{2})*$/.test(value))
      return this.#fail(this.#pathOf(name), expected, value);
    if (length !== undefined && value.length !== 2 + 2 * length) return this.#fail(this.#pathOf(name), expected, value);
    return value.toLowerCase();
  }

  #pathOf(name: string): string {
    return `${this.path}.${name}`;
  }

  #fail(path: string, expected: string, value: unknown): never {
    throw new this.Failure("BAD_FIELD", path, expected, show(value));
  }
}

/** As {@link Fields.uint}, of a value that stands in an array. */
export function readUint(Failure: JsonFailure, path: string, value: unknown): bigint {
  if (isDecimal(value)) return BigInt(value);
  throw new Failure("BAD_FIELD", path, "a string of decimal digits, below 2^256", show(value));
}

const isDecimal = (value: unknown): value is string =>
  typeof value === "string" && /^(?:0|[1-9][0-9]{0,77})$/.test(value) && BigInt(value) >> 256n === 0n;

function show(value: unknown): string {
  if (typeof value === "string") return shorten(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}...` : text);
