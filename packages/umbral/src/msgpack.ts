/**
 * The little of MessagePack that Umbral's values need: arrays of known length, byte strings of known length, booleans.
 * A reader takes the shortest encoding only, so each value has exactly one.
 */
import { concat, equalBytes, expectBytes, toHex } from "./bytes.js";
import { UmbralError } from "./errors.js";

const BYTES = 0xc4;
const FALSE = 0xc2;
const TRUE = 0xc3;

/** The header of an array: `90 + length` below 16 items, `dc | length` (2 bytes, big-endian) from there. */
function arrayHeader(length: number): Uint8Array {
  return length < 16 ? Uint8Array.of(0x90 | length) : Uint8Array.of(0xdc, length >> 8, length & 0xff);
}

/** An array of items that are encoded already. */
export function encodeArray(...items: readonly Uint8Array[]): Uint8Array {
  return concat(arrayHeader(items.length), ...items);
}

/** A byte string of at most 255 bytes: `c4 | length | bytes`. */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(BYTES, bytes.length), bytes);
}

export function encodeBoolean(value: boolean): Uint8Array {
  return Uint8Array.of(value ? TRUE : FALSE);
}

/** Reads a value of a fixed layout from its first byte to its last. */
export class Reader {
  readonly #argument: string;
  readonly #bytes: Uint8Array;
  readonly #framed: boolean;
  #offset = 0;

  /**
   * @param argument what errors call the value
   * @param length the one length the layout has
   * @param framed whether the fields have the headers of MessagePack; the simple forms are the same fields without
   * @throws {UmbralError} `BAD_TYPE` or `BAD_LENGTH`
   */
  constructor(argument: string, bytes: Uint8Array, length: number, framed: boolean) {
    this.#argument = argument;
    this.#bytes = expectBytes(argument, bytes, length);
    this.#framed = framed;
  }

  /** @throws {UmbralError} `BAD_ENCODING` unless an array of that many items starts here */
  array(length: number): void {
    if (this.#framed) this.#expect(arrayHeader(length), () => `an array of ${length}`);
  }

  /** @throws {UmbralError} `BAD_ENCODING` unless a byte string of that length starts here */
  bytes(length: number): Uint8Array {
    if (this.#framed) this.#expect(Uint8Array.of(BYTES, length), () => `a byte string of ${length}`);
    return this.#take(length);
  }

  /** @throws {UmbralError} `BAD_ENCODING` unless a boolean stands here */
  boolean(): boolean {
    const value = this.#bytes[this.#offset] === TRUE;
    this.#expect(encodeBoolean(value), () => "a boolean");
    return value;
  }

  #expect(header: Uint8Array, what: () => string): void {
    const offset = this.#offset;
    const got = this.#take(header.length);
    if (equalBytes(got, header)) return;
    const expected = `${what()} (${toHex(header)}) at offset ${offset}`;
    throw new UmbralError("BAD_ENCODING", this.#argument, expected, toHex(got));
  }

  #take(length: number): Uint8Array {
    const start = this.#offset;
    this.#offset += length;
    return this.#bytes.slice(start, this.#offset);
  }
}
