import { formatEther } from "ethers";

/**
 * An exact amount of 10^-18 parts, thousands separated.
 * @param parts base units of NKMS, or wei
 * @example amountOf(1_234_500_000_000_000_000_000n); // "1,234.5"
 */
export function amountOf(parts: bigint): string {
  const [whole = "", fraction = ""] = formatEther(parts).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction === "0" ? "" : `.${fraction}`}`;
}
