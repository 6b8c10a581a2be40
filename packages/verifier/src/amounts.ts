import { formatEther } from "ethers";

/** An exact amount of 10^-18 parts, thousands separated: `1,234.5`. */
export function amountOf(parts: bigint): string {
  const [whole = "", fraction = ""] = formatEther(parts).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction === "0" ? "" : `.${fraction}`}`;
}
