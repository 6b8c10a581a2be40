/** The DER form of an ECDSA signature: `30 length (02 length r) (02 length s)`, integers signed and shortest. */
import { concat, equalBytes, expectBytes, label } from "./bytes.js";
import { UmbralError } from "./errors.js";

const SEQUENCE = 0x30;
const INTEGER = 0x02;

const item = (type: number, content: Uint8Array): Uint8Array => concat(Uint8Array.of(type, content.length), content);

function encodeInteger(scalar: Uint8Array): Uint8Array {
  const first = scalar.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : scalar.subarray(first);
  return item(INTEGER, (digits[0] ?? 0) < 0x80 ? digits : concat(Uint8Array.of(0), digits));
}

/** An integer's content as 32 bytes; what doesn't fit is cut off and found by the caller's comparison. */
function decodeInteger(content: Uint8Array): Uint8Array {
  const digits = content.subarray(-32);
  return concat(new Uint8Array(32 - digits.length), digits);
}

/** DER of `r | s`, 32 bytes each. */
export function encodeDer(compact: Uint8Array): Uint8Array {
  return item(SEQUENCE, concat(encodeInteger(compact.subarray(0, 32)), encodeInteger(compact.subarray(32))));
}

/**
 * `r | s`, 32 bytes each, of DER bytes.
 * @throws {UmbralError} `BAD_TYPE`, or `BAD_ENCODING` unless the bytes are what {@link encodeDer} gives
 */
export function decodeDer(argument: string, bytes: Uint8Array): Uint8Array {
  const startOfR = 4;
  const endOfR = startOfR + (expectBytes(argument, bytes)[3] ?? 0);
  const startOfS = endOfR + 2;
  const compact = concat(decodeInteger(bytes.subarray(startOfR, endOfR)), decodeInteger(bytes.subarray(startOfS)));
  if (!equalBytes(encodeDer(compact), bytes)) {
    throw new UmbralError("BAD_ENCODING", argument, "a signature in DER", label("bytes", bytes));
  }
  return compact;
}
