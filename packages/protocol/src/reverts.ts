import { isHexString } from "ethers";

import { ProtocolError } from "./errors.js";
import { shown } from "./json.js";

/** An error of a contract as ethers reads it. */
export interface RevertDescription {
  readonly name: string;
  readonly args: { toArray(): unknown[] };
}

/** What is needed of an ethers interface, from whichever copy of ethers. */
export interface RevertInterface<Description extends RevertDescription> {
  parseError(data: string): Description | null;
}

/** Where libraries and nodes put the data of a revert, some in each other. */
const WRAPPERS = ["data", "error", "info", "cause"];

/** More than any of them wraps. */
const DEEPEST = 8;

/** What a call reverted with, as ethers or the node below it says, hex; undefined if the error is not a revert. */
export const revertDataOf = (error: unknown): string | undefined => dataIn(error, 0);

function dataIn(error: unknown, depth: number): string | undefined {
  if (typeof error !== "object" || error === null || depth > DEEPEST) return undefined;
  const { data, code } = error as { readonly data?: unknown; readonly code?: unknown };
  if (typeof data === "string" && isBytes(data)) return data;
  for (const name of WRAPPERS) {
    const found = dataIn((error as Readonly<Record<string, unknown>>)[name], depth + 1);
    if (found !== undefined) return found;
  }
  return code === "CALL_EXCEPTION" ? "0x" : undefined;
}

/**
 * The error that a contract reverted with.
 * @param data from {@link revertDataOf} @param abi with the contract's errors
 * @returns undefined for one that the abi doesn't have, or whose values can't be read
 */
export function parseRevert<Description extends RevertDescription>(
  data: string,
  abi: RevertInterface<Description>,
): Description | undefined {
  try {
    const error = abi.parseError(data);
    error?.args.toArray(); // values are read when they are asked for
    return error ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a contract said when it reverted, for people: `StakeEscrowBehind(3, 9)`.
 * @param data from {@link revertDataOf} @param abi with the contract's errors
 * @throws {ProtocolError} `BAD_ARGUMENT` for data that isn't hex
 */
export function describeRevert(data: string, abi: RevertInterface<RevertDescription>): string {
  if (typeof data !== "string" || !isBytes(data)) {
    throw new ProtocolError("BAD_ARGUMENT", "data", "bytes as hex", shown(data));
  }
  if (data.length < 10) return "a revert without a reason";
  const error = parseRevert(data, abi);
  return error ? `${error.name}(${error.args.toArray().map(shown).join(", ")})` : `a revert with ${data.slice(0, 74)}`;
}

const isBytes = (text: string): boolean => isHexString(text) && text.length % 2 === 0;
