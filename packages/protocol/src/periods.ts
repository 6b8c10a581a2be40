import { checkUint } from "./checks.js";
import { ProtocolError } from "./errors.js";

/**
 * The period that a moment lies in: `timestamp / secondsPerPeriod`, rounded down, counted from 1970.
 * @param timestamp Unix time, seconds
 * @param secondsPerPeriod the escrow's PERIOD
 * @throws {ProtocolError} `BAD_ARGUMENT` for a negative time or a period of 0 seconds
 * @example periodAt(1_700_000_000n, 86_400n); // 19_675n
 */
export function periodAt(timestamp: bigint, secondsPerPeriod: bigint): bigint {
  return checkUint("timestamp", timestamp, 256) / checkLength(secondsPerPeriod);
}

/**
 * The first second of a period, included in it. What happens "from the period on" can happen in this second.
 * @param period counted from 1970
 * @param secondsPerPeriod the escrow's PERIOD
 * @returns Unix time, seconds
 * @throws {ProtocolError} `BAD_ARGUMENT` for a negative period or a period of 0 seconds
 * @example firstSecondOf(19_675n, 86_400n); // 1_699_920_000n
 */
export function firstSecondOf(period: bigint, secondsPerPeriod: bigint): bigint {
  return checkUint("period", period, 256) * checkLength(secondsPerPeriod);
}

/**
 * The last second of a period, included in it.
 * @param period counted from 1970
 * @param secondsPerPeriod the escrow's PERIOD
 * @returns Unix time, seconds
 * @throws {ProtocolError} `BAD_ARGUMENT` for a negative period or a period of 0 seconds
 * @example lastSecondOf(19_675n, 86_400n); // 1_700_006_399n
 */
export function lastSecondOf(period: bigint, secondsPerPeriod: bigint): bigint {
  return firstSecondOf(checkUint("period", period, 256) + 1n, secondsPerPeriod) - 1n;
}

function checkLength(secondsPerPeriod: bigint): bigint {
  if (checkUint("secondsPerPeriod", secondsPerPeriod, 256) === 0n) {
    throw new ProtocolError("BAD_ARGUMENT", "secondsPerPeriod", "1 second or more", "0", { value: 0n });
  }
  return secondsPerPeriod;
}
