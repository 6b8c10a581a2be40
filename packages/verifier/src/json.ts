/** Files that may come from anybody, read with this package's error. */
import * as strict from "@nkms/protocol/json";

import { VerifierError } from "./errors.js";

export { MAX_JSON_LENGTH } from "@nkms/protocol/json";

/** @throws {VerifierError} `BAD_JSON` */
export const parseJson = (argument: string, text: string): unknown => strict.parseJson(VerifierError, argument, text);

/** @throws {VerifierError} `BAD_FIELD` */
export class Fields extends strict.Fields {
  constructor(path: string, value: unknown, required: readonly string[], optional: readonly string[] = []) {
    super(VerifierError, path, value, required, optional);
  }
}

/** @throws {VerifierError} `BAD_FIELD` */
export const readUint = (path: string, value: unknown): bigint => strict.readUint(VerifierError, path, value);
