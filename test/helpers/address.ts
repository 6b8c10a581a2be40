import type { BaseContract } from "ethers";

/** The address of a contract that was found by its address, not by a name. */
export function addressOf({ target }: BaseContract): string {
  if (typeof target !== "string") throw new Error("expected a contract with an address");
  return target;
}
