import { type Interface, isHexString } from "ethers";

/** What a call reverted with, as ethers or the node below it says, hex; undefined if the error is not a revert. */
export function revertDataOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("data" in error && isHexString(error.data)) return error.data;
  if ("code" in error && error.code === "CALL_EXCEPTION") return "0x";
  return "cause" in error ? revertDataOf(error.cause) : undefined;
}

/**
 * What a contract said when it reverted, for people: `StakeEscrowBehind(3, 9)`.
 * @param data from {@link revertDataOf} @param abi with the contract's errors
 */
export function describeRevert(data: string, abi: Interface): string {
  if (data.length < 10) return "a revert without a reason";
  const error = abi.parseError(data);
  return error ? `${error.name}(${error.args.map(String).join(", ")})` : `a revert with ${data.slice(0, 74)}`;
}
