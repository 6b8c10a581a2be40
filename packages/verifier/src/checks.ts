import { VerifierError } from "./errors.js";

/** Lets bytes pass. What came instead isn't shown: it may be a secret. @throws {VerifierError} `BAD_ARGUMENT` */
export function checkBytes(argument: string, value: Uint8Array): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new VerifierError("BAD_ARGUMENT", argument, "a Uint8Array", typeof value);
  return value;
}
