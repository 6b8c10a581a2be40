import { ALL_ARRANGEMENTS } from "@nkms/protocol";

import { TaskError } from "../lib/errors";
import { readSigned } from "./files";

/** What an owner signed with `policy sign-revocation`. */
export interface SignedRevocation {
  /** Of one arrangement; 2^256 - 1: all. */
  readonly index: bigint;
  /** Unix time, seconds. */
  readonly deadline: bigint;
  readonly signature: string;
}

/**
 * Reads the owner's revocation of a policy.
 * @param index that was asked for besides, if any
 * @throws {TaskError} `BAD_FILE`, `OTHER_SIGNATURE`; `BAD_ARGUMENT` if it is about another arrangement
 */
export function readRevocation(path: string, policy: string, index: bigint | undefined): SignedRevocation {
  const revocation = readSigned(path, "revocation", policy, ["index", "nonce", "deadline"], (fields) => {
    fields.uint("nonce");
    return { index: fields.uint("index"), deadline: fields.uint("deadline") };
  });
  if (index === undefined || index === revocation.index) return revocation;
  const signed = revocation.index === ALL_ARRANGEMENTS ? "none: all arrangements" : String(revocation.index);
  throw new TaskError("BAD_ARGUMENT", "index", `${signed}, as in ${path}`, String(index));
}
