import { isAddress, isHexString, parseEther } from "ethers";
import type { CLIArgumentType } from "hardhat/types";

import { TaskError } from "./errors";

/** The name of an argument as it is typed: `dryRun` is `dry-run`. */
const typed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const bad = (name: string, expected: string, got: unknown): TaskError =>
  new TaskError("BAD_ARGUMENT", typed(name), expected, String(got));

/** An argument that is read from text; `read` says undefined of what it can't read. */
function argument<Value>(
  name: string,
  expected: string,
  read: (text: string) => Value | undefined,
  is: (value: unknown) => value is Value,
): CLIArgumentType<Value> {
  return {
    name,
    parse: (argName, text) => {
      const value = read(text);
      if (value === undefined) throw bad(argName, expected, text === "" ? "nothing" : text);
      return value;
    },
    validate: (argName, value: unknown) => {
      if (!is(value)) throw bad(argName, expected, value);
    },
  };
}

const isUint = (value: unknown): value is bigint => typeof value === "bigint" && value >= 0n;
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** NKMS as people write it, in base units: `16,000.5` is 160005 · 10^17. Commas only between thousands. */
export const amount = argument(
  "amount",
  "NKMS, such as 16,000.5, with at most 18 decimals",
  (text) => {
    const valid = /^(\d{1,3}(,\d{3})+|\d{1,30})(\.\d{1,18})?$/.test(text);
    return valid ? parseEther(text.replaceAll(",", "")) : undefined;
  },
  isUint,
);

/** A whole number: periods, a lock's number, an index. */
export const count = argument(
  "count",
  "a whole number",
  (text) => (/^\d{1,15}$/.test(text) ? BigInt(text) : undefined),
  isUint,
);

/** A whole number that is not 0: miners to draw, days that something is good for. */
export const positive = argument(
  "count",
  "a whole number, 1 or more",
  (text) => (/^\d{1,15}$/.test(text) && BigInt(text) > 0n ? BigInt(text) : undefined),
  (value): value is bigint => isUint(value) && value > 0n,
);

const ADDRESS = "an address, 0x and 40 hex digits, all in one case or as its checksum says";

/** An address, with a right checksum or in one case. */
export const address = argument(
  "address",
  ADDRESS,
  (text) => (isAddress(text) && text.startsWith("0x") ? text : undefined),
  (value): value is string => isText(value) && isAddress(value),
);

/** An address, or on a local chain the number of one of its accounts. */
export const account = argument(
  "account",
  `${ADDRESS}; or on a local chain the number of one of its accounts`,
  (text) => ((isAddress(text) && text.startsWith("0x")) || /^\d{1,3}$/.test(text) ? text : undefined),
  (value): value is string => isText(value) && (isAddress(value) || /^\d{1,3}$/.test(value)),
);

/** A number of 256 bits: decimal, or hex after `0x`. */
export const seed = argument(
  "seed",
  "a number below 2^256, decimal or hex",
  (text) => {
    if (!/^\d{1,78}$/.test(text) && !/^0x[0-9a-fA-F]{1,64}$/.test(text)) return undefined;
    return BigInt(text) >> 256n === 0n ? BigInt(text) : undefined;
  },
  isUint,
);

/** Text, which may be empty. */
export const text = argument(
  "text",
  "text",
  (value) => value,
  (value): value is string => typeof value === "string",
);

/** 32 bytes, hex. */
export const hash = argument(
  "hash",
  "32 bytes as hex",
  (value) => (isHexString(value, 32) ? value : undefined),
  (value): value is string => isText(value) && isHexString(value, 32),
);

/** The name of a file. */
export const file = argument("file", "the name of a file", (text) => text || undefined, isText);

/** A policy: its id, or a file with its terms. */
export const policy = argument(
  "policy",
  "a policy's id, or a file with its terms",
  (text) => text || undefined,
  isText,
);

/** Whether text is a policy's id and not the name of a file. */
export const isPolicyId = (text: string): boolean => isHexString(text, 32);
