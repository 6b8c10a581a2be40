import { keccak256 } from "ethers";

import type { Fault } from "../helpers/challenges";
import {
  type Equation,
  EQUATIONS,
  type Hint,
  hintFor,
  holds,
  N,
  NO_HINT,
  type Part,
  partOf,
  toNumber,
  yOf,
} from "./evidence";

/** What evidence can name of an answer. */
export type FaultName = Exclude<keyof typeof Fault, "None" | "Leak">;

/** The parts of a cfrag that the node chose and that must be points. */
const POINTS = ["E1", "V1", "E2", "V2", "U2"] as const;

/** Whether 33 bytes are a compressed point whose x a signature could have, that is, below n. */
export function isPoint(bytes: Uint8Array): boolean {
  if ((bytes[0] !== 2 && bytes[0] !== 3) || toNumber(bytes.subarray(1)) >= N) return false;
  try {
    yOf(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The hash of the public part of the key fragment that an answer claims to be made with. */
export const kfragHashIn = (cfrag: Uint8Array): string =>
  keccak256(Buffer.concat([part(cfrag, "id"), part(cfrag, "precursor"), part(cfrag, "U1"), part(cfrag, "signature")]));

const part = partOf;

/** Whether an equation speaks of points that are all there. */
const isShowable = (cfrag: Uint8Array, equation: Equation): boolean =>
  ([`${equation}1`, `${equation}2`] as Part[]).every((name) => isPoint(part(cfrag, name))) &&
  toNumber(part(cfrag, "z")) % N !== 0n;

/**
 * Everything that is wrong with an answer to a valid capsule, and the hint that shows it. Empty for a right answer.
 * Written from the rules, so that the contract can be held against it.
 */
export function faultsOf(capsule: Uint8Array, cfrag: Uint8Array, kfragHash: string): Map<FaultName, Hint> {
  const faults = new Map<FaultName, Hint>();
  if (cfrag.length !== 359) return faults.set("Length", NO_HINT);
  for (const name of POINTS) if (!isPoint(part(cfrag, name))) faults.set(`Point${name}`, NO_HINT);
  const z = toNumber(part(cfrag, "z"));
  if (z === 0n || z >= N) faults.set("ScalarZ", NO_HINT);
  if (kfragHashIn(cfrag) !== kfragHash) faults.set("Kfrag", NO_HINT);
  for (const equation of EQUATIONS) {
    if (!isShowable(cfrag, equation) || holds(capsule, cfrag, equation)) continue;
    faults.set(`Equation${equation}`, hintFor(capsule, cfrag, equation));
  }
  return faults;
}

/** The hint of each equation, right or not; {@link NO_HINT} where a point is missing. */
export const hintsOf = (capsule: Uint8Array, cfrag: Uint8Array): [Hint, Hint, Hint] => {
  const hint = (equation: Equation): Hint =>
    isShowable(cfrag, equation) ? hintFor(capsule, cfrag, equation) : NO_HINT;
  return [hint("E"), hint("V"), hint("U")];
};
