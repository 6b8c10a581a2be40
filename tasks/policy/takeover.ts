import { readSigned } from "./files";

/** What the operator of a miner offered with `policy take-over`. Amounts in base units. */
export interface OfferedTakeover {
  readonly index: bigint;
  readonly miner: string;
  readonly operator: string;
  readonly collateral: bigint;
  /** The policy's end when it was signed. */
  readonly end: bigint;
  /** Unix time, seconds. */
  readonly deadline: bigint;
  readonly signature: string;
}

/** Reads a takeover of an arrangement of a policy. */
export const readTakeover = (path: string, policy: string): OfferedTakeover =>
  readSigned(path, "takeover", policy, ["index", "miner", "operator", "collateral", "end", "deadline"], (fields) => ({
    index: fields.uint("index"),
    miner: fields.address("miner"),
    operator: fields.address("operator"),
    collateral: fields.uint("collateral"),
    end: fields.uint("end"),
    deadline: fields.uint("deadline"),
  }));

/** Reads the owner's consent to it. @returns the signature */
export const readConsent = (path: string, policy: string): string =>
  readSigned(path, "consent", policy, ["index", "miner", "nonce", "deadline"], (fields) => {
    fields.address("miner");
    return { index: fields.uint("index"), nonce: fields.uint("nonce"), deadline: fields.uint("deadline") };
  }).signature;
