import { formatEther } from "ethers";

import { ProtocolError } from "./errors.js";
import { shown } from "./json.js";

/**
 * An exact amount of 10^-18 parts, thousands separated.
 * @param parts base units of NKMS, or wei
 * @throws {ProtocolError} `BAD_ARGUMENT` for what isn't a bigint
 * @example amountOf(1_234_500_000_000_000_000_000n); // "1,234.5"
 */
export function amountOf(parts: bigint): string {
  if (typeof parts !== "bigint") throw new ProtocolError("BAD_ARGUMENT", "parts", "a bigint", shown(parts));
  const [whole = "", fraction = ""] = formatEther(parts).split(".");
  return `${withCommas(whole)}${fraction === "0" ? "" : `.${fraction}`}`;
}

/** A whole number with its thousands separated: `1,234,567`. */
export const withCommas = (whole: bigint | string): string => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
