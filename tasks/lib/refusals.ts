import { parseRevert, revertDataOf } from "@nkms/protocol";
import { decodeBytes32String, type ErrorDescription, MaxUint256 } from "ethers";

import { inNkms } from "./amounts";
import { ERRORS } from "./chain";
import { momentOf } from "./dates";
import { asError, RefusedError } from "./errors";
import { errorTable } from "./errorTable";

/** Values that are Unix times. */
const TIMES = ["deadline", "timestamp", "fromTime"];

/** From so many base units on a number is read as an amount: periods, counts and Unix times stay below. */
const AMOUNTS = 10n ** 12n;

/**
 * What a contract's refusal means and how to get past it, or the error itself if no contract refused anything.
 * @param thrown what a call, a gas estimate or a transaction threw
 */
export function refusalOf(thrown: unknown): Error {
  const data = revertDataOf(thrown);
  if (data === undefined) return asError(thrown);
  const parsed = parseRevert(data, ERRORS);
  if (!parsed) {
    const got = data === "0x" ? "it gives no reason" : `its reason is ${data.slice(0, 74)}`;
    return new RefusedError(undefined, {}, [`The contract refuses this; ${got}.`], asError(thrown));
  }
  return new RefusedError(parsed.name, valuesOf(parsed), wordsOf(parsed), asError(thrown));
}

function wordsOf(error: ErrorDescription): string[] {
  const values = Object.entries(valuesOf(error)).map(([name, value]) => `${name} = ${inWords(name, value)}`);
  const known = errorTable().get(error.name);
  return [
    `The contract refuses this: ${error.name}${values.length > 0 ? `, ${values.join(", ")}` : ""}.`,
    ...(known ? [`Why: ${known.why}.`, `What to do: ${known.fix}.`] : []),
  ];
}

const valuesOf = ({ fragment, args }: ErrorDescription): Record<string, unknown> =>
  Object.fromEntries(fragment.inputs.map(({ name }, i) => [name, args[i] as unknown]));

function inWords(name: string, value: unknown): string {
  if (typeof value === "bigint") return numberInWords(name, value);
  if (typeof value === "string" && /^(term|parameter)$/.test(name)) return decodeBytes32String(value);
  return String(value);
}

function numberInWords(name: string, value: bigint): string {
  if (value === MaxUint256) return "2^256 - 1";
  if (TIMES.includes(name)) return momentOf(value);
  return value >= AMOUNTS ? inNkms(value) : String(value);
}
